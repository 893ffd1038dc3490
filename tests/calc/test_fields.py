"""Which questions are asked, and exactly what each allows."""

from fractions import Fraction

import pytest

from builder.bundle.exercise import scheme
from calc.answers import Field, read_answers
from calc.fields import ASSUMPTIONS, MOST_KRONER, fields_of, opening_fields, steps_to_ask
from calc.plan import estimate, unknown_rules
from calc.rules import Figure, Ladder, Rules, SchemeRules, Text, Track, Unit

TRACKS = scheme().rules[0].tracks
GROWTH = Field(name="cost_growth", kind="percent", high=25)
ASSUMPTION = Field(name="taper_assumption", kind="choice", options=ASSUMPTIONS)


def kroner(name: str, *, required: bool = False) -> Field:
    return Field(name=name, kind="kroner", high=MOST_KRONER, required=required)


def share(n: int) -> Field:
    return Field(name=f"share_year_{n}", kind="percent", high=100, required=True)


def units(name: str, kind: str, *, required: bool) -> Field:
    return Field(name=name, kind=kind, high=1000, required=required)  # type: ignore[arg-type]


COSTS = (kroner("cost_per_position"), kroner("other_costs"), GROWTH)
LETTER = kroner("full_award", required=True)
POSITIONS = units("positions", "units", required=True)


def test_the_opening_questions_decide_which_rules_hold() -> None:
    year = Field(name="plan_year", kind="year", low=2015, high=2040)
    received = Field(name="years_received", kind="count", low=0, high=4)
    track = Field(name="track", kind="choice", options=tuple(TRACKS))
    assert opening_fields(scheme()) == (track, year, received)
    alone = Rules(year=2030, sources={}, tracks={"a": Track(name=Text(nb="A"), own_rules=True)})
    assert opening_fields(SchemeRules(slug="a", name=Text(nb="A"), rules=(alone,))) == (
        year,
        received,
    )


@pytest.mark.parametrize(
    ("track", "received", "fields"),
    [
        (
            "stillinger",
            0,
            (
                POSITIONS,
                kroner("full_award"),
                ASSUMPTION,
                share(3),
                share(4),
                *COSTS,
                kroner("pre_project_amount"),
            ),
        ),
        ("stillinger", 3, (POSITIONS, kroner("full_award"), ASSUMPTION, share(4), *COSTS)),
        ("stillinger", 4, (POSITIONS, kroner("full_award"), *COSTS)),
        (
            "personer",
            1,
            (
                units("persons", "persons", required=False),
                LETTER,
                ASSUMPTION,
                share(2),
                kroner("cost_per_person"),
                kroner("other_costs"),
                GROWTH,
            ),
        ),
        (
            "engangssum",
            0,
            (
                kroner("requested_amount", required=True),
                Field(name="population", kind="persons", low=1, high=1_000_000, required=True),
                Field(name="use_years", kind="count", low=1, high=2),
                kroner("full_award"),
            ),
        ),
        ("stige-i-kroner", 0, (POSITIONS, kroner("award_year_2", required=True), *COSTS)),
        (
            "kroner-uten-tak",
            0,
            (
                units("persons", "persons", required=False),
                kroner("award_year_1", required=True),
                kroner("award_year_2", required=True),
                kroner("cost_per_person"),
                kroner("other_costs"),
                GROWTH,
            ),
        ),
        (
            "egen",
            2,
            (
                kroner("own_rate", required=True),
                POSITIONS,
                kroner("own_cap"),
                share(3),
                share(4),
                *COSTS,
            ),
        ),
        ("skjonn", 0, ()),
    ],
)
def test_a_track_asks_what_can_change_the_answer(
    track: str, received: int, fields: tuple[Field, ...]
) -> None:
    assert fields_of(TRACKS[track], received) == fields


def ladder(unit: Unit, *values: int | None) -> Ladder:
    return Ladder(
        years=tuple(
            Figure(value=v, unknown="ingen" if v is None else None, unit=unit, source="s")
            for v in values
        )
    )


@pytest.mark.parametrize(
    ("received", "asked"),
    [(0, (2, 4)), (1, (2, 4)), (2, (4, 6)), (3, (4, 6)), (4, (6,)), (5, (6,)), (6, ())],
)
def test_shares_are_asked_of_the_four_years_that_are_shown(
    received: int, asked: tuple[int, ...]
) -> None:
    rate = Figure(value=1, unit="kr per årsverk", source="s")
    steps = ladder("prosent", 100, None, 50, None, 5, None)
    assert steps_to_ask(Track(name=Text(nb="A"), rate=rate, ladder=steps), received) == asked


def test_without_rules_the_award_letter_is_asked_for_and_the_rest_as_usual() -> None:
    years = tuple(share(n) for n in (1, 2, 3, 4))
    positions = units("positions", "units", required=False)
    blank = unknown_rules(TRACKS["stillinger"])
    assert fields_of(blank, 0) == (positions, LETTER, ASSUMPTION, *years, *COSTS)
    assert {figure.source for _, figure in blank.figures()} == {""}
    assert {figure.unknown for _, figure in blank.figures()} == {"tilskuddsbrevet"}
    assert blank.name == TRACKS["stillinger"].name
    persons = unknown_rules(TRACKS["personer"])
    assert persons.unit == "personer"
    lump = unknown_rules(TRACKS["engangssum"])
    assert fields_of(lump, 0) == (kroner("requested_amount"), LETTER)
    assert lump.on_request is not None
    assert lump.on_request.source == ""


def test_an_amount_asked_for_with_a_ladder_has_one_yearly_cost() -> None:
    track = Track(
        name=Text(nb="A"),
        on_request=TRACKS["engangssum"].on_request,
        ladder=ladder("prosent", 100, 50),
    )
    assert fields_of(track, 0) == (
        kroner("requested_amount", required=True),
        kroner("full_award"),
        kroner("yearly_cost"),
        GROWTH,
    )
    (source,) = scheme().rules[0].sources.values()
    rules = Rules(year=2030, sources={"kilde": source, "s": source}, tracks={"a": track})
    result = estimate(
        SchemeRules(slug="a", name=Text(nb="A"), rules=(rules,)),
        {"requested_amount": 1000, "yearly_cost": 900, "cost_growth": 10},
    )
    assert [(r.award, r.cost, r.own_funding) for r in result.plan] == [
        (900, 900, 0),
        (500, 990, 490),
        (0, 1089, 1089),
        (0, 1198, 1198),
    ]
    step = next(s for s in result.steps if s.code == "yearly_cost")
    assert step.values == {"amount": 900}
    assert result.after_ladder is not None
    assert (result.after_ladder.year, result.after_ladder.cost) == (2032, 1089)


def test_a_problem_carries_the_bounds_and_an_unknown_name_has_none() -> None:
    (unknown,) = read_answers({"x": 1}, ()).problems
    assert (unknown.field, unknown.code, unknown.values) == ("x", "unknown_field", {})
    (low,) = read_answers({"use_years": 3}, fields_of(TRACKS["engangssum"], 0)).problems
    assert low.values == {"low": 1, "high": 2}


def test_forty_characters_are_read_and_forty_one_are_not() -> None:
    field = (kroner("full_award"),)
    assert read_answers({"full_award": "0" * 39 + "5"}, field).whole("full_award") == 5
    assert read_answers({"full_award": "0" * 40 + "5"}, field).problems[0].code == "not_a_number"


@pytest.mark.parametrize(
    ("answers", "status", "has_rules", "has_track"),
    [
        ({"track": "stillinger"}, "needs_input", True, True),
        ({"track": "stillinger", "plan_year": 2035}, "needs_input", False, True),
        ({"track": "skjonn"}, "not_computable", True, True),
        ({"track": "skjonn", "plan_year": 2029}, "not_computable", False, False),
        ({"track": "skjonn", "plan_year": 2031}, "closed", True, False),
        ({"track": "overgang"}, "needs_input", True, True),
        ({"track": "overgang", "plan_year": 2034}, "not_eligible", True, True),
    ],
)
def test_a_result_says_which_rules_it_rests_on(
    answers: dict[str, object], status: str, *, has_rules: bool, has_track: bool
) -> None:
    result = estimate(scheme(), answers)
    assert result.status == status
    assert (result.rules is not None, result.track is not None) == (has_rules, has_track)
    assert result.track_id == answers["track"]
    assert result.rules_year == answers.get("plan_year", 2030)


def test_where_the_form_begins_is_told_from_what_the_reader_says() -> None:
    result = estimate(scheme(), {"plan_year": "2030", "positions": 1})
    origins = {i.field.name: (i.value, i.origin) for i in result.inputs}
    assert origins["track"] == ("stillinger", "default")
    assert origins["plan_year"] == (Fraction(2030), "start")
    assert origins["years_received"] == (Fraction(0), "default")
    assert origins["positions"] == (Fraction(1), "reader")
    assert origins["share_year_3"] == (None, "missing")
    assert "cost_growth" not in origins
    lump = estimate(scheme(), {"track": "engangssum", "requested_amount": 1, "population": 1})
    assert {i.field.name: i.value for i in lump.inputs}["use_years"] == Fraction(1)
