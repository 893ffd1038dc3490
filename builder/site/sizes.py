"""Sizes of the files that readers download, and their budgets.

Sizes are those on the wire where the server gives brotli: they are exact, so they are checked at
every build.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from builder.bundle.runtime import WORKBOOK
from builder.kit.environment import is_set
from builder.kit.files import steps
from builder.site.built_site import BuiltSite, read_site

ROOT = Path(__file__).resolve().parents[2]

# Budgets in bytes. Python for the browser, with the calculators.
RUNTIME_BUDGET = 3_000_000
# The files that are loaded too when a reader asks for a workbook.
WORKBOOK_BUDGET = 260_000
# The scripts that a page loads by itself, with its worker and the service worker.
SCRIPTS_BUDGET = 8_000
# All scripts of the site that are loaded only when a reader asks for something.
SCRIPTS_ON_REQUEST_BUDGET = 8_000
# The script for other sites that embed a calculator.
EMBED_BUDGET = 1_500
# A page with everything that it loads by itself.
PAGE_BUDGET = 100_000
# The number of pages in the report, the heaviest first.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Size:
    """The size of something that readers download, and its budget, both in bytes on the wire."""

    name: str
    size: int
    budget: int

    def __str__(self) -> str:
        """A line of the report, in Norwegian: name, size and budget."""
        return f"{self.name}: {_grouped(self.size)} byte, høyst {_grouped(self.budget)} byte"


def sizes(site: Path) -> list[Size]:
    """The sizes of a built site: Python, our scripts, and each page without a calculator."""
    built = read_site(site)
    weigh = _Scales(built)
    return [
        *_of_site(built, weigh),
        *(weigh.page(name) for name in _with_budget(built, built.pages)),
    ]


def report(site: Path, *, every: bool = False) -> str:
    """The sizes of a built site in Norwegian, and of its heaviest pages, or of `every` page."""
    built = read_site(site)
    weigh = _Scales(built)
    pages = [weigh.page(name) for name in _with_budget(built, built.pages)]
    shown = pages if every else sorted(pages, key=lambda size: -size.size)[:SHOWN]
    lines = [str(size) for size in (*_of_site(built, weigh), *shown)]
    if len(shown) < len(pages):
        lines.append(f"… og {_grouped(len(pages) - len(shown))} lettere sider (ALT=1 viser alle)")
    return "\n".join(lines)


def too_big(built: BuiltSite) -> list[Size]:
    """The sizes that are over their budgets."""
    weigh = _Scales(built)
    # No file is larger compressed than not, so most pages need not be weighed.
    heavy = [
        name
        for name, extract in built.pages.items()
        if extract.size + weigh.needs(extract.needs) > PAGE_BUDGET
    ]
    sizes = [*_of_site(built, weigh), *(weigh.page(name) for name in _with_budget(built, heavy))]
    return [size for size in sizes if size.size > size.budget]


class _Scales:
    """Adds up the bytes of files on the wire; each file and each set of files is added up once."""

    def __init__(self, built: BuiltSite) -> None:
        self.built = built
        self.file = cache(self._file)
        self.needs = cache(self._needs)

    def files(self, names: Iterable[str]) -> int:
        """Bytes of files together."""
        return sum(map(self.file, names))

    def page(self, name: str) -> Size:
        """The size of a page with everything that it loads by itself."""
        size = self.file(name) + self.needs(self.built.pages[name].needs)
        return Size(f"/{name} med alt den trenger", size, PAGE_BUDGET)

    def _file(self, name: str) -> int:
        # A file that is missing is a broken link, which the check of the site reports.
        return self.built.size(name) if name in self.built.files else 0

    def _needs(self, addresses: tuple[str, ...]) -> int:
        return self.files({address.lstrip("/") for address in addresses})


def _of_site(built: BuiltSite, weigh: _Scales) -> list[Size]:
    """The sizes of files that all pages share."""
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


def _scripts(built: BuiltSite) -> set[tuple[str, ...]]:
    """The sets of scripts that pages load."""
    return {extract.scripts for extract in built.pages.values()}


def _with_budget(built: BuiltSite, names: Iterable[str]) -> list[str]:
    """The pages that have a budget, in order: all without a calculator, which loads Python."""
    return sorted(
        (name for name in names if not built.pages[name].has_calculator),
        key=steps,
    )


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def main(_argv: Sequence[str]) -> int:
    """Print the sizes of the site in `output/`; returns the exit code."""
    print(report(ROOT / "output", every=is_set("ALT")))
    return 0
