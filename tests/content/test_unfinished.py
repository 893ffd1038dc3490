"""Marks of unfinished content: counted in drafts, and never published."""

from pathlib import Path

import pytest

from builder.content import Problem, load
from tests import files
from tests.content.sample import (
    PAGE_FILE,
    RULES,
    RULES_FILE,
    SCHEME_FILE,
    SLUG,
    problems,
)

RATE = "rate: {value: 600000, unit: kr per årsverk"
UNKNOWN = "- {unknown: tilskuddsbrevet, unit: prosent"
FILL_IN = "«Fyll inn: hva ordningen er til for»"


@pytest.fixture
def content(content: Path) -> Path:
    """The sample with an earlier rule year, so that the newest can be a draft."""
    earlier = RULES.replace("year: 2030", "year: 2029")
    (content / RULES_FILE).with_name("2029.yaml").write_text(earlier, "utf-8")
    return content


def change(path: Path, old: str, new: str) -> int:
    """Put `new` in the only place where `old` is; returns its line."""
    text = files.change(path, old, new)
    return text[: text.index(new)].count("\n") + 1


def make_draft(path: Path) -> None:
    path.write_text("draft: true\n" + path.read_text("utf-8"), "utf-8")


def mark(line: str) -> str:
    return f"{line}, bekreft: true"


# --- bekreft: true ---


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "found"),
    [
        (
            RATE,
            mark(RATE),
            "tracks.team.rate.bekreft",
            "Tallet er ikke bekreftet.",
            "600000 kr per årsverk",
        ),
        (
            UNKNOWN,
            mark(UNKNOWN),
            "tracks.team.ladder.years[3].bekreft",
            "Tallet er ikke bekreftet.",
            "et tall som er ukjent",
        ),
        (
            "    not_computable:",
            "    not_computable:\n      bekreft: true",
            "tracks.skjonn.not_computable.bekreft",
            "Opplysningen er ikke bekreftet.",
            "",
        ),
    ],
)
def test_an_unconfirmed_figure_stops_a_rule_year_but_not_a_draft(
    content: Path, old: str, new: str, key: str, message: str, found: str
) -> None:
    line = change(content / RULES_FILE, old, new) + new.count("\n")
    (problem,) = problems(content)
    assert problem.file == Path("content") / RULES_FILE
    assert (problem.line, problem.key) == (line, key)
    assert (problem.message, problem.found) == (message, found)
    assert problem.expected == "kontroller mot kilden, og ta bort «bekreft: true»"
    make_draft(content / RULES_FILE)
    site = load(content)
    assert site.unconfirmed == {(SLUG, 2030): 1}
    # The model and calc never see the mark.
    assert site.schemes[SLUG].rules[0].tracks["team"].rate is not None


def test_every_unconfirmed_figure_in_a_draft_is_counted(content: Path) -> None:
    for old in (RATE, UNKNOWN, "max_units: {value: 4.5, unit: årsverk"):
        change(content / RULES_FILE, old, mark(old))
    assert len(problems(content)) == 3
    make_draft(content / SCHEME_FILE)  # a draft as a whole
    assert load(content).unconfirmed == {(SLUG, 2030): 3}


def test_content_that_is_finished_has_nothing_to_count(content: Path) -> None:
    make_draft(content / RULES_FILE)
    make_draft(content / SCHEME_FILE)
    site = load(content)
    assert (site.unconfirmed, site.unfilled) == ({}, {})


@pytest.mark.parametrize(
    ("value", "found"),
    [("false", "false"), ("ja", "«ja»"), ("", "ingen verdi"), ("1", "1"), ("[]", "en tom liste")],
)
def test_the_mark_is_written_in_one_way_in_drafts_too(
    content: Path, value: str, found: str
) -> None:
    make_draft(content / RULES_FILE)
    line = change(content / RULES_FILE, RATE, f"{RATE}, bekreft: {value}")
    (problem,) = problems(content)
    assert (problem.line, problem.key) == (line, "tracks.team.rate.bekreft")
    assert (problem.message, problem.found) == ("«bekreft» kan bare være true.", found)
    assert problem.expected == "«bekreft: true», eller ingen «bekreft» når det er kontrollert"


def test_a_mark_where_nothing_names_a_source_is_an_unknown_key(content: Path) -> None:
    change(content / RULES_FILE, "    name: {nb: Team}", "    name: {nb: Team}\n    bekreft: true")
    (problem,) = problems(content)
    assert problem.key == "tracks.team.bekreft"
    assert problem.message == "Nøkkelen «bekreft» er ukjent her."


def test_the_facts_of_a_scheme_can_be_unconfirmed_as_a_whole_and_one_by_one(content: Path) -> None:
    top = change(content / SCHEME_FILE, "state: active", "bekreft: true\nstate: active")
    inside = change(
        content / SCHEME_FILE, "    expected: 2031-04", "    expected: 2031-04\n    bekreft: true"
    )
    told = [(p.line, p.key, p.message) for p in problems(content)]
    assert told == [
        (top, "bekreft", "Opplysningene om ordningen er ikke bekreftet."),
        (inside + 1, "deadlines[2].bekreft", "Opplysningen er ikke bekreftet."),
    ]
    make_draft(content / SCHEME_FILE)
    assert load(content).unfilled == {SLUG: 2}


def test_other_mistakes_are_reported_beside_unconfirmed_figures(content: Path) -> None:
    change(content / RULES_FILE, RATE, f"{RATE}, bekreft: nei")
    change(content / RULES_FILE, UNKNOWN, mark(UNKNOWN))
    change(content / RULES_FILE, "value: 66.7", "value: 166.7")
    change(content / RULES_FILE, "year: 2030\nsources", "year: 2030\ndraft: nei\nsources")
    assert [p.key for p in problems(content)] == [
        "draft",
        "tracks.team.rate.bekreft",
        "tracks.team.ladder.years[2].value",
    ]


# --- «Fyll inn: …» ---


@pytest.mark.parametrize(
    ("file", "old", "key"),
    [
        (SCHEME_FILE, "For dem som vil prøve.", "summary.nb"),
        (SCHEME_FILE, "Kommuner", "applicants[1].nb"),
        (SCHEME_FILE, "title: Utlysning 2030", "sources.utlysning.title"),
        (RULES_FILE, "Etter skjønn", "tracks.skjonn.name.nb"),
        (RULES_FILE, "To årsverk", "examples[1].title.nb"),
    ],
)
def test_a_text_to_fill_in_stops_everything_but_a_draft(
    content: Path, file: str, old: str, key: str
) -> None:
    new = f'title: "{FILL_IN}"' if old.startswith("title") else f'"Om. {FILL_IN}"'
    line = change(content / file, old, new)
    (problem,) = problems(content)
    assert problem == Problem(
        Path("content") / file,
        line,
        key,
        "Teksten er ikke fylt inn.",
        FILL_IN,
        "en tekst i stedet for «Fyll inn: …»",
    )
    make_draft(content / SCHEME_FILE)
    assert load(content).unfilled == {SLUG: 1}


def test_each_text_to_fill_in_on_a_page_is_reported_with_its_line(content: Path) -> None:
    page = content / PAGE_FILE
    page.write_text(
        f"Title: Om\nDescription: {FILL_IN}\n\nHer. «Fyll inn: a» og «Fyll inn: b».\n", "utf-8"
    )
    told = [(p.file.name, p.line, p.found) for p in problems(content)]
    assert told == [
        ("om.md", 2, FILL_IN),
        ("om.md", 4, "«Fyll inn: a»"),
        ("om.md", 4, "«Fyll inn: b»"),
    ]
    make_draft(content / SCHEME_FILE)
    assert load(content).unfilled == {SLUG: 3}


def test_a_page_may_show_placeholders_in_code(content: Path) -> None:
    page = content / PAGE_FILE
    before = page.read_text("utf-8")
    page.write_text(
        f"{before}\nSkriv `{FILL_IN}`.\n\n```\n{FILL_IN}\n~~~\n{FILL_IN}\n```\n", "utf-8"
    )
    assert load(content).unfilled == {}
    page.write_text(page.read_text("utf-8") + f"{FILL_IN}\n", "utf-8")
    (problem,) = problems(content)
    assert problem.line == len(page.read_text("utf-8").splitlines())


def test_a_draft_of_a_rule_year_says_nothing_of_the_scheme(content: Path) -> None:
    make_draft(content / RULES_FILE)
    change(content / RULES_FILE, "Etter skjønn", f'"{FILL_IN}"')
    assert load(content).unfilled == {SLUG: 1}
    change(content / SCHEME_FILE, "Kommuner", f'"{FILL_IN}"')
    assert [p.key for p in problems(content)] == ["applicants[1].nb"]


def test_a_general_page_and_a_change_are_no_drafts(content: Path) -> None:
    make_draft(content / SCHEME_FILE)
    (content / "pages").mkdir()
    text = f"Title: Hjelp\nDescription: Om hjelp.\n\n{FILL_IN}\n"
    (content / "pages/hjelp.md").write_text(text, "utf-8")
    (content / "changes").mkdir()
    (content / "changes/2030-02-03-ny.yaml").write_text(
        f"date: 2030-02-03\nkind: correction\nscheme: {SLUG}\nyears: [2030]\n"
        f'title: {{nb: Ny}}\ntext: {{nb: "{FILL_IN}"}}\n',
        "utf-8",
    )
    told = [(p.file.name, p.line, p.key) for p in problems(content)]
    assert told == [("2030-02-03-ny.yaml", 6, "text.nb"), ("hjelp.md", 4, "")]
