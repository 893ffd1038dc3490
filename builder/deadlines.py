"""The page with the deadlines of all schemes.

What is still to come depends on the reader's day, and a page is built on another day. So a row that
has yet to move from the list of coming deadlines to that of earlier ones stands in both, and says
until when and from when it is to be shown.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from builder.content.model import Deadline, Moment, Scheme
from calc.rules import Source


@dataclass(frozen=True, kw_only=True)
class Row:
    """A deadline of a scheme, the last moment before it has passed, and the first after.

    One that is unknown ends with its year.
    """

    scheme: Scheme
    deadline: Deadline
    until: Moment
    since: Moment
    is_coming: bool

    @property
    def source(self) -> Source:
        """Where the deadline is from."""
        return self.scheme.sources[self.deadline.source]


@dataclass(frozen=True, kw_only=True)
class Year:
    """The deadlines of a calendar year that have passed or will, the last first.

    `since` is from when there is something to show: empty where there is today.
    """

    year: int
    rows: tuple[Row, ...]
    since: str


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """All deadlines, as the page lists them on the day of the build.

    `coming` are those to come, the nearest first: in a month, known dates come before what is only
    expected some time in it; last is what is not known. `until` is the last moment on which there
    is a row of them, and `none_since` the first on which neither a date nor a month is coming:
    empty where that is so today.
    """

    coming: tuple[Row, ...]
    until: str
    none_since: str
    years: tuple[Year, ...]


def page(schemes: Iterable[Scheme], today: dt.date) -> Deadlines:
    """What the page shows that is built on a day."""
    rows = [_row(scheme, d, today) for scheme in schemes for d in scheme.deadlines]
    coming = sorted((row for row in rows if row.is_coming), key=_nearest_first)
    announced = [row for row in coming if not row.deadline.unknown]
    by_year: dict[int, list[Row]] = {}
    for row in sorted(rows, key=_by_end, reverse=True):
        by_year.setdefault(row.deadline.sort_key.year, []).append(row)
    return Deadlines(
        coming=tuple(coming),
        until=_last(coming, lambda row: row.until),
        none_since=_last(announced, lambda row: row.since),
        years=tuple(_year(year, tuple(found)) for year, found in by_year.items()),
    )


def _row(scheme: Scheme, deadline: Deadline, today: dt.date) -> Row:
    until = deadline.ends or f"{deadline.for_year}-12-31T23:59"
    since = deadline.over_from or f"{deadline.for_year + 1}-01-01"
    return Row(
        scheme=scheme,
        deadline=deadline,
        until=until,
        since=since,
        is_coming=until >= today.isoformat(),
    )


def _by_end(row: Row) -> tuple[Moment, str, str]:
    return row.until, row.scheme.slug, row.deadline.kind


def _nearest_first(row: Row) -> tuple[bool, Moment, bool, str, str]:
    deadline = row.deadline
    return (
        deadline.unknown,
        row.until,
        deadline.date is None,
        row.scheme.slug,
        deadline.kind,
    )


def _year(year: int, rows: tuple[Row, ...]) -> Year:
    is_empty = all(row.is_coming for row in rows)
    first = min(rows, key=lambda row: row.until)
    return Year(year=year, rows=rows, since=first.since if is_empty else "")


def _last(rows: list[Row], text: Callable[[Row], str]) -> str:
    return text(max(rows, key=lambda row: row.until)) if rows else ""
