"""The conditions that the tests of the calculators rely on hold in every browser of the tests."""

import re
from collections.abc import Callable
from functools import partial

import playwright.sync_api as playwright
import pytest

from tests import patience
from tests.browser.calculator import Calculator
from tests.browser.conftest import GENERAL, OpenContext, Watch, go_to_calculator
from tests.browser.engines import page as engines
from tests.browser.engines.page import AnyPage, expect, until

pytestmark = pytest.mark.every_engine

ON_PURPOSE = {
    "example.org": 'document.body.append(Object.assign(new Image(), {src: "https://example.org/"}))',
    "told on purpose": 'console.error("told on purpose")',
    "warned on purpose": 'console.warn("warned on purpose")',
    "thrown on purpose": 'setTimeout(() => { throw new Error("thrown on purpose"); })',
    "rejected on purpose": '(() => { Promise.reject(new Error("rejected on purpose")); })()',
}


def test_the_watch_hears_what_goes_wrong_in_a_page(page: AnyPage, watch: Watch) -> None:
    page.goto("/om/")
    for sign, mistake in ON_PURPOSE.items():
        page.evaluate(f"() => {{ {mistake}; }}")

        def heard(sign: str = sign) -> list[str]:
            page.evaluate("0")
            return [complaint for complaint in watch.complaints if sign in complaint]

        assert until(heard, bool), (sign, watch.complaints)
    watch.complaints.clear()
    watch.requests.clear()


def test_a_context_shares_nothing_with_another(page: AnyPage, open_context: OpenContext) -> None:
    watch = Watch(page.url)
    with open_context(watch) as context:
        other = context.new_page()
        other.goto("/om/")
        other.evaluate("localStorage.setItem('kept', 'by one')")
        assert other.evaluate("localStorage.length") == 1
        page.goto("/om/")
        assert page.evaluate("localStorage.length") == 0
    assert watch.complaints == []


def fails_soon(claim: Callable[[], None]) -> None:
    """What does not hold, and will not, is not waited for."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PATIENCE", "LONGEST"):
            patch.setattr(patience, name, 0.1)
        patch.setattr(engines, "SECONDS_OF_A_LOOK", 0.1)
        # Playwright's word for several elements where there should be one is not an assertion.
        with pytest.raises((AssertionError, playwright.Error)):
            claim()


type Expectation = Callable[[Calculator], None]

# Of the general calculator's page: what is so, and the same that is not.
SO: list[tuple[Expectation, Expectation]] = [
    (
        lambda c: expect(c.output).to_have_attribute("aria-live", "off"),
        lambda c: expect(c.output).to_have_attribute("aria-live", "polite"),
    ),
    (
        lambda c: expect(c.output).not_to_have_attribute("aria-live", "polite"),
        lambda c: expect(c.output).not_to_have_attribute("aria-live", "off"),
    ),
    (
        lambda c: expect(c.page.locator("h1")).to_have_text(" Egen\n nedtrapping"),
        lambda c: expect(c.page.locator("h1")).to_have_text("nedtrapping"),
    ),
    (
        lambda c: expect(c.page.locator("h1")).to_contain_text("nedtrapping"),
        lambda c: expect(c.page.locator("h1")).to_contain_text("opptrapping"),
    ),
    (
        lambda c: expect(c.control("positions")).to_have_value("2,5"),
        lambda c: expect(c.control("positions")).to_have_value("2"),
    ),
    (
        lambda c: expect(c.control("positions")).to_be_enabled(),
        lambda c: expect(c.control("own_cap")).to_be_enabled(),
    ),
    (
        lambda c: expect(c.control("positions")).to_be_focused(),
        lambda c: expect(c.control("own_rate")).to_be_focused(),
    ),
    (
        lambda c: expect(c.control("positions")).to_be_visible(),
        lambda c: expect(c.error("positions")).to_be_visible(),
    ),
    (
        lambda c: expect(c.error("positions")).to_be_hidden(),
        lambda c: expect(c.control("positions")).to_be_hidden(),
    ),
    (
        lambda c: expect(c.page.locator("h1")).to_have_count(1),
        lambda c: expect(c.page.locator("h1")).to_have_count(2),
    ),
    (
        lambda c: expect(c.page).to_have_url(re.compile("/egen-nedtrapping/$")),
        lambda c: expect(c.page).to_have_url(re.compile("/egen/$")),
    ),
]


def test_what_is_so_is_found_so_and_nothing_else(page: AnyPage) -> None:
    calculator = go_to_calculator(page, GENERAL, "nb")
    calculator.control("positions").fill("2,5")
    calculator.control("own_cap").evaluate("(control) => { control.disabled = true; }")
    for is_so, is_not in SO:
        is_so(calculator)
        fails_soon(partial(is_not, calculator))


def test_what_is_said_of_one_does_not_hold_for_some(page: AnyPage) -> None:
    fields = go_to_calculator(page, GENERAL, "nb").form.locator("[data-field-for]")
    assert fields.count() > 1
    fails_soon(lambda: expect(fields).to_have_attribute("class", "field ds-field"))
    expect(fields.first).to_have_attribute("class", "field ds-field")
