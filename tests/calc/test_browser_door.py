"""The door: JSON in, JSON out, whatever comes in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.bundle import exercise
from builder.content import Site
from builder.kit.i18n import LANGS, Translations
from builder.views.calculator import own_taper
from calc.browser import handle
from calc.codec import from_json, to_json
from calc.rules import Lang, SchemeRules


def load(site: Site, translations: Translations, slug: str, lang: Lang) -> dict[str, Any]:
    request = {
        "v": 1,
        "op": "load",
        "lang": lang,
        "scheme": to_json(site.schemes[slug].calculator),
        "messages": translations.of_calc(lang),
    }
    answer: dict[str, Any] = json.loads(handle(json.dumps(request)))
    return answer


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
    assert load(site, translations, "oppfolging-voksne", "nb") == {"v": 1, "status": "loaded"}
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


def test_a_problem_comes_with_its_field_and_a_text_that_says_what_is_allowed(
    site: Site, translations: Translations
) -> None:
    load(site, translations, "oppfolging-voksne", "nb")
    answer = estimate("oppfolging-voksne", track="act-fact", positions="1001")
    assert answer["status"] == "invalid"
    (problem,) = answer["problems"]
    assert (problem["field"], problem["code"]) == ("positions", "too_high")
    assert "1\u00a0000" in problem["text"]


def test_a_mistake_in_an_opening_question_leaves_the_form_as_it_is(
    site: Site, translations: Translations
) -> None:
    load(site, translations, "oppfolging-voksne", "nb")
    assert estimate("oppfolging-voksne", plan_year="i fjor")["fields"] is None


def test_rules_may_come_with_the_request(site: Site, translations: Translations) -> None:
    load(site, translations, "oppfolging-voksne", "nb")
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
        ('{"v": 1e20}', "BadRequest: a number is out of range"),
        ('{"v": 1.0e-20}', "BadRequest: a number is out of range"),
        ('{"v": 1.5e19}', "BadRequest: expected an object with v = 1"),
        ('{"v": 1.5e-19}', "BadRequest: expected an object with v = 1"),
    ],
)
def test_a_refusal_says_what_was_expected(request_text: str, message: str) -> None:
    assert json.loads(handle(request_text)) == {
        "v": 1,
        "status": "bad_request",
        "message": message,
    }


def test_a_long_mistake_is_told_in_short() -> None:
    request = json.dumps({"v": 1, "op": "x" * 1000})
    assert len(json.loads(handle(request))["message"]) == 300


def test_messages_must_be_loaded_for_the_language_asked_for(
    site: Site, translations: Translations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calc.browser._catalogues", {})
    load(site, translations, "tryggest", "nb")
    assert estimate("tryggest", "nn")["message"] == "BadRequest: no messages are loaded for nn"
    load(site, translations, "tryggest", "nn")
    assert "tilskot" in estimate("tryggest", "nn", requested_amount=1)["html"]
    assert "tilskudd" in estimate("tryggest", "nb", requested_amount=1)["html"]


def test_answers_are_compact_and_keep_norwegian_letters(
    site: Site, translations: Translations
) -> None:
    load(site, translations, "tryggest", "nb")
    request = {"v": 1, "op": "estimate", "scheme": "tryggest", "lang": "nb", "answers": {}}
    text = handle(json.dumps(request))
    assert text.startswith('{"v":1,"status":"needs_input","rules_year":2025,"track":"tiltak",')
    assert "beløpet dere vil søke om" in text


NAMES = st.sampled_from(
    ["track", "plan_year", "years_received", "positions", "full_award", "share_year_3", "x"]
)


@given(answers=st.dictionaries(NAMES, JSON), lang=st.sampled_from([*LANGS, "xx"]))
def test_whatever_is_answered_gets_a_response_and_the_same_one_twice(
    site: Site, translations: Translations, answers: dict[str, object], lang: str
) -> None:
    load(site, translations, "oppfolging-voksne", "nb")
    load(site, translations, "oppfolging-voksne", "nn")
    request = json.dumps(
        {"v": 1, "op": "estimate", "scheme": "oppfolging-voksne", "lang": lang, "answers": answers}
    )
    first = handle(request)
    assert handle(request) == first
    assert json.loads(first)["v"] == 1


@given(request=JSON)
def test_any_json_gets_a_response(request: object) -> None:
    assert json.loads(handle(json.dumps(request)))["status"] == "bad_request"
