"""The measurements as tables in Markdown, with an explanation of each."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean, median

from tests import measuring
from tests.bench_build.ours import BASE, DAY, FIRST, KEPT, KIND, NOTHING, PAGE, RATE
from tests.bench_build.processes import Run
from tests.measuring import ratio, reached, spread

OURS, PELICAN, HUGO = "ours", "pelican", "hugo"
CONTENDERS = (OURS, PELICAN, HUGO)
LABELS = {
    PELICAN: "stock Pelican",
    HUGO: "Hugo",
    FIRST: "this site, nothing kept",
    KEPT: "this site, the runtime kept",
    NOTHING: "– after no change",
    DAY: "– the next day",
    PAGE: "– after one changed page",
    RATE: "– after one changed rate",
    KIND: "– after a changed template of one kind of page",
    BASE: "– after a changed template of all pages",
}
# What we were measured on.
OCCASIONS = tuple(name for name in LABELS if name not in (PELICAN, HUGO))
# Those that make all pages from the content.
FULL = (PELICAN, HUGO, FIRST, KEPT)
# The size that aims are for, and what they are.
AIMED_AT = 1000
PART_OF_PELICAN = 0.5
MOST_BYTES = 1e9
# Twice as many schemes then take at most 2.14 times as long.
MOST_GROWTH = 1.1


@dataclass(slots=True)
class Measurements:
    """All that was measured: the runs by what was run and for how many schemes.

    `markdown` are the Markdown pages of as many schemes, and `html` the pages that were written, by
    what was run (for us: `FIRST`).
    """

    runs: dict[tuple[str, int], list[Run]] = field(default_factory=dict)
    markdown: dict[int, int] = field(default_factory=dict)
    html: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def sizes(self) -> list[int]:
        """For how many schemes, the fewest first."""
        return sorted({size for _, size in self.runs})

    def has(self, *names: str) -> bool:
        """Whether all these were run."""
        return all((name, size) in self.runs for name in names for size in self.sizes)

    def seconds(self, name: str, size: int) -> float:
        """The median."""
        return median(run.seconds for run in self.runs[name, size])

    def peak(self, name: str, size: int) -> float | None:
        """The most memory of all runs, in bytes; None where it is not known."""
        peaks = [run.peak for run in self.runs[name, size]]
        return None if None in peaks else max(peak for peak in peaks if peak is not None)

    def growth(self, name: str) -> float | None:
        """By which power of the number of schemes the time grows: 1 is twice for twice as many."""
        return exponent({size: self.seconds(name, size) for size in self.sizes})

    def written(self, name: str, size: int) -> int:
        """How many pages a full build wrote."""
        return self.html[FIRST if name == KEPT else name, size]


def exponent(seconds: Mapping[int, float]) -> float | None:
    """The slope of times by sizes, both as logarithms: a line as near to all as can be."""
    if len(seconds) < 2:
        return None
    points = [(math.log(size), math.log(time)) for size, time in seconds.items()]
    x, y = fmean(x for x, _ in points), fmean(y for _, y in points)
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


@dataclass(frozen=True, slots=True)
class Aim:
    """An aim, the measurement, and whether the aim is reached."""

    text: str
    measured: str
    is_reached: bool

    @property
    def row(self) -> list[str]:
        """The cells of the table."""
        return [self.text, self.measured, reached(self.is_reached)]


def aims(measured: Measurements) -> list[Aim]:
    """The aims whose measurements are there."""
    if AIMED_AT not in measured.sizes:
        return []
    found: list[Aim] = []
    for name in (FIRST, KEPT):
        if measured.has(name, PELICAN):
            found += _aims_by_page(measured, name)
    for name, change in ((PAGE, "one changed page"), (RATE, "one changed rate")):
        if measured.has(name, HUGO):
            part = measured.seconds(name, AIMED_AT) / measured.seconds(HUGO, AIMED_AT)
            text = f"after {change}: less than Hugo's full build"
            found.append(Aim(text, f"{ratio(part)} of it", part < 1))
    peaks = [measured.peak(name, AIMED_AT) for name in OCCASIONS if measured.has(name)]
    if peaks and None not in peaks:
        most = max(peak for peak in peaks if peak is not None)
        found.append(Aim("memory of any build < 1 GB", f"{_megabytes(most)} MB", most < MOST_BYTES))
    # With the runtime, the time would grow less: it takes as long for any number of schemes.
    growth = measured.growth(KEPT) if measured.has(KEPT) else None
    if growth is not None:
        *_, before, last = measured.sizes
        end = exponent({size: measured.seconds(KEPT, size) for size in (before, last)})
        assert end is not None
        text = f"time grows as the number of schemes does (exponent ≤ {MOST_GROWTH})"
        both = f"{ratio(growth)}; {ratio(end)} from {_number(before)} to {_number(last)}"
        found.append(Aim(text, both, max(growth, end) <= MOST_GROWTH))
    return found


def _aims_by_page(measured: Measurements, name: str) -> list[Aim]:
    """Twice: by the pages that were written in Markdown, and by those that were made."""
    part = measured.seconds(name, AIMED_AT) / measured.seconds(PELICAN, AIMED_AT)
    ours, theirs = (measured.written(which, AIMED_AT) for which in (name, PELICAN))
    of = LABELS[name].removeprefix("this site, ")
    text = f"full build, {of}, time per {{}} page: ≤ {PART_OF_PELICAN} of stock Pelican"
    return [
        Aim(text.format("Markdown"), ratio(part), part <= PART_OF_PELICAN),
        Aim(
            text.format("HTML"),
            ratio(part * theirs / ours),
            part * theirs / ours <= PART_OF_PELICAN,
        ),
    ]


def markdown(measured: Measurements, versions: Mapping[str, str], day: dt.date) -> str:
    """The whole report; `versions` are those of all that ran, by name."""
    sizes, largest = measured.sizes, measured.sizes[-1]
    names = [name for name in LABELS if measured.has(name)]
    per_scheme = ", ".join(
        f"{_number(n)} for {_number(size)}" for size, n in sorted(measured.markdown.items())
    )
    runs = min(map(len, measured.runs.values()))
    head = ["seconds", *map(_number, sizes), "of Pelican", "of Hugo", "growth", "MB of memory"]
    times = measuring.table(head, [_times(measured, name) for name in names])
    head = [
        f"full builds, {_number(largest)} schemes",
        "pages written",
        "ms per page written",
        "ms per Markdown page",
    ]
    per_page = measuring.table(head, [_per_page(measured, name) for name in names if name in FULL])
    rows = [aim.row for aim in aims(measured)]
    judged = f"The aims are for {_number(AIMED_AT)} schemes, so none can be judged."
    if rows:
        judged = measuring.table(["aim", "measured", "reached"], rows, words=(0, 1, 2))
    return f"""\
{times}

{per_page}

{judged}

{", ".join(f"{name} {version}" for name, version in versions.items())};
{measuring.machine()};
{day}, {runs} runs, all in turn in each. Medians, with the least and the most in brackets; ratios
are of medians for {_number(largest)} schemes, and memory is the most of all runs for as many.

- **What is measured:** the time from the start of a program until it has ended, with made-up
  content of as many schemes as stands above each column (Markdown pages: {per_scheme}).
  Pages are of 4 kB with headings, lists and a table; schemes have rules, worked examples, deadlines
  and published changes.
- **This site** is `make site`, set up beforehand: the content is checked, all pages are made, and
  so are calculators, files of rules, calendars, feeds, open data, earlier addresses, the search
  index and compressed copies; then all links and sizes are checked. *Nothing kept*: `.cache` and
  `output` are deleted, so Python for the browser is packaged anew too. *The runtime kept*: so are
  the style sheets and what else does not depend on the schemes. *The next day*: nothing is changed.
  The changes are made one after the other, after that build.
- **Stock Pelican** and **Hugo** make the same Markdown into pages with a small template: heading,
  description, navigation, text. They check nothing, make nothing else, and keep nothing.
- **Growth** is the power of the number of schemes that the time grows by, fitted to all sizes: at
  1, twice as many schemes take twice as long. What takes as long for any number makes it less.
- **Memory** is the most that the program and all it started had at a time, what they share counted
  once (PSS, as Linux tells it), looked at many times a second.
"""


def _times(measured: Measurements, name: str) -> list[str]:
    cells = [
        spread([run.seconds for run in measured.runs[name, size]], 1) for size in measured.sizes
    ]
    ratios = [_part(measured, name, other) for other in (PELICAN, HUGO)]
    growth, peak = measured.growth(name), measured.peak(name, measured.sizes[-1])
    return [
        LABELS[name],
        *cells,
        *ratios,
        "" if growth is None else ratio(growth),
        "not measured" if peak is None else _megabytes(peak),
    ]


def _part(measured: Measurements, name: str, other: str) -> str:
    if not measured.has(other) or name in (PELICAN, HUGO):
        return ""
    largest = measured.sizes[-1]
    return ratio(measured.seconds(name, largest) / measured.seconds(other, largest))


def _per_page(measured: Measurements, name: str) -> list[str]:
    largest = measured.sizes[-1]
    milliseconds = measured.seconds(name, largest) * 1000
    written = measured.written(name, largest)
    by_each = (milliseconds / pages for pages in (written, measured.markdown[largest]))
    return [LABELS[name], _number(written), *(f"{time:.2f}" for time in by_each)]


def _megabytes(number: float) -> str:
    return _number(round(number / 1e6))


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
