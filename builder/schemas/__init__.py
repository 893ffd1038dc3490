"""JSON Schemas of the files that editors write, for text editors that check a file while one types.

The schemas are generated from the model, with explanations in Norwegian. The files of the schemas
lie beside this module, so that editors find them in a copy of the project where nothing has been
built. `make schemas` writes them anew.

The dialect is draft 7, which every YAML extension knows. A schema can't express all rules, such as
that a source exists or that a worked example is right: these are checked by `make check`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from builder.content.model import ChangeFacts, Facts
from builder.content.unfinished import MARK
from builder.content.validate import YEAR_OF_DATE, explanation
from builder.content.visibility import Visibility
from builder.schemas.constraints import (
    FIGURE_AT,
    FIGURES,
    Schema,
    answers,
    constraints,
    figure,
    options,
)
from builder.schemas.descriptions import DESCRIPTIONS
from calc.rules import Rules

FOLDER = Path(__file__).resolve().parent
_DIALECT = "http://json-schema.org/draft-07/schema#"
_REFERENCE = "#/definitions/{model}"
_DATE = f"^{YEAR_OF_DATE}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
# By the name of the schema's file: the title that text editors show, and the class of the model.
_MODELS: dict[str, tuple[str, type]] = {
    "scheme": ("Tilskuddsordning", Facts),
    "rules": ("Regelverksår", Rules),
    "change": ("Endring", ChangeFacts),
}
NAMES = tuple(_MODELS)
# The keys of `Visibility` that a file may have.
_VISIBILITY = {
    "scheme": ("draft", "publish_date", "expiry_date", "aliases"),
    "rules": ("draft", "publish_date", "expiry_date"),
}
# Keys that the model needs and a file may lack: sources are added from `scheme.yaml`.
_OPTIONAL = {"Rules": ("sources",)}
_ANSWERS = ("Track.start", "Example.answers")
# By the type in JSON Schema, the name that `explanation` has for it.
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
    of_model = TypeAdapter(model).json_schema(ref_template=_REFERENCE)
    definitions = {n: _of_class(n, part) for n, part in of_model.pop("$defs").items()}
    root = _of_class(model.__name__, of_model)
    if "Figure" in definitions:
        general = definitions.pop("Figure")
        definitions |= {kind: figure(general, units) for kind, units in FIGURES.items()}
    if model is Facts:
        root["properties"][MARK] = _mark("Facts.bekreft")
    root["properties"] = _visibility(name) | root["properties"]
    head = {"$schema": _DIALECT, "title": f"Tilskuddsstigen: {title}"}
    return {**head, **root, "definitions": dict(sorted(definitions.items()))}


def _of_class(name: str, part: Schema) -> Schema:
    """Pydantic's schema of a class, with descriptions, constraints, and the mark `bekreft`."""
    part.pop("title")
    part["description"] = DESCRIPTIONS[name]
    part["properties"] = {
        key: _of_key(f"{name}.{key}", of_key) for key, of_key in part["properties"].items()
    }
    if "source" in part["properties"] and name != ChangeFacts.__name__:
        part["properties"][MARK] = _mark(MARK)
    optional = _OPTIONAL.get(name, ())
    part["required"] = [key for key in part.get("required", ()) if key not in optional]
    for key in optional:
        part["properties"][key]["type"] = [part["properties"][key]["type"], "null"]
    return part | constraints(name)


def _of_key(name: str, part: Schema) -> Schema:
    """The schema of a key (`Facts.name`), with its description, constraints and error messages."""
    if name in _ANSWERS:
        part = answers(DESCRIPTIONS)
    part = _plain(part)
    if name in FIGURE_AT:
        part = _narrowed(part, FIGURE_AT[name])
    description = {"description": DESCRIPTIONS[name]}
    if "$ref" in part.get("anyOf", [{}])[0]:
        # Text editors show the description that is nearest to the reference.
        part["anyOf"][0] |= description
    return {**description, **part, **constraints(name)}


def _plain(part: Any) -> Any:
    """A part of a schema without titles and defaults, and with Norwegian error messages.

    An optional value gets two types instead of a choice of two schemas: for a choice, text editors
    would show two messages.
    """
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    part = {k: _plain(value) for k, value in part.items() if k not in ("title", "default")}
    either = part.get("anyOf", [])
    if len(either) == 2 and either[1] == {"type": "null"} and "$ref" not in either[0]:
        value = either[0]
        part = {**value, "type": [value["type"], "null"]}
        if "enum" in value:
            part["enum"] = [*value["enum"], None]
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
    """A part of a schema with references to a kind of figure (`RateFigure`) for all to `Figure`."""
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
    properties = _visibility_properties()
    return {key: properties[key] for key in _VISIBILITY.get(name, ())}


def _visibility_properties() -> Schema:
    properties: Schema = TypeAdapter(Visibility).json_schema()["properties"]
    return {key: _of_key(f"Visibility.{key}", part) for key, part in properties.items()}


def text(name: str) -> str:
    """The text of a schema's file."""
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


def main(_argv: Sequence[str]) -> int:
    """Write the files of all schemas anew; returns the exit code, 0."""
    for name in NAMES:
        (FOLDER / f"{name}.json").write_text(text(name), "utf-8")
    print(f"Skrev skjemaene i builder/schemas/: {', '.join(f'{name}.json' for name in NAMES)}.")
    return 0
