"""Files to take away: the parts that all of them share, and the CSV file.

The content of a file depends on a result and on the page's own address, day and version, since calc
knows no clock and no address. Text that a spreadsheet could run as a formula is escaped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from calc.messages import MINUS, NBSP, Catalogue, decimal
from calc.report import (
    CAVEATS,
    COLUMNS,
    field_label,
    is_shown,
    known_sources,
    place,
    summary,
    used_sources,
)
from calc.result import Input, Result, Row, Step
from calc.rules import Source

# Signs that begin a formula in a spreadsheet, or that it skips before one.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONGEST = 2_000

type Cell = str | int
type Line = tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """The page that asks for a file: its address, the day by the browser's clock, its version."""

    address: str
    day: date
    version: str

    @classmethod
    def from_json(cls, data: object) -> "Page":
        """Read the `page` of a request.

        `data` is a mapping with the texts `address`, `date` (in ISO form) and `version`. Raises
        `ValueError` where it has another shape.
        """
        names = ("address", "date", "version")
        if not isinstance(data, dict) or not all(isinstance(data.get(n), str) for n in names):
            raise ValueError("page must have the texts address, date and version")
        address, day, version = (data[n][:_LONGEST] for n in names)
        return cls(address=address, day=date.fromisoformat(day), version=version)


def file_name(result: Result, suffix: str) -> str:
    """The name of a file: the scheme and the first year of the plan."""
    return f"{result.scheme.slug}-{result.plan[0].year}.{suffix}"


def facts(result: Result, page: Page, texts: Catalogue) -> Iterator[tuple[str, str]]:
    """The scheme, the rules and the page of a plan, each as a label and a text."""
    values = [
        ("scheme", result.scheme.name.best(texts.lang)[0]),
        ("track", _track_name(result, texts)),
        ("rules_year", str(result.rules_year)),
        ("date", f"{page.day.day}.{page.day.month}.{page.day.year}"),
        ("address", page.address),
        ("version", page.version),
    ]
    for name, value in values:
        if value:
            yield texts.text(f"export.{name}"), value


def _track_name(result: Result, texts: Catalogue) -> str:
    name = result.scheme.track_names().get(result.track_id or "")
    return "" if name is None else name.best(texts.lang)[0]


def input_text(given: Input, result: Result, texts: Catalogue) -> str:
    """An answer as plain text without its unit: `6,5`, `1200000`, the name of a track."""
    if given.value is None:
        return ""
    if isinstance(given.value, Fraction):
        return plain(given.value)
    if given.field.name == "track":
        return _track_name(result, texts)
    return texts.text(f"option.{given.field.name}.{given.value}")


def plain(number: Fraction | int) -> str:
    """A number for a Norwegian spreadsheet: with a decimal comma, without spaces."""
    return decimal(number).replace(NBSP, "").replace(MINUS, "-")


def step_lines(step: Step, texts: Catalogue) -> str:
    """A step of the explanation as plain texts: the step, our reading, the note of the rules."""
    said = [texts.text(f"step.{step.code}", **step.values)]
    if step.note is not None:
        said.append(step.note.best(texts.lang)[0])
    if step.reading is not None:
        reading = step.reading.best(texts.lang)[0]
        said.append(f"{texts.text('step.reading_label')} {reading}")
    return " ".join(said)


def step_source(step: Step, result: Result) -> str:
    """The publisher and day of the rule of a step; empty for a step of our own."""
    if step.source is None:
        return ""
    source = known_sources(result)[step.source]
    year = "" if source.published is None else f" ({source.published.year})"
    return f"{source.publisher}{year}"


def source_line(source: Source) -> tuple[str, str, str, str]:
    """Title, publisher, day of publication in ISO form, and address; empty where unknown."""
    published = "" if source.published is None else source.published.isoformat()
    return source.title, source.publisher, published, source.url or ""


def note(row: Row, texts: Catalogue) -> str:
    """The origin of a year's figures, where it is not the rules; else empty."""
    return "" if row.origin == "rules" else texts.text(f"origin.{row.origin}")


def csv_text(result: Result, page: Page, texts: Catalogue) -> str:
    """The plan as a CSV file for a Norwegian spreadsheet, with answers, explanation and sources.

    A byte order mark makes spreadsheets read Norwegian letters right. Semicolons part the cells,
    since the comma is the decimal sign. Kroner are whole, and shares are in per cent.
    """
    return "\ufeff" + "".join(_csv_line(line) for line in _csv_lines(result, page, texts))


def _csv_lines(result: Result, page: Page, texts: Catalogue) -> Iterator[Line]:
    yield (texts.text("export.title"),)
    yield from facts(result, page, texts)
    yield texts.text("export.summary"), summary(result, texts)

    yield ()
    yield tuple(texts.text(f"export.{c}") for c in ("answer", "value", "unit", "origin"))
    for given in result.inputs:
        yield (
            field_label(given.field.label, given.field.number, texts),
            input_text(given, result, texts),
            "" if given.field.kind == "choice" else texts.text(f"export.unit.{given.field.kind}"),
            texts.text(f"input.{given.origin}"),
        )

    yield ()
    yield from _csv_plan(result, texts)

    if result.after_ladder is not None:
        after = result.after_ladder
        yield ()
        label = texts.text("export.after_ladder", year=str(after.year))
        yield label, texts.text("cell.unknown") if after.cost is None else after.cost
    yield ()
    yield (texts.text("steps.heading"), texts.text("export.source"))
    for step in result.steps:
        yield step_lines(step, texts), step_source(step, result)

    yield ()
    yield (texts.text("caveat.heading"),)
    for code in CAVEATS:
        yield (texts.text(f"caveat.{code}"),)

    yield ()
    yield tuple(
        texts.text(f"export.{c}") for c in ("source", "publisher", "published", "source_address")
    )
    for source in used_sources(result):
        yield source_line(source)


def _csv_plan(result: Result, texts: Catalogue) -> Iterator[Line]:
    shown = [c for c in COLUMNS if is_shown(c, result)]
    yield (
        texts.text("column.year"),
        texts.text("column.grant_year"),
        *(texts.text(f"export.column.{c}") for c in shown),
        texts.text("export.column.note"),
    )
    for row in result.plan:
        cells = [_csv_cell(row, c, texts) for c in shown]
        yield row.year, place(row, texts), *cells, note(row, texts)
    if len(result.plan) > 1:
        totals = {name: result.total(name) for name in ("cost", "award", "own_funding")}
        sums: list[Cell] = []
        for c in shown:
            total = totals.get(c)
            unknown = texts.text("cell.incomplete") if c in totals else ""
            sums.append(unknown if total is None else total)
        yield texts.text("table.sum"), "", *sums


def _csv_cell(row: Row, column: str, texts: Catalogue) -> Cell:
    value = getattr(row, column)
    if value is None:
        # A cell that does not apply is empty; a missing amount says so, and never looks like zero.
        applies = row.grant_year > 0 and not row.ended and column in ("share", "ceiling", "award")
        return texts.text("cell.unknown") if applies else ""
    return plain(value * 100) if column == "share" else int(value)


def _csv_line(cells: Line) -> str:
    return ";".join(_csv_text(cell) for cell in cells) + "\r\n"


def _csv_text(cell: Cell) -> str:
    if isinstance(cell, int):
        return str(cell)
    text = harmless(cell)
    if any(sign in text for sign in ';"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
