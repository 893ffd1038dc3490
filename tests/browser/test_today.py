"""Pages say what holds on the day they are read, and wrong clocks do no harm."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from builder.commands.serve import serve_folder
from tests.browser.conftest import Watch
from tests.browser.engines.page import expect
from tests.conftest import build_site, copy_project
from tests.once import made_once

DEADLINES = """\
deadlines:
  - {kind: application, for_year: 2030, date: 2030-04-07, time: "15:00", source: hdir-2025}
  - {kind: application, for_year: 2031, opens: 2031-01-10, date: 2031-04-01, source: hdir-2025}
  - {kind: reporting, for_year: 2029, date: 2030-04-01, source: hdir-2025}
"""
OPEN, COMING, PASSED = "Åpen", "Kommer", "Fristen er ute"


@pytest.fixture(scope="module")
def site_of_2030(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site as built on 1 March 2030, with a scheme that can be applied for."""

    def make(folder: Path) -> None:
        root = tmp_path_factory.mktemp("2030") / "project"
        copy_project(project_root, root)
        facts = root / "content/oppfolging-voksne/scheme.yaml"
        text, changed = re.subn(r"deadlines:\n(  .*\n)+", DEADLINES, facts.read_text("utf-8"))
        assert changed == 1
        facts.write_text(text, "utf-8")
        build_site(root, folder, "2030-03-01")

    with serve_folder(made_once(tmp_path_factory, "2030", make)) as address:
        yield address


type ReadAt = Callable[..., Page]


@pytest.fixture
def read_at(browser: Browser, site_of_2030: str) -> Iterator[ReadAt]:
    """Open a page with a clock that says so, far from Norway; the server says what it says."""
    context = browser.new_context(base_url=site_of_2030, timezone_id="Pacific/Auckland")
    watch = Watch(site_of_2030)
    watch.over(context)

    def read(path: str, clock: str, server: str | None = None, *, ticks: bool = False) -> Page:
        page = context.new_page()
        page.add_init_script("delete Navigator.prototype.serviceWorker")
        if ticks:
            page.clock.install(time=clock)
        else:
            page.clock.set_fixed_time(clock)

        def answer(route: Route) -> None:
            if route.request.method != "HEAD":
                route.continue_()
            elif server is None:
                route.fulfill(status=200, headers={"Age": "0"})
            else:
                date = format_datetime(datetime.fromisoformat(server), usegmt=True)
                route.fulfill(status=200, headers={"Date": date, "Age": "60"})

        page.route("**/*", answer)
        page.goto(path)
        return page

    yield read
    context.close()
    watch.check()


def status(page: Page) -> str:
    return page.locator(".scheme-title [data-status-tag]:visible").inner_text()


@pytest.mark.parametrize(
    ("clock", "said", "left"),
    [
        # Norway is an hour ahead of UTC in March, two in April.
        ("2030-03-31T21:59:00Z", OPEN, "7 dager igjen"),
        ("2030-03-31T22:00:00Z", OPEN, "6 dager igjen"),
        ("2030-04-06T12:00:00Z", OPEN, "1 dag igjen"),
        ("2030-04-07T13:00:00Z", OPEN, "Siste dag er i dag"),
        ("2030-04-07T13:01:00Z", COMING, "359 dager igjen"),
        ("2031-01-09T22:59:00Z", COMING, "82 dager igjen"),
        ("2031-01-09T23:00:00Z", OPEN, "81 dager igjen"),
        ("2031-04-01T21:59:00Z", OPEN, "Siste dag er i dag"),
        ("2031-04-01T22:00:00Z", PASSED, None),
    ],
)
def test_status_and_days_left_are_of_the_readers_day(
    read_at: ReadAt, clock: str, said: str, left: str | None
) -> None:
    page = read_at("/oppfolging-voksne/", clock)
    assert status(page) == said
    days = page.locator(".fact-box .days-left:visible")
    if left is None:
        expect(days).to_have_count(0)
        expect(page.locator(".fact-box dd").first).to_contain_text("Siste kjente: 1. april 2031")
    else:
        expect(days.first).to_have_text(left)


@pytest.mark.parametrize("wrong", ["1970-01-01T00:00:00Z", "2029-12-31T00:00:00Z", "2044-05-06"])
def test_the_server_knows_better_than_a_wrong_clock(read_at: ReadAt, wrong: str) -> None:
    # The answer is a minute old where it comes from a cache.
    page = read_at("/oppfolging-voksne/", wrong, server="2030-04-07T13:00:00+00:00")
    expect(page.locator(".scheme-title [data-status-tag]:visible")).to_have_text(COMING)
    page = read_at("/oppfolging-voksne/", wrong, server="2030-04-07T12:59:00+00:00")
    expect(page.locator(".fact-box .days-left:visible").first).to_have_text("Siste dag er i dag")
    assert status(page) == OPEN


def test_no_page_is_older_than_its_publishing(read_at: ReadAt) -> None:
    page = read_at("/oppfolging-voksne/", "1970-01-01T00:00:00Z")
    # The files were written long after 1970, and before 2030.
    days = page.locator(".fact-box .days-left:visible").first.inner_text()
    assert 0 < int(days.split()[0]) < 2000


def test_a_page_that_stays_open_follows_the_clock(read_at: ReadAt) -> None:
    page = read_at("/oppfolging-voksne/", "2030-04-07T12:59:00Z", ticks=True)
    assert status(page) == OPEN
    page.clock.run_for(120_000)
    assert status(page) == COMING


def test_without_javascript_a_page_says_what_held_when_it_was_built(
    browser: Browser, site_of_2030: str
) -> None:
    with browser.new_context(base_url=site_of_2030, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/oppfolging-voksne/")
        assert status(page) == OPEN
        deadline = page.locator(".fact-box dd").first.locator(":scope > :visible")
        expect(deadline).to_have_text("7. april 2030 kl. 15:00")
        expect(page.locator(".days-left:visible")).to_have_count(0)


# --- The list of schemes ---


def names(page: Page) -> list[str]:
    return page.locator(".scheme-card:visible h3").all_inner_texts()


def test_the_list_follows_the_readers_day(read_at: ReadAt) -> None:
    page = read_at("/", "2030-03-02T12:00:00Z")
    assert names(page)[0] == "Oppfølging av voksne"
    ranks = """(list) => [...list.children].map(
        (item) => item.querySelector("[data-rank]:not([hidden])").dataset.rank)"""
    assert page.locator("[data-list]").evaluate(ranks)[0] == "0 2030-04-07T15:00"
    # With its deadline passed, it stands with the others of that kind, in the order as built.
    later = read_at("/", "2032-01-01T12:00:00Z").locator("[data-list]").evaluate(ranks)
    assert later == sorted(later)
    assert later[0] == "2"


def test_the_list_is_narrowed_in_place(read_at: ReadAt) -> None:
    page = read_at("/", "2030-03-02T12:00:00Z")
    everything = names(page)
    assert len(everything) == 5
    page.locator("a", has_text="Åpen").click()
    assert names(page) == ["Oppfølging av voksne"]
    expect(page.locator("[data-list-count]")).to_have_text("1 ordning")
    page.locator("a.filter-choice", has_text="Bufdir").click()
    assert names(page) == []
    expect(page.locator("[data-list-count]")).to_have_text("0 ordninger")
    assert page.url.endswith("/?status=open&eier=bufdir")
    page.go_back()
    assert names(page) == ["Oppfølging av voksne"]
    page.locator("a.filter-choice[data-facet=status]", has_text="Alle").click()
    assert names(page) == everything
    # An address with choices is a place to begin, too.
    page.goto("/?status=open&malgruppe=adults")
    assert names(page) == ["Oppfølging av voksne"]
    # Whatever else stands in an address does no harm.
    page.goto("/?status=%3Cb%3E&tull=1&eier=bufdir")
    assert names(page) == ["TryggEst"]


def test_choices_count_what_they_leave(read_at: ReadAt) -> None:
    page = read_at("/", "2030-03-02T12:00:00Z")
    count = page.locator("a[data-value=open] [data-count]")
    expect(count).to_have_text("1")
    page.locator("a[data-value=children]").click()
    expect(count).to_have_text("0")
    # Seen on a later day, without a new build.
    expect(
        read_at("/", "2032-01-01T12:00:00Z").locator("a[data-value=open] [data-count]")
    ).to_have_text("0")


def test_each_choice_is_a_page_that_is_right_on_the_readers_day(read_at: ReadAt) -> None:
    assert names(read_at("/ordninger/status/apen/", "2030-03-02T12:00:00Z")) == [
        "Oppfølging av voksne"
    ]
    page = read_at("/ordninger/status/apen/", "2032-01-01T12:00:00Z")
    assert names(page) == []
    # From there, choices lead to the front page with both.
    page.locator("a[data-value=adults]").click()
    page.wait_for_url("**/?status=open&malgruppe=adults")


def test_choices_are_pages_without_javascript(browser: Browser, site_of_2030: str) -> None:
    narrow = {"width": 390, "height": 800}
    with browser.new_context(
        base_url=site_of_2030, java_script_enabled=False, viewport=narrow
    ) as context:
        page = context.new_page()
        page.goto("/nn/")
        page.locator("details.filters summary").click()
        page.locator("a.filter-choice", has_text="Bufdir").click()
        assert page.url.endswith("/nn/ordninger/eier/bufdir/")
        assert names(page) == ["TryggEst"]
        expect(page.locator("a.filter-choice[aria-current]", has_text="Bufdir")).to_be_visible()
