"""Addresses that content can't have: the site needs them itself, or they are in use already."""

from collections.abc import Iterator
from pathlib import Path

from builder.content.files import CHANGES, PAGES, shown_path, why_no_name
from builder.content.problems import Problem
from builder.content.site import PageFile, PageKey, Site
from builder.kit.addresses import OWN_FOLDERS, RULE_YEARS, SHARED_FOLDERS

RESERVED = OWN_FOLDERS | {PAGES, CHANGES}
"""Names that neither a scheme nor a general page can have."""


def can_be_slug(name: str) -> bool:
    """Whether the name is allowed as a slug: it is well formed and not reserved.

    The function does not look for schemes or pages that have the name already.
    """
    return not why_no_name(name) and name not in RESERVED


def check_addresses(content: Path, pages: dict[PageKey, PageFile]) -> Iterator[Problem]:
    """Report general pages whose address is in use, and general pages in nynorsk only."""
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
    """Report earlier addresses that a page has now, or that stand twice in the content."""
    used = {f"/{name}/" for name in (*site.schemes, *site.page_names(), *RESERVED)}
    used |= {f"/{s}/{name}/" for s, name, _ in site.pages if s is not None}
    files = [
        (content / slug / "scheme.yaml", visibility)
        for slug, visibility in site.visibility.items()
        if isinstance(slug, str)
    ] + [(page.path, page.visibility) for page in site.pages.values()]
    for path, visibility in files:
        for alias in visibility.aliases:
            _, first, second, *_ = alias.split("/")
            is_reserved = first in RESERVED | SHARED_FOLDERS or (
                first in site.schemes and second == RULE_YEARS
            )
            if alias in used or is_reserved:
                message = "Den tidligere adressen er i bruk til noe annet."
                expected = "en adresse som ingen side har"
                lines = path.read_text("utf-8-sig").splitlines()
                line = next((n for n, written in enumerate(lines, 1) if alias in written), 1)
                yield Problem(shown_path(content, path), line, "aliases", message, alias, expected)
            used.add(alias)
