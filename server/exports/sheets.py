"""What writing sheets has in common, whatever the format: the writer, and texts that spreadsheets would run."""

from collections.abc import Iterable
from typing import Protocol

from domain.reports.sheet import Line, Sheet

_STARTS_A_FORMULA = frozenset("=+-@\t\r＝＋－＠")


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet program could take a text for a formula and run it.

    Whoever names himself ``=HYPERLINK(…)`` is a contact like any other; whoever opens the report shall not run it.
    """
    return text[:1] in _STARTS_A_FORMULA


class Writer(Protocol):
    """Writes the sheets of one report, one after the other, into one file. Its methods block.

    ``written`` is how many bytes the lines have taken so far.
    """

    written: int

    def begin(self, sheet: Sheet) -> None:
        """Begin a sheet."""

    def write(self, lines: Iterable[Line]) -> None:
        """Write lines of the sheet that was begun last. Raises Failed when they are too many for the format."""

    def close(self) -> None:
        """Write what is left, so that the file is whole."""

    def discard(self) -> None:
        """Leave nothing behind of a file that is not finished."""
