"""The measurements as a table in Markdown, with an explanation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from tests import measuring
from tests.bench.browser import Answer, Visit
from tests.measuring import ratio, reached, spread

OURS, PYSCRIPT, STOCK, FLOOR = "ours", "pyscript", "stock", "floor"
NAMES = {OURS: "this site", PYSCRIPT: "PyScript", STOCK: "stock Pyodide", FLOOR: "floor"}
FIRST, AGAIN, LATER = "first", "again", "later"
FAST, SLOW = "fast", "slow"
UNLIMITED, SIXTY = "unlimited", "60 Hz"


@dataclass(frozen=True, slots=True)
class Versions:
    """What was measured."""

    browser: str
    pyodide: str
    pyscript: str


@dataclass(slots=True)
class Measurements:
    """All that was measured, by variant: visits by line and occasion, answers by frame rate."""

    visits: dict[tuple[str, str, str], list[Visit]] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)

    def numbers(
        self, line: str, occasion: str, number: Callable[[Visit], float]
    ) -> dict[str, list[float]]:
        """One number of each visit, by variant."""
        return {
            variant: [number(visit) for visit in self.visits[variant, line, occasion]]
            for variant in NAMES
        }


def percentile_95(numbers: Sequence[float]) -> float:
    """What 95 % of the numbers are within."""
    return quantiles(numbers, n=20, method="inclusive")[-1]


def markdown(
    measured: Measurements, versions: Versions, megabits: float, round_trip: float, changes: int
) -> str:
    """The whole report."""
    runs = len(measured.visits[OURS, FAST, FIRST])
    head = ["", *NAMES.values(), "ours / PyScript", "ours / stock", "aim", "reached"]
    slow = f"{megabits:g} Mbit/s, {round_trip * 1000:g} ms"
    rows = [
        _times(measured, "first visit, ms", FAST, FIRST, 0.35),
        _times(measured, "again, ms", FAST, AGAIN, 0.25),
        _times(measured, "again after a restart, ms", FAST, LATER),
        _times(measured, f"first visit, {slow}, ms", SLOW, FIRST, 0.6),
        _times(measured, f"again, {slow}, ms", SLOW, AGAIN),
        _bytes(measured, "first visit, MB to the answer", FIRST, lambda v: v.bytes_to_answer),
        _bytes(measured, "first visit, MB in all", FIRST, lambda v: v.bytes_in_all),
        _bytes(measured, "again, MB in all", AGAIN, lambda v: v.bytes_in_all),
        _long_tasks(measured),
        _answers(measured, "change to answer, ms", UNLIMITED, lambda answer: answer.in_page),
        _answers(measured, "– and painted at once, ms", UNLIMITED, lambda a: a.painted, 16),
        _answers(measured, "– and painted at 60 Hz, ms", SIXTY, lambda answer: answer.painted),
    ]
    return f"""\
{measuring.table(head, rows)}

Chromium {versions.browser}, Pyodide {versions.pyodide} in all, PyScript {versions.pyscript};
{measuring.machine()};
{runs} runs, all pages in turn in each. Medians, with the least and the most in brackets. Ratios are
of medians.

- **What is measured:** the time from the start of the navigation until the answer to a filled-in
  form is painted. All pages run the same `calc` on the same case, behind Caddy with brotli and the
  same caching. *This site* is the built calculator page with all that belongs to it; the others
  are bare pages with a form. *PyScript* is `<script type="py">` on the main thread, all its files
  from the same server, calc's plain wheel by `files`. *Stock Pyodide* is its npm package as it is,
  in a module worker, calc's plain wheel by `loadPackage`. The *floor* fetches and compiles the
  same `pyodide.asm.wasm` in a worker, and runs nothing.
- **First visit:** a new browser with an empty profile. **Again:** another page in the same browser
  when the first has been closed; *after a restart*, in a browser with the same profile that was
  closed and started again. The line is the machine's own, or slowed down for all that the browser
  fetches: {megabits:g} Mbit/s each way and {round_trip * 1000:g} ms there and back.
- **MB** are heads and bodies of answers as sent, counted on the slow line: until the answer is
  there, and until the browser is at rest.
- **Long tasks** hold up the main thread for more than 50 ms between the beginning of loading Python
  and the painted answer: how many visits had one, and the longest. The others load at once.
- **Change to answer:** {changes} changes in each run of one field on a page that is ready, one
  after the other, from the input event until the answer is in the page, and until it is painted:
  median, and what 95 % are within.
  *At once* is the work itself: a frame is made as soon as there is something to show. At *60 Hz* a
  finished answer also waits for the screen's next tick, up to 17 ms.
"""


def _times(
    measured: Measurements, label: str, line: str, occasion: str, aim: float | None = None
) -> list[str]:
    numbers = measured.numbers(line, occasion, lambda visit: visit.milliseconds)
    cells = [spread(n) for n in numbers.values()]
    ratios = _ratios({variant: median(n) for variant, n in numbers.items()})
    if aim is None:
        return [label, *cells, *map(ratio, ratios), "", ""]
    return [label, *cells, *map(ratio, ratios), f"≤ {aim} of PyScript", reached(ratios[0] <= aim)]


def _bytes(
    measured: Measurements, label: str, occasion: str, number: Callable[[Visit], float]
) -> list[str]:
    medians = {
        variant: median(n) for variant, n in measured.numbers(SLOW, occasion, number).items()
    }
    cells = [f"{n / 1e6:.3f}" for n in medians.values()]
    return [label, *cells, *map(ratio, _ratios(medians)), "", ""]


def _long_tasks(measured: Measurements) -> list[str]:
    cells = []
    for variant in NAMES:
        visits = [v for (name, _, _), of in measured.visits.items() if name == variant for v in of]
        held_up = [max(v.long_tasks) for v in visits if v.long_tasks]
        longest = f", {max(held_up):.0f} ms" if held_up else ""
        cells.append(f"{len(held_up)} of {len(visits)}{longest}")
    return ["visits with long tasks", *cells, "", "", "none", reached(cells[0].startswith("0 "))]


def _answers(
    measured: Measurements,
    label: str,
    frames: str,
    number: Callable[[Answer], float],
    aim: float | None = None,
) -> list[str]:
    times = {v: list(map(number, measured.answers[v, frames])) for v in NAMES if v != FLOOR}
    cells = [f"{median(n):.1f} / {percentile_95(n):.1f}" for n in times.values()]
    ratios = _ratios({variant: median(n) for variant, n in times.items()})
    of_aim = ["", ""]
    if aim is not None:
        of_aim = [f"95 % ≤ {aim}", reached(percentile_95(times[OURS]) <= aim)]
    return [label, *cells, "", *map(ratio, ratios), *of_aim]


def _ratios(numbers: Mapping[str, float]) -> tuple[float, float]:
    return numbers[OURS] / numbers[PYSCRIPT], numbers[OURS] / numbers[STOCK]
