"""What a page is made of: texts, boxes and pictures, each at a place that is known before anything is rendered.

All lengths are in dots of 1/125 inch (0.2032 mm). That is the grid to which wkhtmltopdf rounds letters and lines, so
that what is measured here is what both renderers draw (decision 0044).
"""

from domain.documents.printing.sheet import Alignment
from domain.values import Struct

PAGE_WIDTH = 1033
"""A4, 210 mm."""

PAGE_HEIGHT = 1456
"""296 mm: wkhtmltopdf begins a new sheet for the last millimetre of A4."""


class Style(Struct, frozen=True):
    """How a text is set: the height of its letters, the distance of its lines, its weight."""

    size: int
    leading: int
    is_bold: bool = False


class Text(Struct, frozen=True):
    """Lines of one style, broken already. ``is_rtl``: it runs from right to left, which never moves it as a whole."""

    style: str
    left: int
    top: int
    width: int
    lines: tuple[str, ...]
    align: Alignment = "left"
    is_rtl: bool = False


class Box(Struct, frozen=True):
    """A rule, a frame or a ground; the look's template says how one of this style is drawn."""

    style: str
    left: int
    top: int
    width: int
    height: int


class Picture(Struct, frozen=True):
    """A picture within the HTML itself: ``source`` is a ``data:`` address."""

    style: str
    left: int
    top: int
    width: int
    height: int
    source: str


class Block(Struct, frozen=True):
    """Pieces that stay together; their places are those within the block."""

    height: int
    texts: tuple[Text, ...] = ()
    boxes: tuple[Box, ...] = ()
    pictures: tuple[Picture, ...] = ()


class Placed(Struct, frozen=True):
    """A block, and how far from the top of the page it stands."""

    top: int
    block: Block


class Page(Struct, frozen=True):
    """One sheet of paper: what is on it from top to bottom."""

    blocks: tuple[Placed, ...]
