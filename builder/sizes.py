"""What readers have to download, and the most that it may be.

Sizes are of what goes over the wire where the server gives brotli: they are exact, so they are
checked at every build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from builder.runtime import WORKBOOK

# Bytes.
RUNTIME_BUDGET = 3_000_000
# What comes in addition for readers who ask for a workbook.
WORKBOOK_BUDGET = 260_000
# What any page loads by itself, its worker and the service worker with it.
SCRIPTS_BUDGET = 8_000
# What comes only when a reader asks for it: all of that on our pages.
SCRIPTS_ON_REQUEST_BUDGET = 8_000
# What the site loads that embeds a calculator.
EMBED_BUDGET = 1_500
PAGE_BUDGET = 100_000


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes on the wire of something, and its budget."""

    what: str
    found: int
    budget: int

    def __str__(self) -> str:
        """For an editor or developer, in Norwegian."""
        return f"{self.what}: {_grouped(self.found)} byte, høyst {_grouped(self.budget)} byte"


def sizes(site: Path) -> list[Size]:
    """The sizes of a built site: Python, our scripts, and each page without a calculator."""
    python = [p for p in (site / "runtime").rglob("*") if p.suffix not in {".br", ".gz"}]
    workbook = [p for p in python if p.name == WORKBOOK]
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    loaded = [{site / name.lstrip("/") for name in page.scripts} for page in pages.values()]
    on_request = set((site / "assets").glob("*.js")).difference(*loaded)
    service_worker = _total([site / "sw.js"])
    scripts = max((_total(files) for files in loaded), default=0) + service_worker
    return [
        Size("Python for nettleseren", _total(set(python) - set(workbook)), RUNTIME_BUDGET),
        Size("Det Excel-filer trenger i tillegg", _total(workbook), WORKBOOK_BUDGET),
        Size("Skriptene på siden med flest", scripts, SCRIPTS_BUDGET),
        Size("Skriptet for andres sider", _total([site / "embed.js"]), EMBED_BUDGET),
        Size("Skript som hentes ved behov", _total(on_request), SCRIPTS_ON_REQUEST_BUDGET),
        *(
            Size(
                f"/{path.relative_to(site).as_posix()} med alt den trenger",
                _total([path, *(site / name.lstrip("/") for name in page.needs)]),
                PAGE_BUDGET,
            )
            for path, page in pages.items()
            if not page.has_calculator
        ),
    ]


def on_the_wire(path: Path) -> int:
    """The size of a file as a browser gets it: compressed where that is smaller."""
    compressed = path.with_name(f"{path.name}.br")
    return (compressed if compressed.is_file() else path).stat().st_size


def _total(paths: Iterable[Path]) -> int:
    """What the files weigh together. That a page needs one that is missing is said elsewhere."""
    return sum(on_the_wire(path) for path in paths if path.is_file())


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page


class _Page(HTMLParser):
    """What a browser gets together with a page.

    Other fonts than the one preloaded are for rare letters, and only got where those occur.
    """

    def __init__(self) -> None:
        super().__init__()
        self.needs: set[str] = set()
        self.scripts: set[str] = set()
        self.has_calculator = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.has_calculator |= "data-calculator" in attributes
        wanted = {"link": "href", "script": "src", "img": "src"}.get(tag)
        address = attributes.get(wanted or "")
        # What the reader may never come to is got when it is near.
        is_later = attributes.get("loading") == "lazy"
        is_file = tag != "link" or re.search(
            r"\b(stylesheet|icon|preload|modulepreload)\b", attributes.get("rel") or ""
        )
        if address and is_file and not is_later and address.startswith("/"):
            self.needs.add(address)
        named = [address, attributes.get("data-worker")]
        self.scripts |= {name for name in named if name and name.endswith(".js")}


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")
