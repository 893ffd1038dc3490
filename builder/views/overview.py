"""Links to all pages of the site, for the search page and the page about missing pages."""

from typing import Any

from builder.data import search
from builder.kit.addresses import NOT_FOUND, PAGE_NAMES, SEARCH, address, localized
from builder.kit.i18n import Translations
from builder.views.list_pages import ListPages
from builder.views.prose import Prose
from calc.rules import Lang, Text

# A heading, and the links below it: label, address and målform of each page.
type LinkGroup = tuple[Text | str, list[tuple[str, str, Lang]]]


class Overview:
    """The links to all pages. Where schemes are many, it links to the pages of their names."""

    def __init__(self, prose: Prose, lists: ListPages, translations: Translations) -> None:
        """Links to the pages of `prose`, and to the names in `lists`."""
        self._prose = prose
        self._lists = lists
        self._translations = translations

    def groups(self, lang: Lang) -> list[LinkGroup]:
        """The links to schemes, in groups.

        A small site has a group for each scheme, with its pages. A large site has one group: the
        pages of the alphabetical list.
        """
        t = self._translations.translator(lang)
        if pages := self._lists.by_name[lang]:
            links = [
                (
                    t("alphabet.range", number=page.step.number, first=page.first, last=page.last),
                    localized(page.step.url, lang),
                    lang,
                )
                for page in pages
            ]
            return [(t("alphabet.title"), links)]
        groups: list[LinkGroup] = []
        for slug, scheme in self._prose.site.schemes.items():
            links = [
                (
                    t(f"scheme_nav.{name}"),
                    self._prose.url(address(slug, name), lang),
                    self._prose.lang_of(slug, name, lang),
                )
                for name in PAGE_NAMES
            ]
            groups.append((scheme.short_name, links))
        return groups

    def values(self, groups: list[LinkGroup], name: str, lang: Lang) -> dict[str, Any]:
        """The values of the template of `SEARCH` or `NOT_FOUND`, which has this `name`.

        The links are the `groups` of the same målform, followed by the general pages except the
        page itself. The search page gets the number of parts of its index too, and the page about
        missing pages the links by which its script guesses the page that a reader meant.
        """
        t = self._translations.translator(lang)
        names = [other for other in self._prose.general_names if other != name]
        general = [self._prose.page(None, other, lang) for other in names]
        links = [(view.title, view.url, view.content_lang) for view in general]
        values: dict[str, Any] = {"page_groups": [*groups, (t("search.general"), links)]}
        if name == SEARCH:
            values["index_parts"] = search.parts(len(self._prose.view.schemes))
        if name == NOT_FOUND:
            other: Lang = "nb" if lang == "nn" else "nn"
            values["other_page"] = localized(f"/{name}.html", other)
            values["scheme_links"] = [(label, links[0][1]) for label, links in groups]
            values["names"] = [localized(page.step.url, lang) for page in self._lists.by_name[lang]]
        return values
