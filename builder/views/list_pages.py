"""Pages that list something of all schemes: schemes, their names, deadlines and changes."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any

from babel.dates import format_date

from builder import content
from builder.data import api
from builder.kit.addresses import CHANGES_PAGE, DEADLINES, LISTS, NAMES, localized
from builder.kit.i18n import LANGS, Translations
from builder.routes.paging import Step
from builder.views import alphabet, changes, deadlines, portal
from builder.views.page import Built, Planned, SiteView, without_prose
from calc.rules import Lang

# Templates of pages of lists.
_DEADLINE_TEMPLATE = "frister-side"
_MONTH_TEMPLATE = "endringer-maaned"
_NAMES_TEMPLATE = "a-aa"


def addresses(site: content.Site, today: date) -> Iterator[str]:
    """The bokmål addresses of pages and files of lists, whose number grows with the content.

    `site` is the site on the day `today`. The first pages of lists, which have prose, are left out.
    """
    schemes = tuple(site.schemes.values())
    lists = portal.Lists(portal.listed(schemes, today))
    yield from lists.addresses()
    yield from deadlines.AllDeadlines(schemes, today).addresses()
    if lists.is_large:
        yield from (page.step.url for page in alphabet.pages(lists.schemes, "nb"))
    yield from changes.addresses(site.changes)
    yield from api.index_addresses(len(schemes))


# The part of a list on one page.
type _Shown = (
    portal.Portal | alphabet.Page | deadlines.Deadlines | deadlines.YearPage | changes.MonthPage
)


class ListPages:
    """The lists of a site, each computed when first asked for, and their pages.

    The first page of some lists is a general page with prose: of the schemes the front page, of the
    deadlines `/frister/`, of the changes `/endringer/`. `plan` yields all pages but these.
    """

    def __init__(
        self, site: content.Site, view: SiteView, today: date, translations: Translations
    ) -> None:
        """The lists of the schemes of `view`, and of the changes of `site`, on the day `today`."""
        self._view = view
        self._today = today
        self._translations = translations
        self.changes = changes.views(site)

    @cached_property
    def lists(self) -> portal.Lists:
        """The list of all schemes, and the lists that narrow it."""
        return portal.Lists(portal.listed(self._view.schemes, self._today))

    @property
    def is_large(self) -> bool:
        """Whether the list of schemes is divided into several pages."""
        return self.lists.is_large

    @cached_property
    def portals(self) -> dict[Lang, portal.Portals]:
        """The pages of the list of schemes and of the narrowed lists, by målform."""
        return {lang: portal.Portals(self.lists, lang, self._translations) for lang in LANGS}

    @cached_property
    def by_name(self) -> dict[Lang, tuple[alphabet.Page, ...]]:
        """The pages with the names of all schemes, by målform; none where schemes are few."""
        schemes, is_large = self.lists.schemes, self.is_large
        return {lang: alphabet.pages(schemes, lang) if is_large else () for lang in LANGS}

    @property
    def names_address(self) -> str:
        """The bokmål address of the names of all schemes, empty where schemes are few."""
        return NAMES if self.is_large else ""

    @cached_property
    def deadlines(self) -> deadlines.AllDeadlines:
        """The deadlines of all schemes."""
        return deadlines.AllDeadlines(self._view.schemes, self._today)

    @property
    def months(self) -> tuple[changes.MonthLink, ...]:
        """Links to the pages of months with changes, newest first; none where changes are few."""
        return changes.month_links(self.changes)

    def plan(self, lang: Lang) -> Iterator[Planned]:
        """Every page of a list in a målform, but for the first pages that have prose."""
        if self._view.only is None:
            yield from self._portal_pages(lang)
        yield from self._name_pages(lang)
        if self.deadlines.is_large:
            yield from self._deadline_pages(lang)
        yield from self._month_pages(lang)

    def _portal_pages(self, lang: Lang) -> Iterator[Planned]:
        t = self._translations.translator(lang)
        portals = self.portals[lang]
        for choice in (None, *portals.choices):
            title = t("lists.all") if choice is None else choice.title
            for step, page in portals.pages(choice):
                if step.url != "/":
                    yield self._page(
                        step, LISTS, title, t("filter.lead"), lang, page, {"portal": page}
                    )

    def _name_pages(self, lang: Lang) -> Iterator[Planned]:
        t = self._translations.translator(lang)
        title, lead = t("alphabet.title"), t("alphabet.lead")
        for page in self.by_name[lang]:
            yield self._page(
                page.step, _NAMES_TEMPLATE, title, lead, lang, page, {"names": page}, LISTS
            )

    def _deadline_pages(self, lang: Lang) -> Iterator[Planned]:
        t = self._translations.translator(lang)
        template = _DEADLINE_TEMPLATE
        for step, coming in self.deadlines.coming_pages():
            if step.number > 1:
                values: dict[str, Any] = {"coming": coming, "year": None}
                title, lead = t("deadlines.coming"), t("deadlines.coming_caption")
                yield self._page(step, template, title, lead, lang, coming, values, DEADLINES)
        for step, year in self.deadlines.year_pages():
            values = {"coming": None, "year": year}
            title, lead = t("deadlines.year_title", year=year.year), t("deadlines.earlier_intro")
            yield self._page(step, template, title, lead, lang, year, values, DEADLINES)

    def _month_pages(self, lang: Lang) -> Iterator[Planned]:
        t = self._translations.translator(lang)
        for step, page in changes.month_pages(self.changes):
            title = t("changes.month_title", month=format_date(page.month, "MMMM y", locale=lang))
            lead = t("changes.month_lead")
            yield self._page(
                step, _MONTH_TEMPLATE, title, lead, lang, page, {"month": page}, CHANGES_PAGE
            )

    def _page(
        self,
        step: Step,
        template: str,
        title: str,
        lead: str,
        lang: Lang,
        shown: _Shown,
        values: dict[str, Any],
        kind: str = "",
    ) -> Planned:
        """One page of a list, at the address of `step`; pages after the first get a numbered title.

        `values` are the values of the template, among them `shown`. `kind` is the template's name
        where it is left out.
        """
        name = step.url.strip("/")
        if shown.paging is not None and shown.paging.number > 1:
            t = self._translations.translator(lang)
            title = t("paging.title", title=title, number=shown.paging.number)
        url = localized(f"/{name}/", lang)

        def build() -> Built:
            view = without_prose(
                name=name, kind=kind or template, title=title, description=lead, lang=lang, url=url
            )
            return view, values

        return Planned(
            url=url,
            template=template,
            lang=lang,
            scheme=None,
            build=build,
            fingerprint=shown.fingerprint if isinstance(shown, portal.Portal) else shown,
        )
