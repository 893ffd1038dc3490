"""The record of a release: digests of its pages, the answers of its calculators, and its figures.

The next publish compares its own record with the record of the live release, and so finds the
changes that readers would see. A record is a JSON file beside the folder of the release.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, TypeAdapter, ValidationError

from builder import content
from builder.content.yaml_file import dotted
from builder.kit.files import Files, files_of
from builder.kit.store import key as cache_key
from builder.publish.page_digests import PageDigest, address_of, is_page, pages_of
from builder.views.calculator import start_answers
from calc.plan import estimate
from calc.result import Result
from calc.rules import Rules

VERSION = 1
"""The version of the format. A record of another version is treated as missing."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """An answer of a calculator.

    `status` is `calc.result.Result.status`. `award` and `own_funding` are whole kroner for each of
    `years`, calendar years; `total` is the sum of the award, and `positions_part` the part of the
    full award that comes from positions, in kroner. None is an amount that is not known. `missing`
    are the names of the questions that the calculator still asks.
    """

    status: str
    years: tuple[int, ...] = ()
    award: tuple[int | None, ...] = ()
    own_funding: tuple[int | None, ...] = ()
    total: int | None = None
    positions_part: int | None = None
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, result: Result) -> "Outcome":
        """The status, years and amounts of a result, and the names of its missing answers."""
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
    """The answer to a worked example, or the answer that a calculator shows at first.

    `slug` is the scheme, `year` the rule year. `name` is unique in them: the title of the example
    in bokmål, numbered where two are alike, or the id of the track of a calculator. `title` is the
    title of the example, or the name of the track, in bokmål.
    """

    slug: str
    year: int
    name: str
    title: str
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class RecordedFigure:
    """A figure of a rule year of a scheme: its exact `value` as text, or why it is `unknown`.

    `key` is the key in the file of the rule year: `tracks.act-fact.ladder.years[3]`.
    """

    slug: str
    year: int
    key: str
    value: str | None
    unknown: str | None
    unit: str


@dataclass(frozen=True, kw_only=True)
class RecordedScheme:
    """A scheme: its short name (bokmål) and its rule years, newest first."""

    slug: str
    name: str
    years: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Record:
    """The record of a release.

    `name` is the name of the release, `built` the moment it was built, and `day` the day for which
    its site was built. `pages` are the digests of the pages by address. `previous` is the name of
    the release that was live before it. After a roll-back, `restores` is the name of the release
    whose site this one repeats, and `previous` is copied from that release, so that the next
    roll-back goes one step further.

    `changes` are the names of the published changes. `inherited` are the files and folders of
    earlier releases that open pages may ask for, each with the time until which it belonged to the
    live release. `summary` says in a line of Norwegian what the release changed; empty if unknown.
    """

    version: int = VERSION
    name: str
    # Records of earlier versions say `made`.
    built: Annotated[dt.datetime, Field(validation_alias=AliasChoices("built", "made"))]
    day: dt.date
    previous: str | None = None
    restores: str | None = None
    schemes: tuple[RecordedScheme, ...]
    pages: dict[str, PageDigest]
    examples: tuple[Answer, ...]
    defaults: tuple[Answer, ...]
    figures: tuple[RecordedFigure, ...]
    changes: tuple[str, ...]
    inherited: dict[str, dt.datetime]
    summary: str = ""

    @classmethod
    def of(
        cls,
        site: content.Site,
        folder: Path,
        *,
        name: str,
        built: dt.datetime,
        day: dt.date,
        files: Files | None = None,
        cache: "RecordCache | None" = None,
    ) -> "Record":
        """The record of a site that was built from this content into the folder.

        `files` are the files of the site; without them the folder is read. Pages and schemes in
        `cache` are taken from the cache. Afterwards, the cache has the pages and schemes of this
        site and no others.
        """
        files = files_of(folder) if files is None else files
        cache = RecordCache() if cache is None else cache
        pages = pages_of(folder, files, cache.pages)
        schemes = [_scheme(site, slug, cache.schemes) for slug in site.schemes]
        cache.pages = {
            file.digest: pages[address_of(path)] for path, file in files.items() if is_page(path)
        }
        cache.schemes = {one.fingerprint: one for one in schemes if one.fingerprint}
        return cls(
            name=name,
            built=built,
            day=day,
            schemes=tuple(one.scheme for one in schemes),
            pages=pages,
            examples=tuple(answer for one in schemes for answer in one.examples),
            defaults=tuple(answer for one in schemes for answer in one.defaults),
            figures=tuple(figure for one in schemes for figure in one.figures),
            changes=tuple(change.name for change in site.changes),
            inherited={},
        )

    def is_inherited(self, address: str) -> bool:
        """Whether the release has the file at this address from an earlier release."""
        folders = accumulate(address.split("/"), "{}/{}".format)
        return any(folder in self.inherited for folder in folders)

    @classmethod
    def from_json(cls, data: bytes) -> "Record | None":
        """The record in these bytes; None where they are damaged or of another version."""
        try:
            record = _JSON.validate_json(data)
        except ValidationError:
            return None
        return record if record.version == VERSION else None

    def to_json(self) -> bytes:
        """The record as JSON in UTF-8."""
        return _JSON.dump_json(self, indent=1) + b"\n"


_JSON = TypeAdapter(Record)


@dataclass(frozen=True, kw_only=True)
class SchemeFacts:
    """The part of a record that is about one scheme.

    `fingerprint` is a digest of its content and its visible rule years; empty if it is not known.
    """

    fingerprint: str
    scheme: RecordedScheme
    examples: tuple[Answer, ...]
    defaults: tuple[Answer, ...]
    figures: tuple[RecordedFigure, ...]


@dataclass
class RecordCache:
    """Digests of pages by the SHA-256 of their files, and parts of schemes by their fingerprints.

    The cache speeds up the next record. With other code, it is no longer valid.
    """

    pages: dict[str, PageDigest] = field(default_factory=dict)
    schemes: dict[str, SchemeFacts] = field(default_factory=dict)


def _scheme(site: content.Site, slug: str, cached: dict[str, SchemeFacts]) -> SchemeFacts:
    scheme = site.schemes[slug]
    years = tuple(rules.year for rules in scheme.rules)
    # The day decides too which rule years are visible.
    fingerprint = cache_key(slug, site.digests[slug], years) if slug in site.digests else ""
    return cached.get(fingerprint) or SchemeFacts(
        fingerprint=fingerprint,
        scheme=RecordedScheme(slug=slug, name=scheme.short_name.nb, years=years),
        examples=tuple(_examples(scheme)),
        defaults=tuple(_defaults(scheme)),
        figures=tuple(_figures(scheme)),
    )


def _examples(scheme: content.Scheme) -> Iterator[Answer]:
    for rules in scheme.rules:
        counts: dict[str, int] = {}
        for example in rules.examples:
            title = example.title.nb
            counts[title] = counts.get(title, 0) + 1
            # Examples with the same title are numbered.
            name = title if counts[title] == 1 else f"{title} ({counts[title]})"
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


def _figures(scheme: content.Scheme) -> Iterator[RecordedFigure]:
    for rules in scheme.rules:
        for key, value, unknown, unit in _figures_of(rules):
            yield RecordedFigure(
                slug=scheme.slug,
                year=rules.year,
                key=key,
                value=value,
                unknown=unknown,
                unit=unit,
            )


def _figures_of(rules: Rules) -> Iterator[tuple[str, str | None, str | None, str]]:
    for track_id, track in rules.tracks.items():
        for key, figure in track.figures():
            value = None if figure.value is None else _exact(figure.value)
            yield figure_key(track_id, key), value, figure.unknown, figure.unit
        # The limit of a band is no figure with a source of its own, but awards depend on it.
        for n, band in enumerate(track.bands):
            if band.up_to is not None:
                yield (
                    figure_key(track_id, f"bands.{n}.up_to"),
                    str(band.up_to),
                    None,
                    "innbyggere",
                )


def figure_key(track_id: str, key: str) -> str:
    """The key of a figure in the file of its rule year, by its track and its key in the track."""
    parts = (int(part) if part.isdigit() else part for part in key.split("."))
    return dotted(("tracks", track_id, *parts))


def _exact(value: int | Decimal) -> str:
    """A number as text, the same for 10 and 10.0."""
    return format(Decimal(value).normalize(), "f")
