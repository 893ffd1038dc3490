"""The Pelican plugin: writes the site that the content model describes.

Pelican reads the Markdown, renders the templates and writes the files; what stands in them comes
from `builder.pages`.
"""

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

from pelican import Pelican, signals
from pelican.contents import Page
from pelican.generators import Generator
from pelican.writers import Writer

from builder import (
    api,
    assets,
    calendars,
    changes,
    compress,
    content,
    exercise,
    hosting,
    i18n,
    licences,
    offline,
    prose,
    redirects,
    rule_files,
    runtime,
    search,
    sitemap,
)
from builder.addresses import localized
from builder.content import ContentError
from builder.content.load import PageFile
from builder.day import today
from builder.i18n import LANGS
from builder.pages import FILTERS, Pages, Planned, Prose, SiteView, embeddable
from calc.rules import Lang


def register() -> None:
    """Called by Pelican: hook into its signals."""
    signals.initialized.connect(_prepare)
    signals.get_generators.connect(_generators)


def _prepare(pelican: Pelican) -> None:
    """Read the content before anything is written. Mistakes in it are said and end the run."""
    settings = pelican.settings
    try:
        site = content.load(Path(settings["PATH"]))
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
        self.make_assets(embeddable(site, self.translations))
        self.take(site, today())

    def make_runtime(self) -> None:
        """Make what depends on the project's code and on nothing that editors write."""
        self.content_path = Path(self.settings["PATH"])
        self.root = self.content_path.parent
        self.env.filters |= FILTERS
        self.prose: dict[Path, tuple[tuple[PageFile, int, int], Prose]] = {}
        self.translations = i18n.load(Path(self.theme) / "translations")
        _say("Gjør klar kalkulatorene for nettleseren …")
        self.runtime = runtime.build(
            self.root, exercise.requests(self.translations), exercise.workbooks()
        )
        self.licences = licences.shipped(self.root)

    def make_assets(self, calculators: dict[str, dict[Lang, str]]) -> None:
        """Make style sheet, scripts and images; `calculators` are those that can be embedded."""
        constants = {**self.runtime.constants, "CALCULATORS": calculators}
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
            read=self._read,
        )

    def render(self, planned: Planned, values: dict[str, Any]) -> str:
        """The HTML of a page, as it would be written; `values` are those of `Pages.values`."""
        template = self.get_template(planned.template)
        rendered: str = template.render({**self.context, "output_file": planned.file, **values})
        return rendered

    def forget(self) -> None:
        """Forget the templates and prose that have been read."""
        self.prose.clear()
        self._templates.clear()
        self.env.cache.clear()

    def _read(self, page: PageFile) -> Prose:
        """The prose of a page, made once for each version of its file and of what it shows."""
        stat = page.path.stat()
        version = (page, stat.st_mtime_ns, stat.st_size)
        if page.path not in self.prose or self.prose[page.path][0] != version:
            self.prose[page.path] = version, self._make_prose(page)
        return self.prose[page.path][1]

    def _make_prose(self, page: PageFile) -> Prose:
        read = self.readers.read_file(
            base_path=str(self.content_path),
            path=str(page.path.relative_to(self.content_path)),
            content_class=Page,
            context=self.context,
        )
        return Prose(
            title=read.title,
            description=read.metadata["description"],
            html=prose.html(read.content, page.images),
        )

    def generate_output(self, writer: Writer) -> None:
        """Write all pages and files, and compressed copies beside them."""
        _say("Lager sidene …")
        for planned in self.pages.plan():
            template = self.get_template(planned.template)
            values = self.pages.values(planned)
            writer.write_file(planned.file, template, self.context, url=planned.url, **values)
        output = Path(self.output_path)
        self.write_data(output)
        shutil.copytree(self.assets.folder, output / "assets")
        for page in self.site.pages.values():
            for image in page.images.values():
                _write_bytes(output, image.address, image.data)
        shutil.copytree(self.runtime.folder, output / self.runtime.url.strip("/"))
        (output / "embed.js").write_text(self.assets.embed, "utf-8")
        search.write(output)
        hosting.write(output, self.pages.redirects | redirects.of_files(self.site))
        offline.write(output, self.assets, self.runtime)
        _say("Komprimerer filene (første gang tar det et halvt minutt) …")
        compress.compress(output, self.content_path.parent / ".cache/compressed")

    def write_data(self, output: Path) -> None:
        """Write what programs read, of a site whose pages have been written."""
        site_address, schemes = self.settings["SITEURL"], self.pages.schemes
        calendars.write(output, schemes, self.translations, site_address)
        rule_files.write(output, schemes, self.content_path)
        api.write(output, schemes, self.today, site_address)
        sitemap.write(output, self.pages.for_search(), schemes, site_address)
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
            _write_bytes(output, path, feed)
        for path, data in changes.as_data(self.pages.changes, site_address):
            _write_bytes(output, path, data)


def _write_bytes(output: Path, path: str, data: bytes) -> None:
    file = output / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
