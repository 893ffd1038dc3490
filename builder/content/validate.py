"""Turns the plain values of a YAML file into the model; mistakes are reported in Norwegian."""

import dataclasses
import datetime as dt
import difflib
import functools
import json
import re
import types
import typing
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from builder.content.problems import Problem
from builder.content.yaml_file import Document, Key, Plain, at
from calc.rules import FIRST_YEAR, KRONER, LAST_YEAR, MOST_YEARS, RuleError

# By the code of a `RuleError`, which the model raises: the message, and the expected value.
_RULE_ERRORS = {
    "empty": ("Teksten er tom.", "en tekst"),
    "not_a_year": (
        "Året er utenfor det nettstedet kan vise.",
        f"et år fra {FIRST_YEAR} til {LAST_YEAR}",
    ),
    "too_many_years": ("Antallet år er utenfor det som kan brukes.", f"1 til {MOST_YEARS}"),
    "empty_list": ("Listen er tom.", "minst ett punkt"),
    "value_or_unknown": (
        "Et tall må ha enten «value» eller «unknown», og ikke begge.",
        "value: 500000, eller unknown: tilskuddsbrevet",
    ),
    "not_a_number": ("Dette er ikke et tall.", "et tall, for eksempel 500000 eller 66.7"),
    "negative": ("Tallet er negativt.", "0 eller mer"),
    "not_whole": ("Tallet må være helt når enheten er «{unit}».", "et helt tall"),
    "above_100": ("Prosenten er over 100.", "0 til 100"),
    "wrong_unit": ("Enheten passer ikke her.", "{expected}"),
    "unknown_source": ("Kilden finnes ikke under «sources».", "en av: {expected}"),
    "one_basis": (
        "Et spor regnes ut fra nøyaktig én ting, eller sier hvorfor det ikke kan regnes ut.",
        "én av «rate», «ladder» i kroner, «on_request», «own_rules» og «not_computable»",
    ),
    "own_rules_alone": (
        "Der leseren skriver reglene selv, skal sporet ikke ha egne regler.",
        "bare «name», «own_rules» og «start»",
    ),
    "needs_units": (
        "Denne delen hører bare til i et spor som regnes per årsverk eller person.",
        "«rate», eller «ladder» i kroner",
    ),
    "needs_first_year": (
        "«use_years» hører bare til der hele beløpet betales det første året.",
        "payment: {{profile: first_year, source: …}}",
    ),
    "needs_ladder": ("En overgangsordning må ha en stige.", "«ladder» i sporet"),
    "last_band_open": (
        "Bare den siste gruppen kommuner skal være uten «up_to».",
        "«up_to» i alle grupper unntatt den siste",
    ),
    "bands_in_order": ("Gruppene må gå fra små til store kommuner.", "et høyere tall enn før"),
    "no_years": ("Stigen har ingen år.", "én andel for hvert tilskuddsår"),
    "no_tracks": ("Regelverksåret har ingen spor.", "minst ett spor under «tracks»"),
    "one_date": (
        "En frist må ha én av «date», «expected» og «unknown: true».",
        "date: 2025-04-01, expected: 2025-04, eller unknown: true",
    ),
    "not_a_month": ("Dette er ikke en måned.", "år og måned, for eksempel 2025-04"),
    "not_a_time": ("Dette er ikke et klokkeslett.", "timer og minutter, for eksempel 23:59"),
    "opens_after_date": ("Åpningsdagen er etter fristen.", "en dag før «date» for samme frist"),
    "time_without_date": ("Et klokkeslett må ha en dato.", "«date» for samme frist"),
    "not_an_email": ("Dette er ikke en e-postadresse.", "navn@domene.no"),
    "not_an_address": ("Dette er ikke en nettadresse.", "en adresse som begynner med https://"),
    "notice_needed": (
        "En ordning som ikke er aktiv, må si det øverst på sidene.",
        "en tekst under «notice»",
    ),
    "source_needed": (
        "En regel som er endret, må ha en kilde.",
        "«source» med navnet på en av kildene til ordningen",
    ),
    "expires_before": (
        "Siden skulle blitt tatt bort før den blir publisert.",
        "en dag etter «publish_date»",
    ),
    "not_an_alias": (
        "Dette er ikke en adresse på nettstedet.",
        "en tidligere adresse på bokmål med skråstrek foran og bak, for eksempel /gammelt-navn/",
    ),
    "alias_refused": ("Den tidligere adressen kan ikke brukes.", "{expected}"),
    "year_twice": ("Året står to ganger.", "hvert regelverksår bare én gang"),
    "not_a_host": ("Dette er ikke navnet på en tjener.", "vert.example.no, eller bruker@vert"),
    "not_a_port": ("Dette er ikke et portnummer.", "1 til 65535; vanligvis 22"),
    "not_a_bucket": (
        "Dette er ikke navnet på en bøtte (bucket).",
        "3 til 63 tegn: små bokstaver, tall, punktum og bindestrek",
    ),
    "not_a_remote": ("Dette er ikke adressen til et git-lager.", "git@vert:eier/lager.git"),
    "not_a_branch": ("Dette er ikke navnet på en gren.", "for eksempel gh-pages"),
    "not_a_domain": ("Dette er ikke et domenenavn.", "tilskudd.example.no, uten https://"),
    "not_a_site_address": (
        "Dette er ikke adressen til et nettsted.",
        "https:// og vertsnavnet, uten sti: https://tilskudd.example.no",
    ),
}

# Units without decimals: with one of these, `600.000` is meant as 600 000, the Norwegian way.
_WHOLE_UNITS = (*KRONER, "personer", "år")
# With dates near the year 1 or 9999, the calendar has no day before or after.
# `_refuse_guesses` names these years in its message.
YEAR_OF_DATE = "(19|20)[0-9]{2}"
"""The pattern of the year in a date of the content."""

_WRONG_TYPE = "Verdien har feil type."
# The expected type in Norwegian, by the start of pydantic's code for the mistake.
_TYPE_NAMES = {
    "int": "et helt tall",
    "string": "tekst",
    "bool": "true eller false",
    "decimal": "et tall uten skille mellom tusener, for eksempel 500000 eller 66.7",
    "dict": "nøkler med verdier under seg",
    "dataclass": "nøkler med verdier under seg",
    "model": "nøkler med verdier under seg",
    "tuple": "en liste (linjer som begynner med «- »)",
    "list": "en liste (linjer som begynner med «- »)",
    "date": "en dato som finnes, for eksempel 2025-04-01",
}


def explanation(code: str) -> str:
    """The message and the expected value as one text.

    `code` is that of a `RuleError`, or the name of a type, such as `decimal`. Raises `KeyError` for
    any other.
    """
    message, expected = _RULE_ERRORS.get(code) or (_WRONG_TYPE, _TYPE_NAMES[code])
    return f"{message} Forventet: {expected}.".replace("{{", "{").replace("}}", "}")


def validate[T](cls: type[T], document: Document) -> T | None:
    """The document as a value of `cls`; where it has mistakes, None.

    New mistakes are added to `document.problems`. A document that has problems already is not
    validated.
    """
    if document.problems:
        return None
    _refuse_guesses(cls, document)
    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    adapter: TypeAdapter[T] = _adapters[cls]
    try:
        valid = adapter.validate_json(json.dumps(document.data, default=_number), strict=True)
    except ValidationError as error:
        document.problems += _problems(cls, document, error.errors(include_url=False))
        return None
    return None if document.problems else valid


# Filled when needed: the making of an adapter takes longer than the validation of a file.
_adapters: dict[type, TypeAdapter[Any]] = {}


def _number(value: object) -> float:
    # JSON has no Decimal. A number of up to 15 digits comes back unchanged from a float: pydantic
    # reads the shortest decimal form of it. The reader of YAML refuses longer numbers.
    assert isinstance(value, Decimal)
    return float(value)


def _refuse_guesses(cls: type, document: Document) -> None:
    """Report numbers that would be read as other numbers than the editor meant, and absurd dates.

    pydantic takes text for a number: it reads «1_000» and «1e3» as a thousand. And `600.000` is
    six hundred to a computer, but not to a Norwegian. Each is replaced by 0 in the document, so
    that it is not reported once more.
    """
    for key, members, value in list(typed_values(cls, document.data)):
        if dt.date in members and isinstance(value, str) and re.match(r"[0-9]{4}-", value):
            if not re.match(YEAR_OF_DATE, value):
                message = "Datoen er utenfor det nettstedet kan vise."
                expected = "en dato fra 1900 til 2099"
                document.problems.append(document.problem(key, message, as_text(value), expected))
            continue
        holder = at(document.data, key[:-1])
        if not isinstance(holder, dict) or Decimal not in members or str in members:
            continue
        unit = holder.get("unit")
        if isinstance(value, str):
            expected = _TYPE_NAMES["decimal"]
            problem = document.problem(key, _WRONG_TYPE, as_text(value), expected)
        elif isinstance(value, Decimal) and unit in _WHOLE_UNITS:
            message, expected = _RULE_ERRORS["not_whole"]
            problem = document.problem(key, message.format(unit=unit), str(value), expected)
        else:
            continue
        document.problems.append(problem)
        holder[str(key[-1])] = 0


def typed_values(
    hint: Any, data: Plain, key: Key = ()
) -> Iterator[tuple[Key, tuple[Any, ...], Plain]]:
    """Every value in `data`: its key path, the types that the model allows there, and itself.

    `hint` is the class of the model that `data` should become.
    """
    members = _members(hint)
    yield key, members, data
    for member in members:
        origin, arguments = typing.get_origin(member), typing.get_args(member)
        if isinstance(data, list) and origin is tuple:
            for n, item in enumerate(data):
                yield from typed_values(arguments[0], item, (*key, n))
        elif isinstance(data, dict) and origin is dict:
            for name, value in data.items():
                yield from typed_values(arguments[1], value, (*key, name))
        elif isinstance(data, dict) and isinstance(member, type):
            for name in data.keys() & _hints_of(member).keys():
                yield from typed_values(_hints_of(member)[name], data[name], (*key, name))


@functools.cache
def _hints_of(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls) if dataclasses.is_dataclass(cls) else {}


def _problems(cls: type, document: Document, errors: list[ErrorDetails]) -> list[Problem]:
    """One problem for each key path: a value that fits none of several types is one mistake."""
    grouped: dict[Key, list[ErrorDetails]] = {}
    for error in errors:
        grouped.setdefault(_key_of(document.data, error), []).append(error)
    return [_problem(cls, document, key, of_key) for key, of_key in grouped.items()]


def _key_of(data: Plain, error: ErrorDetails) -> Key:
    """The key path of an error in the file. pydantic's own path also names the types it tried."""
    key: Key = ()
    for part in error["loc"]:
        here = at(data, key)
        inside = (isinstance(here, dict) and part in here) or (
            isinstance(here, list) and isinstance(part, int)
        )
        # Where the key `kind` decides the class, pydantic's path has the kind as a step.
        if not inside and isinstance(here, dict) and here.get("kind") == part:
            continue
        if not inside:
            break
        key = (*key, part)
    if error["type"] == "missing":
        key = (*key, error["loc"][-1])
    if error["type"].startswith("union_tag"):
        key = (*key, "kind")
    return key


def _problem(cls: type, document: Document, key: Key, errors: list[ErrorDetails]) -> Problem:
    error = errors[0]
    kind, found = error["type"], as_text(at(document.data, key))
    if kind in ("missing", "union_tag_not_found"):
        return document.problem(key, f"Nøkkelen «{key[-1]}» mangler.", expected=f"{key[-1]}: …")
    if kind == "unexpected_keyword_argument":
        known = _keys_of(cls, document.data, key[:-1])
        message = f"Nøkkelen «{key[-1]}» er ukjent her."
        return document.problem(key, message, str(key[-1]), suggestion(str(key[-1]), known))
    if kind == "value_error":
        rule = error["ctx"]["error"]
        if isinstance(rule, RuleError):
            return _rule_problem(document, key, rule)
    if kind in ("literal_error", "union_tag_invalid"):
        context = error["ctx"]
        options = context.get("expected") or context["expected_tags"]
        return document.problem(
            key, "Verdien er ikke en av dem som kan brukes.", found, _options(options)
        )
    if kind.startswith("date_"):
        return document.problem(key, "Dette er ikke en dato.", found, _TYPE_NAMES["date"])
    kinds = [e["type"].split("_")[0] for e in errors]
    if "decimal" in kinds:
        kinds = ["decimal"]  # takes whole numbers too
    names = [_TYPE_NAMES.get(name, "en annen verdi") for name in kinds]
    expected = " eller ".join(dict.fromkeys(names))
    if kind.startswith("dataclass") and _is_text(cls, document.data, key):
        expected = "{nb: teksten på bokmål}, gjerne med nn: teksten på nynorsk"
    return document.problem(key, _WRONG_TYPE, found, expected)


def suggestion(found: str, known: Collection[str]) -> str:
    """A Norwegian hint for an unknown name: the nearest known name, or else all known names."""
    near = difflib.get_close_matches(found, known, n=1)
    return f"Mente du «{near[0]}»?" if near else f"en av: {', '.join(known)}"


def _options(expected: str) -> str:
    words = expected.replace(" or ", ", ").split(", ")
    return "en av: " + ", ".join(word.strip("'") for word in words)


def _rule_problem(document: Document, key: Key, rule: RuleError) -> Problem:
    inner = _inside(at(document.data, key), rule.key.split("."))
    message, expected = _RULE_ERRORS[rule.code]
    found = rule.values.get("found", "") or as_text(at(document.data, (*key, *inner)))
    values = {"found": found, "expected": "", "unit": "", **rule.values}
    return document.problem(
        (*key, *inner), message.format(**values), found, expected.format(**values)
    )


def _inside(data: Plain, parts: list[str]) -> Key:
    """A dotted key of the model, in parts, as a key path: a number is an index where a list is."""
    key: Key = ()
    for part in parts:
        key = (*key, int(part) if isinstance(at(data, key), list) else part)
    return key


def as_text(value: Plain) -> str:
    """A value of a YAML file as short Norwegian text for a message."""
    if value is None:
        return "ingen verdi"
    if isinstance(value, str):
        return f"«{value if len(value) <= 60 else value[:57] + '…'}»"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "nøklene " + ", ".join(value) if value else "ingen nøkler"
    if isinstance(value, list):
        return "en liste" if value else "en tom liste"
    return str(value)


def _class_at(cls: type, data: Plain, key: Key) -> type | None:
    """The dataclass that the model, `cls`, expects at a key path; None where it expects none."""
    hint: Any = cls
    for part in key:
        members = [m for m in _members(hint) if m is not types.NoneType]
        hint = next(iter(members), None)
        if dataclasses.is_dataclass(hint):
            hint = typing.get_type_hints(hint).get(str(part))
        else:
            arguments = typing.get_args(hint)
            hint = arguments[0] if typing.get_origin(hint) is tuple else arguments[-1]
    classes = [m for m in _members(hint) if dataclasses.is_dataclass(m) and isinstance(m, type)]
    kind = at(data, (*key, "kind"))
    # Where several classes are possible, the class with the same `kind` as the file.
    fits = [m for m in classes if kind in typing.get_args(_hints_of(m).get("kind"))]
    return next(iter([*fits, *classes]), None)


def _members(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.get_args(hint)
    return (hint,)


def _keys_of(cls: type, data: Plain, key: Key) -> list[str]:
    there = _class_at(cls, data, key)
    return [] if there is None else [f.name for f in dataclasses.fields(there)]


def _is_text(cls: type, data: Plain, key: Key) -> bool:
    there = _class_at(cls, data, key)
    return there is not None and there.__name__ == "Text"
