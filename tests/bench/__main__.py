"""`make bench`: how fast the calculator is, beside PyScript and stock Pyodide.

Prints a table and writes it to docs/bench.md. Times are of the machine and the moment, so
nothing here fails for being slow.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import BrowserType, sync_playwright

from builder import content
from builder.commands.serve import serve_folder
from builder.commands.steps import SetupError
from builder.kit.ports import ServeError
from builder.site.build import BuildError
from tests import building, npm
from tests.bench import browser, pages
from tests.bench.network import slow_line
from tests.bench.table import (
    AGAIN,
    FAST,
    FIRST,
    FLOOR,
    LATER,
    NAMES,
    OURS,
    SIXTY,
    SLOW,
    UNLIMITED,
    Measurements,
    Versions,
    markdown,
)
from tests.conftest import BUILD_DATE
from tests.measuring import say
from tests.programs import find_chromium

REPORT = pages.ROOT / "docs/bench.md"
# Medians of fewer are not worth keeping.
LEAST_RUNS = 5
# The slow line.
MEGABITS, ROUND_TRIP = 10.0, 0.040
BYTES_PER_MEGABIT = 1e6 / 8
# In each run, on each page. Many in one browser: the first are slower than those that follow, since
# browsers compile again, and better, what is used most.
CHANGES = 100


def main(argv: Sequence[str]) -> int:
    """Build, measure and report; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="bench", description="Mål kalkulatoren mot PyScript og vanlig Pyodide."
    )
    parser.add_argument(
        "--runs",
        type=int,
        default=int(os.environ.get("RUNS") or LEAST_RUNS),
        help=f"antall målinger av hver side; tabellen lagres når det er {LEAST_RUNS} eller flere",
    )
    runs = parser.parse_args(argv).runs
    if runs < 1:
        parser.error("det må være minst én måling")
    # So that servers and browsers are stopped then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        report = _bench(runs)
    except (
        SetupError,
        BuildError,
        content.ContentError,
        ServeError,
        pages.ComparisonError,
        npm.InstallError,
        browser.NoAnswerError,
    ) as error:
        say(str(error))
        return 1
    print(report)
    if runs < LEAST_RUNS:
        say(f"Færre enn {LEAST_RUNS} målinger: tabellen er ikke lagret.")
    else:
        REPORT.write_text(report, "utf-8")
        say(f"Lagret i {REPORT.relative_to(pages.ROOT)}.")
    return 0


def _bench(runs: int) -> str:
    executable = find_chromium()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        # As the tests' site.
        os.environ["BUILD_DATE"] = BUILD_DATE
        os.environ.pop("SITE_ADDRESS", None)
        building.build(pages.ROOT, scratch / "site")
        say("Lager sidene som kalkulatoren måles mot …")
        comparison = pages.make(scratch / "site", scratch / "comparison")
        ours = stack.enter_context(serve_folder(scratch / "site"))
        others = stack.enter_context(pages.serve(comparison.folder))
        chromium = stack.enter_context(sync_playwright()).chromium
        versions = Versions(
            browser.version(chromium, executable), comparison.pyodide, comparison.pyscript
        )
        measured = Measurements()
        addresses = {
            variant: (ours, f"/{pages.CALCULATOR}") if variant == OURS else (others, page)
            for variant, page in ((name, f"/{name}.html") for name in NAMES)
        }
        for run in range(1, runs + 1):
            say(f"Måler, runde {run} av {runs} …")
            for line in (FAST, SLOW):
                for variant, (server, path) in addresses.items():
                    for occasion, visit in _visits(
                        chromium, executable, server, path, slow=line == SLOW
                    ).items():
                        measured.visits.setdefault((variant, line, occasion), []).append(visit)
            for frames, arguments in ((UNLIMITED, browser.UNLIMITED_FRAMES), (SIXTY, ())):
                for variant, (server, path) in addresses.items():
                    if variant == FLOOR:
                        continue
                    measured.answers.setdefault((variant, frames), []).extend(
                        _answers(chromium, executable, server + path, *arguments)
                    )
        _check_same_answers(measured)
    return markdown(measured, versions, MEGABITS, ROUND_TRIP, CHANGES)


def _visits(
    chromium: BrowserType, executable: str, server: str, path: str, *, slow: bool
) -> dict[str, browser.Visit]:
    """The first visit with a new profile, one soon after, and one in a browser started anew."""
    with ExitStack() as stack:
        profile = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="profile-")))
        if not slow:
            url = server + path
            first, again = browser.visits(chromium, executable, profile, url, 2)
            (later,) = browser.visits(chromium, executable, profile, url, 1)
            return {FIRST: first, AGAIN: again, LATER: later}
        line = stack.enter_context(slow_line(server, MEGABITS * BYTES_PER_MEGABIT, ROUND_TRIP))
        first, again = browser.visits(
            chromium, executable, profile, line.address + path, 2, lambda: line.received
        )
        return {FIRST: first, AGAIN: again}


def _answers(
    chromium: BrowserType, executable: str, url: str, *arguments: str
) -> list[browser.Answer]:
    """Answers on a page that is ready, in a browser with these arguments."""
    with tempfile.TemporaryDirectory(prefix="profile-") as profile:
        return browser.answer_times(
            chromium, executable, Path(profile), url, *arguments, changes=CHANGES
        )


def _check_same_answers(measured: Measurements) -> None:
    """What is compared must be the same work: every page shows the same plan."""
    shown = {
        visit.awards
        for (variant, _, _), visits in measured.visits.items()
        if variant != FLOOR
        for visit in visits
    }
    if len(shown) != 1:
        raise browser.NoAnswerError(f"the pages show different answers: {shown}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
