"""Python is got ahead for who is on the way to a calculator, and only then."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import Watch
from tests.patience import Patience

SCHEME = "/oppfolging-voksne/"
LINK = f'a[href="{SCHEME}kalkulator/"]'
SAVE_DATA = (
    "Object.defineProperty(Navigator.prototype, 'connection', {get: () => ({saveData: true})})"
)
NO_SERVICE_WORKER = "delete Navigator.prototype.serviceWorker"


def is_got(page: Page, watch: Watch) -> None:
    patience = Patience()
    while not any(url.endswith("/python_stdlib.zip") for url in watch.requests):
        assert not patience.is_over(), "Python is not asked for"
        page.wait_for_timeout(20)


def expect_nothing(page: Page, watch: Watch) -> None:
    # Whatever is asked for by script comes in the same task as its cause.
    page.evaluate("() => new Promise((resolve) => requestIdleCallback(resolve, {timeout: 500}))")
    assert [url for url in watch.requests if "/runtime/" in url] == []


@pytest.fixture(params=["with", "without"])
def reader(request: pytest.FixtureRequest, context: BrowserContext) -> Page:
    """A page, with service workers and without."""
    page = context.new_page()
    if request.param == "without":
        page.add_init_script(NO_SERVICE_WORKER)
    return page


def open_scheme(page: Page) -> None:
    page.goto(SCHEME)
    if page.evaluate("'serviceWorker' in navigator"):
        page.evaluate(
            """async () => {
                while (!navigator.serviceWorker.controller) {
                    await new Promise((resolve) => setTimeout(resolve, 20));
                }
            }"""
        )


@pytest.mark.parametrize("sign", ["hover", "focus"])
def test_pointing_at_a_calculator_gets_python(reader: Page, watch: Watch, sign: str) -> None:
    open_scheme(reader)
    reader.locator("main a:not([href*=kalkulator])").first.hover()
    expect_nothing(reader, watch)
    link = reader.locator(LINK).first
    (link.hover if sign == "hover" else link.focus)()
    is_got(reader, watch)


def test_a_finger_on_it_does_so_too(browser: Browser, base_url: str, watch: Watch) -> None:
    with browser.new_context(base_url=base_url, has_touch=True, is_mobile=True) as context:
        page = watch.over(context).new_page()
        page.add_init_script(NO_SERVICE_WORKER)
        open_scheme(page)
        page.locator(LINK).first.dispatch_event("pointerdown", {"bubbles": True})
        is_got(page, watch)


def test_nothing_is_got_ahead_for_who_asks_for_less_data(reader: Page, watch: Watch) -> None:
    reader.add_init_script(SAVE_DATA)
    open_scheme(reader)
    reader.locator(LINK).first.hover()
    reader.locator(LINK).first.focus()
    expect_nothing(reader, watch)
    # The calculator waits for its reader, too.
    reader.goto(f"{SCHEME}kalkulator/")
    expect_nothing(reader, watch)
    reader.locator("[name=positions]").focus()
    is_got(reader, watch)
