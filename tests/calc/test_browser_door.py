"""The door: JSON in, JSON out, whatever comes in."""

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.bundle import exercise
from builder.content import Site
from builder.kit.i18n import LANGS, Translations
from builder.views.calculator import own_taper
from calc.browser import MOST_CHARACTERS, MOST_LEVELS, handle
from calc.codec import from_json, to_json
from calc.rules import Lang, SchemeRules
from tests.calc.conftest import load_request

pytestmark = pytest.mark.usefixtures("loaded")


def estimate(slug: str, lang: Lang = "nb", **answers: object) -> dict[str, Any]:
    request = {"v": 1, "op": "estimate", "scheme": slug, "lang": lang, "answers": answers}
    answer: dict[str, Any] = json.loads(handle(json.dumps(request)))
    return answer


def test_rules_survive_the_way_to_the_browser(site: Site) -> None:
    calculators = [scheme.calculator for scheme in site.schemes.values()]
    for calculator in (*calculators, own_taper(2027), exercise.scheme()):
        sent = json.loads(json.dumps(to_json(calculator)))
        assert from_json(SchemeRules, sent) == calculator


def test_an_estimate_has_every_part_of_the_contract(site: Site, translations: Translations) -> None:
    calculator = site.schemes["oppfolging-voksne"].calculator
    answer = json.loads(handle(load_request(calculator, "nb", translations)))
    assert answer == {"v": 1, "status": "loaded"}
    answer = estimate(
        "oppfolging-voksne",
        track="act-fact",
        plan_year="2025",
        positions=6.5,
        share_year_3="70",
        share_year_4="33,33",
    )
    assert answer["status"] == "estimate"
    assert answer["rules_year"] == 2025
    assert answer["plan"][2] == {
        "year": 2027,
        "grant_year": 3,
        "share": 70,
        "origin": "reader",
        "ceiling": 2_275_000,
        "cost": None,
        "award": 2_275_000,
        "own_funding": None,
        "own_share": None,
        "training": 130_000,
        "ended": False,
    }
    assert answer["plan"][3]["share"] == "33.33"
    assert answer["totals"]["award"] == 3_250_000 * 2 + 2_275_000 + 1_083_225
    assert [s["code"] for s in answer["steps"]][:3] == ["cohort_new", "max_units_within", "rate"]
    assert answer["steps"][2]["source"] == "hdir-2025"
    assert answer["html"].startswith('<section class="result"')
    assert "positions" in answer["fields"]


def test_a_problem_comes_with_its_field_and_the_allowed_values() -> None:
    answer = estimate("oppfolging-voksne", track="act-fact", positions="1001")
    assert answer["status"] == "invalid"
    (problem,) = answer["problems"]
    assert (problem["field"], problem["code"]) == ("positions", "too_high")
    assert "1\u00a0000" in problem["text"]


def test_a_mistake_in_an_opening_question_leaves_the_form_as_it_is() -> None:
    assert estimate("oppfolging-voksne", plan_year="i fjor")["fields"] is None


def test_rules_may_come_with_the_request() -> None:
    rules = to_json(exercise.scheme())
    request = {"v": 1, "op": "estimate", "rules": rules, "lang": "nb", "answers": {}}
    assert json.loads(handle(json.dumps(request)))["status"] == "needs_input"


@pytest.mark.parametrize(
    "request_text",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        '"tekst"',
        "{}",
        '{"v": 2, "op": "estimate"}',
        '{"v": 1}',
        '{"v": 1, "op": "delete"}',
        '{"v": 1, "op": ["estimate"]}',
        '{"v": 1, "op": "load"}',
        '{"v": 1, "op": "load", "scheme": 5, "messages": {}}',
        '{"v": 1, "op": "load", "scheme": {"slug": 1}, "messages": {}}',
        '{"v": 1, "op": "estimate", "scheme": "finnes-ikke", "answers": {}}',
        '{"v": 1, "op": "estimate", "scheme": ["a"], "answers": {}}',
        '{"v": 1, "op": "estimate", "scheme": "x", "answers": []}',
        '{"v": 1, "op": "estimate", "rules": [], "answers": {}}',
        '{"v": 1, "op": "estimate", "answers": {"positions": NaN}}',
        '{"v": 1, "op": "estimate", "answers": {"positions": 1e999999}}',
        "[" * 100_000,
        "1" * 10_000,
        '{"v": 1, "op": "\\ud800"}',
    ],
)
def test_a_request_that_is_not_understood_is_answered_and_never_raises(request_text: str) -> None:
    answer = json.loads(handle(request_text))
    assert answer["status"] == "bad_request"
    assert answer["message"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("request_text", "message"),
    [
        ("[]", "BadRequest: expected an object with v = 1"),
        ('{"v": 2}', "BadRequest: expected an object with v = 1"),
        (
            '{"v": 1, "op": "x"}',
            "BadRequest: unknown op 'x', expected load, estimate, csv, workbook, compare",
        ),
        ('{"v": 1, "op": "estimate"}', "BadRequest: answers must be an object"),
        (
            '{"v": 1, "op": "estimate", "scheme": "x", "answers": {}}',
            "BadRequest: scheme is not loaded, and no rules are given",
        ),
        ('{"v": NaN}', "BadRequest: NaN is not a number"),
        ('{"v": 1e20}', "ValueError: a number is out of range"),
        ('{"v": 1.0e-20}', "ValueError: a number is out of range"),
        ('{"v": 1.5e19}', "BadRequest: expected an object with v = 1"),
        ('{"v": 1.5e-19}', "BadRequest: expected an object with v = 1"),
    ],
)
def test_a_refusal_names_the_expected_request(request_text: str, message: str) -> None:
    assert json.loads(handle(request_text)) == {
        "v": 1,
        "status": "bad_request",
        "message": message,
    }


def test_a_long_mistake_is_cut_short() -> None:
    request = json.dumps({"v": 1, "op": "x" * 1000})
    assert len(json.loads(handle(request))["message"]) == 300


def test_messages_must_be_loaded_for_the_language_asked_for(
    site: Site, translations: Translations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calc.browser._catalogues", {})
    calculator = site.schemes["tryggest"].calculator
    handle(load_request(calculator, "nb", translations))
    assert estimate("tryggest", "nn")["message"] == "BadRequest: no messages are loaded for nn"
    handle(load_request(calculator, "nn", translations))
    assert "tilskot" in estimate("tryggest", "nn", requested_amount=1)["html"]
    assert "tilskudd" in estimate("tryggest", "nb", requested_amount=1)["html"]


def test_answers_are_compact_and_keep_norwegian_letters() -> None:
    request = {"v": 1, "op": "estimate", "scheme": "tryggest", "lang": "nb", "answers": {}}
    text = handle(json.dumps(request))
    assert text.startswith('{"v":1,"status":"needs_input","rules_year":2025,"track":"tiltak",')
    assert "beløpet dere vil søke om" in text


NAMES = st.sampled_from(
    ["track", "plan_year", "years_received", "positions", "full_award", "share_year_3", "x"]
)


@given(answers=st.dictionaries(NAMES, JSON), lang=st.sampled_from([*LANGS, "xx"]))
def test_whatever_is_answered_gets_a_response_and_the_same_one_twice(
    answers: dict[str, object], lang: str
) -> None:
    request = json.dumps(
        {"v": 1, "op": "estimate", "scheme": "oppfolging-voksne", "lang": lang, "answers": answers}
    )
    first = handle(request)
    assert handle(request) == first
    assert json.loads(first)["v"] == 1


@given(request=JSON)
def test_any_json_gets_a_response(request: object) -> None:
    assert json.loads(handle(json.dumps(request)))["status"] == "bad_request"


def message(request_text: str) -> str:
    answer = handle(request_text)
    assert answer.encode()
    text: str = json.loads(answer).get("message", "")
    return text


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_a_request_has_a_greatest_length(extra: int) -> None:
    request = '{"v": 1, "op": "unknown"}'.ljust(MOST_CHARACTERS + extra)
    assert message(request).startswith("BadRequest: the request is too long") is (extra > 0)


@pytest.mark.parametrize("extra", [-1, 0, 1])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_a_request_has_a_greatest_depth(extra: int, start: str, end: str) -> None:
    inside = MOST_LEVELS + extra - 1
    request = f'{{"v": 1, "op": "unknown", "answers": {start * inside}1{end * inside}}}'
    assert message(request).startswith("BadRequest: the request is nested") is (extra > 0)


def test_brackets_in_a_text_are_not_levels() -> None:
    answers = {"positions": "[{" * MOST_LEVELS + '\\"'}
    assert estimate("oppfolging-voksne", track="act-fact", **answers)["status"] == "invalid"


def test_the_time_for_unknown_names_grows_with_their_number() -> None:
    def steps(number: int) -> int:
        """The number of calls of Python's functions that an answer takes."""
        calls = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event == "call"

        sys.setprofile(count)
        try:
            answer = estimate("oppfolging-voksne", **{f"ukjent{n}": 1 for n in range(number)})
        finally:
            sys.setprofile(None)
        assert len(answer["problems"]) == number
        return calls

    one, two = steps(500), steps(1_000)
    assert two < 2.1 * one


def with_value(value: object) -> str:
    """A request with rules whose first rate has this value."""
    rules: Any = to_json(exercise.scheme())

    def put(part: Any) -> Any:
        if isinstance(part, dict):
            return {k: value if k == "value" else put(v) for k, v in part.items()}
        return [put(v) for v in part] if isinstance(part, list) else part

    return json.dumps({"v": 1, "op": "estimate", "rules": put(rules), "answers": {}})


@pytest.mark.parametrize("value", ["1e999999", "1E-999999", "9" * 41, "NaN", "Infinity", "1e20"])
def test_a_number_of_the_rules_may_be_a_text_within_limits_only(value: str) -> None:
    assert "a number" in message(with_value(value))
    assert "a number" not in message(with_value("1e19"))


def test_half_a_character_is_refused_where_it_would_be_repeated() -> None:
    request = {"v": 1, "op": "estimate", "scheme": "oppfolging-voksne", "answers": {"\ud800": 1}}
    assert message(json.dumps(request)).startswith("UnicodeEncodeError")
    assert message(json.dumps({"v": 1, "op": "load", "scheme": {"\ud800": 1}, "messages": {}}))
