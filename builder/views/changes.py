"""Published changes as pages, feed and open data show them.

The newest stand on one page. Where there are more, all of them stand on pages of their months too,
which is then where links to a change lead: there it stays.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from builder import content
from builder.content import Change
from builder.data.change_files import ADDRESS, API_PAGE, NEWEST, ChangeView, Named, data_address
from builder.routes.paging import Paging, Step, in_pages, page_address, paging


@dataclass(frozen=True, kw_only=True)
class MonthLink:
    """A month with changes: its first day, where its page is, and how many changes it has."""

    month: dt.date
    url: str
    count: int


@dataclass(frozen=True, kw_only=True)
class MonthPage:
    """A page of the changes of a month, the first first, so that each stays on its page."""

    month: dt.date
    changes: tuple[ChangeView, ...]
    paging: Paging | None


def views(site: content.Site) -> tuple[ChangeView, ...]:
    """All changes, newest first."""
    pages = dict.fromkeys((change.name for change in site.changes), ADDRESS)
    if len(site.changes) > NEWEST:
        for _, found in _months(site.changes):
            for step, part in _month_pages(found):
                pages |= dict.fromkeys((change.name for change in part), step.url)
    return tuple(_view(change, site, pages[change.name]) for change in site.changes)


def _view(change: Change, site: content.Site, page: str) -> ChangeView:
    scheme = site.schemes[change.scheme]
    return ChangeView(
        name=change.name,
        date=change.date,
        kind=change.kind,
        scheme=Named(slug=scheme.slug, short_name=scheme.short_name),
        years=tuple(sorted(change.years, reverse=True)),
        title=change.title,
        text=change.text,
        source=None if change.source is None else scheme.all_sources[change.source],
        page=page,
    )


def month_links(changes: tuple[ChangeView, ...]) -> tuple[MonthLink, ...]:
    """The months that have pages of their own, the newest first."""
    if len(changes) <= NEWEST:
        return ()
    return tuple(
        MonthLink(month=month, url=_month_address(month), count=len(found))
        for month, found in _months(changes)
    )


def month_pages(changes: tuple[ChangeView, ...]) -> Iterator[tuple[Step, MonthPage]]:
    """The pages of all months, where there are many changes."""
    if len(changes) > NEWEST:
        for month, found in _months(changes):
            parts = _month_pages(found)
            steps = [step for step, _ in parts]
            for step, part in parts:
                way = paging(steps, step.number)
                yield step, MonthPage(month=month, changes=part, paging=way)


def addresses(changes: tuple[Change, ...]) -> Iterator[str]:
    """Where the pages of months and the files of open data stand, whatever the changes say."""
    if len(changes) > NEWEST:
        for _, found in _months(changes):
            yield from (step.url for step, _ in _month_pages(found))
    yield from (data_address(n) for n in range(1, len(in_pages(changes, API_PAGE)) + 1))


def _months[T: (Change, ChangeView)](changes: Iterable[T]) -> Iterator[tuple[dt.date, list[T]]]:
    """Changes, newest first, by the first day of their month."""
    for month, found in groupby(changes, key=lambda change: change.date.replace(day=1)):
        yield month, list(found)


def _month_pages[T: (Change, ChangeView)](found: list[T]) -> list[tuple[Step, tuple[T, ...]]]:
    """The changes of a month, newest first, as they stand on its pages."""
    first = _month_address(found[0].date)
    return [
        (Step(number=number, url=page_address(first, number)), tuple(part))
        for number, part in enumerate(in_pages(found[::-1], NEWEST), 1)
    ]


def _month_address(day: dt.date) -> str:
    return f"{ADDRESS}{day:%Y-%m}/"


def by_scheme(changes: Iterable[ChangeView]) -> dict[str, tuple[ChangeView, ...]]:
    """Changes by the slug of their scheme."""
    found: dict[str, tuple[ChangeView, ...]] = {}
    for change in changes:
        found[change.scheme.slug] = (*found.get(change.scheme.slug, ()), change)
    return found


def of_year(changes: Iterable[ChangeView], slug: str, year: int) -> tuple[ChangeView, ...]:
    """Those about a rule year of a scheme."""
    return tuple(c for c in changes if c.scheme.slug == slug and year in c.years)
