"""Texts that are heavy to read are reported, with the sentence to begin with."""

from fractions import Fraction
from pathlib import Path

import pytest

from builder.checks.readability import lix, sentences
from tests.checks.conftest import HEADER, Findings, write
from tests.content.sample import PAGE_FILE

LONG = "Kommunedirektøren forvalter tilskuddsordningene innenfor gjeldende budsjettrammer"
# 14 words, 7 of them long, in one sentence: 14 + 50.
HEAVY = f"{LONG} og ser til at alt er som det skal være."


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (["Vi gir støtte."], 3),
        # Seven letters are long, six are not.
        (["Støtten kommer."], 2 + Fraction(100, 2)),
        (["Vi gir. Du får."], 2),
        (["Vi gir? Ja! Du får."], Fraction(5, 3)),
        (["Vi gir: Du får det."], Fraction(5, 2)),
        (["Vi gir", "Du får"], 2),
        (["1. april og 6,5 kr, f.eks. 2025 bl.a. Her"], 9),
    ],
)
def test_lix_is_counted_by_its_formula(paragraphs: list[str], expected: Fraction) -> None:
    assert lix(sentences(paragraphs)) == expected


def test_a_heavy_page_is_reported_with_its_longest_sentence(root: Path, findings: Findings) -> None:
    text = "\n".join([f"{HEAVY}"] * 4)
    longest = f"{LONG},\n**og** ser [hele tiden](/) til at alt alltid er slik som det skal være."
    write(root, PAGE_FILE, f"{HEADER}## Overskrift\n\n{text}\n\n- Et punkt\n- {longest}\n")
    (problem,) = findings("Lesbarhet")
    assert (problem.file, problem.line) == (Path("content") / PAGE_FILE, 12)
    assert problem.is_warning
    assert problem.message.startswith("Teksten er tung å lese: lesbarhetsindeksen (LIX) er ")
    assert problem.found.startswith("den lengste setningen har 20 ord: «Kommunedirektøren ")


@pytest.mark.parametrize(
    "text",
    [
        "## " + " ".join([LONG] * 20),
        "```text\n" + " ".join([LONG] * 20) + "\n```",
        "| a |\n|---|\n" + f"| {HEAVY} |\n" * 10,
        # Too short to say anything of.
        HEAVY,
    ],
)
def test_headings_tables_code_and_short_texts_are_not_counted(
    root: Path, findings: Findings, text: str
) -> None:
    write(root, PAGE_FILE, f"{HEADER}{text}\n\nVi gir støtte.\n")
    assert findings("Lesbarhet") == []


def test_an_easy_page_is_not_reported(root: Path, findings: Findings) -> None:
    write(root, PAGE_FILE, f"{HEADER}{'Vi gir støtte til dem som søker. ' * 20}\n")
    assert findings("Lesbarhet") == []
