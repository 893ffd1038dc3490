"""Real browsers on the built site, and a watch over what pages do behind the reader's back."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request

from tests.browser.calculator import Calculator
from tests.browser.engines import firefox, webkit
from tests.browser.engines.page import AnyPage
from tests.patience import LONGEST
from tests.programs import find_firefox, find_webkit

# The calculator in which the reader types the rules too; it belongs to no scheme.
GENERAL = "egen-nedtrapping"


@pytest.fixture(scope="session")
def base_url(served_site: str) -> str:
    return served_site


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], base_url: str) -> dict[str, Any]:
    # Tests elsewhere that open a browser may have made the plugin's own before, without an address.
    return {**browser_context_args, "base_url": base_url}


@dataclass
class Watch:
    """What pages ask for and complain of. `requests` are the addresses asked for."""

    base_url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> BrowserContext:
        context.set_default_timeout(LONGEST * 1000)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        # Violations of the policy that no console message tells of.
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) =>"
            " console.error('policy:', event.violatedDirective, event.blockedURI))"
        )
        return context

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    @property
    def strangers(self) -> list[str]:
        """Requests that left the site."""
        own = (f"{self.base_url}/", "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]

    def check(self) -> None:
        assert self.strangers == []
        assert self.complaints == []


@pytest.fixture
def watch(base_url: str) -> Iterator[Watch]:
    """Watches over every test here: nothing leaves the site, nothing is complained of.

    A test that breaks something on purpose empties `complaints` at its end.
    """
    watch = Watch(base_url)
    yield watch
    watch.check()


# --- The browser that `--browser` says, Chromium if it says none ---

type OpenContext = Callable[[Watch], AbstractContextManager[Any]]


@pytest.fixture(scope="session")
def open_context(
    request: pytest.FixtureRequest, browser_name: str, base_url: str
) -> Iterator[OpenContext]:
    """A browser's context that shares nothing with others, watched over: it has `new_page()`."""
    if browser_name == "chromium":
        browser: Browser = request.getfixturevalue("browser")
        arguments = request.getfixturevalue("browser_context_args")

        @contextmanager
        def in_chromium(watch: Watch) -> Iterator[BrowserContext]:
            with browser.new_context(**arguments) as context:
                yield watch.over(context)

        yield in_chromium
        return
    if browser_name == "firefox":
        starting = firefox.start(os.environ.get("FIREFOX_PATH") or find_firefox())
    else:
        minibrowser = os.environ.get("MINIBROWSER_PATH") or find_webkit()
        starting = nullcontext(webkit.WebKit(minibrowser))
    with starting as driven:
        yield lambda watch: driven.new_context(base_url, watch.requests, watch.complaints)


@pytest.fixture
def context(context: BrowserContext, watch: Watch) -> BrowserContext:
    return watch.over(context)


@pytest.fixture
def page(
    request: pytest.FixtureRequest,
    browser_name: str,
    open_context: OpenContext,
    watch: Watch,
) -> Iterator[AnyPage]:
    if browser_name == "chromium":
        # With Playwright's own context, so that its options hold (`--tracing` and the like).
        yield request.getfixturevalue("context").new_page()
        return
    with open_context(watch) as context:
        yield context.new_page()


type OpenCalculator = Callable[..., Calculator]


def go_to_calculator(page: AnyPage, slug: str, lang: str) -> Calculator:
    path = f"/{slug}/" if slug == GENERAL else f"/{slug}/kalkulator/"
    page.goto(f"/nn{path}" if lang == "nn" else path)
    calculator = Calculator(page)
    # Most tests are of the answers; those of the form itself go to the page as it comes.
    calculator.unfold()
    return calculator


@pytest.fixture
def open_calculator(page: AnyPage) -> OpenCalculator:
    """Go to the calculator of a scheme, or the general one: `open_calculator(slug, lang="nb")`.

    `wait=False` comes back before Python is there.
    """

    def go(slug: str, lang: str = "nb", *, wait: bool = True) -> Calculator:
        calculator = go_to_calculator(page, slug, lang)
        if wait:
            calculator.expect_state("ready")
        return calculator

    return go


@pytest.fixture(scope="module")
def kept_calculators(open_context: OpenContext, base_url: str) -> Iterator[OpenCalculator]:
    watch = Watch(base_url)
    kept: dict[tuple[str, str], tuple[Calculator, str]] = {}
    with open_context(watch) as context:

        def go(slug: str, lang: str = "nb") -> Calculator:
            if (slug, lang) not in kept:
                calculator = go_to_calculator(context.new_page(), slug, lang)
                calculator.expect_state("ready")
                kept[slug, lang] = calculator, calculator.html()
            calculator, built = kept[slug, lang]
            calculator.page.bring_to_front()
            calculator.form.evaluate("(form) => form.reset()")
            calculator.expect_html(built)
            return calculator

        yield go
    watch.check()


@pytest.fixture
def calculator_of(kept_calculators: OpenCalculator) -> OpenCalculator:
    """A calculator as it comes, on a page that other tests of the module have used too.

    Python takes a second to start, so only tests of the start, of going away and the like have a
    page of their own (`open_calculator`).
    """
    return kept_calculators
