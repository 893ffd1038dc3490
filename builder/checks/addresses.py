"""Every address of the site, known without building it."""

import datetime as dt
from collections.abc import Iterator
from functools import cached_property

from builder.content import RULE_YEARS, Site
from builder.data.rule_files import FOLDER as RULE_FILES
from builder.data.rule_files import KINDS
from builder.data.rule_files import address as rule_file
from builder.routes.addresses import address, localized, year_address

_EMBEDDED = "/innebygd/"
_OWN_CALCULATOR = "egen-nedtrapping"
# What stands here is listed only when it is asked for.
_LISTS = ("/ordninger/", "/frister/", "/endringer/", "/api/v1/")
_DATA = "/api/v1/"


class Addresses:
    """The addresses of pages (in bokmål) and of files that editors can link to."""

    def __init__(self, site: Site, today: dt.date) -> None:
        """Those of a site as it is built on a day."""
        self._site, self._today = site, today
        # None for pages that have no Markdown.
        self.pages: dict[str, tuple[str | None, str] | None] = {
            address(scheme, name): (scheme, name) for scheme, name, _ in site.pages
        }
        self.pages |= dict.fromkeys(self._made())
        self.files = frozenset(self._files())

    def __contains__(self, path: str) -> bool:
        if path in self.pages or path in self.files or self._may_be_there(path):
            return True
        return path.startswith(_LISTS) and path in self._parts

    @cached_property
    def every(self) -> frozenset[str]:
        """All that are known one by one."""
        return self.files.union(self.pages)

    def near(self, path: str) -> list[str]:
        """The addresses among which an editor may look for one that is not there."""
        first = f"/{path.strip('/').partition('/')[0]}/"
        below = [known for known in self.pages if known.startswith(first)]
        return sorted(below or (known for known in self.pages if known.count("/") <= 2))

    def _made(self) -> Iterator[str]:
        for slug, scheme in self._site.schemes.items():
            yield from (year_address(slug, rules.year) for rules in scheme.rules)
            yield f"{_EMBEDDED}{slug}/"
        yield f"{_EMBEDDED}{_OWN_CALCULATOR}/"

    def _files(self) -> Iterator[str]:
        yield from ("/embed.js", "/robots.txt", "/sitemap.xml")
        yield from (f"{_DATA}{slug}.json" for slug in self._site.schemes)
        yield from (f"{_DATA}schema/{name}.json" for name in ("schemes", "scheme"))
        in_both = ["/endringer.atom", "/frister.ics"]
        in_both += [f"/{slug}/frister.ics" for slug in self._site.schemes]
        for path in in_both:
            yield path
            yield localized(path, "nn")
        for slug, scheme in self._site.schemes.items():
            for rules in scheme.rules:
                yield from (rule_file(slug, rules.year, kind) for kind in KINDS)

    def _may_be_there(self, path: str) -> bool:
        """Whether it may belong to a scheme whose files have mistakes; those are told instead."""
        slug = path.strip("/").partition("/")[0]
        if slug in self._site.schemes or slug not in {scheme for scheme, _, _ in self._site.pages}:
            return False
        return path.startswith((f"/{slug}/{RULE_YEARS}/", f"/{slug}/{RULE_FILES}/"))

    @cached_property
    def _parts(self) -> frozenset[str]:
        """The pages and files of lists, which depend on how much there is to list."""
        # What they need takes a while to import.
        from builder.data import api
        from builder.views import alphabet, changes, deadlines, portal

        schemes = tuple(self._site.schemes.values())
        lists = portal.Lists(portal.listed(schemes, self._today))
        found = [*lists.addresses(), *deadlines.AllDeadlines(schemes, self._today).addresses()]
        if lists.is_large:
            found += [page.step.url for page in alphabet.pages(lists.schemes, "nb")]
        found += [*changes.addresses(self._site.changes), *api.index_addresses(len(schemes))]
        return frozenset(found)
