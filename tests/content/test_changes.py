"""Published changes: the keys of a file, and every mistake reported with its place."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from builder.content import Problem, load
from calc.rules import Text
from tests import files
from tests.content.sample import RULES, RULES_FILE, SCHEME_FILE, SLUG, problems

NAME = "2030-02-03-ny-sats"
CHANGE = f"""\
date: 2030-02-03
kind: rule_changed
scheme: {SLUG}
years: [2030, 2029]
title: {{nb: Satsen er ny, nn: Satsen er ny}}
text: {{nb: Nå gjelder en ny sats.}}
source: regelverk
"""
FILE = Path(f"content/changes/{NAME}.yaml")


@pytest.fixture
def content(content: Path) -> Path:
    """The sample with one more rule year, and a change about both."""
    earlier = RULES.replace("year: 2030", "year: 2029").replace(
        "plan_year: 2030", "plan_year: 2029"
    )
    (content / RULES_FILE).with_name("2029.yaml").write_text(earlier, "utf-8")
    write(content, NAME, CHANGE)
    return content


def write(content: Path, name: str, text: str) -> None:
    files.write(content, f"changes/{name}.yaml", text)


def with_line(old: str, new: str) -> str:
    assert CHANGE.count(old) == 1
    return CHANGE.replace(old, new)


def test_a_change_has_every_value_of_its_file(content: Path) -> None:
    (change,) = load(content).changes
    assert change.name == NAME
    assert change.date == dt.date(2030, 2, 3)
    assert (change.kind, change.scheme, change.years) == ("rule_changed", SLUG, (2030, 2029))
    assert change.title == Text(nb="Satsen er ny", nn="Satsen er ny")
    assert change.text == Text(nb="Nå gjelder en ny sats.")
    assert change.source == "regelverk"


def test_changes_are_newest_first_and_those_of_a_day_by_name(content: Path) -> None:
    for name in ("2030-02-04-b", "2030-02-04-a", "2029-12-31-a"):
        write(content, name, with_line("2030-02-03", name[:10]))
    names = [change.name for change in load(content).changes]
    assert names == ["2030-02-04-a", "2030-02-04-b", NAME, "2029-12-31-a"]


def test_no_changes_at_all_are_no_mistake(content: Path) -> None:
    shutil.rmtree(content / "changes")
    assert load(content).changes == ()


def test_files_that_systems_leave_in_the_folder_are_passed_over(content: Path) -> None:
    (content / "changes/.DS_Store").write_bytes(b"\0")
    assert len(load(content).changes) == 1


def test_a_mistake_of_our_own_needs_no_source(content: Path) -> None:
    text = with_line("rule_changed", "correction").replace("source: regelverk\n", "")
    write(content, NAME, text)
    (change,) = load(content).changes
    assert (change.kind, change.source) == ("correction", None)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("date: 2030-02-03", "date: 2030-02-04",
         (1, "date", "Datoen stemmer ikke med filnavnet.", "2030-02-04", "2030-02-03")),
        ("kind: rule_changed", "kind: endret",
         (2, "kind", "Verdien er ikke en av dem som kan brukes.", "«endret»",
          "en av: rule_changed, correction")),
        (SLUG, "prøveordning",
         (3, "scheme", "Ordningen finnes ikke.", "prøveordning", f"Mente du «{SLUG}»?")),
        (SLUG, "xyz", (3, "scheme", "Ordningen finnes ikke.", "xyz", f"en av: {SLUG}")),
        ("[2030, 2029]", "[2030, 2031]",
         (4, "years[2]", f"«{SLUG}» har ikke dette regelverksåret.", "2031", "en av: 2030, 2029")),
        ("[2030, 2029]", "[2030, 2030]",
         (4, "years[2]", "Året står to ganger.", "2030", "hvert regelverksår bare én gang")),
        ("[2030, 2029]", "[]", (4, "years", "Listen er tom.", "en tom liste", "minst ett punkt")),
        ("[2030, 2029]", "2030",
         (4, "years", "Verdien har feil type.", "2030", "en liste (linjer som begynner med «- »)")),
        ("source: regelverk", "source: regleverk",
         (7, "source", f"«{SLUG}» har ikke denne kilden.", "regleverk", "Mente du «regelverk»?")),
        ("source: regelverk\n", "",
         (1, "source", "En regel som er endret, må ha en kilde.", "ingen kilde",
          "«source» med navnet på en av kildene til ordningen")),
        ("source: regelverk", "kilde: regelverk\nsource: regelverk",
         (7, "kilde", "Nøkkelen «kilde» er ukjent her.", "kilde", "Mente du «kind»?")),
        ("title: {nb: Satsen er ny, nn: Satsen er ny}", "title: Satsen er ny",
         (5, "title", "Verdien har feil type.", "«Satsen er ny»",
          "{nb: teksten på bokmål}, gjerne med nn: teksten på nynorsk")),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_with_its_place(
    content: Path, old: str, new: str, problem: tuple[int, str, str, str, str]
) -> None:
    write(content, NAME, with_line(old, new))
    assert problems(content) == [Problem(FILE, *problem)]


def test_a_source_of_scheme_yaml_or_of_a_rule_year_will_do(content: Path) -> None:
    for source in ("utlysning", "regelverk"):
        write(content, NAME, with_line("source: regelverk", f"source: {source}"))
        assert load(content).changes[0].source == source


@pytest.mark.parametrize(
    "name",
    [
        "ny-sats.yaml",
        "2030-02-30-ny-sats.yaml",
        "2030-02-03.yaml",
        "2030-02-03-Ny-sats.yaml",
        "2030-02-03-ny sats.yaml",
        "2030-02-03-ny-sats.yml",
        "lesmeg.txt",
    ],
)
def test_a_file_name_that_is_no_address_is_refused(content: Path, name: str) -> None:
    (content / FILE.relative_to("content")).rename(content / "changes" / name)
    (problem,) = problems(content)
    assert (problem.file, problem.found) == (Path("content/changes") / name, name)
    assert problem.message == "Filnavnet kan ikke brukes for en endring."
    assert problem.expected.startswith("datoen, et navn")


def test_every_mistake_in_every_change_is_reported_at_once(content: Path) -> None:
    write(content, NAME, with_line("2030-02-03", "2030-02-04").replace("[2030,", "[1999,"))
    write(content, "2030-02-05-feil", with_line("2030-02-03", "2030-02-05").replace(SLUG, "x"))
    write(content, "2030-02-06-tom", "")
    assert [(p.file.stem, p.key) for p in problems(content)] == [
        (NAME, "date"),
        (NAME, "years[1]"),
        ("2030-02-05-feil", "scheme"),
        ("2030-02-06-tom", ""),
    ]


def test_a_scheme_that_cannot_be_read_is_reported_once_and_not_for_its_changes(
    content: Path,
) -> None:
    files.change(content / SCHEME_FILE, "state: active", "state: aktiv")
    assert [p.key for p in problems(content)] == ["state"]
