"""The CSV file: right in a spreadsheet, whole, and never a formula."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.bundle import exercise
from builder.kit.i18n import LANGS, Translations
from calc.browser import handle
from calc.export import Page, csv_text, harmless
from calc.messages import Catalogue
from calc.plan import estimate
from calc.rules import Lang, SchemeRules, Text
from tests.calc.conftest import Ask
from tests.calc.workbooks import PAGE


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def table(text: str, texts: Catalogue) -> list[dict[str, str]]:
    """The plan by the heads of its columns."""
    lines = rows(text)
    start = next(n for n, row in enumerate(lines) if row[:1] == [texts.text("column.year")])
    end = next(n for n in range(start, len(lines)) if not lines[n])
    return [dict(zip(lines[start], row, strict=False)) for row in lines[start + 1 : end]]


@pytest.fixture
def texts(translations: Translations) -> Catalogue:
    return translations.catalogue("nb")


def test_it_is_written_for_a_norwegian_spreadsheet(ask: Ask, texts: Catalogue) -> None:
    result = ask(
        "oppfolging-voksne",
        track="act-fact",
        positions="6,5",
        share_year_3="33,33",
        share_year_4=20,
        cost_per_position="850 000",
    )
    text = csv_text(result, PAGE, texts)
    assert text.startswith("\ufeff")
    assert text.count("\n") == text.count("\r\n")
    first, _, third, _, total = table(text, texts)
    assert first["Kostnad (kr)"] == "5525000"
    assert first["Tilskudd, inntil (kr)"] == "3250000"
    assert third["Andel (prosent)"] == "33,33"
    assert third["Merknad"] == "ditt tall"
    assert total["År"] == "Sum"
    assert total["Egenfinansiering (kr)"] == str(result.total("own_funding"))
    given = {row[0]: row[1:] for row in rows(text) if len(row) == 4}
    assert given["Planlagte årsverk"] == ["6,5", "årsverk", "ditt svar"]
    said = [row[0] for row in rows(text) if row]
    assert said[0] == "Anslag, ikke vedtak"
    assert ["Dato", "22.11.2026"] in rows(text)
    assert ["Adresse", PAGE.address] in rows(text)
    assert any(cell.startswith("https://www.helsedirektoratet.no/") for cell in rows(text)[-1])


def test_what_is_missing_never_looks_like_zero(ask: Ask, texts: Catalogue) -> None:
    result = ask("oppfolging-voksne", track="act-fact", positions=10)
    *_, third, fourth, total = table(csv_text(result, PAGE, texts), texts)
    for year in (third, fourth):
        assert (year["Tilskudd, inntil (kr)"], year["Andel (prosent)"]) == ("Ukjent", "Ukjent")
    assert total["Tilskudd, inntil (kr)"] == "Ikke komplett"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("answers", exercise.ANSWERS)
def test_every_plan_has_its_years_and_sums(
    translations: Translations, lang: Lang, answers: dict[str, object]
) -> None:
    result = estimate(exercise.scheme(), answers)
    if not result.plan:
        return
    texts = translations.catalogue(lang)
    said = table(csv_text(result, PAGE, texts), texts)
    award = texts.text("export.column.award")
    shown = [row[award] for row in said[: len(result.plan)]]
    unknown = texts.text("cell.unknown")
    assert shown == [unknown if r.award is None else str(r.award) for r in result.plan]
    if len(result.plan) > 1:
        total = result.total("award")
        assert said[-1][award] == (texts.text("cell.incomplete") if total is None else str(total))


@pytest.mark.parametrize("evil", ['=1+1;"x', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_text_starts_a_formula(texts: Catalogue, evil: str) -> None:
    scheme = exercise.scheme()
    scheme = SchemeRules(slug=scheme.slug, name=Text(nb=evil + "."), rules=scheme.rules)
    page = Page(address=evil, day=date(2026, 11, 22), version=evil)
    result = estimate(scheme, exercise.ANSWERS[0])
    cells = [cell for row in rows(csv_text(result, page, texts)) for cell in row]
    assert [c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []
    assert cells.count(f"'{evil}") == 2


@given(text=st.text())
def test_a_harmless_text_is_left_alone(text: str) -> None:
    said = harmless(text)
    assert said in (text, f"'{text}")
    assert said == text or text[0] in "=+-@\t\r\n"


def request(**more: object) -> dict[str, Any]:
    page = {"address": "https://example.org", "date": "2026-11-22", "version": "1"}
    asked = {"v": 1, "lang": "nb", "op": "csv", "scheme": "eksempel", "page": page, **more}
    answer: dict[str, Any] = json.loads(handle(json.dumps(asked)))
    return answer


@pytest.fixture
def loaded(translations: Translations) -> None:
    handle(exercise.requests(translations)[0])


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("op", "content"), [("csv", "text"), ("workbook", "base64")])
def test_without_a_plan_there_is_no_file(op: str, content: str) -> None:
    answer = request(op=op, answers={"track": "skjonn", "plan_year": 2030})
    assert answer == {"v": 1, "status": "not_computable", "name": None, content: None}
    answer = request(op=op, answers={"track": "stillinger", "plan_year": 2030, "positions": 1})
    assert answer["name"].startswith("eksempel-2030.")
    assert answer[content]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "page",
    [
        None,
        [],
        {},
        {"address": 1, "date": "2026-11-22", "version": "1"},
        {"address": "", "date": "", "version": ""},
        {"address": "", "date": "i dag", "version": ""},
        {"address": "", "date": "2026-02-30", "version": ""},
    ],
)
def test_a_page_that_does_not_say_what_it_must_is_refused(page: object) -> None:
    assert request(page=page, answers={})["status"] == "bad_request"
