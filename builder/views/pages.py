"""The catalogue of all pages, which the build, the preview and the sitemap ask."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from typing import Any

from builder import content
from builder.bundle.licences import Licence
from builder.bundle.runtime import Runtime
from builder.content import Scheme
from builder.kit.i18n import LANGS, Translations
from builder.views.general_pages import GeneralPages
from builder.views.list_pages import ListPages
from builder.views.page import Planned, SiteView
from builder.views.prose import Prose
from builder.views.scheme_pages import SchemePages
from builder.views.stand_ins import StandIns
from builder.views.template_values import TemplateValues
from calc.rules import Lang


class Pages:
    """All pages of a site in both målformer. A page is planned first and built when asked for."""

    def __init__(
        self,
        site: content.Site,
        view: SiteView,
        *,
        today: date,
        translations: Translations,
        runtime: Runtime,
        asset: Callable[[str], str],
        licences: list[Licence],
    ) -> None:
        """Pages of `site` as of the day `today`; `asset` gives the address of a theme file."""
        self.site = site
        self.schemes = view.schemes
        self._is_of_one_scheme = view.only is not None
        prose = Prose(site, view)
        self.list_pages = ListPages(site, view, today, translations)
        self.changes = self.list_pages.changes
        self._of_schemes = SchemePages(
            prose, self.changes, today=today, translations=translations, runtime=runtime
        )
        self._general = GeneralPages(
            prose, self.list_pages, self._of_schemes.calculators, licences, translations
        )
        self._stand_ins = StandIns(prose, self._general.overview, translations)
        self._values = TemplateValues(prose, today=today, translations=translations, asset=asset)

    @property
    def redirects(self) -> dict[str, str]:
        """The earlier addresses of pages, each with the present address."""
        return self._stand_ins.redirects

    def plan(self) -> Iterator[Planned]:
        """The plan of every page: of schemes, of the whole site, and of addresses that moved."""
        for scheme in self.schemes:
            yield from self.of_scheme(scheme)
        yield from self.of_site()
        yield from self.moved()

    def of_scheme(self, scheme: Scheme) -> Iterator[Planned]:
        """Every page of a scheme. These pages show nothing about other schemes."""
        return self._of_schemes.of(scheme)

    def number_of(self, scheme: Scheme) -> int:
        """The number of pages that `of_scheme` yields."""
        return self._of_schemes.count(scheme)

    def of_site(self) -> Iterator[Planned]:
        """Every page that belongs to no scheme, except pages at earlier addresses."""
        for lang in LANGS:
            yield from self._of_site(lang)

    def moved(self) -> Iterator[Planned]:
        """The page at each earlier address, which leads to the present address."""
        return self._stand_ins.moved()

    def for_search(self) -> Iterator[str]:
        """The bokmål addresses of all pages that search engines are to list."""
        pages = chain(
            (page for scheme in self.schemes for page in self._of_schemes.in_lang(scheme, "nb")),
            self._of_site("nb"),
        )
        return (page.url for page in pages if page.is_for_search)

    def at(self, url: str) -> Planned | None:
        """The page at an address, or None. Schemes that are not in the address are not planned."""
        if url in self.redirects:
            return self._stand_ins.moved_from(url)
        lang: Lang = "nn" if url.startswith("/nn/") else "nb"
        names = url.split("/")
        # In a site of one scheme, the address of its front page does not have its name.
        schemes = [s for s in self.schemes if s.slug in names or self._is_of_one_scheme]
        of_schemes = (page for scheme in schemes for page in self.of_scheme(scheme))
        pages = chain(of_schemes, self._of_site(lang))
        return next((page for page in pages if page.url == url), None)

    def values(self, planned: Planned) -> dict[str, Any]:
        """The values of a page's template, by name. This builds the page's own values."""
        return self._values.of(planned)

    def day_of(self, scheme: Scheme | None) -> date:
        """The day that pages of a scheme, or of the whole site, are built for."""
        return self._values.day_of(scheme)

    def _of_site(self, lang: Lang) -> Iterator[Planned]:
        yield from self._general.plan(lang)
        yield from self.list_pages.plan(lang)
        yield self._general.embedded(lang)
        yield from self._stand_ins.plan(lang)
