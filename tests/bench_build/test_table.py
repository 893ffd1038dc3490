"""The tables: the aims that are reached, and the rows without a measurement."""

import datetime as dt
from collections.abc import Mapping

import pytest

from tests.bench_build import __main__ as command
from tests.bench_build import ours
from tests.bench_build.processes import Run
from tests.bench_build.table import (
    BASE,
    DAY,
    FIRST,
    HUGO,
    KEPT,
    KIND,
    LABELS,
    NOTHING,
    PAGE,
    PELICAN,
    RATE,
    Measurements,
    aims,
    exponent,
    markdown,
)

TODAY = dt.date(2026, 11, 22)
SIZES = (100, 300, 1000)
# Seconds for 1 000 schemes, where all aims are just reached.
REACHED = {
    PELICAN: 40.0,
    HUGO: 5.0,
    FIRST: 20.0,
    KEPT: 20.0,
    NOTHING: 1.0,
    DAY: 4.0,
    PAGE: 4.99,
    RATE: 4.99,
    KIND: 10.0,
    BASE: 20.0,
}
PEAK = 999_000_000


def measurements(
    seconds: Mapping[str, float] = REACHED,
    peak: int | None = PEAK,
    sizes: tuple[int, ...] = SIZES,
    power: float = 1,
) -> Measurements:
    """Three runs of each, the middle one as given for 1 000, growing by that power of the size."""
    measured = Measurements()
    for size in sizes:
        measured.markdown[size] = 12 * size
        for name, time in seconds.items():
            middle = time * (size / 1000) ** power
            measured.runs[name, size] = [Run(part * middle, peak) for part in (0.5, 3, 1)]
            measured.html[name, size] = (12 if name in (PELICAN, HUGO) else 18) * size
    return measured


def judged(measured: Measurements) -> list[bool]:
    return [aim.is_reached for aim in aims(measured)]


# In the order of the table: nothing kept, per Markdown and HTML page; the runtime kept, the same;
# a page, a rate, memory, growth.
ALL = [True] * 8


def test_all_aims_can_just_be_reached() -> None:
    assert judged(measurements()) == ALL


@pytest.mark.parametrize(
    ("name", "seconds", "missed"),
    [
        (FIRST, 20.1, [0]),
        (FIRST, 30, [0]),
        (FIRST, 30.1, [0, 1]),
        (KEPT, 20.1, [2]),
        (KEPT, 30.1, [2, 3]),
        (PAGE, 5, [4]),
        (RATE, 5, [5]),
        (PELICAN, 39, [0, 2]),
        (HUGO, 4.9, [4, 5]),
        (NOTHING, 100, []),
        (BASE, 100, []),
    ],
)
def test_a_missed_aim_is_reported(name: str, seconds: float, missed: list[int]) -> None:
    expected = [number not in missed for number in range(len(ALL))]
    assert judged(measurements({**REACHED, name: seconds})) == expected


def test_the_most_memory_of_any_of_our_builds_counts() -> None:
    measured = measurements()
    measured.runs[KIND, 1000][1] = Run(1, 1_000_000_000)
    assert judged(measured) == [*ALL[:6], False, True]
    measured = measurements()
    measured.runs[PELICAN, 1000][1] = Run(40, 2_000_000_000)
    measured.runs[KIND, 300][1] = Run(1, 2_000_000_000)
    assert judged(measured) == ALL


@pytest.mark.parametrize(("power", "is_reached"), [(0.8, True), (1.09, True), (1.11, False)])
def test_time_that_grows_faster_than_the_schemes_is_reported(
    power: float, is_reached: bool
) -> None:
    # As many seconds for 1 000: only the growth differs.
    assert judged(measurements(power=power)) == [*ALL[:-1], is_reached]


def test_time_that_grows_faster_only_at_the_end_is_reported() -> None:
    measured = measurements(power=0.5)
    measured.runs[KEPT, 300] = [Run(20 * 0.3**1.2, PEAK)]
    growth = measured.growth(KEPT)
    assert growth is not None
    assert growth < 1.1
    assert judged(measured) == [*ALL[:-1], False]


def test_the_exponent_is_that_of_a_power() -> None:
    assert exponent({10: 3.0, 100: 30.0, 1000: 300.0}) == pytest.approx(1)
    assert exponent({10: 1.0, 20: 4.0}) == pytest.approx(2)
    assert exponent({10: 5.0, 1000: 5.0}) == pytest.approx(0)
    assert exponent({10: 5.0}) is None


def test_an_aim_without_measurement_is_not_judged() -> None:
    without = {name: time for name, time in REACHED.items() if name != HUGO}
    assert len(aims(measurements(without))) == len(ALL) - 2
    assert len(aims(measurements(peak=None))) == len(ALL) - 1
    assert len(aims(measurements(sizes=(1000,)))) == len(ALL) - 1
    assert aims(measurements(sizes=(10, 30))) == []
    assert aims(measurements({HUGO: 5.0, PELICAN: 40.0})) == []


def test_the_report_has_every_measurement_and_aim() -> None:
    report = markdown(measurements(), {"Pelican": "4.12.0", "Hugo": "0.168.0"}, TODAY)
    rows = {
        cells[0]: cells[1:]
        for line in report.splitlines()
        if line.startswith("| ")
        for cells in [line.strip("| ").split(" | ")]
    }
    assert rows["– after one changed page"] == [
        *("0.5 (0.2–1.5)", "1.5 (0.7–4.5)", "5.0 (2.5–15.0)", "0.12", "1.00", "1.00", "999")
    ]
    assert rows["memory of any build < 1 GB"] == ["999 MB", "yes"]
    assert set(LABELS.values()) <= set(rows)
    assert "Pelican 4.12.0, Hugo 0.168.0;" in report
    assert f"{TODAY}, 3 runs" in report
    # Full builds have a second row: pages written, milliseconds for each, and for each of Markdown.
    assert "| this site, the runtime kept | 18\N{NO-BREAK SPACE}000 | 1.11 | 1.67 |" in report
    assert "| stock Pelican | 12\N{NO-BREAK SPACE}000 | 3.33 | 3.33 |" in report


def test_the_report_does_without_hugo_memory_and_aims() -> None:
    without = {name: time for name, time in REACHED.items() if name != HUGO}
    report = markdown(measurements(without, None, (10,)), {}, TODAY)
    assert "| Hugo |" not in report
    assert "| this site, nothing kept | 0.2 (0.1–0.6) | 0.50 |  |  | not measured |" in report
    assert "The aims are for 1\N{NO-BREAK SPACE}000 schemes" in report


# --- The command ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--runs", "0"], "det må være minst én måling"),
        (["--sizes", "4,100"], "det må være minst 5 ordninger"),
        (["--sizes", "mange"], "--sizes"),
        (["--only", "jekyll"], "ukjent: jekyll"),
    ],
)
def test_wrong_options_are_reported(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(arguments)
    assert message in capsys.readouterr().err


@pytest.mark.thorough
def test_a_part_is_measured_and_not_saved(capsys: pytest.CaptureFixture[str]) -> None:
    saved = command.REPORT.read_bytes() if command.REPORT.exists() else None
    assert command.main(["--sizes", "5", "--runs", "1", "--only", "pelican"]) == 0
    said = capsys.readouterr()
    assert "| stock Pelican | 60 |" in said.out
    assert "Runde 1 av 1, 5 ordninger, stock Pelican: " in said.err
    assert "tabellen er ikke lagret" in said.err
    assert saved == (command.REPORT.read_bytes() if command.REPORT.exists() else None)
    assert not list((command.ROOT / ".cache/bench-build").glob("work-*"))


# --- What is changed ---


@pytest.mark.parametrize("name", ours.TEMPLATES)
def test_the_templates_that_are_changed_can_be(name: str) -> None:
    template, where = ours.TEMPLATES[name]
    assert where in (command.ROOT / "theme/templates" / template).read_text("utf-8")
