"""Playwright's pages, as far as the calculators' tests use them, for browsers it does not drive.

Playwright 1.65 knows Debian's Chromium. It asks Firefox for more than the ESR has (it stops at
`emulation.setMediaFeaturesOverride`), and WebKit only as it builds it itself. Here the same names
stand on what every driver can: going to an address, asking the page, keys and the pointer.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urljoin

import playwright.sync_api as playwright

from tests.patience import Patience, until

# How long Playwright looks by itself before it is asked whether patience is over.
SECONDS_OF_A_LOOK = 1.0


class Tab(Protocol):
    """What a driver has to know of a tab."""

    def goto(self, url: str) -> None:
        """Go to an address and wait until it is loaded."""

    def go_back(self) -> None:
        """Go back in the history."""

    def address(self) -> str:
        """The address of the page, also while it is going to another."""

    def bring_to_front(self) -> None:
        """Make this the tab that is seen."""

    def call(self, function: str, argument: str) -> str:
        """Call an asynchronous function of the page that takes and gives a string."""

    def perform(self, *sources: dict[str, Any]) -> None:
        """Do what WebDriver calls actions: the same in WebDriver and WebDriver BiDi."""


class PageError(Exception):
    """What was asked of the page failed in the page."""


# From the steps of a locator to elements. `isVisible` as Playwright has it.
ASK = """async (json) => {
  const [steps, args] = JSON.parse(json);
  const isVisible = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && getComputedStyle(element).visibility === "visible";
  };
  const textOf = (element) => element.textContent.replace(/\\s+/g, " ").trim();
  const kinds = {
    css: (found, css) => [...new Set(found.flatMap((e) => [...e.querySelectorAll(css)]))],
    text: (found, text) => found.filter((e) => textOf(e).includes(text)),
    visible: (found) => found.filter(isVisible),
    first: (found) => found.slice(0, 1),
  };
  const found = steps.reduce((all, [kind, value]) => kinds[kind](all, value), [document]);
  const asked = (%s);
  const result = typeof asked === "function" ? asked(found, ...args) : asked;
  return JSON.stringify({ result: (await result) ?? null });
}"""

# One element, or what is lacking for it to be asked.
ONE = """async (found, mustBeUsable, ...args) => {
  if (found.length !== 1) {
    return { lacking: `${found.length} elements` };
  }
  const [element] = found;
  if (mustBeUsable && (!isVisible(element) || element.matches(":disabled"))) {
    return { lacking: "an element that is shown and enabled" };
  }
  return { value: (await (%s)(element, ...args)) ?? null };
}"""

# Where to click; nothing while the element still moves, or while something else lies there. WebKit
# scrolls to what was last typed in its next frame, and away from what is to be clicked.
POINT = """async (element, position) => {
  element.scrollIntoView({ block: position ? "start" : "center", behavior: "instant" });
  const before = element.getBoundingClientRect();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const { x, y, width, height } = element.getBoundingClientRect();
  const point = position
    ? { x: Math.round(x + position.x), y: Math.round(y + position.y) }
    : { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
  const isStill = before.x === x && before.y === y;
  return isStill && element.contains(document.elementFromPoint(point.x, point.y)) ? point : null;
}"""

# What a person's typing leaves behind: events, and a field that knows it was changed.
FILL = """(element, value) => {
  element.focus();
  element.select();
  document.execCommand(...(value ? ["insertText", false, value] : ["delete"]));
  if (element.value !== value) {
    throw new Error(`${element.name} holds ${element.value} instead of ${value}`);
  }
}"""

SELECT = """(element, value) => {
  const option = [...element.options].find((option) => option.value === value);
  if (!option) {
    throw new Error(`${element.name} has no ${value}`);
  }
  option.selected = true;
  for (const type of ["input", "change"]) {
    element.dispatchEvent(new Event(type, { bubbles: true }));
  }
}"""

# WebDriver's names for keys that are no characters.
KEYS = {
    "ControlOrMeta": "\ue03d" if sys.platform == "darwin" else "\ue009",
    "Delete": "\ue017",
    "Enter": "\ue007",
    "Tab": "\ue004",
}


class Keyboard:
    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    def press(self, chord: str) -> None:
        """`Tab`, or `ControlOrMeta+A`."""
        keys = [KEYS.get(key) or key.lower() for key in chord.split("+")]
        down = [{"type": "keyDown", "value": key} for key in keys]
        up = [{"type": "keyUp", "value": key} for key in reversed(keys)]
        self.tab.perform({"type": "key", "id": "keyboard", "actions": down + up})

    def type(self, text: str) -> None:
        strokes = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.tab.perform({"type": "key", "id": "keyboard", "actions": strokes})


class Page:
    def __init__(self, tab: Tab, base_url: str) -> None:
        self.tab = tab
        self.base_url = base_url
        self.keyboard = Keyboard(tab)
        self.goto = lambda address: tab.goto(urljoin(base_url, address))
        self.go_back = tab.go_back
        self.bring_to_front = tab.bring_to_front

    def locator(self, css: str) -> Locator:
        return Locator(self, [("css", css)])

    def evaluate(self, source: str, argument: object = None) -> Any:
        """The value of an expression, or what a function gives for the argument."""
        call = f"((asked) => typeof asked === 'function' ? asked(...args) : asked)({source})"
        return self.ask([], f"() => {call}", argument)

    def ask(self, steps: list[tuple[str, str]], source: str, *arguments: object) -> Any:
        """What a function gives for the elements that the steps lead to, and the arguments."""
        return json.loads(self.tab.call(ASK % source, json.dumps([steps, arguments])))["result"]

    @property
    def url(self) -> str:
        return self.tab.address()


class Locator:
    """A way to elements, gone anew each time something is asked."""

    def __init__(self, page: Page, steps: list[tuple[str, str]]) -> None:
        self.page = page
        self.steps = steps

    def __str__(self) -> str:
        return " » ".join(value or kind for kind, value in self.steps)

    def _further(self, kind: str, value: str = "") -> Locator:
        return Locator(self.page, [*self.steps, (kind, value)])

    def locator(self, css: str) -> Locator:
        return self._further("css", css)

    def filter(self, *, has_text: str = "", visible: bool = False) -> Locator:
        shown = self._further("visible") if visible else self
        return shown._further("text", plain(has_text)) if has_text else shown

    @property
    def first(self) -> Locator:
        return self._further("first")

    def count(self) -> int:
        return int(self.page.ask(self.steps, "(found) => found.length"))

    def look(self, function: str, *arguments: object, usable: bool = False) -> dict[str, Any]:
        """`value`, as the function gives it for the only element, or what is `lacking`."""
        answer = self.page.ask(self.steps, ONE % function, usable, *arguments)
        assert isinstance(answer, dict)
        return answer

    def _of_one(self, function: str, *arguments: object, usable: bool = False) -> Any:
        answer = until(
            lambda: self.look(function, *arguments, usable=usable), lambda answer: "value" in answer
        )
        assert "value" in answer, f"{self}: {answer['lacking']}"
        return answer["value"]

    # --- Asked ---

    def evaluate(self, function: str, argument: object = None) -> Any:
        return self._of_one(function, argument)

    def get_attribute(self, name: str) -> str | None:
        found: str | None = self._of_one("(element, name) => element.getAttribute(name)", name)
        return found

    def inner_text(self) -> str:
        return str(self._of_one("(element) => element.innerText"))

    def inner_html(self) -> str:
        return str(self._of_one("(element) => element.innerHTML"))

    # --- Used ---

    def click(self, *, position: dict[str, int] | None = None) -> None:
        point = until(
            lambda: self._of_one(POINT, position, usable=True), lambda point: point is not None
        )
        assert point, f"{self}: something lies over it"
        move = {"type": "pointerMove", "duration": 0, **point}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self.page.tab.perform({"type": "pointer", "id": "mouse", "actions": [move, *press]})

    def check(self) -> None:
        self.click()
        checked = until(lambda: self._of_one("(element) => element.checked"), bool)
        assert checked, f"{self}: not checked by a click"

    def fill(self, value: str) -> None:
        self._of_one(FILL, value, usable=True)

    def select_option(self, value: str) -> None:
        self._of_one(SELECT, value, usable=True)

    def press_sequentially(self, text: str) -> None:
        self._of_one("(element) => element.focus()", usable=True)
        self.page.keyboard.type(text)

    def dispatch_event(self, kind: str) -> None:
        dispatch = "(element, kind) => { element.dispatchEvent(new Event(kind, {bubbles: true})); }"
        self._of_one(dispatch, kind)


def plain(text: str) -> str:
    """Text as it is compared: white space of all kinds and lengths is alike."""
    return re.sub(r"\s+", " ", text).strip()


class Expectations:
    """What is expected of the only element of a locator, sooner or later."""

    def __init__(self, locator: Locator) -> None:
        self.locator = locator

    def _expect(
        self, what: str, is_good: Callable[[Any], bool], function: str, *arguments: object
    ) -> None:
        answer = until(
            lambda: self.locator.look(function, *arguments),
            lambda answer: "value" in answer and is_good(answer["value"]),
        )
        found = repr(answer["value"]) if "value" in answer else answer["lacking"]
        assert "value" in answer and is_good(answer["value"]), (  # noqa: PT018
            f"{self.locator}: expected {what}, found {found}"
        )

    def _expect_that(self, what: str, function: str) -> None:
        self._expect(f"it to be {what}", bool, function)

    def to_have_attribute(self, name: str, value: str) -> None:
        get = "(element, name) => element.getAttribute(name)"
        self._expect(f"{name}={value!r}", lambda found: found == value, get, name)

    def not_to_have_attribute(self, name: str, value: str) -> None:
        get = "(element, name) => element.getAttribute(name)"
        self._expect(f"{name} other than {value!r}", lambda found: found != value, get, name)

    def to_have_text(self, text: str) -> None:
        get = "(element) => element.textContent"
        self._expect(f"the text {text!r}", lambda found: plain(found) == plain(text), get)

    def to_contain_text(self, text: str) -> None:
        get = "(element) => element.textContent"
        self._expect(f"{text!r} in the text", lambda found: plain(text) in plain(found), get)

    def to_have_value(self, value: str) -> None:
        get = "(element) => element.value"
        self._expect(f"the value {value!r}", lambda found: found == value, get)

    def to_be_enabled(self) -> None:
        self._expect_that("enabled", "(element) => !element.matches(':disabled')")

    def to_be_focused(self) -> None:
        self._expect_that("focused", "(element) => element === document.activeElement")

    def to_be_visible(self) -> None:
        self._expect_that("visible", "isVisible")

    def to_be_hidden(self) -> None:
        seen = until(self.locator.filter(visible=True).count, lambda count: count == 0)
        assert seen == 0, f"{self.locator}: expected it to be hidden"

    def to_have_count(self, count: int) -> None:
        found = until(self.locator.count, lambda found: found == count)
        assert found == count, f"{self.locator}: expected {count} elements, found {found}"


class PageExpectations:
    def __init__(self, page: Page) -> None:
        self.page = page

    def to_have_url(self, pattern: re.Pattern[str]) -> None:
        found = until(lambda: self.page.url, lambda url: bool(pattern.search(url)))
        assert pattern.search(found), f"expected the address {pattern.pattern}, found {found}"


class PatientExpectations:
    """Playwright's own expectations, with the patience of all tests instead of a time-out."""

    def __init__(self, subject: Any) -> None:
        self.expectations = playwright.expect(subject)

    def __getattr__(self, name: str) -> Callable[..., None]:
        expectation = getattr(self.expectations, name)

        def expect_it(*arguments: object, **options: object) -> None:
            patience = Patience()
            while True:
                try:
                    return expectation(*arguments, **options, timeout=SECONDS_OF_A_LOOK * 1000)
                except AssertionError:
                    if patience.is_over():
                        raise

        return expect_it


def expect(subject: Any) -> Any:
    """Expectations of a page or a locator, of Playwright's or of these."""
    if isinstance(subject, Locator):
        return Expectations(subject)
    if isinstance(subject, Page):
        return PageExpectations(subject)
    return PatientExpectations(subject)


type AnyPage = Page | playwright.Page
