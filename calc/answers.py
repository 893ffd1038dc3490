"""The answers of a reader: the fields of a form, and the reading of typed answers.

An answer is read exactly or not at all: an answer with two meanings is a problem with a message,
and never a guess.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Kind = Literal["kroner", "units", "persons", "percent", "count", "year", "choice"]

SHARE_PREFIX = "share_year_"
AWARD_PREFIX = "award_year_"
_NUMBERED = re.compile(f"({SHARE_PREFIX}|{AWARD_PREFIX})([1-9])")
# All names of answers, in the order in which a form asks.
NAMES = (
    "track",
    "plan_year",
    "years_received",
    "own_rate",
    "positions",
    "persons",
    "own_cap",
    "requested_amount",
    "population",
    "use_years",
    "full_award",
    "taper_assumption",
    "share_year",
    "award_year",
    "cost_per_position",
    "cost_per_person",
    "yearly_cost",
    "other_costs",
    "cost_growth",
    "pre_project_amount",
)


_ONLY_NUMBERED = ("share_year", "award_year")


@dataclass(frozen=True, kw_only=True)
class Field:
    """A question to the reader: the name and kind of its answer, and the allowed values.

    `low` and `high` are inclusive bounds in the unit of the kind: kroner, årsverk, persons,
    per cent, years.
    """

    name: str
    kind: Kind
    low: int = 0
    high: int = 0
    required: bool = False
    options: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The message code of the question: the name, with one code for all `share_year_N`."""
        numbered = _NUMBERED.fullmatch(self.name)
        return self.name if numbered is None else numbered[1].removesuffix("_")

    @property
    def number(self) -> int | None:
        """N of `share_year_N` and `award_year_N`, else None."""
        numbered = _NUMBERED.fullmatch(self.name)
        return None if numbered is None else int(numbered[2])

    @property
    def order(self) -> tuple[int, int]:
        """The position of the field in a form with all fields."""
        return NAMES.index(self.label), self.number or 0


@dataclass(frozen=True, kw_only=True)
class Problem:
    """An answer that can't be used: its field, a code for the reason, values for the message."""

    field: str
    code: str
    values: Mapping[str, int | str]


class Unreadable(ValueError):
    """The typed text is not an answer to the field; `code` is the code of the message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# Spaces in pasted numbers: ordinary, no-break, narrow no-break, thin, figure space.
_SPACES = "[ \u00a0\u202f\u2009\u2007]"
_NUMBER = re.compile(
    rf"""(?P<sign>[-+\u2212\u2013]?)\s*
    (?P<whole>[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+   # 1 200 000
      |[0-9]{{1,3}}(?:\.[0-9]{{3}}){{2,}}            # 1.200.000
      |[0-9]+)
    (?:[.,](?P<decimals>[0-9]+))?""",
    re.VERBOSE,
)
_THOUSANDS = re.compile(r"[-+\u2212\u2013]?\s*[1-9][0-9]{0,2}\.[0-9]{3}")
_AFTER: dict[Kind, re.Pattern[str]] = {
    "kroner": re.compile(r"(?:,-|\.-)?\s*(?:kr\.?|kroner)?", re.IGNORECASE),
    "percent": re.compile(r"\s*(?:%|prosent|pst\.?)?", re.IGNORECASE),
    "units": re.compile(r"\s*(?:årsverk|stillinger|stilling)?", re.IGNORECASE),
    "persons": re.compile(
        r"\s*(?:personer|personar|person|innbyggere|innbyggjarar)?", re.IGNORECASE
    ),
}
_NOTHING_AFTER = re.compile("")
_KRONER_BEFORE = re.compile(r"^(?:kr\.?|nok)\s*", re.IGNORECASE)
_LONGEST = 40
_MOST_DECIMALS = 2


def read_number(typed: object, kind: Kind) -> Fraction:
    """Read a number as a Norwegian writes it: `6,5`, `6.5`, `1 200 000`, `1 200 000 kr`, `70 %`.

    Returns the exact number in the unit of the kind. Raises `Unreadable`:
    `not_a_number`, `ambiguous` (so many decimals that the point may part thousands, as in `1.200`
    årsverk), `not_whole` (decimals where only whole numbers make sense).
    """
    if isinstance(typed, bool) or not isinstance(typed, str | int | Decimal):
        raise Unreadable("not_a_number")
    if isinstance(typed, int):
        return Fraction(typed)
    text = (str(typed) if isinstance(typed, str) else format(typed, "f")).strip()
    if len(text) > _LONGEST:
        raise Unreadable("not_a_number")
    if kind == "kroner":
        text = _KRONER_BEFORE.sub("", text)
    match = _NUMBER.match(text)
    if match is None:
        raise Unreadable("not_a_number")
    if not _AFTER.get(kind, _NOTHING_AFTER).fullmatch(text[match.end() :].rstrip()):
        raise Unreadable("not_a_number")
    whole = re.sub(r"[^0-9]", "", match["whole"])
    decimals = match["decimals"] or ""
    if kind == "kroner" and _THOUSANDS.fullmatch(match[0]):
        whole, decimals = whole + decimals, ""  # kroner have no thousandths: 1.200 is 1 200
    if len(decimals) > _MOST_DECIMALS:
        raise Unreadable("ambiguous")
    number = Fraction(f"{whole}.{decimals or 0}")
    if kind not in ("units", "percent") and number.denominator != 1:
        raise Unreadable("not_whole")
    return -number if match["sign"] not in ("", "+") else number


@dataclass(frozen=True)
class Answers:
    """The answers of a reader as values, and a problem for each that could not be read.

    `given` holds, by field name, numbers in the unit of the field, and the options of choices. An
    empty answer has no entry, so that a missing answer never looks like zero.
    """

    given: Mapping[str, Fraction | str]
    problems: tuple[Problem, ...]

    def number(self, name: str) -> Fraction | None:
        """The answer as an exact number; None without an answer."""
        value = self.given.get(name)
        return value if isinstance(value, Fraction) else None

    def whole(self, name: str) -> int | None:
        """The answer as a whole number (kroner, years); None without an answer."""
        value = self.number(name)
        return None if value is None else int(value)


def read_answers(typed: Mapping[str, object], fields: tuple[Field, ...]) -> Answers:
    """Read all answers to `fields`, with all their problems.

    An answer that this track does not ask for is left out. A name that no track knows is a problem,
    since a misspelt name must not be dropped in silence.
    """
    given: dict[str, Fraction | str] = {}
    problems = [
        Problem(field=name, code="unknown_field", values={})
        for name in typed
        if not _NUMBERED.fullmatch(name) and (name not in NAMES or name in _ONLY_NUMBERED)
    ]
    for f in fields:
        value = typed.get(f.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        try:
            given[f.name] = _read(value, f)
        except Unreadable as unreadable:
            problems.append(
                Problem(field=f.name, code=unreadable.code, values={"low": f.low, "high": f.high})
            )
    return Answers(given, tuple(problems))


def _read(value: object, f: Field) -> Fraction | str:
    if f.kind == "choice":
        if not isinstance(value, str) or value not in f.options:
            raise Unreadable("not_an_option")
        return value
    number = read_number(value, f.kind)
    if number < f.low:
        raise Unreadable("too_low")
    if number > f.high:
        raise Unreadable("too_high")
    return number
