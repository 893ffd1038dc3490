"""Checks of the content that need no build: `make check`.

Mistakes stop a publish. Warnings are listed and counted: what an editor should look at one day.
"""

import argparse
import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from builder import content
from builder.checks import (
    dates,
    examples,
    figures,
    images,
    links,
    nynorsk,
    readability,
    sources,
)
from builder.checks.context import Check, Context
from builder.checks.report import is_set, report, summary
from builder.content import Problem
from builder.day import today
from builder.targets import place

__all__ = [
    "CHECKS",
    "Check",
    "Context",
    "check",
    "check_all",
    "main",
    "report",
    "summary",
    "warnings",
]

ROOT = Path(__file__).resolve().parents[2]

# What is looked for, in the order of the report, each with what it is called there.
CHECKS: tuple[tuple[str, Check], ...] = (
    ("Tall i tekstene", figures.check),
    ("Lenker", links.check),
    ("Bilder", images.check),
    ("Regneeksempler", examples.check),
    ("Datoer", dates.check),
    ("Kilder", sources.check),
    ("Nynorsk", nynorsk.check),
    ("Lesbarhet", readability.check),
    ("HTML og bilder", lambda context: context.site.warnings),
)


def check(
    root: Path, site: content.Site, today: dt.date, *, site_address: str = ""
) -> list[Problem]:
    """What is wrong or worth a look in the content of the project at `root`: mistakes first.

    `site` may lack what could not be read. `site_address` is where the site will stand, if known.
    """
    context = Context(root, site, today, site_address.rstrip("/"))
    found: dict[tuple[object, ...], Problem] = {}
    for subject, look in CHECKS:
        for problem in look(context):
            # A YAML text with several keys, by an anchor, is one text.
            place = (problem.file, problem.line or problem.key, problem.message, problem.found)
            found.setdefault(place, replace(problem, subject=subject))
    subjects = [subject for subject, _ in CHECKS]
    return sorted(
        found.values(), key=lambda p: (p.is_warning, p.is_warning * subjects.index(p.subject), p)
    )


def check_all(root: Path, today: dt.date, *, site_address: str = "") -> list[Problem]:
    """As `check`, with what is wrong where the content can't be read at all, in one list."""
    try:
        site, unreadable = content.read(root / "content")
    except content.ContentError as error:
        return error.problems
    try:
        place(root)
    except content.ContentError as error:
        unreadable += error.problems
    found = check(root, site, today, site_address=site_address)
    return [*sorted(set(unreadable)), *found]


def warnings(root: Path, today: dt.date, *, site_address: str = "") -> list[Problem]:
    """What is worth a look. Raises `ContentError` with all that is wrong, if anything is."""
    problems = check_all(root, today, site_address=site_address)
    mistakes = [problem for problem in problems if not problem.is_warning]
    if mistakes:
        raise content.ContentError(mistakes)
    return problems


def main(argv: Sequence[str]) -> int:
    """Check the content, tell what was found; the exit code is 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="check", description="Kontroller innholdet.")
    parser.parse_args(argv)
    problems = check_all(ROOT, today(), site_address=os.environ.get("SITE_ADDRESS", ""))
    print(report(problems, every=is_set("ALT")))
    print("Lenker til andre nettsteder kontrollerer du med «make check-links».")
    return int(any(not problem.is_warning for problem in problems))
