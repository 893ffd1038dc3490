"""`make gallery`: pictures of the pages for whoever reviews them, in .cache/gallery/index.html."""

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from html import escape
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Error, Page, sync_playwright

from builder import content
from builder.commands.serve import serve_folder
from builder.commands.steps import SetupError
from builder.kit.ports import ServeError
from builder.site.build import BuildError
from tests import npm
from tests.conftest import CHROMIUM_ARGUMENTS, build_site
from tests.programs import find_chromium
from tests.proof.conftest import new_tab
from tests.proof.states import calculator_states
from tests.site.pages import addresses

ROOT = npm.ROOT
FOLDER = ROOT / ".cache/gallery"
WIDTHS = (390, 1280)
LIGHT_AND_DARK: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
# The scheme that has most of what schemes can have.
SCHEME = "oppfolging-voksne"


def main() -> int:
    """Build the site, take the pictures, and return the exit code."""
    # So that servers and browsers are stopped then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with tempfile.TemporaryDirectory(prefix="gallery-") as folder:
            built = Path(folder, "site")
            build_site(ROOT, built)
            with serve_folder(built) as address:
                write(built, address)
    except (SetupError, BuildError, content.ContentError, ServeError, Error) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Bildene vises i {(FOLDER / 'index.html').relative_to(ROOT)}.")
    return 0


def chosen(built: Path) -> list[str]:
    """One page of each kind: all in bokmål that belong to no scheme, and those of one scheme."""
    others = {f"/{slug}/" for slug in content.load(ROOT / "content").schemes} - {f"/{SCHEME}/"}
    return [
        url
        for url in addresses(built)
        if not url.startswith("/nn/") and not any(url.startswith(other) for other in others)
    ]


def write(built: Path, address: str) -> None:
    """Take the pictures anew, and write the page that shows them."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    calculators = [url for url in chosen(built) if "kalkulator" in url or "nedtrapping" in url]
    parts = []
    with (
        sync_playwright() as playwright,
        closing(
            playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        ) as browser,
    ):
        with new_tab(browser, address) as tab:
            for url in [*chosen(built), "/nn/", f"/nn/{SCHEME}/kalkulator/"]:
                tab.goto(url)
                parts.append(shown(url, list(pictures(tab, url))))
        with new_tab(browser, address, with_python=True) as tab:
            for url in calculators:
                tab.set_viewport_size({"width": WIDTHS[-1], "height": 900})
                for state in calculator_states(tab, url):
                    name = f"{url} {state}"
                    parts.append(shown(name, list(pictures(tab, name))))
                    tab.set_viewport_size({"width": WIDTHS[-1], "height": 900})
    (FOLDER / "index.html").write_text(PAGE.format("\n".join(parts)), "utf-8")


def pictures(tab: Page, name: str) -> Iterator[str]:
    """Take the pictures of what a tab shows; yields their file names."""
    stem = name.strip("/").replace("/", ".").replace(" ", "_") or "forside"
    for width, scheme in product(WIDTHS, LIGHT_AND_DARK):
        tab.emulate_media(color_scheme=scheme)
        tab.set_viewport_size({"width": width, "height": 900})
        file = f"{stem}.{width}.{scheme}.png"
        tab.screenshot(path=FOLDER / file, full_page=True)
        yield file


def shown(name: str, files: list[str]) -> str:
    """A page of the site in the gallery."""
    images = "".join(
        f'<a href="{escape(file)}"><img src="{escape(file)}" alt="{escape(file)}" loading="lazy">'
        "</a>"
        for file in files
    )
    return f"<h2>{escape(name)}</h2>\n<div>{images}</div>"


PAGE = """<!doctype html>
<html lang="nb">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Bilder av sidene</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; background: #ddd; color: #111; }}
div {{ display: flex; gap: 1rem; overflow-x: auto; align-items: start; }}
img {{ max-height: 60rem; width: auto; box-shadow: 0 0 0.5rem #888; }}
</style>
<h1>Bilder av sidene</h1>
<p>Hver side smal og bred, lys og mørk. Trykk på et bilde for å se det i full størrelse.</p>
{}
</html>
"""


if __name__ == "__main__":
    sys.exit(main())
