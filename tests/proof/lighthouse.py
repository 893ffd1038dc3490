"""`make lighthouse`: Lighthouse's scores of three pages, as a phone on a slow line.

Prints a table and writes it to docs/lighthouse.md. Scores of accessibility, best practices and
search are the same on every machine, and must be 100. The score of performance depends on the
machine and the moment too, so only a score below Lighthouse's own limit of "good" is a failure.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from builder import content
from builder.commands.serve import serve_folder
from builder.commands.steps import SetupError
from builder.kit.environment import NodeMissingError, node_command
from builder.kit.ports import ServeError
from builder.site.build import BuildError
from tests import building, measuring, npm
from tests.conftest import BUILD_DATE, CHROMIUM_ARGUMENTS
from tests.measuring import say, spread
from tests.programs import find_chromium

ROOT = npm.ROOT
REPORT = ROOT / "docs/lighthouse.md"
# A front page, a page to read, and one to use.
PAGES = ("/", "/oppfolging-voksne/", "/oppfolging-voksne/kalkulator/")
EXACT = ("accessibility", "best-practices", "seo")
PERFORMANCE = "performance"
FULL = 100
# What we want, and what Lighthouse calls good.
AIM, GOOD = 98, 90
RUNS = 3
# On a busy machine the record of a visit is now and then lost; Lighthouse asks to be run again.
ATTEMPTS = 3
NAMES = {
    PERFORMANCE: "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "search",
}
TIMES = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "total-blocking-time": "blocking time",
}


class LighthouseError(Exception):
    """Lighthouse did not get through; the text holds what it said."""


@dataclass(frozen=True, slots=True)
class Report:
    """What Lighthouse says of one visit: scores of 100, times in milliseconds, and complaints."""

    scores: Mapping[str, int]
    times: Mapping[str, float]
    complaints: tuple[str, ...]
    version: str


def look(chromium: str, url: str, categories: Sequence[str]) -> Report:
    """Visit a page in a new browser, as Lighthouse does if nothing else is asked of it."""
    for _ in range(ATTEMPTS - 1):
        try:
            return _look(chromium, url, categories)
        except LighthouseError as error:
            say(str(error))
    return _look(chromium, url, categories)


def _look(chromium: str, url: str, categories: Sequence[str]) -> Report:
    modules = npm.install(Path(__file__).parent, "proof")
    command = [*node_command(), str(modules / "lighthouse/cli/index.js"), url]
    flags = " ".join(["--headless=new", *CHROMIUM_ARGUMENTS])
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        done = subprocess.run(
            [
                *command,
                *("--output", "json", "--output-path", f"{folder}/report.json", "--quiet"),
                *("--no-enable-error-reporting", f"--chrome-flags={flags}"),
                f"--only-categories={','.join(categories)}",
            ],
            env={**os.environ, "CHROME_PATH": chromium, "TMPDIR": folder},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        if done.returncode != 0:
            raise LighthouseError(f"{url}\n{done.stdout}{done.stderr}")
        report = json.loads(Path(folder, "report.json").read_text("utf-8"))
    if "runtimeError" in report:
        raise LighthouseError(f"{url}\n{report['runtimeError']['message']}")
    return Report(
        scores={
            name: round(category["score"] * FULL) for name, category in report["categories"].items()
        },
        times={
            name: report["audits"][name]["numericValue"]
            for name in TIMES
            if name in report["audits"]
        },
        complaints=tuple(_complaints(report, EXACT)),
        version=report["lighthouseVersion"],
    )


def _complaints(report: Mapping[str, Any], categories: Sequence[str]) -> Iterator[str]:
    for name in categories:
        for reference in report["categories"].get(name, {}).get("auditRefs", ()):
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                items = json.dumps(audit.get("details", {}).get("items", []), ensure_ascii=False)
                yield f"{name}: {audit['title']}: {items}"


@contextmanager
def served_as_published() -> Iterator[str]:
    """Serve the site built with the address it is served at, which its pages then name."""
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        built = Path(folder, "site")
        built.mkdir()
        with serve_folder(built) as address:
            os.environ["BUILD_DATE"], os.environ["SITE_ADDRESS"] = BUILD_DATE, address
            building.build(ROOT, built)
            yield address


def main(argv: Sequence[str]) -> int:
    """Build, measure and report; return the exit code."""
    parser = argparse.ArgumentParser(prog="lighthouse", description="Mål sidene med Lighthouse.")
    parser.add_argument("--runs", type=int, default=RUNS, help="antall besøk på hver side")
    runs = parser.parse_args(argv).runs
    if runs < 1:
        parser.error("det må være minst ett besøk")
    # So that servers and browsers are stopped then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        chromium = find_chromium()
        reports: dict[str, list[Report]] = {page: [] for page in PAGES}
        with served_as_published() as address:
            for run in range(1, runs + 1):
                say(f"Måler, runde {run} av {runs} …")
                for page, of_page in reports.items():
                    of_page.append(look(chromium, address + page, [PERFORMANCE, *EXACT]))
    except (
        SetupError,
        NodeMissingError,
        BuildError,
        content.ContentError,
        ServeError,
        npm.InstallError,
        LighthouseError,
    ) as error:
        say(str(error))
        return 1
    table = markdown(reports)
    print(table)
    if runs < RUNS:
        say(f"Færre enn {RUNS} besøk: tabellen er ikke lagret.")
    else:
        REPORT.write_text(table, "utf-8")
        say(f"Lagret i {REPORT.relative_to(ROOT)}.")
    found = problems(reports)
    for problem in found:
        say(problem)
    return 1 if found else 0


def problems(reports: Mapping[str, Sequence[Report]]) -> list[str]:
    """What must not be so on any machine."""
    found = [
        f"{page}: {complaint}"
        for page, of_page in reports.items()
        for complaint in sorted({text for report in of_page for text in report.complaints})
    ]
    for page, of_page in reports.items():
        found += [
            f"{page}: {NAMES[name]} {least}, ikke {FULL}"
            for name in EXACT
            if (least := min(report.scores[name] for report in of_page)) < FULL
        ]
        performance = median(report.scores[PERFORMANCE] for report in of_page)
        if performance < GOOD:
            found.append(f"{page}: {NAMES[PERFORMANCE]} {performance:.0f}, under {GOOD}")
    return found


def markdown(reports: Mapping[str, Sequence[Report]]) -> str:
    """The table: a row a page, medians, and for performance the least and the most."""
    head = ["page", *NAMES.values(), *(f"{name}, ms" for name in TIMES.values()), "aim"]
    rows = []
    for page, of_page in reports.items():
        performance = [report.scores[PERFORMANCE] for report in of_page]
        middle = median(performance)
        rows.append(
            [
                f"`{page}`",
                spread(performance),
                *(str(min(report.scores[name] for report in of_page)) for name in EXACT),
                *(f"{median(report.times[name] for report in of_page):.0f}" for name in TIMES),
                f"performance ≥ {AIM}: {'reached' if middle >= AIM else 'not reached'}",
            ]
        )
    table = measuring.table(head, rows, words=(0, len(head) - 1))
    (version,) = {report.version for of_page in reports.values() for report in of_page}
    runs = len(next(iter(reports.values())))
    return f"""{table}

Lighthouse {version}, as it comes: a phone, with a simulated slow line and processor. {runs} visits
to each page, all pages in turn, each in a new browser; medians, with the least and the most of
performance in brackets, and the least of the other scores.
{measuring.machine()}.
The site was built with its own address and served by Caddy with its own headers, on this machine.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
