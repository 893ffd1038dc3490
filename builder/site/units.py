"""The units of a site: the parts that are built one by one, and the content each depends on."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from builder import content
from builder.bundle.assets import Assets
from builder.bundle.runtime import Runtime
from builder.content import Change, Scheme
from builder.content.files import PAGES
from builder.content.site import PageFile
from builder.data import search
from builder.kit.headers import ASSETS
from builder.kit.store import key
from builder.site.data_files import DataFiles
from builder.site.output import Unit, UnitResult, lasting
from builder.views.page import Planned
from builder.views.pages import Pages


@dataclass(frozen=True)
class SiteUnits:
    """The units of a site, except units that depend on others (`builder.site.last_units`).

    `render` gives the HTML of a page. `version` is a hash of code and settings, on which every page
    depends.
    """

    site: content.Site
    pages: Pages
    data: DataFiles
    assets: Assets
    runtime: Runtime
    render: Callable[[Planned], str]
    version: str

    def lasting(self) -> Iterator[Unit]:
        """A unit for each file of the assets and of the browser's Python, and for other images."""
        files = {
            **{ASSETS.lstrip("/") + name: data for name, data in self.assets.files.items()},
            **{self.runtime.url.lstrip("/") + n: data for n, data in self.runtime.files.items()},
            **_images(self._page_files[None]),
            "embed.js": self.assets.embed.encode(),
        }
        # The largest first, so that no core is left with it at the end.
        for path, data in sorted(files.items(), key=lambda pair: -len(pair[1])):
            yield lasting(path, data)

    def of_schemes(self) -> Iterator[Unit]:
        """A unit for each scheme: its pages, images, and files that other programs read."""
        changes: dict[str, list[Change]] = defaultdict(list)
        for change in self.site.changes:
            changes[change.scheme].append(change)
        for slug, scheme in self.site.schemes.items():
            # The rule years and pages that are published on this day, and the last day on which
            # pages of the scheme changed by themselves.
            years = [rules.year for rules in scheme.rules]
            pages = sorted((page.name, page.lang) for page in self._page_files[slug])
            day = self.pages.day_of(scheme)
            depends_on = (slug, self.site.digests[slug], changes[slug], years, pages, day)
            yield Unit(
                f"scheme {slug}",
                key(self.version, *depends_on),
                lambda scheme=scheme: self._scheme(scheme),  # type: ignore[misc]
                pages=(number := self.pages.number_of(scheme)),
                effort=number,
            )

    def of_whole_site(self, folder: Path) -> Iterator[Unit]:
        """A unit for each page about no single scheme, and for each set of data of all schemes.

        `folder` is the output folder, which must have the files of every scheme already.
        """
        today = self.data.today
        version = key(self.version, today, self.site.digests[PAGES])
        for planned in self.pages.of_site():
            yield Unit(
                f"page {planned.url}",
                key(version, planned.url, planned.fingerprint),
                lambda planned=planned: self._rendered([planned], {}),  # type: ignore[misc]
                pages=1,
            )
        yield Unit(
            "moved",
            key(self.version, self.pages.redirects),
            lambda: self._rendered(self.pages.moved(), {}),
        )
        for data in self.data.of_all(lambda path: (folder / path).read_bytes()):
            yield Unit(
                data.name,
                key(self.version, today, data.depends_on),
                lambda make=data.make: UnitResult(dict(make())),  # type: ignore[misc]
            )

    @cached_property
    def _page_files(self) -> dict[str | None, list[PageFile]]:
        """The published texts by the slug of their scheme; None for texts of the whole site."""
        pages: dict[str | None, list[PageFile]] = defaultdict(list)
        for page in self.site.pages.values():
            pages[page.scheme].append(page)
        return pages

    def _scheme(self, scheme: Scheme) -> UnitResult:
        files = {**dict(self.data.of_scheme(scheme)), **_images(self._page_files[scheme.slug])}
        return self._rendered(self.pages.of_scheme(scheme), files)

    def _rendered(self, pages: Iterable[Planned], files: Mapping[str, bytes]) -> UnitResult:
        """Pages, and other files; `extra` has the digests of the searched text of the pages."""
        contents, searched = dict(files), []
        for planned in pages:
            html = self.render(planned).encode()
            contents[planned.file] = html
            if (text := search.searched(html)) is not None:
                searched.append((planned.file, hashlib.sha256(text).hexdigest()))
        return UnitResult(contents, searched)


def _images(pages: Iterable[PageFile]) -> dict[str, bytes]:
    images = (image for page in pages for image in page.images.values())
    return {image.address.lstrip("/"): image.data for image in images}
