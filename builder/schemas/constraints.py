"""The model's own rules as JSON Schema, as far as a schema can express them.

The rules themselves stand in `__post_init__` of the model; tests compare the two. Left out are
rules that no schema can express, such as that a source exists or that a worked example is right.

YAML's language server shows `errorMessage` and `patternErrorMessage` in place of its own messages.
"""

from collections.abc import Iterable
from typing import Any

from builder.content.files import SLUG
from builder.content.validate import explanation
from builder.content.visibility import ALIAS, LONGEST_ALIAS
from calc.answers import AWARD_PREFIX, NAMES, SHARE_PREFIX
from calc.fields import FIRST_YEAR, LAST_YEAR
from calc.rules import KRONER, PER_UNIT, Unit

type Schema = dict[str, Any]

NAME = f"^{SLUG.pattern}$"
_WHOLE: tuple[Unit, ...] = (*KRONER, "personer", "år")
_PER_UNIT = tuple(PER_UNIT)

# The kinds of figures, each with the units it may have; and the kind of each key with a figure.
FIGURES: dict[str, tuple[Unit, ...]] = {
    "RateFigure": _PER_UNIT,
    "UnitsFigure": tuple(PER_UNIT.values()),
    "CapFigure": ("kr", "kr per år"),
    "StepFigure": ("prosent", *_PER_UNIT),
    "YearlyFigure": ("kr per år",),
    "YearsFigure": ("år",),
}
FIGURE_AT = {
    "Track.rate": "RateFigure",
    "Track.max_units": "UnitsFigure",
    "Track.pre_project": "YearlyFigure",
    "Track.use_years": "YearsFigure",
    "Track.national_frame": "CapFigure",
    "Caps.team": "CapFigure",
    "Caps.year": "CapFigure",
    "Caps.applicant": "CapFigure",
    "Band.amount": "CapFigure",
    "Ladder.years": "StepFigure",
    "Training.per_unit": "RateFigure",
}


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
        _if(_has("transition"), _has("ladder"), "needs_ladder"),
        *(_same_unit(unit, counted) for unit, counted in PER_UNIT.items()),
    ],
}

_ADDRESS = _pattern("^https?://", "not_an_address")
_TEXT = _pattern(r"\S", "empty")
_SOME = {"minItems": 1}
_A_STRING = {"type": "string"}
_NAMED = {"propertyNames": {"pattern": NAME}}

# The rules that are added to the schema of a class, or of one of its keys.
CONSTRAINTS: dict[str, Schema] = {
    "Text.nb": _TEXT,
    "Text.nn": _TEXT,
    "Source.url": _ADDRESS,
    "Body.url": _ADDRESS,
    "Link.url": _ADDRESS,
    "Contact.email": _pattern("^[^ ]*@[^ ]*$", "not_an_email"),
    "Deadline": {
        **_one_of(
            _has("date", _A_STRING),
            _has("expected", _A_STRING),
            _has("unknown", {"const": True}),
            code="one_date",
        ),
        "allOf": [
            _if(_has("time", _A_STRING), _has("date", _A_STRING), "time_without_date"),
            _if(_has("opens", _A_STRING), _has("date", _A_STRING), "opens_after_date"),
        ],
    },
    "Deadline.expected": _pattern("^[0-9]{4}-(0[1-9]|1[0-2])$", "not_a_month"),
    "Deadline.time": _pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$", "not_a_time"),
    "Facts": _if(_has("state", {"enum": ["closed", "archived"]}), _has("notice"), "notice_needed"),
    "Facts.applicants": _SOME,
    "Facts.groups": _SOME,
    "Facts.fact_sources": _SOME,
    "Facts.sources": _NAMED,
    "Rules.year": {"minimum": FIRST_YEAR, "maximum": LAST_YEAR},
    "Rules.sources": _NAMED,
    "Rules.tracks": {**_NAMED, "minProperties": 1},
    # All steps in the same unit.
    "Ladder": {"anyOf": [_steps(unit) for unit in FIGURES["StepFigure"]]},
    "Ladder.years": _SOME,
    "Track": _TRACK,
    "ChangeFacts": _if(
        _has("kind", {"const": "rule_changed"}),
        _has("source", _A_STRING),
        "source_needed",
    ),
    "ChangeFacts.years": {**_SOME, "uniqueItems": True},
    "Visibility.aliases": {
        "items": {"type": "string", "pattern": ALIAS, "maxLength": LONGEST_ALIAS}
    },
}
