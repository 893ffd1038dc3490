"""Pages that browsers show at addresses of other pages: missing, not reachable, and moved pages."""

from collections.abc import Callable, Iterator
from typing import Any

from builder.kit.addresses import NOT_FOUND, OFFLINE, PAGE_NAMES, address, localized
from builder.kit.i18n import LANGS, Translations
from builder.routes import redirects
from builder.views.overview import Overview
from builder.views.page import Built, Planned, without_prose
from builder.views.prose import Prose
from calc.rules import Lang

MOVED = "flyttet"


class StandIns:
    """The stand-ins of a site, for readers and not for search engines.

    `redirects` are the earlier addresses of pages, each with the present address.
    """

    def __init__(self, prose: Prose, overview: Overview, translations: Translations) -> None:
        """Stand-ins for the pages of `prose`; a missing page leads to the links of `overview`."""
        self._overview = overview
        self._translations = translations
        self.redirects = redirects.of_pages(prose.site, prose.url)
        if (only := prose.view.only) is not None:
            # The scheme's front page stands here in the site that has all schemes.
            front = address(only.slug, PAGE_NAMES[0])
            self.redirects |= {localized(front, lang): localized("/", lang) for lang in LANGS}

    def plan(self, lang: Lang) -> Iterator[Planned]:
        """The page about a missing page, and the page that is shown without a network."""
        t = self._translations.translator(lang)
        groups = self._overview.groups(lang)
        yield _page(
            NOT_FOUND,
            localized(f"/{NOT_FOUND}.html", lang),
            t("not_found.title"),
            t("not_found.lead"),
            lang,
            lambda: self._overview.values(groups, NOT_FOUND, lang),
            fingerprint=groups,
        )
        url = localized(address(None, OFFLINE), lang)
        yield _page(OFFLINE, url, t("offline.title"), t("offline.lead"), lang)

    def moved(self) -> Iterator[Planned]:
        """The page at every earlier address."""
        return map(self.moved_from, self.redirects)

    def moved_from(self, url: str) -> Planned:
        """The page at one earlier address, for web servers that send no redirects themselves."""
        lang: Lang = "nn" if url.startswith("/nn/") else "nb"
        t = self._translations.translator(lang)
        title, lead = t("moved.title"), t("moved.lead")
        return _page(MOVED, url, title, lead, lang, lambda: {"new_url": self.redirects[url]})


def _page(
    name: str,
    url: str,
    title: str,
    lead: str,
    lang: Lang,
    values: Callable[[], dict[str, Any]] = dict,
    fingerprint: object = None,
) -> Planned:
    """A stand-in with the template of its name."""

    def build() -> Built:
        view = without_prose(
            name=name, kind=name, title=title, description=lead, lang=lang, url=url
        )
        return view, values()

    return Planned(
        url=url,
        template=name,
        lang=lang,
        scheme=None,
        build=build,
        fingerprint=fingerprint,
        is_for_search=False,
    )
