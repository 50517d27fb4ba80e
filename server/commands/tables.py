"""Sheets as tables of the terminal: amounts in lakhs and crores to the right, trees indented, totals in bold.

What does not fit into the width is left out from the right, texts before numbers, and told below; empty columns and ids
are never shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from textwrap import wrap

from rich.console import Console, JustifyMethod
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from domain.reports.sheet import Column, Form, Line, Sheet, Value, Weight, naming_column
from handlers.replies import Head

_NARROWEST_TEXT = 14
"""A number of a document, such as MUM/26-27/0001."""

_BETWEEN = 2
"""Spaces between two columns."""

_INDENT = 2
_STYLES = {Weight.HEADING: "bold", Weight.SUBTOTAL: "bold", Weight.TOTAL: "bold"}
_TEXTS = frozenset((Form.TEXT, Form.DATE))


def print_head(console: Console, head: Head) -> None:
    """Print whose report it is, what it is, and of which days."""
    console.print(Text(head.organization, style="bold"))
    console.print(Text(head.title))
    for line in head.lines:
        console.print(Text(line, style="dim"))


def print_sheet(console: Console, sheet: Sheet, lines: Sequence[Line], *, is_titled: bool) -> None:
    """Print a sheet, under its own title where there are several."""
    console.print()
    if is_titled:
        console.print(Text(sheet.title, style="bold"))
    if not lines:
        console.print(Text("There is nothing to show."))
        return
    wanted = [place for place in range(len(sheet.columns)) if _is_shown(sheet.columns[place], place, lines)]
    widths, between = _with_room(wanted, sheet.columns, lines, console.width)
    console.print(_table(widths, sheet.columns, lines, between=between))
    if left_out := [sheet.columns[place].title for place in wanted if place not in widths]:
        console.print(Text(f"Not shown for want of room: {', '.join(left_out)}.", style="dim"))


def grouped(amount: Decimal) -> str:
    """Return an amount as it is written in India: ``12,34,567.00``; one below nought in brackets."""
    whole, _, places = f"{abs(amount):f}".partition(".")
    pairs, last = whole[:-3], whole[-3:]
    parts = [pairs[max(0, end - 2) : end] for end in range(len(pairs), 0, -2)][::-1]
    shown = ",".join([*parts, last]) + (f".{places}" if places else "")
    return f"({shown})" if amount < 0 else shown


def _is_shown(column: Column, place: int, lines: Iterable[Line]) -> bool:
    return not column.key.endswith("_id") and any(line.values[place] not in (None, "") for line in lines)


def _with_room(
    wanted: list[int], columns: Sequence[Column], lines: Sequence[Line], width: int
) -> tuple[dict[int, int], int]:
    """The columns that fit with their widths, and the spaces between them: one less before numbers are left out.

    Those that are shown first stay longest, what names a line always.
    """
    widest = {place: _width(columns[place], place, lines) for place in wanted}
    least = {place: min(each, _NARROWEST_TEXT) if _is_text(columns[place]) else each for place, each in widest.items()}
    between = _BETWEEN
    room = width + between - sum(least.values()) - between * len(least)
    for place in _least_wanted_first(wanted, columns, lines):
        is_needed = not _is_text(columns[place]) and any(line.values[place] for line in lines)
        if room < 0 and is_needed and between > 1:
            between -= 1
            room += len(least) - 1
        if room < 0:
            room += least.pop(place) + between
    while room > 0 and (short := [place for place in least if least[place] < widest[place]]):
        least[min(short, key=lambda place: least[place])] += 1
        room -= 1
    return least, between


def _least_wanted_first(wanted: list[int], columns: Sequence[Column], lines: Sequence[Line]) -> list[int]:
    """The columns that may go: from the right those of noughts only, then texts, then numbers."""
    may_go = [place for place in reversed(wanted) if place != naming_column(columns)]
    return sorted(may_go, key=lambda each: (any(line.values[each] for line in lines), not _is_text(columns[each])))


def _is_text(column: Column) -> bool:
    return column.form is Form.TEXT


def _width(column: Column, place: int, lines: Sequence[Line]) -> int:
    """How wide a column is that shows all of its values."""
    deep = _INDENT if _is_text(column) else 0
    longest = max((len(_shown(line.values[place])) + line.depth * deep for line in lines), default=0)
    has_brackets = any(_is_below_nought(line.values[place]) for line in lines)
    return max(longest + has_brackets, 1, *map(len, column.title.split()))


def _table(widths: Mapping[int, int], columns: Sequence[Column], lines: Sequence[Line], *, between: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, between, 0, 0), header_style="bold", show_edge=False)
    brackets = {place for place in widths if any(_is_below_nought(line.values[place]) for line in lines)}
    tree = naming_column(columns)
    for place, width in widths.items():
        column = columns[place]
        title = "\n".join(wrap(column.title, width))
        justify: JustifyMethod = "left" if column.form in _TEXTS else "right"
        table.add_column(title, justify=justify, no_wrap=place != tree, width=width, overflow="ellipsis")
    for line in lines:
        if line.weight is Weight.TOTAL:
            table.add_row(*("" if columns[each].form in _TEXTS else "─" * width for each, width in widths.items()))
        cells = [
            _cell(line, place, columns[place], is_tree=place == tree, has_room=place in brackets) for place in widths
        ]
        table.add_row(*cells, style=_STYLES.get(line.weight))
    return table


def _cell(line: Line, place: int, column: Column, *, is_tree: bool, has_room: bool) -> Padding:
    """A value; one in brackets ends where the others of its column have a space, so that paise stand below paise."""
    value = line.values[place]
    is_below = _is_below_nought(value)
    text = Text(_shown(value) + " " * (has_room and not is_below), style="red" if is_below else "")
    return Padding(text, (0, 0, 0, _INDENT * line.depth if is_tree else 0))


def _is_below_nought(value: Value) -> bool:
    return isinstance(value, Decimal) and value < 0


def _shown(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case date():
            return f"{value:%d-%m-%Y}"
        case Decimal():
            return grouped(value)
    return str(value)
