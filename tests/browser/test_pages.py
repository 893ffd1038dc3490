"""Every kind of page: private, quiet, whole without JavaScript, and narrow where screens are."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from builder.content import Site
from builder.kit.addresses import PAGE_NAMES
from builder.kit.i18n import Translations
from tests.browser.calculator import Calculator
from tests.browser.conftest import GENERAL, OpenCalculator, Watch
from tests.browser.engines.page import expect

SCHEME = "/oppfolging-voksne/"
KINDS = [
    "/",
    "/om/",
    "/personvern/",
    "/lisenser/",
    "/slik-regner-vi/",
    "/sok/",
    "/innebygd/",
    "/innebygd/oppfolging-voksne/",
    f"/{GENERAL}/",
    SCHEME,
    *(f"{SCHEME}{name}/" for name in PAGE_NAMES[1:]),
    "/kommunalt-rusarbeid/",
    "/bedre-tverrfaglig-innsats/kalkulator/",
    "/nn/",
    f"/nn{SCHEME}kalkulator/",
    "/nn/kommunalt-rusarbeid/kalkulator/",
]

KEPT = """async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    cookies: document.cookie,
})"""


def test_no_page_asks_others_keeps_anything_or_complains(
    page: Page, context: BrowserContext, watch: Watch
) -> None:
    for kind in KINDS:
        page.goto(kind)
        expect(page.locator("h1")).to_be_visible()
        if page.locator("form[data-calculator]").count():
            Calculator(page).expect_state("ready")
            expect(page.locator("noscript")).to_be_hidden()
        assert page.evaluate(KEPT) == {"local": 0, "session": 0, "databases": 0, "cookies": ""}
    assert context.cookies() == []
    # What the watch looks at was really seen: also what the worker asks for.
    assert any(url.endswith("/pyodide.asm.wasm") for url in watch.requests)
    assert watch.strangers == []
    assert watch.complaints == []


@pytest.mark.smoke
def test_what_a_reader_types_is_neither_kept_nor_sent(
    open_calculator: OpenCalculator, page: Page, context: BrowserContext, watch: Watch
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    asked = len(watch.requests)
    calculator.answer(positions="3,25", cost_per_position="876 543")
    calculator.expect_plan("award", {2025: 1_625_000})
    # Requests of the worker may be reported late: files of Python, at fixed addresses.
    assert [url for url in watch.requests[asked:] if "/runtime/" not in url] == []
    assert "3,25" not in page.url
    assert page.evaluate(KEPT) == {"local": 0, "session": 0, "databases": 0, "cookies": ""}
    assert context.cookies() == []


def test_the_watch_sees_and_the_policy_stops_what_goes_to_others(page: Page, watch: Watch) -> None:
    page.goto("/")
    stopped = page.evaluate(
        """async () => {
            // Both the policy in the page and the one in the header stop it, and say so.
            const stopped = new Promise((resolve) => {
                const uris = [];
                addEventListener("securitypolicyviolation", (event) => {
                    uris.push(event.blockedURI);
                    if (uris.length === 2) {
                        resolve(uris);
                    }
                });
            });
            document.body.append(Object.assign(new Image(), {src: "https://example.org/a"}));
            return stopped;
        }"""
    )
    assert stopped == ["https://example.org/a"] * 2
    assert watch.strangers == ["https://example.org/a"]
    assert any("example.org" in complaint for complaint in watch.complaints)
    watch.requests.clear()
    watch.complaints.clear()


# --- Without JavaScript ---


@pytest.fixture
def plain_page(browser: Browser, base_url: str, watch: Watch) -> Iterator[Page]:
    """A page of a browser without JavaScript."""
    context = watch.over(browser.new_context(base_url=base_url, java_script_enabled=False))
    yield context.new_page()
    context.close()


@pytest.mark.smoke
def test_without_javascript_the_calculator_shows_an_answer(
    plain_page: Page, translations: Translations
) -> None:
    plain_page.goto(f"{SCHEME}kalkulator/")
    calculator = Calculator(plain_page)
    expect(calculator.output.locator("table.result-table")).to_be_visible()
    calculator.expect_plan("award", {2025: 5_000_000, 2026: 5_000_000})
    expect(calculator.output.locator("ol.steps")).to_be_hidden()
    calculator.output.locator("[data-fold=steps] summary").click()
    expect(calculator.output.locator("ol.steps")).to_be_visible()
    expect(calculator.output.locator(".caveats")).to_be_visible()
    controls = calculator.form.locator("input, select, textarea, button")
    assert controls.count() > 5
    for control in controls.all():
        expect(control).to_be_hidden()
    note = plain_page.locator("noscript p")
    expect(note).to_be_visible()
    expect(note).to_have_text(translations.translator("nb")("calculator.no_script"))
    # Whose answer it is that is shown.
    expect(plain_page.locator("noscript dl")).to_contain_text("10 årsverk")
    # The other examples can be opened.
    plain_page.locator(".worked-example summary").first.click()
    expect(plain_page.locator(".worked-example .result-table").first).to_be_visible()


@pytest.mark.smoke
def test_without_javascript_everything_can_be_read(plain_page: Page, site: Site) -> None:
    plain_page.goto("/")
    for slug, scheme in site.schemes.items():
        link = plain_page.locator(f'main a[href="/{slug}/"]')
        expect(link).to_be_visible()
        expect(link).to_have_text(scheme.short_name.nb)
    plain_page.locator(f'main a[href="{SCHEME}"]').click()
    for name in PAGE_NAMES:
        plain_page.goto(SCHEME if name == "om" else f"{SCHEME}{name}/")
        expect(plain_page.locator("h1")).to_be_visible()
        expect(plain_page.locator(".prose").first).to_be_visible()
        expect(plain_page.locator("nav.scheme-nav a[aria-current=page]")).to_be_visible()
    plain_page.goto(f"{SCHEME}hva-du-kan-fa-stotte-til/")
    expect(plain_page.locator("table.rate-table").first).to_be_visible()


# --- Small screens ---


def width(page: Page) -> int:
    found: int = page.evaluate("document.scrollingElement.scrollWidth")
    return found


@pytest.mark.smoke
def test_nothing_has_to_be_scrolled_sideways_on_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for kind in KINDS:
        page.goto(kind)
        assert width(page) <= 320, kind


def test_nor_when_a_long_result_is_shown(open_calculator: OpenCalculator, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    calculator = open_calculator("oppfolging-voksne")
    page.locator('[data-tool="all"]').click()
    calculator.answer(
        positions="9,75", share_year_3="70", share_year_4="40", cost_per_position="987 654",
        other_costs="1 234 567", cost_growth="3,5", pre_project_amount="1 300 000",
    )  # fmt: skip
    expect(calculator.output.locator(".result")).to_have_attribute("data-status", "estimate")
    assert width(page) <= 320
    calculator.answer(positions="9" * 40)
    page.keyboard.press("Tab")
    expect(calculator.error("positions")).to_be_visible()
    assert width(page) <= 320


def test_every_explanation_can_be_opened_on_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for kind in (f"{SCHEME}kalkulator/", f"{SCHEME}hva-du-kan-fa-stotte-til/"):
        page.goto(kind)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert width(page) <= 320, kind
