"""Deals a document out to pages: one splitter for both renderers, since neither need break anything by itself.

Every page repeats the headings of the table that goes on, and says which of how many it is.
"""

from collections.abc import Iterator, Sequence

from domain.documents.printing.sheet import Sheet
from domain.values import Struct, replace
from server.printing.designs import MARGIN, WIDTH, Design
from server.printing.feet import units_of
from server.printing.heads import head_of, running_head
from server.printing.pieces import PAGE_HEIGHT, Block, Box, Page, Placed
from server.printing.stacks import Stack, frame, lowered, side_by_side
from server.printing.tables import Grid, Unit

_BOTTOM = 40
"""8 mm below the footer: what printers leave white at the edge."""

_NUMBERS = 130
"""Room for "Page 17 of 17"."""


class _Entry(Struct, frozen=True):
    """A unit at its place on a page."""

    top: int
    unit: Unit

    @property
    def bottom(self) -> int:
        return self.top + self.unit.block.height


def pages_of(sheet: Sheet, design: Design) -> list[Page]:
    """Return the pages of every copy that the sheet asks for; each copy counts its own."""
    units = units_of(sheet, design)
    return [page for mark in sheet.marks for page in _copy(sheet, design, units, mark)]


def _copy(sheet: Sheet, design: Design, units: Sequence[Unit], mark: str) -> list[Page]:
    footer = _footer(sheet, design, number="")
    bottom = PAGE_HEIGHT - _BOTTOM - footer.height - 8
    first = [Unit(block) for block in head_of(sheet, design, mark=mark)]
    further = [Unit(running_head(sheet, design, mark=mark))]
    filled = _filled(first, further, units, top=design.top, bottom=bottom)
    pages = []
    for index, entries in enumerate(filled):
        following = filled[index + 1] if index + 1 < len(filled) else []
        grown = _grown(entries, bottom)
        blocks = [Placed(entry.top, entry.unit.block) for entry in grown]
        if design.is_framed:
            blocks += _column_rules(grown, following, bottom)
        number = f"Page {index + 1} of {len(filled)}"
        pages.append(Page((*blocks, Placed(bottom + 8, _footer(sheet, design, number=number)))))
    return pages


def _filled(
    first: Sequence[Unit], further: Sequence[Unit], units: Sequence[Unit], *, top: int, bottom: int
) -> list[list[_Entry]]:
    """Fill page after page; what stays together is kept so as long as a page can hold it."""
    pages = [_set(first[:1], top)]
    for chunk in _chunks([*first[1:], *units]):
        if not _fits(chunk, pages[-1], bottom):
            begun = _set(further, top)
            if _fits(chunk, begun, bottom):
                pages.append(begun)
                _add(chunk, pages[-1])
                continue
            for unit in chunk:
                if not _fits([unit], pages[-1], bottom):
                    pages.append(_set(further, top))
                _add([unit], pages[-1])
            continue
        _add(chunk, pages[-1])
    return pages


def _chunks(units: Sequence[Unit]) -> Iterator[list[Unit]]:
    chunk: list[Unit] = []
    for unit in units:
        chunk.append(unit)
        if not unit.stays_with_next:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _set(units: Sequence[Unit], top: int) -> list[_Entry]:
    entries = []
    for unit in units:
        entries.append(_Entry(top, unit))
        top += unit.block.height
    return entries


def _with_heads(chunk: Sequence[Unit], entries: Sequence[_Entry]) -> Iterator[Unit]:
    """Put the headings of a table before its first row on a page."""
    grid = entries[-1].unit.grid
    for unit in chunk:
        if unit.grid is not None and unit.grid is not grid:
            yield Unit(unit.grid.head, unit.grid)
        grid = unit.grid
        yield unit


def _fits(chunk: Sequence[Unit], entries: Sequence[_Entry], bottom: int) -> bool:
    needed = sum(unit.block.height for unit in _with_heads(chunk, entries))
    return entries[-1].bottom + needed <= bottom


def _add(chunk: Sequence[Unit], entries: list[_Entry]) -> None:
    entries.extend(_set(list(_with_heads(chunk, entries)), entries[-1].bottom))


def _grown(entries: Sequence[_Entry], bottom: int) -> list[_Entry]:
    """Give what the page has left over to the unit that grows; what follows it stands lower."""
    left = bottom - entries[-1].bottom
    grown = []
    down = 0
    for entry in entries:
        if entry.unit.grows and not down:
            block = replace(entry.unit.block, height=entry.unit.block.height + left)
            grown.append(_Entry(entry.top, replace(entry.unit, block=block)))
            down = left
        else:
            grown.append(_Entry(entry.top + down, entry.unit))
    return grown


def _column_rules(entries: Sequence[_Entry], following: Sequence[_Entry], bottom: int) -> list[Placed]:
    """Draw the columns of each table on a page; down to its end, where the table goes on over leaf."""
    rules = []
    for grid, start, end in _segments(entries):
        goes_on = end == entries[-1].bottom and any(entry.unit.grid is grid for entry in following)
        height = (bottom if goes_on else end) - start
        columns = [
            frame(left=left, top=0, width=right - left, height=height, style="column")
            for left, right in zip(grid.edges, grid.edges[1:], strict=False)
        ]
        rules.append(Placed(start, Block(height=height, boxes=tuple(columns))))
    return rules


def _segments(entries: Sequence[_Entry]) -> Iterator[tuple[Grid, int, int]]:
    """Find each table on a page, with where it begins and ends."""
    grid, start, end = None, 0, 0
    for entry in entries:
        if entry.unit.grid is not grid:
            if grid is not None:
                yield grid, start, end
            grid, start = entry.unit.grid, entry.top
        end = entry.bottom
    if grid is not None:
        yield grid, start, end


def _footer(sheet: Sheet, design: Design, *, number: str) -> Block:
    left = Stack(design.styles, left=MARGIN, width=WIDTH - _NUMBERS)
    left.text("footer", sheet.footer)
    right = Stack(design.styles, left=MARGIN + WIDTH - _NUMBERS, width=_NUMBERS, align="right")
    right.text("footer", number)
    leading = design.styles["footer"].leading
    block = side_by_side((left, right), [Box("footer_rule", left=MARGIN, top=0, width=WIDTH, height=0)])
    return lowered(block, 6, height=6 + max(left.height, leading))
