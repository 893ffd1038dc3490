"""Published changes as pages, feed and open data show them.

The newest stand on one page. Where there are more, all of them stand on pages of their months too,
which is then where links to a change lead: there it stays.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import groupby
from typing import Any, Literal
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed
from markupsafe import Markup
from pydantic import TypeAdapter

from builder import content
from builder.content import Change
from builder.kit.i18n import LANGS
from builder.routes.addresses import localized
from builder.routes.paging import Paging, Step, in_pages, page_address, paging
from calc.rules import Lang, Source, Text

PAGE = "endringer"
"""The page with all changes, or the newest; each stands there with its name as `id`."""

ADDRESS = f"/{PAGE}/"
NEWEST = 50
"""So many changes are on that page and in the feed at most, and on each page of a month."""

FEED = "/endringer.atom"
API = "/api/v1/changes.json"
API_PAGE = 500
"""So many changes are in each file of open data at most."""

LICENCE = "CC-BY-4.0"

# Any fixed value will do: ids are made in it, so that they are the same wherever the site stands.
_SPACE = uuid.UUID("6d0f8d7e-7d3b-4b0c-9a52-4a5f3a1c2e90")
_ZONE = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, kw_only=True)
class Named:
    """A scheme as a change names it."""

    slug: str
    short_name: Text


@dataclass(frozen=True, kw_only=True)
class ChangeView:
    """A change as templates see it, with the scheme and the source that it names.

    `page` is the address in bokmål of the page where it stands to stay.
    """

    name: str
    date: dt.date
    kind: str
    scheme: Named
    years: tuple[int, ...]
    title: Text
    text: Text
    source: Source | None
    page: str = ADDRESS


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


class _Feed(Atom1Feed):  # type: ignore[misc]  # no type hints
    """The library's feed, but for two things that it does not know."""

    def latest_post_date(self) -> dt.datetime:
        """When the newest change was published; a feed without any is as old as the site.

        The library would ask the clock, and the same content would give another feed every time.
        """
        dates = [item["updateddate"] for item in self.items]
        newest: dt.datetime = max(dates, default=self.feed["built"])
        return newest

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """Name the målform of a change that is written in the other one only."""
        return {"xml:lang": item["lang"]}


def feed(
    changes: tuple[ChangeView, ...],
    lang: Lang,
    t: Callable[..., str],
    *,
    author: str,
    address: str,
    path: str,
    built: dt.date,
) -> bytes:
    """The newest changes as an Atom feed (RFC 4287) in a målform.

    `path` is the address of the feed, from `/`; `address` is where the site stands, or empty. Then
    links are relative to the feed, which Atom allows, and nothing is said of where the feed itself
    is. Ids depend on the names of changes alone, so that a reader of feeds shows no change twice
    when the site moves.
    """
    made = _Feed(
        title=t("changes.feed.title"),
        link=address + localized(ADDRESS, lang),
        description=t("changes.feed.subtitle"),
        language=lang,
        author_name=author,
        feed_url=address + path if address else None,
        feed_guid=_id(lang, ""),
        built=_midnight(built),
    )
    for change in changes[:NEWEST]:
        title, found = change.title.best(lang)
        made.add_item(
            title=f"{t(f'changes.kind.{change.kind}')}: {title}",
            link=f"{address}{localized(change.page, lang)}#{change.name}",
            description=None,
            content=_html(change, lang, t),
            unique_id=_id(lang, change.name),
            pubdate=_midnight(change.date),
            updateddate=_midnight(change.date),
            categories=[change.scheme.short_name.best(lang)[0]],
            lang=found,
        )
    out = StringIO()
    made.write(out, "utf-8")
    return out.getvalue().encode()


def _html(change: ChangeView, lang: Lang, t: Callable[..., str]) -> Markup:
    about = t(
        "changes.about",
        scheme=change.scheme.short_name.best(lang)[0],
        years=", ".join(map(str, change.years)),
    )
    lines = [change.text.best(lang)[0], about]
    if change.source is not None:
        lines.append(f"{t('source.one')}: {change.source.title}. {change.source.publisher}.")
    return Markup().join(Markup("<p>{}</p>").format(line) for line in lines)


def _id(lang: Lang, name: str) -> str:
    return uuid.uuid5(_SPACE, f"{lang}/{name}").urn


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), _ZONE)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A change as open data: every key is always there, and what is not known is null."""

    id: str
    date: dt.date
    kind: str
    scheme: str
    years: tuple[int, ...]
    title: Text
    text: Text
    source: Source | None
    page: dict[Lang, str]


@dataclass(frozen=True, kw_only=True)
class Document:
    """Changes, newest first: what `/api/v1/changes.json` holds, and the files that it leads to.

    Of `total` changes, those of page `page` of `pages`; `next` is the address of the next one.
    """

    api_version: Literal[1]
    licence: str
    total: int
    page: int
    pages: int
    next: str | None
    changes: tuple[Entry, ...]


_DOCUMENT = TypeAdapter(Document)


def as_data(changes: tuple[ChangeView, ...], address: str) -> Iterator[tuple[str, bytes]]:
    """The changes as open data: the address of each file, and its JSON.

    `address` is where the site stands, or empty.
    """
    parts = in_pages(changes, API_PAGE)
    for number, part in enumerate(parts, 1):
        more = number < len(parts)
        document = Document(
            api_version=1,
            licence=LICENCE,
            total=len(changes),
            page=number,
            pages=len(parts),
            next=address + data_address(number + 1) if more else None,
            changes=tuple(_entry(change, address) for change in part),
        )
        yield data_address(number), _DOCUMENT.dump_json(document, indent=2) + b"\n"


def data_address(number: int) -> str:
    """Where a file of open data with changes stands, by its number."""
    return API if number == 1 else f"{API.removesuffix('.json')}/{number}.json"


def _entry(change: ChangeView, address: str) -> Entry:
    return Entry(
        id=change.name,
        date=change.date,
        kind=change.kind,
        scheme=change.scheme.slug,
        years=change.years,
        title=change.title,
        text=change.text,
        source=change.source,
        page={lang: f"{address}{localized(change.page, lang)}#{change.name}" for lang in LANGS},
    )
