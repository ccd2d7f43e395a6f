"""A sheet as an Excel workbook: the table, and a second sheet that says what it means."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from mpp.reports.sheets import Column, Sheet, Value, harmless, local

TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ROWS_MOST: Final = 50_000
"""More rows are for CSV: a workbook of that size takes a spreadsheet long to open and a server to make."""

_FORMATS: Final = {
    "count": "#,##0",
    "seconds": "#,##0",
    "share": "0.0%",
    "day": "yyyy-mm-dd",
    "instant": "yyyy-mm-dd hh:mm:ss",
}
_WIDTHS: Final = {"day": 11, "instant": 19, "text": 18}


class TooManyRowsError(Exception):
    """The table is longer than a workbook should be."""


def write_xlsx(sheet: Sheet, path: Path) -> int:
    """Write the workbook to a new file, a row at a time; gives the number of rows. Raises
    TooManyRowsError beyond ROWS_MOST."""
    import xlsxwriter

    # Nothing is ever read as a formula or a link; each row is written to disk as the next begins.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), options)
    try:
        formats = {kind: book.add_format({"num_format": given}) for kind, given in _FORMATS.items()}
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        count = _table(book, sheet, formats, bold)
        _about(book, sheet, bold)
    finally:
        book.close()
    return count


def _table(book: Any, sheet: Sheet, formats: dict[str, Any], bold: Any) -> int:
    page = book.add_worksheet(_name(sheet.title))
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, _width(column))
    page.freeze_panes(1, 1)
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, harmless(column.name), bold)
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        if count > ROWS_MOST:
            raise TooManyRowsError
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write(page, (count, place), value, sheet, formats.get(column.kind))
    return count


def _write(page: Any, at: tuple[int, int], value: Value, sheet: Sheet, form: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_string(*at, sheet.yes if value else sheet.no)
    elif isinstance(value, datetime):
        page.write_datetime(*at, local(value, sheet.zone), form)
    elif isinstance(value, date):
        page.write_datetime(*at, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001 a cell has no zone
    elif isinstance(value, str):
        page.write_string(*at, harmless(value))
    else:
        page.write_number(*at, value, form)


def _about(book: Any, sheet: Sheet, bold: Any) -> None:
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page = book.add_worksheet(_name(sheet.about_title))
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 100)
    page.write_string(0, 0, sheet.title, bold)
    told = [*sheet.facts, *((column.name, column.about) for column in sheet.columns if column.about)]
    for row, (name, text) in enumerate(told, 1):
        page.write_string(row, 0, harmless(name), bold)
        page.write_string(row, 1, harmless(text), wrapped)


def _name(title: str) -> str:
    """A sheet's name: at most 31 characters, without those that Excel forbids there."""
    return "".join(" " if c in "[]:*?/\\'" else c for c in title)[:31].strip() or "MPP"


def _width(column: Column) -> int:
    return max(_WIDTHS.get(column.kind, 12), min(len(column.name) // 2 + 4, 24))
