"""Rules to and from JSON: the same objects at the build and in the browser.

Decimals travel as strings, dates in ISO form, so that nothing passes through a binary float.
"""

import dataclasses
import types
import typing
from datetime import date
from decimal import Decimal
from typing import Any


def to_json(value: object) -> object:
    """A value of the rule model as values for `json.dumps`, without fields at their defaults."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((f, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {f.name: to_json(v) for f, v in pairs if v != _default(f)}
    if isinstance(value, dict):
        return {k: to_json(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


def _default(f: dataclasses.Field[Any]) -> object:
    """The default of a field; `MISSING` where it has none."""
    return f.default if f.default_factory is dataclasses.MISSING else f.default_factory()


# Digits of a number, and its power of ten: no real figure has half as many.
_LONGEST_NUMBER = 40
_MOST_DIGITS = 20


def exact(literal: str) -> Decimal:
    """The number that a text such as `66.7` names. Raises `ValueError` where it is out of range.

    A number with a huge exponent would become a whole number of a million digits.
    """
    if len(literal) > _LONGEST_NUMBER:
        raise ValueError("a number has too many digits")
    number = Decimal(literal)
    if not number.is_finite() or not -_MOST_DIGITS < number.adjusted() < _MOST_DIGITS:
        raise ValueError("a number is out of range")
    return number


def from_json[T](cls: type[T], data: Any) -> T:
    """Rebuild a dataclass of the rule model from JSON made by `to_json`.

    Raises `TypeError`, `ValueError`, `KeyError` or `ArithmeticError` where the data have another
    shape. Such data are a mistake of the caller, since the build has validated all rules before.
    """
    hints = _hints(cls)
    return cls(**{key: _value(hints[key], item) for key, item in data.items()})


_known_hints: dict[type, dict[str, Any]] = {}


def _hints(cls: type) -> dict[str, Any]:
    if cls not in _known_hints:
        _known_hints[cls] = typing.get_type_hints(cls)
    return _known_hints[cls]


def _value(hint: Any, data: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(args, data)
    if origin is tuple:
        return tuple(_value(args[0], item) for item in data)
    if origin is dict:
        return {key: _value(args[1], item) for key, item in data.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_json(hint, data)
    if hint is date:
        return date.fromisoformat(data)
    if hint is Decimal:
        return exact(data)
    return data


def _union(args: tuple[Any, ...], data: Any) -> Any:
    if data is None or (str in args and isinstance(data, str)):
        return data
    if Decimal in args and isinstance(data, str):
        return exact(data)
    rest = [a for a in args if a not in (types.NoneType, int, Decimal, str)]
    return _value(rest[0], data) if rest else data
