"""The four looks, as data: how large each kind of text is, and what differs in how a page is built.

Colours, weights of rules and grounds are in the template of the same name; whatever takes room is here.
"""

from typing import Literal

from domain.values import Struct, replace
from server.printing.pieces import PAGE_WIDTH, Style

MARGIN = 59
WIDTH = PAGE_WIDTH - 2 * MARGIN
"""What is between the margins of 12 mm."""

GUTTER = 30
"""White between two columns that stand in no boxes."""

_STYLES = {
    "title": Style(30, 38, is_bold=True),
    "subtitle": Style(14, 19),
    "mark": Style(12, 17),
    "banner_text": Style(17, 24, is_bold=True),
    "stamp_text": Style(17, 24, is_bold=True),
    "banner_note": Style(13, 18),
    "stamp_note": Style(13, 18),
    "seller": Style(19, 25, is_bold=True),
    "body": Style(13, 18),
    "label": Style(12, 18, is_bold=True),
    "name": Style(14, 20, is_bold=True),
    "fact_label": Style(13, 18),
    "fact": Style(13, 18),
    "fact_strong": Style(13, 18, is_bold=True),
    "small_label": Style(11, 15),
    "small": Style(11, 15),
    "notice_text": Style(13, 18, is_bold=True),
    "table_heading": Style(13, 20, is_bold=True),
    "head": Style(12, 16, is_bold=True),
    "item": Style(14, 19, is_bold=True),
    "cell": Style(14, 19),
    "cell_small": Style(12, 16),
    "foot": Style(14, 19, is_bold=True),
    "total_label": Style(14, 19),
    "total": Style(14, 19),
    "grand_label": Style(17, 26, is_bold=True),
    "grand": Style(20, 26, is_bold=True),
    "words": Style(14, 19, is_bold=True),
    "note": Style(13, 18),
    "sign": Style(13, 18, is_bold=True),
    "running": Style(13, 18, is_bold=True),
    "running_number": Style(13, 18),
    "footer": Style(11, 15),
}


TABLE_STYLES = ("head", "item", "cell", "cell_small", "foot")
SMALLEST = 6
"""By how many dots the letters of a table may be smaller than the look has them, where its figures need the room."""

_LEAST_SIZE = 8


def smaller(style: str, by: int) -> str:
    """Return the name of a style of tables that is smaller by some dots."""
    return f"{style}_{by}"


def _with_smaller(styles: dict[str, Style]) -> dict[str, Style]:
    return styles | {
        smaller(name, by): replace(
            styles[name], size=max(_LEAST_SIZE, styles[name].size - by), leading=max(11, styles[name].leading - by)
        )
        for name in TABLE_STYLES
        for by in range(SMALLEST + 1)
    }


class Design(Struct, frozen=True):
    """What makes one look another.

    ``is_framed``: every part stands in a box, and the last table of lines reaches down to what follows it.
    ``padding`` is the room between a box and its text; ``row_padding`` that above and below a row of the lines.
    ``head`` names how the first page begins; ``is_total_filled``: what the paper comes to stands on a coloured ground.
    """

    styles: dict[str, Style]
    head: Literal["letterhead", "titled_box", "counter"] = "letterhead"
    is_framed: bool = False
    is_total_filled: bool = False
    are_totals_rows: bool = False
    top: int = 52
    gap: int = 20
    padding: int = 8
    row_padding: int = 6


DESIGNS: dict[str, Design] = {
    "classic": Design(styles=_with_smaller(_STYLES)),
    "modern": Design(
        styles=_with_smaller(
            _STYLES
            | {
                "title": Style(38, 46, is_bold=True),
                "grand": Style(24, 32, is_bold=True),
                "grand_label": Style(16, 32, is_bold=True),
            }
        ),
        is_total_filled=True,
        top=60,
        gap=22,
        row_padding=7,
    ),
    "boxed": Design(
        styles=_with_smaller(
            _STYLES
            | {
                "title": Style(22, 30, is_bold=True),
                "item": Style(13, 18, is_bold=True),
                "cell": Style(13, 18),
                "foot": Style(13, 18, is_bold=True),
            }
        ),
        head="titled_box",
        is_framed=True,
        gap=0,
        row_padding=4,
    ),
    "tally": Design(
        styles=_with_smaller(
            _STYLES
            | {
                "title": Style(18, 26, is_bold=True),
                "seller": Style(15, 20, is_bold=True),
                "label": Style(11, 15),
                "note": Style(12, 16),
                "words": Style(13, 18, is_bold=True),
                "item": Style(13, 18, is_bold=True),
                "cell": Style(13, 18),
                "foot": Style(13, 18, is_bold=True),
                "total_label": Style(13, 18),
                "total": Style(13, 18, is_bold=True),
                "grand": Style(16, 24, is_bold=True),
                "grand_label": Style(14, 24, is_bold=True),
            }
        ),
        head="counter",
        is_framed=True,
        are_totals_rows=True,
        gap=0,
        padding=6,
        row_padding=4,
    ),
}
"""By the names that callers know them by."""

WORDS_LABEL = "Amount in words"
TAX_WORDS_LABEL = "Tax in words"
BANK_LABEL = "Bank details"
PAY_LABEL = "Pay by UPI"
NOTES_LABEL = "Notes"
TERMS_LABEL = "Terms"
DECLARATION_LABEL = "Declaration"
EINVOICE_LABEL = "e-Invoice"
