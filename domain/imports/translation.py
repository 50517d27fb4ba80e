"""Translation: files of another program, by data, into sheets of our own imports.

Pure. A foreign file says for each of our columns what the cells of a foreign row say of it; from there on its records
go the way of any sheet: read, resolved, held to the contract, made by the operation that makes one.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from domain.imports.cells import amount, is_exponent, written
from domain.imports.columns import LINES, Column, Layout, is_of_a_line, placed
from domain.imports.records import Record, records_of
from domain.imports.references import Reference
from domain.imports.sheets import Row, Sheet
from domain.imports.twins import Twin
from domain.money import ZERO
from domain.values import Struct, field

Cells = Mapping[str, str]
"""A foreign row: its texts by the plain form of their header."""
Say = Callable[[Cells], str]
"""What a foreign row says in one of our columns; empty for nothing."""
Choose = Callable[[Cells], str | None]
THING = "key"
"""The member by which a record names the thing that its operation acts on: no part of the body, but of the path."""


def _nothing(_: Cells) -> None:
    return None


def _each(_: Cells) -> bool:
    return True


def _no_rows(_: Cells) -> Sequence[Cells]:
    return ()


class ForeignFile(Struct, frozen=True):
    """One file of another program.

    ``names`` is what it may be called, without its ending; ``operation`` makes one of its things; ``identity`` are the
    headers of which the first that says something tells records apart: rows that share it are one record.
    Where several read the same file, ``part`` says what this one makes of it; only records that it ``reads`` count.
    ``left_out`` tells why a record is not taken over, ``to_note`` what of it is not; ``more_lines`` are further lines
    of a document, by our columns.

    A duplicate in the member ``known_by`` shows that the thing is there already, as ``twin`` does; ``if_taken`` changes
    a member that another thing has. ``afterwards`` is the operation that follows by the order ``status``;
    ``total`` are the headers of the amount that a document should come to, ``open_amount`` says what of that should be
    open in the end; ``summed`` are those that each row says a part of (see ``all_of``).
    """

    names: tuple[str, ...]
    operation: str
    identity: tuple[str, ...]
    columns: Mapping[str, Say]
    part: str = ""
    reads: Callable[[Cells], bool] = _each
    references: Sequence[Reference] = ()
    orders: Sequence[Column] = ()
    left_out: Choose = _nothing
    to_note: Choose = _nothing
    more_lines: Callable[[Cells], Sequence[Cells]] = _no_rows
    known_by: str | None = None
    twin: Twin | None = None
    if_taken: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    afterwards: Mapping[str, str] = field(default_factory=dict)
    total: tuple[str, ...] = ()
    open_amount: Say | None = None
    summed: tuple[str, ...] = ()


class ForeignRecord(Struct, frozen=True):
    """The rows of one record; ``key`` is its identity, ``row`` the number of the first as a spreadsheet shows it."""

    key: str
    row: int
    rows: tuple[Cells, ...]

    @property
    def head(self) -> Cells:
        """The first row, which says what is said once."""
        return self.rows[0]


def foreign_records(file: ForeignFile, sheet: Sheet, given: Mapping[str, str] | None = None) -> list[ForeignRecord]:
    """Return the records of a foreign sheet in the order of their first rows; ``given`` stands in each, by header."""
    added = {plain(header): text for header, text in (given or {}).items()}
    names = [plain(header) for header in sheet.header]
    groups: dict[str, list[tuple[int, Cells]]] = {}
    for row in sheet.rows:
        cells = {**dict(zip(names, (cell.strip() for cell in row.cells), strict=True)), **added}
        own = _identity(file, cells)
        key = own or f"row {row.number}"
        groups.setdefault(key, []).append((row.number, cells))
    return [_record(file, key, rows) for key, rows in groups.items() if file.reads(rows[0][1])]


def _identity(file: ForeignFile, cells: Cells) -> str:
    """What tells a record apart; an id that a spreadsheet has rounded (``4.6E+17``) tells nothing."""
    own = (said(header)(cells) for header in file.identity)
    return next((text for text in own if text and not is_exponent(text)), "")


def _record(file: ForeignFile, key: str, rows: Sequence[tuple[int, Cells]]) -> ForeignRecord:
    (number, head), *others = rows
    sums = {_sum_of(header): _added_up(header, [cells for _, cells in rows]) for header in file.summed}
    return ForeignRecord(key, number, ({**head, **sums}, *(cells for _, cells in others)))


def translated(file: ForeignFile, record: ForeignRecord, columns: Sequence[Column]) -> Record:
    """Return a foreign record as one of ours: its head as the first row says it, a line of each row."""
    header = tuple(file.columns)
    layout = Layout(columns, file.references, file.orders)
    of_line = [is_of_a_line(column) for column in placed(layout, header)]
    rows = [_cells(file, cells, of_line, is_first=position == 0) for position, cells in enumerate(record.rows)]
    rows += [tuple(line.get(name, "") for name in header) for line in file.more_lines(record.head)]
    sheet = Sheet(header, tuple(Row(record.row + position, cells) for position, cells in enumerate(rows)))
    return records_of(layout, sheet, grouped_by=header[0])[0]


def said(*headers: str) -> Say:
    """Say what the first of these columns says that says something."""
    names = [plain(header) for header in headers]
    return lambda cells: next((cells[name] for name in names if cells.get(name)), "")


def all_of(header: str) -> Say:
    """Say the sum of a column that is among the file's ``summed``; nought says nothing."""
    return said(_sum_of(header))


def fixed(text: str) -> Say:
    """Say the same of every row."""
    return lambda _: text


def changed(change: Callable[[str], str], *headers: str) -> Say:
    """Say what the columns say, changed; nothing stays nothing."""
    say = said(*headers)

    def changed_say(cells: Cells) -> str:
        text = say(cells)
        return change(text) if text else ""

    return changed_say


def line(name: str) -> str:
    """The header of a member of a line."""
    return f"{LINES}.{name}"


def plain(header: str) -> str:
    """The form in which headers are compared: ``Item Tax %`` is ``item tax %``."""
    return _BETWEEN.sub(" ", header.lower()).strip()


def _cells(file: ForeignFile, cells: Cells, of_line: Sequence[bool], *, is_first: bool) -> tuple[str, ...]:
    says = zip(file.columns.values(), of_line, strict=True)
    return tuple(say(cells) if is_line or is_first else "" for say, is_line in says)


def _sum_of(header: str) -> str:
    return f"sum of {plain(header)}"


def _added_up(header: str, rows: Sequence[Cells]) -> str:
    return written(sum((amount(said(header)(cells)) for cells in rows), ZERO))


_BETWEEN = re.compile(r"[\s_]+")
