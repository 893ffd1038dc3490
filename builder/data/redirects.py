"""The earlier addresses of pages and of the files of schemes, each with the present address."""

from collections.abc import Callable, Iterator

from builder import content
from builder.content import PAGE_NAMES, Scheme
from builder.content.visibility import Visibility
from builder.data import rule_files
from builder.kit.i18n import LANGS
from builder.routes.addresses import address, calendar_address, localized, year_address
from calc.rules import Lang


def of_pages(site: content.Site, url: Callable[[str, Lang], str]) -> dict[str, str]:
    """The earlier addresses of pages in both målformer, each with the present address.

    `url` returns the address of a page in the site: see `builder.views.prose.Prose.url`.
    """
    moved = [(old, new) for old, new in _moved(site) if new.endswith("/")]
    return {localized(old, lang): url(new, lang) for lang in LANGS for old, new in moved}


def of_files(site: content.Site) -> dict[str, str]:
    """The earlier addresses of files for programs, each with the present address.

    No page can have such an address, so only web servers can redirect from it.
    """
    return {old: new for old, new in _moved(site) if not new.endswith("/")}


def _moved(site: content.Site) -> Iterator[tuple[str, str]]:
    for slug, scheme in site.schemes.items():
        for alias in site.visibility.get(slug, Visibility()).aliases:
            for new in _of_scheme(scheme):
                start = "/nn" if new.startswith("/nn/") else ""
                yield start + alias + new.removeprefix(f"{start}/{slug}/"), new
    for (of_scheme, name, _), page in site.pages.items():
        for alias in page.visibility.aliases:
            yield alias, address(of_scheme, name)


def _of_scheme(scheme: Scheme) -> Iterator[str]:
    """Every address of a scheme: pages in bokmål, rule files, calendars in both målformer."""
    yield from (address(scheme.slug, name) for name in PAGE_NAMES)
    for rules in scheme.rules:
        yield year_address(scheme.slug, rules.year)
        yield from (rule_files.address(scheme.slug, rules.year, k) for k in rule_files.KINDS)
    yield from (localized(calendar_address(scheme.slug), lang) for lang in LANGS)
