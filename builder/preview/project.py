"""The project in memory: the content as it is saved now, and the pages and files built from it."""

import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Self

from builder import content
from builder.bundle.assets import STYLE
from builder.content import Problem, Site
from builder.content.folders import Memory
from builder.data import search
from builder.kit.environment import today
from builder.kit.headers import ASSETS
from builder.preview.bar import Bar, bar
from builder.preview.generator import SiteGenerator, generator_of, warnings_stop
from builder.preview.mistakes import Failure, failure_of
from builder.routes import redirects
from builder.views.page import Planned
from calc.rules import Lang


class Part(Enum):
    """A group of files of the project: after a save of any of them, the same work is done."""

    PROSE = "prose"
    CONTENT = "content"
    TEMPLATES = "templates"
    TEXTS = "texts"
    ASSETS = "assets"


@dataclass(frozen=True)
class Version:
    """A version of the project, which each save makes anew.

    Where only the style sheet differs from some versions, these are `before`, and `style` is its
    new address. No other version ever has the same name, not even in the next preview on this port.
    """

    name: str
    before: frozenset[str] = frozenset()
    style: str = ""


@dataclass(frozen=True, kw_only=True)
class RenderedPage:
    """The HTML of a page, and its bar."""

    html: str
    bar: Bar


class Project:
    """Makes pages and files of the saved content. Safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = threading.RLock()
        self.failure: Failure | None = None
        # The findings of the checks, and how often they have changed.
        self.findings: list[Problem] = []
        self.findings_version = 0
        self.generator: SiteGenerator | None = None
        self.site: Site | None = None
        # By address. In memory, since a build in another terminal may delete files of the cache.
        self.assets: dict[str, bytes] = {}
        # The images of the texts, by address.
        self.images: dict[str, bytes] = {}
        self._stale = set(Part)
        self._memory: Memory = {}
        self._data: tempfile.TemporaryDirectory[str] | None = None
        self._index: tuple[str, tempfile.TemporaryDirectory[str]] | None = None
        self._indexing = threading.Lock()
        self._start, self._count = time.time_ns(), 0
        self.version = Version(f"{self._start}-0")
        self._warnings = ExitStack()
        self._warnings.enter_context(warnings_stop())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._warnings.close()
        for folder in (self._data, self._index and self._index[1]):
            if folder is not None:
                folder.cleanup()

    # --- Saved files ---

    def refresh(self, parts: Iterable[Part] = ()) -> None:
        """Read the parts that were saved, and count a new version; a failure is in `failure`."""
        with self.lock:
            parts = set(parts)
            self._stale |= parts
            style = self._url(STYLE)
            others = set(self.assets) - {style}
            was_whole = self.failure is None
            try:
                self._make()
                self.failure = None
            except Exception as error:  # shown; the editor mends it while the preview runs
                self.failure = failure_of(error, self.root)
            self._forget_data()
            is_style = (
                parts == {Part.ASSETS}
                and was_whole
                and self.failure is None
                and others == set(self.assets) - {self._url(STYLE)}
            )
            self._count += 1
            name, last = f"{self._start}-{self._count}", self.version
            self.version = (
                Version(name, last.before | {last.name}, self._url(STYLE))
                if is_style
                else Version(name)
            )

    def _make(self) -> None:
        """Make all stale parts anew. A part that fails stays stale, for the next try."""
        if self.generator is None:
            self.generator = generator_of(self.root)
        generator = self.generator
        if Part.TEXTS in self._stale:
            generator.make_runtime()
            self._stale.discard(Part.TEXTS)
            # Scripts hold some of the texts.
            self._stale.add(Part.ASSETS)
        mistake = None
        if self._stale & {Part.CONTENT, Part.PROSE}:
            try:
                self.site = content.load(generator.content_path, self._memory)
                self._stale -= {Part.CONTENT, Part.PROSE}
            except content.ContentError as error:
                mistake = error
        if Part.ASSETS in self._stale:
            generator.make_assets()
            self.assets = {ASSETS + name: data for name, data in generator.assets.files.items()}
            self._stale.discard(Part.ASSETS)
        if mistake is not None:
            raise mistake
        if Part.TEMPLATES in self._stale:
            generator.forget()
            self._stale.discard(Part.TEMPLATES)
        assert self.site is not None
        generator.take(self.site, today())
        self.images = {
            image.address: image.data
            for page in self.site.pages.values()
            for image in page.images.values()
        }

    def take_findings(self, findings: list[Problem]) -> None:
        """Replace the findings by the findings in this version."""
        with self.lock:
            if findings != self.findings:
                self.findings = findings
                self.findings_version += 1

    def keep_day(self) -> None:
        """After midnight, show the site as of the new day."""
        with self.lock:
            if self.failure is None and self.site_generator.today != today():
                self.refresh()

    # --- Pages and files ---

    @property
    def site_generator(self) -> SiteGenerator:
        """The generator of pages; an assertion fails where it could not even be created."""
        assert self.generator is not None
        return self.generator

    def page(self, planned: Planned) -> RenderedPage:
        """Make a page. Raises the error of whatever part of it fails."""
        with self.lock:
            assert self.site is not None
            values = self.site_generator.pages.values(planned)
            html = self.site_generator.render(planned, values)
            page_bar = bar(
                self.site, planned, values["page"], self.site_generator.today, self.findings
            )
            return RenderedPage(html=html, bar=page_bar)

    def at(self, url: str) -> Planned | None:
        """The page at an address; None without one."""
        with self.lock:
            return self.site_generator.pages.at(url)

    def render(self, template: str, lang: Lang, **values: Any) -> str:
        """Render one of the preview's own templates."""
        with self.lock:
            page = self.site_generator.env.get_template(f"{template}.html")
            return str(page.render(self._common_values(lang) | values))

    def component(self, name: str, lang: Lang) -> Any:
        """The macros in `components/<name>.html`, as a Jinja module for the language `lang`."""
        with self.lock:
            file = self.site_generator.env.get_template(f"components/{name}.html")
            return file.make_module(self._common_values(lang))

    def _common_values(self, lang: Lang) -> dict[str, Any]:
        """The values that all templates need."""
        site_name = self.site_generator.settings["SITENAME"]
        t = self.site_generator.translations.translator(lang)
        return {"t": t, "lang": lang, "site_name": site_name}

    def fail(self, failure: Failure) -> None:
        """Show a failure of the code as a new version, until the next save."""
        with self.lock:
            self.failure = failure
            self._count += 1
            self.version = Version(f"{self._start}-{self._count}")

    def redirect(self, path: str) -> str | None:
        """The address that an earlier address redirects to; None without one."""
        with self.lock:
            moved = self.site_generator.pages.redirects
            return moved.get(path) or redirects.of_files(self.site_generator.site).get(path)

    def file(self, path: str) -> Path | None:
        """The file at an address, of the runtime or of the open data; None without one."""
        with self.lock:
            runtime = self.site_generator.runtime
            if path.startswith(runtime.url):
                return _in(runtime.folder, path.removeprefix(runtime.url))
            if self._data is None:
                self._data = tempfile.TemporaryDirectory(prefix="preview-")
                folder = Path(self._data.name)
                self.site_generator.data.write(folder)
                (folder / "embed.js").write_text(self.site_generator.assets.embed, "utf-8")
            return _in(Path(self._data.name), path.lstrip("/"))

    def index(self, path: str) -> Path | None:
        """The file of the search index at an address; None without one.

        The first use in each version makes all pages. The lock is free between two of them, so the
        preview answers other requests meanwhile.
        """
        with self._indexing:
            while self._index is None or self._index[0] != self.version.name:
                version, folder = self.version.name, tempfile.TemporaryDirectory(prefix="preview-")
                try:
                    self._write_index(Path(folder.name), version)
                except BaseException:
                    folder.cleanup()
                    raise
                if self._index is not None:
                    self._index[1].cleanup()
                self._index = version, folder
            return _in(Path(self._index[1].name), path.lstrip("/"))

    def _write_index(self, folder: Path, version: str) -> None:
        """Write all pages and their index into a folder; stops where a newer version comes."""
        with self.lock:
            pages = list(self.site_generator.pages.plan())
        for planned in pages:
            target = folder / planned.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.page(planned).html, "utf-8")
            if self.version.name != version:
                return
        search.write(folder)

    def _forget_data(self) -> None:
        """Delete the files of the open data, which `file` writes anew when they are asked for."""
        if self._data is not None:
            self._data.cleanup()
            self._data = None

    def _url(self, name: str) -> str:
        """The address of an asset; empty before there are any."""
        generator = self.generator
        return generator.assets.url(name) if generator is not None and self.assets else ""


def _in(folder: Path, name: str) -> Path | None:
    """The file with this path in a folder; None without one, or where the path leads out of it."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\0" in part or "\\" in part for part in parts):
        return None
    path = folder.joinpath(*parts)
    return path if path.is_file() else None
