"""What readers have to download, and the most that it may be.

Sizes are of what goes over the wire where the server gives brotli: they are exact, so they are
checked at every build.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from builder.bundle.runtime import WORKBOOK
from builder.checks.report import is_set
from builder.site.built import Built, read

ROOT = Path(__file__).resolve().parents[2]

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
# As many pages as are shown, the heaviest ones.
SHOWN = 20


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
    built = read(site)
    weigh = _Scales(built)
    return [
        *_of_site(built, weigh),
        *(weigh.page(name) for name in _with_budget(built, built.pages)),
    ]


def report(site: Path, *, every: bool = False) -> str:
    """The sizes of a built site, of its pages the heaviest ones or all."""
    built = read(site)
    weigh = _Scales(built)
    pages = [weigh.page(name) for name in _with_budget(built, built.pages)]
    shown = pages if every else sorted(pages, key=lambda size: -size.found)[:SHOWN]
    lines = [str(size) for size in (*_of_site(built, weigh), *shown)]
    if len(shown) < len(pages):
        lines.append(f"… og {_grouped(len(pages) - len(shown))} lettere sider (ALT=1 viser alle)")
    return "\n".join(lines)


def too_big(built: Built) -> list[Size]:
    """What is over its budget."""
    weigh = _Scales(built)
    # Nothing is compressed to more than it was, so most pages need not be weighed.
    heavy = [
        name
        for name, said in built.pages.items()
        if said.size + weigh.needs(said.needs) > PAGE_BUDGET
    ]
    found = [*_of_site(built, weigh), *(weigh.page(name) for name in _with_budget(built, heavy))]
    return [size for size in found if size.found > size.budget]


class _Scales:
    """Weighs files as they go over the wire, each once."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.file = cache(self._file)
        self.needs = cache(self._needs)

    def files(self, names: Iterable[str]) -> int:
        """Bytes of files together."""
        return sum(map(self.file, names))

    def page(self, name: str) -> Size:
        """A page with all that it needs."""
        found = self.file(name) + self.needs(self.built.pages[name].needs)
        return Size(f"/{name} med alt den trenger", found, PAGE_BUDGET)

    def _file(self, name: str) -> int:
        # That a page needs one that is missing is said elsewhere.
        return self.built.size(name) if name in self.built.files else 0

    def _needs(self, addresses: tuple[str, ...]) -> int:
        return self.files({address.lstrip("/") for address in addresses})


def _of_site(built: Built, weigh: _Scales) -> list[Size]:
    """What is there once for all pages."""
    ours = [name for name in built.files if name.startswith(("runtime/", "assets/"))]
    runtime = (name for name in ours if name.startswith("runtime/"))
    python = [name for name in runtime if not name.endswith((".br", ".gz"))]
    workbook = [name for name in python if name.rpartition("/")[2] == WORKBOOK]
    loaded = [{name.lstrip("/") for name in of_page} for of_page in _scripts(built)]
    assets = {name for name in ours if re.fullmatch(r"assets/[^/]+\.js", name)}
    on_request = assets.difference(*loaded)
    scripts = max(map(weigh.files, loaded), default=0) + weigh.file("sw.js")
    return [
        Size("Python for nettleseren", weigh.files(set(python) - set(workbook)), RUNTIME_BUDGET),
        Size("Det Excel-filer trenger i tillegg", weigh.files(workbook), WORKBOOK_BUDGET),
        Size("Skriptene på siden med flest", scripts, SCRIPTS_BUDGET),
        Size("Skriptet for andres sider", weigh.file("embed.js"), EMBED_BUDGET),
        Size("Skript som hentes ved behov", weigh.files(on_request), SCRIPTS_ON_REQUEST_BUDGET),
    ]


def _scripts(built: Built) -> set[tuple[str, ...]]:
    return {said.scripts for said in built.pages.values()}


def _with_budget(built: Built, names: Iterable[str]) -> list[str]:
    """Those of the pages that have a budget, in order: a calculator brings Python along."""
    return sorted(
        (name for name in names if not built.pages[name].has_calculator),
        key=lambda name: name.split("/"),
    )


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def main(_argv: Sequence[str]) -> int:
    """Print the sizes of the site in `output/`; returns the exit code."""
    print(report(ROOT / "output", every=is_set("ALT")))
    return 0
