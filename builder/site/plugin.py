"""The Pelican plugin: hooks that choose the content of the site, and the generator that makes it.

Pelican has settings, theme and templates. The values of pages come from `builder.views`, the parts
of the site and their dependences from `builder.site.units`, and `builder.site.output` writes files.
"""

import sys
from contextlib import nullcontext
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from pelican import Pelican, signals
from pelican.generators import Generator
from pelican.log import console
from pelican.writers import Writer

from builder import content
from builder.kit.environment import today
from builder.kit.store import code_version, digest_of_files, key
from builder.site import last_units
from builder.site.data_files import DataFiles
from builder.site.materials import CompiledTemplates, make_assets, make_materials
from builder.site.output import OutputFolder
from builder.site.units import SiteUnits
from builder.views.page import Planned, SiteView
from builder.views.pages import Pages
from builder.views.template_values import FILTERS

CONTENT = "SITE_CONTENT"
"""The setting with the content of the site, where it has been read already."""
FOLDER = "OUTPUT_FOLDER"
"""The setting with the `OutputFolder`, where it is locked already."""


def register() -> None:
    """Connect to Pelican's signals; Pelican calls this."""
    # The sign that Pelican moves on a terminal is a thread, and a process with threads can't be
    # forked. The plugin shows the progress instead.
    console.status = lambda *_, **__: nullcontext()
    signals.initialized.connect(_prepare)
    signals.get_generators.connect(_generators)


def _prepare(pelican: Pelican) -> None:
    """Choose the content of the site, which is read unless the settings have it.

    Mistakes in the content are printed and end the process.
    """
    settings = pelican.settings
    try:
        site = settings.get(CONTENT) or content.load(Path(settings["PATH"]), cached=True)
    except content.ContentError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    if not settings["DRAFTS"]:
        site = site.published(today())
    settings[CONTENT] = site.only(settings["SCHEME"]) if settings["SCHEME"] else site


def _generators(_pelican: Pelican) -> type[Generator]:
    return SiteGenerator


class SiteGenerator(Generator):  # type: ignore[misc]  # Pelican has no type hints
    """Makes the portal, the schemes and the general pages, in both målformer."""

    def generate_context(self) -> None:
        """Make everything that pages refer to; Pelican calls this first."""
        self.make_runtime()
        self.make_assets()
        self.take(self.settings[CONTENT], today())

    def make_runtime(self) -> None:
        """Read the texts and make the browser's Python, which depend on code and not on content."""
        self.content_path = Path(self.settings["PATH"])
        self.root = self.content_path.parent
        self.env.filters |= FILTERS
        self.env.bytecode_cache = CompiledTemplates(self.root)
        self.materials = make_materials(self.root, Path(self.theme))
        self.translations = self.materials.translations
        self.runtime = self.materials.runtime

    def make_assets(self) -> None:
        """Make style sheet, scripts and images of the theme."""
        self.assets = make_assets(self.root, self.materials)

    def take(self, site: content.Site, day: date) -> None:
        """Choose the content and the day for all pages and data files from now on."""
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
            licences=self.materials.licences,
        )
        self.data = DataFiles(
            site=site,
            pages=self.pages,
            translations=self.translations,
            content_path=self.content_path,
            today=day,
            name=self.settings["SITENAME"],
            address=self.settings["SITEURL"],
        )

    def render(self, planned: Planned, values: dict[str, Any]) -> str:
        """The HTML of a page; `values` is the result of `Pages.values` for the page."""
        template = self.get_template(planned.template)
        rendered: str = template.render({**self.context, "output_file": planned.file, **values})
        return rendered

    def forget(self) -> None:
        """Forget the templates that have been read, so that they are read anew."""
        self._templates.clear()
        self.env.cache.clear()

    def generate_output(self, _writer: Writer) -> None:
        """Put the whole site into the output folder; Pelican calls this last."""
        folder = self.settings.get(FOLDER) or OutputFolder(Path(self.output_path), self.root)
        units = SiteUnits(
            site=self.site,
            pages=self.pages,
            data=self.data,
            assets=self.assets,
            runtime=self.runtime,
            render=lambda planned: self.render(planned, self.pages.values(planned)),
            version=self._version,
        )
        folder.site = self._kind
        slugs = set(self.site.schemes)
        folder.place([*units.lasting(), *units.of_schemes()], "Lager sidene")
        # The other parts of the search index have pages of schemes only, which are placed by now.
        others = last_units.other_parts(folder.units, folder.folder, slugs)
        with folder.place_meanwhile(others, "Lager søket"):
            folder.place(list(units.of_whole_site(folder.folder)))
            folder.place(last_units.first_parts(folder.units, folder.folder, slugs))
        folder.place([last_units.last(units, folder.units, folder.digests())])
        folder.finish()

    @cached_property
    def _kind(self) -> str:
        """A hash of the settings that tell this site from others of the same content."""
        names = ("SITENAME", "SITEURL", "SCHEME", "WHOLE_SITE", "DRAFTS")
        return key(*(self.settings[name] for name in names))

    @cached_property
    def _version(self) -> str:
        """A hash of everything that every page depends on, but for the day."""
        theme = Path(self.theme)
        files = (theme / "templates", theme / "translations", self.root / "pelican.conf.py")
        return key(
            code_version("builder", "calc"),
            digest_of_files(self.root, files),
            self._kind,
            self.assets.urls,
            self.runtime.url,
            self.materials.licences,
            sorted(self.site.elsewhere),
        )
