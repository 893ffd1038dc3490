"""The general pages: pages with prose that belong to no scheme, such as the front page."""

from collections.abc import Callable, Iterator
from typing import Any

from builder.bundle.licences import Licence
from builder.data.calendars import listed_calendars
from builder.data.change_files import NEWEST
from builder.kit.addresses import (
    CHANGES_PAGE,
    DEADLINES,
    EMBEDDED,
    FRONT_PAGE,
    OWN_TAPER,
    SEARCH,
    address,
)
from builder.kit.i18n import Translations
from builder.views import rates
from builder.views.calculators import Calculators
from builder.views.list_pages import ListPages
from builder.views.overview import Overview
from builder.views.page import Planned
from builder.views.prose import Prose
from calc.rules import Lang, Text

LICENCES = "lisenser"
METHOD = "slik-regner-vi"
# Templates by the name of a page. A page that is not in this table is prose alone.
TEMPLATES = {
    FRONT_PAGE: "portal",
    **{
        name: name
        for name in (LICENCES, OWN_TAPER, METHOD, DEADLINES, CHANGES_PAGE, SEARCH, EMBEDDED)
    },
}

type _Values = dict[str, Any]
# The fingerprint of a page (see `Planned`), and the function that computes its values.
type _Shown = tuple[object, Callable[[], _Values]]


class GeneralPages:
    """The general pages, and the calculator without a scheme by itself."""

    def __init__(
        self,
        prose: Prose,
        lists: ListPages,
        calculators: Calculators,
        licences: list[Licence],
        translations: Translations,
    ) -> None:
        """Pages of the site of `prose`; `licences` are of the works that the site ships."""
        self.overview = Overview(prose, lists, translations)
        self._prose = prose
        self._lists = lists
        self._calculators = calculators
        self._licences = licences
        # The function for the values of each page besides prose, by the name of the page.
        self._shown: dict[str, Callable[[Lang], _Shown]] = {
            FRONT_PAGE: self._front,
            LICENCES: lambda _: (None, lambda: {"licences": self._licences}),
            SEARCH: self._search,
            EMBEDDED: self._embedding,
            OWN_TAPER: lambda lang: (None, lambda: self._own_taper(lang)),
            METHOD: self._method,
            DEADLINES: self._deadlines,
            CHANGES_PAGE: self._changes,
        }

    def plan(self, lang: Lang) -> Iterator[Planned]:
        """Every general page in a målform."""
        return (self._page(name, lang) for name in self._prose.general_names)

    def embedded(self, lang: Lang) -> Planned:
        """The calculator without a scheme by itself, for pages of other sites."""
        whole = address(None, OWN_TAPER)
        return self._calculators.embedded(OWN_TAPER, whole, lang, lambda: self._own_taper(lang))

    def _page(self, name: str, lang: Lang) -> Planned:
        fingerprint, values = (
            self._shown[name](lang) if name in self._shown else (None, dict[str, Any])
        )
        return Planned(
            url=self._prose.url(address(None, name), lang),
            template=TEMPLATES.get(name, "page"),
            lang=lang,
            scheme=None,
            build=lambda: (self._prose.page(None, name, lang), values()),
            fingerprint=fingerprint,
        )

    def _front(self, lang: Lang) -> _Shown:
        _, first = next(iter(self._lists.portals[lang].pages(None)))
        return first.fingerprint, lambda: {"portal": first}

    def _search(self, lang: Lang) -> _Shown:
        groups = self.overview.groups(lang)
        return groups, lambda: self.overview.values(groups, SEARCH, lang)

    def _embedding(self, lang: Lang) -> _Shown:
        """How editors of other sites embed a calculator: all of them, or one as an example."""
        titles = [(slug, title[lang]) for slug, title in self._calculators.titles.items()]
        return _itself(
            {
                "calculators": titles[:1] if self._lists.is_large else titles,
                "alphabet": self._lists.names_address,
            }
        )

    def _own_taper(self, lang: Lang) -> _Values:
        return {"form": self._calculators.form(OWN_TAPER, lang)}

    def _method(self, lang: Lang) -> _Shown:
        readings = () if self._lists.is_large else tuple(self._readings(lang))
        return _itself({"readings": readings, "alphabet": self._lists.names_address})

    def _readings(self, lang: Lang) -> Iterator[tuple[Text, list[tuple[str, Text]]]]:
        """The short name of each scheme with unclear rules, and our readings of these rules."""
        for scheme in self._prose.site.schemes.values():
            if readings := rates.readings(scheme, lang):
                yield scheme.short_name, readings

    def _deadlines(self, _lang: Lang) -> _Shown:
        calendars = listed_calendars(self._prose.view.schemes, only_all=self._lists.is_large)
        return _itself({"deadlines": self._lists.deadlines.page(), "calendars": calendars})

    def _changes(self, _lang: Lang) -> _Shown:
        return _itself({"changes": self._lists.changes[:NEWEST], "months": self._lists.months})


def _itself(values: _Values) -> _Shown:
    """Values that are short enough to be their own fingerprint."""
    return values, lambda: values
