"""The page with the deadlines of all schemes.

What is still to come depends on the reader's day, and a page is built on another day. So a row that
has yet to move from the list of coming deadlines to that of earlier ones stands in both, and says
until when and from when it is to be shown.

Where there are many, they stand on several pages: those to come, and a list for each year.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from builder.content.model import Deadline, Moment, Scheme
from builder.routes.paging import Paging, Step, in_pages, page_address, paging
from calc.rules import Text

ADDRESS = "/frister/"
MANY = 100
"""So many deadlines still stand on one page; with more, so many are on each."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A deadline of a scheme, the last moment before it has passed, and the first after.

    One that is unknown ends with its year. `publisher` and `published` are of its source.
    """

    slug: str
    short_name: Text
    deadline: Deadline
    publisher: str
    published: dt.date | None
    until: Moment
    since: Moment
    is_coming: bool


@dataclass(frozen=True, kw_only=True)
class Year:
    """The deadlines of a calendar year that have passed or will, the last first.

    `since` is from when there is something to show: empty where there is today.
    """

    year: int
    rows: tuple[Row, ...]
    since: Moment


@dataclass(frozen=True, kw_only=True)
class YearLink:
    """A year whose deadlines stand on a page of their own; `since` is as in `Year`."""

    year: int
    url: str
    since: Moment


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """The deadlines to come, as a page lists them on the day of the build, and earlier ones.

    `coming` are those to come, the nearest first: in a month, known dates come before what is only
    expected some time in it; last is what is not known. `until` is the last moment on which there
    is a row of them, and `none_since` the first on which neither a date nor a month is coming:
    empty where that is so today. Of many, `coming` are those of a page, which are all over from
    `over_from` on, and earlier ones stand on pages of their own (`year_links`).
    """

    coming: tuple[Row, ...]
    until: Moment
    none_since: Moment
    years: tuple[Year, ...] = ()
    year_links: tuple[YearLink, ...] = ()
    paging: Paging | None = None
    over_from: Moment = ""


@dataclass(frozen=True, kw_only=True)
class YearPage:
    """A page of the deadlines of a year, the first first, so that pages fill up as days go.

    `since` is from when there is something on it, and `none_until` the last moment before: empty
    where there is today.
    """

    year: int
    rows: tuple[Row, ...]
    since: Moment
    none_until: Moment
    paging: Paging | None


class AllDeadlines:
    """The deadlines of all schemes, on a page or on several, built on a day."""

    def __init__(self, schemes: Iterable[Scheme], today: dt.date) -> None:
        """The deadlines of these schemes."""
        self._rows = [_row(scheme, d, today) for scheme in schemes for d in scheme.deadlines]
        self.is_large = len(self._rows) > MANY

    @cached_property
    def _coming(self) -> list[Row]:
        return sorted((row for row in self._rows if row.is_coming), key=_nearest_first)

    @cached_property
    def _by_year(self) -> dict[int, list[Row]]:
        by_year: dict[int, list[Row]] = {}
        for row in sorted(self._rows, key=_by_end, reverse=True):
            by_year.setdefault(row.deadline.sort_key.year, []).append(row)
        return by_year

    def page(self) -> Deadlines:
        """The page at `ADDRESS`."""
        if self.is_large:
            return next(iter(self.coming_pages()))[1]
        years = tuple(_year(year, tuple(found)) for year, found in self._by_year.items())
        return _deadlines(self._coming, self._coming, years=years)

    def coming_pages(self) -> Iterator[tuple[Step, Deadlines]]:
        """The pages of those to come, where they are many; the first is that at `ADDRESS`."""
        parts = in_pages(self._coming, MANY)
        steps = [
            Step(
                number=number,
                url=page_address(ADDRESS, number),
                until=(_last(rows, lambda row: row.until) or None) if number > 1 else None,
            )
            for number, rows in enumerate(parts, 1)
        ]
        links = tuple(
            YearLink(year=year, url=_year_address(year), since=_year(year, tuple(rows)).since)
            for year, rows in self._by_year.items()
        )
        for step, rows in zip(steps, parts, strict=True):
            way = paging(steps, step.number)
            yield step, _deadlines(rows, self._coming, year_links=links, paging=way)

    def year_pages(self) -> Iterator[tuple[Step, YearPage]]:
        """The pages of each year, where deadlines are many."""
        for year, found in self._by_year.items():
            first = _year_address(year)
            parts = [_year(year, tuple(part)) for part in in_pages(found[::-1], MANY)]
            steps = [
                Step(
                    number=number,
                    url=page_address(first, number),
                    starts=(part.since or None) if number > 1 else None,
                )
                for number, part in enumerate(parts, 1)
            ]
            for step, part in zip(steps, parts, strict=True):
                first_over = min(row.until for row in part.rows)
                yield (
                    step,
                    YearPage(
                        year=year,
                        rows=part.rows,
                        since=part.since,
                        none_until=first_over if part.since else "",
                        paging=paging(steps, step.number),
                    ),
                )

    def addresses(self) -> Iterator[str]:
        """Where the pages stand, beside that at `ADDRESS`."""
        if self.is_large:
            for step, _ in (*self.coming_pages(), *self.year_pages()):
                if step.url != ADDRESS:
                    yield step.url


def _deadlines(
    rows: Sequence[Row],
    coming: list[Row],
    *,
    years: tuple[Year, ...] = (),
    year_links: tuple[YearLink, ...] = (),
    paging: Paging | None = None,
) -> Deadlines:
    """A page with some of the rows that are coming."""
    announced = [row for row in coming if not row.deadline.unknown]
    return Deadlines(
        coming=tuple(rows),
        until=_last(rows, lambda row: row.until),
        none_since=_last(announced, lambda row: row.since),
        years=years,
        year_links=year_links,
        paging=paging,
        over_from=_last(rows, lambda row: row.since) if paging else "",
    )


def _year_address(year: int) -> str:
    return f"{ADDRESS}{year}/"


def _row(scheme: Scheme, deadline: Deadline, today: dt.date) -> Row:
    until = deadline.ends or f"{deadline.for_year}-12-31T23:59"
    since = deadline.over_from or f"{deadline.for_year + 1}-01-01"
    source = scheme.sources[deadline.source]
    return Row(
        slug=scheme.slug,
        short_name=scheme.short_name,
        deadline=deadline,
        publisher=source.publisher,
        published=source.published,
        until=until,
        since=since,
        is_coming=until >= today.isoformat(),
    )


def _by_end(row: Row) -> tuple[Moment, str, str]:
    return row.until, row.slug, row.deadline.kind


def _nearest_first(row: Row) -> tuple[bool, Moment, bool, str, str]:
    deadline = row.deadline
    return deadline.unknown, row.until, deadline.date is None, row.slug, deadline.kind


def _year(year: int, rows: tuple[Row, ...]) -> Year:
    is_empty = all(row.is_coming for row in rows)
    first = min(rows, key=lambda row: row.until)
    return Year(year=year, rows=rows, since=first.since if is_empty else "")


def _last(rows: Sequence[Row], text: Callable[[Row], Moment]) -> Moment:
    return text(max(rows, key=lambda row: row.until)) if rows else ""
