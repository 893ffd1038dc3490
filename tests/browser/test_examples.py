"""The browser gives what CPython gives: for every worked example, and for the form as it comes."""

import json
from pathlib import Path
from typing import Any

import pytest

from builder.content import Scheme, Site
from builder.kit.i18n import Translations
from builder.views.calculator import typed
from calc.browser import handle
from calc.codec import to_json
from calc.rules import Example, Lang
from tests.browser.calculator import Calculator
from tests.browser.conftest import GENERAL, OpenCalculator

pytestmark = pytest.mark.every_engine

SLUGS = sorted(
    path.parent.name
    for path in (Path(__file__).resolve().parents[2] / "content").glob("*/scheme.yaml")
)
OPENING = ("track", "plan_year", "years_received")


def cpython(request: dict[str, Any]) -> dict[str, Any]:
    answer = json.loads(handle(json.dumps({"v": 1, **request})))
    assert answer["status"] != "bad_request", answer
    return dict(answer)


def load_rules(scheme: Scheme, lang: Lang, translations: Translations) -> None:
    rules, messages = to_json(scheme.calculator), translations.of_calc(lang)
    cpython({"op": "load", "scheme": rules, "messages": messages, "lang": lang})


def as_typed(name: str, value: object) -> str:
    """An answer of the rules' files as a reader gives it in the form."""
    return str(value) if name in OPENING or name == "use_years" else typed(value)


def examples_of(scheme: Scheme) -> list[Example]:
    return [example for rules in scheme.rules for example in rules.examples]


def example_answers(example: Example) -> dict[str, str]:
    return {name: as_typed(name, value) for name, value in example.answers.items()}


def whole_form(scheme: Scheme, example: Example, fields: list[str]) -> dict[str, str]:
    """What the form holds when these questions are shown and the example is typed."""
    given = example_answers(example)
    # Lists always have an answer: the first.
    track = next(iter(scheme.calculator.latest.tracks))
    first = {"track": track, "years_received": "0", "use_years": "1"}
    return {name: given.get(name, first.get(name, "")) for name in fields}


def give(calculator: Calculator, answers: dict[str, str]) -> None:
    """Answer every question that is shown, those first that decide what is asked."""
    calculator.answer(**{name: answers[name] for name in OPENING if name in answers})
    calculator.expect_fields(list(answers))
    calculator.answer(**{name: value for name, value in answers.items() if name not in OPENING})


def check_as_built(calculator: Calculator) -> None:
    """The page as it was built shows what Python in the browser gives for the same answers."""
    built = calculator.html()
    calculator.expect_state("ready")
    # Untouched, the page asks nothing; so the result is taken away, and asked for.
    assert calculator.html() == built
    calculator.output.evaluate("(output) => output.replaceChildren()")
    calculator.control("plan_year").dispatch_event("input")
    calculator.expect_html(built)


@pytest.mark.parametrize(
    ("slug", "lang"),
    [*((slug, "nb") for slug in SLUGS), ("oppfolging-voksne", "nn")],
)
def test_the_built_answer_and_every_worked_example_come_out_as_in_cpython(
    open_calculator: OpenCalculator,
    site: Site,
    translations: Translations,
    subtests: pytest.Subtests,
    slug: str,
    lang: Lang,
) -> None:
    scheme = site.schemes[slug]
    load_rules(scheme, lang, translations)
    calculator = open_calculator(slug, lang, wait=False)
    if calculator.form.count() == 0:
        # Nothing can be worked out, so nothing is asked; the tests of the built pages read it.
        assert {example.expect.status for example in examples_of(scheme)} <= {
            "not_computable",
            "closed",
        }
        return
    check_as_built(calculator)
    for example in examples_of(scheme):
        request = {"op": "estimate", "scheme": slug, "lang": lang}
        fields = cpython({**request, "answers": example_answers(example)})["fields"]
        answers = whole_form(scheme, example, fields)
        expected = cpython({**request, "answers": answers})
        with subtests.test(example.title.nb):
            assert expected["status"] == example.expect.status
            give(calculator, answers)
            calculator.expect_html(expected["html"])


def test_the_general_calculator_shows_what_python_in_the_browser_gives(
    open_calculator: OpenCalculator,
) -> None:
    check_as_built(open_calculator(GENERAL, wait=False))
