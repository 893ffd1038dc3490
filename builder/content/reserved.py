"""Addresses that the content may not use: the site has them itself, or they would be used twice."""

from collections.abc import Iterator
from pathlib import Path

from builder.content.files import CHANGES, PAGES, shown_path, why_no_name
from builder.content.model import RULE_YEARS
from builder.content.problems import Problem
from builder.content.site import PageFile, PageKey, Site

# Addresses that neither a scheme nor a general page can have.
RESERVED = {
    *("api", "assets", "hosting", "nn", "ordninger", "pagefind", "runtime", "schemes"),
    *(PAGES, CHANGES, "uten-nett"),
}
# Below these the site has pages and files of its own, such as the pages of a long list.
_RESERVED_BELOW = RESERVED | {"endringer", "frister", "innebygd"}


def is_address(name: str) -> bool:
    """Whether a scheme could have this name in addresses, if no other part of the site has it."""
    return not why_no_name(name) and name not in RESERVED


def check_addresses(content: Path, pages: dict[PageKey, PageFile]) -> Iterator[Problem]:
    """Each general page has an address of its own, and is there in bokmål."""
    schemes = {scheme for scheme, _, _ in pages}
    for page in pages.values():
        if page.scheme is not None:
            continue
        shown = shown_path(content, page.path)
        if page.name in schemes | RESERVED:
            message = "Adressen er i bruk til noe annet."
            yield Problem(shown, 0, "", message, f"/{page.name}/", "et annet filnavn")
        if (None, page.name, "nb") not in pages:
            message, expected = "Siden finnes bare på nynorsk.", f"{page.name}.md ved siden av"
            yield Problem(shown, 0, "", message, page.path.name, expected)


def check_aliases(content: Path, site: Site) -> Iterator[Problem]:
    """An earlier address leads to one place, and is not that of a page."""
    used = {f"/{name}/" for name in (*site.schemes, *site.page_names(), *RESERVED)}
    used |= {f"/{s}/{name}/" for s, name, _ in site.pages if s is not None}
    named = [
        (content / slug / "scheme.yaml", visibility)
        for slug, visibility in site.visibility.items()
        if isinstance(slug, str)
    ] + [(page.path, page.visibility) for page in site.pages.values()]
    for path, visibility in named:
        for alias in visibility.aliases:
            _, first, second, *_ = alias.split("/")
            is_taken = first in _RESERVED_BELOW or (first in site.schemes and second == RULE_YEARS)
            if alias in used or is_taken:
                message = "Den tidligere adressen er i bruk til noe annet."
                expected = "en adresse som ingen side har"
                lines = path.read_text("utf-8-sig").splitlines()
                line = next(n for n, written in enumerate(lines, 1) if alias in written)
                yield Problem(shown_path(content, path), line, "aliases", message, alias, expected)
            used.add(alias)
