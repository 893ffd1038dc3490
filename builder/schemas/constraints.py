"""The model's own rules as JSON Schema, as far as a schema can express them.

Rules about one value come from the fields of the model (`calc.rules.checked`). Rules about several
are written here once more, since `__post_init__` has them as code; tests compare the two. Left out
are rules that no schema can express, such as that a source exists.

YAML's language server shows `errorMessage` and `patternErrorMessage` in place of its own messages.
"""

from collections.abc import Iterable
from typing import Any

import calc.rules
from builder.content import model, visibility
from builder.content.files import SLUG
from builder.content.validate import explanation
from builder.content.visibility import ALIAS, LONGEST_ALIAS
from calc.answers import AWARD_PREFIX, NAMES, SHARE_PREFIX
from calc.rules import (
    CAP_UNITS,
    COUNTED,
    KRONER,
    MOST_YEARS,
    PER_UNIT,
    Checked,
    Unit,
    checked_fields,
)

type Schema = dict[str, Any]

NAME = f"^{SLUG.pattern}$"
_WHOLE: tuple[Unit, ...] = (*KRONER, "personer", "år")
_PER_UNIT = tuple(PER_UNIT)

# The kinds of figures, each with the units it may have; and the kind of each key with a figure.
FIGURES: dict[str, tuple[Unit, ...]] = {
    "RateFigure": _PER_UNIT,
    "UnitsFigure": COUNTED,
    "CapFigure": CAP_UNITS,
    "StepFigure": ("prosent", *_PER_UNIT),
    "YearlyFigure": ("kr per år",),
    "YearsFigure": ("år",),
}
_MODEL: dict[str, Any] = {
    value.__name__: value
    for module in (calc.rules, model, visibility)
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, Checked) and value is not Checked
}
_RULES = {
    f"{name}.{key}": rules
    for name, cls in _MODEL.items()
    for key, rules in checked_fields(cls).items()
}
_KINDS = {units: kind for kind, units in FIGURES.items()}
FIGURE_AT = {place: _KINDS[rules["units"]] for place, rules in _RULES.items() if rules["units"]}


def options(known: Iterable[object]) -> str:
    """The error message, in Norwegian, for a value that is not one of the known values."""
    listed = ", ".join(str(value) for value in known if value is not None)
    return f"Verdien er ikke en av dem som kan brukes. Forventet: en av: {listed}."


def _pattern(pattern: str, code: str) -> Schema:
    return {"pattern": pattern, "patternErrorMessage": explanation(code)}


def _has(part: str, schema: Schema | None = None) -> Schema:
    """The schema of a mapping with the key `part`, whose value is a mapping or fits the schema."""
    value = schema or {"type": "object"}
    return {"type": "object", "required": [part], "properties": {part: value}}


def _if(condition: Schema, then: Schema, code: str) -> Schema:
    return {"if": condition, "then": {**then, "errorMessage": explanation(code)}}


def _one_of(*options: Schema, code: str) -> Schema:
    message = {"errorMessage": explanation(code)}
    return {"oneOf": [{**option, **message} for option in options], **message}


def _unit(*units: Unit) -> Schema:
    return _has("unit", {"enum": list(units)})


def _ladder(*units: Unit) -> Schema:
    """The schema of a track with a ladder whose steps have one of the units."""
    return _has("ladder", _steps(*units))


def _steps(*units: Unit) -> Schema:
    return _has("years", {"type": "array", "items": _unit(*units)})


def figure(schema: Schema, units: tuple[Unit, ...]) -> Schema:
    """The schema of a figure that must have one of these units, with the limits of each unit."""
    unit, value = (dict(schema["properties"][key]) for key in ("unit", "value"))
    value.pop("anyOf")
    unit |= {"enum": list(units), "errorMessage": options(units)}
    value |= {"type": ["number", "null"], "minimum": 0, "errorMessage": explanation("decimal")}
    neither = {"type": "null", "errorMessage": explanation("value_or_unknown")}
    known = _has("value", {"type": "number"})
    known["properties"]["unknown"] = neither
    unknown = _has("unknown", {"type": "string"})
    unknown["properties"]["value"] = neither
    by_unit = []
    if whole := [unit for unit in units if unit in _WHOLE]:
        message = "Tallet må være helt med denne enheten. Forventet: for eksempel 500000."
        in_full = {"type": ["integer", "null"], "errorMessage": message}
        by_unit.append({"if": _unit(*whole), "then": {"properties": {"value": in_full}}})
    if "prosent" in units:
        by_unit.append(
            {"if": _unit("prosent"), "then": {"properties": {"value": {"maximum": 100}}}}
        )
    if "år" in units:
        value |= {"minimum": 1, "maximum": MOST_YEARS}
    return {
        **schema,
        "properties": {**schema["properties"], "unit": unit, "value": value},
        **_one_of(known, unknown, code="value_or_unknown"),
        "allOf": by_unit,
    }


def answers(descriptions: dict[str, str]) -> Schema:
    """The schema of a mapping of answers by name, as under `start` and in worked examples.

    `descriptions` has the description of each answer; the key is `answer.<name>`.
    """
    prefixes = (SHARE_PREFIX, AWARD_PREFIX)
    numbered = {prefix.removesuffix("_"): prefix for prefix in prefixes}

    def described(name: str) -> Schema:
        return {"type": ["string", "number"], "description": descriptions[f"answer.{name}"]}

    return {
        "type": "object",
        "properties": {name: described(name) for name in NAMES if name not in numbered},
        "patternProperties": {
            f"^{prefix}[1-9]$": described(name) for name, prefix in numbered.items()
        },
        "additionalProperties": False,
    }


def _same_unit(unit: Unit, counted: Unit) -> Schema:
    """A rule for tracks that are calculated per `unit`, such as kroner per årsverk.

    Their training must be in the same unit, and `max_units` in the unit `counted`, here årsverk.
    """

    def of(expected: Unit) -> Schema:
        return {"properties": {"unit": {"const": expected}}}

    return {
        "if": {"anyOf": [_has("rate", _unit(unit)), _ladder(unit)]},
        "then": {
            "properties": {
                "max_units": of(counted),
                "training": {"properties": {"per_unit": of(unit)}},
            }
        },
    }


_BASIS = {
    "rate": _has("rate"),
    "ladder": _ladder(*_PER_UNIT),
    "on_request": _has("on_request"),
    "own_rules": _has("own_rules", {"const": True}),
    "not_computable": _has("not_computable"),
}
# Keys that only a track that is calculated per årsverk or person may have.
_PER_UNIT_PARTS = ("max_units", "other_costs", "training")
_MAPPINGS = (
    *("rate", "on_request", "max_units", "other_costs", "ladder", "pre_project", "training"),
    *("payment", "use_years", "transition", "national_frame", "not_computable", "closed_from"),
)
_NOTHING = {"type": "null"}
_ALONE = {
    **dict.fromkeys(_MAPPINGS, _NOTHING),
    "caps": {"properties": dict.fromkeys(("team", "year", "applicant"), _NOTHING)},
    "bands": {"maxItems": 0},
}
_TRACK = {
    **_one_of(*_BASIS.values(), code="one_basis"),
    "allOf": [
        _if(
            {"anyOf": [_has(part) for part in _PER_UNIT_PARTS]},
            {"anyOf": [_BASIS[basis] for basis in ("rate", "ladder", "not_computable")]},
            "needs_units",
        ),
        _if(_BASIS["own_rules"], {"properties": _ALONE}, "own_rules_alone"),
        _if(
            _has("use_years"),
            _has("payment", _has("profile", {"const": "first_year"})),
            "needs_first_year",
        ),
        *(_same_unit(unit, counted) for unit, counted in PER_UNIT.items()),
    ],
}

_A_STRING = {"type": "string"}
_VALUE = {"not": {"type": "null"}}
_NAMED = {"propertyNames": {"pattern": NAME}}

# The rules that are added to the schema of a class, or of one of its keys.
_WRITTEN: dict[str, Schema] = {
    "Deadline": {
        **_one_of(
            _has("date", _A_STRING),
            _has("expected", _A_STRING),
            _has("unknown", {"const": True}),
            code="one_date",
        ),
    },
    "Facts": _if(_has("state", {"enum": ["closed", "archived"]}), _has("notice"), "notice_needed"),
    "Facts.sources": _NAMED,
    "Rules.sources": _NAMED,
    "Rules.tracks": _NAMED,
    # All steps in the same unit.
    "Ladder": {"anyOf": [_steps(unit) for unit in FIGURES["StepFigure"]]},
    "Track": _TRACK,
    "ChangeFacts": _if(
        _has("kind", {"const": "rule_changed"}),
        _has("source", _A_STRING),
        "source_needed",
    ),
    "ChangeFacts.years": {"uniqueItems": True},
    "Visibility.aliases": {
        "items": {"type": "string", "pattern": ALIAS, "maxLength": LONGEST_ALIAS}
    },
}


def constraints(name: str) -> Schema:
    """The rules of a class of the model (`Deadline`), or of one of its keys (`Deadline.time`)."""
    written = dict(_WRITTEN.get(name, {}))
    if "." in name:
        rules = _RULES.get(name, {"schema": {}})
        message = (
            _pattern(rules["schema"]["pattern"], rules["code"])
            if "pattern" in rules["schema"]
            else {}
        )
        return {**rules["schema"], **message, **written}
    needs = (
        [
            _if(_has(key, _VALUE), _has(other, _VALUE), code)
            for key, rules in checked_fields(_MODEL[name]).items()
            for other, code in rules["needs"].items()
        ]
        if name in _MODEL
        else []
    )
    return {**written, "allOf": [*written.get("allOf", ()), *needs]} if needs else written
