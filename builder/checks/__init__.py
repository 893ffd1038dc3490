"""Checks of the content that need no build: `make check`.

Mistakes stop a publish. Warnings are listed and counted, for an editor to look at one day.
"""

import argparse
import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from builder import content
from builder.checks import dates, figures, links
from builder.checks.context import KIND, LABEL, Check, Context
from builder.checks.findings import change_name
from builder.checks.report import report, summary
from builder.content import Problem, publish_settings
from builder.content.files import PAGES
from builder.kit.environment import is_set, today
from builder.kit.store import CACHE, Store

__all__ = [
    "SUBJECTS",
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

# The subjects of the checks, as the report names them, in its order.
SUBJECTS = (
    *("Tall i tekstene", "Lenker", "Bilder", "Regneeksempler", "Datoer", "Kilder", "Nynorsk"),
    *("Lesbarhet", "HTML og bilder"),
)
# The checks that depend on more than one folder; all others are in `findings.FOLDER_CHECKS`.
SITE_CHECKS: dict[str, Check] = {
    "Tall i tekstene": lambda context: figures.check_elsewhere(
        context.site,
        context.findings_in(PAGES).figures,
        ((c.scheme, context.findings_in(change_name(c)).figures) for c in context.site.changes),
    ),
    "Lenker": links.check,
    "Datoer": dates.check,
    "HTML og bilder": lambda context: context.site.warnings,
}


def check(
    root: Path, site: content.Site, today: dt.date, *, site_address: str = "", label: str = ""
) -> list[Problem]:
    """All mistakes in the content of the project at `root`, then all warnings by subject.

    `site` is the content, perhaps without parts that could not be read. `site_address` is the
    address of the site, empty where it is not known. Findings in folders are cached below the
    project's `.cache`. With a `label`, progress is reported under it.
    """
    store = Store(root / CACHE, KIND)
    context = Context(root, site, today, site_address.rstrip("/"), store, label)
    problems: dict[tuple[object, ...], Problem] = {}
    for subject in SUBJECTS:
        of_folders = (findings.problems.get(subject, ()) for findings in context.findings.values())
        of_site = SITE_CHECKS[subject](context) if subject in SITE_CHECKS else ()
        for problem in chain(*of_folders, of_site):
            # A text of YAML that stands under several keys, by an anchor, is reported once.
            same = (problem.file, problem.line or problem.key, problem.message, problem.found)
            problems.setdefault(same, replace(problem, subject=subject))
    order = {subject: number for number, subject in enumerate(SUBJECTS)}
    return sorted(
        problems.values(), key=lambda p: (p.is_warning, p.is_warning * order[p.subject], *_order(p))
    )


def _order(problem: Problem) -> tuple[object, ...]:
    """The key for sorting problems; the parts of a path compare far quicker than the path."""
    return (problem.file.parts, problem.line, problem.key, problem.message, problem.found)


type Read = tuple[content.Site, Sequence[Problem]]
"""The result of `content.read`."""


def check_all(
    root: Path, today: dt.date, *, site_address: str = "", read: Read | None = None
) -> list[Problem]:
    """All problems in the content: first the problems of reading it, then the result of `check`.

    `read` is the result of `content.read` where the caller has it; else the content is read here.
    Progress is reported.
    """
    if read is None:
        try:
            read = content.read(root / "content", cached=True)
        except content.ContentError as error:
            return error.problems
    site, unreadable = read[0], set(read[1])
    try:
        publish_settings.address(root)
    except content.ContentError as error:
        unreadable.update(error.problems)
    return [
        *sorted(unreadable),
        *check(root, site, today, site_address=site_address, label=LABEL),
    ]


def warnings(problems: list[Problem]) -> list[Problem]:
    """The problems, where all are warnings. Raises `ContentError` with the mistakes else."""
    mistakes = [problem for problem in problems if not problem.is_warning]
    if mistakes:
        raise content.ContentError(mistakes)
    return problems


def main(argv: Sequence[str]) -> int:
    """Check the content and print a report; the exit code is 1 where there is a mistake."""
    parser = argparse.ArgumentParser(prog="check", description="Kontroller innholdet.")
    parser.parse_args(argv)
    problems = check_all(ROOT, today(), site_address=os.environ.get("SITE_ADDRESS", ""))
    print(report(problems, every=is_set("ALT")))
    print("Lenker til andre nettsteder kontrollerer du med «make check-links».")
    return int(any(not problem.is_warning for problem in problems))
