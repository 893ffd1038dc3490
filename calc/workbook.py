"""The plan as an Excel workbook with formulas, with its explanation and its sources.

This is the only module of calc that needs a package, XlsxWriter: a reader's browser gets it when
the reader asks for a workbook.
"""

from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile, ZipInfo

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from calc.export import Page, facts, source_line, step_lines, step_source
from calc.formulas import HEADING_HEIGHT, TITLE_HEIGHT, Calculation, Formats
from calc.messages import Catalogue
from calc.report import CAVEATS, summary, used_sources
from calc.result import Result

_A4 = 9
# The longest address of a link in spreadsheet programs.
_LONGEST_LINK = 2000
# The oldest time that a zip file can hold.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
# Widths of columns, in characters.
_PLAN_WIDTHS = (46, 20, *(16,) * 8)
_EXPLANATION_WIDTHS = (6, 110, 34)
_SOURCE_WIDTHS = (64, 34, 16, 64)
_LINE_HEIGHT = 15
_HOW_TO = ("change", "fixed", "unlock", "static", "decimals")


def base64(result: Result, page: Page, texts: Catalogue) -> str:
    """The workbook as base64. Only for a result with a plan."""
    return b2a_base64(content(result, page, texts), newline=False).decode()


def content(result: Result, page: Page, texts: Catalogue) -> bytes:
    """The workbook as the bytes of an `.xlsx` file: the same for the same result and page."""
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        name = result.scheme.name.best(texts.lang)[0]
        book.set_properties(
            {
                "title": f"{texts.text('export.title')}: {name}",
                "comments": f"{page.address} {page.version}".strip(),
                "created": datetime(page.day.year, page.day.month, page.day.day),  # noqa: DTZ001
            }
        )
        formats = _formats(book)
        _calculation(book, formats, result, page, texts)
        _explanation(book, formats, result, texts)
        _sources(book, formats, result, texts)
    return _stored(made)


def _formats(book: Any) -> Formats:
    """A function that returns the format with some properties, the same object each time."""
    made: dict[str, Any] = {}

    def get(properties: Mapping[str, object]) -> Any:
        key = repr(sorted(properties.items()))
        if key not in made:
            made[key] = book.add_format(dict(properties))
        return made[key]

    return Formats(get)


def _stored(deflated: BytesIO) -> bytes:
    """The file without compression, since zlib compresses differently in different Pythons."""
    stored = BytesIO()
    with (
        # Names of parts are ASCII; the default encoding would need a further module.
        ZipFile(deflated, metadata_encoding="utf-8") as source,
        ZipFile(stored, "w") as target,
    ):
        for name in source.namelist():
            target.writestr(ZipInfo(name, _ZIP_TIME), source.read(name))
    return stored.getvalue()


def _height(text: str, width: int) -> int:
    """The height of a row (points) with a text in a column of this width (characters)."""
    # Lines are not quite full, since words are not broken.
    return _LINE_HEIGHT * -(-len(text) * 11 // (10 * width)) if text else _LINE_HEIGHT


def _sheet(book: Any, name: str, widths: Sequence[int]) -> Any:
    """A new sheet that prints on A4 across, as wide as the paper."""
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5)
    sheet.set_footer("&L&A&R&P / &N")
    return sheet


def _calculation(book: Any, formats: Formats, result: Result, page: Page, texts: Catalogue) -> None:
    sheet = _sheet(book, texts.text("workbook.calculation"), _PLAN_WIDTHS)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(0, 1)
    # Without a password, against slips only. The reader can still change formats.
    may = dict.fromkeys(("format_cells", "format_columns", "format_rows"), True)
    sheet.protect(options=may)
    lines = [
        (texts.text("export.title"), ""),
        (texts.text("workbook.lead"), ""),
        *facts(result, page, texts),
    ]
    Calculation(sheet, formats, result, texts).write(lines, len(_PLAN_WIDTHS))


def _explanation(book: Any, formats: Formats, result: Result, texts: Catalogue) -> None:
    sheet = _sheet(book, texts.text("workbook.explanation"), _EXPLANATION_WIDTHS)
    plain, heading = formats.text("wrapped"), formats.text("heading")
    sheet.write_string(0, 0, texts.text("workbook.explanation"), formats.text("title"))
    sheet.set_row(0, TITLE_HEIGHT)
    parts = [
        ("export.summary", [(summary(result, texts), "")]),
        ("steps.heading", [(step_lines(s, texts), step_source(s, result)) for s in result.steps]),
        ("caveat.heading", [(texts.text(f"caveat.{code}"), "") for code in CAVEATS]),
        ("workbook.how", [(texts.text(f"workbook.how.{code}"), "") for code in _HOW_TO]),
    ]
    row = 2
    for code, lines in parts:
        sheet.set_row(row, HEADING_HEIGHT)
        for column, said in enumerate((texts.text(code), "", "")):
            sheet.write_string(row, column, said, heading)
        for number, (said, source) in enumerate(lines, start=1):
            row += 1
            if code == "steps.heading":
                sheet.write_number(row, 0, number, formats.text("number"))
            sheet.set_row(row, _height(said, _EXPLANATION_WIDTHS[1]))
            sheet.write_string(row, 1, said, plain)
            sheet.write_string(row, 2, source, plain)
        row += 2


def _sources(book: Any, formats: Formats, result: Result, texts: Catalogue) -> None:
    sheet = _sheet(book, texts.text("workbook.sources"), _SOURCE_WIDTHS)
    sheet.freeze_panes(1, 0)
    for column, code in enumerate(("source", "publisher", "published", "source_address")):
        sheet.write_string(0, column, texts.text(f"export.{code}"), formats.text("head"))
    for row, source in enumerate(used_sources(result), start=1):
        *cells, address = source_line(source)
        long = zip((*cells, address), _SOURCE_WIDTHS, strict=True)
        sheet.set_row(row, max(_height(said, width) for said, width in long))
        for column, said in enumerate(cells):
            sheet.write_string(row, column, said, formats.text("wrapped"))
        if 0 < len(address) <= _LONGEST_LINK:
            sheet.write_url(row, len(cells), address, formats.text("link"), address)
        else:
            sheet.write_string(row, len(cells), address, formats.text("wrapped"))
