"""From rules and answers to a plan over the years of the økonomiplan.

The order of the sums: the cohort decides the rules; the full award is the smallest of the caps
and rate times units plus other costs; the award letter replaces it; each year's ceiling is its
share of that, rounded down; the award stops at the cost; own funding is the rest.
Nothing unknown is ever counted as zero: what follows from it is None, and is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from calc.answers import SHARE_PREFIX, Answers, Field, Problem, read_answers
from calc.fields import PLAN_YEARS, fields_of, full_rate_known, opening_fields
from calc.money import floor_kroner, nearest_kroner, share_of
from calc.rules import Figure, Rules, SchemeRules, Text, Track, Unit

Status = Literal["estimate", "needs_input", "not_eligible", "not_computable", "closed", "invalid"]
Value = int | Fraction | str | Text
UNIT_CODES: dict[Unit, str] = {"årsverk": "unit_positions", "personer": "unit_persons"}


@dataclass(frozen=True)
class Step:
    """One step of the explanation: a message code, its values, and where the rule stands.

    Values are kroner (`int`), exact numbers (`Fraction`), texts, or message codes (`str`).
    `source` is a key of the rules' sources, or None for a step of our own. `reading` is our
    reading of an unclear rule that acted here, `note` what the rules add to the figure.
    """

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    source: str | None = None
    reading: Text | None = None
    note: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One calendar year of the plan. Kroner; None where something is missing or does not apply.

    `grant_year` is 0 for a pre-project, 1 and on for the steps of the ladder. `share` is a share
    (0 to 1) of the full award; `share_is_readers` tells that it came from the award letter.
    `ended` is true after the last step, where nothing more is paid.
    """

    year: int
    grant_year: int
    share: Fraction | None = None
    share_is_readers: bool = False
    ceiling: int | None = None
    cost: int | None = None
    award: int | None = None
    own_funding: int | None = None
    training: int | None = None
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class FullAward:
    """The award of a year at full rate (kroner), and what it is made of.

    `positions_part` is rate times counted units, `other_costs` what comes on top, `counted` the
    units after the maximum. `is_readers` tells that the amount came from the award letter.
    """

    amount: int | None
    positions_part: int | None = None
    other_costs: int | None = None
    counted: Fraction | None = None
    is_readers: bool = False


@dataclass(frozen=True, kw_only=True)
class Result:
    """The answer to a request, as values: what the report shows and the JSON response carries.

    `missing` names the answers asked for before the plan is whole; `plan` is shown even so.
    """

    status: Status
    scheme: SchemeRules
    rules: Rules | None = None
    rules_year: int | None = None
    track_id: str | None = None
    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()
    plan: tuple[Row, ...] = ()
    full_award: FullAward | None = None
    steps: tuple[Step, ...] = ()

    @property
    def asks_too_little(self) -> bool:
        """Whether a mistake in an opening question hides which further questions there are."""
        return self.status == "invalid" and self.rules is None

    @property
    def track(self) -> Track | None:
        """The track computed, where one was."""
        if self.rules is None or self.track_id is None:
            return None
        return self.rules.tracks.get(self.track_id)

    def total(self, name: Literal["award", "cost", "own_funding"]) -> int | None:
        """The sum of a column in kroner, or None where a year of it is missing.

        A pre-project has no planned cost, so it counts only in the sum of awards.
        """
        rows = [r for r in self.plan if name == "award" or r.grant_year > 0]
        values = [getattr(r, name) for r in rows]
        return None if not values or None in values else sum(values)


def estimate(scheme: SchemeRules, typed: Mapping[str, object]) -> Result:
    """Work out the plan for what a reader typed. Never raises for anything typed.

    `typed` holds answers by name, as strings in Norwegian form or numbers.
    """
    opening = opening_fields(scheme)
    first = read_answers(typed, opening)
    track_id = str(first.given.get("track") or next(iter(scheme.latest.tracks)))
    plan_year = first.whole("plan_year") or scheme.latest.year
    years_received = first.whole("years_received") or 0
    if first.problems:
        return Result(status="invalid", scheme=scheme, fields=opening, problems=first.problems)
    # The cohort rule: the rules of the year in which the grant was first awarded hold throughout.
    rules_year = plan_year - years_received
    rules = scheme.of_year(rules_year)
    track = rules.tracks.get(track_id) if rules is not None else None
    closed = _closed(scheme, track_id, rules_year)
    base = Result(
        status="not_computable",
        scheme=scheme,
        rules=rules,
        rules_year=rules_year,
        track_id=track_id,
        fields=opening,
    )
    if closed is not None:
        return replace(base, status="closed", rules=closed[0], steps=(closed[1],))
    if rules is None or track is None:
        years = ", ".join(str(r.year) for r in scheme.rules if track_id in r.tracks)
        return replace(
            base, steps=(Step("no_rules_for_year", {"year": str(rules_year), "years": years}),)
        )
    if track.not_computable is not None:
        why = track.not_computable
        step = Step(f"not_computable_{why.because}", {"why": why.text}, why.source)
        return replace(base, steps=(step,))
    asked = fields_of(track, years_received)
    answers = read_answers(typed, opening + asked)
    base = replace(base, fields=opening + asked)
    if answers.problems:
        return replace(base, status="invalid", problems=answers.problems)
    work = _Work(rules, track, answers, plan_year, years_received)
    plan = work.lump_sum() if track.lump_sum is not None else work.ladder()
    # After the last step nothing that could be answered changes anything.
    is_over = all(row.ended for row in plan)
    missing = tuple(
        f.name
        for f in asked
        if f.required and f.name not in answers.given and work.needs(f.name) and not is_over
    )
    return replace(
        base,
        status="needs_input" if missing else "estimate",
        missing=missing,
        plan=plan,
        full_award=work.full_award,
        steps=tuple(work.steps),
    )


def _closed(scheme: SchemeRules, track_id: str, year: int) -> tuple[Rules, Step] | None:
    """Where the track takes no new applicants in `year`: the rules that say so, and the step."""
    for rules in scheme.rules:
        track = rules.tracks.get(track_id)
        if track is not None and track.closed_from is not None and year >= track.closed_from.year:
            why = track.closed_from
            values: dict[str, Value] = {"year": str(why.year), "why": why.text}
            return rules, Step("closed", values, why.source)
    return None


class _Work:
    """The sums for one track and one set of answers, with the steps as they are taken."""

    def __init__(
        self, rules: Rules, track: Track, answers: Answers, plan_year: int, years_received: int
    ) -> None:
        self.track = track
        self.answers = answers
        self.plan_year = plan_year
        self.years_received = years_received
        self.full_award = FullAward(amount=None)
        self.steps: list[Step] = []
        code = "cohort" if years_received else "cohort_new"
        year, first = str(rules.year), str(plan_year)
        self._step(code, plan_year=first, received=years_received, year=year)

    def needs(self, name: str) -> bool:
        """Whether a required answer is still needed: the award letter makes others superfluous."""
        by_letter = ("positions", "persons", "requested_amount")
        return name not in by_letter or self.answers.whole("full_award") is None

    def _step(self, code: str, figure: Figure | None = None, /, **values: Value) -> None:
        if figure is None:
            self.steps.append(Step(code, values))
        else:
            self.steps.append(Step(code, values, figure.source, figure.reading, figure.note))

    # Tracks with a rate and a ladder

    def ladder(self) -> tuple[Row, ...]:
        """The plan of a track with a rate: a pre-project if asked for, then four years."""
        self.full_award = self._full_award()
        pre_project = self._pre_project()
        rows = list(pre_project)
        years = self.track.ladder.years if self.track.ladder is not None else ()
        # Without a ladder no rule says what comes after the year applied for, so nothing is shown.
        shown = PLAN_YEARS if years else 1
        for n in range(self.years_received + 1, self.years_received + 1 + shown):
            row = Row(year=self.plan_year + len(rows), grant_year=n, cost=self._cost(len(rows)))
            rows.append(self._paid(row, years) if n <= max(len(years), 1) else _ended(row))
        self._explain_years(rows)
        return tuple(rows)

    def _units(self) -> Fraction | None:
        return self.answers.number("persons" if self.track.unit == "personer" else "positions")

    def _counted(self) -> Fraction | None:
        """The units that the rules count: those planned, at most the maximum; None if not known."""
        units, most = self._units(), self.track.max_units
        if units is None or most is None:
            return units
        return None if most.value is None else min(units, most.exact)

    def _full_award(self) -> FullAward:
        computed = self._computed_full_award()
        letter = self.answers.whole("full_award")
        if letter is None:
            return computed
        self._step("full_award", amount=letter)
        if computed.amount is not None and letter > computed.amount:
            self._step("full_award_above_rules", amount=letter, ceiling=computed.amount)
        return replace(computed, amount=letter, is_readers=True)

    def _computed_full_award(self) -> FullAward:
        track, rate = self.track, self.track.rate
        units, counted = self._units(), self._counted()
        if not full_rate_known(track) or units is None or counted is None:
            return FullAward(amount=None, counted=counted)
        assert rate is not None
        unit = track.unit
        if track.max_units is not None:
            code = "max_units" if units > counted else "max_units_within"
            self._step(
                code,
                track.max_units,
                units=units,
                most=track.max_units.exact,
                unit=UNIT_CODES[unit],
            )
        part = floor_kroner(rate.exact * counted)
        self._step(
            "rate", rate, rate=int(rate.exact), units=counted, unit=UNIT_CODES[unit], amount=part
        )
        other = self._other_costs()
        amount = part + other
        if other:
            self._step("sum_full", part=part, other=other, amount=amount)
        amount = self._capped(amount)
        return FullAward(amount=amount, positions_part=part, other_costs=other, counted=counted)

    def _other_costs(self) -> int:
        """Other yearly costs (kroner) that the award may cover; 0 where none are given."""
        given = self.answers.whole("other_costs")
        rule = self.track.other_costs
        if given is None:
            return 0
        if rule is None or not rule.allowed:
            source = rule.source if rule is not None else None
            self.steps.append(Step("other_costs_not_covered", {"amount": given}, source))
            return 0
        self.steps.append(Step("other_costs", {"amount": given}, rule.source, rule.reading))
        return given

    def _pre_project(self) -> tuple[Row, ...]:
        cap = self.track.pre_project
        asked = self.answers.whole("pre_project_amount")
        if cap is None or asked is None:
            return ()
        if cap.value is None:
            # Only the award letter tells the amount, so the reader's own figure stands.
            self._step("pre_project_unknown_cap", cap, amount=asked)
            return (Row(year=self.plan_year, grant_year=0, award=asked),)
        ceiling = int(cap.exact)
        award = min(asked, ceiling)
        code = "pre_project_capped" if asked > ceiling else "pre_project"
        self._step(code, cap, amount=asked, cap=ceiling, award=award)
        return (Row(year=self.plan_year, grant_year=0, ceiling=ceiling, award=award),)

    def _cost(self, index: int) -> int | None:
        """Planned cost (kroner) of the plan's row `index`, or None where no pay cost is given.

        Costs grow from the second shown year, each year on the year before.
        """
        per_unit = self.answers.whole("cost_per_position")
        units = self._units()
        if per_unit is None or units is None:
            return None
        cost = per_unit * units + (self.answers.whole("other_costs") or 0)
        growth = (self.answers.number("cost_growth") or 0) / Fraction(100)
        return nearest_kroner(cost * (1 + growth) ** index)

    def _paid(self, row: Row, years: tuple[Figure, ...]) -> Row:
        """A year on the ladder: ceiling, award and own funding as far as they are known."""
        share, is_readers = Fraction(1), False
        if years:
            known = years[row.grant_year - 1].value
            typed = self.answers.number(f"{SHARE_PREFIX}{row.grant_year}")
            percent = Fraction(known) if known is not None else typed
            is_readers = known is None and typed is not None
            if percent is None:
                return row
            share = percent / 100
        row = replace(row, share=share, share_is_readers=is_readers)
        full = self.full_award.amount
        if full is None:
            return row
        ceiling = share_of(full, share)
        award = ceiling if row.cost is None else min(ceiling, row.cost)
        return replace(
            row,
            ceiling=ceiling,
            award=award,
            own_funding=None if row.cost is None else row.cost - award,
            training=self._training(award),
        )

    def _training(self, award: int) -> int | None:
        """Kroner of the award that are meant for training; never more than the award."""
        rule, counted = self.track.training, self._counted()
        if rule is None or rule.per_unit.value is None or counted is None:
            return None
        return min(award, floor_kroner(rule.per_unit.exact * counted))

    def _explain_years(self, rows: list[Row]) -> None:
        ladder = self.track.ladder
        if ladder is not None and ladder.reading is not None:
            self.steps.append(Step("taper_basis", reading=ladder.reading))
        for row in rows:
            if row.grant_year == 0:
                continue
            place: dict[str, Value] = {"year": str(row.year), "grant_year": row.grant_year}
            if row.ended:
                self._step("ladder_ended", **place)
                break
            if row.share is None:
                assert ladder is not None
                self._step("share_missing", ladder.years[row.grant_year - 1], **place)
            elif row.ceiling is not None and row.award is not None:
                self._explain_year(row, place)
        self._explain_costs(rows)
        training = self.track.training
        if training is not None and any(r.training for r in rows):
            code = f"training_{training.limit}"
            per = f"per_{UNIT_CODES[self.track.unit]}"
            self._step(code, training.per_unit, amount=int(training.per_unit.exact), per=per)

    def _explain_year(self, row: Row, place: dict[str, Value]) -> None:
        ladder, full = self.track.ladder, self.full_award.amount
        assert row.share is not None and full is not None and row.ceiling is not None
        figure = ladder.years[row.grant_year - 1] if ladder is not None else None
        code = "share_readers" if row.share_is_readers else "share"
        percent = row.share * 100
        self._step(code, figure, **place, share=percent, full=full, amount=row.ceiling)
        if row.share * full != row.ceiling:
            self._step("rounded_down", year=str(row.year), amount=row.ceiling)
        if row.cost is not None and row.cost < row.ceiling:
            self._step("stops_at_cost", year=str(row.year), cost=row.cost, ceiling=row.ceiling)

    def _explain_costs(self, rows: list[Row]) -> None:
        first = next((r for r in rows if r.cost is not None), None)
        units, per_unit = self._units(), self.answers.whole("cost_per_position")
        if first is None or units is None or per_unit is None:
            return
        other = self.answers.whole("other_costs") or 0
        growth = self.answers.number("cost_growth") or 0
        self._step(
            "cost",
            units=units,
            unit=UNIT_CODES[self.track.unit],
            per_unit=per_unit,
            other=other,
            amount=nearest_kroner(per_unit * units + other),
        )
        if growth:
            self._step("cost_growth", growth=Fraction(growth), year=str(rows[0].year))
        self._step("own_funding")

    # Tracks where a sum is asked for once

    def lump_sum(self) -> tuple[Row, ...]:
        """The plan of a sum paid in the first year and used over one or more years."""
        rule = self.track.lump_sum
        assert rule is not None
        self.full_award = self._lump_award()
        award = self.full_award.amount
        used = self.answers.whole("use_years") or 1
        self._step("paid_first_year", rule.use_years, years=used)
        rows: list[Row] = []
        for n in range(self.years_received + 1, self.years_received + 1 + PLAN_YEARS):
            row = Row(year=self.plan_year + len(rows), grant_year=n)
            if n > used:
                rows.append(_ended(row))
            else:
                paid = award if n == 1 else 0
                rows.append(replace(row, ceiling=paid, award=paid))
        ended = next((r for r in rows if r.ended), None)
        if ended is not None:
            self._step("lump_sum_ended", year=str(ended.year))
        return tuple(rows)

    def _lump_award(self) -> FullAward:
        letter = self.answers.whole("full_award")
        if letter is not None:
            self._step("full_award", amount=letter)
            return FullAward(amount=letter, is_readers=True)
        asked = self.answers.whole("requested_amount")
        if asked is None or not full_rate_known(self.track):
            return FullAward(amount=None)
        award = self._capped(asked)
        if award < asked:
            self._step("above_cap", asked=asked, rest=asked - award)
        return FullAward(amount=award)

    def _capped(self, amount: int) -> int:
        """The amount (kroner) after every cap of the track; all caps must be known."""
        for name, cap in self.track.all_caps():
            most = int(cap.exact)
            code = "cap" if amount > most else "cap_within"
            self._step(code, cap, amount=amount, cap=most, kind=f"cap_{name}")
            amount = min(amount, most)
        return amount


def _ended(row: Row) -> Row:
    """A year after the last step: nothing is paid, and all cost is the kommune's own."""
    return replace(row, ceiling=0, award=0, own_funding=row.cost, ended=True)
