"""Functions for all measurements: reports of progress, and tables in Markdown."""

import os
import platform
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from statistics import median


def say(text: str) -> None:
    """Tell how far it has come (on stderr: stdout is for the table)."""
    print(text, file=sys.stderr, flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], words: Collection[int] = (0,)) -> str:
    """A table in Markdown, numbers to the right; `words` are the columns that have none."""
    dashes = ["---" if column in words else "---:" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, dashes, *rows))


def spread(numbers: Sequence[float], digits: int = 0) -> str:
    """The median, with the least and the most in brackets."""
    return f"{median(numbers):.{digits}f} ({min(numbers):.{digits}f}–{max(numbers):.{digits}f})"


def ratio(number: float) -> str:
    """A ratio, as exact as measurements are."""
    return f"{number:.2f}"


def reached(is_reached: bool) -> str:
    """Whether an aim is reached."""
    return "yes" if is_reached else "no"


def machine() -> str:
    """What was measured on, and how busy it was."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors ({_processor()}),"
        f" {gigabytes:.0f} GB of memory, load average of the last 15 minutes"
        f" {os.getloadavg()[2]:.1f}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
