"""The rules that hold for a reader, and the result by these rules: the way into the sums.

The cohort decides the rules: those of the year in which the grant was first awarded hold throughout
(Helsedirektoratet, regelverk 2025 for oppfølging av voksne, on recipients of the year before).
Where the rules of a year are missing, the rules of another year are never used: the plan is
computed from the award letter.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from calc.answers import Answers, Field, read_answers
from calc.fields import LADDER_YEARS, PLAN_YEARS, fields_of, opening_fields
from calc.result import Input, Result, Step
from calc.rules import (
    Caps,
    Figure,
    Ladder,
    OnRequest,
    Rules,
    SchemeRules,
    Track,
    Unit,
)
from calc.working import Working


def estimate(scheme: SchemeRules, typed: Mapping[str, object]) -> Result:
    """Calculate the result for the answers that a reader typed. Mistakes in answers raise no error.

    `typed` holds answers by name, as strings in Norwegian form or numbers.
    """
    opening = opening_fields(scheme)
    first = read_answers(typed, opening)
    if first.problems:
        return Result(status="invalid", scheme=scheme, fields=opening, problems=first.problems)
    track_id = str(first.given.get("track") or next(iter(scheme.track_names())))
    plan_year = first.whole("plan_year") or scheme.latest.year
    received = first.whole("years_received")
    shape = _shape(scheme, track_id)
    if shape.transition is not None:
        return _in_transition(scheme, typed, track_id, shape, plan_year, received)
    received = received or 0
    # The cohort rule.
    rules_year = plan_year - received
    rules = scheme.of_year(rules_year)
    track = rules.tracks.get(track_id) if rules is not None else None
    if track is not None and track.transition is not None:
        track = None  # the rules of a past transitional arrangement hold for no cohort
    base = Result(
        status="not_computable",
        scheme=scheme,
        rules=rules if track is not None else None,
        rules_year=rules_year,
        track_id=track_id,
        track=track,
        fields=opening,
    )
    closed = _closed(scheme, track_id, rules_year)
    if closed is not None:
        return replace(base, status="closed", rules=closed[0], steps=(closed[1],))
    known = ", ".join(str(r.year) for r in scheme.rules if track_id in r.tracks)
    years = {"year": str(rules_year), "years": known}
    if track is None and shape.not_computable is not None:
        return replace(base, steps=(Step("no_rules_for_year", years),))
    if track is not None and track.not_computable is not None:
        why = track.not_computable
        step = Step(f"not_computable_{why.because}", {"why": why.text}, why.source)
        return replace(base, steps=(step,))
    if track is not None:
        start = _cohort_step(scheme, plan_year, received, rules_year)
    else:
        track, start = unknown_rules(shape), Step("letter_for_year", years)
    base = replace(base, track=track)
    return _work(base, typed, plan_year, received, start, fields_of(track, received))


def _work(
    base: Result,
    typed: Mapping[str, object],
    plan_year: int,
    received: int,
    start: Step,
    asked: tuple[Field, ...],
) -> Result:
    """Read the rest of the answers and do the sums."""
    track = base.track
    assert track is not None
    fields = base.fields + asked
    answers = read_answers(typed, fields)
    base = replace(base, fields=fields)
    if answers.problems:
        return replace(base, status="invalid", problems=answers.problems)
    work = Working(track, answers, plan_year, received, start)
    plan = work.transition(base.scheme, base.track_id or "") if track.transition else work.plan()
    # After the last step, no answer can change the result.
    missing = () if all(row.ended for row in plan) else tuple(filter(work.needs, _asked(fields)))
    return replace(
        base,
        status="needs_input" if missing else "estimate",
        inputs=_inputs(base, answers, missing, plan_year, received),
        missing=missing,
        plan=plan,
        full_award=work.full_award,
        after_ladder=work.after_ladder(),
        assumption=work.assumption if any(r.origin == "assumption" for r in plan) else None,
        steps=tuple(work.steps),
    )


def _asked(fields: tuple[Field, ...]) -> list[str]:
    return [f.name for f in fields if f.required]


def _shape(scheme: SchemeRules, track_id: str) -> Track:
    """The newest rules of a track, for its questions and its parts, and not for its figures."""
    return next(r.tracks[track_id] for r in reversed(scheme.rules) if track_id in r.tracks)


def unknown_rules(shape: Track) -> Track:
    """A track without figures: only its unit is known, and whether it has a ladder."""

    def unknown(unit: Unit) -> Figure:
        return Figure(unit=unit, source="", unknown="tilskuddsbrevet")

    ladder = None
    if shape.ladder is not None:
        ladder = Ladder(years=(unknown("prosent"),) * LADDER_YEARS)
    if shape.unit is None:
        cap = Caps(applicant=unknown("kr"))
        return Track(name=shape.name, on_request=OnRequest(source=""), caps=cap, ladder=ladder)
    rate = unknown("kr per person" if shape.unit == "personer" else "kr per årsverk")
    return Track(name=shape.name, rate=rate, ladder=ladder)


def _cohort_step(scheme: SchemeRules, plan_year: int, received: int, rules_year: int) -> Step:
    if scheme.any_year:
        return Step("own_rules", {"plan_year": str(plan_year)})
    code = "cohort" if received else "cohort_new"
    return Step(
        code,
        {"plan_year": str(plan_year), "received": Fraction(received), "year": str(rules_year)},
    )


def _closed(scheme: SchemeRules, track_id: str, year: int) -> tuple[Rules, Step] | None:
    """The rules and the step that close the track to new applicants in `year`; None where open."""
    for rules in scheme.rules:
        track = rules.tracks.get(track_id)
        if track is not None and track.closed_from is not None and year >= track.closed_from.year:
            why = track.closed_from
            return rules, Step("closed", {"year": str(why.year), "why": why.text}, why.source)
    return None


def _in_transition(
    scheme: SchemeRules,
    typed: Mapping[str, object],
    track_id: str,
    shape: Track,
    plan_year: int,
    received: int | None,
) -> Result:
    """The answer for a transitional arrangement, where each calendar year has its own rules."""
    rule = shape.transition
    assert rule is not None
    if received is None:
        # A reader who had the grant in that year has had it at least since then.
        received = min(max(plan_year - rule.funded_in, 0), LADDER_YEARS)
    year_of_rules = next(r for r in reversed(scheme.rules) if track_id in r.tracks)
    track = scheme.transition_of(plan_year, track_id)
    base = Result(
        status="not_eligible",
        scheme=scheme,
        rules=scheme.of_year(plan_year) if track is not None else year_of_rules,
        rules_year=plan_year,
        track_id=track_id,
        track=track or shape,
        fields=opening_fields(scheme),
    )
    year = str(rule.funded_in)
    if plan_year - received > rule.funded_in:
        return replace(base, steps=(Step("not_in_transition", {"year": year}, rule.source),))
    assert shape.ladder is not None
    if track is None and received < len(shape.ladder.years):
        known = ", ".join(str(r.year) for r in scheme.rules if track_id in r.tracks)
        step = Step("no_rules_for_year", {"year": str(plan_year), "years": known})
        return replace(base, status="not_computable", steps=(step,))
    start = Step("transition", {"year": year, "received": Fraction(received)}, rule.source)
    years = [scheme.transition_of(plan_year + n, track_id) for n in range(PLAN_YEARS)]
    # Each year's rules may ask something of their own.
    asked = {f.name: f for t in years if t is not None for f in fields_of(t, received)}
    return _work(base, typed, plan_year, received, start, tuple(asked.values()))


def _inputs(
    result: Result, answers: Answers, missing: tuple[str, ...], plan_year: int, received: int
) -> tuple[Input, ...]:
    """All answers that the plan uses, and the names of missing answers."""
    track = result.track
    assert track is not None
    latest = result.scheme.latest
    opening = {"track": next(iter(latest.tracks)), "plan_year": latest.year, "years_received": 0}
    started = read_answers({**opening, **track.start}, result.fields).given
    # The values that hold without an answer.
    defaults: dict[str, Fraction | str] = {
        "track": result.track_id or "",
        "plan_year": Fraction(plan_year),
        "years_received": Fraction(received),
        "use_years": Fraction(1),
    }
    inputs = []
    for f in sorted(result.fields, key=lambda f: f.order):
        if f.name in answers.given:
            value = answers.given[f.name]
            is_start = started.get(f.name) == value
            inputs.append(Input(field=f, value=value, origin="start" if is_start else "reader"))
        elif f.name in missing:
            inputs.append(Input(field=f, value=None, origin="missing"))
        elif f.name in defaults:
            inputs.append(Input(field=f, value=defaults[f.name], origin="default"))
    return tuple(inputs)
