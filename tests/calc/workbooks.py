"""Reading the workbooks that calc makes, and asking for them with calc's own answer beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from calc.export import Page
from calc.messages import Catalogue
from calc.report import field_label
from calc.result import Result
from calc.workbook import content

PAGE = Page(
    address="https://example.org/oppfolging-voksne/kalkulator/",
    day=date(2026, 11, 22),
    version="0123456789abcdef",
)
MEASURES = ("share", "cost", "ceiling", "award", "own_funding", "training")

type Plan = list[dict[str, float | int | None]]
type Totals = dict[str, float | int | None]


def sheets(made: bytes, *, values: bool) -> dict[str, Worksheet]:
    """The sheets by name, with the values that are written, or with the formulas."""
    book = load_workbook(BytesIO(made), data_only=values)
    return {sheet.title: sheet for sheet in book.worksheets}


@dataclass
class Layout:
    """The rows and columns, from 1, of the plan and the answers on the sheet that calculates."""

    columns: dict[str, int]
    years: dict[int, int]
    sums: int | None
    inputs: dict[str, int]


def layout(sheet: Worksheet, result: Result, texts: Catalogue) -> Layout:
    """Find the plan and the answers by the labels that a reader sees."""
    labels = {texts.text(f"column.{m}"): m for m in ("year", *MEASURES)}
    labels[texts.text("workbook.own_share")] = "own_share"
    rows = list(sheet.iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if row[0] == texts.text("column.year"))
    columns = {labels[str(v)]: n for n, v in enumerate(rows[head], 1) if str(v) in labels}
    years = {int(str(rows[n][0])): n + 1 for n in range(head + 1, head + 1 + len(result.plan))}
    after = head + 1 + len(result.plan)
    sums = after + 1 if rows[after][0] == texts.text("table.sum") else None
    questions = {field_label(f.label, f.number, texts): f.name for f in result.fields}
    heading = next(n for n, row in enumerate(rows) if row[0] == texts.text("workbook.inputs"))
    inputs = {}
    for n, row in enumerate(rows[heading + 1 :], heading + 2):
        if str(row[0]) not in questions:
            break
        inputs[questions[str(row[0])]] = n
    return Layout(columns, years, sums, inputs)


def number(value: object) -> float | int | None:
    """A number of a cell; a text, or nothing, is no number."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None  # type: ignore[return-value]


def plan_of(cells: Any, found: Layout) -> tuple[Plan, Totals]:
    """The plan and its sums as numbers; `cells(row, column)` gives a value, both from 1."""
    plan = [
        {
            "year": year,
            **{m: number(cells(row, c)) for m, c in found.columns.items() if m != "year"},
        }
        for year, row in found.years.items()
    ]
    totals = {}
    if found.sums is not None:
        for name in ("award", "cost", "own_funding"):
            if name in found.columns:
                totals[name] = number(cells(found.sums, found.columns[name]))
    return plan, totals


def differences(result: Result, plan: Plan, totals: Totals) -> Iterator[str]:
    """The cells that differ from the result: kroner must be equal, shares to nine decimals."""
    for row, said in zip(result.plan, plan, strict=True):
        for measure, shown in said.items():
            expected = getattr(row, measure)
            if measure == "share" and result.track is not None and result.track.paid_first_year:
                expected = None if result.track.transition is None else expected
            if measure in ("share", "own_share"):
                near = expected is not None and shown is not None
                if near and abs(float(expected) - shown) < 1e-9:
                    continue
            if expected is None and measure in ("ceiling", "award") and row.ended and shown == 0:
                continue
            if shown != expected:
                yield f"{row.year} {measure}: {shown}, expected {expected}"
    for name, total in totals.items():
        if total != result.total(name):  # type: ignore[arg-type]
            yield f"sum of {name}: {total}, expected {result.total(name)}"  # type: ignore[arg-type]


def made_of(result: Result, texts: Catalogue) -> bytes:
    return content(result, PAGE, texts)
