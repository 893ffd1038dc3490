"""`make bench-build`: how fast the site is built, beside stock Pelican and Hugo.

Prints tables and writes them to docs/bench-build.md. Times are of the machine and the moment, so
nothing here fails for being slow.
"""

import argparse
import datetime as dt
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from builder.commands.steps import ROOT, SetupError
from tests.bench_build import ours, processes, rivals, schemes
from tests.bench_build.processes import Run
from tests.bench_build.schemes import Scheme
from tests.bench_build.table import (
    CONTENDERS,
    HUGO,
    LABELS,
    OURS,
    PELICAN,
    Measurements,
    markdown,
)
from tests.measuring import say

REPORT = ROOT / "docs/bench-build.md"
SIZES = (100, 300, 1000)
# Medians of fewer are not worth keeping.
LEAST_RUNS = 3
# With fewer, none of the scheme that changes is among them.
LEAST_SCHEMES = 5


def main(argv: Sequence[str]) -> int:
    """Measure and report; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="bench_build", description="Mål bygget av nettstedet mot vanlig Pelican og Hugo."
    )
    parser.add_argument(
        "--runs",
        type=int,
        default=os.environ.get("RUNS") or LEAST_RUNS,
        help=f"antall målinger; tabellen lagres når det er {LEAST_RUNS} eller flere av alt",
    )
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=os.environ.get("SIZES") or ",".join(map(str, SIZES)),
        help="antall ordninger, med komma mellom",
    )
    parser.add_argument(
        "--only",
        type=_contenders,
        default=os.environ.get("ONLY") or ",".join(CONTENDERS),
        help=f"hva som skal måles, med komma mellom: {', '.join(CONTENDERS)}",
    )
    options = parser.parse_args(argv)
    if options.runs < 1:
        parser.error("det må være minst én måling")
    # So that programs are ended and what was made is deleted then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        only = [name for name in options.only if name != HUGO or _has_hugo()]
        measured = measure(options.sizes, options.runs, only)
    except (processes.ProgramError, ours.NotTheSameWorkError) as error:
        say(str(error))
        return 1
    report = markdown(measured, _versions(only), dt.datetime.now().astimezone().date())
    print(report)
    if options.runs < LEAST_RUNS or options.sizes != SIZES or set(only) != set(CONTENDERS):
        say("Ikke alt er målt, eller for få ganger: tabellen er ikke lagret.")
    else:
        REPORT.write_text(report, "utf-8")
        say(f"Lagret i {REPORT.relative_to(ROOT)}.")
    return 0


def measure(sizes: Sequence[int], runs: int, only: Collection[str]) -> Measurements:
    """Measure the contenders, all in turn in each run: a machine that is busy is so for all."""
    measured = Measurements()
    scratch = ROOT / ".cache/bench-build"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=scratch) as name:
        work = Path(name)
        made = {size: _make(work / str(size), size, only, measured) for size in sizes}
        project = None
        if OURS in only:
            say("Bygger med én ordning, for det som ikke avhenger av dem …")
            project = ours.Project(work / "project")
        for run in range(1, runs + 1):
            for size, of in made.items():
                for what, done, pages in _builds(work / str(size), of, run, only, project):
                    measured.runs.setdefault((what, size), []).append(done)
                    measured.html.setdefault((what, size), pages)
                    time = f"{done.seconds:.1f}".replace(".", ",")
                    say(f"Runde {run} av {runs}, {size} ordninger, {LABELS[what]}: {time} s")
    return measured


def _make(folder: Path, size: int, only: Collection[str], measured: Measurements) -> list[Scheme]:
    """Write content of that size, and the rivals' projects of it."""
    say(f"Lager innhold med {size} ordninger …")
    content = folder / ours.CONTENT
    made = schemes.write(ROOT / ours.CONTENT, content, size)
    measured.markdown[size] = sum(len(list((content / of.slug).glob("*.md"))) for of in made)
    if PELICAN in only:
        rivals.write_pelican(content, made, folder / PELICAN)
    if HUGO in only:
        rivals.write_hugo(content, made, folder / HUGO)
    return made


def _builds(
    folder: Path,
    made: list[Scheme],
    run: int,
    only: Collection[str],
    project: ours.Project | None,
) -> Iterator[tuple[str, Run, int]]:
    """Each build once: its name, its time and memory, and the number of HTML pages after it."""
    if PELICAN in only:
        yield PELICAN, *rivals.build(rivals.pelican(), folder / PELICAN)
    if HUGO in only:
        yield HUGO, *rivals.build(rivals.hugo(rivals.install_hugo()), folder / HUGO)
    if project is not None:
        for what, done in project.measure(folder / ours.CONTENT, made, run):
            yield what, done, project.html_pages()
        project.delete()


def _has_hugo() -> bool:
    try:
        rivals.install_hugo()
    except SetupError as error:
        say(f"Måler uten Hugo. {error}")
        return False
    return True


def _versions(only: Collection[str]) -> dict[str, str]:
    """The versions of the measured programs, by name."""
    versions = {"Python": platform.python_version(), "Pelican": version("pelican")}
    if HUGO in only:
        versions["Hugo"] = rivals.hugo_version()
    return versions


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(sorted({int(part) for part in text.split(",")}))
    if sizes[0] < LEAST_SCHEMES:
        raise argparse.ArgumentTypeError(f"det må være minst {LEAST_SCHEMES} ordninger")
    return sizes


def _contenders(text: str) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in text.split(","))
    unknown = [name for name in chosen if name not in CONTENDERS]
    if unknown:
        raise argparse.ArgumentTypeError(f"ukjent: {', '.join(unknown)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
