"""The columns of a report on paper: which are printed, how wide, in letters of which size, and how values are written.

Lengths are in dots of 1/125 inch, as everywhere on paper. What a text needs is measured by our own fonts.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from domain.documents.printing.figures import grouped
from domain.money import trimmed
from domain.reports.sheet import Column, Form, Line, Value, Weight, naming_column
from domain.values import Struct
from server.printing.measure import width_of
from server.printing.pieces import Style
from server.printing.wrapping import clean, wrap

SIZES = (14, 13, 12, 11)
"""Heights of letters, from 8 points down to 6.3, below which nobody reads them."""

BETWEEN = 10
_AIR = 24
"""What a column of numbers gets beside its need where there is room."""

INDENT = 14
MOST_LINES_OF_A_CELL = 8

_NARROWEST_TEXT = 100
_MEASURE = 1000
_MEASURED = partial(width_of, style=Style(_MEASURE, 0))
_MEASURED_BOLD = partial(width_of, style=Style(_MEASURE, 0, is_bold=True))
_INDENT_MEASURED = INDENT * _MEASURE // SIZES[-1]
_NUMBERS = frozenset((Form.MONEY, Form.QUANTITY, Form.PERCENT, Form.COUNT))


class Texts(Struct, frozen=True):
    """A sheet's values as texts, line by line, with what each column takes of a room in letters of size 1,000."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[str, ...], ...]
    shown: tuple[int, ...]
    naturals: tuple[int, ...]
    least_wanted_first: tuple[int, ...]


class Fitted(Struct, frozen=True):
    """The columns of a table as they fit on the paper: their places in a line, and their widths in dots."""

    columns: tuple[Column, ...]
    places: tuple[int, ...]
    widths: tuple[int, ...]
    size: int
    tree: int
    left_out: tuple[str, ...] = ()
    name: str = ""

    def style(self, weight: Weight) -> Style:
        """Return how the lines of a weight are set."""
        return Style(size=self.size, leading=leading(self.size), is_bold=weight is not Weight.ROW)

    @property
    def lefts(self) -> tuple[int, ...]:
        """Where each column begins."""
        return tuple(sum(self.widths[:place]) + BETWEEN * place for place in range(len(self.widths)))


def leading(size: int) -> int:
    """Return the distance of lines: letters of Indian scripts need a third more than their size."""
    return -(-size * 4 // 3)


def is_number(column: Column) -> bool:
    """Say whether a column is set to the right."""
    return column.form in _NUMBERS


def texts_of(columns: Sequence[Column], lines: Sequence[Line]) -> Texts:
    """Write and measure all values. Columns of ids and empty ones are never printed."""
    written = tuple(
        tuple(shown_value(value, column.form) for value, column in zip(line.values, columns, strict=True))
        for line in lines
    )
    shown = tuple(
        place
        for place, column in enumerate(columns)
        if not column.key.endswith("_id") and any(texts[place] for texts in written)
    )
    tree = naming_column(columns)
    naturals = [max(map(_MEASURED_BOLD, column.title.split()), default=0) for column in columns]
    for texts, line in zip(written, lines, strict=True):
        measured = _MEASURED if line.weight is Weight.ROW else _MEASURED_BOLD
        for place in shown:
            indent = line.depth * _INDENT_MEASURED if place == tree else 0
            naturals[place] = max(naturals[place], indent + measured(texts[place]))
    may_go = [place for place in reversed(shown) if place != tree]
    least_wanted = sorted(
        may_go, key=lambda place: (any(line.values[place] for line in lines), is_number(columns[place]))
    )
    return Texts(tuple(columns), written, shown, tuple(naturals), tuple(least_wanted))


def fitted(texts: Texts, *, room: int) -> Fitted | None:
    """Return the columns in the largest letters in which nothing need be broken; ``None`` if they are too many."""
    for size in SIZES[:-1]:
        needs = {place: _needs(texts, place, size) for place in texts.shown}
        if _total([natural for _, natural in needs.values()]) <= room:
            return _spread(texts, needs, room=room, size=size)
    return None


def forced(texts: Texts, *, room: int) -> Fitted:
    """Return the columns with texts broken into lines, in smaller letters, or left out until the others fit.

    Texts go from the right, then numbers, what names a line never.
    """
    needs: dict[int, tuple[int, int]] = {}
    for size in SIZES:
        needs = {place: _needs(texts, place, size) for place in texts.shown}
        if _total([least for least, _ in needs.values()]) <= room:
            return _spread(texts, needs, room=room, size=size)
    left_out = []
    for place in texts.least_wanted_first:
        left_out.append(place)
        del needs[place]
        if _total([least for least, _ in needs.values()]) <= room:
            break
    titles = tuple(texts.columns[place].title for place in sorted(left_out))
    return _spread(texts, needs, room=room, size=SIZES[-1], left_out=titles)


def shown_value(value: Value, form: Form) -> str:
    """Return a value as people in India read it: 12,34,567.00, 31-10-2026, Yes."""
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case date():
            return f"{value:%d-%m-%Y}"
        case Decimal() if form is Form.MONEY:
            return grouped(value, 2, is_indian=True)
        case Decimal():
            plain = trimmed(value)
            return grouped(plain, max(0, -int(plain.as_tuple().exponent)), is_indian=True)
        case int():
            return grouped(Decimal(value), 0, is_indian=True)
    return clean(str(value)).replace("\n", " ")


def broken(text: str, style: Style, width: int) -> tuple[str, ...]:
    """Break a text into the lines of a cell; one that is too long ends with an ellipsis."""
    if width_of(text, style) <= width:
        return (text,)
    lines = wrap(text, style, width)
    if len(lines) <= MOST_LINES_OF_A_CELL:
        return lines
    *kept, last = lines[:MOST_LINES_OF_A_CELL]
    while last and width_of(last + "…", style) > width:
        last = last[:-1]
    return (*kept, last.rstrip() + "…")


def _needs(texts: Texts, place: int, size: int) -> tuple[int, int]:
    """Return the least width that a column can do with, and the width in which nothing is broken."""
    column = texts.columns[place]
    natural = -(-texts.naturals[place] * size // _MEASURE)
    if column.form is not Form.TEXT:
        return natural, natural
    title = max((width_of(word, Style(size, 0, is_bold=True)) for word in column.title.split()), default=0)
    return max(title, min(natural, _NARROWEST_TEXT)), natural


def _spread(
    texts: Texts, needs: dict[int, tuple[int, int]], *, room: int, size: int, left_out: tuple[str, ...] = ()
) -> Fitted:
    """Give texts the room that is left, the narrowest first, and what then remains to the one that names a line."""
    widths = {place: least for place, (least, _) in needs.items()}
    left = room - _total(list(widths.values()))
    short = sorted(widths, key=lambda place: needs[place][1] - widths[place])
    for number, place in enumerate(short):
        more = min(needs[place][1] - widths[place], max(0, left) // (len(short) - number))
        widths[place] += more
        left -= more
    for place in [each for each in widths if is_number(texts.columns[each])]:
        more = min(_AIR, max(0, left) // len(widths))
        widths[place] += more
        left -= more
    places = tuple(sorted(widths))
    chosen = tuple(texts.columns[place] for place in places)
    tree = naming_column(chosen)
    if left > 0 and chosen and not is_number(chosen[tree]):
        widths[places[tree]] += left
    return Fitted(chosen, places, tuple(widths[place] for place in places), size, tree, left_out)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + BETWEEN * max(0, len(widths) - 1)
