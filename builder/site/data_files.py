"""The files of a site that other programs read: calendars, rules, open data, sitemap, feeds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from builder import content
from builder.content import Scheme
from builder.data import api, change_files, rule_files, sitemap
from builder.kit.addresses import FEED, localized
from builder.kit.files import write_files
from builder.kit.i18n import LANGS, Translations
from builder.kit.store import digest_of_files
from builder.views.pages import Pages

type Contents = Iterator[tuple[str, bytes]]
"""Files by their path in the site, each with its content."""


class DataSet(NamedTuple):
    """Files about all schemes: a name, a function that makes them, and the content they show."""

    name: str
    make: Callable[[], Contents]
    depends_on: object


@dataclass(frozen=True)
class DataFiles:
    """Makes the files that other programs read of a site as it is on the day `today`.

    `name` and `address` are the name and the public address of the site, and `zone` is its time
    zone.
    """

    site: content.Site
    pages: Pages
    translations: Translations
    content_path: Path
    today: date
    name: str
    address: str
    zone: str

    def of_scheme(self, scheme: Scheme) -> Contents:
        """The files about one scheme."""
        yield from self._calendar(scheme)
        yield from rule_files.files(scheme, self.content_path)
        yield api.file_of(scheme, self.today, self.address)

    def of_all(self, read: Callable[[str], bytes]) -> Iterator[DataSet]:
        """The sets of data files about all schemes together: calendar, API, sitemap and changes.

        `read` returns the content of a file about one scheme, by its path in the site.
        """
        schemes = self.pages.schemes
        facts = [
            (slug, self._facts_digest(slug), [rules.year for rules in scheme.rules])
            for slug, scheme in self.site.schemes.items()
        ]
        yield DataSet("calendar", lambda: self._calendar_of_all(read), facts)
        yield DataSet("api", lambda: api.files(schemes, self.today, self.address), facts)
        yield DataSet(
            "sitemap",
            lambda: sitemap.files(self.pages.for_search(), schemes, self.address),
            (facts, self.site.changes, self.site.page_names()),
        )
        yield DataSet("changes", self._changes, (facts, self.site.changes))

    def write(self, output: Path) -> None:
        """Write all these files into a folder, as the preview serves them."""
        of_schemes = dict(chain(*(self.of_scheme(scheme) for scheme in self.pages.schemes)))
        of_all = (data.make() for data in self.of_all(of_schemes.__getitem__))
        write_files(output, chain(*of_all, of_schemes.items()))

    def _calendar(self, scheme: Scheme) -> Contents:
        # Imported here: its libraries take long to import, and few builds make a calendar.
        from builder.data import calendars

        return calendars.files(scheme, self.translations, self.address)

    def _calendar_of_all(self, read: Callable[[str], bytes]) -> Contents:
        from builder.data import calendars

        return calendars.files_of_all(self.pages.schemes, read, self.translations, self.address)

    def _facts_digest(self, slug: str) -> str:
        facts = self.content_path / slug / "scheme.yaml"
        return digest_of_files(facts.parent, [facts])

    def _changes(self) -> Contents:
        for lang in LANGS:
            path = localized(FEED, lang)
            feed = change_files.feed(
                self.pages.changes,
                lang,
                self.translations.translator(lang),
                author=self.name,
                address=self.address,
                path=path,
                built=self.today,
                zone=self.zone,
            )
            yield path.lstrip("/"), feed
        for path, data in change_files.open_data(self.pages.changes, self.address):
            yield path.lstrip("/"), data
