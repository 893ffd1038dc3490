"""A reader's actions on a result: files, comparing, printing, and taking a reset back."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from builder.kit.i18n import Translations
from tests.browser.calculator import Calculator
from tests.browser.conftest import OpenCalculator, Watch
from tests.browser.engines.page import expect, until

PATH = "/oppfolging-voksne/kalkulator/"
CONTENT = "År;Tilskudd\r\n2025;3250000\r\n"

# Stands in for Python's answers to some operations; what they were asked for is kept.
ANSWERS = """
window.asked = [];
window.answers = %s;
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message) {
  const request = message.request && message.type === "request" && JSON.parse(message.request);
  const answer = request && window.answers[request.op];
  if (!answer) {
    post.call(this, message);
    return;
  }
  window.asked.push(request);
  const text = JSON.stringify(answer).replaceAll("POSITIONS", () =>
    (request.alternatives ?? []).map((one) => `${one.name}=${one.answers.positions}`).join());
  const data = { type: "response", id: message.id, response: text };
  this.dispatchEvent(new MessageEvent("message", { data }));
};
"""


def give(page: Page, **answers: dict[str, Any]) -> None:
    told = {op: {"v": 1, "status": "estimate", **answer} for op, answer in answers.items()}
    page.add_init_script(ANSWERS % json.dumps(told))


def asked(page: Page, op: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("window.asked")
    return [request for request in found if request["op"] == op]


def press(page: Page, tool: str) -> None:
    page.locator(f'[data-tool="{tool}"]').click()


@pytest.mark.parametrize(
    ("op", "name", "answer"),
    [
        pytest.param("csv", "tilskudd.csv", {"text": CONTENT}, marks=pytest.mark.smoke),
        ("workbook", "tilskudd.xlsx", {"base64": base64.b64encode(CONTENT.encode()).decode()}),
    ],
)
def test_a_file_is_made_of_the_answers_and_kept_by_the_browser(
    page: Page, open_calculator: OpenCalculator, op: str, name: str, answer: dict[str, str]
) -> None:
    give(page, **{op: {"name": name, **answer}})
    page.clock.set_fixed_time("2026-11-22T23:30:00Z")
    calculator = open_calculator("oppfolging-voksne")
    calculator.answer(positions="6,5")
    calculator.expect_plan("award", {2025: 3_250_000})
    with page.expect_download() as waiting:
        press(page, op)
    download = waiting.value
    assert download.suggested_filename == name
    assert Path(download.path()).read_bytes() == CONTENT.encode()
    expect(page.locator('[data-note="result"]')).to_contain_text(name)
    expect(page.locator(f'[data-tool="{op}"]')).not_to_have_attribute("aria-busy", "true")
    (request,) = asked(page, op)
    assert request["v"] == 1
    assert request["scheme"] == "oppfolging-voksne"
    assert request["lang"] == "nb"
    assert request["answers"]["positions"] == "6,5"
    assert "full_award" in request["answers"]
    # The day in Norway, where it is past midnight; an address that gives the answers again.
    version = calculator.form.get_attribute("data-version")
    assert request["page"]["date"] == "2026-11-23"
    assert request["page"]["version"] == version
    assert re.search(rf"{PATH}#svar=1&.*positions=6,5", request["page"]["address"])


def test_a_file_that_can_not_be_made_is_told_and_can_be_tried_again(
    page: Page, open_calculator: OpenCalculator, watch: Watch, translations: Translations
) -> None:
    give(page, workbook={"status": "bad_request", "message": "made to fail"})
    open_calculator("oppfolging-voksne")
    t = translations.translator("nb")
    note = page.locator('[data-note="result"] [role="status"]')
    press(page, "workbook")
    expect(note).to_have_text(t("download.failed"))
    page.evaluate(
        "window.answers.workbook = {v: 1, status: 'estimate', name: 'a.xlsx', base64: ''}"
    )
    with page.expect_download():
        press(page, "workbook")
    expect(note).to_contain_text("a.xlsx")
    assert len(watch.complaints) == 1
    watch.complaints.clear()


# --- Comparing ---


def comparing(page: Page, open_calculator: OpenCalculator) -> Calculator:
    fold = "<details data-fold='x'><summary>x</summary></details>"
    html = f"<p data-pair='POSITIONS'>POSITIONS</p>{fold}"
    give(page, compare={"html": html, "summary": "Forskjell: POSITIONS"})
    calculator = open_calculator("oppfolging-voksne")
    calculator.answer(positions="4")
    calculator.expect_plan("award", {2025: 2_000_000})
    press(page, "compare")
    return calculator


def expect_pair(page: Page, kept: str, now: str) -> None:
    expect(page.locator(f'[data-compared] [data-pair="{kept},{now}"]')).to_have_count(1)


@pytest.mark.smoke
def test_the_answers_are_kept_and_compared_with_the_next(
    page: Page, open_calculator: OpenCalculator
) -> None:
    calculator = comparing(page, open_calculator)
    expect(page.locator("#sammenligning")).to_be_focused()
    expect_pair(page, "Alternativ A=4", "Alternativ B=4")
    page.locator("[data-compared] summary").click()
    calculator.answer(positions="6")
    expect_pair(page, "Alternativ A=4", "Alternativ B=6")
    # What the reader opened is open in the new comparison too.
    expect(page.locator("[data-compared] details")).to_have_attribute("open", "")
    # Screen readers are told the difference rather than the result.
    said = calculator.form.locator('.ds-sr-only[role="status"]')
    expect(said).to_have_text("Forskjell: Alternativ A=4,Alternativ B=6")


def test_alternatives_have_names_that_are_no_answers(
    page: Page, open_calculator: OpenCalculator
) -> None:
    calculator = comparing(page, open_calculator)
    page.locator("#navn-kept").fill("Lite team")
    page.locator("#navn-now").fill("")
    expect_pair(page, "Lite team=4", "Alternativ B=4")
    assert set(asked(page, "compare")[-1]["alternatives"][1]["answers"]) == set(
        asked(page, "compare")[-1]["alternatives"][0]["answers"]
    )
    calculator.answer(positions="5")
    calculator.expect_plan("award", {2025: 2_500_000})
    expect_pair(page, "Lite team=4", "Alternativ B=5")


def test_alternatives_change_places(page: Page, open_calculator: OpenCalculator) -> None:
    calculator = comparing(page, open_calculator)
    calculator.answer(positions="6", share_year_3="70")
    expect_pair(page, "Alternativ A=4", "Alternativ B=6")
    press(page, "swap")
    expect(calculator.control("positions")).to_have_value("4")
    expect(calculator.control("share_year_3")).to_have_value("")
    calculator.expect_plan("award", {2025: 2_000_000})
    expect_pair(page, "Alternativ B=6", "Alternativ A=4")
    expect(page.locator('[data-note="result"]')).to_contain_text("Alternativ A")


def test_a_comparison_ends(page: Page, open_calculator: OpenCalculator) -> None:
    calculator = comparing(page, open_calculator)
    expect_pair(page, "Alternativ A=4", "Alternativ B=4")
    press(page, "end")
    expect(page.locator("[data-comparison]")).to_have_count(0)
    expect(page.locator('[data-tool="compare"]')).to_be_focused()
    before = len(asked(page, "compare"))
    calculator.answer(positions="3")
    calculator.expect_plan("award", {2025: 1_500_000})
    assert len(asked(page, "compare")) == before
    press(page, "compare")
    expect_pair(page, "Alternativ A=3", "Alternativ B=3")


def test_the_keyboard_is_enough_to_compare(page: Page, open_calculator: OpenCalculator) -> None:
    give(page, compare={"html": "<p data-pair='POSITIONS'></p>", "summary": "x"})
    open_calculator("oppfolging-voksne")
    page.locator('[data-tool="compare"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sammenligning")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.locator('[data-tool="swap"]')).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator('[data-tool="compare"]')).to_be_focused()


# --- Reset ---


@pytest.mark.smoke
def test_a_reset_can_be_taken_back(page: Page, open_calculator: OpenCalculator) -> None:
    calculator = open_calculator("oppfolging-voksne")
    answers = {"plan_year": "2024", "years_received": "1", "full_award": "900 000"}
    calculator.answer(**answers, taper_assumption="even")
    expect(calculator.output.locator(".origin-assumption").first).to_be_visible()
    before = calculator.html()
    page.locator('[type="reset"]').click()
    calculator.expect_plan("award", {2025: 5_000_000})
    undo = page.locator('[data-tool="undo"]')
    undo.click()
    calculator.expect_html(before)
    for name in ("plan_year", "full_award"):
        expect(calculator.control(name)).to_have_value(answers[name])
    expect(page.locator('[type="reset"]')).to_be_focused()
    expect(undo).to_have_count(0)


def test_what_was_reset_can_not_be_had_back_after_the_next_answer(
    page: Page, open_calculator: OpenCalculator
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    calculator.answer(positions="4")
    calculator.expect_plan("award", {2025: 2_000_000})
    page.locator('[type="reset"]').click()
    expect(page.locator('[data-tool="undo"]')).to_be_visible()
    calculator.answer(positions="5")
    expect(page.locator('[data-tool="undo"]')).to_have_count(0)


def test_a_reset_that_took_nothing_offers_nothing(
    page: Page, open_calculator: OpenCalculator
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    page.locator('[type="reset"]').click()
    calculator.answer(positions="5")
    calculator.expect_plan("award", {2025: 2_500_000})
    expect(page.locator('[data-tool="undo"]')).to_have_count(0)


# --- Printing ---

PAPER = {"width": 680, "height": 960}
WHITE = "rgb(255, 255, 255)"


def test_a_printed_result_is_a_case_note(
    page: Page, open_calculator: OpenCalculator, translations: Translations
) -> None:
    page.clock.set_fixed_time("2026-11-22T23:30:00Z")
    calculator = open_calculator("oppfolging-voksne")
    note = page.locator(".case-note")
    expect(note).to_be_hidden()
    calculator.answer(positions="6,5", cost_per_position="900 000")
    calculator.expect_plan("award", {2025: 3_250_000})
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    t = translations.translator("nb")
    expect(note).to_be_visible()
    for text in (
        t("note.heading"),
        "Oppfølging av voksne med behov for langvarig oppfølging og sammensatte tjenester",
        "23. november 2026",
        str(calculator.form.get_attribute("data-version")),
        page.url,
        "2025",
    ):
        expect(note).to_contain_text(text)
    for part in ("table.result-table", ".chart", ".steps", ".caveats", ".result-sources"):
        expect(calculator.output.locator(part)).to_be_visible()
    for part in ("nav.site-nav", ".calculator-form", ".calculator-actions", ".worked-examples"):
        expect(page.locator(part).first).to_be_hidden()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    # On dark screens too, paper is light.
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == WHITE


def test_the_rule_year_of_the_case_note_is_that_of_the_answer(
    page: Page, open_calculator: OpenCalculator
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    place = page.locator("[data-rules-year]")
    expect(place).to_have_text("2025")
    calculator.answer(plan_year="2027", years_received="3")
    calculator.answer(full_award="1 000 000")
    expect(place).to_have_text("2024")


def test_the_button_prints(page: Page, open_calculator: OpenCalculator) -> None:
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    open_calculator("oppfolging-voksne")
    press(page, "print")
    assert until(lambda: page.evaluate("window.printed"), bool) == 1


def test_the_version_is_that_of_the_calculator_and_the_rules(page: Page) -> None:
    versions = {}
    for path in (PATH, f"/nn{PATH}", "/tryggest/kalkulator/"):
        page.goto(path)
        versions[path] = page.locator("form[data-calculator]").get_attribute("data-version")
    assert re.fullmatch("[0-9a-f]{8}", str(versions[PATH]))
    assert versions[PATH] == versions[f"/nn{PATH}"]
    assert versions[PATH] != versions["/tryggest/kalkulator/"]
