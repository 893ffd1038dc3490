"""JSON Schemas of the files that editors write, for text editors that check while one types.

They are made from the model, with explanations in Norwegian, and lie beside this file, so that they
work in a copy of the project where nothing has been built. `make schemas` writes them anew.

The dialect is draft 7, which every YAML extension knows. What only the build can check (that a
source exists, that an example comes out) is not in them: `make check` has the last word.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from builder.content.model import ChangeFacts, Facts
from builder.content.unfinished import MARK
from builder.content.validate import explanation
from builder.content.visibility import Visibility
from builder.schemas.constraints import (
    CONSTRAINTS,
    FIGURE_AT,
    FIGURES,
    Schema,
    answers,
    figure,
    options,
)
from builder.schemas.descriptions import DESCRIPTIONS
from calc.rules import Rules

FOLDER = Path(__file__).resolve().parent
_DIALECT = "http://json-schema.org/draft-07/schema#"
_REFERENCE = "#/definitions/{model}"
_DATE = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
# By the name of their file; `title` is what editors show as the kind of the file.
_MODELS: dict[str, tuple[str, type]] = {
    "scheme": ("Tilskuddsordning", Facts),
    "rules": ("Regelverksår", Rules),
    "change": ("Endring", ChangeFacts),
}
NAMES = tuple(_MODELS)
# What a file says of when it is shown.
_VISIBILITY = {
    "scheme": ("draft", "publish_date", "expiry_date", "aliases"),
    "rules": ("draft", "publish_date", "expiry_date"),
}
# Filled up with those of scheme.yaml before the model sees it.
_OPTIONAL = {"Rules": ("sources",)}
_ANSWERS = ("Track.start", "Example.answers")
# The name in `explanation` of each type that is no mapping.
_TYPES = {
    "string": "string",
    "integer": "int",
    "number": "decimal",
    "boolean": "bool",
    "array": "list",
}


def schema(name: str) -> Schema:
    """The JSON Schema of `scheme` (scheme.yaml), `rules` (rules/<year>.yaml) or `change`."""
    title, model = _MODELS[name]
    made = TypeAdapter(model).json_schema(ref_template=_REFERENCE)
    definitions = {n: _of_class(n, found) for n, found in made.pop("$defs").items()}
    root = _of_class(model.__name__, made)
    if "Figure" in definitions:
        general = definitions.pop("Figure")
        definitions |= {kind: figure(general, units) for kind, units in FIGURES.items()}
    if model is Facts:
        root["properties"][MARK] = _mark("Facts.bekreft")
    root["properties"] = _visibility(name) | root["properties"]
    head = {"$schema": _DIALECT, "title": f"Tilskuddsstigen: {title}"}
    return {**head, **root, "definitions": dict(sorted(definitions.items()))}


def _of_class(name: str, found: Schema) -> Schema:
    """The schema of a class: each key explained, and what the model's own checks ask for."""
    found.pop("title")
    found["description"] = DESCRIPTIONS[name]
    found["properties"] = {
        key: _of_key(f"{name}.{key}", part) for key, part in found["properties"].items()
    }
    if "source" in found["properties"] and name != ChangeFacts.__name__:
        found["properties"][MARK] = _mark(MARK)
    optional = _OPTIONAL.get(name, ())
    found["required"] = [key for key in found.get("required", ()) if key not in optional]
    for key in optional:
        found["properties"][key]["type"] = [found["properties"][key]["type"], "null"]
    return found | CONSTRAINTS.get(name, {})


def _of_key(place: str, part: Schema) -> Schema:
    if place in _ANSWERS:
        part = answers(DESCRIPTIONS)
    part = _plain(part)
    if place in FIGURE_AT:
        part = _narrowed(part, FIGURE_AT[place])
    said = {"description": DESCRIPTIONS[place]}
    if "$ref" in part.get("anyOf", [{}])[0]:
        # Editors show what stands nearest to the reference.
        part["anyOf"][0] |= said
    return {**said, **part, **CONSTRAINTS.get(place, {})}


def _plain(part: Any) -> Any:
    """A part as text editors like it: a value that may be left empty is no choice of schemas."""
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    part = {k: _plain(value) for k, value in part.items() if k not in ("title", "default")}
    either = part.get("anyOf", [])
    if len(either) == 2 and either[1] == {"type": "null"} and "$ref" not in either[0]:
        given = either[0]
        part = {**given, "type": [given["type"], "null"]}
        if "enum" in given:
            part["enum"] = [*given["enum"], None]
    if part.get("format") == "date":
        part["pattern"] = _DATE
    kind = part["type"][0] if isinstance(part.get("type"), list) else part.get("type")
    if "enum" in part:
        part["errorMessage"] = options(part["enum"])
    elif isinstance(kind, str) and kind in _TYPES:
        expected = "date" if part.get("format") == "date" else _TYPES[kind]
        part.setdefault("errorMessage", explanation(expected))
    return part


def _narrowed(part: Any, kind: str) -> Any:
    """A part with the general figure in it narrowed to a kind."""
    if isinstance(part, list):
        return [_narrowed(item, kind) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("$ref") == _REFERENCE.format(model="Figure"):
        return {**part, "$ref": _REFERENCE.format(model=kind)}
    return {key: _narrowed(value, kind) for key, value in part.items()}


def _mark(description: str) -> Schema:
    return {
        "description": DESCRIPTIONS[description],
        "const": True,
        "errorMessage": f"«{MARK}» kan bare være true. Ta bort linjen når det er kontrollert.",
    }


def _visibility(name: str) -> Schema:
    made = _of_visibility()
    return {key: made[key] for key in _VISIBILITY.get(name, ())}


def _of_visibility() -> Schema:
    properties: Schema = TypeAdapter(Visibility).json_schema()["properties"]
    return {key: _of_key(f"Visibility.{key}", part) for key, part in properties.items()}


def text(name: str) -> str:
    """The schema as its file has it."""
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


def main(_argv: Sequence[str]) -> int:
    """Write the schemas anew; returns the exit code."""
    for name in NAMES:
        (FOLDER / f"{name}.json").write_text(text(name), "utf-8")
    print(f"Skrev skjemaene i builder/schemas/: {', '.join(f'{name}.json' for name in NAMES)}.")
    return 0
