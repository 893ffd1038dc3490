"""The API holds what the content says, and is what its schemas say."""

import copy
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from builder.content import Scheme, Site
from builder.data import api
from calc.codec import from_json, to_json
from calc.rules import KRONER, Figure, Rules, Text
from tests.data.conftest import ADDRESS, EARLIER
from tests.data.schemes import deadline, scheme

type Json = Any


def load(site: Path, name: str) -> Json:
    return json.loads((site / "api/v1" / name).read_text("utf-8"))


def strict(schema: Json) -> Json:
    """The schema, allowing no key that it does not name."""
    found = copy.deepcopy(schema)
    for part in (found, *found["$defs"].values()):
        part["additionalProperties"] = False
    return found


def validator(schema: Json) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(strict(schema), format_checker=FormatChecker())


def figures(data: Json) -> Iterator[Json]:
    if isinstance(data, dict):
        if {"unit", "unknown"} <= data.keys():
            yield data
        for value in data.values():
            yield from figures(value)
    elif isinstance(data, list):
        for item in data:
            yield from figures(item)


# --- Schemas ---


def test_files_are_as_their_schemas_say(built_site: Path, placed_site: Path) -> None:
    for site in (built_site, placed_site):
        of_index = validator(load(site, "schema/schemes.json"))
        of_scheme = validator(load(site, "schema/scheme.json"))
        index = load(site, "schemes.json")
        assert list(of_index.iter_errors(index)) == []
        for entry in index["schemes"]:
            data = load(site, f"{entry['slug']}.json")
            assert list(of_scheme.iter_errors(data)) == []
            assert list(of_index.iter_errors(data)) != []


@pytest.mark.parametrize(
    ("value", "unit", "unknown", "is_right"),
    [
        (500000, "kr per årsverk", None, True),
        ("500000", "kr per årsverk", None, False),
        (500000.5, "kr per årsverk", None, False),
        ("66.7", "prosent", None, True),
        ("100", "prosent", None, True),
        (100, "prosent", None, False),
        ("4,5", "årsverk", None, False),
        (None, "prosent", "tilskuddsbrevet", True),
        (None, "kr", "ingen", True),
        (2, "år", None, True),
        (2, "timer", None, False),
        (None, "kr", "kanskje", False),
    ],
)
def test_the_schema_ties_a_value_to_its_unit(
    built_site: Path, value: Json, unit: str, unknown: str | None, is_right: bool
) -> None:
    schema = load(built_site, "schema/scheme.json")
    figure = {"$ref": "#/$defs/Figure", "$defs": schema["$defs"]}
    data = {"unit": unit, "source": "a", "value": value, "unknown": unknown}
    data |= {"note": None, "reading": None}
    assert Draft202012Validator(figure).is_valid(data) == is_right


def test_every_part_is_described(built_site: Path) -> None:
    for name in ("schemes", "scheme"):
        schema = load(built_site, f"schema/{name}.json")
        for title, part in (("", schema), *schema["$defs"].items()):
            assert part["description"], title
            for key, of_key in part["properties"].items():
                assert of_key["description"].endswith("."), f"{title}.{key}"
            # Always there, known or not.
            assert set(part["required"]) == part["properties"].keys()


def test_what_a_client_has_kept_of_a_schema_allows_new_parts(built_site: Path) -> None:
    schema, index = load(built_site, "schema/schemes.json"), load(built_site, "schemes.json")
    index["schemes"][0]["something_new"] = True
    assert Draft202012Validator(schema).is_valid(index)


# --- What it says ---


def test_the_index_has_every_scheme(built_site: Path, content_site: Site) -> None:
    index = load(built_site, "schemes.json")
    assert (index["api_version"], index["built_for"]) == (1, "2026-11-22")
    assert [entry["slug"] for entry in index["schemes"]] == sorted(content_site.schemes)
    for entry in index["schemes"]:
        found = content_site.schemes[entry["slug"]]
        assert entry["name"] == {"nb": found.name.nb, "nn": found.name.nn}
        assert entry["owner"]["name"]["nb"] == found.owner.name.nb
        assert [rules["year"] for rules in entry["rules"]] == [r.year for r in found.rules]


def test_a_scheme_has_all_that_the_content_says(built_site: Path, content_site: Site) -> None:
    for slug, found in content_site.schemes.items():
        data = load(built_site, f"{slug}.json")["scheme"]
        assert without_answers(from_json(Scheme, whole_numbers(data))) == without_answers(found)
        assert data["rules"][0]["examples"][0]["answers"]


def without_answers(found: Scheme) -> Scheme:
    """Answers are kept as they would be typed: a decimal number is text."""
    return replace(found, rules=tuple(replace(rules, examples=()) for rules in found.rules))


def whole_numbers(data: Json) -> Json:
    """Whole shares as the editor writes them, so that they can be compared with the content."""
    data = copy.deepcopy(data)
    for figure in figures(data):
        if isinstance(figure["value"], str) and "." not in figure["value"]:
            figure["value"] = int(figure["value"])
    return data


def test_money_is_whole_and_shares_are_exact(built_site: Path, content_site: Site) -> None:
    seen = set()
    for slug, found in content_site.schemes.items():
        data = load(built_site, f"{slug}.json")["scheme"]["rules"]
        for rules, said in zip(found.rules, data, strict=True):
            for name, track in rules.tracks.items():
                known = dict(track.figures())
                assert len(list(figures(said["tracks"][name]))) == len(known)
                for key, figure in known.items():
                    assert_same(figure, at(said["tracks"][name], key))
                    seen.add((figure.unit, figure.value is None))
    assert {("kr per år", False), ("prosent", True), ("prosent", False)} <= seen


def at(data: Json, key: str) -> Json:
    for part in key.split("."):
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data


def assert_same(figure: Figure, said: Json) -> None:
    assert (said["unit"], said["source"]) == (figure.unit, figure.source)
    assert said["unknown"] == figure.unknown
    assert (said["value"] is None) == (said["unknown"] is not None)
    if figure.value is not None:
        assert type(said["value"]) is (
            int if figure.unit in KRONER or figure.unit in ("år", "personer") else str
        )
        assert Decimal(said["value"]) == figure.value
    for name in ("note", "reading"):
        text: Text | None = getattr(figure, name)
        assert said[name] == (None if text is None else {"nb": text.nb, "nn": text.nn})


def test_no_number_passes_through_a_float(built_site: Path) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(text)

    for path in [*built_site.glob("api/**/*.json"), *built_site.glob("*/regler/*.json")]:
        json.loads(path.read_text("utf-8"), parse_float=refuse, parse_constant=refuse)


# --- Where a scheme stands on a day ---

STANDING = {
    "dates and months": scheme(
        deadline("2027-04-07"),
        deadline("2027-01-31", time="12:00"),
        deadline(expected="2027-04"),
        deadline(expected="2028-02"),
        deadline("2028-12-31"),
        deadline("2027-06-01", kind="reporting"),
    ),
    "a month only": scheme(deadline(expected="2027-12")),
    "of the past": scheme(deadline("2024-02-29")),
    "nothing known": scheme(deadline(unknown=True)),
    "nothing": scheme(),
    "closed": scheme(deadline("2027-04-07"), state="closed"),
}


@pytest.mark.parametrize("found", STANDING.values(), ids=STANDING)
def test_a_client_is_right_on_its_own_day(found: Scheme) -> None:
    for built in (dt.date(2026, 11, 22), dt.date(2027, 4, 7), dt.date(2027, 12, 1)):
        periods = api.periods(found, built)
        assert periods[0].start == str(built)
        for n in range(900):
            day = built + dt.timedelta(days=n)
            current = [period for period in periods if period.start <= str(day)][-1]
            assert current.status == found.status(day), day
            is_coming = current.status in ("open", "expected")
            coming = found.deadline("application", day) if is_coming else None
            assert current.next_deadline == coming, day


def test_periods_change_only_when_something_changes() -> None:
    periods = api.periods(STANDING["dates and months"], dt.date(2026, 11, 22))
    assert [(p.start, p.status) for p in periods] == [
        ("2026-11-22", "open"),
        ("2027-01-31T12:01", "open"),
        ("2027-04-08", "open"),
        ("2029-01-01", "passed"),
    ]


def test_periods_of_the_site(placed_site: Path) -> None:
    entries = {entry["slug"]: entry for entry in load(placed_site, "schemes.json")["schemes"]}
    tryggest = entries["tryggest"]["periods"]
    assert [(p["start"], p["status"]) for p in tryggest] == [
        (EARLIER, "open"),
        ("2025-04-01", "passed"),
    ]
    assert tryggest[0]["next_deadline"]["date"] == "2025-03-31"
    assert tryggest[1]["next_deadline"] is None
    expected = entries["oppfolging-voksne"]["periods"]
    assert [(p["start"], p["status"]) for p in expected] == [
        (EARLIER, "expected"),
        ("2025-05-01", "passed"),
    ]


# --- Addresses and files ---


def addresses(data: Json) -> Iterator[str]:
    if isinstance(data, dict):
        yield data.get("$schema", "")
        for key in ("data", "yaml", "json"):
            if isinstance(data.get(key), str):
                yield data[key]
        if data.keys() == {"nb", "nn"} and "/" in str(data["nb"])[:9]:
            yield from data.values()
        for value in data.values():
            yield from addresses(value)
    elif isinstance(data, list):
        for item in data:
            yield from addresses(item)


def test_addresses_lead_somewhere(built_site: Path, placed_site: Path) -> None:
    for site, start in ((built_site, "/"), (placed_site, f"{ADDRESS}/")):
        files = sorted((site / "api/v1").glob("*.json"))
        found = [a for path in files for a in addresses(json.loads(path.read_text("utf-8"))) if a]
        assert len(found) > 100
        for address in found:
            assert address.startswith(start)
            path = site / address.removeprefix(start).partition("#")[0]
            assert (path / "index.html" if path.is_dir() else path).is_file(), address


def test_rules_can_be_downloaded(built_site: Path, content_site: Site, project_root: Path) -> None:
    there = {p.relative_to(built_site).as_posix() for p in built_site.glob("*/regler/*.yaml")}
    wanted = {
        f"{s.slug}/regler/{r.year}.yaml" for s in content_site.schemes.values() for r in s.rules
    }
    assert there == wanted
    for slug, found in content_site.schemes.items():
        for rules in found.rules:
            yaml = built_site / slug / f"regler/{rules.year}.yaml"
            written = project_root / "content" / slug / f"rules/{rules.year}.yaml"
            where_its_schema_is, rest = written.read_bytes().split(b"\n", 1)
            assert where_its_schema_is.startswith(b"# yaml-language-server: $schema=../")
            assert yaml.read_bytes() == rest
            data = json.loads(yaml.with_suffix(".json").read_text("utf-8"))
            made = from_json(Rules, data)
            assert replace(made, examples=()) == replace(rules, examples=())
            # Answers are kept as they would be typed: a decimal number is text.
            assert to_json(made) == to_json(rules) == data
