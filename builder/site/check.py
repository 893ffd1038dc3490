"""The check of a built site before it is published: ids, headings, links and sizes."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from builder.kit.errors import KnownError
from builder.kit.files import Files, steps
from builder.site import sizes
from builder.site.built_page import read_page
from builder.site.built_site import (
    FRONT,
    BuiltSite,
    UnreadableError,
    named_in,
    read_site,
    target,
)

# Nobody reads more problems before mending one: a mistake in a template is on all pages.
MOST_REPORTED = 200


class CheckError(KnownError):
    """The built site has mistakes; the text lists them, in Norwegian."""


def check(site: Path, cache: Path | None = None, *, files: Files | None = None) -> None:
    """Check every page of a built site. Raises `CheckError` with all mistakes at once.

    `cache` and `files` are as in `read_site`.
    """
    built = read_site(site, cache, files=files, label="Kontrollerer sidene")
    problems: list[str] = []
    left = 0
    for name in _wrong(built):
        if len(problems) < MOST_REPORTED:
            problems += [f"{name}: {problem}" for problem in _problems(built, name)]
        else:
            left += 1
    if left:
        problems.append(f"… og feil i {left} filer til")
    if FRONT not in built.names:
        problems.append(f"{FRONT} mangler.")
    problems += [f"For stort: {size}." for size in sizes.too_big(built)]
    if problems:
        raise CheckError(
            "Det bygde nettstedet har feil. Ingenting er publisert.\n" + "\n".join(problems)
        )


def _wrong(built: BuiltSite) -> list[str]:
    """The files that have problems, pages first, in order."""
    there = set(built.names)
    wrong: list[str] = []
    for extracts in (built.pages, built.data):
        of_kind = [
            name
            for name, extract in extracts.items()
            if extract.is_wrong
            or not there.issuperset(extract.files)
            or any(_is_missing(built, *anchor) for anchor in extract.anchors)
            or not all(_is_mutual(built, name, file) for file in extract.translations)
        ]
        wrong += sorted(of_kind, key=steps)
    return wrong


def _problems(built: BuiltSite, name: str) -> Iterator[str]:
    """The problems of a file, in Norwegian. Extracts lack the wording, so the file is read."""
    text = (built.site / name).read_text("utf-8")
    if name not in built.pages:
        for link in named_in(name, text, built.address):
            yield from _problems_of_link(built, name, link)
        return
    page = read_page(text)
    if page.headings != 1:
        yield f"siden har {page.headings} hovedoverskrifter (h1), forventet 1"
    ids = set(page.ids)
    for id_ in _doubles(page.ids):
        yield f"id-en «{id_}» står to ganger"
    for attribute, id_ in dict.fromkeys(page.references):
        if id_ not in ids:
            yield f"{attribute} viser til id-en «{id_}», som ikke finnes på siden"
    for link in dict.fromkeys(page.links):
        yield from _problems_of_link(built, name, link)
    for link in page.translations:
        with suppress(UnreadableError):
            translated = target(name, link, built.address)
            if translated and not _is_mutual(built, name, translated[0]):
                yield f"siden viser til «{link}» på et annet språk, men den viser ikke tilbake"


def _problems_of_link(built: BuiltSite, name: str, link: str) -> Iterator[str]:
    try:
        leads_to = target(name, link, built.address)
    except UnreadableError as error:
        yield f"lenken «{link}» {error}"
        return
    if leads_to is None:
        return
    file, id_ = leads_to
    if file not in built.names:
        yield f"lenken «{link}» fører ingen steder"
    elif _is_missing(built, file, id_):
        yield f"lenken «{link}» peker på et sted som ikke finnes på siden"


def _doubles(ids: list[str]) -> list[str]:
    """Each id that stands once more, as often as it does."""
    return [id_ for n, id_ in enumerate(ids) if id_ in ids[:n]]


def _is_missing(built: BuiltSite, file: str, id_: str) -> bool:
    """Whether a page lacks an id, or a file is not there. Other files than pages have any id."""
    if file in built.pages:
        return bool(id_) and id_ not in built.pages[file].ids
    return file not in built.names


def _is_mutual(built: BuiltSite, name: str, translated: str) -> bool:
    """Whether a translation of the page `name` names that page as its translation too."""
    other = built.pages.get(translated)
    return other is None or name in other.translations
