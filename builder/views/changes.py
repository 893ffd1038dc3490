"""The pages of published changes.

The newest changes stand on one page. Where there are more than `NEWEST`, every change stands on the
page of its month too. Links to a change lead to the page of its month then, since the change leaves
the first page when newer ones come.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from builder import content
from builder.content import Change
from builder.data.change_files import ADDRESS, API_PAGE, NEWEST, ChangeView, Named
from builder.kit.addresses import CHANGES_DATA, data_address
from builder.routes.paging import Paging, Step, in_pages, page_address, paging


@dataclass(frozen=True, kw_only=True)
class MonthLink:
    """A link to a month: the first day of the month, its bokmål address, its number of changes."""

    month: dt.date
    url: str
    count: int


@dataclass(frozen=True, kw_only=True)
class MonthPage:
    """A page of the changes of a month, the oldest first: so changes never move to a new page."""

    month: dt.date
    changes: tuple[ChangeView, ...]
    paging: Paging | None


def views(site: content.Site) -> tuple[ChangeView, ...]:
    """All published changes of a site with their schemes and sources, newest first."""
    pages = dict.fromkeys((change.name for change in site.changes), ADDRESS)
    if len(site.changes) > NEWEST:
        for _, of_month in _months(site.changes):
            for step, on_page in _month_pages(of_month):
                pages |= dict.fromkeys((change.name for change in on_page), step.url)
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
    """Links to all months with changes, newest first; none where one page has all changes."""
    if len(changes) <= NEWEST:
        return ()
    return tuple(
        MonthLink(month=month, url=_month_address(month), count=len(of_month))
        for month, of_month in _months(changes)
    )


def month_pages(changes: tuple[ChangeView, ...]) -> Iterator[tuple[Step, MonthPage]]:
    """The pages of all months with their steps; none where one page has all changes."""
    if len(changes) > NEWEST:
        for month, of_month in _months(changes):
            pages = _month_pages(of_month)
            steps = [step for step, _ in pages]
            for step, on_page in pages:
                links = paging(steps, step.number)
                yield step, MonthPage(month=month, changes=on_page, paging=links)


def addresses(changes: tuple[Change, ...]) -> Iterator[str]:
    """The bokmål addresses of the pages of months, and of the files of open data with changes."""
    if len(changes) > NEWEST:
        for _, of_month in _months(changes):
            yield from (step.url for step, _ in _month_pages(of_month))
    yield from (
        data_address(CHANGES_DATA, n) for n in range(1, len(in_pages(changes, API_PAGE)) + 1)
    )


def _months[T: (Change, ChangeView)](changes: Iterable[T]) -> Iterator[tuple[dt.date, list[T]]]:
    """Changes, which come newest first, in groups by the first day of their month."""
    for month, group in groupby(changes, key=lambda change: change.date.replace(day=1)):
        yield month, list(group)


def _month_pages[T: (Change, ChangeView)](of_month: list[T]) -> list[tuple[Step, tuple[T, ...]]]:
    """The pages of a month, oldest change first; `of_month` has its changes, newest first."""
    first = _month_address(of_month[0].date)
    return [
        (Step(number=number, url=page_address(first, number)), tuple(part))
        for number, part in enumerate(in_pages(of_month[::-1], NEWEST), 1)
    ]


def _month_address(day: dt.date) -> str:
    return f"{ADDRESS}{day:%Y-%m}/"


def by_scheme(changes: Iterable[ChangeView]) -> dict[str, tuple[ChangeView, ...]]:
    """Changes by the slug of their scheme, in the same order."""
    changes_of: dict[str, tuple[ChangeView, ...]] = {}
    for change in changes:
        slug = change.scheme.slug
        changes_of[slug] = (*changes_of.get(slug, ()), change)
    return changes_of


def of_year(changes: Iterable[ChangeView], slug: str, year: int) -> tuple[ChangeView, ...]:
    """The changes to a rule year of a scheme, in the same order."""
    return tuple(c for c in changes if c.scheme.slug == slug and year in c.years)
