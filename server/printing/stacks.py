"""Setting texts one below another within a column, and columns side by side into a block."""

from collections.abc import Iterable, Sequence

from domain.documents.printing.sheet import Alignment, Fact
from domain.values import replace
from server.printing.designs import GUTTER, MARGIN, WIDTH, Design
from server.printing.directions import is_rtl
from server.printing.measure import width_of
from server.printing.pieces import Block, Box, Picture, Style, Text
from server.printing.wrapping import wrap

_BETWEEN = 12
"""Dots between a label and what it says."""


class Stack:
    """A column of a given width that grows downwards as things are set into it."""

    def __init__(
        self, styles: dict[str, Style], *, left: int, width: int, top: int = 0, align: Alignment = "left"
    ) -> None:
        self._styles = styles
        self.left = left
        self.width = width
        self.align = align
        self.height = top
        self.texts: list[Text] = []
        self.pictures: list[Picture] = []

    def text(self, style: str, text: str, *, align: Alignment | None = None) -> None:
        """Set a text over the whole width; an empty one takes no room."""
        self.height += self._put(style, text, self.left, self.width, align or self.align)

    def space(self, height: int) -> None:
        """Leave room."""
        self.height += height

    def picture(self, style: str, source: str, *, width: int, height: int) -> None:
        """Set a picture on the side to which this column is aligned."""
        room = {"left": 0, "centre": (self.width - width) // 2, "right": self.width - width}
        left = self.left + room[self.align]
        self.pictures.append(Picture(style, left=left, top=self.height, width=width, height=height, source=source))
        self.height += height

    def facts(self, facts: Sequence[Fact], *, strong: str = "") -> None:
        """Set labels in one column and what they say in the next; what says ``strong`` stands out."""
        if not facts:
            return
        widest = max(width_of(fact.label, self._styles["fact_label"]) for fact in facts)
        labels = min(widest + 2, self.width * 9 // 20)
        left = self.left + labels + _BETWEEN
        for fact in facts:
            value = "fact_strong" if strong and fact.value == strong else "fact"
            height = self._put("fact_label", fact.label, self.left, labels, "left")
            self.height += max(height, self._put(value, fact.value, left, self.width - labels - _BETWEEN, "left"))

    def captioned(self, facts: Sequence[Fact]) -> None:
        """Set each label above what it says."""
        for fact in facts:
            self.text("small_label", fact.label)
            self.text("small", fact.value)
            self.space(3)

    def pair(self, label: tuple[str, str], value: tuple[str, str], *, value_width: int) -> None:
        """Set a label (style, text) on the left and a figure on the right, on one base line."""
        first, second = self._styles[label[0]].leading, self._styles[value[0]].leading
        down = max(0, (second - first) // 2)
        room = self.width - value_width - _BETWEEN
        height = down + self._put(label[0], label[1], self.left, room, self.align, down=down)
        left = self.left + self.width - value_width
        self.height += max(height, self._put(value[0], value[1], left, value_width, "right"))

    def _put(self, style: str, text: str, left: int, width: int, align: Alignment, *, down: int = 0) -> int:
        lines = wrap(text, self._styles[style], width)
        if not lines:
            return 0
        self.texts.append(
            Text(style, left=left, top=self.height + down, width=width, lines=lines, align=align, is_rtl=is_rtl(text))
        )
        return len(lines) * self._styles[style].leading


def frame(*, left: int, top: int, width: int, height: int, style: str = "frame") -> Box:
    """Return a box with lines around it; its last dot is its neighbour's first, so that lines are single."""
    return Box(style, left=left, top=top, width=width + 1, height=height + 1)


class Row:
    """Columns of given widths that fill a line of the page: boxes in a framed look, else with white between them."""

    def __init__(self, design: Design, *widths: int, boxes: str = "frame") -> None:
        self._design = design
        self._boxes = boxes
        self._edges = [MARGIN]
        self.columns: list[Stack] = []
        for width in widths:
            self.columns.append(self._column(self._edges[-1], width, is_last=len(self.columns) == len(widths) - 1))
            self._edges.append(self._edges[-1] + width)

    def block(self, *, gap: int = 0, rule: bool = False) -> Block:
        """Return what was set. ``gap`` is left below it, and a rule drawn above, in a look without frames."""
        if not self._design.is_framed:
            rules = [Box("rule", left=MARGIN, top=0, width=WIDTH, height=0)] if rule else []
            down = 10 if rule else 0
            block = side_by_side(self.columns, rules)
            return lowered(block, down, height=block.height + down + gap)
        height = max(column.height for column in self.columns) + 2 * self._design.padding
        frames = [
            frame(left=left, top=0, width=right - left, height=height, style=self._boxes)
            for left, right in zip(self._edges, self._edges[1:], strict=False)
        ]
        return lowered(side_by_side(self.columns, frames), self._design.padding, height=height)

    def _column(self, left: int, width: int, *, is_last: bool) -> Stack:
        if self._design.is_framed:
            inner = self._design.padding
            return Stack(self._design.styles, left=left + inner, width=width - 2 * inner)
        return Stack(self._design.styles, left=left, width=width if is_last else width - GUTTER)


def side_by_side(stacks: Iterable[Stack], boxes: Iterable[Box] = ()) -> Block:
    """Make one block of columns that begin at the same height; it is as high as the highest."""
    columns = list(stacks)
    return Block(
        height=max(column.height for column in columns),
        texts=tuple(text for column in columns for text in column.texts),
        boxes=tuple(boxes),
        pictures=tuple(picture for column in columns for picture in column.pictures),
    )


def lowered(block: Block, by: int, *, height: int) -> Block:
    """Return a block of another height whose texts and pictures stand lower within it; its boxes stay."""
    return Block(
        height=height,
        texts=tuple(replace(text, top=text.top + by) for text in block.texts),
        boxes=block.boxes,
        pictures=tuple(replace(picture, top=picture.top + by) for picture in block.pictures),
    )
