"""Plans on the real rules: the worked examples, and below, at and above each threshold."""

import pytest

from calc.plan import estimate
from calc.result import Result
from calc.rules import (
    Figure,
    Ladder,
    OtherCosts,
    Rules,
    SchemeRules,
    Source,
    Text,
    Track,
    Transition,
)
from tests.calc.conftest import Ask

VOKSNE = "oppfolging-voksne"


def awards(result: Result) -> list[int | None]:
    return [row.award for row in result.plan]


def codes(result: Result) -> list[str]:
    return [step.code for step in result.steps]


# ACT and FACT teams, rules of 2025: 500 000 kr per årsverk, at most 10, at most 5 000 000 kr


@pytest.mark.parametrize(
    ("positions", "full", "step"),
    [
        ("0", 0, "max_units_within"),
        ("0,01", 5_000, "max_units_within"),
        ("1", 500_000, "max_units_within"),
        ("6,5", 3_250_000, "max_units_within"),
        ("9,99", 4_995_000, "max_units_within"),
        ("10", 5_000_000, "max_units_within"),
        ("10,01", 5_000_000, "max_units"),
        ("12", 5_000_000, "max_units"),
        ("1000", 5_000_000, "max_units"),
    ],
)
def test_a_team_gets_the_rate_for_at_most_ten_positions(
    ask: Ask, positions: str, full: int, step: str
) -> None:
    result = ask(VOKSNE, track="act-fact", positions=positions)
    assert awards(result) == [full, full, None, None]
    assert step in codes(result)
    assert result.missing == ("share_year_3", "share_year_4")
    assert result.status == "needs_input"


def test_shares_from_the_award_letter_make_the_plan_whole(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact", positions="6,5", share_year_3="70", share_year_4="40 %")
    assert result.status == "estimate"
    assert awards(result) == [3_250_000, 3_250_000, 2_275_000, 1_300_000]
    assert result.total("award") == 10_075_000
    assert [row.origin for row in result.plan] == ["rules", "rules", "reader", "reader"]
    assert [row.year for row in result.plan] == [2025, 2026, 2027, 2028]
    assert [row.grant_year for row in result.plan] == [1, 2, 3, 4]


def test_a_share_typed_where_the_rules_give_one_changes_nothing(ask: Ask) -> None:
    typed = ask(VOKSNE, track="act-fact", positions=4, share_year_1="10")
    assert awards(typed) == awards(ask(VOKSNE, track="act-fact", positions=4))


def test_a_missing_share_leaves_a_gap_and_not_a_zero(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact", positions=10, share_year_4="0")
    assert awards(result) == [5_000_000, 5_000_000, None, 0]
    assert result.total("award") is None
    assert result.missing == ("share_year_3",)


@pytest.mark.parametrize(
    ("cost", "award", "own"),
    [
        (499_999, 499_999, 0),
        (500_000, 500_000, 0),
        (500_001, 500_000, 1),
        (900_000, 500_000, 400_000),
    ],
)
def test_the_award_stops_at_the_cost_and_own_funding_is_the_rest(
    ask: Ask, cost: int, award: int, own: int
) -> None:
    result = ask(VOKSNE, track="act-fact", positions=1, cost_per_position=cost)
    first = result.plan[0]
    assert (first.award, first.own_funding, first.cost) == (award, own, cost)
    assert ("stops_at_cost" in codes(result)) is (cost < 500_000)


def test_without_a_cost_own_funding_is_not_known(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact", positions=8)
    assert {row.own_funding for row in result.plan} == {None}
    assert result.total("own_funding") is None


def test_costs_grow_from_the_second_year_each_on_the_year_before(ask: Ask) -> None:
    result = ask(
        VOKSNE,
        track="act-fact",
        positions=1,
        cost_per_position=1_000_001,
        other_costs=500_000,
        cost_growth="2,5",
        share_year_3=50,
        share_year_4=25,
    )
    assert [row.cost for row in result.plan] == [1_500_001, 1_537_501, 1_575_939, 1_615_337]
    assert [row.own_funding for row in result.plan] == [1_000_001, 1_037_501, 1_325_939, 1_490_337]
    assert result.total("own_funding") == result.total("cost") - result.total("award")  # type: ignore[operator]


def test_other_costs_do_not_raise_the_award_of_a_team(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact", positions=2, other_costs="700 000")
    assert result.plan[0].award == 1_000_000
    assert "other_costs_not_covered" in codes(result)


@pytest.mark.parametrize(
    ("positions", "training"), [("6,5", 130_000), ("10", 200_000), ("12", 200_000)]
)
def test_training_is_an_earmark_inside_the_award(ask: Ask, positions: str, training: int) -> None:
    result = ask(VOKSNE, track="act-fact", positions=positions)
    first = result.plan[0]
    assert first.training == training
    assert first.award == min(5_000_000, int(float(positions.replace(",", ".")) * 500_000))


def test_training_is_never_more_than_the_award(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact", positions=10, share_year_3="1", share_year_4="0")
    assert [row.training for row in result.plan] == [200_000, 200_000, 50_000, 0]


# Other models, rules of 2025: at most 1.0 årsverk, other costs on top, at most 1 500 000 kr a year


@pytest.mark.parametrize(
    ("positions", "other", "part", "full", "step"),
    [
        ("1", None, 500_000, 500_000, "cap_within"),
        ("0,5", "0", 250_000, 250_000, "cap_within"),
        ("1", "400 000", 500_000, 900_000, "cap_within"),
        ("1", "999 999", 500_000, 1_499_999, "cap_within"),
        ("1", "1 000 000", 500_000, 1_500_000, "cap_within"),
        ("1", "1 000 001", 500_000, 1_500_000, "cap"),
        ("2", "2 000 000", 500_000, 1_500_000, "cap"),
    ],
)
def test_other_models_add_other_costs_up_to_the_cap(
    ask: Ask, positions: str, other: str | None, part: int, full: int, step: str
) -> None:
    result = ask(VOKSNE, track="andre-modeller", positions=positions, other_costs=other)
    assert result.full_award is not None
    assert result.full_award.positions_part == part
    assert awards(result)[:2] == [full, full]
    assert step in codes(result)


def test_our_readings_are_named_where_they_act(ask: Ask) -> None:
    result = ask(VOKSNE, track="andre-modeller", positions=1, other_costs=1)
    named = {step.code for step in result.steps if step.reading is not None}
    assert named == {"rate", "other_costs", "taper_basis"}


# Pre-project


@pytest.mark.parametrize(
    ("asked", "award", "step"),
    [
        ("1", 1, "pre_project"),
        ("999 999", 999_999, "pre_project"),
        ("1 000 000", 1_000_000, "pre_project"),
        ("1 000 001", 1_000_000, "pre_project_capped"),
        ("1 300 000", 1_000_000, "pre_project_capped"),
    ],
)
def test_a_pre_project_comes_first_and_stops_at_its_cap(
    ask: Ask, asked: str, award: int, step: str
) -> None:
    result = ask(VOKSNE, track="act-fact", positions=10, pre_project_amount=asked)
    assert awards(result) == [award, 5_000_000, 5_000_000, None, None]
    assert [row.grant_year for row in result.plan] == [0, 1, 2, 3, 4]
    assert [row.year for row in result.plan] == [2025, 2026, 2027, 2028, 2029]
    assert step in codes(result)


def test_there_is_no_pre_project_once_the_ladder_has_begun(ask: Ask) -> None:
    result = ask(
        VOKSNE,
        track="act-fact",
        plan_year=2026,
        years_received=1,
        positions=1,
        pre_project_amount=100_000,
    )
    assert [row.grant_year for row in result.plan] == [2, 3, 4, 5]
    assert all(f.name != "pre_project_amount" for f in result.fields)


# Cohorts and the award letter


def test_the_rules_of_the_year_of_the_first_award_hold(ask: Ask) -> None:
    result = ask(
        VOKSNE,
        track="act-fact",
        plan_year=2027,
        years_received=2,
        full_award="3 000 000",
        share_year_3="70",
    )
    assert result.rules_year == 2025
    assert awards(result) == [2_100_000, None, 0, 0]
    assert [row.ended for row in result.plan] == [False, False, True, True]
    assert "ladder_ended" in codes(result)
    assert result.missing == ("share_year_4",)


def test_the_award_letter_wins_over_the_rates_and_makes_positions_superfluous(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact", full_award="5 000 001")
    assert awards(result)[:2] == [5_000_001, 5_000_001]
    assert "positions" not in result.missing
    both = ask(VOKSNE, track="act-fact", positions=10, full_award="5 000 001")
    assert awards(both)[:2] == [5_000_001, 5_000_001]
    assert "full_award_above_rules" in codes(both)
    at = ask(VOKSNE, track="act-fact", positions=10, full_award="5 000 000")
    assert "full_award_above_rules" not in codes(at)


def test_without_positions_no_amount_is_made_up(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact")
    assert awards(result) == [None] * 4
    assert result.missing == ("positions", "share_year_3", "share_year_4")


def test_after_the_fourth_year_the_ladder_has_ended(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact", plan_year=2029, years_received=4, positions=10)
    assert result.status == "estimate"
    assert awards(result) == [0, 0, 0, 0]
    assert all(row.ended for row in result.plan)


def test_a_year_with_unknown_figures_asks_for_the_award_letter(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact", plan_year=2024, positions=10)
    assert result.rules_year == 2024
    assert awards(result) == [None] * 4
    assert result.missing == (
        "full_award",
        "share_year_1",
        "share_year_2",
        "share_year_3",
        "share_year_4",
    )


@pytest.mark.parametrize("year", [2015, 2023, 2026, 2040])
def test_a_year_without_rules_never_borrows_another_years(ask: Ask, year: int) -> None:
    result = ask(VOKSNE, track="act-fact", plan_year=year, positions=10)
    assert result.status == "needs_input"
    assert codes(result)[0] == "letter_for_year"
    assert awards(result) == [None] * 4
    assert result.missing[0] == "full_award"
    letter = ask(
        VOKSNE, track="act-fact", plan_year=year, full_award=100, share_year_1=100, share_year_2=50
    )
    assert awards(letter) == [100, 50, None, None]
    assert {row.origin for row in letter.plan[:2]} == {"reader"}
    assert all(step.source is None for step in letter.steps)


# TryggEst, rules of 2025: at most 400 000 kr, paid in the first year, used over at most two


@pytest.mark.parametrize(
    ("asked", "paid", "step"),
    [
        ("0", 0, "cap_within"),
        ("399 999", 399_999, "cap_within"),
        ("400 000", 400_000, "cap_within"),
        ("400 001", 400_000, "cap"),
        ("450 000", 400_000, "cap"),
    ],
)
@pytest.mark.parametrize("years", [1, 2])
def test_a_lump_sum_stops_at_the_cap_and_is_paid_in_the_first_year(
    ask: Ask, asked: str, paid: int, step: str, years: int
) -> None:
    result = ask("tryggest", requested_amount=asked, use_years=years)
    assert result.status == "estimate"
    assert awards(result) == [paid, 0, 0, 0]
    assert [row.ended for row in result.plan] == [n >= years for n in range(4)]
    assert result.total("award") == paid
    assert step in codes(result)


def test_a_lump_sum_cannot_be_used_over_more_years_than_the_rules_say(ask: Ask) -> None:
    (problem,) = ask("tryggest", requested_amount=1, use_years=3).problems
    assert (problem.field, problem.code, problem.values["high"]) == ("use_years", "too_high", 2)


def test_a_lump_sum_without_an_amount_asks_for_it(ask: Ask) -> None:
    result = ask("tryggest")
    assert result.status == "needs_input"
    assert result.missing == ("requested_amount",)


# Schemes of which no amount can be worked out say why


def test_unknown_rates_are_asked_for_and_then_calculated_with(ask: Ask) -> None:
    nothing = ask("oppfolging-barn-unge", track="fact-ung")
    assert nothing.status == "needs_input"
    assert nothing.missing[0] == "full_award"
    assert awards(nothing) == [None] * 4


@pytest.mark.parametrize(
    ("slug", "year", "status", "step"),
    [
        ("kommunalt-rusarbeid", 2025, "not_computable", "not_computable_discretionary"),
        ("kommunalt-rusarbeid", 2026, "closed", "closed"),
        ("kommunalt-rusarbeid", 2027, "closed", "closed"),
        ("kommunalt-rusarbeid", 2021, "not_computable", "no_rules_for_year"),
        ("bedre-tverrfaglig-innsats", 2017, "not_computable", "not_computable_basis_unknown"),
        ("bedre-tverrfaglig-innsats", 2018, "not_computable", "no_rules_for_year"),
    ],
)
def test_a_scheme_that_cannot_be_computed_says_why(
    ask: Ask, slug: str, year: int, status: str, step: str
) -> None:
    result = ask(slug, plan_year=year)
    assert (result.status, codes(result), result.plan) == (status, [step], ())


def test_a_mistake_gives_no_plan_at_all(ask: Ask) -> None:
    result = ask(VOKSNE, track="act-fact", positions="seks")
    assert (result.status, result.plan, result.steps) == ("invalid", (), ())
    assert {f.name for f in result.fields} >= {"positions", "cost_per_position"}


def test_each_year_of_a_transition_has_its_own_rule_for_other_costs() -> None:
    """Costs that one year's rules cover are not covered by those of the next."""
    source = Source(title="Regelverk", publisher="Utgiver")

    def track(*, allowed: bool) -> Track:
        return Track(
            name=Text(nb="Overgang"),
            rate=Figure(value=300_000, unit="kr per årsverk", source="s"),
            ladder=Ladder(years=(Figure(value=100, unit="prosent", source="s"),) * 4),
            other_costs=OtherCosts(allowed=allowed, source="s"),
            transition=Transition(funded_in=2023, source="s"),
        )

    rules = tuple(
        Rules(year=year, sources={"s": source}, tracks={"t": track(allowed=year == 2024)})
        for year in (2024, 2025)
    )
    scheme = SchemeRules(slug="s", name=Text(nb="Ordning"), rules=rules)
    typed = {"plan_year": 2024, "years_received": 1, "positions": 1, "other_costs": 50_000}
    result = estimate(scheme, typed)
    assert awards(result) == [350_000, 300_000]
    assert [c for c in codes(result) if c.startswith("other_costs")] == [
        "other_costs",
        "other_costs_not_covered",
    ]
