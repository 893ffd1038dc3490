"""The addresses of pages and calendars, known without building them.

An address begins at the root of the site. The address of a page in bokmål has a slash at both ends;
the same page in nynorsk stands under `/nn/`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from builder.content.model import PAGE_NAMES, RULE_YEARS, Scheme
from calc.rules import Lang, Text

FRONT_PAGE = "forside"
CALENDAR_FILE = "frister.ics"


def address(scheme: str | None, name: str) -> str:
    """The address of a page in bokmål, by the slug of its scheme (None: general) and its name."""
    if scheme is None:
        return "/" if name == FRONT_PAGE else f"/{name}/"
    return f"/{scheme}/" if name == PAGE_NAMES[0] else f"/{scheme}/{name}/"


def year_address(scheme: str, year: int) -> str:
    """The address, in bokmål, of the page that has the rates of a rule year."""
    return f"/{scheme}/{RULE_YEARS}/{year}/"


def localized(path: str, lang: Lang) -> str:
    """The address of a page in a målform, by its address in bokmål."""
    return f"/nn{path}" if lang == "nn" else path


@dataclass(frozen=True, kw_only=True)
class ListedCalendar:
    """An item of the list of calendars: the deadlines of one scheme, or of all schemes.

    The calendar of all schemes has no `slug` and no `short_name`. `is_empty`: the calendar has no
    deadline with a known date.
    """

    slug: str | None
    short_name: Text | None
    is_empty: bool


def listed_calendars(schemes: Iterable[Scheme], *, only_all: bool) -> tuple[ListedCalendar, ...]:
    """The calendar of all schemes, followed, unless `only_all`, by the calendar of each scheme."""
    of_schemes = tuple(
        ListedCalendar(
            slug=scheme.slug,
            short_name=scheme.short_name,
            is_empty=all(deadline.date is None for deadline in scheme.deadlines),
        )
        for scheme in schemes
    )
    every = ListedCalendar(
        slug=None, short_name=None, is_empty=all(one.is_empty for one in of_schemes)
    )
    return (every,) if only_all else (every, *of_schemes)


def calendar_address(slug: str | None) -> str:
    """The address in bokmål of a scheme's calendar, or of the calendar of all schemes (None)."""
    return f"/{CALENDAR_FILE}" if slug is None else f"/{slug}/{CALENDAR_FILE}"
