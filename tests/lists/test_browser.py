"""Lists of many schemes in a browser: by day, by keyboard, and from addresses that are wrong."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from builder.bundle import assets
from builder.commands.serve import serve_folder
from builder.kit.files import write_files
from builder.routes.paging import MANY
from builder.views.pages import Pages
from tests.browser.engines.page import expect
from tests.lists.conftest import CONSTANTS, MakePages, MakeSite, general, render

COUNT = 320
TODAY_AT_NOON = "2026-11-22T12:00:00Z"


@pytest.fixture(scope="module")
def pages(make_site: MakeSite, make_pages: MakePages) -> Pages:
    return make_pages(make_site(COUNT, changes=130), address="")


@pytest.fixture(scope="module")
def site(pages: Pages, project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All lists of a large site, and the front pages that they lead to, with nothing on those."""
    folder = tmp_path_factory.mktemp("large")
    for planned in pages.plan():
        if planned.scheme is not None and planned.template == "scheme/om":
            write(
                folder / planned.file,
                '<!doctype html><html lang="nb"><title>Ordning</title></html>',
            )
    for planned in general(pages):
        write(folder / planned.file, render(pages, planned))
    made = assets.build(project_root, CONSTANTS)
    write_files(folder / "assets", made.files.items())
    (folder / "embed.js").write_text(made.embed, "utf-8")
    return folder


def write(path: Path, html: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, "utf-8")


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with serve_folder(site) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose clock shows noon of the day for which the site was built.

    The server is never asked for the time: it would say that of the machine.
    """
    errors: list[str] = []
    with browser.new_context(base_url=address) as context:
        context.add_init_script("delete Navigator.prototype.serviceWorker")
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        at(page, TODAY_AT_NOON)
        yield page
    assert errors == []


def at(page: Page, moment: str) -> None:
    page.clock.set_fixed_time(moment)
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', {value: false})")
    # Otherwise no page is older than its file.
    page.add_init_script("Object.defineProperty(Document.prototype, 'lastModified', {value: ''})")


def names(page: Page) -> list[str]:
    return page.locator(".scheme-card:visible h3").all_inner_texts()


def test_choices_lead_to_their_pages(page: Page, pages: Pages) -> None:
    page.goto("/")
    assert len(names(page)) == MANY
    expect(page.locator(".list-count")).to_have_text(f"{COUNT} ordninger")
    page.locator("a.filter-choice[data-value=open]").click()
    expect(page).to_have_url(re.compile(r"/ordninger/status/apen/$"))
    number = sum(s.status("2026-11-22T13:00") == "open" for s in pages.site.schemes.values())
    expect(page.locator(".list-count")).to_have_text(f"{number} ordninger")
    # From there to another facet: its own page, not a choice of both that no page has.
    page.locator("a.filter-choice[data-value=children]").click()
    expect(page).to_have_url(re.compile(r"/ordninger/malgruppe/barn-og-unge/$"))
    assert len(names(page)) == MANY


def test_schemes_come_and_go_with_the_days(page: Page, pages: Pages) -> None:
    at(page, "2026-12-02T12:00:00Z")
    schemes = pages.site.schemes.values()
    wanted = {s.short_name.nb for s in schemes if s.status("2026-12-02T13:00") == "open"}
    page.goto("/ordninger/status/apen/")
    seen = names(page)
    # The count was right when the site was built, and is gone now.
    expect(page.locator(".list-count span")).to_be_hidden()
    while (following := page.locator(".paging a[rel=next]:visible")).count():
        following.click()
        page.wait_for_load_state()
        seen += names(page)
    assert len(seen) == len(set(seen))
    assert set(seen) == wanted


def test_the_way_through_pages_works_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/ordninger/side-2/")
    way = page.get_by_role("navigation", name="Sidene i listen")
    expect(way.get_by_role("link", name="Side 2", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    way.get_by_role("link", name="Forrige").focus()
    focused, passed = "document.activeElement", []
    for _ in range(7):
        passed.append(page.evaluate(f"{focused}.ariaLabel ?? {focused}.innerText"))
        page.keyboard.press("Tab")
    assert passed[:5] == ["Forrige", "Side 1", "Side 2", "Side 3", "Side 7"]
    way.get_by_role("link", name="Neste").press("Enter")
    expect(page).to_have_url(re.compile(r"/ordninger/side-3/$"))


@pytest.mark.parametrize("path", ["/", "/ordninger/a-aa/", "/frister/", "/endringer/", "/404.html"])
def test_nothing_is_too_wide_for_a_narrow_screen(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_javascript_every_scheme_can_be_reached(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/nn/sok/")
        page.get_by_role("link", name="Side 2", exact=False).click()
        expect(page).to_have_url(re.compile(r"/nn/ordninger/a-aa/side-2/$"))
        expect(page.locator(".names a").last).to_have_text(re.compile("^Å-tiltak"))
        page.goto("/finnes-ikke/")
        page.locator("main").get_by_role("link", name="Ordningene fra A til Å").first.click()
        expect(page.locator(".names a")).to_have_count(300)


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("/Ordning_0007", "/ordning-0007/"),
        ("/NN/ordning-0007.html", "/nn/ordning-0007/"),
        ("/Ordninger/Side-2", "/ordninger/side-2/"),
        ("/Personvern.html", "/personvern/"),
    ],
)
def test_addresses_that_are_written_otherwise_lead_on(page: Page, asked: str, place: str) -> None:
    page.goto(asked)
    expect(page).to_have_url(re.compile(f"{re.escape(place)}$"))


def test_addresses_that_are_nearly_right_bring_suggestions_by_name(page: Page) -> None:
    page.goto("/nn/ordnig-0123/")
    first = page.locator("[data-suggestions] a").first
    expect(first).to_have_attribute("href", "/nn/ordning-0123/")
    expect(first).to_have_text(re.compile("-tiltak i sk"))
    page.goto("/xyzzy/")
    expect(page.locator("[data-suggestions]")).to_be_hidden()


def test_changes_that_have_gone_from_the_newest_are_found(page: Page, pages: Pages) -> None:
    old = pages.changes[-1]
    page.goto(f"/endringer/#{old.name}")
    expect(page).to_have_url(re.compile(f"{re.escape(old.page)}#{old.name}$"))
    expect(page.locator(f"[id='{old.name}']")).to_be_in_viewport()
    newest = pages.changes[0]
    page.goto(f"/endringer/#{newest.name}")
    expect(page).to_have_url(re.compile(f"/endringer/#{newest.name}$"))
