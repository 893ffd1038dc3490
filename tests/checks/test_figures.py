"""Figures in texts: a figure that no rule has stops a publish, however Norwegians write it."""

import time
from fractions import Fraction
from pathlib import Path

import pytest

from builder.checks.figures import figures
from tests.checks.conftest import HEADER, Findings, of_scheme, replace_in, write
from tests.content.sample import PAGE_FILE, RULES_FILE, SCHEME_FILE

SUBJECT = "Tall i tekstene"
NOT_THERE = "Regelverket har ikke dette tallet."
LOOKS_LIKE = "Dette ser ut som et beløp, og regelverket har det ikke."
THERE = "Tallet står i regelverket (2030), og teksten blir feil hvis det endres."

NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("Inntil 500 000 kr.", "kroner", [500_000]),
        ("Inntil 20 000 kroner i året.", "kroner", [20_000]),
        ("Inntil kr 1 000.", "kroner", [1_000]),
        ("Inntil kr. 1 000,-", "kroner", [1_000]),
        ("Inntil 1,5 millioner kroner.", "kroner", [1_500_000]),
        ("Inntil 1,5 millionar kroner.", "kroner", [1_500_000]),
        ("Inntil kr 1,5 mill.", "kroner", [1_500_000]),
        ("Ramme: 7,7 mill. kr", "kroner", [7_700_000]),
        ("Ramme: 2 milliarder kroner", "kroner", [2_000_000_000]),
        ("Ramme: 2 mrd. kr", "kroner", [2_000_000_000]),
        ("Inntil 500 tusen kroner", "kroner", [500_000]),
        ("Inntil 1.200 kr", "kroner", [1_200]),
        ("Inntil 1200 kroner", "kroner", [1_200]),
        (f"Inntil 500{NBSP}000{NBSP}kr", "kroner", [500_000]),
        (f"Inntil 500{NARROW}000{NARROW}kr", "kroner", [500_000]),
        (f"Inntil 500{THIN}000 kr", "kroner", [500_000]),
        ("Inntil 500 000,-", "kroner", [500_000]),
        ("Inntil 500 000,–", "kroner", [500_000]),
        ("Inntil 500 000\nkroner i året.", "kroner", [500_000]),
        ("Inntil 500 000\nkr", "kroner", [500_000]),
        ("Inntil 500\n000 kr", "kroner", [500_000]),
        ("Fra 300 000–400 000 kr", "kroner", [300_000, 400_000]),
        ("Mellom 300 000 og 400 000 kroner", "kroner", [300_000, 400_000]),
        ("I 2025 500 000 kr", "kroner", [500_000]),
        ("Inntil 500000 NOK", "kroner", [500_000]),
        ("Inntil 70 %", "prosent", [70]),
        ("Inntil 70%", "prosent", [70]),
        ("Inntil 66,7 prosent", "prosent", [Fraction(667, 10)]),
        ("Inntil 70 pst.", "prosent", [70]),
        ("Først 70 og så 40 prosent", "prosent", [40]),
        ("Først 70 og 40 prosent", "prosent", [70, 40]),
        ("Så 70, 50 og 40 %", "prosent", [70, 50, 40]),
        ("Inntil 6,5 årsverk", "årsverk", [Fraction(13, 2)]),
        ("Inntil 10–12 årsverk", "årsverk", [10, 12]),
        ("En 50 %-stilling", "årsverk", [Fraction(1, 2)]),
        ("En 50 prosent stilling", "årsverk", [Fraction(1, 2)]),
        ("En stilling på 80 prosent", "årsverk", [Fraction(4, 5)]),
    ],
)  # fmt: skip
def test_figures_are_read_as_norwegians_write_them(
    text: str, kind: str, values: list[object]
) -> None:
    found = list(figures(text))
    assert [(f.kind, f.value, f.is_bare) for f in found] == [(kind, v, False) for v in values]


@pytest.mark.parametrize(
    "text",
    [
        "Fristen er 1. april 2025.",
        "Vi følger § 3-4 og § 70 i loven.",
        "Prioritet 1 og tilskuddsår 2.",
        "I 2025 og 2026 er det likt.",
        "Kommuner med mer enn 20 000 innbyggere",
        "Ring 22 33 44 55, eller org.nr. 974 760 673.",
        "Aldri 0 kroner og aldri 0 prosent.",
        "Et årsverk er en stilling på 100 prosent, altså en 100 % stilling.",
        "Det er to millioner kroner.",
        "WCAG 2.2 og CC BY 4.0",
        "Kalenderen minner deg på det 14 dager før.",
        "De er 5 kranser.",
    ],
)
def test_other_numbers_are_not_figures(text: str) -> None:
    assert list(figures(text)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Satsen er 600 000.", 600_000),
        ("| Team | 600 000 |", 600_000),
        ("Inntil 600 000 per årsverk", 600_000),
        ("Inntil 600.000 i året", 600_000),
        ("Inntil 600000", 600_000),
    ],
)
def test_an_amount_without_its_unit_is_guessed(text: str, value: int) -> None:
    (found,) = figures(text)
    assert (found.kind, found.value, found.is_bare) == ("kroner", value, True)


@pytest.mark.parametrize(
    ("text", "message", "found", "is_warning"),
    [
        ("Inntil 500 000 kr.", NOT_THERE, "500 000 kr", False),
        ("Inntil **500 000** kr.", NOT_THERE, "500 000 kr", False),
        ("Inntil 500&nbsp;000&nbsp;kr.", NOT_THERE, "500 000 kr", False),
        ("Inntil 70 prosent.", NOT_THERE, "70 prosent", False),
        ("Inntil 7 årsverk.", NOT_THERE, "7 årsverk", True),
        ("Satsen er 500 000.", LOOKS_LIKE, "500 000", True),
        ("Inntil 600 000 kr.", THERE, "600 000 kr", True),
        ("Inntil 0,6 millioner kroner.", THERE, "0,6 millioner kroner", True),
        ("Inntil 66,7 prosent.", THERE, "66,7 prosent", True),
        ("Inntil 4,5 årsverk.", THERE, "4,5 årsverk", True),
        ("[Inntil 500 000 kr](/frister/ \"Frister\")", NOT_THERE, "500 000 kr", False),
    ],
)  # fmt: skip
def test_a_figure_in_a_page_of_a_scheme_is_compared_with_its_rules(
    root: Path, findings: Findings, text: str, message: str, found: str, is_warning: bool
) -> None:
    write(root, PAGE_FILE, f"{HEADER}## Overskrift\n\nEn linje.\n{text}\n")
    (problem,) = findings(SUBJECT)
    assert (problem.file, problem.line) == (Path("content") / PAGE_FILE, 7)
    assert (problem.message, problem.found) == (message, found)
    assert problem.is_warning is is_warning
    assert problem.expected


def test_a_figure_over_two_lines_is_reported_at_the_first(root: Path, findings: Findings) -> None:
    write(root, PAGE_FILE, f"{HEADER}En linje.\n\nDet er 500 000\nkroner.\n")
    assert [problem.line for problem in findings(SUBJECT)] == [6]


def test_every_figure_of_a_page_is_reported_with_its_line(root: Path, findings: Findings) -> None:
    header = "Title: Inntil 1 000 kr\nDescription: Inntil 2 000 kr\n"
    write(root, PAGE_FILE, f"{header}\n- 3 000 kr\n- 4 000 kr\n\n| a |\n|---|\n| 5 000 kr |\n")
    assert [(p.line, p.found) for p in findings(SUBJECT)] == [
        (1, "1 000 kr"), (2, "2 000 kr"), (4, "3 000 kr"), (5, "4 000 kr"), (9, "5 000 kr"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Skriv `500 000 kr` slik.",
        "Skriv ``500 000 kr ` `` slik.",
        "```text\nInntil 500 000 kr\n```",
        "~~~\nInntil 500 000 kr\n~~~",
        "Slik:\n\n    Inntil 500 000 kr\n\n    Inntil 400 000 kr",
        "[Les](https://example.org/500-000-kr/70%20kr)",
        "[Les][1]\n\n[1]: https://example.org/70%/ (70 %)",
        "<https://example.org/70%/>",
        '<abbr title="500 000 kr">Sats</abbr>',
        "<!-- Inntil 500 000 kr -->",
    ],
)
def test_code_and_addresses_have_no_figures(root: Path, findings: Findings, text: str) -> None:
    write(root, PAGE_FILE, f"{HEADER}{text}\n")
    assert findings(SUBJECT) == []


def test_an_indented_paragraph_in_a_list_is_text(root: Path, findings: Findings) -> None:
    write(root, PAGE_FILE, f"{HEADER}- Et punkt\n\n    Inntil 500 000 kr\n")
    assert [problem.line for problem in findings(SUBJECT)] == [6]


def test_nynorsk_is_held_against_the_rules_too(root: Path, findings: Findings) -> None:
    write(root, of_scheme("om.nn.md"), f"{HEADER}Inntil 500 000 kroner.\n")
    (problem,) = findings(SUBJECT)
    assert problem.file == Path("content", of_scheme("om.nn.md"))


def test_general_pages_are_held_against_all_rules_and_stop_nothing(
    root: Path, findings: Findings
) -> None:
    write(root, "pages/forside.md", f"{HEADER}Inntil 600 000 kr.\n\nInntil 500 000 kr.\n")
    assert [(p.line, p.message, p.is_warning) for p in findings(SUBJECT)] == [
        (4, THERE, True),
        (6, NOT_THERE, True),
    ]


def test_texts_of_facts_are_held_against_the_rules(root: Path, findings: Findings) -> None:
    replace_in(root, SCHEME_FILE, "{nb: For dem som vil prøve.}", "{nb: Inntil 500 000 kr.}")
    (problem,) = findings(SUBJECT)
    assert (problem.file, problem.line) == (Path("content") / SCHEME_FILE, 3)
    assert (problem.key, problem.is_warning) == ("summary.nb", False)


def test_texts_beside_the_rules_may_repeat_them_and_nothing_else(
    root: Path, findings: Findings
) -> None:
    rate = "rate: {value: 600000, unit: kr per årsverk, source: regelverk"
    note = "note: {nb: Satsen er 600 000 kr, nn: Satsen er 500 000 kr}"
    replace_in(root, RULES_FILE, rate, f"{rate}, {note}")
    (problem,) = findings(SUBJECT)
    assert (problem.key, problem.found) == ("tracks.team.rate.note.nn", "500 000 kr")
    assert problem.is_warning


def test_the_title_of_an_example_may_repeat_its_answers(root: Path, findings: Findings) -> None:
    replace_in(root, RULES_FILE, "{nb: To årsverk}", "{nb: 2 årsverk og 50 prosent}")
    assert findings(SUBJECT) == []
    replace_in(root, RULES_FILE, "{nb: 2 årsverk", "{nb: 3 årsverk")
    (problem,) = findings(SUBJECT)
    assert (problem.key, problem.found) == ("examples[1].title.nb", "3 årsverk")
    assert problem.is_warning


def test_a_change_may_repeat_the_figures_of_the_rules(root: Path, findings: Findings) -> None:
    text = "Satsen var 500 000 kr, og er 600 000 kr."
    change = (
        "date: 2030-02-03\nkind: correction\nscheme: proveordning\nyears: [2030]\n"
        f"title: {{nb: Rettelse}}\ntext: {{nb: '{text}'}}\n"
    )
    write(root, "changes/2030-02-03-rettelse.yaml", change)
    (problem,) = findings(SUBJECT)
    assert (problem.line, problem.found, problem.is_warning) == (6, "500 000 kr", True)


def seconds(text: str) -> float:
    """The least time of a processor that the figures of a text took, of five times."""
    taken = []
    for _ in range(5):
        start = time.process_time()
        list(figures(text))
        taken.append(time.process_time() - start)
    return min(taken)


@pytest.mark.parametrize(
    ("text", "end"), [("1 og ", ""), ("1,", " kr"), ("1", ""), ("1 000 ", ""), (" ", "1")]
)
def test_a_strange_text_takes_time_by_its_length_only(text: str, end: str) -> None:
    """A regular expression that tries all ways to divide it takes 16 times as long for 4 texts."""
    one, four = (seconds("1" + text * times + end) for times in (1_000, 4_000))
    assert four < 9 * one
