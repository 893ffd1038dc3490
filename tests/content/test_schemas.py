"""The schemas for text editors: they take and refuse the same files as the loader does."""

import copy
import dataclasses
import itertools
import json
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pydantic import TypeAdapter

from builder import schemas
from builder.content import ContentError, load
from builder.content.validate import validate
from builder.content.visibility import Visibility
from builder.content.yaml_file import Document, read_yaml
from builder.schemas.constraints import FIGURE_AT
from builder.schemas.descriptions import DESCRIPTIONS
from calc.rules import Rules, SchemeRules, Unit
from tests.calc.strategies import schemes
from tests.content.sample import RULES, RULES_FILE, SCHEME, SCHEME_FILE, write_sample
from tests.content.test_any_input import change_a_value
from tests.content.test_changes import CHANGE
from tests.content.test_mistakes import MISTAKES, Mistake
from tests.tiers import examples

KINDS = {SCHEME_FILE: "scheme", RULES_FILE: "rules"}
SAMPLES = {SCHEME_FILE: SCHEME, RULES_FILE: RULES}
VALIDATORS = {name: Draft7Validator(schemas.schema(name)) for name in schemas.NAMES}

# Mistakes that take more than a schema: to look things up, to work them out, or to see how a number
# was written. `make check` reports them.
BEYOND_SCHEMAS = {
    "a dot between the thousands",
    "a fact with a source that nobody has declared",
    "a deadline with a source that nobody has declared",
    "a figure with a source that nobody has declared",
    "a form that starts with an answer it refuses",
    "a worked example that does not come out",
    "a worked example with a wrong sum",
    "a worked example with an answer that the form refuses",
    "an opening day after the deadline",
    "the year of another file",
    "2030-02-30 for a date",
}


def as_json(document: Document) -> Any:
    """The document as a text editor has it."""
    return json.loads(json.dumps(document.data, default=float))


def read(text: str, folder: Path) -> Document:
    path = folder / "file.yaml"
    path.write_text(text, "utf-8")
    return read_yaml(path, Path("file.yaml"))


def kind_of(path: Path) -> str:
    if path.name == "scheme.yaml":
        return "scheme"
    return {"rules": "rules", "changes": "change"}[path.parent.name]


def content_files(project_root: Path) -> list[Path]:
    """The files of schemes and changes."""
    return sorted((project_root / "content").glob("*/**/*.yaml"))


def refusals(kind: str, data: Any) -> list[str]:
    """The messages of a schema about data that it does not take."""
    return [error.message for error in VALIDATORS[kind].iter_errors(data)]


# --- The files ---


@pytest.mark.parametrize("name", schemas.NAMES)
def test_the_schemas_in_the_project_are_those_of_the_model(name: str) -> None:
    assert (schemas.FOLDER / f"{name}.json").read_text("utf-8") == schemas.text(name), (
        "run `make schemas`"
    )
    Draft7Validator.check_schema(schemas.schema(name))


def test_the_command_writes_the_schemas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(schemas, "FOLDER", tmp_path)
    assert schemas.main([]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {f"{n}.json" for n in schemas.NAMES}
    assert "scheme.json" in capsys.readouterr().out


def test_every_file_names_its_schema_for_text_editors(project_root: Path) -> None:
    settings = (project_root / ".vscode/settings.json").read_text("utf-8")
    lines = [line for line in settings.splitlines() if not line.lstrip().startswith("//")]
    by_pattern = json.loads("\n".join(lines))["yaml.schemas"]
    for path in content_files(project_root):
        schema = schemas.FOLDER / f"{kind_of(path)}.json"
        first = path.read_text("utf-8").splitlines()[0]
        start, address = first.split("=")
        assert start == "# yaml-language-server: $schema"
        assert (path.parent / address).resolve() == schema
        matching = [
            project_root / address
            for address, pattern in by_pattern.items()
            if path.relative_to(project_root).full_match(pattern)
        ]
        assert matching == [schema]


def test_every_key_is_explained_and_nothing_else() -> None:
    used: set[str] = set()

    def look(found: Any) -> None:
        if isinstance(found, dict):
            used.add(str(found.get("description", "")))
            for key, part in found.items():
                if key in ("properties", "patternProperties") and "description" in found:
                    assert all("description" in one for one in part.values()), list(part)
                look(part)
        elif isinstance(found, list):
            for item in found:
                look(item)

    for name in schemas.NAMES:
        look(schemas.schema(name))
    assert set(DESCRIPTIONS.values()) == used - {""}


def test_visibility_is_known_with_all_its_keys() -> None:
    known = {f.name for f in dataclasses.fields(Visibility)}
    assert known <= schemas.schema("scheme")["properties"].keys()
    assert known - schemas.schema("rules")["properties"].keys() == {"aliases"}


# --- What the loader takes ---


def test_the_content_of_the_site_fits(project_root: Path) -> None:
    files = content_files(project_root)
    assert {kind_of(path) for path in files} == set(schemas.NAMES)
    for path in files:
        document = read_yaml(path, path)
        assert not document.problems
        assert refusals(kind_of(path), as_json(document)) == [], path


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SCHEME_FILE, "state: active", "state: active\ndraft: true\nbekreft: true"),
        (SCHEME_FILE, "state: active", "state: active\npublish_date: 2030-01-01"),
        (SCHEME_FILE, "state: active", "state: active\naliases: [/gammel/]\nexpiry_date:"),
        (SCHEME_FILE, "state: active", "state: closed\nnotice: {nb: Stengt}"),
        (SCHEME_FILE, "    expected: 2031-04", "    expected: 2031-04\n    bekreft: true"),
        (RULES_FILE, "year: 2030\nsources", "year: 2030\ndraft: false\nsources"),
        (RULES_FILE, "value: 600000,", "value: 600000, bekreft: true,"),
        (RULES_FILE, "value: 600000,", "value: 600000, unknown: null, note:  ,"),
    ],
)
def test_the_marks_of_drafts_and_empty_values_fit(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    content = tmp_path / "content"
    write_sample(content)
    text = SAMPLES[file]
    assert text.count(old) == 1
    (content / file).write_text(text.replace(old, new), "utf-8")
    # A draft, for the marks.
    scheme = content / SCHEME_FILE
    if "draft" not in scheme.read_text("utf-8"):
        scheme.write_text("draft: true\n" + scheme.read_text("utf-8"), "utf-8")
    load(content)
    document = read_yaml(content / file, Path(file))
    assert refusals(KINDS[file], as_json(document)) == []


@given(scheme=schemes())
def test_all_rules_that_the_model_takes_fit(scheme: SchemeRules) -> None:
    for rules in scheme.rules:
        data = TypeAdapter(Rules).dump_python(rules)
        assert refusals("rules", json.loads(json.dumps(data, default=_plain))) == []


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


@settings(max_examples=examples(15, 300))
@given(data=st.data())
def test_a_changed_value_that_the_loader_takes_fits(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = tmp_path_factory.getbasetemp() / "changed/content"
    write_sample(content)
    file = data.draw(st.sampled_from(sorted(SAMPLES)))
    whole = as_json(read_yaml(content / file, Path(file)))
    change_a_value(data.draw, whole)
    (content / file).write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
    try:
        load(content)
    except ContentError:
        return
    assert refusals(KINDS[file], whole) == []


# --- What the loader refuses ---


def mistaken(mistake: Mistake) -> Document:
    with tempfile.TemporaryDirectory() as folder:
        return read(SAMPLES[mistake.file].replace(mistake.old, mistake.new), Path(folder))


# Those that can be read as YAML.
MISTAKEN = {
    name: (KINDS[mistake.file], as_json(document))
    for name, mistake in MISTAKES.items()
    if mistake.file in KINDS and not (document := mistaken(mistake)).problems
}


@pytest.mark.parametrize("name", MISTAKEN)
def test_a_mistake_is_refused_wherever_a_schema_can_tell(name: str) -> None:
    assert bool(refusals(*MISTAKEN[name])) != (name in BEYOND_SCHEMAS)


def test_mistakes_beyond_schemas_are_among_the_mistakes() -> None:
    assert MISTAKEN.keys() >= BEYOND_SCHEMAS


START = "    start: {positions: 4}"
NAME = "    name: {nb: Etter skjønn}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "    not_computable:",
            "    rate: {value: 1, unit: kr per årsverk, source: utlysning}\n    not_computable:",
        ),
        (START, "    use_years: {value: 2, unit: år, source: regelverk}"),
        (START, "    start: {posisjoner: 4}"),
        (START, "    own_rules: true"),
        (
            START,
            "    training:\n      limit: fixed\n"
            "      per_unit: {value: 2, unit: kr per person, source: regelverk}",
        ),
        (NAME, f"{NAME}\n    transition: {{funded_in: 2029, source: regelverk}}"),
        ("value: 66.7, unit: prosent", "value: 667, unit: kr per årsverk"),
        ("value: 600000,", "value: 600000, bekreft: false,"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(tmp_path: Path, old: str, new: str) -> None:
    content = tmp_path / "content"
    write_sample(content)
    assert RULES.count(old) == 1
    (content / RULES_FILE).write_text(RULES.replace(old, new), "utf-8")
    document = read_yaml(content / RULES_FILE, Path(RULES_FILE))
    assert refusals("rules", as_json(document))
    with pytest.raises(ContentError):
        load(content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("source: regelverk\n", ""),
        ("[2030, 2029]", "[]"),
        ("[2030, 2029]", "[2030, 2030]"),
        ("rule_changed", "endret"),
        ("date: 2030-02-03", "date: 3.2.2030"),
        ("date: 2030-02-03", "draft: true\ndate: 2030-02-03"),
    ],
)
def test_a_mistaken_change_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert refusals("change", as_json(read(CHANGE, tmp_path))) == []
    assert CHANGE.count(old) == 1
    assert refusals("change", as_json(read(CHANGE.replace(old, new), tmp_path)))


UNITS = list(Unit.__args__)  # type: ignore[attr-defined]
PLACES = {
    "Track.rate": ("rate",),
    "Track.max_units": ("max_units",),
    "Track.pre_project": ("pre_project",),
    "Track.use_years": ("use_years",),
    "Track.national_frame": ("national_frame",),
    "Caps.team": ("caps", "team"),
    "Caps.year": ("caps", "year"),
    "Caps.applicant": ("caps", "applicant"),
    "Band.amount": ("bands", 0, "amount"),
    "Ladder.years": ("ladder", "years", 0),
    "Training.per_unit": ("training", "per_unit"),
}
BASES = {
    "rate": {"rate": {"value": 1, "unit": "kr per årsverk", "source": "k"}},
    "persons": {"rate": {"value": 1, "unit": "kr per person", "source": "k"}},
    "not_computable": {
        "not_computable": {"because": "discretionary", "text": {"nb": "x"}, "source": "k"}
    },
}


def test_every_place_of_a_figure_is_tried() -> None:
    assert PLACES.keys() == FIGURE_AT.keys()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("basis", BASES)
def test_a_unit_fits_where_the_model_takes_it(place: str, basis: str) -> None:
    for unit in UNITS:
        for value in (1, 1.5, 101):
            track: Any = {"name": {"nb": "x"}, **copy.deepcopy(BASES[basis])}
            track["payment"] = {"profile": "first_year", "source": "k"}
            holder: Any = track
            path = PLACES[place]
            for part, following in itertools.pairwise(path):
                made: Any = [{}] if isinstance(following, int) else {}
                if part == "training":
                    made = {"limit": "fixed"}
                holder = holder.setdefault(part, made) if isinstance(part, str) else holder[part]
            holder[path[-1]] = {"value": value, "unit": unit, "source": "k"}
            data = {
                "year": 2030,
                "sources": {"k": {"title": "K", "publisher": "P"}},
                "tracks": {"a": track},
            }
            document = Document(Path("x"), json.loads(json.dumps(data), parse_float=Decimal))
            taken = validate(Rules, document) is not None
            assert (refusals("rules", data) == []) == taken, (unit, value)
