"""What we know of a release: what its pages say, what its calculators answer, which figures it has.

A release is a folder that holds the site and nothing else. Its record is kept beside it, so that
the next publish can tell what it would change.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html import unescape
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from builder import content
from builder.content.yaml_file import dotted
from builder.kit import cache
from builder.kit.headers import IMMUTABLE_FOLDERS
from builder.kit.manifest import HASH_LENGTH, Files, files_of, of_each, steps
from builder.views.calculator import start_answers
from calc.plan import estimate
from calc.result import Result
from calc.rules import Rules

VERSION = 1
"""Of the file. A record of another version is read as none: we then don't know what was there."""


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
        cls,
        site: content.Site,
        built: Path,
        *,
        name: str,
        made: dt.datetime,
        day: dt.date,
        files: Files | None = None,
        known: "Known | None" = None,
    ) -> "Record":
        """The record of a site that has been built from this content into the folder `built`.

        `files` are those of the site, where they have been looked at already. What is `known` is
        not found out again; after that it holds what is known of this site, and nothing else.
        """
        files = files_of(built) if files is None else files
        known = Known() if known is None else known
        pages = pages_of(built, files, known.pages)
        schemes = [_scheme(site, slug, known.schemes) for slug in site.schemes]
        known.pages = {
            file.digest: pages[_address(path)] for path, file in files.items() if _is_page(path)
        }
        known.schemes = {one.of: one for one in schemes if one.of}
        return cls(
            name=name,
            made=made,
            day=day,
            schemes=tuple(one.mark for one in schemes),
            pages=pages,
            examples=tuple(answer for one in schemes for answer in one.examples),
            defaults=tuple(answer for one in schemes for answer in one.defaults),
            figures=tuple(figure for one in schemes for figure in one.figures),
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


@dataclass(frozen=True, kw_only=True)
class SchemeFacts:
    """All of a record that is about one scheme, and a hash of what it was made `of`."""

    of: str
    mark: SchemeMark
    examples: tuple[Answer, ...]
    defaults: tuple[Answer, ...]
    figures: tuple[FigureMark, ...]


@dataclass
class Known:
    """What is known of a site, so that the next record need not find it out again.

    Pages by the SHA-256 of their files, schemes by what they are made of. It holds as long as the
    code is the same.
    """

    pages: dict[str, PageMark] = field(default_factory=dict)
    schemes: dict[str, SchemeFacts] = field(default_factory=dict)


def _scheme(site: content.Site, slug: str, known: dict[str, SchemeFacts]) -> SchemeFacts:
    scheme = site.schemes[slug]
    years = tuple(rules.year for rules in scheme.rules)
    # Which rule years are shown is decided by the day too.
    of = cache.key(slug, site.digests[slug], years) if slug in site.digests else ""
    return known.get(of) or SchemeFacts(
        of=of,
        mark=SchemeMark(slug=slug, name=scheme.short_name.nb, years=years),
        examples=tuple(_examples(scheme)),
        defaults=tuple(_defaults(scheme)),
        figures=tuple(_figures(scheme)),
    )


def _examples(scheme: content.Scheme) -> Iterator[Answer]:
    for rules in scheme.rules:
        seen: dict[str, int] = {}
        for example in rules.examples:
            title = example.title.nb
            seen[title] = seen.get(title, 0) + 1
            # Two of the same title are told apart by their order.
            name = title if seen[title] == 1 else f"{title} ({seen[title]})"
            outcome = Outcome.of(estimate(scheme.calculator, example.answers))
            yield Answer(slug=scheme.slug, year=rules.year, name=name, title=name, outcome=outcome)


def _defaults(scheme: content.Scheme) -> Iterator[Answer]:
    calculator = scheme.calculator
    for track_id, track in calculator.latest.tracks.items():
        outcome = Outcome.of(estimate(calculator, start_answers(calculator, track_id)))
        yield Answer(
            slug=scheme.slug,
            year=calculator.latest.year,
            name=track_id,
            title=track.name.nb,
            outcome=outcome,
        )


def _figures(scheme: content.Scheme) -> Iterator[FigureMark]:
    for rules in scheme.rules:
        for place, value, unknown, unit in _figures_of(rules):
            yield FigureMark(
                slug=scheme.slug,
                year=rules.year,
                key=place,
                value=value,
                unknown=unknown,
                unit=unit,
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


def pages_of(
    built: Path, files: Files | None = None, known: Mapping[str, PageMark] | None = None
) -> dict[str, PageMark]:
    """Every page of a built site by its address.

    `files` are those of the site, where they have been looked at already; pages that are `known`
    by their files' hashes are not read.
    """
    files = files_of(built) if files is None else files
    known = {} if known is None else known
    pages = [path for path in sorted(files, key=steps) if _is_page(path)]
    unread = [path for path in pages if files[path].digest not in known]
    marks = dict(of_each(lambda path: _mark(built / path), unread, "Leser sidene"))
    return {_address(path): marks.get(path) or known[files[path].digest] for path in pages}


def _is_page(path: str) -> bool:
    return path.endswith(".html")


def _address(path: str) -> str:
    return f"/{path}".removesuffix("index.html")


def _mark(path: Path) -> PageMark:
    data = path.read_bytes()
    title, text, dated = read_page(data.decode())
    return PageMark(
        title=title,
        text=_hash("\n".join(text)),
        dated=_hash("\n".join(dated)),
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

# A tag: whether it ends an element, its name, and its attributes.
_TAG = r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^"'>]++|"[^"]*+"|'[^']*+')*+)>"""
# Text, a tag, or what nobody sees. By regular expressions, since Python's own reader takes five
# times as long: more than a minute for 20 000 pages.
_PART = re.compile(rf"([^<]++|<(?![a-zA-Z/!?]))|{_TAG}|<!--.*?(?:-->|\Z)|<[^>]*+>?", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]++)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]++)))?""")
# What stands in scripts and style sheets is no HTML.
_RAW = re.compile(
    r"(?P<start><(?P<name>script|style)\b[^>]*+>).*?(?=</(?P=name)\b|\Z)", re.DOTALL | re.IGNORECASE
)


def read_page(html: str) -> tuple[str, list[str], list[str]]:
    """Read of a page what its reader does: all of `main`, also what is hidden at the moment.

    Its title; its text, links and pictures; and those of them that hold for a time. All without
    what is new at each change of the calculators' code or rules.
    """
    html = _RAW.sub(r"\g<start>", html)
    title = version = ""
    text: list[str] = []
    dated: list[str] = []
    # Of each element that is open: its name, and whether it is (in) main, dated, unseen.
    elements = [("", False, False, False)]
    for piece, end, tag, rest in _PART.findall(html):
        around, in_main, in_dated, in_unseen = elements[-1]
        if piece:
            if around == "title" and not title:
                title = _words(piece)
                text.append(title)
            elif in_main and not in_unseen and (words := _words(piece)):
                (dated if in_dated else text).append(words)
        elif end:
            _close(elements, tag.lower())
        elif tag:
            name = tag.lower()
            in_main = in_main or name == "main"
            # Most tags have none, or are of the head and the menu.
            attributes = (
                _attributes(rest) if rest and (in_main or name == "meta" or "data-" in rest) else {}
            )
            in_dated = in_dated or not _DATED.isdisjoint(attributes)
            if name not in _VOID and not rest.endswith("/"):
                elements.append((name, in_main, in_dated, in_unseen or name in _UNSEEN))
            if name == "meta" and attributes.get("name") == "description":
                text.append(attributes.get("content", ""))
            version = attributes.get("data-version") or version
            if in_main:
                seen = dated if in_dated else text
                for key, value in attributes.items():
                    if (
                        value
                        and key in _SEEN_ATTRIBUTES
                        and not value.startswith(IMMUTABLE_FOLDERS)
                    ):
                        seen.append(value)
    return (
        title,
        [part for part in text if part != version],
        [part for part in dated if part != version],
    )


def _words(text: str) -> str:
    return " ".join(unescape(text).split())


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(text)}


def _close(elements: list[tuple[str, bool, bool, bool]], tag: str) -> None:
    """An end tag that HTML lets one leave out closes with the element around it."""
    if elements[-1][0] == tag or any(name == tag for name, *_ in elements):
        while elements.pop()[0] != tag:
            pass
