"""Reports figures in texts: they belong in the rules, so that a change reaches every page."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from builder.checks.folder import Folder, TextValue, texts
from builder.checks.pages import Page, line_at
from builder.content import Problem, Scheme, Site
from builder.content.yaml_file import Document, Key, Plain, at, dotted
from calc.rules import KRONER, Unit

Kind = Literal["kroner", "prosent", "årsverk"]

_SPACE = "[ \t\u00a0\u2007\u2009\u202f]"
# A line may end inside a figure. The number of spaces is limited, like the lengths of numbers and
# of lists of numbers, so that the time of the search is linear in any text.
_GAP = rf"(?:{_SPACE}{{0,4}}(?:\n{_SPACE}{{0,4}})?)"
_GROUPED = rf"\d{{1,3}}(?:(?:{_SPACE}|\.|\n)\d{{3}}){{1,4}}(?!\d)"
_NUMBER = rf"(?:{_GROUPED}(?:,\d{{1,6}})?|\d{{1,12}}(?:[.,]\d{{1,6}})?)(?!\d)"
_BETWEEN = rf"(?:{_GAP}(?:[-–—/,]|til|og|eller){_GAP})"
_SCALE = r"(?:(?:mill|mrd|tusen)\b\.?|million(?:er|ar)?\b|milliard(?:er|ar)?\b)"
# The beginning of a number that is no part of another number, of a word, or of the paragraph
# number of a law.
_START = r"(?<![\w§])(?<!\d[.,:/-])(?<!§[ ])"
_FIGURE = re.compile(
    rf"""(?=[\dkn]) {_START}(?:
      (?P<numbers>{_NUMBER}(?:{_BETWEEN}{_NUMBER}){{0,4}}) {_GAP}
      (?:
        (?P<percent>%|prosent|pst\b) (?P<position>[ -]?stilling)?
        | (?P<man_years>årsverk)
        | (?P<scale>{_SCALE})? {_GAP} (?:kr\b|kron(?:er|e)\b|NOK\b|,[-–—])
      )
      | (?:kr\b\.?|NOK\b) {_GAP} (?P<after>{_NUMBER}) (?:{_GAP}(?P<scale_after>{_SCALE}))?
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_POSITION_BEFORE = re.compile(rf"stilling\w*{_GAP}(?:på|i){_GAP}$", re.IGNORECASE)
# A number that looks like an amount without its unit: alone in a cell, or «500 000 per årsverk».
_BARE = re.compile(
    rf"(?=\d){_START}(?P<number>{_GROUPED}|\d{{5,12}}(?!\d))"
    rf"(?={_SPACE}*(?:[.,;:!?)|](?:\s|$)|$|\n\n|(?:per|pr|årlig|årleg|hver[t]?|kvar[t]?|i året)\b))"
)
_DIGIT = re.compile(r"\d")
_LEAST_BARE, _ROUND = 10_000, 1000
_SCALES = {"milliard": 10**9, "mrd": 10**9, "mill": 10**6, "tusen": 1000}
_A_YEAR = range(1900, 2101)

_WITHOUT_FIGURE = "teksten uten tallet, for eksempel «se satsene»; tabellene viser det selv"
_NOT_IN_RULES = "et tall som står i regelverket, eller teksten uten tall"


@dataclass(frozen=True)
class Figure:
    """A figure in a text: an amount in kroner, a percentage, or a number of årsverk.

    `written` is its text, and `position` the index where that begins. An `is_bare` amount has no
    unit in the text.
    """

    kind: Kind
    value: Fraction
    written: str
    position: int
    is_bare: bool = False


class Written(NamedTuple):
    """A figure with its file, line and key; the key is empty in Markdown."""

    figure: Figure
    file: Path
    line: int
    key: str = ""


def figures(text: str) -> Iterator[Figure]:
    """Every figure in a text, written in one of the Norwegian ways.

    Left out are zero, and «100 % stilling», which is no figure of any rule.
    """
    if not _DIGIT.search(text):
        return
    taken: list[range] = []
    for match in _FIGURE.finditer(text):
        taken.append(range(*match.span()))
        written = " ".join(match[0].split())
        kind, scale = _kind(match), Fraction(_scale(match["scale"] or match["scale_after"]))
        if kind == "prosent" and _is_of_a_post(match, text):
            kind, scale = "årsverk", Fraction(1, 100)
            if _value(match["numbers"]) == 100:
                continue
        for number in _numbers(match["numbers"] or match["after"]):
            if number:
                yield Figure(kind, number * scale, written, match.start())
    for match in _BARE.finditer(text):
        value = _value(match["number"])
        is_amount = value >= _LEAST_BARE and value % _ROUND == 0
        if is_amount and not any(match.start() in span for span in taken):
            yield Figure("kroner", value, match[0], match.start(), is_bare=True)


def _kind(match: re.Match[str]) -> Kind:
    if match["percent"]:
        return "prosent"
    return "årsverk" if match["man_years"] else "kroner"


def _is_of_a_post(match: re.Match[str], text: str) -> bool:
    return bool(match["position"] or _POSITION_BEFORE.search(text[: match.start()][-30:]))


def _scale(word: str | None) -> int:
    name = (word or "").lower()
    return next((size for start, size in _SCALES.items() if name.startswith(start)), 1)


def _numbers(written: str) -> Iterator[Fraction]:
    """The numbers of a list such as «70, 50 og 40».

    A number before the last one is left out where it looks like a year, or is less than a tenth of
    the last: it then counts something else.
    """
    *before, last = (_value(number) for number in re.findall(_NUMBER, written))
    for value in before:
        if value * 10 >= last and value not in _A_YEAR:
            yield value
    yield last


def _value(written: str) -> Fraction:
    whole, _, decimals = re.sub(r"\s", "", written).partition(",")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", whole):
        whole = whole.replace(".", "")
    return Fraction(f"{whole}.{decimals}" if decimals else whole)


type Known = dict[tuple[Kind, Fraction], list[int]]
"""The figures in rules, by kind and value, each with the rule years that have it."""


def check(folder: Folder) -> Iterator[Problem]:
    """Report figures in the texts of a scheme.

    In prose and in `scheme.yaml`, a figure that the rules have is a warning: the text would be
    wrong after a change of the rule. A figure that no rule has is a mistake, or a warning where it
    may be none (årsverk, an amount without its unit). In the files of rule years, only figures that
    no rule has are reported, as warnings.
    """
    if folder.scheme is None:
        return
    known = _known(folder.scheme)
    for page in folder.pages:
        for written in in_prose(page):
            yield _judge(written, known)
    for document in folder.documents.values():
        if document is not folder.facts:
            unknown = (one for one in beside_rules(document) if _key(one) not in known)
            yield from (replace(_unknown(one), is_warning=True) for one in unknown)
        else:
            for written in _in_facts(document):
                yield _judge(written, known)


def check_elsewhere(
    site: Site, general: Iterable[Written], changes: Iterable[tuple[str, Iterable[Written]]]
) -> Iterator[Problem]:
    """Report, as warnings, figures in general pages, and figures in changes that no rule has.

    `general` are the figures of general pages, which are compared with the rules of all schemes.
    `changes` are the slug of the scheme of each change, and its figures (`beside_rules`).
    """

    @cache
    def known(slug: str) -> Known:
        return _known(site.schemes[slug])

    @cache
    def of_all() -> Known:
        every: Known = {}
        for slug in site.schemes:
            every |= known(slug)
        return every

    for written in general:
        yield replace(_judge(written, of_all()), is_warning=True)
    for slug, of_change in changes:
        for written in of_change:
            if _key(written) not in (known(slug) if slug in site.schemes else of_all()):
                yield replace(_unknown(written), is_warning=True)


def in_prose(page: Page) -> Iterator[Written]:
    """Every figure in the prose of a page."""
    for figure in figures(page.prose):
        yield Written(figure, page.shown, line_at(page.prose, figure.position))


def beside_rules(document: Document) -> Iterator[Written]:
    """The figures in the texts of a file of rules or of a change.

    Such a text stands beside the rules of a year and changes with them, so it may repeat their
    figures. The title of a worked example may also repeat the answers of the example: these figures
    are left out.
    """
    for text in texts(document.data):
        of_example = _plain_numbers(_example(document.data, text.key))
        for key, written in _in_both(text):
            for figure in figures(written):
                if figure.value not in of_example:
                    yield Written(figure, document.file, document.line(key), dotted(key))


def _in_facts(document: Document) -> Iterator[Written]:
    for text in texts(document.data):
        for key, written in _in_both(text):
            for figure in figures(written):
                line = document.line(key) + line_at(written, figure.position) - 1
                yield Written(figure, document.file, line, dotted(key))


def _in_both(text: TextValue) -> Iterator[tuple[Key, str]]:
    yield (*text.key, "nb"), text.nb
    if text.nn:
        yield (*text.key, "nn"), text.nn


def _key(written: Written) -> tuple[Kind, Fraction]:
    return written.figure.kind, written.figure.value


def _known(scheme: Scheme) -> Known:
    """The figures in all rule years of a scheme."""
    known: Known = {}
    for rules in reversed(scheme.rules):
        for track in rules.tracks.values():
            for _, figure in track.figures():
                kind = _kind_of(figure.unit)
                if kind is not None and figure.value is not None:
                    years = known.setdefault((kind, figure.exact), [])
                    years += [rules.year] if rules.year not in years else []
    return known


def _kind_of(unit: Unit) -> Kind | None:
    if unit in KRONER:
        return "kroner"
    return unit if unit in ("prosent", "årsverk") else None


def _example(data: Plain, key: Key) -> Plain:
    return at(data, key[:2]) if key[:1] == ("examples",) else None


def _plain_numbers(data: Plain) -> set[Fraction]:
    if isinstance(data, dict):
        return set().union(*map(_plain_numbers, data.values()))
    if isinstance(data, list):
        return set().union(*map(_plain_numbers, data))
    return {Fraction(data)} if isinstance(data, (int, Decimal)) else set()


def _judge(written: Written, known: Known) -> Problem:
    years = known.get(_key(written))
    if years is None:
        return _unknown(written)
    listed = " og ".join(map(str, years))
    message = f"Tallet står i regelverket ({listed}), og teksten blir feil hvis det endres."
    return _problem(written, message, _WITHOUT_FIGURE, is_warning=True)


def _unknown(written: Written) -> Problem:
    if written.figure.is_bare:
        message = "Dette ser ut som et beløp, og regelverket har det ikke."
        return _problem(written, message, _NOT_IN_RULES, is_warning=True)
    message, is_warning = "Regelverket har ikke dette tallet.", written.figure.kind == "årsverk"
    return _problem(written, message, _NOT_IN_RULES, is_warning=is_warning)


def _problem(written: Written, message: str, expected: str, *, is_warning: bool) -> Problem:
    figure, file, line, key = written
    return Problem(file, line, key, message, figure.written, expected, is_warning=is_warning)
