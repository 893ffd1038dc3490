"""Published changes as pages, feed and open data show them."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed
from markupsafe import Markup
from pydantic import TypeAdapter

from builder import content
from builder.content import Change, Scheme
from calc.rules import Lang, Source, Text

PAGE = "endringer"
"""The page with all changes; each stands there with its name as `id`."""

FEED = "/endringer.atom"
API = "/api/v1/changes.json"
LICENCE = "CC-BY-4.0"

# Any fixed value will do: ids are made in it, so that they are the same wherever the site stands.
_SPACE = uuid.UUID("6d0f8d7e-7d3b-4b0c-9a52-4a5f3a1c2e90")
_ZONE = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, kw_only=True)
class ChangeView:
    """A change as templates see it, with the scheme and the source that it names."""

    name: str
    date: dt.date
    kind: str
    scheme: Scheme
    years: tuple[int, ...]
    title: Text
    text: Text
    source: Source | None


def views(site: content.Site) -> tuple[ChangeView, ...]:
    """All changes, newest first."""
    return tuple(_view(change, site.schemes[change.scheme]) for change in site.changes)


def _view(change: Change, scheme: Scheme) -> ChangeView:
    return ChangeView(
        name=change.name,
        date=change.date,
        kind=change.kind,
        scheme=scheme,
        years=tuple(sorted(change.years, reverse=True)),
        title=change.title,
        text=change.text,
        source=None if change.source is None else scheme.all_sources[change.source],
    )


def of_scheme(changes: Iterable[ChangeView], slug: str) -> tuple[ChangeView, ...]:
    """Those of a scheme."""
    return tuple(change for change in changes if change.scheme.slug == slug)


def of_year(changes: Iterable[ChangeView], slug: str, year: int) -> tuple[ChangeView, ...]:
    """Those about a rule year of a scheme."""
    return tuple(change for change in of_scheme(changes, slug) if year in change.years)


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
    changes: Iterable[ChangeView],
    lang: Lang,
    t: Callable[..., str],
    *,
    author: str,
    address: str,
    page: str,
    path: str,
    built: dt.date,
) -> bytes:
    """The changes as an Atom feed (RFC 4287) in a målform.

    `page` and `path` are the addresses of the page and of the feed, from `/`; `address` is where
    the site stands, or empty. Then links are relative to the feed, which Atom allows, and nothing
    is said of where the feed itself is. Ids depend on the names of changes alone, so that a reader
    of feeds shows no change twice when the site moves.
    """
    made = _Feed(
        title=t("changes.feed.title"),
        link=address + page,
        description=t("changes.feed.subtitle"),
        language=lang,
        author_name=author,
        feed_url=address + path if address else None,
        feed_guid=_id(lang, ""),
        built=_midnight(built),
    )
    for change in changes:
        title, found = change.title.best(lang)
        made.add_item(
            title=f"{t(f'changes.kind.{change.kind}')}: {title}",
            link=f"{address}{page}#{change.name}",
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
    """All changes, newest first: what `/api/v1/changes.json` holds."""

    api_version: Literal[1]
    licence: str
    changes: tuple[Entry, ...]


_DOCUMENT = TypeAdapter(Document)


def as_data(changes: Iterable[ChangeView], address: str, pages: dict[Lang, str]) -> bytes:
    """The changes as open data, in JSON.

    `pages` are the addresses of the page in each målform, from `/`; `address` is where the site
    stands, or empty.
    """
    entries = tuple(
        Entry(
            id=change.name,
            date=change.date,
            kind=change.kind,
            scheme=change.scheme.slug,
            years=change.years,
            title=change.title,
            text=change.text,
            source=change.source,
            page={lang: f"{address}{page}#{change.name}" for lang, page in pages.items()},
        )
        for change in changes
    )
    document = Document(api_version=1, licence=LICENCE, changes=entries)
    return _DOCUMENT.dump_json(document, indent=2) + b"\n"
