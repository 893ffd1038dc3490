"""The rule model: the rules of a rule year, each figure with its unit and source, or unknown.

The dataclasses are plain, so that the browser can rebuild them from JSON without a validation
library. At the build pydantic validates the same classes strictly. A rule of validity about one
value is declared at its field (`checked`), from where both the check and the JSON Schema take it; a
check that needs more than one value stands in `__post_init__`. Both raise a `RuleError`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Literal

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

COUNTED: tuple[Unit, ...] = tuple(PER_UNIT.values())
CAP_UNITS: tuple[Unit, ...] = ("kr", "kr per år")
MOST_YEARS = 10
"""The most years of a figure in the unit `år`. The limits of years are ours, not rules."""
FIRST_YEAR, LAST_YEAR = 2015, 2040

_FORBID = {"extra": "forbid"}


class RuleError(ValueError):
    """A part of the rules that contradicts another.

    `code` names the mistake, and `key` the part with the mistake (dotted, relative to the object);
    `values` hold the value found and the expected one, for the editor's message.
    """

    def __init__(self, code: str, key: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.key = key
        self.values = values


def checked(
    code: str = "",
    *,
    default: object = MISSING,
    units: tuple[Unit, ...] = (),
    needs: Mapping[str, str] | None = None,
    **schema: str | int,
) -> Any:
    """A field of a `Checked` dataclass, with the rules for its value where that is not None.

    The value must fit `schema`, keywords of JSON Schema: `pattern`, or `minimum` and `maximum`
    (inclusive, for a whole number), or `minItems` or `minProperties` of 1. Else there is a
    `RuleError` with the `code`. A figure, or each of several, must be in one of the `units`. The
    field `needs` others, each with the code of the error where that one is None.
    """
    fits: Callable[[Any], object] = bool if schema else lambda _: True
    if "pattern" in schema:
        # At the end of a pattern, `$` of Python would also take a line feed.
        fits = re.compile(str(schema["pattern"]).replace("$", r"\Z")).search
    elif "minimum" in schema:
        fits = range(int(schema["minimum"]), int(schema["maximum"]) + 1).__contains__
    rules = {"code": code, "fits": fits, "units": units, "needs": needs or {}, "schema": schema}
    return field(default=default, metadata=rules)


def a_year() -> Any:
    """A field of a calendar year within the limits of the site."""
    return checked("not_a_year", minimum=FIRST_YEAR, maximum=LAST_YEAR)


def an_address(default: object = MISSING) -> Any:
    """A field of an address on the web."""
    return checked("not_an_address", pattern="^https?://", default=default)


@cache
def checked_fields(cls: Any) -> dict[str, Mapping[str, Any]]:
    """The fields of a dataclass that have rules (`checked`), by name, each with its rules."""
    return {f.name: f.metadata for f in fields(cls) if f.metadata}


class Checked:
    """A dataclass whose fields have rules of validity, which are checked when it is made."""

    def __post_init__(self) -> None:
        cls: Any = type(self)
        for name, rules in checked_fields(cls).items():
            value = getattr(self, name)
            if value is None:
                continue
            if not rules["fits"](value):
                raise RuleError(rules["code"], name, **_found(value))
            for other, code in rules["needs"].items():
                if getattr(self, other) is None:
                    raise RuleError(code, name, **_found(value))
            if rules["units"]:
                several = isinstance(value, tuple)
                for n, figure in enumerate(value if several else (value,)):
                    _require_unit(figure, f"{name}.{n}" if several else name, *rules["units"])


def _found(value: object) -> dict[str, str]:
    text = str(value) if isinstance(value, str | int | date) else ""
    return {"found": text} if text.strip() else {}


@dataclass(frozen=True, kw_only=True)
class Text(Checked):
    """A text in bokmål and, where somebody has written it, nynorsk."""

    __pydantic_config__ = _FORBID

    nb: str = checked("empty", pattern=r"\S")
    nn: str | None = checked("empty", pattern=r"\S", default=None)

    def best(self, lang: Lang) -> tuple[str, Lang]:
        """The text in `lang` where it exists, else bokmål; and the language it is in."""
        if lang == "nn" and self.nn is not None:
            return self.nn, "nn"
        return self.nb, "nb"


@dataclass(frozen=True, kw_only=True)
class Source(Checked):
    """A source of figures or facts: a page or document, its publisher, and its day."""

    __pydantic_config__ = _FORBID

    title: str
    publisher: str
    url: str | None = an_address(default=None)
    published: date | None = None
    read: date | None = None
    note: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the rules with unit and source; `value` or, where nobody knows it, `unknown`.

    `unknown` says where the reader can find the figure: in the award letter, or nowhere.
    `reading` is our reading of an unclear rule; each step that uses the figure shows it.
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
        if self.unit == "år" and not 1 <= self.value <= MOST_YEARS:
            raise RuleError("too_many_years", "value", found=str(self.value))

    @property
    def exact(self) -> Fraction:
        """The value as an exact number. Only for a figure that is known."""
        assert self.value is not None
        return Fraction(self.value)


@dataclass(frozen=True, kw_only=True)
class Caps(Checked):
    """The highest award of a year: per team, per year, or per applicant (kroner)."""

    __pydantic_config__ = _FORBID

    team: Figure | None = checked(units=CAP_UNITS, default=None)
    year: Figure | None = checked(units=CAP_UNITS, default=None)
    applicant: Figure | None = checked(units=CAP_UNITS, default=None)

    def items(self) -> Iterator[tuple[str, Figure]]:
        """The caps that the rules have, as (name, figure)."""
        for f in fields(self):
            figure = getattr(self, f.name)
            if figure is not None:
                yield f.name, figure


@dataclass(frozen=True, kw_only=True)
class Band(Checked):
    """The highest award of a kommune with at most `up_to` inhabitants.

    The last band has no `up_to`: it holds for every larger kommune.
    """

    __pydantic_config__ = _FORBID

    amount: Figure = checked(units=CAP_UNITS)
    up_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ladder(Checked):
    """The taper: a figure for each grant year, in the order of the years.

    The figures of all years are shares of the full award (per cent), or all are kroner per unit.
    """

    __pydantic_config__ = _FORBID

    years: tuple[Figure, ...] = checked("no_years", minItems=1, units=("prosent", *PER_UNIT))
    reading: Text | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for n, step in enumerate(self.years):
            if step.unit != self.years[0].unit:
                raise RuleError(
                    "wrong_unit",
                    f"years.{n}.unit",
                    found=step.unit,
                    expected=f"{self.years[0].unit}, som i det første året",
                )

    @property
    def in_kroner(self) -> bool:
        """Whether the steps are kroner per unit rather than shares."""
        return self.years[0].unit != "prosent"


@dataclass(frozen=True, kw_only=True)
class Training(Checked):
    """Money for training that is part of the award (an earmark), in kroner per unit and year."""

    __pydantic_config__ = _FORBID

    per_unit: Figure = checked(units=tuple(PER_UNIT))
    limit: Literal["fixed", "at_most"]


@dataclass(frozen=True, kw_only=True)
class OtherCosts:
    """Whether costs other than the units can be covered."""

    __pydantic_config__ = _FORBID

    allowed: bool
    source: str
    reading: Text | None = None


@dataclass(frozen=True, kw_only=True)
class OnRequest:
    """The applicant asks for an amount; it is not calculated from units."""

    __pydantic_config__ = _FORBID

    source: str


@dataclass(frozen=True, kw_only=True)
class Payment:
    """When the award is paid: each year its own, or the whole sum in the first year."""

    __pydantic_config__ = _FORBID

    profile: Literal["yearly", "first_year"]
    source: str


@dataclass(frozen=True, kw_only=True)
class Transition(Checked):
    """A transitional arrangement: the rules of each calendar year hold for that year.

    The arrangement holds for grants that were paid in the calendar year `funded_in`. Each grant
    goes on from the step of the ladder that it has reached. New applicants can't enter it.
    """

    __pydantic_config__ = _FORBID

    funded_in: int = a_year()
    source: str


@dataclass(frozen=True, kw_only=True)
class NotComputable:
    """The reason that no amount of a track can be calculated in advance."""

    __pydantic_config__ = _FORBID

    because: Literal["discretionary", "basis_unknown"]
    text: Text
    source: str


@dataclass(frozen=True, kw_only=True)
class Closed(Checked):
    """The year from which on no new grant is awarded, and the reason."""

    __pydantic_config__ = _FORBID

    year: int = a_year()
    text: Text
    source: str


@dataclass(frozen=True, kw_only=True)
class Track(Checked):
    """A branch of a scheme (spor, prioritet) with its own rates: parts in any combination.

    The award is calculated from exactly one of: `rate` per unit, a `ladder` in kroner per unit, an
    amount that is asked for (`on_request`), the reader's own rules (`own_rules`); or
    `not_computable` says why it can't be calculated. `bands` are caps by population.
    `national_frame` is the sum that all applicants share (kroner); it is only shown.
    `start` holds the answers that the form starts with: examples, never a recommendation.
    """

    __pydantic_config__ = _FORBID

    name: Text
    rate: Figure | None = checked(units=tuple(PER_UNIT), default=None)
    on_request: OnRequest | None = None
    own_rules: bool = False
    max_units: Figure | None = checked(units=COUNTED, default=None)
    caps: Caps | None = None
    bands: tuple[Band, ...] = ()
    other_costs: OtherCosts | None = None
    ladder: Ladder | None = None
    pre_project: Figure | None = checked(units=("kr per år",), default=None)
    training: Training | None = None
    payment: Payment | None = None
    use_years: Figure | None = checked(units=("år",), default=None)
    transition: Transition | None = checked(needs={"ladder": "needs_ladder"}, default=None)
    national_frame: Figure | None = checked(units=CAP_UNITS, default=None)
    not_computable: NotComputable | None = None
    closed_from: Closed | None = None
    start: dict[str, str | int | Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_basis()
        self._check_units()
        self._check_bands()
        if self.use_years is not None and not self.paid_first_year:
            raise RuleError("needs_first_year", "use_years")

    def _check_basis(self) -> None:
        basis = {
            "rate": self.rate is not None,
            "ladder": self.ladder is not None and self.ladder.in_kroner,
            "on_request": self.on_request is not None,
            "own_rules": self.own_rules,
            "not_computable": self.not_computable is not None,
        }
        found = [name for name, there in basis.items() if there]
        if len(found) != 1:
            raise RuleError("one_basis", "rate", found=", ".join(found) or "ingen av dem")
        if self.own_rules:
            for key, _ in (*self.figures(), *self.sources()):
                raise RuleError("own_rules_alone", key.partition(".")[0])
        if self.unit is None and self.not_computable is None:
            for part in ("max_units", "other_costs", "training"):
                if getattr(self, part) is not None:
                    raise RuleError("needs_units", part)

    def _check_units(self) -> None:
        """All figures must count the same unit."""
        if self.unit is None:
            return
        per_unit = next(unit for unit, counted in PER_UNIT.items() if counted == self.unit)
        if self.rate is not None:
            _require_unit(self.rate, "rate", per_unit)
        if self.training is not None:
            _require_unit(self.training.per_unit, "training.per_unit", per_unit)
        if self.max_units is not None:
            _require_unit(self.max_units, "max_units", self.unit)

    def _check_bands(self) -> None:
        below = 0
        for n, band in enumerate(self.bands):
            is_last = n == len(self.bands) - 1
            if is_last != (band.up_to is None):
                raise RuleError("last_band_open", f"bands.{n}.up_to")
            if band.up_to is not None:
                if band.up_to <= below:
                    raise RuleError("bands_in_order", f"bands.{n}.up_to", found=str(band.up_to))
                below = band.up_to

    @property
    def unit(self) -> Unit | None:
        """The unit that the award counts, «årsverk» or «personer»; None where it counts none."""
        if self.own_rules:
            return "årsverk"
        if self.rate is not None:
            return PER_UNIT.get(self.rate.unit)
        if self.ladder is not None and self.ladder.in_kroner:
            return PER_UNIT[self.ladder.years[0].unit]
        return None

    @property
    def has_shares(self) -> bool:
        """Whether each year pays a share of the full award."""
        if self.paid_first_year:
            return False
        return self.own_rules or (self.ladder is not None and not self.ladder.in_kroner)

    @property
    def paid_first_year(self) -> bool:
        """Whether the whole award is paid in the first grant year."""
        return self.payment is not None and self.payment.profile == "first_year"

    def all_caps(self) -> tuple[tuple[str, Figure], ...]:
        """The caps that the rules have, as (name, figure)."""
        return tuple(self.caps.items()) if self.caps is not None else ()

    def band_of(self, population: int) -> Band:
        """The band of a kommune with this number of inhabitants. Only where there are bands."""
        return next(b for b in self.bands if b.up_to is None or population <= b.up_to)

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """Every figure of the track with its dotted key, in the order of a rate table."""
        if self.rate is not None:
            yield "rate", self.rate
        if self.max_units is not None:
            yield "max_units", self.max_units
        for name, cap in self.all_caps():
            yield f"caps.{name}", cap
        for n, band in enumerate(self.bands):
            yield f"bands.{n}.amount", band.amount
        if self.ladder is not None:
            for n, step in enumerate(self.ladder.years):
                yield f"ladder.years.{n}", step
        if self.pre_project is not None:
            yield "pre_project", self.pre_project
        if self.training is not None:
            yield "training.per_unit", self.training.per_unit
        if self.use_years is not None:
            yield "use_years", self.use_years
        if self.national_frame is not None:
            yield "national_frame", self.national_frame

    def sources(self) -> Iterator[tuple[str, str]]:
        """Every reference to a source as (dotted key, source key)."""
        for key, figure in self.figures():
            yield f"{key}.source", figure.source
        for part in _PARTS_WITH_SOURCE:
            value = getattr(self, part)
            if value is not None:
                yield f"{part}.source", value.source


_PARTS_WITH_SOURCE = (
    "on_request",
    "other_costs",
    "payment",
    "transition",
    "not_computable",
    "closed_from",
)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """The expected result of a worked example; only the values that it names are compared.

    `award` and `own_funding` have a value for each row of the plan, in kroner, null for an unknown
    one; `total` is the sum of the awards; `missing` names the answers that are still needed.
    """

    __pydantic_config__ = _FORBID

    status: Literal["estimate", "needs_input", "not_eligible", "not_computable", "closed"] = (
        "estimate"
    )
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
class Rules(Checked):
    """The rules for grants first awarded in one calendar year (`year`)."""

    __pydantic_config__ = _FORBID

    year: int = a_year()
    sources: dict[str, Source]
    tracks: dict[str, Track] = checked("no_tracks", minProperties=1)
    examples: tuple[Example, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
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
    """All rule years of a scheme that we have, the oldest first: the input of a calculator.

    `any_year`: the reader types the rules, so they hold in any year.
    """

    slug: str
    name: Text
    rules: tuple[Rules, ...]
    any_year: bool = False

    def of_year(self, year: int) -> Rules | None:
        """The rules of exactly this year, or None; never the rules of another year."""
        if self.any_year:
            return self.rules[-1]
        return next((r for r in self.rules if r.year == year), None)

    def transition_of(self, year: int, track_id: str) -> Track | None:
        """The track in the rules of a calendar year; None without a transitional arrangement."""
        rules = self.of_year(year)
        track = rules.tracks.get(track_id) if rules is not None else None
        return track if track is not None and track.transition is not None else None

    def track_names(self) -> dict[str, Text]:
        """The names of the tracks of all rule years, by id; of several names, the newest one."""
        names: dict[str, Text] = {}
        for rules in reversed(self.rules):
            for track_id, track in rules.tracks.items():
                names.setdefault(track_id, track.name)
        return names

    @property
    def latest(self) -> Rules:
        """The newest rule year; where a form starts, never a stand-in for a missing year."""
        return self.rules[-1]


def _require_unit(figure: Figure, key: str, *allowed: Unit) -> None:
    if figure.unit not in allowed:
        raise RuleError("wrong_unit", f"{key}.unit", found=figure.unit, expected=", ".join(allowed))
