"""What readers have to download, and the most that it may be.

Sizes are of what goes over the wire where the server gives brotli: they are exact, so they are
checked at every build.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from builder.runtime import WORKBOOK

# Bytes.
RUNTIME_BUDGET = 3_000_000
WORKBOOK_BUDGET = 260_000
SCRIPTS_BUDGET = 8_000
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
    """The sizes of a built site: Python, all our scripts, and each page without a calculator.

    What workbooks need is got by those alone who ask for one.
    """
    files = [p for p in (site / "runtime").rglob("*") if p.suffix not in {".br", ".gz"}]
    runtime = [p for p in files if p.name != WORKBOOK]
    workbook = [p for p in files if p.name == WORKBOOK]
    scripts = [*(site / "assets").glob("*.js"), site / "sw.js"]
    return [
        Size("Python for nettleseren", _total(runtime), RUNTIME_BUDGET),
        Size("Det Excel-filer trenger i tillegg", _total(workbook), WORKBOOK_BUDGET),
        Size("Skriptene våre", _total(scripts), SCRIPTS_BUDGET),
        *_pages(site),
    ]


def on_the_wire(path: Path) -> int:
    """The size of a file as a browser gets it: compressed where that is smaller."""
    compressed = path.with_name(f"{path.name}.br")
    return (compressed if compressed.is_file() else path).stat().st_size


def _total(paths: Iterable[Path]) -> int:
    """What the files weigh together. That a page needs one that is missing is said elsewhere."""
    return sum(on_the_wire(path) for path in paths if path.is_file())


def _pages(site: Path) -> Iterator[Size]:
    for path in sorted(site.rglob("*.html")):
        page = _Page()
        page.feed(path.read_text("utf-8"))
        if not page.has_calculator:
            files = {site / address.lstrip("/") for address in page.needs}
            what = f"/{path.relative_to(site).as_posix()} med alt den trenger"
            yield Size(what, _total([path, *files]), PAGE_BUDGET)


class _Page(HTMLParser):
    """What a browser gets together with a page.

    Other fonts than the one preloaded are for rare letters, and only got where those occur.
    """

    def __init__(self) -> None:
        super().__init__()
        self.needs: set[str] = set()
        self.has_calculator = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.has_calculator |= "data-calculator" in attributes
        wanted = {"link": "href", "script": "src", "img": "src"}.get(tag)
        address = attributes.get(wanted or "")
        is_file = tag != "link" or re.search(
            r"\b(stylesheet|icon|preload|modulepreload)\b", attributes.get("rel") or ""
        )
        if address and is_file and address.startswith("/"):
            self.needs.add(address)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")
