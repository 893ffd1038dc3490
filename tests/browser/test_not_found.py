"""Addresses without a page: readers get to the right page, or to suggestions and lists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Watch
from tests.browser.engines.page import expect
from tests.browser.hosts import serving, simple


@pytest.fixture
def page(page: Page, watch: Watch) -> Iterator[Page]:
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    yield page
    # What these tests are about.
    watch.complaints[:] = [c for c in watch.complaints if "status of 404" not in c]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/Oppfolging-Voksne/", "/oppfolging-voksne/"),
        ("/OPPFOLGING-VOKSNE/KALKULATOR", "/oppfolging-voksne/kalkulator/"),
        ("/oppfolging_voksne/hvem_kan_soke/", "/oppfolging-voksne/hvem-kan-soke/"),
        ("/oppfolging-voksne/kalkulator.html", "/oppfolging-voksne/kalkulator/"),
        ("/oppf%C3%B8lging-voksne/hvem-kan-s%C3%B8ke", "/oppfolging-voksne/hvem-kan-soke/"),
        ("/egen%20nedtrapping", "/egen-nedtrapping/"),
        ("/s%C3%B8k", "/sok/"),
        pytest.param("/Tryggest/index.php", "/tryggest/", marks=pytest.mark.smoke),
        ("/nn/Om.html", "/nn/om/"),
        ("/NN/TryggEst", "/nn/tryggest/"),
        ("/Slik_Regner_Vi#avrunding", "/slik-regner-vi/#avrunding"),
    ],
)
def test_an_address_that_is_written_otherwise_leads_to_the_page(
    page: Page, base_url: str, address: str, place: str
) -> None:
    page.goto(f"{base_url}{address}")
    expect(page).to_have_url(f"{base_url}{place}")
    expect(page.locator("[data-not-found]")).to_have_count(0)
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize(
    ("address", "suggestion"),
    [
        pytest.param("/oppfolging-voksen/", "/oppfolging-voksne/", marks=pytest.mark.smoke),
        ("/kommunalt-rusarbeide/kalkulatorn/", "/kommunalt-rusarbeid/kalkulator/"),
        ("/rusarbeid/kommunalt/", "/kommunalt-rusarbeid/"),
        ("/2019/slik-soker-du-tryggest/", "/tryggest/slik-soker-du/"),
        ("/personvernerklaering/", "/personvern/"),
        ("/nn/trygest/", "/nn/tryggest/"),
    ],
)
def test_an_address_that_is_nearly_right_brings_suggestions(
    page: Page, address: str, suggestion: str
) -> None:
    page.goto(address)
    suggestions = page.locator("[data-suggestions]")
    expect(suggestions).to_be_visible()
    links = [link.get_attribute("href") for link in suggestions.locator("a").all()]
    assert links[0] == suggestion
    assert len(links) <= 3
    # Links of the same name are told apart by the scheme.
    assert ": " in suggestions.locator("a").first.inner_text()
    expect(page).to_have_url(re.compile(f"{re.escape(address)}$"))


@pytest.mark.parametrize("address", ["/wp-login.php", "/%FF/", "/xyzzy/qwrt/", "/nn/q/"])
def test_an_address_like_nothing_gets_search_and_lists(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("[data-not-found]")).to_be_visible()
    expect(page.locator("[data-suggestions]")).to_be_hidden()
    start = "/nn" if address.startswith("/nn/") else ""
    expect(page.locator(f'main a[href="{start}/tryggest/"]').first).to_be_visible()
    page.get_by_role("searchbox").fill("frist")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{start}/sok/#q=frist$"))


def test_without_javascript_schemes_and_all_pages_are_there(
    browser: Browser, base_url: str
) -> None:
    with browser.new_context(base_url=base_url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/finnes-ikke/")
        expect(page.locator('main a[href="/tryggest/"]').first).to_be_visible()
        expect(page.locator("[data-suggestions]")).to_be_hidden()
        page.locator("summary").click()
        expect(page.locator('[data-all-pages] a[href="/personvern/"]')).to_be_visible()


# --- A host that knows one page for what is missing, the one at the root ---


@pytest.fixture
def simple_host(built_site: Path) -> Iterator[str]:
    with serving(simple(built_site)) as port:
        yield f"http://127.0.0.1:{port}"


def test_on_a_simple_host_too_the_page_is_in_the_right_language(
    browser: Browser, simple_host: str
) -> None:
    complaints: list[str] = []
    with browser.new_context(base_url=simple_host) as context:
        context.add_init_script("delete Navigator.prototype.serviceWorker")
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = context.new_page()
        page.goto("/nn/trygest/")
        expect(page.locator("html[lang=nn] h1")).to_have_text("Vi finn ikkje sida")
        expect(page).to_have_title(re.compile("Vi finn ikkje sida"))
        expect(page.locator("[data-suggestions] a").first).to_have_attribute(
            "href", "/nn/tryggest/"
        )
        # The search of the page that took over works too.
        page.get_by_role("searchbox").fill("frist")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/nn/sok/#q=frist$"))
        page.goto("/trygest/")
        expect(page.locator("html[lang=nb] h1")).to_have_text("Vi finner ikke siden")
        page.goto("/nn/Tryggest.html")
        expect(page).to_have_url(re.compile("/nn/tryggest/$"))
    assert complaints == []
