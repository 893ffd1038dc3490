"""The documents: their links lead somewhere, and the commands and files they name exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.setup.conftest import ROOT

DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*.md")) + sorted(
    path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md")
)
MOST_BYTES_OF_README = 8_000
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
COMMAND = re.compile(r"\bmake ([a-z][a-z-]*)")
# A path from the root of the project, without a place to fill in.
PATH = re.compile(r"`((?:\.ci|\.vscode|builder|calc|content|docs|tests|theme)/[\w./-]*)`")
OPTIONAL = {"content/publish.yaml"}
DECISION = re.compile(r"^- \*\*.*?(?=\n- |\n\n|\Z)", re.MULTILINE | re.DOTALL)


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def code_in(text: str) -> str:
    """The fenced blocks and the code spans of a document."""
    return "\n".join(FENCE.findall(text) + SPAN.findall(FENCE.sub("", text)))


def anchors_of(text: str) -> set[str]:
    """The anchors that hosts of git repositories give the headings of a document."""
    headings = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document: str) -> Iterator[str]:
    for link in LINK.findall(FENCE.sub("", text_of(document))):
        path, _, anchor = link.partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        if link.startswith("https://"):
            continue
        if not target.exists() or (anchor and anchor not in anchors_of(target.read_text("utf-8"))):
            yield link


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_a_file_and_a_heading(document: str) -> None:
    assert list(broken_links(document)) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_named_commands_are_targets_of_the_makefile(document: str) -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    assert set(COMMAND.findall(code_in(text_of(document)))) - targets == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_named_files_exist(document: str) -> None:
    named = set(PATH.findall(FENCE.sub("", text_of(document)))) - OPTIONAL
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_readme_is_short_and_leads_to_every_document() -> None:
    assert (ROOT / "README.md").stat().st_size <= MOST_BYTES_OF_README
    linked = {path for document in DOCUMENTS for path in linked_from(document)}
    assert set(DOCUMENTS) - linked == set()


def linked_from(document: str) -> Iterator[str]:
    """The files that a document links to, by their path from the root of the project."""
    folder = (ROOT / document).parent
    for link in LINK.findall(text_of(document)):
        if not link.startswith(("https://", "#")):
            yield (folder / link.partition("#")[0]).resolve().relative_to(ROOT).as_posix()


def test_every_decision_has_a_date_and_what_was_rejected() -> None:
    decisions = DECISION.findall(text_of("docs/decisions.md"))
    assert len(decisions) > 80
    for decision in decisions:
        assert "*Rejected:*" in decision, decision
        assert re.search(r"\(\d{4}-\d{2}-\d{2}\)$", decision), decision
