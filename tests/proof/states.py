"""The states of a page: as built, and after a reader's actions in a calculator."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.calculator import Calculator
from tests.browser.engines.page import expect, until

SCRIPTS = Path(__file__).parent / "scripts"

OPEN_ALL = """() => {
    document.querySelectorAll("details").forEach((details) => { details.open = true; });
    // What is out of sight is laid out too, so that it can be looked at.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { content-visibility: visible !important; }");
    document.adoptedStyleSheets = [sheet];
}"""
# Questions without an answer. An amount is answered with more digits than any scheme gives.
EMPTY = """(form) => [...form.querySelectorAll("input[type=text]")]
    .filter((input) => input.checkVisibility() && !input.value)
    .map((input) => [input.name, input.inputMode === "numeric" ? "12 345 678" : "20,5"])"""
WRONG = "femti"
# What a result can be when there is nothing more to ask.
ANSWERS = ("estimate", "not_computable", "closed")


def script(name: str) -> str:
    """A function that runs in the page."""
    return (SCRIPTS / f"{name}.js").read_text("utf-8")


def open_everything(page: Page) -> None:
    """Open all that can be opened: what is in there is shown to readers too."""
    page.evaluate(OPEN_ALL)


def calculator_states(page: Page, address: str) -> Iterator[str]:
    """Use the calculator at an address; yields the name of each state when the page shows it."""
    page.goto(address)
    calculator = Calculator(page)
    calculator.expect_state("ready")
    answer_everything(calculator)
    yield "answered"
    make_mistakes(calculator)
    yield "with mistakes"


def answer_everything(calculator: Calculator) -> None:
    """Answer each question that has no answer, also those that come with the answers."""

    def answer() -> tuple[int, str]:
        empty = calculator.form.evaluate(EMPTY)
        calculator.answer(**dict(empty))
        result = calculator.output.locator(".result").first
        return len(empty), result.get_attribute("data-status") or ""

    empty, status = until(answer, lambda seen: seen[0] == 0 and seen[1] in ANSWERS)
    assert empty == 0, f"{calculator.page.url}: there is always one question more"
    assert status in ANSWERS, f"{calculator.page.url}: {calculator.form.inner_text()}"


def make_mistakes(calculator: Calculator) -> None:
    """Answer every question that takes text with what is no answer to it.

    But for the year: without it, nothing is said of the other answers.
    """
    texts = calculator.form.locator("input[type=text]").filter(visible=True)
    names = texts.evaluate_all("(controls) => controls.map((control) => control.name)")
    for name in [name for name in names if name != "plan_year"] or names:
        calculator.control(name).fill(WRONG)
        calculator.control(name).blur()
        expect(calculator.error(name)).to_be_visible()
