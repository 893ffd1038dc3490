"""A copy of the project, in which builds and the changes of an editor are measured."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from builder.commands.steps import ROOT
from tests.bench_build import processes, schemes
from tests.bench_build.processes import Run
from tests.bench_build.schemes import Scheme
from tests.conftest import BUILD_DATE

FIRST, KEPT, PAGE, RATE = "first", "kept", "page", "rate"
KIND, BASE, NOTHING, DAY = "kind", "base", "nothing", "day"
OUTPUT, CACHE, CONTENT = "output", ".cache", "content"
# All that a build reads, besides the content; theme/node_modules is linked to.
_CODE = ("builder", "calc", "theme", "pelican.conf.py", "pyproject.toml", "LICENSE")
# The real scheme whose made-up likes are changed: it has two rule years.
_MODEL = "oppfolging-voksne"
NEXT_DAY = str(date.fromisoformat(BUILD_DATE) + timedelta(days=1))
# The built file that names the day for which the site was built.
_DATED = "api/v1/schemes.json"
# A template of one page of each scheme, and that of all pages, each with the text before a change.
TEMPLATES = {
    KIND: ("scheme/rapportering.html", "{{ prose(page) }}"),
    BASE: ("base.html", "<body>"),
}


class NotTheSameWorkError(Exception):
    """A build left out the work that is measured; the text names it."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """A file with another text, and the page of the output that shows it."""

    name: str
    file: Path
    text: str
    shown: Path


class Project:
    """A copy of the project in a folder of its own, with a cache of its own."""

    def __init__(self, folder: Path) -> None:
        """Copy the project; its cache then holds all that does not depend on the schemes."""
        self.folder = folder
        self._log = folder.with_suffix(".log")
        folder.mkdir(parents=True)
        for source in (*(ROOT / name for name in _CODE), *ROOT.glob("requirements*.txt")):
            target = folder / source.name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules"))
            else:
                shutil.copy2(source, target)
        modules = (ROOT / "theme/node_modules").resolve()
        (folder / "theme/node_modules").symlink_to(modules)
        # As it is on a machine that has built before: Python's own byte code is not what differs.
        compiling = [sys.executable, "-m", "compileall", "-q", "builder", "calc"]
        subprocess.run(compiling, cwd=folder, check=True)
        self._prepared = folder.with_suffix(".cache")
        schemes.write(ROOT / CONTENT, folder / CONTENT, 1)
        self._build()
        shutil.rmtree(folder / CONTENT)
        (folder / CACHE).rename(self._prepared)

    def measure(self, content: Path, of: list[Scheme], run: int) -> Iterator[tuple[str, Run]]:
        """Build it with a content folder on every occasion, by name; `run` makes edits differ.

        Raises `NotTheSameWorkError` where a build left out what it should have done.
        """
        self.delete()
        with self._with(content), ExitStack() as edits:
            yield FIRST, self._build()
            pages = self.html_pages()
            changes = list(self._edits(of, run))
            before = [edit.shown.read_bytes() for edit in changes]
            yield NOTHING, self._build()
            if [edit.shown.read_bytes() for edit in changes] != before:
                raise NotTheSameWorkError("a second build changed pages that nobody had changed")
            yield DAY, self._build(NEXT_DAY)
            if NEXT_DAY not in (self.folder / OUTPUT / _DATED).read_text("utf-8"):
                raise NotTheSameWorkError(f"{_DATED} is of the day before")
            for edit in changes:
                old = edit.shown.read_bytes()
                edits.enter_context(_edited(edit.file, edit.text))
                yield edit.name, self._build(NEXT_DAY)
                if edit.shown.read_bytes() == old:
                    raise NotTheSameWorkError(f"{edit.shown} is as it was before the change")
            if self.html_pages() != pages:
                raise NotTheSameWorkError(f"{self.html_pages()} pages, not {pages}")
        self.delete()
        with self._with(content):
            shutil.copytree(self._prepared, self.folder / CACHE, symlinks=True)
            yield KEPT, self._build()
            if self.html_pages() != pages:
                raise NotTheSameWorkError(f"{self.html_pages()} pages, not {pages}")

    def html_pages(self) -> int:
        """How many pages were written."""
        return sum(1 for _ in (self.folder / OUTPUT).rglob("*.html"))

    def delete(self) -> None:
        """Delete all that builds have made."""
        for name in (OUTPUT, CACHE):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    @contextmanager
    def _with(self, content: Path) -> Iterator[None]:
        place = self.folder / CONTENT
        content.rename(place)
        try:
            yield
        finally:
            place.rename(content)

    def _edits(self, of: list[Scheme], run: int) -> Iterator[_Edit]:
        """The changes, one after the other, of schemes in the middle; each run has its own."""
        likes = [scheme for scheme in of if scheme.model.name == _MODEL]
        scheme = likes[len(likes) // 2]
        folder, output = self.folder / CONTENT / scheme.slug, self.folder / OUTPUT / scheme.slug
        page = folder / "hvem-kan-soke.md"
        text = f"{page.read_text('utf-8')}\nMålt i runde {run}.\n"
        yield _Edit(PAGE, page, text, output / "hvem-kan-soke/index.html")
        rules = max((folder / "rules").glob("*.yaml"))
        text = schemes.multiplied(rules.read_text("utf-8"), 10 + 10 * run)
        yield _Edit(RATE, rules, text, output / f"satser/{rules.stem}/index.html")
        for name, (template, where) in TEMPLATES.items():
            file = self.folder / "theme/templates" / template
            before, found, after = file.read_text("utf-8").partition(where)
            if not found:
                raise NotTheSameWorkError(f"{template} has no {where}")
            text = f'{before}{where}\n<div data-run="{run}"></div>{after}'
            yield _Edit(name, file, text, output / "rapportering/index.html")

    def _build(self, day: str = BUILD_DATE) -> Run:
        """As an editor does on that day, by `make site`."""
        command = [sys.executable, "-m", "builder", "site"]
        env = {name: value for name, value in os.environ.items() if name != "SITE_ADDRESS"}
        return processes.run(command, self.folder, env | {"BUILD_DATE": day}, self._log)


@contextmanager
def _edited(file: Path, text: str) -> Iterator[None]:
    """Another text in a file while the block runs."""
    old = file.read_text("utf-8")
    file.write_text(text, "utf-8")
    try:
        yield
    finally:
        file.write_text(old, "utf-8")
