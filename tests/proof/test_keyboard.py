"""The whole site by keyboard alone: everything is reached, in the order it is read, and is seen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.calculator import Calculator
from tests.browser.engines.page import expect, until
from tests.proof.conftest import is_translated, new_tab
from tests.proof.states import open_everything, script

FOCUS = script("colours") + script("focus")
NARROW, WIDE = 320, 1280
COLOURS: list[dict[str, Any]] = [
    {"color_scheme": scheme, "forced_colors": forced}
    for forced in ("none", "active")
    for scheme in ("light", "dark")
]
# A page with more stops than this is a trap, whatever it looks like.
MOST = 600
# A result with nothing left to ask.
DONE = "estimate"
# Which control of a form has focus, and what it holds; outside forms nothing.
AT = """() => {
    const {localName, type, name, value} = document.activeElement;
    const inside = document.activeElement.closest("form[data-calculator]");
    return inside ? [type ?? localName, name ?? "", value ?? ""] : ["", "", ""];
}"""


@pytest.fixture(scope="module")
def tab(browser: Browser, served_site: str) -> Iterator[Page]:
    with new_tab(browser, served_site) as page:
        yield page


@pytest.fixture
def live(browser: Browser, served_site: str) -> Iterator[Page]:
    with new_tab(browser, served_site, with_python=True) as page:
        yield page


def walk(page: Page) -> Iterator[str]:
    """Go over the whole page with Tab; yields what is wrong."""
    page.evaluate(FOCUS)
    assert page.evaluate("keyboard.begin()") > 0
    for number in range(MOST):
        page.keyboard.press("Tab")
        is_first = number == 0 and not has_no_menu(page)
        if is_first and not page.evaluate("document.activeElement.matches('.skip-link')"):
            yield "the skip link does not come first"
        step = page.evaluate("keyboard.step()")
        yield from step["problems"]
        if step["left"]:
            break
    else:
        yield f"the keyboard is still on the page after {MOST} steps"
    yield from page.evaluate("keyboard.missed()")


def has_no_menu(page: Page) -> bool:
    """Whether it is a calculator by itself, which stands in pages of others."""
    return page.locator("body.embedded").count() > 0


def skip(page: Page) -> Iterator[str]:
    """Use the link past the menu; yields what is wrong."""
    if has_no_menu(page):
        return
    link = page.locator(".skip-link")
    link.focus()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    if page.evaluate("document.activeElement.localName") != "main":
        yield "the skip link does not lead to what the page is about"
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.closest('main, footer') === null"):
        yield "after the skip link, the keyboard is back in the menu"


def test_some_pages_can_be_used_by_keyboard_and_shows_where_it_is(
    tab: Page, some_pages: list[str]
) -> None:
    problems = []
    for address in some_pages:
        tab.set_viewport_size({"width": WIDE, "height": 900})
        tab.goto(address)
        problems += (f"{address}: {text}" for text in walk(tab))
        problems += (f"{address}: {text}" for text in skip(tab))
        if is_translated(address):
            continue
        open_everything(tab)
        for colours in COLOURS:
            tab.emulate_media(**colours)
            problems += (
                f"{address}, {colours}: {text}" for text in tab.evaluate("keyboard.unseen()")
            )
        tab.emulate_media(**COLOURS[0])
        tab.set_viewport_size({"width": NARROW, "height": 900})
        problems += (f"{address}, narrow: {text}" for text in tab.evaluate("keyboard.all()"))
    assert not problems, "\n".join(problems)


def test_what_the_keyboard_cannot_do_would_have_been_found(tab: Page) -> None:
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto("/om/")
    tab.evaluate(
        """() => {
            const add = (text, styles) => {
                const button = Object.assign(document.createElement("button"), {textContent: text});
                Object.assign(button.style, {display: "block", ...styles});
                document.querySelector("main").append(button);
                return button;
            };
            add("Uten ring", {outline: "none", boxShadow: "none"});
            add("Under", {});
            add("Over", {transform: "translateY(-10rem)"});
            const cover = add("Lokk", {});
            cover.replaceWith(Object.assign(document.createElement("div"), {className: "lokk"}));
            Object.assign(document.querySelector(".lokk").style,
                {position: "fixed", insetInline: 0, bottom: 0, height: "5rem"});
            const hidden = add("Ute av syne", {position: "absolute", left: "-100rem"});
        }"""
    )
    found = "\n".join(walk(tab))
    assert "no ring is seen around <button> «Uten ring»" in found
    assert "goes back on the screen, from <button> «Under» to <button> «Over»" in found
    assert "out of sight when it has focus: <button> «Ute av syne»" in found


# --- Using the site ---


def focus_by_keyboard(page: Page, css: str) -> None:
    """Press Tab until the first such element has focus."""
    wanted = page.locator(css).first
    expect(wanted).to_be_visible()
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not come to {css}")


def test_from_the_front_page_to_a_result_without_a_mouse(live: Page) -> None:
    live.set_viewport_size({"width": 1280, "height": 900})
    live.goto("/")
    focus_by_keyboard(live, "main a[href='/oppfolging-voksne/']")
    live.keyboard.press("Enter")
    expect(live).to_have_url(re.compile(r"/oppfolging-voksne/$"))
    focus_by_keyboard(live, "a[href='/oppfolging-voksne/kalkulator/']")
    live.keyboard.press("Enter")
    expect(live).to_have_url(re.compile(r"/kalkulator/$"))
    calculator = Calculator(live)
    calculator.expect_state("ready")
    expect(calculator.output.locator(".result").first).not_to_have_attribute("data-status", DONE)
    used = use_form(live)
    assert {"text", "radio"} <= used
    expect(calculator.output.locator(".result").first).to_have_attribute("data-status", DONE)


def use_form(page: Page) -> set[str]:
    """Go through the form with Tab and use each control as it is used; returns the kinds used."""
    used: set[str] = set()
    for _ in range(MOST):
        page.keyboard.press("Tab")
        kind, name, value = page.evaluate(AT)
        if not kind:
            if used:
                return used
            continue
        used.add(kind)
        if kind == "text" and not value:
            is_amount = page.evaluate("document.activeElement.inputMode") == "numeric"
            page.keyboard.type("900 000" if is_amount else "20,5")
        elif kind in ("radio", "select-one"):
            # To the next and back again.
            page.keyboard.press("ArrowDown")
            assert page.evaluate(AT)[2] != value, name
            page.keyboard.press("ArrowUp")
            assert page.evaluate(AT)[2] == value, name
        elif kind == "summary":
            opened = page.evaluate("document.activeElement.parentElement.open")
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.parentElement.open") is not opened
    raise AssertionError("the keyboard does not come out of the form")


def test_a_wide_table_is_scrolled_by_keyboard(tab: Page) -> None:
    tab.set_viewport_size({"width": 320, "height": 900})
    tab.goto("/oppfolging-voksne/kalkulator/")
    focus_by_keyboard(tab, "[data-result] .table-scroll")
    table = tab.locator("[data-result] .table-scroll").first
    tab.keyboard.press("ArrowRight")
    assert until(lambda: table.evaluate("(box) => box.scrollLeft"), bool) > 0
