"""Checks of a built site before it is published: whole HTML, links that lead somewhere, sizes."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from builder.kit.errors import KnownError
from builder.site import sizes
from builder.site.built import FRONT, Built, UnreadableError, named_in, read, target
from builder.site.built_page import read_page

# As many as anybody reads before doing something about it: a mistake in a template is on all pages.
MOST_TOLD = 200


KEPT = Path(".cache/checks/site")
"""Where it is kept what pages say, from the root of the project."""


class CheckError(KnownError):
    """The built site has mistakes; the text lists them, in Norwegian."""


def check(
    site: Path, cache: Path | None = None, *, digests: Mapping[str, str] | None = None
) -> None:
    """Check every page of a built site. Raises `CheckError` with all mistakes at once.

    What pages say is kept below `cache`, and `digests` are as for `built.read`.
    """
    built = read(site, cache, digests=digests, label="Kontrollerer sidene")
    problems: list[str] = []
    left = 0
    for name in _wrong(built):
        if len(problems) < MOST_TOLD:
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


def _wrong(built: Built) -> list[str]:
    """The files with something to tell of, pages first, in order."""
    there = set(built.names)
    found = []
    for files in (built.pages, built.data):
        wrong = [
            name
            for name, said in files.items()
            if said.is_wrong
            or not there.issuperset(said.files)
            or any(_is_missing(built, *place) for place in said.places)
            or not all(_is_mutual(built, name, file) for file in said.translations)
        ]
        found += sorted(wrong, key=lambda name: name.split("/"))
    return found


def _problems(built: Built, name: str) -> Iterator[str]:
    """What is wrong with a file, in words. It is read once more: what is right says nothing."""
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


def _problems_of_link(built: Built, name: str, link: str) -> Iterator[str]:
    try:
        leads_to = target(name, link, built.address)
    except UnreadableError as error:
        yield f"lenken «{link}» {error}"
        return
    if leads_to is None:
        return
    file, place = leads_to
    if file not in built.names:
        yield f"lenken «{link}» fører ingen steder"
    elif _is_missing(built, file, place):
        yield f"lenken «{link}» peker på et sted som ikke finnes på siden"


def _doubles(ids: list[str]) -> list[str]:
    """The ids that stand again, as often as they do."""
    return [id_ for n, id_ in enumerate(ids) if id_ in ids[:n]]


def _is_missing(built: Built, file: str, place: str) -> bool:
    """Whether a page lacks a place, or isn't there at all. Only pages have places."""
    if file in built.pages:
        return bool(place) and place not in built.pages[file].ids
    return file not in built.names


def _is_mutual(built: Built, name: str, translated: str) -> bool:
    other = built.pages.get(translated)
    return other is None or name in other.translations
