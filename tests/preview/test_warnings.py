"""Warnings, which stop nothing, are reported beside the page and in the terminal."""

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from builder.content import Problem, Site
from builder.preview.answers import Answers
from builder.preview.checker import Checker
from builder.preview.command import Terminal
from builder.preview.project import Project
from tests.conftest import BUILD_DATE
from tests.patience import LONGEST
from tests.preview.conftest import copy_for_preview

FILE = Path("content/tryggest/om.md")


def warning(line: int, file: Path = FILE) -> Problem:
    return Problem(file, line, "", f"Lenke <{line}> svarer ikke.", is_warning=True)


def test_warnings_of_checks_stand_on_the_pages_they_are_about(
    project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_DATE", BUILD_DATE)
    root = copy_for_preview(project_root, tmp_path / "prosjekt")
    asked = []

    def check(root: Path, site: Site, day: dt.date) -> list[Problem]:
        asked.append((root, set(site.schemes), day))
        mistake = replace(warning(5), message="Tallet finnes ikke.", is_warning=False)
        return [mistake, warning(3), warning(4, Path("content/pages/om.md"))]

    with Project(root) as project:
        project.refresh()
        answers = Answers(project, lambda *_: None)
        told = threading.Event()
        checker = Checker(project, [check], told.set)
        checker.start()
        assert told.wait(LONGEST)
        page = answers.answer("/tryggest/").body.decode()
        other = answers.answer("/tryggest/rapportering/").body.decode()
        told.clear()
        # The same is found again: there is nothing new to tell.
        project.refresh()
        checker.wake()
        assert told.wait(LONGEST)
        assert project.findings_version == 1
        checker.stop()
        checker.join()
    assert [(root, day) for root, _, day in asked] == [
        (root, dt.date.fromisoformat(BUILD_DATE))
    ] * 2
    assert f'{FILE}:3</code> <span lang="nb">Lenke &lt;3&gt; svarer ikke.' in page
    assert "For denne siden: 1. For hele nettstedet: 2." in page
    assert "For denne siden: 0. For hele nettstedet: 2." in other
    assert "Lenke" not in other
    assert page.count("Tallet finnes ikke.") == other.count("Tallet finnes ikke.") == 1
    assert "Stopper publisering: 1" in other


def test_only_new_warnings_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(Path("/prosjekt"))
    # At first, only how many there are: nobody has written them just now.
    terminal.findings([warning(1), warning(2)])
    said = capsys.readouterr().out
    assert "Advarsler: 2. «make check» viser dem." in said
    assert "Lenke" not in said
    terminal.findings([warning(2), warning(3)])
    said = capsys.readouterr().out
    assert "Nye advarsler: 1 (i alt 2)" in said
    assert f"{FILE}:3: Lenke <3> svarer ikke." in said
    assert "Lenke <2>" not in said
    terminal.findings([warning(2)])
    assert capsys.readouterr().out == ""
    terminal.findings([warning(2), replace(warning(2), is_warning=False)])
    assert "Nye feil som stopper publiseringen: 1 (i alt 1)" in capsys.readouterr().out


def test_many_files_are_not_all_named(capsys: pytest.CaptureFixture[str]) -> None:
    root = Path("/prosjekt")
    Terminal(root).changed([root / f"content/{n}.md" for n in range(5)])
    said = capsys.readouterr().out
    assert said.endswith("  Endret: content/0.md, content/1.md, content/2.md og 2 til\n")
