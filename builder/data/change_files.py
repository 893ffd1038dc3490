"""Published changes for programs: the feed (Atom) and the open data (JSON)."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed
from markupsafe import Markup
from pydantic import TypeAdapter

from builder.kit.addresses import CHANGES_DATA, CHANGES_PAGE, data_address, localized
from builder.kit.i18n import LANGS
from builder.routes.paging import in_pages
from calc.rules import Lang, Source, Text

ADDRESS = f"/{CHANGES_PAGE}/"
"""The page with the newest changes. The name of a change is its `id` on the page."""

NEWEST = 50
"""The most changes on this page, in the feed, and on a page of a month."""

API_PAGE = 500
"""The most changes in a file of open data."""

LICENCE = "CC-BY-4.0"

# The ids of changes are derived from this fixed value, so they are the same at any address.
_NAMESPACE = uuid.UUID("6d0f8d7e-7d3b-4b0c-9a52-4a5f3a1c2e90")


@dataclass(frozen=True, kw_only=True)
class Named:
    """The scheme of a change."""

    slug: str
    short_name: Text


@dataclass(frozen=True, kw_only=True)
class ChangeView:
    """A published change with its scheme and its source.

    `years` are the rule years that it is about, the newest first. `page` is the bokmål address of
    the page that keeps the change when newer ones are published.
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


class _Feed(Atom1Feed):  # type: ignore[misc]  # no type hints
    """The feed of the library, but with a date that ignores the clock, and with languages."""

    def latest_post_date(self) -> dt.datetime:
        """The date of the newest change, or the day of the build where there is no change.

        The library would take the time of the clock, and two builds of the same content would
        differ.
        """
        dates = [item["updateddate"] for item in self.items]
        newest: dt.datetime = max(dates, default=self.feed["built"])
        return newest

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """The attributes of an entry: the målform that its title is written in."""
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
    zone: str,
) -> bytes:
    """The newest changes as an Atom feed (RFC 4287) in a målform. `changes` come newest first.

    `t` translates messages to the målform, `built` is the day of the build, and `zone` the time
    zone in which days begin. `path` is the address of the feed within the site. `address` is the
    public address of the site without a slash at the end. Where it is empty, links are relative to
    the feed, which Atom allows, and the feed has no link to itself. Ids are derived from the names
    of changes alone, so a feed reader shows no change twice when the site gets another address.
    """
    atom = _Feed(
        title=t("changes.feed.title"),
        link=address + localized(ADDRESS, lang),
        description=t("changes.feed.subtitle"),
        language=lang,
        author_name=author,
        feed_url=address + path if address else None,
        feed_guid=_id(lang, ""),
        built=midnight(built, zone),
    )
    for change in changes[:NEWEST]:
        title, title_lang = change.title.best(lang)
        atom.add_item(
            title=f"{t(f'changes.kind.{change.kind}')}: {title}",
            link=f"{address}{localized(change.page, lang)}#{change.name}",
            description=None,
            content=_html(change, lang, t),
            unique_id=_id(lang, change.name),
            pubdate=midnight(change.date, zone),
            updateddate=midnight(change.date, zone),
            categories=[change.scheme.short_name.best(lang)[0]],
            lang=title_lang,
        )
    out = StringIO()
    atom.write(out, "utf-8")
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
    return uuid.uuid5(_NAMESPACE, f"{lang}/{name}").urn


def midnight(day: dt.date, zone: str) -> dt.datetime:
    """The first moment of a day in a time zone, such as `Europe/Oslo`."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A change in the open data. Every key is always present; a missing source is null."""

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
    """A file of open data with changes, newest first: `/api/v1/changes.json` or a further one.

    The file has page `page` of `pages`; all of them together have `total` changes. `next` is the
    address of the next file, null in the last one.
    """

    api_version: Literal[1]
    licence: str
    total: int
    page: int
    pages: int
    next: str | None
    changes: tuple[Entry, ...]


_DOCUMENT = TypeAdapter(Document)


def open_data(changes: tuple[ChangeView, ...], address: str) -> Iterator[tuple[str, bytes]]:
    """The changes as open data: the address of each file within the site, and its JSON.

    `address` is the public address of the site without a slash at the end, or empty.
    """
    parts = in_pages(changes, API_PAGE)
    for number, part in enumerate(parts, 1):
        has_next = number < len(parts)
        document = Document(
            api_version=1,
            licence=LICENCE,
            total=len(changes),
            page=number,
            pages=len(parts),
            next=address + data_address(CHANGES_DATA, number + 1) if has_next else None,
            changes=tuple(_entry(change, address) for change in part),
        )
        yield data_address(CHANGES_DATA, number), _DOCUMENT.dump_json(document, indent=2) + b"\n"


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
