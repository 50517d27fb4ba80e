"""Long reports: their members in JSON, and their sheets, which walk through all slices while the snapshot is open."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any, Generic, TypeVar

from domain.documents.kinds import KIND_NAMED
from domain.money import ZERO
from domain.reports.sheet import Column, Form, Line, Sheet, Value, Weight
from domain.reports.slices import Question, Slice, Wanted, walk
from domain.values import Struct
from handlers.shapes.reports.drill_down import drill_down, kind_behind, to_document, to_paper

Row = TypeVar("Row")


class Cell(Struct, Generic[Row], frozen=True):
    """A column of a sheet, and where its value stands in a row; ``is_summed`` where a total makes sense."""

    column: Column
    value_of: Callable[[Row], Value]
    is_summed: bool = False


def cell(key: str, title: str, form: Form, attribute: str | None = None, *, is_summed: bool = False) -> Cell[Any]:
    """A column of the attribute of this name, that of the column unless it is said."""
    name = attribute or key
    return Cell(Column(key, title, form), lambda row: getattr(row, name), is_summed)


def money(key: str, title: str, attribute: str | None = None) -> Cell[Any]:
    """A column of rupees with a total."""
    return cell(key, title, Form.MONEY, attribute, is_summed=True)


def sheet(name: str, title: str, cells: Sequence[Cell[Row]], read: Callable[[Wanted], Awaitable[Slice[Row]]]) -> Sheet:
    """A sheet of all rows with their totals, read slice by slice."""
    return Sheet(name, title, tuple(each.column for each in cells), _lines(cells, read))


async def _lines(
    cells: Sequence[Cell[Row]], read: Callable[[Wanted], Awaitable[Slice[Row]]]
) -> AsyncIterator[list[Line]]:
    sums = [ZERO if each.is_summed else None for each in cells]
    async for rows in walk(read):
        lines = [tuple(each.value_of(row) for each in cells) for row in rows]
        for index, total in enumerate(sums):
            if total is not None:
                sums[index] = total + sum((_amount(line[index]) for line in lines), ZERO)
        yield [Line(line) for line in lines]
    if any(total is not None for total in sums):
        yield [Line(_total(sums), weight=Weight.TOTAL)]


def _amount(value: Value) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO


def _total(sums: Sequence[Decimal | None]) -> tuple[Value, ...]:
    return ("Total", *sums[1:])


def paged(plural: str, rows: Sequence[dict[str, Any]], next_cursor: str | None) -> dict[str, Any]:
    """The members of a slice: its rows, and how to go on."""
    return {plural: rows, "has_more_page": next_cursor is not None, "next_cursor": next_cursor}


def renamed(value: Struct, names: dict[str, str]) -> dict[str, Any]:
    """The members of a struct by the contract's names of its fields; those without one are left out."""
    return {name: getattr(value, field) for field, name in names.items()}


def to_entity(entity_type: str, key: str) -> dict[str, Any]:
    """The call that shows a document, payment, expense, bill of entry or journal; ``entity_type`` says which it is.

    Where it says what became of a document or payment, the call shows that one.
    """
    if entity_type in KIND_NAMED:
        return to_document(entity_type, key)
    kind = kind_behind("DOCUMENT", key)
    if kind is not None:
        return to_document(kind, key)
    return to_paper("PAYMENT" if key.startswith("pay_") else entity_type, key, key)


def to_report(name: str, question: Question, *, is_span: bool, **query: str | None) -> dict[str, Any]:
    """The call that asks another report about the same part of the books."""
    scope = question.scope
    asked: dict[str, Any] = {
        "branch_id": scope.branch_id,
        "known_at": scope.known_at and scope.known_at.isoformat(),
        **query,
    }
    if is_span:
        days = {"from_date": scope.period.first_on, "to_date": scope.period.last_on}
    else:
        days = {"as_of_date": scope.period.last_on}
    return drill_down(f"get_{name}", f"/reports/{name}", **days, **asked)
