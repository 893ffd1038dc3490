"""A small project whose content is checked, and the findings in it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.checks import check_all
from builder.content import Problem
from tests import files
from tests.content.sample import SLUG, write_sample

# Between the last check of the sample's facts and its deadline.
DAY = dt.date(2030, 3, 1)

GENERAL = "Title: Forside\nDescription: Alle ordningene.\n\nVelkommen.\n"
HEADER = "Title: Siden\nDescription: Om siden.\n\n"

type Findings = Callable[..., list[Problem]]


@pytest.fixture
def root(project_root: Path, tmp_path: Path) -> Path:
    """A project with the sample as its content, and a front page."""
    root = tmp_path / "prosjekt"
    root.mkdir()
    (root / "pelican.conf.py").symlink_to(project_root / "pelican.conf.py")
    (root / "theme").symlink_to(project_root / "theme")
    write_sample(root / "content")
    write(root, "pages/forside.md", GENERAL)
    return root


@pytest.fixture
def findings(root: Path) -> Findings:
    """The findings in the project, on one subject or on all."""

    def of_subject(subject: str = "", day: dt.date = DAY, **settings: str) -> list[Problem]:
        found = check_all(root, day, **settings)
        return [problem for problem in found if not subject or problem.subject == subject]

    return of_subject


def write(root: Path, name: str, text: str) -> None:
    files.write(root / "content", name, text)


def replace_in(root: Path, name: str, old: str, new: str) -> None:
    files.change(root / "content" / name, old, new)


def of_scheme(name: str) -> str:
    return f"{SLUG}/{name}"
