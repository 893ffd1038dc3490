"""The site's facts and rules as open data: JSON below `/api/v1/`, with its JSON Schemas.

- `schemes.json`: the index. For each scheme it has the status and the addresses of all further
  data. Where schemes are many, it has the first ones and the address of the next file
  (`schemes/2.json`).
- `<slug>.json`: all facts of a scheme, and the rules of every year.
- `schema/schemes.json`, `schema/scheme.json`: the JSON Schemas of these files.

Every key is always present; a value that does not exist or is not known is `null`. Texts come in
both målformer. Kroner are integers. Shares and årsverk are decimal numbers as text, so that no
reader of JSON turns them into binary fractions.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from builder.content.model import Body, Deadline, Moment, Scheme, State, Status
from builder.data.api_descriptions import DESCRIPTIONS
from builder.kit.addresses import (
    API_VERSION,
    PAGE_NAMES,
    SCHEMES_DATA,
    address,
    calendar_address,
    data_address,
    rule_file_address,
    schema_address,
)
from builder.routes.paging import in_pages
from calc.rules import Text, Unit

LICENCE = "CC-BY-4.0"
# The most schemes in a file of the index: about 1 MB, and 0.1 MB compressed.
INDEX_PAGE = 500
# Units of figures that may have decimals; all others are whole numbers.
DECIMAL_UNITS: tuple[Unit, ...] = ("prosent", "årsverk")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DECIMAL = r"^(0|[1-9][0-9]*)(\.[0-9]+)?$"


@dataclass(frozen=True, kw_only=True)
class Period:
    """The status of a scheme from `start` (Norwegian time, inclusive) until the next period."""

    start: Moment
    status: Status
    next_deadline: Deadline | None


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The address of a page or of a calendar in bokmål and in nynorsk."""

    nb: str
    nn: str


@dataclass(frozen=True, kw_only=True)
class RuleFiles:
    """The addresses of the two files with the rules of a year."""

    year: int
    yaml: str
    json: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A scheme in the index."""

    slug: str
    name: Text
    short_name: Text
    summary: Text
    owner: Body
    state: State
    periods: tuple[Period, ...]
    last_checked: dt.date
    data: str
    page: Addresses
    calendar: Addresses
    rules: tuple[RuleFiles, ...]


@dataclass(frozen=True, kw_only=True)
class Index:
    """A page of the index: number `page` of `pages`. All pages together list `total` schemes.

    `next` is the address of the next page, null on the last one.
    """

    api_version: Literal[1]
    built_for: dt.date
    licence: str
    total: int
    page: int
    pages: int
    next: str | None
    schemes: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """All data about a scheme; the prose of its pages is no part of them."""

    api_version: Literal[1]
    licence: str
    periods: tuple[Period, ...]
    pages: dict[str, Addresses]
    calendar: Addresses
    rule_files: tuple[RuleFiles, ...]
    scheme: Scheme


# The class of each kind of file, by the name of its schema.
_MODELS: dict[str, TypeAdapter[Any]] = {
    "schemes": TypeAdapter(Index),
    "scheme": TypeAdapter(Document),
}


def files(
    schemes: Iterable[Scheme], today: dt.date, site_address: str
) -> Iterator[tuple[str, bytes]]:
    """The index of all schemes and the JSON Schemas: the path of each file, and its bytes.

    `site_address` is the public address of the site without a slash at the end. Where it is empty,
    the addresses in the data begin with `/`.
    """
    for name in _MODELS:
        yield schema_address(name).lstrip("/"), _text(schema(name, site_address))
    for path, index in _indexes(tuple(schemes), today, site_address):
        yield path.lstrip("/"), _text(_json("schemes", index, site_address))


def file_of(scheme: Scheme, today: dt.date, site_address: str) -> tuple[str, bytes]:
    """The path of the file with all data of a scheme, and its bytes; arguments as in `files`."""
    document = _document(scheme, today, site_address)
    path = data_address(scheme.slug).lstrip("/")
    return path, _text(_json("scheme", document, site_address))


def index_addresses(count: int) -> list[str]:
    """The addresses of all pages of the index of a site with `count` schemes."""
    return [
        data_address(SCHEMES_DATA, number)
        for number in range(1, max(1, -(-count // INDEX_PAGE)) + 1)
    ]


def _indexes(
    schemes: tuple[Scheme, ...], today: dt.date, site_address: str
) -> Iterator[tuple[str, Index]]:
    """Every page of the index, with its address."""
    parts = in_pages(schemes, INDEX_PAGE)
    for number, part in enumerate(parts, 1):
        has_next = number < len(parts)
        yield (
            data_address(SCHEMES_DATA, number),
            Index(
                api_version=API_VERSION,
                built_for=today,
                licence=LICENCE,
                total=len(schemes),
                page=number,
                pages=len(parts),
                next=site_address + data_address(SCHEMES_DATA, number + 1) if has_next else None,
                schemes=tuple(_entry(scheme, today, site_address) for scheme in part),
            ),
        )


def periods(scheme: Scheme, today: dt.date) -> tuple[Period, ...]:
    """The status of a scheme in each period from the day `today` on, as far as is known.

    With the later periods, a client knows the status on its own day without a new build.
    """
    return tuple(
        Period(
            start=period.starts or today.isoformat(),
            status=period.value.status,
            next_deadline=(
                period.value.deadline if period.value.status in ("open", "expected") else None
            ),
        )
        for period in scheme.periods(today)
    )


def _entry(scheme: Scheme, today: dt.date, site_address: str) -> Entry:
    return Entry(
        slug=scheme.slug,
        name=scheme.name,
        short_name=scheme.short_name,
        summary=scheme.summary,
        owner=scheme.owner,
        state=scheme.state,
        periods=periods(scheme, today),
        last_checked=scheme.last_checked,
        data=site_address + data_address(scheme.slug),
        page=_addresses(address(scheme.slug, PAGE_NAMES[0]), site_address),
        calendar=_addresses(calendar_address(scheme.slug), site_address),
        rules=_rule_files(scheme, site_address),
    )


def _document(scheme: Scheme, today: dt.date, site_address: str) -> Document:
    return Document(
        api_version=API_VERSION,
        licence=LICENCE,
        periods=periods(scheme, scheme.unchanged_since(today)),
        pages={name: _addresses(address(scheme.slug, name), site_address) for name in PAGE_NAMES},
        calendar=_addresses(calendar_address(scheme.slug), site_address),
        rule_files=_rule_files(scheme, site_address),
        scheme=scheme,
    )


def _addresses(path: str, site_address: str) -> Addresses:
    return Addresses(nb=f"{site_address}{path}", nn=f"{site_address}/nn{path}")


def _rule_files(scheme: Scheme, site_address: str) -> tuple[RuleFiles, ...]:
    return tuple(
        RuleFiles(
            year=rules.year,
            yaml=site_address + rule_file_address(scheme.slug, rules.year, "yaml"),
            json=site_address + rule_file_address(scheme.slug, rules.year, "json"),
        )
        for rules in scheme.rules
    )


def _json(name: str, value: object, site_address: str) -> dict[str, Any]:
    data: dict[str, Any] = _exact(_MODELS[name].dump_python(value, mode="json"))
    return {"$schema": _schema_address(name, site_address)} | data


def _exact(data: Any) -> Any:
    """The data with every share and number of årsverk as text, whole numbers included."""
    if isinstance(data, list):
        return [_exact(item) for item in data]
    if not isinstance(data, dict):
        return data
    if data.get("unit") in DECIMAL_UNITS and data["value"] is not None:
        return {**data, "value": str(data["value"])}
    return {key: _exact(value) for key, value in data.items()}


def _schema_address(name: str, site_address: str) -> str:
    return site_address + schema_address(name)


def _text(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


# --- Schemas ---


class _Schemas(GenerateJsonSchema):
    """Schemas in which every key is required, also keys that have a default in the class."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        return True


def schema(name: str, site_address: str = "") -> dict[str, Any]:
    """The JSON Schema with this name: `schemes` (the index) or `scheme`.

    The schema allows unknown keys: a copy that a client has saved stays valid when the data get
    more keys. Raises KeyError for a key of the data that has no description.
    """
    adapter = _MODELS[name]
    result: dict[str, Any] = adapter.json_schema(mode="serialization", schema_generator=_Schemas)
    definitions: dict[str, Any] = result.pop("$defs")
    for title, part in (*definitions.items(), (result["title"], result)):
        _describe(title, part)
    _pin_values(definitions)
    here = {"$id": _schema_address(name, site_address)} if site_address else {}
    pointer = {"description": DESCRIPTIONS["$schema"], "type": "string", "format": "uri-reference"}
    result["properties"] = {"$schema": pointer} | result["properties"]
    result["required"] = ["$schema", *result["required"]]
    return {"$schema": _DIALECT, **here, **result, "$defs": definitions}


def _describe(title: str, schema: dict[str, Any]) -> None:
    """Add the description of a class and of its keys to its schema, in place.

    Titles and defaults of keys are removed: they come from our classes and mean nothing to clients.
    """
    schema.pop("additionalProperties", None)
    if title in DESCRIPTIONS:
        schema["description"] = DESCRIPTIONS[title]
    for name, key in schema.get("properties", {}).items():
        key.pop("title", None)
        key.pop("default", None)
        key["description"] = DESCRIPTIONS[f"{title}.{name}"]


def _pin_values(definitions: dict[str, Any]) -> None:
    """Make the type of a figure's value depend on its unit: text for decimals, else integers."""
    if "Figure" not in definitions:
        return
    figure = definitions["Figure"]
    value = figure["properties"]["value"]
    decimal = {"type": ["string", "null"], "pattern": _DECIMAL}
    value.pop("anyOf")
    figure |= {
        "if": {"properties": {"unit": {"enum": list(DECIMAL_UNITS)}}},
        "then": {"properties": {"value": decimal}},
        "else": {"properties": {"value": {"type": ["integer", "null"]}}},
    }
