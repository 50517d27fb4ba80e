"""Tables: how wide each column is, and the rows, each measured, so that they can be dealt out to pages."""

from bisect import bisect
from collections.abc import Sequence
from itertools import groupby, pairwise

from domain.documents.printing.sheet import Cell, Table
from domain.values import Struct, replace
from server.printing.designs import MARGIN, SMALLEST, WIDTH, Design, smaller
from server.printing.directions import is_rtl
from server.printing.measure import width_of
from server.printing.pieces import Block, Box, Style, Text
from server.printing.stacks import Stack, frame, lowered, side_by_side
from server.printing.wrapping import wrap

INNER = 6
"""Dots between the edge of a column and its text."""

_ITEM = "item"
_LEAST_ITEM = (225, 225, 200, 175, 150, 125, 110)
"""How narrow the names of things may become (45 to 22 mm), by how much smaller the letters are: figures go before."""

_WIDEST_WORDS = 170
_MOST_SPARE = 40
_ROW_LINES = 40
"""A row with more lines than these goes on in a row of its own, for it might be higher than a page."""


class Grid(Struct, frozen=True):
    """The columns of a table as they stand on every page: their edges from left to right, and their headings.

    ``shrunk`` is by how many dots its letters are smaller than the look's; ``item`` is the column that is the widest.
    """

    edges: tuple[int, ...]
    head: Block
    shrunk: int
    item: int


class Unit(Struct, frozen=True):
    """What goes on a page as one; a table's row has its ``grid``. What ``grows`` takes what its page has left over."""

    block: Block
    grid: Grid | None = None
    stays_with_next: bool = False
    grows: bool = False


def table_units(table: Table, design: Design, *, shrunk: int = 0, last_column: int = 0) -> list[Unit]:
    """Return a table row by row. ``last_column`` is the least width of the last one, for what is set below it."""
    grid = _grid(table, design, shrunk=shrunk, last_column=last_column)
    rows = [Unit(block, grid) for row in table.rows for block in _row(row, table, grid, design)]
    if table.foot:
        rows[-1:] = [Unit(row.block, grid, stays_with_next=True) for row in rows[-1:]]
        rows.append(Unit(_foot(table, grid, design), grid))
    if not table.heading or not rows:
        return rows
    return [Unit(_heading(table.heading, design), stays_with_next=True), *rows]


def _heading(heading: str, design: Design) -> Block:
    inner = design.padding if design.is_framed else 0
    stack = Stack(design.styles, left=MARGIN + inner, width=WIDTH - 2 * inner)
    stack.text("table_heading", heading)
    height = stack.height + 4
    boxes = [frame(left=MARGIN, top=0, width=WIDTH, height=height)] if design.is_framed else []
    return lowered(side_by_side((stack,), boxes), 2, height=height)


def insides(edges: Sequence[int]) -> list[tuple[int, int]]:
    """Return for each column where its text begins, and how wide it may be."""
    return [(left + INNER, right - left - 2 * INNER) for left, right in pairwise(edges)]


def _grid(table: Table, design: Design, *, shrunk: int, last_column: int) -> Grid:
    names = [column.name for column in table.columns]
    item = names.index(_ITEM) if _ITEM in names else 0
    for by in range(shrunk, SMALLEST + 1):
        widths = _natural_widths(table, design.styles, by)
        widths[-1] = max(widths[-1], last_column)
        wanted = min(widths[item], _LEAST_ITEM[by])
        if sum(widths) - widths[item] + wanted <= WIDTH:
            break
    widths = _with_an_item(widths, item) if _ITEM in names else _spread(widths)
    edges = [MARGIN]
    for width in widths:
        edges.append(edges[-1] + width)
    return Grid(tuple(edges), _head(table, tuple(edges), design, by), by, item)


def _natural_widths(table: Table, styles: dict[str, Style], by: int) -> list[int]:
    """Return how wide each column wants to be: as its widest figure, as the longest word of its heading."""
    cell, small, head, foot = (styles[smaller(name, by)] for name in ("cell", "cell_small", "head", "foot"))
    item = styles[smaller("item", by)]
    widths = []
    for index, column in enumerate(table.columns):
        main = item if column.name == _ITEM else cell
        widest = max((width_of(word, head) for word in column.heading.split()), default=0)
        for row in table.rows:
            widest = max(widest, width_of(row[index].text, main), width_of(row[index].small, small))
        if table.foot:
            widest = max(widest, width_of(table.foot[index].text, foot), width_of(table.foot[index].small, small))
        if column.align != "right":
            widest = min(widest, _WIDEST_WORDS) if column.name != _ITEM else widest
        widths.append(widest + 2 * INNER)
    return widths


def _with_an_item(widths: list[int], item: int) -> list[int]:
    """Give the names of things what the figures leave; if that is too little, figures are broken, too.

    What the longest name does not need makes the columns behind it wider, so that the figures are not crowded.
    """
    least = min(widths[item], _LEAST_ITEM[-1])
    spare = WIDTH - sum(widths)
    behind = len(widths) - item - 1
    if spare > 0 and behind:
        more = min(spare * 2 // 3 // behind, _MOST_SPARE)
        widths = [width + more if index > item else width for index, width in enumerate(widths)]
    others = sum(widths) - widths[item]
    if WIDTH - others < least:
        figures = _capped([*widths[:item], *widths[item + 1 :]], WIDTH - least)
        widths = [*figures[:item], 0, *figures[item:]]
        others = sum(figures)
    widths[item] = WIDTH - others
    return widths


def _spread(widths: list[int]) -> list[int]:
    """Share the room out among all columns alike; if there is too little, the widest give."""
    more = (WIDTH - sum(widths)) // len(widths)
    shared = [width + more for width in widths] if more >= 0 else _capped(widths, WIDTH)
    shared[0] += WIDTH - sum(shared)
    return shared


def _capped(widths: list[int], room: int) -> list[int]:
    """Make the widest columns narrower, all of them alike, until all fit into a room."""
    cap = bisect(range(1, WIDTH), room, key=lambda cap: sum(min(width, cap) for width in widths))
    return [min(width, cap) for width in widths]


def _head(table: Table, edges: tuple[int, ...], design: Design, by: int) -> Block:
    style = smaller("head", by)
    leading = design.styles[style].leading
    texts = [
        Text(style, left, 0, width, wrap(column.heading, design.styles[style], width), column.align)
        for column, (left, width) in zip(table.columns, insides(edges), strict=True)
    ]
    lines = max(len(text.lines) for text in texts)
    height = lines * leading + 10
    placed = tuple(
        Text(text.style, text.left, 5 + (lines - len(text.lines)) * leading, text.width, text.lines, text.align)
        for text in texts
        if text.lines
    )
    ground = frame(left=MARGIN, top=0, width=WIDTH, height=height, style="table_head")
    return Block(height=height, texts=placed, boxes=(ground,))


def _row(row: Sequence[Cell], table: Table, grid: Grid, design: Design) -> list[Block]:
    cells = [
        _cell_lines(cell, _ITEM if column.name == _ITEM else "cell", grid, design, width=width)
        for cell, column, (_, width) in zip(row, table.columns, insides(grid.edges), strict=True)
    ]
    lines = max(1, *(len(cell) for cell in cells))
    padding = max(2, design.row_padding - 2 * grid.shrunk)
    blocks = []
    for at in range(0, lines, _ROW_LINES):
        part = [cell[at : at + _ROW_LINES] for cell in cells]
        above, below = (0 if at else padding), (padding if at + _ROW_LINES >= lines else 0)
        block = _row_block(part, row, table, grid, design, above=above, below=below)
        rule = Box("row_rule", left=MARGIN, top=block.height, width=WIDTH, height=0)
        blocks.append(replace(block, boxes=(rule,)) if below and not design.is_framed else block)
    return blocks


def _cell_lines(cell: Cell, style: str, grid: Grid, design: Design, *, width: int) -> list[tuple[str, str]]:
    main, small = smaller(style, grid.shrunk), smaller("cell_small", grid.shrunk)
    return [(main, line) for line in wrap(cell.text, design.styles[main], width)] + [
        (small, line) for line in wrap(cell.small, design.styles[small], width)
    ]


def _row_block(
    cells: list[list[tuple[str, str]]],
    row: Sequence[Cell],
    table: Table,
    grid: Grid,
    design: Design,
    *,
    above: int,
    below: int,
) -> Block:
    """Set the lines (style, text) of each cell below each other, those of one style as one text."""
    texts = []
    height = 0
    for lines, cell, column, (left, width) in zip(cells, row, table.columns, insides(grid.edges), strict=True):
        top = above
        for style, group in groupby(lines, key=lambda line: line[0]):
            set_lines = tuple(line for _, line in group)
            texts.append(Text(style, left, top, width, set_lines, column.align, is_rtl(cell.text)))
            top += len(set_lines) * design.styles[style].leading
        height = max(height, top)
    return Block(height=height + below, texts=tuple(texts))


def _foot(table: Table, grid: Grid, design: Design) -> Block:
    cells = [
        _cell_lines(cell, "foot", grid, design, width=width)
        for cell, (_, width) in zip(table.foot, insides(grid.edges), strict=True)
    ]
    padding = max(2, design.row_padding - 2 * grid.shrunk)
    block = _row_block(cells, table.foot, table, grid, design, above=padding, below=padding)
    ground = frame(left=MARGIN, top=0, width=WIDTH, height=block.height, style="table_foot")
    return replace(block, boxes=(ground,))
