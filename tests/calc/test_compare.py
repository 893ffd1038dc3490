"""Two sets of answers side by side: nothing missing is counted, and nobody is left in doubt."""

import json
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from builder.bundle import exercise
from builder.kit.i18n import LANGS, Translations
from calc.browser import handle
from calc.rules import Lang

WHOLE = {
    "track": "stillinger",
    "plan_year": 2030,
    "positions": "4",
    "cost_per_position": "900 000",
    "share_year_3": "50",
    "share_year_4": "25",
}


def compare(lang: Lang, *answers: dict[str, object], names: str = "AB") -> dict[str, Any]:
    alternatives = [{"name": n, "answers": a} for n, a in zip(names, answers, strict=True)]
    request = {"v": 1, "op": "compare", "lang": lang, "scheme": "eksempel"}
    answer: dict[str, Any] = json.loads(
        handle(json.dumps({**request, "alternatives": alternatives}))
    )
    return answer


@pytest.fixture(autouse=True)
def loaded(translations: Translations) -> None:
    for request in exercise.requests(translations):
        if '"op": "load"' in request:
            handle(request)


def body(answer: dict[str, Any]) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    parsed: Element = parser.parseFragment(answer["html"])
    return parsed


def column(answer: dict[str, Any], field: str, where: str = "tbody") -> list[list[str | None]]:
    rows = body(answer).findall(f".//{where}/tr")
    cells = [row.findall(f"td[@data-field='{field}']") for row in rows]
    return [[c.get("data-value") or c.get("data-total") for c in row] for row in cells if row]


def test_each_year_has_both_and_the_difference() -> None:
    answer = compare("nb", WHOLE, {**WHOLE, "positions": "3"})
    assert answer["status"] == "estimate"
    assert column(answer, "award") == [
        ["2400000", "1800000"],
        ["1600800", "1200600"],
        ["1200000", "900000"],
        ["600000", "450000"],
    ]
    assert column(answer, "award_difference") == [
        ["-600000"],
        ["-400200"],
        ["-300000"],
        ["-150000"],
    ]
    assert column(answer, "award", "tfoot") == [["5800800", "4350600"]]
    assert column(answer, "award_difference", "tfoot") == [["-1450200"]]
    assert column(answer, "own_funding_difference")[0] == ["-300000"]
    assert "A gir 1\u00a0450\u00a0200\u00a0kr mer." in answer["summary"]
    differing = [
        row.get("data-answer") for row in body(answer).iter("tr") if row.get("data-answer")
    ]
    assert differing == ["positions"]


def test_what_is_missing_is_no_zero_and_has_no_difference() -> None:
    partial = {**WHOLE, "share_year_4": ""}
    answer = compare("nb", WHOLE, partial)
    assert answer["status"] == "needs_input"
    assert column(answer, "award")[3] == ["600000", None]
    assert column(answer, "award_difference")[3] == [None]
    assert column(answer, "award", "tfoot") == [["5800800", None]]
    assert column(answer, "award_difference", "tfoot") == [[None]]
    assert answer["html"].count("Ukjent") == 1
    assert "B mangler" in answer["summary"]


def test_different_first_years_are_set_side_by_side_by_calendar_year() -> None:
    later = {**WHOLE, "plan_year": 2032, "years_received": 2}
    answer = compare("nb", WHOLE, later)
    years = [row.get("data-year") for row in body(answer).iter("tr") if row.get("data-year")]
    assert years == ["2030", "2031", "2032", "2033", "2034", "2035"]
    awards = column(answer, "award")
    assert awards[0] == ["2400000", None]
    assert awards[2] == ["1200000", "1200000"]
    assert awards[5] == [None, "0"]
    assert column(answer, "award_difference")[2:4] == [["0"], ["0"]]
    # Sums over other years are no answer to the same question.
    assert column(answer, "award_difference", "tfoot") == [[None]]
    assert "Planene dekker ikke de samme årene" in answer["html"]
    assert "mer" not in answer["summary"].split()


def test_an_alternative_that_is_no_plan_is_named() -> None:
    answer = compare("nb", WHOLE, {**WHOLE, "positions": "fire"}, names="AX")
    assert answer["status"] == "invalid"
    assert answer["summary"].startswith("X kan ikke sammenlignes")
    assert [h.text for h in body(answer).iter("h3")] == ["X"]
    assert "Planlagte årsverk" in answer["html"]
    assert not list(body(answer).iter("table"))
    closed = compare("nb", {"track": "skjonn", "plan_year": 2031}, WHOLE)
    assert closed["status"] == "closed"


def test_equal_answers_are_told() -> None:
    answer = compare("nb", WHOLE, WHOLE)
    assert "Svarene er like." in answer["html"]
    assert "ingen forskjell" in answer["summary"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("first", exercise.ANSWERS)
def test_any_two_can_be_compared(lang: Lang, first: dict[str, object]) -> None:
    for second in (WHOLE, exercise.ANSWERS[2]):
        answer = compare(lang, first, second)
        assert answer["summary"]
        assert body(answer) is not None
        assert "{" not in answer["html"]


def test_names_are_escaped() -> None:
    answer = compare("nb", WHOLE, {**WHOLE, "positions": 1}, names=("<b>&", "\"'>"))  # type: ignore[arg-type]
    assert not list(body(answer).iter("b"))


@pytest.mark.parametrize(
    "alternatives",
    [
        None,
        [],
        [{"name": "A", "answers": {}}],
        [{"name": "A", "answers": {}}] * 3,
        [{"name": 1, "answers": {}}] * 2,
        [{"name": "A"}] * 2,
        ["A", "B"],
    ],
)
def test_anything_but_two_named_alternatives_is_refused(alternatives: object) -> None:
    request = {"v": 1, "op": "compare", "scheme": "eksempel", "alternatives": alternatives}
    assert json.loads(handle(json.dumps(request)))["status"] == "bad_request"
