"""The same question gets the same answer, byte for byte, in CPython and in the shipped runtime."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.bundle import exercise
from builder.content import Site
from builder.content.model import Scheme
from builder.kit.i18n import LANGS, Translations
from builder.views.calculator import start_answers, typed
from calc.browser import MOST_CHARACTERS, MOST_LEVELS, handle
from calc.codec import to_json
from tests.tiers import examples

from .conftest import PyodideNode

# Names that some track asks for, and one that none does.
NAMES = (
    "track",
    "plan_year",
    "years_received",
    "positions",
    "persons",
    "cost_per_position",
    "other_costs",
    "cost_growth",
    "requested_amount",
    "use_years",
    "pre_project_amount",
    "full_award",
    "share_year_3",
    "ukjent",
)
TYPED = st.one_of(
    st.integers(-10, 10_000_000),
    st.integers(-10, 10_000_000).map(lambda n: f"{n:,}".replace(",", "\u00a0")),
    st.decimals(0, 1000, places=2).map(lambda d: str(d).replace(".", ",")),
    st.integers(0, 120).map(lambda n: f"{n} %"),
    st.text(max_size=12),
    st.none(),
    st.booleans(),
)


def text(request: dict[str, Any]) -> str:
    return json.dumps({"v": 1, **request}, ensure_ascii=False)


def load(scheme: Scheme, lang: str, translations: Translations) -> str:
    messages = translations.of_calc("nn" if lang == "nn" else "nb")
    rules = to_json(scheme.calculator)
    return text({"op": "load", "scheme": rules, "messages": messages, "lang": lang})


def estimate(slug: str, lang: str, answers: dict[str, Any]) -> str:
    sent = {name: typed(a) if isinstance(a, Decimal) else a for name, a in answers.items()}
    return text({"op": "estimate", "scheme": slug, "lang": lang, "answers": sent})


def check(pyodide_node: PyodideNode, requests: list[str]) -> list[str]:
    answers = [handle(request) for request in requests]
    assert pyodide_node(requests) == answers
    return answers


def test_requests_that_exercise_every_part_of_the_rules(
    pyodide_node: PyodideNode, exercises: list[str]
):
    answers = check(pyodide_node, exercises)
    statuses = {json.loads(answer)["status"] for answer in answers}
    assert {"loaded", "estimate", "needs_input", "invalid", "bad_request"} <= statuses
    files = [said for said in map(json.loads, answers) if "text" in said]
    assert any(file["text"] is None for file in files)
    assert any(file["text"] is not None for file in files)


def test_workbooks_have_the_same_bytes(workbook_node: PyodideNode, exercises: list[str]):
    asked = exercise.workbooks()
    answers = check(workbook_node, [*exercises, *asked])[-len(asked) :]
    made = [json.loads(answer) for answer in answers]
    assert {book["name"] for book in made} >= {"eksempel-2030.xlsx", None}
    contents = [base64.b64decode(book["base64"]) for book in made if book["base64"]]
    assert len(set(contents)) > len(asked) // 2
    assert all(content.startswith(b"PK") for content in contents)


def test_a_workbook_without_what_it_needs_is_refused_and_nothing_else(
    pyodide_node: PyodideNode, exercises: list[str]
):
    load, estimate, *_ = exercises
    answers = pyodide_node([load, exercise.workbooks()[0], estimate])
    statuses = [json.loads(answer)["status"] for answer in answers]
    assert statuses == ["loaded", "bad_request", "needs_input"]


def test_published_examples_and_start_values(
    pyodide_node: PyodideNode, site: Site, translations: Translations
):
    for lang in LANGS:
        for scheme in site.schemes.values():
            examples = [e.answers for rules in scheme.rules for e in rules.examples]
            requests = [load(scheme, lang, translations)]
            for answers in (start_answers(scheme.calculator), *map(dict, examples)):
                requests.append(estimate(scheme.slug, lang, answers))
            loaded, *_ = check(pyodide_node, requests)
            assert json.loads(loaded) == {"v": 1, "status": "loaded"}


@settings(
    max_examples=examples(quick=15, thorough=150),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_is_typed(
    pyodide_node: PyodideNode, site: Site, translations: Translations, data: st.DataObject
):
    scheme = site.schemes[data.draw(st.sampled_from(sorted(site.schemes)))]
    lang = data.draw(st.sampled_from(LANGS))
    answers = data.draw(st.dictionaries(st.sampled_from(NAMES), TYPED))
    tracks = sorted({track for rules in scheme.rules for track in rules.tracks})
    answers["track"] = data.draw(st.sampled_from(tracks) | TYPED)
    answers["plan_year"] = data.draw(st.sampled_from([rules.year for rules in scheme.rules]))
    check(
        pyodide_node,
        [load(scheme, lang, translations), estimate(scheme.slug, lang, answers)],
    )


def test_nonsense(pyodide_node: PyodideNode):
    requests = ["", "{", "null", "[]", '{"v": 1}', '{"v": 2, "op": "estimate"}', "\u2028", "\0"]
    check(pyodide_node, requests)


def test_requests_at_the_limits_of_the_door(pyodide_node: PyodideNode):
    def nested(levels: int) -> str:
        return "[" * levels + "]" * levels

    unknown = '{"v": 1, "op": "unknown"}'
    requests = [
        *(nested(MOST_LEVELS + extra) for extra in (-1, 0, 1)),
        *map(nested, (5_000, 100_000)),
        *(unknown.ljust(MOST_CHARACTERS + extra) for extra in (-1, 0, 1)),
        # Longer than the door's script copies into Python.
        unknown.ljust(3 * MOST_CHARACTERS),
        text({"op": "load", "scheme": {"rules": [{"year": "1e999999"}]}}),
        '{"v": 1, "op": "\\ud800"}',
        '{"v": 1, "op": "load", "scheme": {"\\ud800": 1}, "messages": {}}',
    ]
    for answer in check(pyodide_node, requests):
        assert json.loads(answer)["status"] == "bad_request"
