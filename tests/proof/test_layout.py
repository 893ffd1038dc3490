"""Large text, narrow windows and wide spacing: nothing is lost, and nothing lies on anything else.

WCAG 2.2: 1.4.4 (text at 200 %), 1.4.10 (320 pixels wide), 1.4.12 (text spacing).
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page

from tests.proof.conftest import new_tab
from tests.proof.states import calculator_states, open_everything, script

LAYOUT = script("layout")
ADOPT = """(css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [document.adoptedStyleSheets[0], sheet];
}"""


@dataclass(frozen=True)
class Setting:
    """How a reader looks at pages. A wide window enlarged four times is 320 pixels wide."""

    name: str
    width: int
    css: str = ""


# The chart repeats the figures of the table before it; it is a drawing, whose text has its place.
SPACING = """* {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
}
svg * { letter-spacing: normal !important; word-spacing: normal !important; }
p { margin-block-end: 2em !important; }"""
SETTINGS = [
    Setting("320 pixels", 320),
    Setting("a phone", 390),
    Setting("the narrowest wide header", 768),
    Setting("the narrowest two columns", 1024),
    Setting("wide", 1280),
    Setting("spacing at 320 pixels", 320, SPACING),
    Setting("spacing, wide", 1280, SPACING),
]
# In a browser with a font size of 32 pixels instead of 16.
LARGE = [
    # As wide as 320 pixels are for text of the usual size.
    Setting("text at 200 % in half a window", 640),
    Setting("text at 200 % on a tablet", 768),
    Setting("text at 200 %", 1280),
]


def complaints(page: Page, what: str, settings: list[Setting] = SETTINGS) -> Iterator[str]:
    for setting in settings:
        page.set_viewport_size({"width": setting.width, "height": 900})
        page.evaluate(ADOPT, setting.css)
        for text in page.evaluate(LAYOUT):
            yield f"{what}, {setting.name}: {text}"


@pytest.fixture(scope="module")
def tab(browser: Browser, served_site: str) -> Iterator[Page]:
    with new_tab(browser, served_site) as page:
        yield page


@pytest.fixture(scope="module")
def large_tab(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], served_site: str
) -> Iterator[Page]:
    """A tab of a reader who has asked the browser for text twice as large."""
    arguments = [*browser_type_launch_args["args"], "--blink-settings=defaultFontSize=32"]
    launch = {**browser_type_launch_args, "args": arguments}
    with (
        closing(browser_type.launch(**launch)) as browser,
        new_tab(browser, served_site) as page,
    ):
        yield page


def test_no_text_is_lost_on_any_page(tab: Page, some_pages: list[str]) -> None:
    problems = []
    for address in some_pages:
        tab.goto(address)
        open_everything(tab)
        problems += complaints(tab, address)
    assert not problems, "\n".join(problems)


def test_nor_where_text_is_twice_as_large(large_tab: Page, some_pages: list[str]) -> None:
    problems = []
    for address in some_pages:
        large_tab.goto(address)
        assert large_tab.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        open_everything(large_tab)
        problems += complaints(large_tab, address, LARGE)
    assert not problems, "\n".join(problems)


def test_nor_in_a_calculator_with_a_full_result_or_with_mistakes(
    browser: Browser, served_site: str, some_calculators: list[str]
) -> None:
    problems = []
    with new_tab(browser, served_site, with_python=True) as tab:
        for address in some_calculators:
            tab.set_viewport_size({"width": 1280, "height": 900})
            for state in calculator_states(tab, address):
                open_everything(tab)
                problems += complaints(tab, f"{address} {state}")
                tab.set_viewport_size({"width": 1280, "height": 900})
                tab.evaluate(ADOPT, "")
    assert not problems, "\n".join(problems)


def test_lost_text_would_have_been_found(tab: Page) -> None:
    tab.goto("/")
    open_everything(tab)
    tab.evaluate(
        """() => {
            const text = (words, styles) => {
                const box = Object.assign(document.createElement("div"), {textContent: words});
                Object.assign(box.style, styles);
                document.querySelector("main").append(box);
                return box;
            };
            text("Altfor bred", {width: "2000px", textAlign: "end"});
            text("Kuttet på tvers", {width: "3em", overflow: "hidden", whiteSpace: "nowrap"});
            text("Kuttet på langs", {height: "0.4em", overflow: "clip"});
            text("Under", {height: "1em"});
            text("Over", {marginTop: "-1em"});
            text("Bare hørt", {position: "absolute", clipPath: "inset(50%)", width: "1px",
                overflow: "hidden"});
            const box = text("Rull", {width: "3em", overflow: "auto", whiteSpace: "nowrap"});
            box.textContent = "Kan rulles bortover";
            const input = document.createElement("input");
            Object.assign(input, {value: "Altfor langt svar i et felt"}).style.width = "3em";
            document.querySelector("main").append(input);
        }"""
    )
    found = "\n".join(complaints(tab, "/"))
    assert "/, wide: the page is 2" in found
    assert "beside the window: «Altfor bred»" in found
    assert "cut: «Kuttet på tvers»" in found
    assert "cut: «Kuttet på langs»" in found
    assert "on each other: «Under» in div and «Over»" in found
    assert "cut: «Altfor langt svar i et felt»" in found
    assert "Bare hørt" not in found
    assert "Kan rulles" not in found


def test_tables_stay_tables_when_their_rows_are_stacked(tab: Page) -> None:
    tab.set_viewport_size({"width": 320, "height": 900})
    tab.goto("/lisenser/")
    table = tab.locator("table.stacked").first
    assert table.locator("td").first.evaluate("(cell) => getComputedStyle(cell).display") == "block"
    tree = table.aria_snapshot()
    assert tree.startswith("- table")
    for role in ("row ", "columnheader ", "rowheader ", "cell "):
        assert f"- {role}" in tree
