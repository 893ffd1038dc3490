"""The Pelican plugin: what a site is made of, in units, and what each of them depends on.

Pelican has settings, theme and templates; what stands in pages comes from `builder.views.pages`,
and `builder.site.output` makes the units and puts their files where they are to stand.
"""

import hashlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache
from pelican import Pelican, signals
from pelican.generators import Generator
from pelican.log import console
from pelican.writers import Writer

from builder import content
from builder.bundle import assets, exercise, licences, offline, runtime
from builder.content import Change, ContentError, Scheme
from builder.content.load import PAGES, PageFile
from builder.data import api, hosting, redirects, rule_files, search, sitemap
from builder.kit import cache, i18n
from builder.kit.day import today
from builder.kit.i18n import LANGS
from builder.routes.addresses import localized
from builder.site.output import Made, OutputFolder, Unit, lasting, write_files
from builder.views import changes
from builder.views.pages import FILTERS, Pages, Planned, SiteView
from calc.rules import Lang

# What the process that forked this one has: the content, and the folder of the site.
given: tuple[content.Site, OutputFolder] | None = None


# How the names of units begin that are parts of the search index.
_PART = "search "


def register() -> None:
    """Called by Pelican: hook into its signals."""
    # A sign that moves on the terminal is a thread, and what has threads can't be forked. The
    # plugin tells itself how far it has come.
    console.status = lambda *_, **__: nullcontext()
    signals.initialized.connect(_prepare)
    signals.get_generators.connect(_generators)


def _prepare(pelican: Pelican) -> None:
    """Read the content before anything is written. Mistakes in it are said and end the run."""
    settings = pelican.settings
    try:
        site = given[0] if given else content.load(Path(settings["PATH"]), keep=True)
    except ContentError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    if not settings["DRAFTS"]:
        site = site.published(today())
    settings["SITE_CONTENT"] = site.only(settings["SCHEME"]) if settings["SCHEME"] else site


def _generators(_pelican: Pelican) -> type[Generator]:
    return SiteGenerator


def _say(step: str) -> None:
    """Tell the editor what is being done. Not on standard output, which Pelican has."""
    print(step, file=sys.stderr, flush=True)


class SiteGenerator(Generator):  # type: ignore[misc]  # Pelican has no type hints
    """Writes the portal, the schemes and the general pages, in both målformer."""

    def generate_context(self) -> None:
        """Make or fetch everything that pages refer to."""
        site = self.settings["SITE_CONTENT"]
        self.make_runtime()
        self.make_assets()
        self.take(site, today())

    def make_runtime(self) -> None:
        """Make what depends on the project's code and on nothing that editors write."""
        self.content_path = Path(self.settings["PATH"])
        self.root = self.content_path.parent
        self.env.filters |= FILTERS
        # Compiled once for each version of their text.
        compiled = self.root / ".cache/templates"
        compiled.mkdir(parents=True, exist_ok=True)
        self.env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
        self.translations = i18n.load(Path(self.theme) / "translations")
        _say("Gjør klar kalkulatorene for nettleseren …")
        self.runtime = runtime.build(
            self.root, exercise.requests(self.translations), exercise.workbooks()
        )
        self.licences = licences.shipped(self.root)

    def make_assets(self) -> None:
        """Make style sheet, scripts and images."""
        titles = {lang: self.translations.translator(lang)("embed.frame_title") for lang in LANGS}
        constants = {**self.runtime.constants, "FRAME_TITLES": titles}
        self.assets = assets.build(self.root, constants)

    def take(self, site: content.Site, day: date) -> None:
        """Make pages of this content, as it stands on that day."""
        self.site = site
        self.today = day
        only = site.schemes[self.settings["SCHEME"]] if self.settings["SCHEME"] else None
        self.pages = Pages(
            site,
            SiteView(
                name=self.settings["SITENAME"],
                address=self.settings["SITEURL"],
                schemes=tuple(site.schemes.values()),
                only=only,
                whole=self.settings["WHOLE_SITE"],
            ),
            today=day,
            translations=self.translations,
            runtime=self.runtime,
            asset=self.assets.url,
            licences=self.licences,
        )

    def render(self, planned: Planned, values: dict[str, Any]) -> str:
        """The HTML of a page, as it would be written; `values` are those of `Pages.values`."""
        template = self.get_template(planned.template)
        rendered: str = template.render({**self.context, "output_file": planned.file, **values})
        return rendered

    def forget(self) -> None:
        """Forget the templates that have been read."""
        self._templates.clear()
        self.env.cache.clear()

    def generate_output(self, _writer: Writer) -> None:
        """Make what is not made yet, and put the site in its folder, in all of its copies."""
        project = self.content_path.parent
        folder = given[1] if given else OutputFolder(Path(self.output_path), project)
        folder.place([*self._unchanging(), *self._schemes()], "Lager sidene")
        # The first parts of the index have the pages of the whole site; the others need not wait.
        with folder.place_meanwhile(list(self._index(folder, others=True)), "Lager søket"):
            folder.place(list(self._whole_site(folder)))
            folder.place(list(self._index(folder, others=False)))
        whole = cache.key(self._everything, *folder.digests().items())
        folder.place([Unit("last", whole, lambda: Made(dict(self._last(folder))))])
        folder.finish(self._kind)

    @cached_property
    def _kind(self) -> str:
        """What tells this site from others that the same content gives."""
        names = ("SITENAME", "SITEURL", "SCHEME", "WHOLE_SITE", "DRAFTS")
        return cache.key(*(self.settings[name] for name in names))

    @cached_property
    def _everything(self) -> str:
        """A hash of all that every page depends on, but for the day."""
        code = cache.code_version(
            "builder", "calc", "theme/templates", "theme/translations", "pelican.conf.py"
        )
        site = sorted(self.site.elsewhere)
        return cache.key(code, self._kind, self.assets.urls, self.runtime.url, site)

    def _schemes(self) -> Iterator[Unit]:
        """Each scheme with all that there is of it."""
        changes_of: dict[str, list[Change]] = defaultdict(list)
        for change in self.site.changes:
            changes_of[change.scheme].append(change)
        for slug, scheme in self.site.schemes.items():
            # Some of it may be for later; what is, may change from day to day.
            years = [rules.year for rules in scheme.rules]
            pages = sorted((page.name, page.lang) for page in self._pages_of[slug])
            day = self.pages.day_of(scheme)
            known = (slug, self.site.digests[slug], changes_of[slug], years, pages, day)
            yield Unit(
                f"scheme {slug}",
                cache.key(self._everything, *known),
                lambda scheme=scheme: self._scheme(scheme),  # type: ignore[misc]
                pages=(number := self.pages.number_of(scheme)),
                effort=number,
            )

    def _whole_site(self, folder: OutputFolder) -> Iterator[Unit]:
        """Each page of the whole site, and what programs read of all schemes."""
        general = cache.key(self._everything, self.today, self.site.digests[PAGES], self.licences)
        for planned in self.pages.of_site():
            yield Unit(
                f"page {planned.url}",
                cache.key(general, planned.url, planned.shows),
                lambda planned=planned: self._made([planned], {}),  # type: ignore[misc]
                pages=1,
            )
        moved = cache.key(self._everything, self.pages.redirects)
        yield Unit("moved", moved, lambda: self._made(self.pages.moved(), {}))
        for name, data, depends in self._data(lambda path: (folder.folder / path).read_bytes()):
            key = cache.key(self._everything, self.today, depends)
            yield Unit(name, key, lambda data=data: Made(dict(data())))  # type: ignore[misc]

    @cached_property
    def _pages_of(self) -> dict[str | None, list[PageFile]]:
        pages: dict[str | None, list[PageFile]] = defaultdict(list)
        for page in self.site.pages.values():
            pages[page.scheme].append(page)
        return pages

    def _scheme(self, scheme: Scheme) -> Made:
        files = {**dict(self.data_of(scheme)), **_images(self._pages_of[scheme.slug])}
        return self._made(self.pages.of_scheme(scheme), files)

    def _made(self, pages: Iterable[Planned], files: Mapping[str, bytes]) -> Made:
        """Pages and files, and a hash of what the search finds on each page that it finds."""
        made, found = dict(files), []
        for planned in pages:
            html = self.render(planned, self.pages.values(planned)).encode()
            made[planned.file] = html
            if (searched := search.searched(html)) is not None:
                found.append((planned.file, hashlib.sha256(searched).hexdigest()))
        return Made(made, found)

    def _unchanging(self) -> Iterator[Unit]:
        """The files of all pages, each by itself: some take long to compress."""
        folders = (
            ("assets", self.assets.folder),
            (self.runtime.url.strip("/"), self.runtime.folder),
        )
        files = {
            f"{place}/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for place, folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        files |= {**_images(self._pages_of[None]), "embed.js": self.assets.embed.encode()}
        # The largest first, so that no core is left with it at the end.
        for path, data in sorted(files.items(), key=lambda pair: -len(pair[1])):
            yield lasting(path, data)

    def _index(self, folder: OutputFolder, *, others: bool) -> Iterator[Unit]:
        """The first part of the search index in each målform, or the others.

        Each is made of what is searched in its pages, which have been placed.
        """
        number = search.parts(len(self.site.schemes))
        found: dict[tuple[Lang, int], dict[str, str]] = {
            (lang, part): {} for lang in LANGS for part in (range(1, number) if others else (0,))
        }
        pages = (unit for name, unit in folder.units.items() if not name.startswith(_PART))
        for path, digest in (pair for unit in pages for pair in unit.known or ()):
            lang: Lang = "nn" if path.startswith("nn/") else "nb"
            slug = path.removeprefix("nn/").split("/")[0]
            part = search.part_of(slug, number) if slug in self.site.schemes else 0
            if (lang, part) in found:
                found[lang, part][path] = digest

        def make(lang: Lang, part: int) -> Made:
            pages = {
                path: (folder.folder / path).read_bytes() for path in sorted(found[lang, part])
            }
            searched = {path: search.searched(html) or b"" for path, html in pages.items()}
            made = search.index(searched, lang, part)
            return Made(made.files, (search.language(lang, part), made.entry))

        for (lang, part), texts in found.items():
            yield Unit(
                f"{_PART}{search.language(lang, part)}",
                cache.key(cache.code_version("builder"), lang, part, sorted(texts.items())),
                lambda lang=lang, part=part: make(lang, part),  # type: ignore[misc]
                pages=len(texts),
                effort=len(texts),
            )

    def _last(self, folder: OutputFolder) -> Iterator[tuple[str, bytes]]:
        """What depends on which files there are, and on what is in them."""
        units = folder.units.items()
        entries = dict(unit.known for name, unit in units if name.startswith(_PART))
        yield from search.entry_file(entries).items()
        digests = folder.digests()
        moved = self.pages.redirects | redirects.of_files(self.site)
        yield from hosting.files(digests, moved)
        yield "sw.js", offline.script(digests, self.assets, self.runtime)

    def data_of(self, scheme: Scheme) -> Iterator[tuple[str, bytes]]:
        """What programs read about a scheme, by path in the site."""
        site_address = self.settings["SITEURL"]
        yield from self._calendar(scheme)
        yield from rule_files.files(scheme, self.content_path)
        yield api.file_of(scheme, self.today, site_address)

    def _data(
        self, of_each: Callable[[str], bytes]
    ) -> Iterator[tuple[str, Callable[[], Iterator[tuple[str, bytes]]], object]]:
        """What programs read about all schemes: a name, what makes it, what of content it shows.

        `of_each` gives what they read about each, by path in the site.
        """
        facts = [
            (slug, self._facts_digest(slug), [rules.year for rules in scheme.rules])
            for slug, scheme in self.site.schemes.items()
        ]
        site_address, schemes = self.settings["SITEURL"], self.pages.schemes
        yield "calendar", lambda: self._calendar_of_all(of_each), facts
        yield "api", lambda: api.files(schemes, self.today, site_address), facts
        yield (
            "sitemap",
            lambda: sitemap.files(self.pages.for_search(), schemes, site_address),
            (facts, self.site.changes, self.site.page_names()),
        )
        yield "changes", self._changes, (facts, self.site.changes)

    def _calendar(self, scheme: Scheme) -> Iterator[tuple[str, bytes]]:
        # It brings what takes its time to import, and few builds make a calendar.
        from builder.data import calendars

        return calendars.files(scheme, self.translations, self.settings["SITEURL"])

    def _calendar_of_all(self, of_each: Callable[[str], bytes]) -> Iterator[tuple[str, bytes]]:
        from builder.data import calendars

        schemes, site_address = self.pages.schemes, self.settings["SITEURL"]
        return calendars.files_of_all(schemes, of_each, self.translations, site_address)

    def _facts_digest(self, slug: str) -> str:
        facts = self.content_path / slug / "scheme.yaml"
        return cache.digest_of_files(facts.parent, [facts])

    def _changes(self) -> Iterator[tuple[str, bytes]]:
        site_address = self.settings["SITEURL"]
        for lang in LANGS:
            path = localized(changes.FEED, lang)
            feed = changes.feed(
                self.pages.changes,
                lang,
                self.translations.translator(lang),
                author=self.settings["SITENAME"],
                address=site_address,
                path=path,
                built=self.today,
            )
            yield path.lstrip("/"), feed
        for path, data in changes.as_data(self.pages.changes, site_address):
            yield path.lstrip("/"), data

    def write_data(self, output: Path) -> None:
        """Write what programs read, for the preview."""
        of_schemes = dict(chain(*(self.data_of(scheme) for scheme in self.pages.schemes)))
        of_all = (make() for _, make, _ in self._data(of_schemes.__getitem__))
        write_files(output, chain(*of_all, of_schemes.items()))


def _images(pages: Iterable[PageFile]) -> dict[str, bytes]:
    found = (image for page in pages for image in page.images.values())
    return {image.address.lstrip("/"): image.data for image in found}
