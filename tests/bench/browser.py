"""Visits to a page in a Chromium of their own, and their milliseconds."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Error, Page

from tests.conftest import CHROMIUM_ARGUMENTS

WATCH = (Path(__file__).parent / "templates/watch.js").read_text("utf-8")
# A frame as soon as there is something to show, not at the screen's next tick.
UNLIMITED_FRAMES = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
# A browser that was just started is busy with itself; readers' browsers are open already.
START_SECONDS = 1
# How long a reader looks at the answer before the page is closed. Meanwhile it writes what it
# keeps for the next visit: files, what a service worker fetches, and, two seconds after it last
# compiled anything, WebAssembly.
LOOK_SECONDS = 3


class NoAnswerError(Exception):
    """A page did not show the answer; the text holds the messages of its console."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A page from the start of the navigation to the painted answer, in milliseconds."""

    milliseconds: float
    long_tasks: tuple[float, ...]
    """How long the main thread was held up, for each time it was more than 50 ms."""
    awards: tuple[str, ...]
    bytes_to_answer: int
    """What had come over the line when the answer was there."""
    bytes_in_all: int
    """The same when the browser was at rest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """From a change in a field until its answer is in the page and painted, in milliseconds."""

    in_page: float
    painted: float


def visits(
    chromium: BrowserType,
    executable: str,
    profile: Path,
    url: str,
    times: int,
    received: Callable[[], int] = lambda: 0,
) -> list[Visit]:
    """Open a page in a new browser with that profile, and again each time the browser is at rest.

    `received` says how many bytes have come over the line so far.
    """
    with _browser(chromium, executable, profile) as context:
        return [_visit(context, url, received) for _ in range(times)]


def _visit(context: BrowserContext, url: str, received: Callable[[], int]) -> Visit:
    before = received()
    with _answered(context, url) as (page, first):
        to_answer = received() - before
        page.wait_for_timeout(LOOK_SECONDS * 1000)
        page.evaluate("bench.settled()")
        tasks = page.evaluate("(until) => bench.longTasks(until)", first["milliseconds"])
    return Visit(
        milliseconds=first["milliseconds"],
        long_tasks=tuple(tasks),
        awards=tuple(first["awards"]),
        bytes_to_answer=to_answer,
        bytes_in_all=received() - before,
    )


def answer_times(
    chromium: BrowserType, executable: str, profile: Path, url: str, *arguments: str, changes: int
) -> list[Answer]:
    """How long each answer takes on a page that is ready."""
    with (
        _browser(chromium, executable, profile, *arguments) as context,
        _answered(context, url) as (page, _),
    ):
        page.wait_for_timeout(LOOK_SECONDS * 1000)
        times = page.evaluate("(changes) => bench.type(changes)", changes)
        return [Answer(*both) for both in times]


def version(chromium: BrowserType, executable: str) -> str:
    """The version of the browser."""
    with contextlib.closing(
        chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
    ) as browser:
        return browser.version


@contextlib.contextmanager
def _browser(
    chromium: BrowserType, executable: str, profile: Path, *arguments: str
) -> Iterator[BrowserContext]:
    with contextlib.closing(
        chromium.launch_persistent_context(
            profile, executable_path=executable, args=[*CHROMIUM_ARGUMENTS, *arguments]
        )
    ) as context:
        context.add_init_script(WATCH)
        context.pages[0].wait_for_timeout(START_SECONDS * 1000)
        yield context


@contextlib.contextmanager
def _answered(context: BrowserContext, url: str) -> Iterator[tuple[Page, dict[str, Any]]]:
    """A page that shows the first answer, and the result of `bench.load()` in it."""
    with contextlib.closing(context.new_page()) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        try:
            page.goto(url, wait_until="commit")
            first = page.evaluate("bench.load()")
        except Error as error:
            raise NoAnswerError("\n".join([url, error.message, *said])) from None
        yield page, first
