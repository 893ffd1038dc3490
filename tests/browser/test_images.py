"""Images in texts: they come when they are near, fit the screen, and are there offline."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator
from playwright.sync_api import Page as BrowserPage

from builder.commands.serve import serve_folder
from tests.browser.engines.page import expect
from tests.browser.service_workers import expect_next_waits, open_taken_over
from tests.browser.test_offline import KEPT, Host, is_kept
from tests.conftest import build_site, copy_project
from tests.content.bad_content import picture
from tests.once import made_once

PAGE = "/om/"
NEWS = "Denne setningen er ny i dag."
# Further down than browsers get images ahead for.
FAR = "\n\nEn setning for å komme langt ned." * 400
ALT = "Et kart"


@pytest.fixture(scope="module")
def versions(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The site with an image far down on a page, and the same after a change of the text."""

    def make(folder: Path) -> None:
        project = tmp_path_factory.mktemp("images") / "project"
        copy_project(project_root, project)
        picture("pages/bilder/kart.png", "PNG", (1200, 600))(project / "content")
        text = project / "content/pages/om.md"
        with text.open("a", encoding="utf-8") as file:
            file.write(f"{FAR}\n\n![{ALT}](bilder/kart.png)\n")
        build_site(project, folder / "before")
        with text.open("a", encoding="utf-8") as file:
            file.write(f"\n{NEWS}\n")
        build_site(project, folder / "after")

    folder = made_once(tmp_path_factory, "images", make)
    return folder / "before", folder / "after"


@pytest.fixture
def host(versions: tuple[Path, Path], tmp_path: Path) -> Iterator[Host]:
    link = tmp_path / "current"
    link.symlink_to(versions[0])
    host = Host(link, 0)
    # At the same address again after a stop.
    host.port = int(host.start().rpartition(":")[2])
    yield host
    host.stop()


@pytest.fixture
def reader(browser: Browser, host: Host) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=f"http://127.0.0.1:{host.port}") as context:
        yield context


def address_of(site: Path) -> str:
    (file,) = (site / "assets").glob("kart-*.png")
    return f"/assets/{file.name}"


def expect_it_shows(page: BrowserPage) -> Locator:
    image = page.get_by_role("img", name=ALT)
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("naturalWidth", 1200)
    return image


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_image_comes_when_it_is_near_and_fits(
    browser: Browser, versions: tuple[Path, Path], width: int, scheme: str
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with (
        serve_folder(versions[0]) as address,
        browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 700},
            color_scheme=scheme,  # type: ignore[arg-type]
        ) as context,
    ):
        page = context.new_page()
        page.add_init_script("delete Navigator.prototype.serviceWorker")
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(PAGE, wait_until="networkidle")
        image = page.get_by_role("img", name=ALT)
        assert f"{address}{address_of(versions[0])}" not in asked
        # The place is there before the image is.
        before = image.bounding_box()
        expect_it_shows(page)
        assert f"{address}{address_of(versions[0])}" in asked
        after = image.bounding_box()
        assert before is not None
        assert after is not None
        assert (before["width"], before["height"]) == (after["width"], after["height"])
        # With a line around it.
        assert after["width"] - 2 == pytest.approx(2 * (after["height"] - 2), abs=1)
        assert after["x"] >= 0
        assert after["x"] + after["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # Black lines on nothing can be seen in dark surroundings too.
        expect(image).to_have_css("background-color", "rgb(255, 255, 255)")
        assert complaints == []


def test_an_image_is_kept_when_it_was_seen_and_no_sooner(
    reader: BrowserContext, host: Host, versions: tuple[Path, Path]
) -> None:
    before, after = versions
    image = address_of(before)
    assert image == address_of(after)
    page = reader.new_page()
    page.goto("/")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    is_kept(page, "/uten-nett/")
    # Nor is the one that other sites show with links to this one.
    kept = [path for paths in page.evaluate(KEPT).values() for path in paths]
    assert kept
    assert [path for path in kept if path.endswith(".png")] == []

    page.goto(PAGE)
    expect_it_shows(page)
    is_kept(page, PAGE, image)
    host.stop()
    page.reload()
    expect_it_shows(page)

    # After a publish of something else it is still there, for a reader without a network.
    host.start()
    host.publish(after)
    page.reload()
    expect(page.get_by_text(NEWS)).to_be_attached()
    expect_next_waits(page)
    page.close()
    page = open_taken_over(reader, "/")
    pages = [name for name in page.evaluate(KEPT) if "pages-" in name]
    assert len(pages) == 1
    is_kept(page, PAGE, image)
    host.stop()
    page.goto(PAGE)
    expect(page.get_by_text(NEWS)).to_be_attached()
    expect_it_shows(page)
