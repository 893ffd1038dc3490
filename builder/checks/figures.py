"""Figures in texts: only the rules have figures, so that all pages change when a rule does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from builder.checks.context import Context, texts
from builder.checks.pages import line_at
from builder.content import Problem, Scheme
from builder.content.load import CHANGES
from builder.content.yaml_file import Document, Key, Plain, at, dotted
from calc.rules import KRONER, Unit

Kind = Literal["kroner", "prosent", "årsverk"]

_SPACE = "[ \t\u00a0\u2007\u2009\u202f]"
# A line may end inside a figure. Not more spaces than anybody writes, so that the search stays
# linear whatever a file holds; the same goes for the lengths of numbers and lists of them.
_GAP = rf"(?:{_SPACE}{{0,4}}(?:\n{_SPACE}{{0,4}})?)"
_GROUPED = rf"\d{{1,3}}(?:(?:{_SPACE}|\.|\n)\d{{3}}){{1,4}}(?!\d)"
_NUMBER = rf"(?:{_GROUPED}(?:,\d{{1,6}})?|\d{{1,12}}(?:[.,]\d{{1,6}})?)(?!\d)"
_BETWEEN = rf"(?:{_GAP}(?:[-–—/,]|til|og|eller){_GAP})"
_SCALE = r"(?:(?:mill|mrd|tusen)\b\.?|million(?:er|ar)?\b|milliard(?:er|ar)?\b)"
# A number that is not a part of another, of a word or of a paragraph of a law.
_START = r"(?<![\w§])(?<!\d[.,:/-])(?<!§[ ])"
_FIGURE = re.compile(
    rf"""{_START}(?:
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
# What looks like an amount though it has no unit: alone in a cell, or «500 000 per årsverk».
_BARE = re.compile(
    rf"{_START}(?P<number>{_GROUPED}|\d{{5,12}}(?!\d))"
    rf"(?={_SPACE}*(?:[.,;:!?)|](?:\s|$)|$|\n\n|(?:per|pr|årlig|årleg|hver[t]?|kvar[t]?|i året)\b))"
)
_LEAST_BARE, _ROUND = 10_000, 1000
_SCALES = {"milliard": 10**9, "mrd": 10**9, "mill": 10**6, "tusen": 1000}
_A_YEAR = range(1900, 2101)

_SAID_BY_RULES = "teksten uten tallet, for eksempel «se satsene»; tabellene viser det selv"
_NOT_IN_RULES = "et tall som står i regelverket, eller teksten uten tall"


@dataclass(frozen=True)
class Figure:
    """A figure in a text: kroner, per cent or årsverk. `is_bare` is one without a unit."""

    kind: Kind
    value: Fraction
    written: str
    position: int
    is_bare: bool = False


def figures(text: str) -> Iterator[Figure]:
    """Every figure of a text, as Norwegians write them. Nought, and 100 % of a post, are none."""
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
    """The numbers of «70, 50 og 40»; what comes before may be of something else."""
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


def check(context: Context) -> Iterator[Problem]:
    """Figures in prose that no rule has, and those that a rule has."""
    schemes = context.site.schemes
    known = {slug: _known(scheme) for slug, scheme in schemes.items()}
    of_all: Known = {}
    for of_scheme in known.values():
        of_all |= of_scheme
    for page in context.pages:
        slug = page.file.scheme
        if slug is None:
            problems = _judge(page.shown, 1, "", page.prose, of_all)
            yield from (replace(problem, is_warning=True) for problem in problems)
        elif slug in known:
            yield from _judge(page.shown, 1, "", page.prose, known[slug])
    for slug, scheme in schemes.items():
        yield from _in_document(context.facts(slug), known[slug])
        for rules in scheme.rules:
            yield from _beside_rules(context.rules(slug, rules.year), known[slug])
    for change in context.site.changes:
        document = context.documents.get(Path("content", CHANGES, f"{change.name}.yaml"))
        if document is not None:
            yield from _beside_rules(document, known.get(change.scheme, of_all))


def _known(scheme: Scheme) -> Known:
    """Every figure that the rules of a scheme have, with the rule years that have it."""
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


def _in_document(document: Document, known: Known) -> Iterator[Problem]:
    for text in texts(document.data):
        for lang, written in (("nb", text.nb), ("nn", text.nn or "")):
            key = (*text.key, lang)
            yield from _judge(document.file, document.line(key), dotted(key), written, known)


def _beside_rules(document: Document, known: Known) -> Iterator[Problem]:
    """Texts that stay with the figures of a year: these may repeat them, but nothing else.

    An example's title may tell of its own answers. That another figure is wrong is likely, but not
    sure: a text may tell what a source says.
    """
    for text in texts(document.data):
        of_example = _plain_numbers(_example(document.data, text.key))
        for lang, written in (("nb", text.nb), ("nn", text.nn or "")):
            key = (*text.key, lang)
            place = document.file, document.line(key), dotted(key)
            for figure in figures(written):
                if (figure.kind, figure.value) not in known and figure.value not in of_example:
                    yield replace(_unknown(figure, *place), is_warning=True)


def _example(data: Plain, key: Key) -> Plain:
    return at(data, key[:2]) if key[:1] == ("examples",) else None


def _plain_numbers(data: Plain) -> set[Fraction]:
    if isinstance(data, dict):
        return set().union(*map(_plain_numbers, data.values()))
    if isinstance(data, list):
        return set().union(*map(_plain_numbers, data))
    return {Fraction(data)} if isinstance(data, (int, Decimal)) else set()


def _judge(file: Path, line: int, key: str, text: str, known: Known) -> Iterator[Problem]:
    for figure in figures(text):
        here = line + line_at(text, figure.position) - 1
        years = known.get((figure.kind, figure.value))
        if years is None:
            yield _unknown(figure, file, here, key)
        else:
            listed = " og ".join(map(str, years))
            message = f"Tallet står i regelverket ({listed}), og teksten blir feil hvis det endres."
            yield Problem(file, here, key, message, figure.written, _SAID_BY_RULES, is_warning=True)


def _unknown(figure: Figure, file: Path, line: int, key: str) -> Problem:
    message, is_warning = "Regelverket har ikke dette tallet.", figure.kind == "årsverk"
    if figure.is_bare:
        message, is_warning = "Dette ser ut som et beløp, og regelverket har det ikke.", True
    return Problem(file, line, key, message, figure.written, _NOT_IN_RULES, is_warning=is_warning)
