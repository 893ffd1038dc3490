"""The earlier addresses of pages and of the files of schemes, each with the present address."""

from collections.abc import Callable, Iterator

from builder import content
from builder.content.visibility import Visibility
from builder.kit.addresses import PAGE_NAMES, address, localized
from builder.kit.i18n import LANGS
from builder.routes.register import below
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
        present = [*(address(slug, name) for name in PAGE_NAMES), *below(scheme)]
        for alias in site.visibility.get(slug, Visibility()).aliases:
            for new in present:
                start = "/nn" if new.startswith("/nn/") else ""
                yield start + alias + new.removeprefix(f"{start}/{slug}/"), new
    for (of_scheme, name, _), page in site.pages.items():
        for alias in page.visibility.aliases:
            yield alias, address(of_scheme, name)
