"""Python comes late, or not at all: the page says so, and loses nothing that was typed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from builder.i18n import Translations
from tests.browser.calculator import Calculator
from tests.browser.conftest import OpenCalculator, Watch

type Translate = Callable[..., str]

# The files without which Python does not start.
NEEDED = [
    "**/assets/worker-*.js",
    "**/runtime/*/pyodide.mjs",
    "**/runtime/*/pyodide.asm.js",
    "**/runtime/*/pyodide.asm.wasm",
    "**/runtime/*/python_stdlib.zip",
    "**/runtime/*/pyodide-lock.json",
    "**/runtime/*/*.whl",
]


@pytest.fixture
def t(translations: Translations) -> Translate:
    return translations.translator("nb")


@contextmanager
def held_back(page: Page, pattern: str) -> Iterator[Callable[[], None]]:
    """Requests that are let through only when the test says so."""
    held: list[Route] = []
    page.route(pattern, lambda route: held.append(route))

    def let_go() -> None:
        assert held
        for route in held:
            route.continue_()
        held.clear()
        page.unroute(pattern)

    yield let_go
    for route in held:
        route.abort()


def test_what_is_typed_before_python_is_there_is_answered_when_it_is(
    open_calculator: OpenCalculator, page: Page, t: Translate
) -> None:
    with held_back(page, "**/python_stdlib.zip") as let_go:
        calculator = open_calculator("oppfolging-voksne", wait=False)
        before = calculator.html()
        calculator.expect_state("loading")
        expect(calculator.form.locator("p[data-status]")).to_have_text(t("calculator.loading"))
        calculator.answer(positions="6,5", share_year_3="70", share_year_4="40")
        # Nothing is made up meanwhile.
        assert calculator.html() == before
        let_go()
        calculator.expect_plan(
            "award", {2025: 3_250_000, 2026: 3_250_000, 2027: 2_275_000, 2028: 1_300_000}
        )
        calculator.expect_state("ready")


@pytest.mark.parametrize("pattern", NEEDED)
def test_a_missing_file_is_told(
    open_calculator: OpenCalculator, page: Page, watch: Watch, t: Translate, pattern: str
) -> None:
    page.route(pattern, lambda route: route.fulfill(status=404, body="Borte"))
    calculator = open_calculator("oppfolging-voksne", wait=False)
    calculator.expect_state("error")
    expect(calculator.form.locator("p[data-status]")).to_have_text(t("calculator.error"))
    expect(calculator.form.locator("p[data-status]")).to_be_visible()
    expect(calculator.form.get_by_role("button", name=t("calculator.retry"))).to_be_visible()
    # The built answer is still there.
    calculator.expect_plan("award", {2025: 5_000_000})
    assert watch.complaints, "Whoever looks into the console finds the reason."
    watch.complaints.clear()


def test_after_a_failure_it_can_be_tried_again(
    open_calculator: OpenCalculator, page: Page, watch: Watch, t: Translate
) -> None:
    page.route("**/pyodide.asm.wasm", lambda route: route.abort())
    calculator = open_calculator("oppfolging-voksne", wait=False)
    retry = calculator.form.get_by_role("button", name=t("calculator.retry"))
    calculator.expect_state("error")
    calculator.answer(positions="6")
    # Still no network.
    retry.click()
    expect(retry).to_be_visible()
    calculator.expect_state("error")
    page.unroute("**/pyodide.asm.wasm")
    retry.click()
    calculator.expect_state("ready")
    # What was typed meanwhile is answered.
    calculator.expect_plan("award", {2025: 3_000_000})
    expect(retry).to_have_count(0)
    watch.complaints.clear()


def test_a_file_that_never_comes_is_told_too(page: Page, watch: Watch, t: Translate) -> None:
    page.clock.install()
    with held_back(page, "**/pyodide.asm.wasm"):
        page.goto("/oppfolging-voksne/kalkulator/")
        calculator = Calculator(page)
        calculator.control("positions").focus()
        calculator.expect_state("loading")
        page.clock.fast_forward("05:00")
        calculator.expect_state("error")
        expect(calculator.form.locator("p[data-status]")).to_have_text(t("calculator.error"))
        expect(calculator.form.get_by_role("button", name=t("calculator.retry"))).to_be_visible()
    watch.complaints.clear()
