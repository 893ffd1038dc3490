"""The project as the preview knows it: what is saved now, and the pages and files made of it."""

import logging
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Self

from pelican.log import LimitFilter
from pelican.settings import read_settings

from builder import content
from builder.bundle.assets import ADDRESS, STYLE
from builder.content import Problem, Site
from builder.content.load import Memory
from builder.data import redirects, search
from builder.kit.day import today
from builder.kit.errors import KnownError
from builder.preview.bar import Bar, bar
from builder.preview.mistakes import Failure, failure_of
from builder.site.plugin import SiteGenerator
from builder.views.pages import Planned
from calc.rules import Lang


class Part(Enum):
    """What the project is made of, by what has to be made anew when it is saved."""

    PROSE = "prose"
    CONTENT = "content"
    TEMPLATES = "templates"
    TEXTS = "texts"
    ASSETS = "assets"


@dataclass(frozen=True)
class Version:
    """A state of the project.

    `style` is the address of the style sheet, where nothing else is new since the states `before`.
    Names of versions are never used again, not even by the next preview on the same port.
    """

    name: str
    before: frozenset[str] = frozenset()
    style: str = ""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A page with what is to be told of it."""

    html: str
    bar: Bar


class _Fatal(logging.Handler):
    """What Pelican warns of stops a build, so it stops a page of the preview too."""

    def emit(self, record: logging.LogRecord) -> None:
        raise KnownError(f"Siden kan ikke publiseres slik. Pelican sier:\n{record.getMessage()}")


class Project:
    """Makes pages and files of what is saved. Safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = threading.RLock()
        self.failure: Failure | None = None
        # What checks found, and how often that was something else than before.
        self.found: list[Problem] = []
        self.finds = 0
        self.generator: SiteGenerator | None = None
        self.site: Site | None = None
        # Files in memory: a build elsewhere may throw away those that it does not use.
        self.assets: dict[str, bytes] = {}
        # Those of the texts, which stand among the assets.
        self.images: dict[str, bytes] = {}
        self._stale = set(Part)
        self._memory: Memory = {}
        self._data: tempfile.TemporaryDirectory[str] | None = None
        self._index: tuple[str, tempfile.TemporaryDirectory[str]] | None = None
        self._indexing = threading.Lock()
        self._start, self._count = time.time_ns(), 0
        self.version = Version(f"{self._start}-0")
        self._fatal = _Fatal(logging.WARNING)
        # Each time, not only the first: the page is still wrong when it is asked for again.
        LimitFilter.LOGS_DEDUP_MIN_LEVEL = logging.INFO
        logging.getLogger("pelican").addHandler(self._fatal)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        logging.getLogger("pelican").removeHandler(self._fatal)
        for folder in (self._data, self._index and self._index[1]):
            if folder is not None:
                folder.cleanup()

    # --- What is saved ---

    def refresh(self, parts: Iterable[Part] = ()) -> None:
        """Read anew what was saved; what is wrong with it is in `failure`."""
        with self.lock:
            parts = set(parts)
            self._stale |= parts
            style = self._url(STYLE)
            others = set(self.assets) - {style}
            was_whole = self.failure is None
            try:
                self._make()
                self.failure = None
            except Exception as error:  # all are told, and mended while it runs
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
        """Make everything that is stale. What fails stays stale, and is tried again."""
        if self.generator is None:
            self.generator = _generator(self.root)
        made = self.generator
        if Part.TEXTS in self._stale:
            made.make_runtime()
            self._stale.discard(Part.TEXTS)
            # Scripts have some of the texts.
            self._stale.add(Part.ASSETS)
        mistake = None
        if self._stale & {Part.CONTENT, Part.PROSE}:
            try:
                self.site = content.load(made.content_path, self._memory)
                self._stale -= {Part.CONTENT, Part.PROSE}
            except content.ContentError as error:
                mistake = error
        if Part.ASSETS in self._stale:
            made.make_assets()
            self.assets = {
                ADDRESS + path.name: path.read_bytes() for path in made.assets.folder.iterdir()
            }
            self._stale.discard(Part.ASSETS)
        if mistake is not None:
            raise mistake
        if Part.TEMPLATES in self._stale:
            made.forget()
            self._stale.discard(Part.TEMPLATES)
        assert self.site is not None
        made.take(self.site, today())
        self.images = {
            image.address: image.data
            for page in self.site.pages.values()
            for image in page.images.values()
        }

    def tell_found(self, found: list[Problem]) -> None:
        """Take in what checks have found in this version."""
        with self.lock:
            if found != self.found:
                self.found = found
                self.finds += 1

    def keep_day(self) -> None:
        """Go on to the next day after midnight."""
        with self.lock:
            if self.failure is None and self.made.today != today():
                self.refresh()

    # --- Pages and files ---

    @property
    def made(self) -> SiteGenerator:
        """The generator of pages, which is there unless something failed at the very start."""
        assert self.generator is not None
        return self.generator

    def page(self, planned: Planned) -> Made:
        """Make a page. Raises whatever is wrong with it."""
        with self.lock:
            assert self.site is not None
            values = self.made.pages.values(planned)
            html = self.made.render(planned, values)
            told = bar(self.site, planned, values["page"], self.made.today, self.found)
            return Made(html=html, bar=told)

    def at(self, url: str) -> Planned | None:
        """The page at an address."""
        with self.lock:
            return self.made.pages.at(url)

    def render(self, template: str, lang: Lang, **values: Any) -> str:
        """Render one of the preview's own templates."""
        with self.lock:
            made = self.made.env.get_template(f"{template}.html")
            return str(made.render(self._words(lang) | values))

    def component(self, name: str, lang: Lang) -> Any:
        """The macros of a file of components."""
        with self.lock:
            file = self.made.env.get_template(f"components/{name}.html")
            return file.make_module(self._words(lang))

    def _words(self, lang: Lang) -> dict[str, Any]:
        site_name = self.made.settings["SITENAME"]
        t = self.made.translations.translator(lang)
        return {"t": t, "lang": lang, "site_name": site_name}

    def fail(self, failure: Failure) -> None:
        """Show that something is wrong with the code, until the next change."""
        with self.lock:
            self.failure = failure
            self._count += 1
            self.version = Version(f"{self._start}-{self._count}")

    def redirect(self, path: str) -> str | None:
        """Where an earlier address leads."""
        with self.lock:
            moved = self.made.pages.redirects
            return moved.get(path) or redirects.of_files(self.made.site).get(path)

    def file(self, path: str) -> Path | None:
        """The file at an address, of those that programs read."""
        with self.lock:
            runtime = self.made.runtime
            if path.startswith(runtime.url):
                return _in(runtime.folder, path.removeprefix(runtime.url))
            if self._data is None:
                self._data = tempfile.TemporaryDirectory(prefix="preview-")
                folder = Path(self._data.name)
                self.made.write_data(folder)
                (folder / "embed.js").write_text(self.made.assets.embed, "utf-8")
            return _in(Path(self._data.name), path.lstrip("/"))

    def index(self, path: str) -> Path | None:
        """The file of the search at an address. All pages are made for it, when it is first used.

        They are made one by one, so that other pages can be looked at meanwhile.
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
        """Write all pages and their index, unless something is saved meanwhile."""
        with self.lock:
            pages = list(self.made.pages.plan())
        for planned in pages:
            target = folder / planned.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.page(planned).html, "utf-8")
            if self.version.name != version:
                return
        search.write(folder)

    def _forget_data(self) -> None:
        if self._data is not None:
            self._data.cleanup()
            self._data = None

    def _url(self, name: str) -> str:
        made = self.generator
        return made.assets.url(name) if made is not None and self.assets else ""


def _in(folder: Path, name: str) -> Path | None:
    """A file of a folder by its path; nothing else, however the path is written."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\0" in part or "\\" in part for part in parts):
        return None
    path = folder.joinpath(*parts)
    return path if path.is_file() else None


def _generator(root: Path) -> SiteGenerator:
    """The generator of the build, for everything there is, and at no address of its own."""
    settings = read_settings(str(root / "pelican.conf.py"), {"DRAFTS": True, "SITEURL": ""})
    context = settings.copy()
    # As Pelican has it for what it builds.
    context |= {
        "generated_content": {},
        "static_links": set(),
        "static_content": {},
        "localsiteurl": "",
    }
    return SiteGenerator(
        context=context,
        settings=settings,
        path=settings["PATH"],
        theme=settings["THEME"],
        output_path=settings["OUTPUT_PATH"],
    )
