"""All addresses of the site that editors can link to, known without a build."""

import datetime as dt
from collections.abc import Iterator
from functools import cached_property

from builder.content import RULE_YEARS, Site
from builder.data.rule_files import FOLDER as RULE_FILES
from builder.data.rule_files import KINDS
from builder.data.rule_files import address as rule_file
from builder.routes.addresses import address, calendar_address, localized, year_address

_EMBEDDED = "/innebygd/"
_OWN_CALCULATOR = "egen-nedtrapping"
# Addresses below these are computed only when a link has one of them.
_LISTS = ("/ordninger/", "/frister/", "/endringer/", "/api/v1/")
_DATA = "/api/v1/"


class Addresses:
    """The addresses of pages (in bokmål) and files of a site, as it would be built on a day.

    `pages` has the slug and the name of each page by its address, and None for pages without a
    Markdown file. `address in addresses` also knows the pages of long lists, and counts an address
    as known where it may belong to a scheme with mistakes.
    """

    def __init__(self, site: Site, today: dt.date) -> None:
        self._site, self._today = site, today
        self.pages: dict[str, tuple[str | None, str] | None] = {
            address(scheme, name): (scheme, name) for scheme, name, _ in site.pages
        }
        self.pages |= dict.fromkeys(self._pages_without_markdown())
        self.files = frozenset(self._files())

    def __contains__(self, path: str) -> bool:
        if path in self.pages or path in self.files or self._may_exist(path):
            return True
        return path.startswith(_LISTS) and path in self._in_lists

    @cached_property
    def every(self) -> frozenset[str]:
        """All addresses except the addresses of long lists, which take more time to work out."""
        return self.files.union(self.pages)

    def near(self, path: str) -> list[str]:
        """Known addresses that an editor may have meant by an unknown one.

        The suggestions have the same first step as `path`. Where no page has that step, the
        suggestions are the pages with one step.
        """
        first = f"/{path.strip('/').partition('/')[0]}/"
        below = [known for known in self.pages if known.startswith(first)]
        return sorted(below or (known for known in self.pages if known.count("/") <= 2))

    def _pages_without_markdown(self) -> Iterator[str]:
        for slug, scheme in self._site.schemes.items():
            yield from (year_address(slug, rules.year) for rules in scheme.rules)
            yield f"{_EMBEDDED}{slug}/"
        yield f"{_EMBEDDED}{_OWN_CALCULATOR}/"

    def _files(self) -> Iterator[str]:
        yield from ("/embed.js", "/robots.txt", "/sitemap.xml")
        yield from (f"{_DATA}{slug}.json" for slug in self._site.schemes)
        yield from (f"{_DATA}schema/{name}.json" for name in ("schemes", "scheme"))
        in_both = ["/endringer.atom", calendar_address(None)]
        in_both += [calendar_address(slug) for slug in self._site.schemes]
        for path in in_both:
            yield path
            yield localized(path, "nn")
        for slug, scheme in self._site.schemes.items():
            for rules in scheme.rules:
                yield from (rule_file(slug, rules.year, kind) for kind in KINDS)

    def _may_exist(self, path: str) -> bool:
        """Whether an address may be that of a rule year in a scheme with mistakes.

        The mistakes are reported; the address is not, since nobody knows the scheme's rule years.
        """
        slug = path.strip("/").partition("/")[0]
        if slug in self._site.schemes or slug not in {scheme for scheme, _, _ in self._site.pages}:
            return False
        return path.startswith((f"/{slug}/{RULE_YEARS}/", f"/{slug}/{RULE_FILES}/"))

    @cached_property
    def _in_lists(self) -> frozenset[str]:
        """The addresses of the pages and files of lists, whose number grows with the content."""
        # Imported here, since these modules take a while to import.
        from builder.data import api
        from builder.views import alphabet, changes, deadlines, portal

        schemes = tuple(self._site.schemes.values())
        lists = portal.Lists(portal.listed(schemes, self._today))
        paths = [*lists.addresses(), *deadlines.AllDeadlines(schemes, self._today).addresses()]
        if lists.is_large:
            paths += [page.step.url for page in alphabet.pages(lists.schemes, "nb")]
        paths += [*changes.addresses(self._site.changes), *api.index_addresses(len(schemes))]
        return frozenset(paths)
