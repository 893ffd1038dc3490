"""The result as values, which the report shows and the JSON response holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from calc.answers import Field, Problem
from calc.rules import Rules, SchemeRules, Text, Track

Status = Literal["estimate", "needs_input", "not_eligible", "not_computable", "closed", "invalid"]
# The origin of a share or amount: the rules, the reader (from the award letter), or an assumption
# that the reader plans with.
Origin = Literal["rules", "reader", "assumption"]
Value = int | Fraction | str | Text


@dataclass(frozen=True)
class Step:
    """A step of the explanation: a message code, its values, and the source of the rule.

    Values are kroner (`int`), exact numbers (`Fraction`), texts, or message codes (`str`).
    `source` is a key of the rules' sources, or None for a step of our own. `reading` is our
    reading of an unclear rule that was used here, `note` a remark of the rules on the figure.
    """

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    source: str | None = None
    reading: Text | None = None
    note: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A calendar year of the plan, in kroner. None is an amount that is missing or does not apply.

    `grant_year` is 0 for a pre-project, 1 and on for the steps of the ladder. `share` is a share
    (0 to 1) of the full award; `origin` is the origin of the share or of the year's amount.
    `units` is the number of planned årsverk or persons, `unit` the message code of their name.
    `ended` is true after the last step, where nothing more is paid.
    """

    year: int
    grant_year: int
    share: Fraction | None = None
    origin: Origin = "rules"
    ceiling: int | None = None
    cost: int | None = None
    award: int | None = None
    training: int | None = None
    units: Fraction | None = None
    unit: str = ""
    ended: bool = False

    @property
    def own_funding(self) -> int | None:
        """The own funding of the kommune (kroner): cost minus award."""
        return None if self.cost is None or self.award is None else self.cost - self.award

    @property
    def own_share(self) -> Fraction | None:
        """Own funding as a share (0 to 1) of the cost; None where there is no cost."""
        if self.own_funding is None or not self.cost:
            return None
        return Fraction(self.own_funding, self.cost)

    @property
    def own_per_unit(self) -> Fraction | None:
        """Own funding in kroner per årsverk or person."""
        return None if self.own_funding is None or not self.units else self.own_funding / self.units


@dataclass(frozen=True, kw_only=True)
class FullAward:
    """The award of a year at full rate (kroner), and its parts.

    `positions_part` is rate times counted units, `other_costs` the other costs that are covered,
    `counted` the units after the maximum. `is_readers`: the amount is from the award letter.
    """

    amount: int | None
    positions_part: int | None = None
    other_costs: int | None = None
    counted: Fraction | None = None
    is_readers: bool = False


@dataclass(frozen=True, kw_only=True)
class AfterLadder:
    """The first calendar year without an award, and its whole cost (kroner) if known."""

    year: int
    cost: int | None


@dataclass(frozen=True, kw_only=True)
class Input:
    """An answer that the plan uses.

    `origin` is `start` for an answer that the form began with, `default` for a usual value without
    an answer, and `missing` (without a value) for an answer that is still needed.
    """

    field: Field
    value: Fraction | str | None
    origin: Literal["reader", "start", "default", "missing"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result for a set of answers.

    `missing` names the answers that a whole plan still needs; `plan` is shown without these answers
    too. `assumption` is the code of the reader's assumption about missing shares; None where no row
    depends on one.
    """

    status: Status
    scheme: SchemeRules
    rules: Rules | None = None
    rules_year: int | None = None
    track_id: str | None = None
    track: Track | None = None
    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()
    inputs: tuple[Input, ...] = ()
    missing: tuple[str, ...] = ()
    plan: tuple[Row, ...] = ()
    full_award: FullAward | None = None
    after_ladder: AfterLadder | None = None
    assumption: str | None = None
    steps: tuple[Step, ...] = ()

    @property
    def asks_too_little(self) -> bool:
        """Whether further questions are not known, because an opening question has a mistake."""
        return self.status == "invalid" and self.track is None

    def total(self, name: Literal["award", "cost", "own_funding"]) -> int | None:
        """The sum of a column in kroner; None where an amount of it is missing.

        A pre-project has no planned cost, so it counts only in the sum of awards.
        """
        rows = [r for r in self.plan if name == "award" or r.grant_year > 0]
        values = [getattr(r, name) for r in rows]
        return None if not values or None in values else sum(values)
