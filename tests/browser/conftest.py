"""Real Chromium on the built site, and a watch over what pages do behind the reader's back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from builder import content, i18n
from builder.i18n import Translations
from tests.browser.calculator import Calculator

# How long something that ought to happen may take on a slow machine, in milliseconds.
PATIENCE = 15_000
# The calculator in which the reader types the rules too; it belongs to no scheme.
GENERAL = "egen-nedtrapping"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def base_url(served_site: str) -> str:
    return served_site


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], base_url: str) -> dict[str, Any]:
    # Tests elsewhere that open a browser may have made the plugin's own before, without an address.
    return {**browser_context_args, "base_url": base_url}


@pytest.fixture(scope="session")
def site(project_root: Path) -> content.Site:
    return content.load(project_root / "content")


@pytest.fixture(scope="session")
def translations(project_root: Path) -> Translations:
    return i18n.load(project_root / "theme/translations")


@dataclass
class Watch:
    """What pages ask for and complain of. `requests` are the addresses asked for."""

    base_url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> BrowserContext:
        context.set_default_timeout(PATIENCE)
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
    expect.set_options(timeout=PATIENCE)
    watch = Watch(base_url)
    yield watch
    watch.check()


@pytest.fixture
def context(context: BrowserContext, watch: Watch) -> BrowserContext:
    return watch.over(context)


type OpenCalculator = Callable[..., Calculator]


def go_to_calculator(page: Page, slug: str, lang: str) -> Calculator:
    path = f"/{slug}/" if slug == GENERAL else f"/{slug}/kalkulator/"
    page.goto(f"/nn{path}" if lang == "nn" else path)
    return Calculator(page)


@pytest.fixture
def open_calculator(page: Page) -> OpenCalculator:
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
def kept_calculators(
    browser: Browser, browser_context_args: dict[str, Any], base_url: str
) -> Iterator[OpenCalculator]:
    expect.set_options(timeout=PATIENCE)
    watch = Watch(base_url)
    context = watch.over(browser.new_context(**browser_context_args))
    kept: dict[tuple[str, str], tuple[Calculator, str]] = {}

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
    context.close()
    watch.check()


@pytest.fixture
def calculator_of(kept_calculators: OpenCalculator) -> OpenCalculator:
    """A calculator as it comes, on a page that other tests of the module have used too.

    Python takes a second to start, so only tests of the start, of going away and the like have a
    page of their own (`open_calculator`).
    """
    return kept_calculators
