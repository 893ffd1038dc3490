"""axe finds nothing: every page, light and dark, narrow and wide, and calculators in use."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.proof.conftest import LIGHT_AND_DARK, is_translated, new_tab
from tests.proof.states import calculator_states, open_everything, script

WIDTHS = (320, 1280)
AXE = script("axe")


@pytest.fixture(scope="session")
def axe(tools: Path) -> str:
    """What a page needs before `AXE` can run in it."""
    return f"{(tools / 'axe-core/axe.min.js').read_text('utf-8')}\n{script('colours')}"


def found_in(tabs: list[Page]) -> list[dict[str, list[str]]]:
    """What axe finds in the light and the dark tab; it looks at both at the same time.

    They differ in nothing but colours.
    """
    for tab, only_colours in zip(tabs, ("false", "true"), strict=True):
        tab.evaluate(f"() => {{ globalThis.found = ({AXE})({only_colours}); }}")
    return [tab.evaluate("() => globalThis.found") for tab in tabs]


def complaints(tabs: list[Page], what: str, widths: Sequence[int] = WIDTHS) -> Iterator[str]:
    """What axe finds in tabs that show the same, one for each color scheme.

    What lies outside a table that is scrolled sideways cannot be decided on a narrow screen; what
    is decided at one width is decided.
    """
    undecided: dict[str, list[set[str]]] = {scheme: [] for scheme in LIGHT_AND_DARK}
    for width in widths:
        for tab in tabs:
            tab.set_viewport_size({"width": width, "height": 900})
        for scheme, found in zip(LIGHT_AND_DARK, found_in(tabs), strict=True):
            yield from (f"{what}, {scheme}, {width} wide: {text}" for text in found["wrong"])
            undecided[scheme].append(set(found["undecided"]))
    for scheme, of_widths in undecided.items():
        for text in sorted(set.intersection(*of_widths)):
            yield f"{what}, {scheme}, undecided: {text}"


def widths_of(address: str) -> Sequence[int]:
    """Both widths; for the same templates with other words, the one that leaves least undecided."""
    return WIDTHS[-1:] if is_translated(address) else WIDTHS


@pytest.fixture(scope="module")
def tabs(browser: Browser, served_site: str) -> Iterator[list[Page]]:
    """A light one and a dark one, without Python: pages stay as they were built."""
    with new_tab(browser, served_site) as light, new_tab(browser, served_site) as dark:
        yield in_colours(light, dark)


@pytest.fixture(scope="module")
def tabs_with_python(browser: Browser, served_site: str) -> Iterator[list[Page]]:
    with (
        new_tab(browser, served_site, with_python=True) as light,
        new_tab(browser, served_site, with_python=True) as dark,
    ):
        yield in_colours(light, dark)


def in_colours(light: Page, dark: Page) -> list[Page]:
    light.emulate_media(color_scheme="light")
    dark.emulate_media(color_scheme="dark")
    return [light, dark]


def test_no_page_has_anything_that_axe_finds(
    tabs: list[Page], some_pages: list[str], axe: str
) -> None:
    problems = []
    for address in some_pages:
        for tab in tabs:
            tab.goto(address)
            open_everything(tab)
            tab.evaluate(axe)
        problems += complaints(tabs, address, widths_of(address))
    assert not problems, "\n".join(problems)


def test_nor_has_a_calculator_with_a_full_result_or_with_mistakes(
    tabs_with_python: list[Page], some_calculators: list[str], axe: str
) -> None:
    problems = []
    for address in some_calculators:
        for tab in tabs_with_python:
            tab.set_viewport_size({"width": WIDTHS[-1], "height": 900})
        same_in_both = zip(
            *(calculator_states(tab, address) for tab in tabs_with_python), strict=True
        )
        for state, _ in same_in_both:
            for tab in tabs_with_python:
                open_everything(tab)
                tab.evaluate(axe)
            problems += complaints(tabs_with_python, f"{address} {state}", widths_of(address))
            for tab in tabs_with_python:
                tab.set_viewport_size({"width": WIDTHS[-1], "height": 900})
    assert not problems, "\n".join(problems)


def test_axe_would_have_found_it(tabs: list[Page], axe: str) -> None:
    for tab in tabs:
        tab.goto("/")
        tab.evaluate(axe)
        tab.evaluate(
            """() => {
                const box = Object.assign(document.createElement("div"), {textContent: "På tavla"});
                box.style.color = "rgb(170, 170, 170)";
                box.style.background = "linear-gradient(rgb(0, 0, 0), rgb(255, 255, 255))";
                document.querySelector("main").append(box, document.createElement("button"));
            }"""
        )
    found = "\n".join(complaints(tabs, "/"))
    for width in WIDTHS:
        assert f"/, light, {width} wide: button-name at " in found
        for scheme in LIGHT_AND_DARK:
            assert f"/, {scheme}, {width} wide: color-contrast at " in found
    # Enough on black, too little on white.
    assert "background color: #ffffff" in found
    assert "background color: #000000" not in found
