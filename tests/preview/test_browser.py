"""The preview in a real browser: saved files show by themselves, and the page stays in place."""

import threading
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from builder.commands.serve import serve_folder
from builder.content import Problem
from builder.kit.ports import listen_from
from builder.preview.command import Preview
from tests.browser.engines.page import expect
from tests.patience import LONGEST
from tests.preview.conftest import Editor, Started, eventually, free_port, running

OM = "content/tryggest/om.md"
SCHEME = "content/tryggest/scheme.yaml"
CALCULATOR = "/tryggest/kalkulator/"


@pytest.mark.smoke
def test_a_save_shows_by_itself(preview: Started, editor: Editor, page: Page) -> None:
    page.goto(f"{preview.address}/tryggest/")
    for n in range(3):
        editor.append(OM, f"\nAvsnitt {n}.\n")
        expect(page.get_by_text(f"Avsnitt {n}.")).to_be_visible()


def test_a_mistake_comes_and_goes_at_the_same_place(
    preview: Started, editor: Editor, page: Page
) -> None:
    page.goto(preview.address + CALCULATOR)
    page.get_by_label("Beløpet dere vil søke om").fill("300000")
    expect(page.locator("[data-result]")).to_contain_text("300\N{NO-BREAK SPACE}000")
    page.evaluate("scrollTo({top: 500, behavior: 'instant'})")
    place = page.evaluate("scrollY")
    assert place > 100
    text = editor.read(SCHEME)
    editor.save(SCHEME, text.replace("state:", "stat:", 1))
    expect(page.get_by_role("heading", level=1)).to_have_text("Noe må rettes før siden kan vises")
    expect(page.get_by_role("listitem").filter(has_text="Mente du «state»?")).to_be_visible()
    assert page.url == preview.address + CALCULATOR

    editor.save(SCHEME, text)
    expect(page.get_by_label("Beløpet dere vil søke om")).to_have_value("300000")
    expect(page.locator("[data-result]")).to_contain_text("300\N{NO-BREAK SPACE}000")
    eventually(lambda: page.evaluate("scrollY"), lambda found: found == place)


def test_a_style_is_changed_without_a_new_page(
    preview: Started, editor: Editor, page: Page
) -> None:
    page.goto(f"{preview.address}/tryggest/")
    page.evaluate("window.isTheSame = true")
    heading = page.get_by_role("heading", level=1)
    editor.append("theme/css/print.css", "\nh1 { letter-spacing: 0.5em; }\n")
    expect(heading).not_to_have_css("letter-spacing", "normal")
    wide = page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize) / 2")
    expect(heading).to_have_css("letter-spacing", f"{wide:g}px")
    assert page.evaluate("window.isTheSame")
    # What is saved after that is noticed too.
    editor.append(OM, "\nEtter stilen.\n")
    expect(page.get_by_text("Etter stilen.")).to_be_visible()


def test_pages_find_a_preview_that_starts_anew(
    preview: Started, editor: Editor, page: Page
) -> None:
    page.goto(f"{preview.address}/tryggest/")
    script = page.locator("script[data-preview]")
    before = str(script.get_attribute("data-version"))
    editor.append("builder/kit/addresses.py", "\n# Endret.\n")
    expect(script).not_to_have_attribute("data-version", before)
    editor.append(OM, "\nEtter omstarten.\n")
    expect(page.get_by_text("Etter omstarten.")).to_be_visible()


def test_a_tab_in_the_background_catches_up(preview: Started, editor: Editor, page: Page) -> None:
    """It takes none of the browser's few connections while nobody sees it."""
    page.add_init_script(
        "Object.defineProperty(document, 'hidden', {get: () => window.isAway ?? false})"
    )
    page.goto(f"{preview.address}/tryggest/")
    page.evaluate("window.isAway = true; document.dispatchEvent(new Event('visibilitychange'))")
    editor.append(OM, "\nMens ingen så det.\n")
    preview.shows("/tryggest/", "Mens ingen så det.")
    expect(page.get_by_text("Mens ingen så det.")).not_to_be_attached()
    page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("Mens ingen så det.")).to_be_visible()


def test_many_tabs_at_once(preview: Started, editor: Editor, context: BrowserContext) -> None:
    """More than the six connections that browsers have for a server."""
    pages = [context.new_page() for _ in range(8)]
    for page in pages:
        page.goto(f"{preview.address}/tryggest/")
        # Playwright shows all its pages; as in a window with tabs, only the last is seen.
        page.evaluate(
            "Object.defineProperty(document, 'hidden', {get: () => true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    pages[0].goto(f"{preview.address}/om/")
    expect(pages[0].locator("[data-preview-bar]")).to_be_visible()


def test_the_bar_by_keyboard(preview: Started, editor: Editor, page: Page) -> None:
    editor.append(SCHEME, "draft: true\n")
    preview.shows("/tryggest/", "Blir ikke publisert")
    page.goto(f"{preview.address}/tryggest/")
    bar = page.get_by_role("complementary", name="Forhåndsvisning")
    expect(bar).to_contain_text("Blir ikke publisert")
    bar.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(bar.get_by_text("Ordningen «TryggEst» er et utkast.")).to_be_visible()
    expect(bar.get_by_text("content/tryggest/om.md")).to_be_visible()
    # Open or hidden, it stays so when something is saved.
    editor.append(OM, "\nNytt.\n")
    expect(page.get_by_text("Nytt.", exact=True)).to_be_visible()
    expect(bar.get_by_text("content/tryggest/om.md")).to_be_visible()
    page.keyboard.press("Tab")
    bar.get_by_role("button", name="Skjul").focus()
    page.keyboard.press("Enter")
    expect(bar).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(bar).to_be_hidden()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_bar_covers_nothing_at_the_end_of_a_page(
    preview: Started, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{preview.address}/om/")
    page.evaluate("scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'})")
    footer = page.get_by_role("contentinfo").bounding_box()
    bar = page.locator("[data-preview-bar]").bounding_box()
    assert footer
    assert bar
    assert footer["y"] + footer["height"] <= bar["y"] + 1
    assert bar["x"] >= 0
    assert bar["x"] + bar["width"] <= width
    page.emulate_media(media="print")
    expect(page.locator("[data-preview-bar]")).to_be_hidden()


def test_it_is_said_that_the_preview_is_gone(preview: Started, context: BrowserContext) -> None:
    """And when it is there again, the page goes on by itself."""
    page = context.new_page()
    port = free_port()
    with running(preview.root, port) as started:
        page.goto(f"{started.address}/om/")
        expect(page.locator("[data-preview-gone]")).to_be_empty()
    expect(page.get_by_role("status")).to_contain_text("Forhåndsvisningen svarer ikke.")
    before = str(page.locator("script[data-preview]").get_attribute("data-version"))
    with running(preview.root, port):
        expect(page.locator("script[data-preview]")).not_to_have_attribute("data-version", before)
        expect(page.locator("[data-preview-gone]")).to_be_empty()


def test_the_search_finds_what_is_saved(preview: Started, editor: Editor, page: Page) -> None:
    editor.append(OM, "\nHer står ordet snøfonnsrydding.\n")
    preview.shows("/tryggest/", "snøfonnsrydding")
    page.goto(f"{preview.address}/sok/#q=snøfonnsrydding")
    expect(page.get_by_role("link", name="TryggEst").first).to_be_visible()


def test_a_browser_that_kept_the_published_site_sees_the_preview(
    preview: Started, editor: Editor, browser: Browser, built_site: Path
) -> None:
    port = free_port()
    context = browser.new_context()
    page = context.new_page()
    with serve_folder(built_site, port) as address:
        page.goto(f"{address}/tryggest/")
        page.evaluate("navigator.serviceWorker.ready")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        kept = "caches.keys().then((names) => names.join())"
        assert "tilskuddsstigen-" in page.evaluate(kept)
    editor.append(SCHEME, "ukjent: 1\n")
    with running(preview.root, port) as started:
        assert started.address == address
        # A mistake: the kept page would stand in its place.
        page.goto(f"{address}/tryggest/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Noe må rettes")
        editor.put_back()
        expect(page.locator("[data-preview-bar]")).to_be_visible()
        assert page.evaluate(kept) == ""
    context.close()


def test_what_checks_find_comes_to_the_bar_after_the_page(
    preview: Started, editor: Editor, page: Page
) -> None:
    """Nothing that is saved has to wait for checks, however long they take."""
    may_end = threading.Event()
    warning = Problem(Path(OM), 3, "", "Lenken svarer ikke.", is_warning=True)

    def check(*_: object) -> list[Problem]:
        assert may_end.wait(LONGEST)
        return [warning]

    with listen_from(free_port()) as listener:
        slow = Preview(preview.root, listener, [check])
        serving = threading.Thread(target=slow.run)
        serving.start()
        try:
            page.goto(f"{slow.server.address}tryggest/")
            editor.append(OM, "\nFør kontrollen.\n")
            expect(page.get_by_text("Før kontrollen.")).to_be_visible()
            page.evaluate("window.isTheSame = true")
            bar = page.get_by_role("complementary", name="Forhåndsvisning")
            expect(bar).not_to_contain_text("Advarsler")
            may_end.set()
            expect(bar).to_contain_text("Advarsler: 1")
            assert page.evaluate("window.isTheSame")
            bar.locator("summary").click()
            expect(bar).to_contain_text(f"{OM}:3 Lenken svarer ikke.")
        finally:
            may_end.set()
            slow.server.shutdown()
            serving.join()
