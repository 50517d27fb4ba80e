"""A sheet: the text of a CSV file as numbered rows of cells, whichever program wrote it.

Pure. The separator is found out from the header, cells may be quoted and hold line breaks, empty rows are passed over,
and every row keeps the number that a spreadsheet shows beside it, the header being 1.
"""

import csv
import io
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator

from domain.errors import Failed, Invalid
from domain.values import Struct

MAX_ROWS = 1000
"""Rows of one import over the API. A posted invoice takes some 5 ms, and others who post meanwhile wait 5 s at most."""

_MAX_COLUMNS = 300
_SEPARATORS = ",;\t|"
_MAX_CELL_CHARACTERS = 131_072


class Row(Struct, frozen=True):
    """The cells of one row in the order of the header; ``number`` as a spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]


class Sheet(Struct, frozen=True):
    """A header and the rows below it."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def decoded(raw: bytes) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with a byte-order mark, as Excel saves "Unicode text".

    Raises Invalid for another encoding.
    """
    encoding, name = ("utf-16", "UTF-16") if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else ("utf-8-sig", "UTF-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(f"The file is not {name} (byte {error.start + 1}); save it as 'CSV UTF-8'.") from None
    if "\x00" in text:
        raise Invalid("The file holds NUL characters; save it as 'CSV UTF-8'.")
    return text


def parsed(text: str, *, max_rows: int | None = MAX_ROWS) -> Sheet:
    """Return the sheet that a text holds. Raises Failed for no header, a row that fits no column or too many rows."""
    records = _records(unicodedata.normalize("NFC", text))
    header = next(((number, cells) for number, cells in records if any(map(str.strip, cells))), None)
    if header is None:
        raise Failed("The file has no header row.")
    names = _without_empty_end(header[1])
    if len(names) > _MAX_COLUMNS:
        raise Failed(f"The file has {len(names)} columns; {_MAX_COLUMNS} are the most.")
    rows = tuple(_row(number, cells, len(names)) for number, cells in records if any(map(str.strip, cells)))
    if max_rows is not None and len(rows) > max_rows:
        raise Failed(f"The file has {len(rows)} rows; {max_rows} are the most in one import. Send it in parts.")
    return Sheet(names, rows)


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its number. Raises Failed for quotes that do not close."""
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    text, separator = _separator_said(text)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from enumerate(records, start=1)
    except csv.Error as error:
        raise Failed(f"Line {records.line_num} of the file cannot be read as CSV: {error}.") from None


def _separator_said(text: str) -> tuple[str, str]:
    """Return the text with its separator: the one Excel says in a first line ``sep=;``, else the header's commonest."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return rest, first.strip()[4]
    header = next((line for line in text.splitlines() if line.strip()), "")
    outside_quotes = "".join(header.split('"')[::2])
    return text, max(_SEPARATORS, key=outside_quotes.count)


def _without_empty_end(cells: list[str]) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _row(number: int, cells: list[str], width: int) -> Row:
    """A row as wide as the header. Raises Failed for a cell beyond it that says something."""
    if any(cell.strip() for cell in cells[width:]):
        raise Failed(f"Row {number} has more cells than the header; a cell with a comma in it has to be quoted.")
    return Row(number, tuple(cells[:width]) + ("",) * (width - len(cells)))
