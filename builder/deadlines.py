"""The page with the deadlines of all schemes.

What is still to come depends on the reader's day, and a page is built on another day. So a row that
has yet to move from the list of coming deadlines to that of earlier ones stands in both, and says
until when and from when it is to be shown.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from builder.content.model import Deadline, Scheme
from calc.rules import Source


@dataclass(frozen=True, kw_only=True)
class Row:
    """A deadline of a scheme, and the moment (Norwegian time) from which it has passed."""

    scheme: Scheme
    deadline: Deadline
    passed_from: dt.datetime
    is_coming: bool

    @property
    def source(self) -> Source:
        """Where the deadline is from."""
        return self.scheme.sources[self.deadline.source]

    @property
    def until(self) -> str:
        """The last day or minute on which the deadline is coming, as ISO text."""
        if self.passed_from.time() == dt.time() and self.deadline.time is None:
            return (self.passed_from.date() - dt.timedelta(days=1)).isoformat()
        return _iso(self.passed_from - dt.timedelta(minutes=1))

    @property
    def since(self) -> str:
        """The first day or minute on which the deadline has passed, as ISO text."""
        return _iso(self.passed_from)


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
    end = _end(deadline)
    midnight = dt.datetime.combine(today, dt.time())
    return Row(scheme=scheme, deadline=deadline, passed_from=end, is_coming=end > midnight)


def _end(deadline: Deadline) -> dt.datetime:
    """The first minute after a deadline, after the month it is expected in, or after its year."""
    if deadline.date is not None and deadline.time is not None:
        clock = dt.time.fromisoformat(deadline.time)
        return dt.datetime.combine(deadline.date, clock) + dt.timedelta(minutes=1)
    last = deadline.sort_key
    if deadline.expected_month is not None:
        last = (last + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return dt.datetime.combine(last + dt.timedelta(days=1), dt.time())


def _by_end(row: Row) -> tuple[dt.datetime, str, str]:
    return row.passed_from, row.scheme.slug, row.deadline.kind


def _nearest_first(row: Row) -> tuple[bool, dt.datetime, bool, str, str]:
    deadline = row.deadline
    return (
        deadline.unknown,
        row.passed_from,
        deadline.date is None,
        row.scheme.slug,
        deadline.kind,
    )


def _year(year: int, rows: tuple[Row, ...]) -> Year:
    is_empty = all(row.is_coming for row in rows)
    first = min(rows, key=lambda row: row.passed_from)
    return Year(year=year, rows=rows, since=first.since if is_empty else "")


def _last(rows: list[Row], text: Callable[[Row], str]) -> str:
    return text(max(rows, key=lambda row: row.passed_from)) if rows else ""


def _iso(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d}" if moment.time() == dt.time() else f"{moment:%Y-%m-%dT%H:%M}"
