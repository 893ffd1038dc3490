"""`make guide`: the pictures in the guide for editors, taken anew of the preview as it is now."""

import contextlib
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import npm
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.preview.conftest import Started, copy_for_preview, running
from tests.programs import find_chromium

ROOT = npm.ROOT
FOLDER = ROOT / "content/pages/bilder"
WINDOW = {"width": 960, "height": 620}
# As many colours as the pages have, with those between them.
COLOURS = 64

SCHEME = "tryggest"
NAME = "Tilskudd til nærmiljø"
NEW = "naermiljo"
YEAR = 2027


def main() -> int:
    """Take the pictures; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="guide-") as folder, browser() as chromium:
        root = copy_for_preview(ROOT, Path(folder, "prosjekt"))
        make(root, "--scheme", SCHEME, "--year", str(YEAR))
        make(root, "--name", NAME, "--slug", NEW)
        with running(root) as preview:
            picture(chromium, preview, "nytt-regelverksar", f"/{SCHEME}/satser/{YEAR}/", opened)
            picture(chromium, preview, "ny-ordning", f"/{NEW}/")
            rules = root / f"content/{SCHEME}/rules/2025.yaml"
            written = rules.read_text("utf-8")
            rules.write_text(written.replace("value: 400000", "value: 450000", 1), "utf-8")
            picture(chromium, preview, "feil", f"/{SCHEME}/satser/2025/", mistake)
    print(f"Bildene ligger i {FOLDER.relative_to(ROOT)}.")
    return 0


def make(root: Path, *options: str) -> None:
    command = [sys.executable, "-m", "builder", "new", *options]
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)


def picture(
    chromium: Browser,
    preview: Started,
    name: str,
    address: str,
    act: Callable[[Page], None] = lambda _page: None,
) -> None:
    page = chromium.new_page(viewport=WINDOW, locale="nb-NO", reduced_motion="reduce")
    page.goto(preview.address.rstrip("/") + address)
    act(page)
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    small = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    FOLDER.mkdir(exist_ok=True)
    small.save(FOLDER / f"{name}.png", optimize=True)
    page.close()


def opened(page: Page) -> None:
    """The bar at the foot shows all that it has."""
    page.locator("[data-preview-details] summary").click()
    expect(page.locator(".preview-body")).to_be_visible()


def mistake(page: Page) -> None:
    """What was saved is wrong, and the page says it by itself."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("Noe må rettes")


if __name__ == "__main__":
    sys.exit(main())
