"""The workbook as a file, for whoever opens it. tests/recalculation/ changes what is in it."""

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import HealthCheck, assume, given, settings
from openpyxl import load_workbook

from builder.bundle import exercise
from builder.kit.i18n import LANGS, Translations
from calc.plan import estimate
from calc.rules import Lang, SchemeRules
from tests.calc.conftest import Ask
from tests.calc.strategies import cases
from tests.calc.workbooks import PAGE, differences, layout, made_of, plan_of, sheets

# In every spreadsheet program of the last ten years.
FUNCTIONS = {"COUNT", "IF", "INT", "ISNUMBER", "MIN", "N", "ROUND", "ROWS", "SUM"}
ANSWERS = {
    "track": "act-fact",
    "positions": "6,5",
    "cost_per_position": "850 000",
    "share_year_3": 70,
    "share_year_4": 40,
}


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(case=cases())
def test_viewers_that_do_not_calculate_show_the_plan(
    translations: Translations, case: tuple[SchemeRules, dict[str, object]]
) -> None:
    result = estimate(*case)
    assume(result.plan)
    texts = translations.catalogue("nb")
    sheet = sheets(made_of(result, texts), values=True)["Beregning"]
    found = layout(sheet, result, texts)
    plan, totals = plan_of(lambda row, column: sheet.cell(row, column).value, found)
    assert not list(differences(result, plan, totals))


def test_the_same_result_gives_the_same_bytes(ask: Ask, translations: Translations) -> None:
    result, texts = ask("oppfolging-voksne", **ANSWERS), translations.catalogue("nb")
    made = made_of(result, texts)
    assert made == made_of(result, texts)
    with ZipFile(BytesIO(made)) as archive:
        # What zlib makes of it differs from one Python to another.
        assert {part.compress_type for part in archive.infolist()} == {ZIP_STORED}
        assert {part.date_time[0] for part in archive.infolist()} == {1980}
    book = load_workbook(BytesIO(made))
    assert (book.properties.created.date(), book.properties.modified.date()) == (PAGE.day,) * 2
    assert PAGE.address in (book.properties.description or "")


@pytest.mark.parametrize("lang", LANGS)
def test_the_sheets_are_named_printed_and_locked(
    ask: Ask, translations: Translations, lang: Lang
) -> None:
    texts = translations.catalogue(lang)
    book = load_workbook(BytesIO(made_of(ask("oppfolging-voksne", **ANSWERS), texts)))
    names = {"nb": ["Beregning", "Forklaring", "Kilder"], "nn": ["Utrekning", "Forklaring"]}
    assert book.sheetnames[: len(names[lang])] == names[lang]
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        # One page wide (as where nothing is said), and as high as it gets.
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == 0
    first = book.worksheets[0]
    assert first.freeze_panes == "A3"
    assert first.protection.sheet
    assert not first.protection.password
    found = layout(first, ask("oppfolging-voksne", **ANSWERS), texts)
    unlocked = {cell.row for row in first.iter_rows() for cell in row if not cell.protection.locked}
    fixed = ("track", "plan_year", "years_received", "taper_assumption")
    assert unlocked == {row for name, row in found.inputs.items() if name not in fixed}
    ranges = {str(rule.sqref) for rule in first.data_validations.dataValidation}
    assert ranges == {f"B{row}" for row in unlocked}


def test_an_answer_not_given_is_an_empty_cell(ask: Ask, translations: Translations) -> None:
    texts = translations.catalogue("nb")
    result = ask("oppfolging-voksne", track="act-fact", positions=10)
    sheet = sheets(made_of(result, texts), values=True)["Beregning"]
    found = layout(sheet, result, texts)
    assert sheet.cell(found.inputs["share_year_3"], 2).value is None
    assert sheet.cell(found.years[2027], found.columns["award"]).value == "Ukjent"
    assert found.sums is not None
    assert sheet.cell(found.sums, found.columns["award"]).value == "Ikke komplett"


@pytest.mark.parametrize("answers", exercise.ANSWERS)
def test_only_functions_that_every_program_has(
    translations: Translations, answers: dict[str, object]
) -> None:
    result = estimate(exercise.scheme(), answers)
    if not result.plan:
        return
    sheet = sheets(made_of(result, translations.catalogue("nb")), values=False)["Beregning"]
    formulas = [c.value for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert formulas
    used = {name for formula in formulas for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", formula)}
    assert used <= FUNCTIONS


def test_texts_are_never_formulas(translations: Translations) -> None:
    scheme = exercise.scheme()
    evil = replace(scheme.name, nb='=HYPERLINK("https://example.org")', nn=None)
    result = estimate(replace(scheme, name=evil), exercise.ANSWERS[0])
    sheet = sheets(made_of(result, translations.catalogue("nb")), values=False)["Beregning"]
    (cell,) = [c for row in sheet.iter_rows() for c in row if c.value == evil.nb]
    assert cell.data_type == "s"


def test_the_explanation_has_every_step_and_the_sources_every_source(
    ask: Ask, translations: Translations
) -> None:
    result, texts = ask("oppfolging-voksne", **ANSWERS), translations.catalogue("nb")
    book = sheets(made_of(result, texts), values=True)
    said = [str(c.value) for row in book["Forklaring"].iter_rows() for c in row if c.value]
    for step in result.steps:
        line = texts.text(f"step.{step.code}", **step.values)
        assert any(cell.startswith(line) for cell in said), line
    links = [c.hyperlink.target for row in book["Kilder"].iter_rows() for c in row if c.hyperlink]
    assert links
    assert all(link.startswith("https://www.helsedirektoratet.no/") for link in links)
