"""The register of all addresses of the site, known without a build."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from builder.content import Scheme, Site
from builder.kit.addresses import (
    API,
    CHANGES_PAGE,
    DEADLINES,
    EMBED_SCRIPT,
    FEED,
    LISTS,
    OWN_TAPER,
    ROBOTS,
    RULE_FILE_KINDS,
    RULE_FILES,
    RULE_YEARS,
    SITEMAP,
    address,
    calendar_address,
    data_address,
    embedded_address,
    localized,
    rule_file_address,
    schema_address,
    year_address,
)
from builder.kit.i18n import LANGS

# Addresses below these are computed only when a link has one of them.
_LISTS = (f"/{LISTS}/", f"/{DEADLINES}/", f"/{CHANGES_PAGE}/", API)


def below(scheme: Scheme) -> Iterator[str]:
    """Every address of a scheme, but for its pages in Markdown.

    These are the pages of its rule years in bokmål, its rule files, and its calendars in both
    målformer.
    """
    for rules in scheme.rules:
        yield year_address(scheme.slug, rules.year)
        for kind in RULE_FILE_KINDS:
            yield rule_file_address(scheme.slug, rules.year, kind)
    yield from (localized(calendar_address(scheme.slug), lang) for lang in LANGS)


class Register:
    """The addresses of pages (in bokmål) and files of a site.

    `pages` has the slug and the name of each page by its address, and None for pages without a
    Markdown file. `address in register` also knows the pages of long lists, and counts an address
    as known where it may belong to a scheme with mistakes.
    """

    def __init__(self, site: Site, lists: Callable[[], Iterable[str]]) -> None:
        """The addresses of a site; `lists` gives those of pages and files of long lists."""
        self._site, self._lists = site, lists
        self.pages: dict[str, tuple[str | None, str] | None] = {
            address(scheme, name): (scheme, name) for scheme, name, _ in site.pages
        }
        others = set(self._others())
        self.files = frozenset(path for path in others if not path.endswith("/"))
        self.pages |= dict.fromkeys(sorted(others - self.files))

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
        below_first = [known for known in self.pages if known.startswith(first)]
        return sorted(below_first or (known for known in self.pages if known.count("/") <= 2))

    def _others(self) -> Iterator[str]:
        """The addresses of pages without a Markdown file, and of files."""
        yield from (EMBED_SCRIPT, ROBOTS, SITEMAP, embedded_address(OWN_TAPER))
        yield from (schema_address(name) for name in ("schemes", "scheme"))
        for path in (FEED, calendar_address(None)):
            yield from (localized(path, lang) for lang in LANGS)
        for slug, scheme in self._site.schemes.items():
            yield from (data_address(slug), embedded_address(slug), *below(scheme))

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
        return frozenset(self._lists())
