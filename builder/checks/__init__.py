"""Checks of the content that need no build: `make check`.

Mistakes stop a publish. Warnings are listed and counted: what an editor should look at one day.
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
from builder.checks.context import KEPT, LABEL, Check, Context
from builder.checks.found import name_of
from builder.checks.report import is_set, report, summary
from builder.content import Problem
from builder.content.load import PAGES
from builder.kit.cache import Store
from builder.kit.day import today
from builder.publish.targets import place

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

# What is looked for, in the order of the report, by what it is called there.
SUBJECTS = (
    *("Tall i tekstene", "Lenker", "Bilder", "Regneeksempler", "Datoer", "Kilder", "Nynorsk"),
    *("Lesbarhet", "HTML og bilder"),
)
# What depends on more than one folder; `found.OF_FOLDER` has the rest.
OF_SITE: dict[str, Check] = {
    "Tall i tekstene": lambda context: figures.check_elsewhere(
        context.site,
        context.found_in(PAGES).figures,
        ((c.scheme, context.found_in(name_of(c)).figures) for c in context.site.changes),
    ),
    "Lenker": links.check,
    "Datoer": dates.check,
    "HTML og bilder": lambda context: context.site.warnings,
}


def check(
    root: Path, site: content.Site, today: dt.date, *, site_address: str = "", label: str = ""
) -> list[Problem]:
    """What is wrong or worth a look in the content of the project at `root`: mistakes first.

    `site` may lack what could not be read. `site_address` is where the site will stand, if known.
    What is found in folders is kept below the project's `.cache`. With a `label`, progress is told.
    """
    store = Store(root / KEPT)
    context = Context(root, site, today, site_address.rstrip("/"), store, label)
    found: dict[tuple[object, ...], Problem] = {}
    for subject in SUBJECTS:
        of_folders = (of_folder.problems.get(subject, ()) for of_folder in context.found.values())
        of_site = OF_SITE[subject](context) if subject in OF_SITE else ()
        for problem in chain(*of_folders, of_site):
            # A YAML text with several keys, by an anchor, is one text.
            place = (problem.file, problem.line or problem.key, problem.message, problem.found)
            found.setdefault(place, replace(problem, subject=subject))
    order = {subject: number for number, subject in enumerate(SUBJECTS)}
    return sorted(
        found.values(), key=lambda p: (p.is_warning, p.is_warning * order[p.subject], *_order(p))
    )


def _order(problem: Problem) -> tuple[object, ...]:
    """As problems are ordered; to compare paths takes many times as long as their parts."""
    return (problem.file.parts, problem.line, problem.key, problem.message, problem.found)


type Read = tuple[content.Site, Sequence[Problem]]


def check_all(
    root: Path, today: dt.date, *, site_address: str = "", read: Read | None = None
) -> list[Problem]:
    """As `check`, with what is wrong where the content can't be read at all, in one list.

    `read` is what `content.read` gave, for whoever needs the content anyway. Progress is told.
    """
    if read is None:
        try:
            read = content.read(root / "content", keep=True)
        except content.ContentError as error:
            return error.problems
    site, unreadable = read[0], set(read[1])
    try:
        place(root)
    except content.ContentError as error:
        unreadable.update(error.problems)
    found = check(root, site, today, site_address=site_address, label=LABEL)
    return [*sorted(unreadable), *found]


def warnings(problems: list[Problem]) -> list[Problem]:
    """What is only worth a look, if all is. Raises `ContentError` with all that is wrong."""
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
