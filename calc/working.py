"""The sums for one track and one set of answers, with the steps of the explanation.

The order: the full award is the smallest of the caps and rate times units plus other costs; the
award letter replaces it; each year's ceiling is its share of that, rounded down; the award stops at
the cost; own funding is the rest. An unknown amount is never counted as zero: all amounts that
depend on it are None, and the form asks for the missing answer.

Sources of the order: rate, maximum units, caps, taper, pre-project and training are parts of
the rules of each scheme, with their own sources. That every amount is a ceiling, that the award
letter decides, and that own funding grows as the award falls, is general (Helsedirektoratet,
regelverk 2025 for oppfølging av voksne). Rounding down is ours: no rule was found.
"""

from dataclasses import replace
from fractions import Fraction

from calc.answers import AWARD_PREFIX, SHARE_PREFIX, Answers
from calc.fields import LADDER_YEARS, PLAN_YEARS, full_rate_known
from calc.money import floor_kroner, nearest_kroner, share_of
from calc.result import AfterLadder, FullAward, Origin, Row, Step, Value
from calc.rules import Figure, OtherCosts, SchemeRules, Track, Unit

UNIT_CODES: dict[Unit, str] = {"årsverk": "unit_positions", "personer": "unit_persons"}
# An assumed ladder begins with a full first grant year.
_FULL = Fraction(1)
_WEAKEST_FIRST: tuple[Origin, ...] = ("assumption", "reader", "rules")


class Working:
    """The sums for a track. The first of `steps` says which rules hold."""

    def __init__(
        self, track: Track, answers: Answers, plan_year: int, received: int, start: Step
    ) -> None:
        self.track = track
        self.answers = answers
        self.plan_year = plan_year
        self.received = received
        self.steps = [start]
        self.full_award = FullAward(amount=None)
        self._other_rules: list[OtherCosts | None] = []  # rules that have a step already
        assumed = answers.given.get("taper_assumption")
        self.assumption = assumed if isinstance(assumed, str) else None

    def needs(self, name: str) -> bool:
        """Whether a required answer is missing, and no other answer makes it needless."""
        if name in self.answers.given:
            return False
        if name.startswith(SHARE_PREFIX):
            return self.assumption not in ("even", "half")
        by_letter = ("positions", "persons", "requested_amount", "population")
        return name not in by_letter or self.answers.whole("full_award") is None

    # The plan

    def plan(self) -> tuple[Row, ...]:
        """A pre-project if asked for, then the years of the økonomiplan."""
        if self.track.ladder is None or not self.track.ladder.in_kroner:
            self.full_award = self._full_award()
        rows = list(self._pre_project())
        self._explain_basis()
        if self.track.paid_first_year:
            rows += self._paid_first_year(len(rows))
        else:
            # Without a ladder, no rule is about the years after the one that is applied for.
            shown = PLAN_YEARS if self._length() > 1 else 1
            for index in range(len(rows), len(rows) + shown):
                rows.append(self._year(index))
                self._explain_year(rows[-1])
        self._explain(rows)
        return tuple(rows)

    def transition(self, scheme: SchemeRules, track_id: str) -> tuple[Row, ...]:
        """The plan of a transitional arrangement: each calendar year has its own rules."""
        rows: list[Row] = []
        for index in range(PLAN_YEARS):
            track = scheme.transition_of(self.plan_year + index, track_id)
            if self.received + index + 1 > self._length():
                rows.append(self._year(index))
            elif track is not None:
                self.track = track
                self.full_award = self._full_award()
                rows.append(self._year(index))
                self._explain_year(rows[-1])
            else:
                break  # a year without rules is not shown, since nothing is known of it
        self._explain(rows)
        return tuple(rows)

    def after_ladder(self) -> AfterLadder | None:
        """The cost that the kommune pays alone in the first year after the last step."""
        if self.track.paid_first_year or self._length() < 2:
            return None
        index = max(self._length() + 1 - self._grant_year(0), 0)
        return AfterLadder(year=self.plan_year + index, cost=self._cost(index))

    def _length(self) -> int:
        """How many grant years there are; 1 where there is no ladder."""
        if self.track.own_rules:
            return LADDER_YEARS
        return len(self.track.ladder.years) if self.track.ladder is not None else 1

    def _grant_year(self, index: int) -> int:
        """The grant year of the plan's row `index`; a pre-project, where there is one, is 0."""
        has_pre_project = self._pre_project_asked() is not None
        return self.received + index + (0 if has_pre_project else 1)

    def _row(self, index: int) -> Row:
        """The row `index` of the plan before its award is known."""
        return Row(
            year=self.plan_year + index,
            grant_year=self._grant_year(index),
            cost=self._cost(index),
            units=self._units(),
            unit=self._unit(),
        )

    def _year(self, index: int) -> Row:
        """A year on the ladder, or after it."""
        row = self._row(index)
        if row.grant_year > self._length():
            return replace(row, ceiling=0, award=0, ended=True)
        share, ceiling, origin = self._ceiling(row.grant_year)
        if ceiling is None:
            return replace(row, share=share, origin=origin)
        award = ceiling if row.cost is None else min(ceiling, row.cost)
        return replace(
            row,
            share=share,
            origin=origin,
            ceiling=ceiling,
            award=award,
            training=self._training(award),
        )

    def _paid_first_year(self, first: int) -> list[Row]:
        """The whole sum in the first grant year, used over one or more years."""
        years = [(n, *self._ceiling(n)) for n in range(1, self._length() + 1)]
        if len(years) > 1:
            for part in years:
                self._explain_part(*part)
        ceilings = [ceiling for _, _, ceiling, _ in years]
        origins = {origin for _, _, _, origin in years}
        # The origin of a sum is the least certain origin of its parts.
        weakest = next(o for o in _WEAKEST_FIRST if o in origins)
        known = [c for c in ceilings if c is not None]
        total = sum(known) if len(known) == len(ceilings) else None
        used = self.answers.whole("use_years") or self._length()
        rows = []
        for index in range(first, first + PLAN_YEARS):
            row = self._row(index)
            paid = total if row.grant_year == 1 else 0
            award = paid if paid is None or row.cost is None else min(paid, row.cost)
            training = None if award is None else self._training(award)
            ended = row.grant_year > used
            row = replace(row, ceiling=paid, award=award, training=training, ended=ended)
            rows.append(replace(row, origin=weakest) if row.grant_year == 1 else row)
            self._explain_cost_stop(rows[-1])
        return rows

    # The full award

    def _units(self) -> Fraction | None:
        return self.answers.number("persons" if self.track.unit == "personer" else "positions")

    def _counted(self) -> Fraction | None:
        """The units that the rules count: those planned, at most the maximum; None if not known."""
        units, most = self._units(), self.track.max_units
        if units is None or most is None:
            return units
        return None if most.value is None else min(units, most.exact)

    def _full_award(self) -> FullAward:
        computed = self._computed()
        letter = self.answers.whole("full_award")
        if letter is None:
            return computed
        self._step("full_award", amount=letter)
        if computed.amount is not None and letter > computed.amount:
            self._step("full_award_above_rules", amount=letter, ceiling=computed.amount)
        return replace(computed, amount=letter, is_readers=True)

    def _computed(self) -> FullAward:
        """The full award by the rules; its amount is None if a figure or an answer is missing."""
        counted = self._counted()
        nothing = FullAward(amount=None, counted=counted)
        if not full_rate_known(self.track):
            return nothing
        if self.track.bands and self.answers.whole("population") is None:
            return nothing
        if self.track.on_request is not None:
            return self._requested() or nothing
        if counted is None:
            return nothing
        self._explain_units(counted)
        part = self._rate_part(counted)
        if part is None:
            return nothing
        other = self._other_costs()
        if other:
            self._step("sum_full", part=part, other=other, amount=part + other)
        amount = self._capped(part + other)
        return FullAward(amount=amount, positions_part=part, other_costs=other, counted=counted)

    def _rate_part(self, counted: Fraction) -> int | None:
        """Rate times counted units in kroner, rounded down; None without the reader's own rate."""
        rate = self.track.rate
        per_unit = self.answers.whole("own_rate") if rate is None else int(rate.exact)
        if per_unit is None:
            return None
        part = floor_kroner(per_unit * counted)
        code = "own_rate" if rate is None else "rate"
        self._step(code, rate, rate=per_unit, units=counted, unit=self._unit(), amount=part)
        return part

    def _requested(self) -> FullAward | None:
        asked = self.answers.whole("requested_amount")
        if asked is None:
            return None
        award = self._capped(asked)
        if award < asked:
            self._step("above_cap", asked=asked, rest=asked - award)
        return FullAward(amount=award)

    def _capped(self, amount: int, *, quietly: bool = False) -> int:
        """The amount (kroner) after every cap of the track; all caps must be known.

        `quietly` leaves out the steps of caps that change nothing.
        """
        for kind, figure, most in self._caps():
            if amount > most or not quietly:
                code = "cap" if amount > most else "cap_within"
                self._step(code, figure, amount=amount, cap=most, kind=kind)
            amount = min(amount, most)
        return amount

    def _caps(self) -> list[tuple[str, Figure | None, int]]:
        """All caps that hold here: message code of the kind, figure (None if typed), kroner."""
        caps: list[tuple[str, Figure | None, int]] = [
            (f"cap_{name}", cap, int(cap.exact)) for name, cap in self.track.all_caps()
        ]
        population = self.answers.whole("population")
        if self.track.bands and population is not None:
            band = self.track.band_of(population).amount
            caps.append(("cap_band", band, int(band.exact)))
        own = self.answers.whole("own_cap")
        if own is not None:
            caps.append(("cap_own", None, own))
        return caps

    def _other_costs(self) -> int:
        """Other yearly costs (kroner) that the award may cover; 0 without an answer."""
        given, rule = self.answers.whole("other_costs"), self.track.other_costs
        if given is None:
            return 0
        is_covered = rule is not None and rule.allowed
        if rule not in self._other_rules:  # the same rule is explained once
            self._other_rules.append(rule)
            source = None if rule is None else rule.source
            code = "other_costs" if is_covered else "other_costs_not_covered"
            reading = rule.reading if rule is not None and is_covered else None
            self.steps.append(Step(code, {"amount": given}, source, reading))
        return given if is_covered else 0

    # The years

    def _ceiling(self, n: int) -> tuple[Fraction | None, int | None, Origin]:
        """Share (0 to 1), ceiling (kroner) and where they come from, for grant year `n`."""
        ladder = self.track.ladder
        if ladder is not None and ladder.in_kroner:
            return (None, *self._ceiling_in_kroner(ladder.years[n - 1], n))
        share, origin = self._share(n)
        full = self.full_award.amount
        if share is None or full is None:
            return share, None, origin
        return share, share_of(full, share), origin

    def _ceiling_in_kroner(self, figure: Figure, n: int) -> tuple[int | None, Origin]:
        if figure.value is None or not full_rate_known(self.track):
            typed = self.answers.whole(f"{AWARD_PREFIX}{n}")
            return typed, "rules" if typed is None else "reader"
        counted = self._counted()
        if counted is None:
            return None, "rules"
        if self.track.bands and self.answers.whole("population") is None:
            return None, "rules"
        part = floor_kroner(figure.exact * counted)
        values: dict[str, Value] = {"rate": int(figure.exact), "units": counted, "amount": part}
        number = Fraction(n)
        self._step("rate_of_year", figure, grant_year=number, unit=self._unit(), **values)
        return self._capped(part + self._other_costs(), quietly=True), "rules"

    def _share(self, n: int) -> tuple[Fraction | None, Origin]:
        """The share of grant year `n`: from the rules, the reader, or an assumption."""
        ladder = self.track.ladder
        if ladder is None and not self.track.own_rules:
            return _FULL, "rules"
        known = None if ladder is None else ladder.years[n - 1].value
        if known is not None:
            return Fraction(known) / 100, "rules"
        typed = self.answers.number(f"{SHARE_PREFIX}{n}")
        if typed is not None:
            return typed / 100, "assumption" if self.assumption == "own" else "reader"
        if self.assumption not in ("even", "half"):
            return None, "rules"
        if n == 1:
            return _FULL, "assumption"
        before, _ = self._share(n - 1)
        assert before is not None  # an assumption fills every year before
        if self.assumption == "half":
            return before / 2, "assumption"
        left = self._length() - n + 1  # steps from here on, before zero
        return before * Fraction(left, left + 1), "assumption"

    def _pre_project_asked(self) -> int | None:
        return None if self.track.pre_project is None else self.answers.whole("pre_project_amount")

    def _pre_project(self) -> tuple[Row, ...]:
        cap, asked = self.track.pre_project, self._pre_project_asked()
        if cap is None or asked is None:
            return ()
        if cap.value is None:
            # Only the award letter has the amount, so the reader's own figure holds.
            self._step("pre_project_unknown_cap", cap, amount=asked)
            return (Row(year=self.plan_year, grant_year=0, award=asked, origin="reader"),)
        ceiling = int(cap.exact)
        award = min(asked, ceiling)
        code = "pre_project_capped" if asked > ceiling else "pre_project"
        self._step(code, cap, amount=asked, cap=ceiling, award=award)
        return (Row(year=self.plan_year, grant_year=0, ceiling=ceiling, award=award),)

    def _cost(self, index: int) -> int | None:
        """Planned cost (kroner) of the plan's row `index`; None without an answer.

        Costs grow from the second shown year, each year on the year before.
        """
        base = self._yearly_cost()
        if base is None:
            return None
        growth = (self.answers.number("cost_growth") or 0) / Fraction(100)
        return nearest_kroner(base * (1 + growth) ** index)

    def _yearly_cost(self) -> Fraction | None:
        """Cost (kroner) in the first shown year: pay per unit and other costs."""
        if self.track.unit is None:
            return self.answers.number("yearly_cost")
        per_unit, units = self._cost_per_unit(), self._units()
        if per_unit is None or units is None:
            return None
        return per_unit * units + (self.answers.number("other_costs") or 0)

    def _cost_per_unit(self) -> int | None:
        """Cost (kroner) of an årsverk or a person in the first shown year."""
        return self.answers.whole(
            "cost_per_person" if self.track.unit == "personer" else "cost_per_position"
        )

    def _training(self, award: int) -> int | None:
        """The part of the award (kroner) that is meant for training; never more than the award."""
        rule, counted = self.track.training, self._counted()
        if rule is None or rule.per_unit.value is None or counted is None:
            return None
        return min(award, floor_kroner(rule.per_unit.exact * counted))

    # The explanation

    def _step(self, code: str, figure: Figure | None = None, /, **values: Value) -> None:
        if figure is None:
            self.steps.append(Step(code, values))
        else:
            source = figure.source or None
            self.steps.append(Step(code, values, source, figure.reading, figure.note))

    def _unit(self) -> str:
        """The message code of the unit; empty where the award counts none."""
        return "" if self.track.unit is None else UNIT_CODES[self.track.unit]

    def _explain_units(self, counted: Fraction) -> None:
        most, units = self.track.max_units, self._units()
        if most is not None and units is not None:
            code = "max_units" if units > counted else "max_units_within"
            self._step(code, most, units=units, most=most.exact, unit=self._unit())

    def _explain_basis(self) -> None:
        ladder = self.track.ladder
        if ladder is not None and ladder.reading is not None:
            self.steps.append(Step("taper_basis", reading=ladder.reading))
        if self.assumption is not None:
            self._step(f"assumption_{self.assumption}")
        if ladder is not None and ladder.in_kroner and (counted := self._counted()) is not None:
            self._explain_units(counted)

    def _explain(self, rows: list[Row]) -> None:
        payment = self.track.payment
        if payment is not None and self.track.paid_first_year:
            used = Fraction(self.answers.whole("use_years") or self._length())
            self.steps.append(Step("paid_first_year", {"years": used}, payment.source))
        ended = next((row for row in rows if row.ended), None)
        if ended is not None:
            code = "lump_sum_ended" if self.track.paid_first_year else "ladder_ended"
            self._step(code, year=str(ended.year))
        self._explain_costs(rows)
        training = self.track.training
        if training is not None and any(row.training for row in rows):
            code = f"training_{training.limit}"
            per = f"per_{self._unit()}"
            self._step(code, training.per_unit, amount=int(training.per_unit.exact), per=per)

    def _explain_part(
        self, n: int, share: Fraction | None, ceiling: int | None, origin: Origin
    ) -> None:
        """A year's part of a sum that is paid in the first year."""
        number, full = Fraction(n), self.full_award.amount
        if ceiling is None:
            self._step("part_missing", grant_year=number)
        elif share is not None and full is not None:
            code = "part" if origin == "rules" else f"part_{origin}"
            self._step(code, grant_year=number, share=share * 100, full=full, amount=ceiling)

    def _explain_year(self, row: Row) -> None:
        if row.ended:
            return
        ladder, full = self.track.ladder, self.full_award.amount
        place: dict[str, Value] = {"year": str(row.year), "grant_year": Fraction(row.grant_year)}
        figure = ladder.years[row.grant_year - 1] if ladder is not None else None
        in_kroner = ladder is not None and ladder.in_kroner
        if in_kroner and row.ceiling is None:
            self._step("award_missing", figure, **place)
        elif in_kroner and row.origin == "reader" and row.ceiling is not None:
            self._step("award_reader", figure, **place, amount=row.ceiling)
        elif row.share is None and not in_kroner:
            self._step("share_missing", figure, **place)
        elif row.share is not None and full is not None and row.ceiling is not None:
            code = "share" if row.origin == "rules" else f"share_{row.origin}"
            self._step(code, figure, **place, share=row.share * 100, full=full, amount=row.ceiling)
            if row.share * full != row.ceiling:
                self._step("rounded_down", year=str(row.year), amount=row.ceiling)
        self._explain_cost_stop(row)

    def _explain_cost_stop(self, row: Row) -> None:
        if row.cost is not None and row.ceiling is not None and row.cost < row.ceiling:
            self._step("stops_at_cost", year=str(row.year), cost=row.cost, ceiling=row.ceiling)

    def _explain_costs(self, rows: list[Row]) -> None:
        cost, units = self._yearly_cost(), self._units()
        if cost is None or not rows:
            return
        amount, other = nearest_kroner(cost), self.answers.whole("other_costs") or 0
        if units is not None and self.track.unit is not None:
            per_unit = self._cost_per_unit() or 0
            self._step(
                "cost",
                units=units,
                unit=self._unit(),
                per_unit=per_unit,
                other=other,
                amount=amount,
            )
        else:
            self._step("yearly_cost", amount=amount)
        growth = self.answers.number("cost_growth")
        if growth:
            self._step("cost_growth", growth=growth, year=str(rows[0].year))
        self._step("own_funding")
