"""The settings of readers' systems: less motion, and colours of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.engines.page import expect
from tests.proof.conftest import LIGHT_AND_DARK, new_tab
from tests.proof.states import open_everything

# Everything that would move, also the boxes that a style sheet makes.
MOVES = """() => {
    const boxes = ["", "::before", "::after", "::details-content", "::marker", "::backdrop"];
    const lasts = (times) => times.split(",").some((time) => Number.parseFloat(time) > 0);
    const found = new Set();
    if (getComputedStyle(document.documentElement).scrollBehavior !== "auto") {
        found.add("the page glides");
    }
    for (const element of document.querySelectorAll("*")) {
        for (const box of boxes) {
            const style = getComputedStyle(element, box || null);
            const name = [element.localName, ...element.classList].join(".") + box;
            if (lasts(style.transitionDuration) && style.transitionProperty !== "none") {
                found.add(`${name} changes slowly: ${style.transition}`);
            }
            if (lasts(style.animationDuration) && style.animationName !== "none") {
                found.add(`${name} moves: ${style.animation}`);
            }
        }
    }
    return [...found];
}"""

# Controls whose edge cannot be told from the page, and shapes of drawings that look the same.
FORCED = """() => {
    const found = new Set();
    const page = getComputedStyle(document.body).backgroundColor;
    const isLine = (style, colour, width) =>
        style !== "none" && Number.parseFloat(width) >= 1 && colour !== page;
    const named = (element) => [element.localName, ...element.classList].join(".");
    const controls = document.querySelectorAll("button, input, select, textarea, summary, a[href]");
    for (const control of controls) {
        if (!control.checkVisibility()) {
            continue;
        }
        const style = getComputedStyle(control);
        const isBoxed = ["Top", "Right", "Bottom", "Left"].some((side) => isLine(
            style[`border${side}Style`], style[`border${side}Color`], style[`border${side}Width`]));
        // Links are told by the system's colour of links, buttons and fields by their edge.
        if (control.localName !== "a" && control.localName !== "summary" && !isBoxed) {
            found.add(`no edge: ${named(control)}`);
        }
        const hasText = !["radio", "checkbox"].includes(control.type);
        if (hasText && style.color === page) {
            found.add(`unseen text: ${named(control)}`);
        }
    }
    const system = document.createElement("i");
    document.body.append(system);
    const names = ["Canvas", "CanvasText", "Highlight", "HighlightText", "LinkText", "GrayText"];
    const colours = names.map((name) => {
        system.style.color = name;
        return getComputedStyle(system).color;
    });
    system.remove();
    for (const svg of document.querySelectorAll("svg:not([aria-hidden=true])")) {
        if (!svg.checkVisibility()) {
            continue;
        }
        const looks = new Map();
        for (const shape of svg.querySelectorAll("rect")) {
            const { fill, stroke, strokeDasharray } = getComputedStyle(shape);
            const kind = shape.getAttribute("class");
            for (const colour of [fill, stroke]) {
                if (colour !== "none" && !colours.includes(colour)) {
                    found.add(`not a colour of the reader's: ${kind} ${colour}`);
                }
            }
            if ([fill, stroke].every((colour) => colour === "none" || colour === page)) {
                found.add(`drawn but not seen: ${kind}`);
            }
            const look = `${fill} ${stroke} ${strokeDasharray}`;
            if ((looks.get(look) ?? kind) !== kind) {
                found.add(`look the same: ${kind} and ${looks.get(look)}`);
            }
            looks.set(look, kind);
        }
        for (const text of svg.querySelectorAll("text")) {
            if (!colours.includes(getComputedStyle(text).fill)) {
                found.add(`not a colour of the reader's: ${text.outerHTML}`);
            }
        }
    }
    // Keys of drawings are boxes of the style sheet.
    for (const key of document.querySelectorAll(".chart-key")) {
        const style = getComputedStyle(key, "::before");
        const { borderTopStyle, borderTopColor, borderTopWidth } = style;
        const isFilled = style.backgroundColor !== page && style.forcedColorAdjust === "none";
        if (!isFilled && !isLine(borderTopStyle, borderTopColor, borderTopWidth)) {
            found.add(`a key that is not seen: ${named(key)}`);
        }
    }
    return [...found];
}"""


@pytest.fixture(scope="module")
def tab(browser: Browser, served_site: str) -> Iterator[Page]:
    """A tab of a reader who has asked for less motion."""
    with new_tab(browser, served_site) as page:
        yield page


def test_nothing_moves_and_all_is_told_apart_as_readers_prefer(
    tab: Page, some_pages: list[str]
) -> None:
    problems = []
    for address in some_pages:
        tab.goto(address)
        open_everything(tab)
        problems += (f"{address}, less motion: {text}" for text in tab.evaluate(MOVES))
        assert tab.evaluate("document.getAnimations().length") == 0, address
        for scheme in LIGHT_AND_DARK:
            tab.emulate_media(forced_colors="active", color_scheme=scheme)
            problems += (f"{address}, {scheme}: {text}" for text in tab.evaluate(FORCED))
        tab.emulate_media(forced_colors="none", color_scheme="light")
    assert not problems, "\n".join(problems)


def test_motion_is_found_where_there_is_some(tab: Page) -> None:
    tab.emulate_media(reduced_motion="no-preference")
    tab.goto("/oppfolging-voksne/kalkulator/")
    found = tab.evaluate(MOVES)
    tab.emulate_media(reduced_motion="reduce")
    assert "the page glides" in found
    assert any("::details-content changes slowly" in text for text in found)


def test_a_chosen_answer_is_told_apart_in_the_colours_of_the_reader(tab: Page) -> None:
    tab.emulate_media(forced_colors="active")
    tab.goto("/egen-nedtrapping/")
    radios = tab.locator("input[type=radio]").filter(visible=True)
    expect(radios.first).to_be_checked()
    assert radios.first.screenshot() != radios.nth(1).screenshot()
    tab.emulate_media(forced_colors="none")
