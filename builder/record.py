"""What we know of a release: what its pages say, what its calculators answer, which figures it has.

A release is a folder that holds the site and nothing else. Its record is kept beside it, so that
the next publish can tell what it would change.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from builder import content
from builder.calculator import start_answers
from builder.content.yaml_file import dotted
from builder.headers import IMMUTABLE_FOLDERS
from calc.plan import estimate
from calc.result import Result
from calc.rules import Rules

VERSION = 1
"""Of the file. A record of another version is read as none: we then don't know what was there."""

HASH_LENGTH = 10


def content_hash(folder: Path) -> str:
    """A hash of every file of a built site, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:HASH_LENGTH]


@dataclass(frozen=True, kw_only=True)
class PageMark:
    """A page: its title, and hashes of what a reader can see there.

    `text` is of title, description, text, links and pictures; `dated` of those parts that hold for
    a time only (deadlines, statuses); `whole` of the file, with the addresses of its style sheet
    and scripts, and what stands on every page.
    """

    title: str
    text: str
    dated: str
    whole: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What calc answers. Whole kroner, one for each of `years`; None is what can't be said."""

    status: str
    years: tuple[int, ...] = ()
    award: tuple[int | None, ...] = ()
    own_funding: tuple[int | None, ...] = ()
    total: int | None = None
    positions_part: int | None = None
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, result: Result) -> "Outcome":
        """What readers plan with, of a result."""
        full = result.full_award
        return cls(
            status=result.status,
            years=tuple(row.year for row in result.plan),
            award=tuple(row.award for row in result.plan),
            own_funding=tuple(row.own_funding for row in result.plan),
            total=result.total("award"),
            positions_part=None if full is None else full.positions_part,
            missing=result.missing,
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A worked example, or the answer that a calculator starts with.

    `name` is the title of the example (bokmål), or the id of the track; `title` is what people
    call it. Of a calculator, `year` is the rule year that it starts with.
    """

    slug: str
    year: int
    name: str
    title: str
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class FigureMark:
    """A figure of a rule year: `value` as exact text or why it is `unknown`, and its unit.

    `key` is its place in the file of the rule year: `tracks.act-fact.ladder.years[3]`.
    """

    slug: str
    year: int
    key: str
    value: str | None
    unknown: str | None
    unit: str


@dataclass(frozen=True, kw_only=True)
class SchemeMark:
    """A scheme: its short name (bokmål) and its rule years, newest first."""

    slug: str
    name: str
    years: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Record:
    """A release: `name` is its folder's, `made` when it was made, `day` the day it was built for.

    `previous` names what was live before it. After a rollback, `restores` names the release whose
    site this one has again, and `previous` is that release's own, so that one can go back further.

    `changes` are the names of the published changes. `inherited` are files and folders taken over
    from earlier releases for pages that are open, each with when it was last a live release's own.
    `summary` is what it changed, in a line of Norwegian, where that was known.
    """

    version: int = VERSION
    name: str
    made: dt.datetime
    day: dt.date
    previous: str | None = None
    restores: str | None = None
    schemes: tuple[SchemeMark, ...]
    pages: dict[str, PageMark]
    examples: tuple[Answer, ...]
    defaults: tuple[Answer, ...]
    figures: tuple[FigureMark, ...]
    changes: tuple[str, ...]
    inherited: dict[str, dt.datetime]
    summary: str = ""

    @classmethod
    def of(
        cls, site: content.Site, built: Path, *, name: str, made: dt.datetime, day: dt.date
    ) -> "Record":
        """The record of a site that has been built from this content into the folder `built`."""
        return cls(
            name=name,
            made=made,
            day=day,
            schemes=tuple(_schemes(site)),
            pages=pages_of(built),
            examples=tuple(_examples(site)),
            defaults=tuple(_defaults(site)),
            figures=tuple(_figures(site)),
            changes=tuple(change.name for change in site.changes),
            inherited={},
        )

    @classmethod
    def from_json(cls, data: bytes) -> "Record | None":
        """A record as it was written; None where it is broken or of another version."""
        try:
            record = _JSON.validate_json(data)
        except ValidationError:
            return None
        return record if record.version == VERSION else None

    def to_json(self) -> bytes:
        """The record as it is kept: JSON, in UTF-8."""
        return _JSON.dump_json(self, indent=1) + b"\n"


_JSON = TypeAdapter(Record)


def _schemes(site: content.Site) -> Iterator[SchemeMark]:
    for slug, scheme in site.schemes.items():
        years = tuple(rules.year for rules in scheme.rules)
        yield SchemeMark(slug=slug, name=scheme.short_name.nb, years=years)


def _examples(site: content.Site) -> Iterator[Answer]:
    for slug, scheme in site.schemes.items():
        for rules in scheme.rules:
            seen: dict[str, int] = {}
            for example in rules.examples:
                title = example.title.nb
                seen[title] = seen.get(title, 0) + 1
                # Two of the same title are told apart by their order.
                name = title if seen[title] == 1 else f"{title} ({seen[title]})"
                outcome = Outcome.of(estimate(scheme.calculator, example.answers))
                yield Answer(slug=slug, year=rules.year, name=name, title=name, outcome=outcome)


def _defaults(site: content.Site) -> Iterator[Answer]:
    for slug, scheme in site.schemes.items():
        calculator = scheme.calculator
        for track_id, track in calculator.latest.tracks.items():
            outcome = Outcome.of(estimate(calculator, start_answers(calculator, track_id)))
            yield Answer(
                slug=slug,
                year=calculator.latest.year,
                name=track_id,
                title=track.name.nb,
                outcome=outcome,
            )


def _figures(site: content.Site) -> Iterator[FigureMark]:
    for slug, scheme in site.schemes.items():
        for rules in scheme.rules:
            for key, value, unknown, unit in _figures_of(rules):
                yield FigureMark(
                    slug=slug, year=rules.year, key=key, value=value, unknown=unknown, unit=unit
                )


def _figures_of(rules: Rules) -> Iterator[tuple[str, str | None, str | None, str]]:
    for track_id, track in rules.tracks.items():
        for key, figure in track.figures():
            value = None if figure.value is None else _exact(figure.value)
            yield figure_place(track_id, key), value, figure.unknown, figure.unit
        # A limit between bands is no figure with a source of its own, but it decides awards too.
        for n, band in enumerate(track.bands):
            if band.up_to is not None:
                yield (
                    figure_place(track_id, f"bands.{n}.up_to"),
                    str(band.up_to),
                    None,
                    "innbyggere",
                )


def figure_place(track_id: str, key: str) -> str:
    """Where a figure of a track stands in the file of its rule year, as messages name it."""
    parts = (int(part) if part.isdigit() else part for part in key.split("."))
    return dotted(("tracks", track_id, *parts))


def _exact(value: int | Decimal) -> str:
    """A number as text, the same for 10 and 10.0."""
    return format(Decimal(value).normalize(), "f")


# --- Pages ---


def pages_of(built: Path) -> dict[str, PageMark]:
    """Every page of a built site by its address."""
    return {
        _address(path.relative_to(built)): _mark(path) for path in sorted(built.rglob("*.html"))
    }


def _address(path: Path) -> str:
    return f"/{path.as_posix()}".removesuffix("index.html")


def _mark(path: Path) -> PageMark:
    data = path.read_bytes()
    reader = _Reader()
    reader.feed(data.decode())
    reader.close()
    return PageMark(
        title=reader.title,
        text=_hash("\n".join(reader.told(reader.text))),
        dated=_hash("\n".join(reader.told(reader.dated))),
        whole=hashlib.sha256(data).hexdigest()[:HASH_LENGTH],
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


# What holds from or until some time: `theme/js/today.js` shows and hides it by these.
_DATED = {"data-from", "data-until", "data-days-until"}
_UNSEEN = {"script", "style", "template"}
_SEEN_ATTRIBUTES = {"href", "src", "alt", "value", "placeholder", "aria-label"}
_VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
    *("track", "wbr"),
}


class _Reader(HTMLParser):
    """Reads of a page what its reader does: all of `main`, also what is hidden at the moment."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.text: list[str] = []
        self.dated: list[str] = []
        self._version = ""
        # Of each element that is open: its name, and whether it is (in) main, dated, unseen.
        self._open: list[tuple[str, bool, bool, bool]] = []

    def told(self, parts: list[str]) -> Iterator[str]:
        """Texts without what is new at each change of the calculators' code or rules."""
        for part in parts:
            if part != self._version:
                yield part

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        _, main, dated, unseen = self._open[-1] if self._open else ("", False, False, False)
        around = (main or tag == "main", dated or bool(_DATED & values.keys()))
        if tag not in _VOID:
            self._open.append((tag, *around, unseen or tag in _UNSEEN))
        if tag == "meta" and values.get("name") == "description":
            self.text.append(values.get("content") or "")
        self._version = values.get("data-version") or self._version
        if around[0]:
            seen = (v for k, v in attrs if k in _SEEN_ATTRIBUTES and v and not _is_hashed(v))
            (self.dated if around[1] else self.text).extend(seen)

    def handle_endtag(self, tag: str) -> None:
        # An end tag that HTML lets one leave out closes with the element around it.
        if tag in (name for name, *_ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        name, main, dated, unseen = self._open[-1] if self._open else ("", False, False, False)
        if name == "title" and not self.title:
            self.title = text
            self.text.append(text)
        elif text and main and not unseen:
            (self.dated if dated else self.text).append(text)


def _is_hashed(address: str) -> bool:
    """Whether it names a file whose address changes with its content."""
    return address.startswith(IMMUTABLE_FOLDERS)
