"""The rule model: what one rule year says, each figure with its unit and source, or unknown.

The dataclasses are plain, so that the browser can rebuild them from JSON without a validation
library. At the build pydantic validates the same classes strictly. A check that needs more than
one value stands in `__post_init__`, as a `RuleError`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Lang = Literal["nb", "nn"]
Unit = Literal[
    "kr",
    "kr per år",
    "kr per årsverk",
    "kr per person",
    "årsverk",
    "personer",
    "prosent",
    "år",
]
KRONER: tuple[Unit, ...] = ("kr", "kr per år", "kr per årsverk", "kr per person")
PER_UNIT: dict[Unit, Unit] = {"kr per årsverk": "årsverk", "kr per person": "personer"}

_FORBID = {"extra": "forbid"}


class RuleError(ValueError):
    """A part of the rules that contradicts another.

    `code` names the mistake and `key` the part it is about (dotted, relative to the object);
    `values` hold what was found and expected, for the editor's message.
    """

    def __init__(self, code: str, key: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.key = key
        self.values = values


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text in bokmål and, where somebody has written it, nynorsk."""

    __pydantic_config__ = _FORBID

    nb: str
    nn: str | None = None

    def __post_init__(self) -> None:
        if not self.nb.strip():
            raise RuleError("empty", "nb")
        if self.nn is not None and not self.nn.strip():
            raise RuleError("empty", "nn")

    def best(self, lang: Lang) -> tuple[str, Lang]:
        """The text in `lang` where it exists, else bokmål; and the language it is in."""
        if lang == "nn" and self.nn is not None:
            return self.nn, "nn"
        return self.nb, "nb"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a figure or fact stands: a page or document, who published it and when."""

    __pydantic_config__ = _FORBID

    title: str
    publisher: str
    url: str | None = None
    published: date | None = None
    read: date | None = None
    note: Text | None = None

    def __post_init__(self) -> None:
        if self.url is not None and not self.url.startswith(("https://", "http://")):
            raise RuleError("not_an_address", "url", found=self.url)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the rules with unit and source; `value` or, where nobody knows it, `unknown`.

    `unknown` says where the reader can find the figure: in the award letter, or nowhere.
    `reading` is our reading of a rule that is unclear; it is named wherever the figure acts.
    """

    __pydantic_config__ = _FORBID

    unit: Unit
    source: str
    value: int | Decimal | None = None
    unknown: Literal["tilskuddsbrevet", "ingen"] | None = None
    note: Text | None = None
    reading: Text | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.unknown is None):
            raise RuleError("value_or_unknown", "value")
        if self.value is None:
            return
        if isinstance(self.value, Decimal) and not self.value.is_finite():
            raise RuleError("not_a_number", "value", found=str(self.value))
        if self.value < 0:
            raise RuleError("negative", "value", found=str(self.value))
        if self.unit in (*KRONER, "personer", "år") and self.value != int(self.value):
            raise RuleError("not_whole", "value", found=str(self.value), unit=self.unit)
        if self.unit == "prosent" and self.value > 100:
            raise RuleError("above_100", "value", found=str(self.value))

    @property
    def exact(self) -> Fraction:
        """The value as an exact number. Only for a figure that is known."""
        assert self.value is not None
        return Fraction(self.value)


@dataclass(frozen=True, kw_only=True)
class Caps:
    """The most that can be given in a year: per team, per year, or per applicant (kroner)."""

    __pydantic_config__ = _FORBID

    team: Figure | None = None
    year: Figure | None = None
    applicant: Figure | None = None

    def items(self) -> Iterator[tuple[str, Figure]]:
        """The caps that the rules have, as (name, figure)."""
        for f in fields(self):
            figure = getattr(self, f.name)
            if figure is not None:
                yield f.name, figure


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """The taper: for each grant year, the first first, the share of the full award in per cent."""

    __pydantic_config__ = _FORBID

    years: tuple[Figure, ...]
    reading: Text | None = None

    def __post_init__(self) -> None:
        if not self.years:
            raise RuleError("no_years", "years")
        for n, step in enumerate(self.years):
            _require_unit(step, f"years.{n}", "prosent")


@dataclass(frozen=True, kw_only=True)
class Training:
    """Money for training that is part of the award (an earmark), in kroner per unit and year."""

    __pydantic_config__ = _FORBID

    per_unit: Figure
    limit: Literal["fixed", "at_most"]

    def __post_init__(self) -> None:
        _require_unit(self.per_unit, "per_unit", *PER_UNIT)


@dataclass(frozen=True, kw_only=True)
class OtherCosts:
    """Whether costs other than the units can be covered."""

    __pydantic_config__ = _FORBID

    allowed: bool
    source: str
    reading: Text | None = None


@dataclass(frozen=True, kw_only=True)
class LumpSum:
    """A sum that is asked for once: paid in the first year and used over one or more years."""

    __pydantic_config__ = _FORBID

    use_years: Figure
    paid_in: Literal["first_year"]
    source: str

    def __post_init__(self) -> None:
        _require_unit(self.use_years, "use_years", "år")


@dataclass(frozen=True, kw_only=True)
class NotComputable:
    """Why no amount can be worked out in advance for a track."""

    __pydantic_config__ = _FORBID

    because: Literal["discretionary", "basis_unknown"]
    text: Text
    source: str


@dataclass(frozen=True, kw_only=True)
class Closed:
    """From which year on nothing new is awarded, and why."""

    __pydantic_config__ = _FORBID

    year: int
    text: Text
    source: str


@dataclass(frozen=True, kw_only=True)
class Track:
    """A branch of a scheme (spor, prioritet) with its own rates: parts in any combination.

    A track either pays per unit (`rate`), pays a sum asked for (`lump_sum`), or says why no amount
    can be worked out (`not_computable`). `national_frame` is what all applicants share (kroner);
    it is shown and never calculated with. `start` holds the answers that the form starts with; they
    are examples, never a recommendation.
    """

    __pydantic_config__ = _FORBID

    name: Text
    rate: Figure | None = None
    max_units: Figure | None = None
    caps: Caps | None = None
    other_costs: OtherCosts | None = None
    ladder: Ladder | None = None
    pre_project: Figure | None = None
    training: Training | None = None
    national_frame: Figure | None = None
    lump_sum: LumpSum | None = None
    not_computable: NotComputable | None = None
    closed_from: Closed | None = None
    start: dict[str, str | int | Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ways = [k for k in ("rate", "lump_sum", "not_computable") if getattr(self, k) is not None]
        if len(ways) != 1:
            raise RuleError("one_way", "rate", found=", ".join(ways))
        if self.rate is not None:
            _require_unit(self.rate, "rate", *PER_UNIT)
            if self.max_units is not None:
                _require_unit(self.max_units, "max_units", self.unit)
            if self.training is not None:
                _require_unit(self.training.per_unit, "training.per_unit", self.rate.unit)
        for name, cap in self.all_caps():
            _require_unit(cap, f"caps.{name}", "kr", "kr per år")
        if self.pre_project is not None:
            _require_unit(self.pre_project, "pre_project", "kr per år")
        if self.rate is None:
            for part in ("max_units", "other_costs", "ladder", "pre_project", "training"):
                if getattr(self, part) is not None and self.not_computable is None:
                    raise RuleError("needs_rate", part)

    @property
    def unit(self) -> Unit:
        """What the rate counts: «årsverk» or «personer». Only for tracks with a rate."""
        assert self.rate is not None
        return PER_UNIT[self.rate.unit]

    def all_caps(self) -> tuple[tuple[str, Figure], ...]:
        """The caps that the rules have, as (name, figure)."""
        return tuple(self.caps.items()) if self.caps is not None else ()

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """Every figure of the track with its dotted key, in the order of a rate table."""
        if self.rate is not None:
            yield "rate", self.rate
        if self.max_units is not None:
            yield "max_units", self.max_units
        for name, cap in self.all_caps():
            yield f"caps.{name}", cap
        if self.ladder is not None:
            for n, step in enumerate(self.ladder.years):
                yield f"ladder.years.{n}", step
        if self.pre_project is not None:
            yield "pre_project", self.pre_project
        if self.training is not None:
            yield "training.per_unit", self.training.per_unit
        if self.lump_sum is not None:
            yield "lump_sum.use_years", self.lump_sum.use_years
        if self.national_frame is not None:
            yield "national_frame", self.national_frame

    def sources(self) -> Iterator[tuple[str, str]]:
        """Every reference to a source as (dotted key, source key)."""
        for key, figure in self.figures():
            yield f"{key}.source", figure.source
        for part in ("other_costs", "lump_sum", "not_computable", "closed_from"):
            value = getattr(self, part)
            if value is not None:
                yield f"{part}.source", value.source


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a worked example must give; only what is stated is compared.

    `award` and `own_funding` follow the rows of the plan, in kroner, with null for what can't be
    said; `total` is the sum of the awards; `missing` names the answers asked for.
    """

    __pydantic_config__ = _FORBID

    status: Literal["estimate", "needs_input", "not_computable", "closed"] = "estimate"
    award: tuple[int | None, ...] | None = None
    own_funding: tuple[int | None, ...] | None = None
    positions_part: int | None = None
    total: int | None = None
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Example:
    """A worked example: shown on the page, and run at every build."""

    __pydantic_config__ = _FORBID

    title: Text
    answers: dict[str, str | int | Decimal]
    expect: Expectation


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules for grants first awarded in one calendar year (`year`)."""

    __pydantic_config__ = _FORBID

    year: int
    sources: dict[str, Source]
    tracks: dict[str, Track]
    examples: tuple[Example, ...] = ()

    def __post_init__(self) -> None:
        if not self.tracks:
            raise RuleError("no_tracks", "tracks")
        for track_id, track in self.tracks.items():
            for key, source in track.sources():
                if source not in self.sources:
                    raise RuleError(
                        "unknown_source",
                        f"tracks.{track_id}.{key}",
                        found=source,
                        expected=", ".join(self.sources),
                    )


@dataclass(frozen=True, kw_only=True)
class SchemeRules:
    """All rule years of a scheme that we have, oldest first: what a calculator is given."""

    slug: str
    name: Text
    rules: tuple[Rules, ...]

    def of_year(self, year: int) -> Rules | None:
        """The rules of exactly that year; an uncovered year has none, never the nearest."""
        return next((r for r in self.rules if r.year == year), None)

    @property
    def latest(self) -> Rules:
        """The newest rule year; where a form starts, never a stand-in for a missing year."""
        return self.rules[-1]


def _require_unit(figure: Figure, key: str, *allowed: Unit) -> None:
    if figure.unit not in allowed:
        raise RuleError("wrong_unit", f"{key}.unit", found=figure.unit, expected=", ".join(allowed))
