"""Sheets as csv (RFC 4180): exact numbers without separators, dates as the contract writes them, its names as headings.

UTF-8 with a byte order mark: without one, Excel takes the file for text of another code and spoils ₹ and every name in
an Indian script; programs skip it (``utf-8-sig`` in Python). A text that a spreadsheet would run is written behind an
apostrophe. The last column says what a line is, so that who adds up can leave out what is added up already.
"""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import BinaryIO

from domain.reports.sheet import Line, Sheet, Value
from server.exports.sheets import is_formula

MEDIA_TYPE = "text/csv; charset=utf-8"
LINE_KIND = "line_kind"
"""The last column: ``heading``, ``row``, ``subtotal`` or ``total``."""


class CsvFile:
    """Writes the first sheet of a report as csv, which has room for one table only."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sheets = self.written = 0

    def begin(self, sheet: Sheet) -> None:
        """Write the headings of the first sheet."""
        self._sheets += 1
        if self._sheets == 1:
            self._put(BOM_UTF8)
            self._write_rows([[*(column.key for column in sheet.columns), LINE_KIND]])

    def write(self, lines: Iterable[Line]) -> None:
        """Write lines of the first sheet."""
        if self._sheets == 1:
            self._write_rows([*map(_cell, line.values), line.weight.value] for line in lines)

    def close(self) -> None:
        """All is written."""

    def discard(self) -> None:
        """Nothing is anywhere else."""

    def _write_rows(self, rows: Iterable[Sequence[object]]) -> None:
        text = StringIO(newline="")
        csv.writer(text).writerows(rows)
        self._put(text.getvalue().encode())

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self.written += len(content)


def _cell(value: Value) -> object:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if is_formula(value) else value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
    return value
