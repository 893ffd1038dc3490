"""What holds for all rules and all answers."""

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from builder.content import Site
from builder.kit import i18n
from builder.kit.i18n import LANGS
from calc.browser import handle, response
from calc.codec import from_json, to_json
from calc.fields import full_rate_known
from calc.plan import estimate
from calc.result import Result, Row
from calc.rules import Lang, SchemeRules
from tests.calc.strategies import cases

TRANSLATIONS = i18n.load(Path(__file__).parents[2] / "theme/translations")

# Rules are large to draw, and the machine may be busy. PROPERTY_EXAMPLES asks for a longer search.
THOROUGH = settings(
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "60")),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
type Case = tuple[SchemeRules, dict[str, object]]


def paid(result: Result) -> list[Row]:
    """The rows on the ladder."""
    return [row for row in result.plan if row.grant_year > 0 and not row.ended]


@THOROUGH
@given(case=cases())
def test_amounts_are_whole_kroner_and_never_negative(case: Case) -> None:
    for row in estimate(*case).plan:
        for amount in (row.ceiling, row.award, row.cost, row.training):
            assert amount is None or (type(amount) is int and amount >= 0)
        assert row.own_funding is None or row.own_funding >= 0


@THOROUGH
@given(case=cases())
def test_the_award_is_never_above_ceiling_or_cost_and_own_funding_is_the_rest(case: Case) -> None:
    for row in estimate(*case).plan:
        if row.award is None:
            assert row.own_funding is None
            continue
        assert row.ceiling is None or row.award <= row.ceiling
        if row.cost is not None:
            assert row.award <= row.cost
            assert row.own_funding is not None
            assert row.award + row.own_funding == row.cost
        assert row.training is None or row.training <= row.award


@THOROUGH
@given(case=cases())
def test_without_an_award_letter_no_year_is_above_a_cap(case: Case) -> None:
    result = estimate(*case)
    track = result.track
    assume(track is not None and not track.paid_first_year and "full_award" not in case[1])
    assert track is not None
    for row in paid(result):
        if row.award is None or row.origin == "reader":
            continue
        for _, cap in track.all_caps():
            assert cap.value is None or row.award <= cap.value


@THOROUGH
@given(case=cases())
def test_the_ceiling_never_rises_where_the_share_does_not(case: Case) -> None:
    result = estimate(*case)
    assume(result.track is None or not (result.track.paid_first_year or result.track.transition))
    rows = paid(result)
    for before, after in pairwise(rows):
        if None in (before.share, after.share, before.ceiling, after.ceiling):
            continue
        if after.share <= before.share:  # type: ignore[operator]
            assert after.ceiling <= before.ceiling  # type: ignore[operator]


@THOROUGH
@given(case=cases(), more=st.integers(1, 500))
def test_more_positions_never_give_a_lower_ceiling(case: Case, more: int) -> None:
    scheme, typed = case
    name = "persons" if "persons" in typed else "positions"
    units = typed.get(name)
    assume(isinstance(units, str) and "," not in units)
    assert isinstance(units, str)
    most = int(units.replace("\u00a0", "")) + more
    assume(most <= 1_000)
    fewer, larger = estimate(scheme, typed), estimate(scheme, {**typed, name: most})
    for before, after in zip(fewer.plan, larger.plan, strict=True):
        assert (before.ceiling is None) == (after.ceiling is None)
        assert before.ceiling is None or before.ceiling <= after.ceiling  # type: ignore[operator]


@THOROUGH
@given(case=cases())
def test_what_is_unknown_is_asked_for_and_never_counted_as_zero(case: Case) -> None:
    result = estimate(*case)
    if result.status == "needs_input":
        assert result.missing
        assert set(result.missing) <= {f.name for f in result.fields}
        assert not set(result.missing) & {k for k, v in case[1].items() if v not in (None, "")}
    if result.status == "estimate":
        assert result.plan
        assert all(row.award is not None for row in result.plan)
    track = result.track
    if track is None or track.paid_first_year or track.ladder is None or track.ladder.in_kroner:
        return
    for row in paid(result):
        figure = track.ladder.years[row.grant_year - 1]
        if figure.value is None and row.origin == "rules":
            assert row.share is None
            assert row.award is None


@THOROUGH
@given(case=cases())
def test_an_unknown_rate_or_cap_gives_nothing_without_the_award_letter(case: Case) -> None:
    result = estimate(*case)
    track = result.track
    assume(track is not None and not full_rate_known(track) and "full_award" not in case[1])
    for row in paid(result):
        if row.origin != "reader" and row.grant_year == 1:
            assert row.award is None


@THOROUGH
@given(case=cases())
def test_an_assumption_is_marked_wherever_it_acts(case: Case) -> None:
    result = estimate(*case)
    assumed = [row for row in result.plan if row.origin == "assumption"]
    assert (result.assumption is not None) == bool(assumed)
    if not assumed:
        return
    answer = response(result, TRANSLATIONS.catalogue("nb"))
    assert answer["html"].count("origin-assumption") >= len(assumed)
    assert f"assumption_{result.assumption}" in [step["code"] for step in answer["steps"]]
    charted = any(row.award for row in assumed)
    assert ("chart-assumed" in answer["html"]) == charted


@THOROUGH
@given(case=cases(), lang=st.sampled_from(LANGS))
def test_the_same_request_gives_the_same_bytes_also_after_a_way_through_json(
    case: Case, lang: Lang
) -> None:
    scheme, typed = case
    texts = TRANSLATIONS.catalogue(lang)
    sent: Any = json.loads(json.dumps(to_json(scheme)))
    rebuilt = from_json(SchemeRules, sent)
    assert rebuilt == scheme
    first = json.dumps(response(estimate(scheme, typed), texts))
    assert json.dumps(response(estimate(rebuilt, typed), texts)) == first
    assert "NaN" not in first


def test_every_calendar_year_has_exactly_one_behaviour_per_track(site: Site) -> None:
    """No year crashes, falls back silently, or is left undefined."""
    for scheme in site.schemes.values():
        calculator = scheme.calculator
        request = {"v": 1, "op": "load", "scheme": to_json(calculator), "lang": "nb"}
        handle(json.dumps({**request, "messages": TRANSLATIONS.of_calc("nb")}))
        for track_id in calculator.track_names():
            for year in range(2015, 2036):
                for received in range(5):
                    answers = {"plan_year": year, "years_received": received}
                    if len(calculator.track_names()) > 1:
                        answers["track"] = track_id  # type: ignore[assignment]
                    result = estimate(calculator, answers)
                    covered = calculator.of_year(result.rules_year or 0)
                    has_rules = covered is not None and track_id in covered.tracks
                    assert result.status not in ("invalid",)
                    assert result.steps
                    if result.rules is not None and result.status in ("estimate", "needs_input"):
                        assert has_rules or all(row.ended for row in result.plan)
                    if not has_rules and result.plan:
                        assert all(row.award in (None, 0) for row in result.plan)


@pytest.mark.parametrize("lang", LANGS)
def test_every_step_of_the_published_examples_has_words_and_known_sources(
    site: Site, lang: Lang
) -> None:
    for scheme in site.schemes.values():
        for rules in scheme.rules:
            for example in rules.examples:
                result = estimate(scheme.calculator, example.answers)
                answer = response(result, TRANSLATIONS.catalogue(lang))
                for step in answer["steps"]:
                    assert step["source"] is None or step["source"] in scheme.sources
