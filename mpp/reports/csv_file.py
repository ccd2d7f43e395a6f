"""A sheet as CSV, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Final

from mpp.reports.sheets import Sheet, Value, harmless, local

TYPE: Final = "text/csv; charset=utf-8"

BOM: Final = "\ufeff"
"""By it spreadsheets know that the file is UTF-8."""

ROWS: Final = 200
"""So many rows are sent at a time."""


def csv_text(sheet: Sheet, *, comma: str = ",") -> Iterator[str]:
    """The file in pieces. Lines that begin with "#" tell of the table, then comes its head, then its
    rows: days and instants as ISO 8601 in the mall's time, shares in percent, unknown as nothing.
    ``comma`` "," is the decimal comma, and then cells are separated by ";"; "." is a point, and then
    they are separated by ","."""
    buffer = StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer, delimiter=";" if comma == "," else ",", lineterminator="\r\n")
    writer.writerow([f"# {sheet.title}"])
    for name, value in sheet.facts:
        writer.writerow([f"# {name}", harmless(value)])
    for column in sheet.columns:
        if column.about:
            writer.writerow([f"# {column.name}", harmless(column.about)])
    writer.writerow([harmless(column.name) for column in sheet.columns])
    for place, row in enumerate(sheet.rows, 1):
        writer.writerow(_cells(sheet, row, comma))
        if place % ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cells(sheet: Sheet, row: Sequence[Value], comma: str) -> list[str]:
    return [_cell(sheet, column.kind, value, comma) for column, value in zip(sheet.columns, row, strict=True)]


def _cell(sheet: Sheet, kind: str, value: Value, comma: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return sheet.yes if value else sheet.no
    if isinstance(value, datetime):
        return local(value, sheet.zone).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return harmless(value)
    digits = 1 if kind == "share" else 0
    return f"{value * 100 if kind == 'share' else value:.{digits}f}".replace(".", comma)
