"""The names of all schemes from A to Å, on pages for readers who know the name of a scheme."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from builder.kit.addresses import NAMES
from builder.routes.paging import Paging, Step, in_pages, page_address, paging
from builder.views.portal import Listed
from calc.rules import Lang

NAMES_PER_PAGE = 300
_LAST = "æøå"
# The characters that follow z in Unicode.
_AFTER_Z = str.maketrans(_LAST, "{|}")
_NUMBER = re.compile(r"\d+")
# Numbers in names are padded with zeros to this number of digits, so that they sort by value.
_DIGITS = 9
_BEFORE_FIRST_WORD = re.compile(r"^\W+")
# Names that begin with no letter stand first, under this heading.
_OTHER = "0–9"


@dataclass(frozen=True, kw_only=True)
class Name:
    """The short name of a scheme; `lang` is the målform that the name is written in."""

    slug: str
    name: str
    lang: Lang


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The names on a page that begin with the same letter; `id` is the `id` of their heading."""

    letter: str
    id: str
    names: tuple[Name, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of names. `index` has every letter, and the bokmål address of its first heading."""

    step: Step
    index: tuple[tuple[str, str], ...]
    letters: tuple[Letter, ...]
    paging: Paging | None

    @property
    def first(self) -> str:
        """The first letter on the page."""
        return self.letters[0].letter

    @property
    def last(self) -> str:
        """The last letter on the page."""
        return self.letters[-1].letter


def pages(schemes: Iterable[Listed], lang: Lang) -> tuple[Page, ...]:
    """The pages with the names of these schemes in a målform, in the order of dictionaries."""
    names = sorted((_name(scheme, lang) for scheme in schemes), key=_key)
    parts = [tuple(_letters(part)) for part in in_pages(names, NAMES_PER_PAGE)]
    steps = [Step(number=n, url=page_address(NAMES, n)) for n in range(1, len(parts) + 1)]
    index: dict[str, str] = {}
    for step, letters in zip(steps, parts, strict=True):
        for letter in letters:
            index.setdefault(letter.letter, f"{step.url}#{letter.id}")
    return tuple(
        Page(
            step=step,
            index=tuple(index.items()),
            letters=letters,
            paging=paging(steps, step.number),
        )
        for step, letters in zip(steps, parts, strict=True)
    )


def _name(scheme: Listed, lang: Lang) -> Name:
    name, name_lang = scheme.short_name.best(lang)
    return Name(slug=scheme.slug, name=name, lang=name_lang)


def _letters(names: Iterable[Name]) -> Iterator[Letter]:
    for letter, group in groupby(names, key=lambda name: _letter(name.name)):
        id_ = "andre" if letter == _OTHER else letter.lower()
        yield Letter(letter=letter, id=f"bokstav-{id_}", names=tuple(group))


def _letter(name: str) -> str:
    first = _plain(name)[:1]
    return first.upper() if first.isalpha() else _OTHER


@cache
def _plain(name: str) -> str:
    """The name in small letters, without accents and without quotes or dashes in front."""
    letters = _BEFORE_FIRST_WORD.sub("", unicodedata.normalize("NFC", name.casefold()))
    if letters.isascii():
        return letters
    return "".join(
        letter if letter in _LAST else unicodedata.normalize("NFD", letter)[0] for letter in letters
    )


def _key(name: Name) -> tuple[bool, str, str]:
    """Sorts names as Norwegian dictionaries do, with æ, ø and å last, and sorts 9 before 10."""
    words = _plain(name.name).translate(_AFTER_Z)
    numbered = _NUMBER.sub(lambda number: number[0].zfill(_DIGITS), words)
    return _letter(name.name) != _OTHER, numbered, name.slug
