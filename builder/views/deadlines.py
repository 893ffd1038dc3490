"""The page with the deadlines of all schemes.

Whether a deadline has passed depends on the day of the reader, and the page was built on an earlier
day. A deadline that has not passed at the build therefore stands in two lists: the coming deadlines
and the passed ones. Each row carries the moments at which a script hides it in the one list and
shows it in the other.

More than `MANY` deadlines stand on several pages: the coming ones, and a list for each year.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from builder.content.model import Deadline, Moment, Scheme
from builder.kit.addresses import DEADLINES, address
from builder.routes.paging import Paging, Step, in_pages, page_address, paging
from calc.rules import Text

ADDRESS = address(None, DEADLINES)
MANY = 100
"""The most deadlines on one page."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A deadline of a scheme, as a row of a table.

    `until` is the last moment before the deadline has passed, and `since` the first moment after.
    A deadline without a known date or month passes at the end of its calendar year. `publisher` and
    `published` describe the source. `is_coming`: the deadline has not passed at the build.
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
    """The deadlines that end in a calendar year, the last first.

    `since` is the first moment at which one of them has passed; empty if one has at the build.
    """

    year: int
    rows: tuple[Row, ...]
    since: Moment


@dataclass(frozen=True, kw_only=True)
class YearLink:
    """A link to the first page of a year; `url` is in bokmål, and `since` is as in `Year`."""

    year: int
    url: str
    since: Moment


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """A page with coming deadlines.

    `coming` has the rows of the page, the nearest deadline first. Within a month, known dates stand
    before deadlines that are expected some time in the month. Deadlines without a date or month
    stand last. `until` is the last moment at which one of the rows is still coming.

    `none_since` is the first moment at which no known date or month is coming any more, on this
    page or another; empty if none is at the build.

    A page that has all deadlines lists the passed ones in `years`. Where deadlines are many, the
    passed ones have pages (`year_links`), and `over_from` is the first moment at which all rows of
    this page have passed.
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
    """A page of the deadlines of a year, passed or still to come, the earliest first.

    A script shows each row as soon as its deadline has passed.

    `since` is the first moment at which a row of the page has passed, and `none_until` the last
    moment before. Both are empty if a row has passed at the build.
    """

    year: int
    rows: tuple[Row, ...]
    since: Moment
    none_until: Moment
    paging: Paging | None


class AllDeadlines:
    """The deadlines of all schemes, and the pages that they stand on."""

    def __init__(self, schemes: Iterable[Scheme], today: dt.date) -> None:
        """The deadlines of these schemes, as of the day `today`."""
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
        """The page at `ADDRESS`: with all deadlines, or with the nearest where they are many."""
        if self.is_large:
            return next(iter(self.coming_pages()))[1]
        years = tuple(_year(year, tuple(rows)) for year, rows in self._by_year.items())
        return _deadlines(self._coming, self._coming, years=years)

    def coming_pages(self) -> Iterator[tuple[Step, Deadlines]]:
        """The pages of coming deadlines, where deadlines are many; the first is at `ADDRESS`."""
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
            yield (
                step,
                _deadlines(rows, self._coming, year_links=links, paging=paging(steps, step.number)),
            )

    def year_pages(self) -> Iterator[tuple[Step, YearPage]]:
        """The pages of each year, the last year first, where deadlines are many."""
        for year, rows in self._by_year.items():
            first = _year_address(year)
            parts = [_year(year, tuple(part)) for part in in_pages(rows[::-1], MANY)]
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
        """The bokmål addresses of all pages but the page at `ADDRESS`."""
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
    """A page with `rows`, which are some or all of the `coming` rows."""
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
    has_passed = not all(row.is_coming for row in rows)
    first = min(rows, key=lambda row: row.until)
    return Year(year=year, rows=rows, since="" if has_passed else first.since)


def _last(rows: Sequence[Row], moment: Callable[[Row], Moment]) -> Moment:
    """The moment of the row that passes last; empty where there is no row."""
    return moment(max(rows, key=lambda row: row.until)) if rows else ""
