"""Reads YAML with the line of each value, and without guesses.

Only plain decimal numbers, `true`, `false` and `null` are read as numbers, booleans and None. Any
other value that YAML may take for one of these (`1_000`, `0x1F`, `1e3`, `nei`) stays the text that
was written, so that the check of types can show it to the editor.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from builder.content.files import read_bytes
from builder.content.problems import Problem

type Key = tuple[str | int, ...]
type Plain = bool | int | Decimal | str | list[Plain] | dict[str, Plain] | None

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,9}\.[0-9]{1,6}")
# More than any real file has. A few lines of nested anchors could grow without end.
_MOST_VALUES = 20_000
_MOST_BYTES = 1_000_000
_MOST_LEVELS = 50
# The limits for libyaml, which calls itself for each level and would run out of room.
_MOST_BRACKETS = 2_000
_LONGEST_LINE = 2_000
# Characters of a text that a message shows.
_LONGEST_SHOWN = 100
# Characters that no text may have: control characters; other line ends; marks that turn the
# direction of writing, by which one text can look like another; spaces without width; codes that
# are no characters, and halves of characters, which YAML's \uD800 would make.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


# A node of ruamel.yaml or of libyaml, which are alike except for anchors. The `id` of a node names
# its kind.
type _Node = Any
_SCALAR, _SEQUENCE = "scalar", "sequence"


@dataclass
class Document:
    """A YAML file as plain values, with the line (from 1) of every key path, and its problems.

    `file` is its path as messages name it.
    """

    file: Path
    data: Plain = None
    lines: dict[Key, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, key: Key) -> int:
        """The line of a key path, or of the longest part of it that the file has."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def problem(self, key: Key, message: str, found: str = "", expected: str = "") -> Problem:
        """A problem at a key path of this file. The problem is not added to `problems`."""
        return Problem(self.file, self.line(key), dotted(key), message, found, expected)


def dotted(key: Key) -> str:
    """A key path as text, where lists count from 1: `tracks.act-fact.ladder.years[2].value`."""
    return "".join(f"[{k + 1}]" if isinstance(k, int) else f".{k}" for k in key).lstrip(".")


def read_yaml(path: Path, shown: Path) -> Document:
    """Read a YAML file. Never raises: mistakes are in the document's `problems`.

    `shown` is the path that messages name.
    """
    document = Document(shown)
    text = read_text(path, shown, document.problems)
    if text is None:
        return document
    if _is_simple(text) and (quick := _read_quickly(shown, text)) is not None:
        return quick
    _read_slowly(document, text)
    return document


def _read_slowly(document: Document, text: str) -> None:
    """Read a text into the document with ruamel.yaml, which knows each mistake and its place."""
    # Imported here: the import takes longer than the reading of hundreds of valid files.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    reader = YAML(typ="rt", pure=True)
    reader.max_depth = _MOST_LEVELS
    # Reported below, as a mistake with its key.
    reader.composer.warn_double_anchors = False
    try:
        root = reader.compose(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        found = f"tegnet U+{error.character:04X}"
        message = "Filen har et tegn som ikke kan vises."
        document.problems.append(Problem(document.file, line, "", message, found, "vanlig tekst"))
    except (YAMLError, ValueError) as error:  # ValueError: an escape such as "\UFFFFFFFF"
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = 1 if mark is None else mark.line + 1
        document.problems.append(_not_yaml(document.file, text, line))
    else:
        if root is None:
            expected = "nøkler med verdier, «nøkkel: verdi»"
            document.problems.append(
                Problem(document.file, 1, "", "Filen er tom.", expected=expected)
            )
        else:
            _Reader(document).read(root)


def _is_simple(text: str) -> bool:
    """Whether the text is without such deep nesting that libyaml could run out of room."""
    brackets = text.count("[") + text.count("{")
    return brackets < _MOST_BRACKETS and max(map(len, text.split("\n"))) < _LONGEST_LINE


def _read_quickly(shown: Path, text: str) -> Document | None:
    """Read a text with libyaml; None where anything is wrong with it.

    All mistakes are reported by the slower reader, so that each is reported in one way only.
    """
    document = Document(shown)
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        if root is None:
            return None
        _Reader(document).read(root)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    deepest = max(map(len, document.lines))
    return None if document.problems or deepest >= _MOST_LEVELS else document


def read_text(path: Path, shown: Path, problems: list[Problem]) -> str | None:
    """The text of a file, or None with the reason added to `problems`.

    Line ends become line feeds; a byte order mark is left out.
    """
    raw = read_bytes(path, shown, _MOST_BYTES, problems)
    if raw is None:
        return None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(
            Problem(
                shown,
                line,
                "",
                "Filen er ikke lagret som UTF-8.",
                f"byten 0x{raw[error.start]:02X}",
                "tegnsettet UTF-8",
            )
        )
        return None
    invisible = _INVISIBLE.search(text)
    if invisible is not None:
        line = text.count("\n", 0, invisible.start()) + 1
        found = f"tegnet U+{ord(invisible[0]):04X}"
        message = "Filen har et tegn som ikke kan vises."
        problems.append(Problem(shown, line, "", message, found, "vanlig tekst"))
        return None
    return text


def _not_yaml(shown: Path, text: str, line: int) -> Problem:
    """The problem of a file that is not valid YAML, at the line where the reader stopped."""
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    indent = written[: len(written) - len(written.lstrip())]
    expected = "innrykk med mellomrom, ikke med tabulator"
    if "\t" not in indent:
        expected = (
            "innrykk med mellomrom, «nøkkel: verdi», og anførselstegn om tekst som har kolon eller "
            "krøllparentes i seg"
        )
    found = short(written.strip()) or "slutten av filen"
    return Problem(shown, line, "", "Dette er ikke gyldig YAML.", found, expected)


def short(text: str) -> str:
    """A text for a message: one longer than `_LONGEST_SHOWN` is cut and ends in an ellipsis."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


class _Reader:
    """Turns the nodes of a file into plain values of its document, with their lines."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.values = 0
        self.open: set[int] = set()
        self.anchors: dict[str, _Node] = {}

    def read(self, root: _Node) -> None:
        try:
            self.document.data = self._plain(root, ())
        except _UnreadableError as error:
            problem = self.document.problem(error.key, error.message, error.found, error.expected)
            self.document.problems.append(problem)

    def _plain(self, node: _Node, key: Key) -> Plain:
        self.document.lines.setdefault(key, node.start_mark.line + 1)
        self.values += 1
        if self.values > _MOST_VALUES:
            expected = f"høyst {_MOST_VALUES} verdier, også når ankre (&) er brukt om igjen"
            raise _UnreadableError(key[:1], "Filen har for mange verdier.", "", expected)
        # libyaml gives no names of anchors; it refuses a file that has the same one twice.
        anchor = getattr(node, "anchor", None)
        if id(node) in self.open:
            expected = "et anker som er ferdig skrevet før det blir brukt"
            raise _UnreadableError(key, "Et anker (&) viser til seg selv.", f"*{anchor}", expected)
        if anchor and self.anchors.setdefault(anchor, node) is not node:
            self._add(key, "Ankeret (&) står to ganger.", f"&{anchor}", "et eget navn på hvert")
        if node.id == _SCALAR:
            return _scalar(node) if self._is_visible(node.value, key) else ""
        self.open.add(id(node))
        try:
            if node.id == _SEQUENCE:
                return [self._plain(item, (*key, n)) for n, item in enumerate(node.value)]
            return self._mapping(node, key)
        finally:
            self.open.discard(id(node))

    def _mapping(self, node: _Node, key: Key) -> dict[str, Plain]:
        data: dict[str, Plain] = {}
        for name_node, value_node in node.value:
            name = name_node.value if name_node.id == _SCALAR else None
            if not isinstance(name, str):
                expected = "«nøkkel: verdi», med én nøkkel"
                raise _UnreadableError(
                    key, "En nøkkel må være ett ord.", "en liste eller nøkler", expected
                )
            if not self._is_visible(name, key):
                continue
            here = (*key, name)
            if name in data:
                first = self.document.lines[here]
                line = name_node.start_mark.line + 1
                self.document.problems.append(
                    Problem(
                        self.document.file,
                        line,
                        dotted(here),
                        f"Nøkkelen står to ganger; den første er på linje {first}.",
                        expected="hver nøkkel bare én gang",
                    )
                )
                continue
            self.document.lines[here] = name_node.start_mark.line + 1
            data[name] = self._plain(value_node, here)
        return data

    def _is_visible(self, text: str, key: Key) -> bool:
        found = _INVISIBLE.search(text)
        if found is not None:
            code = f"tegnet U+{ord(found[0]):04X}"
            self._add(key, "Teksten har et tegn som ikke kan vises.", code, "vanlig tekst")
        return found is None

    def _add(self, key: Key, message: str, found: str, expected: str) -> None:
        self.document.problems.append(self.document.problem(key, message, found, expected))


class _UnreadableError(Exception):
    """A mistake at which the reading of a file stops."""

    def __init__(self, key: Key, message: str, found: str, expected: str) -> None:
        super().__init__(message)
        self.key = key
        self.message = message
        self.found = found
        self.expected = expected


def _scalar(node: _Node) -> bool | int | Decimal | str | None:
    text: str = node.value
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def at(data: Plain, key: tuple[Hashable, ...]) -> Plain:
    """The value at a key path, or None where the file has none."""
    for part in key:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data
