"""Warnings, which stop no publish: examples, dates, sources, nynorsk."""

import datetime as dt
from pathlib import Path

import pytest

from builder.content import Problem
from builder.kit.addresses import PAGE_NAMES
from tests.checks.conftest import HEADER, Findings, of_scheme, replace_in, write
from tests.content.sample import RULES, RULES_FILE, SCHEME, SCHEME_FILE

FACTS = Path("content") / SCHEME_FILE
RULE_YEAR = Path("content") / RULES_FILE


def line(text: str, piece: str) -> int:
    (found,) = [n for n, one in enumerate(text.splitlines(), 1) if piece in one]
    return found


def only(problems: list[Problem]) -> Problem:
    (problem,) = problems
    assert problem.is_warning
    assert problem.expected
    return problem


# Worked examples


def test_a_track_without_an_example_is_a_warning(root: Path, findings: Findings) -> None:
    assert findings("Regneeksempler") == []
    second = "  annet:\n    name: {nb: Annet}\n    on_request: {source: regelverk}\n  skjonn:\n"
    replace_in(root, RULES_FILE, "  skjonn:\n", second)
    problem = only(findings("Regneeksempler"))
    assert (problem.file, problem.key) == (RULE_YEAR, "tracks.annet")
    assert problem.line == line(RULES, "  skjonn:")
    assert problem.message == "Sporet har ikke noe regneeksempel."


def test_an_example_that_names_no_track_is_of_the_first(root: Path, findings: Findings) -> None:
    replace_in(root, RULES_FILE, "{track: team, plan_year", "{plan_year")
    assert findings("Regneeksempler") == []


# Dates


DEADLINES = SCHEME[SCHEME.index("deadlines:\n") : SCHEME.index("links:")]


@pytest.mark.parametrize(
    ("day", "messages"),
    [
        # The sample's dates: checked 2030-02-01, again by 2030-08-01, deadline 2030-04-07.
        ("2030-03-01", []),
        ("2030-04-07", []),
        ("2030-04-08", ["Alle søknadsfristene er ute. Er den neste kjent?"]),
        ("2030-07-02", ["…", "Opplysningene skal kontrolleres om 30 dager."]),
        ("2030-07-01", ["…"]),
        ("2030-07-31", ["…", "Opplysningene skal kontrolleres om 1 dag."]),
        ("2030-08-01", ["…", "Opplysningene skulle vært kontrollert nå."]),
        ("2031-02-01", ["…", "Opplysningene skulle vært kontrollert nå."]),
        (
            "2031-02-02",
            ["…", "Det er over et år siden opplysningene ble kontrollert.",
             "Opplysningene skulle vært kontrollert nå."],
        ),
        ("2031-04-30", ["…", "…", "…"]),
        ("2031-05-01", ["…", "Måneden som fristen var ventet i, er over.", "…", "…"]),
    ],
)  # fmt: skip
def test_warnings_come_with_the_days(findings: Findings, day: str, messages: list[str]) -> None:
    found = findings("Datoer", dt.date.fromisoformat(day))
    assert all(problem.is_warning and problem.file == FACTS for problem in found)
    said = [problem.message for problem in found]
    assert len(said) == len(messages)
    for message, expected in zip(said, messages, strict=True):
        assert expected in ("…", message)


def test_a_deadline_that_is_over_is_reported_at_its_line(findings: Findings) -> None:
    problem = only(findings("Datoer", dt.date(2030, 4, 8)))
    assert (problem.line, problem.key) == (line(SCHEME, "- kind: application"), "deadlines[1]")
    assert problem.found == "2030-04-07"


def test_an_expected_month_that_is_over_is_reported_once(root: Path, findings: Findings) -> None:
    expected = "    expected: 2030-02\n"
    replace_in(root, SCHEME_FILE, '    date: 2030-04-07\n    time: "23:59"\n', expected)
    problem = only(findings("Datoer"))
    assert problem.message == "Alle søknadsfristene er ute. Er den neste kjent?"
    assert problem.found == "2030-02"


def test_an_unknown_deadline_of_this_year_shows_that_somebody_looked(
    root: Path, findings: Findings
) -> None:
    unknown = "  - {kind: application, for_year: 2031, unknown: true, source: utlysning}\n"
    replace_in(root, SCHEME_FILE, "deadlines:\n", f"deadlines:\n{unknown}")
    assert findings("Datoer", dt.date(2030, 4, 8)) == []
    messages = [problem.message for problem in findings("Datoer", dt.date(2032, 1, 1))]
    assert "Alle søknadsfristene er ute. Er den neste kjent?" in messages


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_a_scheme_that_is_over_needs_no_deadline(
    root: Path, findings: Findings, state: str
) -> None:
    replace_in(root, SCHEME_FILE, "state: active", f"state: {state}\nnotice: {{nb: Den er over.}}")
    assert findings("Datoer", dt.date(2030, 7, 1)) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        (SCHEME_FILE, "last_checked: 2030-02-01", "last_checked: 2030-03-02", "last_checked"),
        (
            SCHEME_FILE, "published: 2030-01-02", "published: 2030-03-02",
            "sources.utlysning.published",
        ),
        (
            RULES_FILE, "publisher: Prøvedirektoratet}",
            "publisher: Prøvedirektoratet, read: 2030-03-02}", "sources.regelverk.read",
        ),
    ],
)  # fmt: skip
def test_a_date_that_has_not_come_is_a_warning(
    root: Path, findings: Findings, name: str, old: str, new: str, key: str
) -> None:
    replace_in(root, name, old, new)
    problem = only(findings("Datoer"))
    assert (problem.file, problem.key) == (Path("content") / name, key)
    assert (problem.message, problem.found) == ("Datoen er ikke kommet ennå.", "2030-03-02")
    assert findings("Datoer", dt.date(2030, 3, 2)) == []


def test_a_change_with_a_later_date_is_a_warning(root: Path, findings: Findings) -> None:
    change = (
        "date: 2030-03-02\nkind: correction\nscheme: proveordning\nyears: [2030]\n"
        "title: {nb: Rettelse}\ntext: {nb: En feil er rettet.}\n"
    )
    write(root, "changes/2030-03-02-rettelse.yaml", change)
    problem = only(findings("Datoer"))
    assert (problem.line, problem.key, problem.found) == (1, "date", "2030-03-02")


def test_a_review_before_the_last_one_is_a_warning(root: Path, findings: Findings) -> None:
    replace_in(root, SCHEME_FILE, "review_by: 2030-08-01", "review_by: 2030-01-31")
    problem = only(findings("Datoer"))
    assert problem.message == "Neste kontroll er satt før den siste."
    assert problem.line == line(SCHEME, "review_by:")


# Sources


def test_sources_without_a_link_are_reported_once_for_each_file(
    root: Path, findings: Findings
) -> None:
    by_file = {problem.file: problem for problem in findings("Kilder")}
    assert set(by_file) == {FACTS, RULE_YEAR}
    assert by_file[FACTS].message == "1 av 1 kilder har ingen lenke."
    assert (by_file[FACTS].key, by_file[FACTS].found) == ("sources", "utlysning")
    assert SCHEME.splitlines()[by_file[FACTS].line - 1] == "sources:"
    assert by_file[RULE_YEAR].found == "regelverk"
    source = "{title: Utlysning 2030,"
    replace_in(root, SCHEME_FILE, source, f"{source} url: https://example.org/,")
    assert only(findings("Kilder")).file == RULE_YEAR


@pytest.mark.parametrize("name", [SCHEME_FILE, RULES_FILE])
def test_a_source_that_nothing_refers_to_is_a_warning(
    root: Path, findings: Findings, name: str
) -> None:
    source = "\n  brev: {title: Brev, publisher: Noen, url: https://example.org/}"
    replace_in(root, name, "\nsources:", f"\nsources:{source}")
    unused = [p for p in findings("Kilder") if p.message == "Ingenting viser til kilden."]
    problem = only(unused)
    assert (problem.file, problem.key) == (Path("content") / name, "sources.brev")
    change = (
        "date: 2030-02-03\nkind: rule_changed\nscheme: proveordning\nyears: [2030]\n"
        "title: {nb: Nytt}\ntext: {nb: Det er nytt.}\nsource: brev\n"
    )
    if name == SCHEME_FILE:
        write(root, "changes/2030-02-03-nytt.yaml", change)
        assert "brev" not in [p.found for p in findings("Kilder")]


# Nynorsk


def test_pages_without_nynorsk_are_counted(root: Path, findings: Findings) -> None:
    def pages() -> list[str]:
        return [p.message for p in findings("Nynorsk") if p.file == Path("content/proveordning")]

    assert pages() == ["Ingen av sidene finnes på nynorsk."]
    write(root, of_scheme("om.nn.md"), f"{HEADER}Ein tekst.\n")
    assert pages() == ["5 av 6 sider mangler på nynorsk."]
    for name in PAGE_NAMES:
        write(root, of_scheme(f"{name}.nn.md"), f"{HEADER}Ein tekst.\n")
    assert pages() == []


def test_texts_without_nynorsk_are_reported_with_their_line(findings: Findings) -> None:
    texts = {p.key: p for p in findings("Nynorsk") if p.file == FACTS}
    assert "name" not in texts
    assert texts["summary"].line == line(SCHEME, "summary:")
    assert texts["summary"].found == "For dem som vil prøve."
    assert {"short_name", "applicants[1]", "links[1].label", "owner.name"} <= set(texts)
    rules = {p.key for p in findings("Nynorsk") if p.file == RULE_YEAR}
    assert {"tracks.team.name", "examples[1].title", "tracks.skjonn.not_computable.text"} <= rules
