"""Every address of the site, known without building it."""

from collections.abc import Iterator
from functools import cached_property

from builder.addresses import RULE_YEARS, address, localized, year_address
from builder.content import Site
from builder.rule_files import FOLDER as RULE_FILES
from builder.rule_files import KINDS
from builder.rule_files import address as rule_file

_EMBEDDED = "/innebygd/"
_OWN_CALCULATOR = "egen-nedtrapping"
_LISTS = "/ordninger/"
_DATA = "/api/v1/"


class Addresses:
    """The addresses of pages (in bokmål) and of files that editors can link to."""

    def __init__(self, site: Site) -> None:
        self._site = site
        # None for pages that have no Markdown.
        self.pages: dict[str, tuple[str | None, str] | None] = {
            address(scheme, name): (scheme, name) for scheme, name, _ in site.pages
        }
        self.pages |= dict.fromkeys(self._made())
        self.files = frozenset(self._files())

    def __contains__(self, path: str) -> bool:
        if path in self.pages or path in self.files or self._may_be_there(path):
            return True
        return path.startswith(_LISTS) and path in self._lists

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
        yield from (f"{_DATA}{name}.json" for name in ("schemes", "changes", *self._site.schemes))
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
    def _lists(self) -> frozenset[str]:
        # Pelican, which it needs for the words of addresses, takes a second to import.
        from builder.portal import FOLDER, names

        return frozenset(f"/{FOLDER}/{name}/" for name in names(self._site.schemes.values()))
