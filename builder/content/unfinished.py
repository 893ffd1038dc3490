"""Unfinished parts of the content: facts to be confirmed, and texts to be filled in.

Both may stand in a draft. Anywhere else they are mistakes, which stop a publish.

- The mark `bekreft: true` may stand in every mapping that names a source (a figure, a rule, a
  deadline) and at the top of `scheme.yaml`. The mark is removed before the model and calc, which
  don't know it, read the mapping.
- The placeholder `«Fyll inn: …»` may stand in any text, except as code in Markdown: there it is an
  example.
"""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from builder.content.model import Facts
from builder.content.problems import Problem
from builder.content.validate import as_text, typed_values
from builder.content.yaml_file import Document, Key, Plain
from calc.rules import Figure

MARK = "bekreft"
_PLACEHOLDER = re.compile("«Fyll inn[^»\n]*»?")
_CODE = re.compile(r"(`+).+?\1")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_NOT_FILLED_IN = "Teksten er ikke fylt inn."
_A_TEXT = "en tekst i stedet for «Fyll inn: …»"


@dataclass(frozen=True)
class Unfinished:
    """The unfinished parts of a YAML file, each as the problem that it is outside a draft.

    `unconfirmed` has a problem for each mark and `unfilled` one for each placeholder. `mistakes`
    are marks with another value than `true`, which are wrong in a draft too.
    """

    unconfirmed: tuple[Problem, ...] = ()
    unfilled: tuple[Problem, ...] = ()
    mistakes: tuple[Problem, ...] = ()


def take_unfinished(cls: type, document: Document) -> Unfinished:
    """The unfinished parts of a file of the class `cls`. Takes the marks out of `document`."""
    unconfirmed, mistakes = [], []
    for key, marked, value in markable(cls, document):
        if MARK not in value:
            continue
        mark, where = value.pop(MARK), (*key, MARK)
        if mark is True:
            unconfirmed.append(_unconfirmed(document, where, marked, value))
        else:
            expected = f"«{MARK}: true», eller ingen «{MARK}» når det er kontrollert"
            message = f"«{MARK}» kan bare være true."
            mistakes.append(document.problem(where, message, as_text(mark), expected))
    return Unfinished(tuple(unconfirmed), unfilled(document), tuple(mistakes))


def unfilled(document: Document) -> tuple[Problem, ...]:
    """A problem for each placeholder in a YAML file."""
    return tuple(
        document.problem(key, _NOT_FILLED_IN, found, _A_TEXT)
        for key, found in _placeholders(document.data, ())
    )


def markable(cls: type, document: Document) -> list[tuple[Key, type, dict[str, Plain]]]:
    """Every mapping of a file where the mark may stand: key path, class in the model, mapping."""
    return [
        (key, member, value)
        for key, members, value in typed_values(cls, document.data)
        for member in members
        if isinstance(value, dict) and _can_be_marked(member)
    ]


def _can_be_marked(member: Any) -> TypeGuard[type]:
    if not (isinstance(member, type) and dataclasses.is_dataclass(member)):
        return False
    return member is Facts or "source" in {f.name for f in dataclasses.fields(member)}


def _unconfirmed(document: Document, where: Key, marked: type, value: dict[str, Plain]) -> Problem:
    message, found = "Opplysningen er ikke bekreftet.", ""
    against = "kilden"
    if marked is Figure:
        message = "Tallet er ikke bekreftet."
        known = value.get("value") is not None
        found = f"{value['value']} {value.get('unit', '')}" if known else "et tall som er ukjent"
    elif marked is Facts:
        message, against = "Opplysningene om ordningen er ikke bekreftet.", "kildene"
    expected = f"kontroller mot {against}, og ta bort «{MARK}: true»"
    return document.problem(where, message, found.strip(), expected)


def _placeholders(data: Plain, key: Key) -> Iterator[tuple[Key, str]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _placeholders(value, (*key, name))
    elif isinstance(data, list):
        for n, item in enumerate(data):
            yield from _placeholders(item, (*key, n))
    elif isinstance(data, str):
        yield from ((key, match[0]) for match in _PLACEHOLDER.finditer(data))


def unfilled_in_page(text: str, shown: Path) -> Iterator[Problem]:
    """A problem for each placeholder in a Markdown file. `shown` is its path in messages."""
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        opened = _FENCE.match(line)
        if opened is not None and fence in ("", opened[1]):
            fence = "" if fence else opened[1]
        if not fence:
            for match in _PLACEHOLDER.finditer(_CODE.sub("", line)):
                yield Problem(shown, number, "", _NOT_FILLED_IN, match[0], _A_TEXT)
