"""The generator of all pages and files, which Pelican runs in a build, and which the preview asks.

Pelican has settings, theme and templates. The values of pages come from `builder.views`, the parts
of the site and their dependences from `builder.site.units`, and `builder.site.output` writes files.
"""

import inspect
import sys
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from pelican import Pelican, signals
from pelican.generators import Generator

from builder import content
from builder.kit.environment import today
from builder.kit.store import code_version, digest_of_files, key
from builder.site import last_units
from builder.site.data_files import DataFiles
from builder.site.materials import make_assets, make_materials
from builder.site.others import take_others
from builder.site.output import OutputFolder
from builder.site.settings import FOLDER, chosen_site, fingerprint, mistakes_in_words
from builder.site.units import SiteUnits
from builder.views.page import Planned, SiteView
from builder.views.pages import Pages

GENERATOR = "SITE_GENERATOR"
"""The entry of Pelican's context with the generator."""


class SiteGenerator(Generator):  # type: ignore[misc]  # Pelican has no type hints
    """Makes the portal, the schemes and the general pages, in both målformer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context[GENERATOR] = self
        self.content_path = Path(self.path)
        self.root = self.content_path.parent
        # The pages as Pelican's objects, by address, where they are wanted.
        self.objects: dict[str, Any] = {}
        self._plugins = self.settings["PLUGINS"][1:]

    @property
    def is_heard(self) -> bool:
        """Whether the pages are wanted as Pelican's objects: by a plugin, or in Pelican's report.

        On a large site they take a tenth of a build after no change.
        """
        return bool(self._plugins) or FOLDER not in self.settings

    def begin(self) -> None:
        """Read the content, and make everything that pages refer to."""
        with mistakes_in_words(self.settings):
            site = chosen_site(self.settings)
            self.make_runtime()
            self.make_assets()
            self.take(site, today())

    def make_runtime(self) -> None:
        """Read the texts and make the browser's Python, which depend on code and not on content."""
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
            zone=self.settings["TIMEZONE"],
        )

    def render(self, planned: Planned, values: dict[str, Any]) -> str:
        """The HTML of a page; `values` is the result of `Pages.values` for the page."""
        template = self.get_template(planned.template)
        if (as_object := self.objects.get(planned.url)) is not None:
            values = values | {"page": as_object.changed(values["page"])}
        rendered: str = template.render({**self.context, "output_file": planned.file, **values})
        return rendered

    def forget(self) -> None:
        """Forget the templates that have been read, so that they are read anew."""
        self._templates.clear()
        self.env.cache.clear()

    def generate_output(self, writer: Any) -> None:
        """Put the whole site into the output folder, before other generators write there."""
        folder = self.settings.get(FOLDER) or OutputFolder(Path(self.output_path), self.root)
        self._folder, self._writer = folder, writer
        self._units = units = SiteUnits(
            site=self.site,
            pages=self.pages,
            data=self.data,
            assets=self.assets,
            runtime=self.runtime,
            render=lambda planned: self.render(planned, self.pages.values(planned)),
            version=self._version,
        )
        folder.site = self._fingerprint
        slugs = set(self.site.schemes)
        with mistakes_in_words(self.settings):
            folder.place([*units.lasting(), *units.of_schemes()], "Lager sidene")
            # The other parts of the search index have pages of schemes only, placed by now.
            others = last_units.other_parts(folder.units, folder.folder, slugs)
            with folder.place_meanwhile(others, "Lager søket"):
                folder.place(list(units.of_whole_site(folder.folder)))
                folder.place(last_units.first_parts(folder.units, folder.folder, slugs))
            folder.place([last_units.last(units, folder.units, folder.digests())])
        folder.finish()
        # Receivers are called in the order in which they were connected: this one is the last.
        signals.finalized.connect(self._end)

    def _end(self, _pelican: Pelican) -> None:
        """Take in the files that others have written by now, and unlock the folder."""
        folder = self._folder
        statics = [Path(self.theme, path) for path in self.settings["THEME_STATIC_PATHS"]]
        may_be_others = (
            self._plugins
            or self._writer.has_written
            or self.context["staticfiles"]
            or any(path.exists() for path in statics)
        )
        if may_be_others and take_others(folder):
            del folder.units["last"]
            folder.place([last_units.last(self._units, folder.units, folder.digests())])
            folder.finish()
        if FOLDER not in self.settings:
            folder.unlock()

    @cached_property
    def _fingerprint(self) -> str:
        return fingerprint(self.settings)

    @cached_property
    def _version(self) -> str:
        """A hash of everything that every page depends on, but for the day."""
        theme = Path(self.theme)
        overrides = map(Path, self.settings["THEME_TEMPLATES_OVERRIDES"])
        templates = [_digest(path, "*") for path in (*overrides, theme / "templates")]
        plugins = [Path(inspect.getfile(sys.modules[name])) for name in self._plugins]
        changes = [(url, page.change) for url, page in self.objects.items() if page.change]
        return key(
            code_version("builder", "calc"),
            templates,
            _digest(theme / "translations", "*.po"),
            digest_of_files(self.root, [self.root / "pelican.conf.py"]),
            self._fingerprint,
            [_digest(path.parent, "*.py") for path in plugins],
            changes,
            self.assets.urls,
            self.runtime.url,
            self.materials.licences,
            sorted(self.site.elsewhere),
        )


def _digest(folder: Path, names: str) -> str:
    """A hash of the files with these names in a folder and below."""
    return digest_of_files(folder, [path for path in sorted(folder.rglob(names)) if path.is_file()])
