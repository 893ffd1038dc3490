"""The units that depend on files placed before: the search index, and the last files of all."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from builder.bundle import offline
from builder.data import hosting, search
from builder.kit.i18n import LANGS
from builder.kit.store import code_version, key
from builder.routes import redirects
from builder.site.output import PlacedUnit, Unit, UnitResult
from builder.site.units import SiteUnits
from calc.rules import Lang

# How the names of these units begin.
_PREFIX = "search "


def first_parts(placed: Mapping[str, PlacedUnit], folder: Path, schemes: set[str]) -> list[Unit]:
    """The first part of the index in each målform: pages of the whole site, and some schemes.

    `placed` are the units in `folder` so far, by name, and `schemes` the slugs of all schemes. The
    `extra` of a unit of pages is a list of paths and digests of their searched text.
    """
    return list(_units(placed, folder, schemes, range(1)))


def other_parts(placed: Mapping[str, PlacedUnit], folder: Path, schemes: set[str]) -> list[Unit]:
    """The other parts of the index, as `first_parts`; they have pages of schemes only."""
    return list(_units(placed, folder, schemes, range(1, search.parts(len(schemes)))))


def last(units: SiteUnits, placed: Mapping[str, PlacedUnit], digests: Mapping[str, str]) -> Unit:
    """The unit of files that depend on all others.

    These are the settings of web servers, the service worker, and the file that names all parts of
    the search index.

    `digests` are the digests of all other files of the site, by path, without compressed copies.
    """

    def make() -> UnitResult:
        parts = (unit for name, unit in placed.items() if name.startswith(_PREFIX))
        entries = search.entry_file(dict(unit.extra for unit in parts))
        moved = units.pages.redirects | redirects.of_files(units.site)
        settings = dict(hosting.files(digests, moved))
        worker = offline.script(digests, units.assets, units.runtime, units.data.translations)
        return UnitResult({**entries, **settings, "sw.js": worker})

    return Unit("last", key(units.version, *digests.items()), make)


def _units(
    placed: Mapping[str, PlacedUnit], folder: Path, schemes: set[str], parts: range
) -> Iterator[Unit]:
    number = search.parts(len(schemes))
    digests: dict[tuple[Lang, int], dict[str, str]] = {
        (lang, part): {} for lang in LANGS for part in parts
    }
    pages = (unit for name, unit in placed.items() if not name.startswith(_PREFIX))
    for path, digest in (pair for unit in pages for pair in unit.extra or ()):
        lang: Lang = "nn" if path.startswith("nn/") else "nb"
        slug = path.removeprefix("nn/").split("/")[0]
        part = search.part_of(slug, number) if slug in schemes else 0
        if (lang, part) in digests:
            digests[lang, part][path] = digest
    for (lang, part), of_part in digests.items():
        yield Unit(
            f"{_PREFIX}{search.language(lang, part)}",
            key(code_version("builder"), lang, part, sorted(of_part.items())),
            partial(_make, folder, sorted(of_part), lang, part),
            pages=len(of_part),
            effort=len(of_part),
        )


def _make(folder: Path, paths: list[str], lang: Lang, part: int) -> UnitResult:
    """A part of the index; `extra` is its name and its entry in the file that names all parts."""
    searched = {path: search.searched((folder / path).read_bytes()) or b"" for path in paths}
    index = search.index(searched, lang, part)
    extra: tuple[str, Any] = search.language(lang, part), index.entry
    return UnitResult(index.files, extra)
