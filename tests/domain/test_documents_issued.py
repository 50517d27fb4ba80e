"""Table 13: which numbers are one run, and which begin another."""

import pytest

from domain.gst.returns.documents_issued import Nature, runs
from domain.gst.returns.rows import IssuedRow


def told(*numbers: str, cancelled: tuple[str, ...] = ()) -> list[str]:
    """The runs of these numbers: first to last, how many, how many of them cancelled."""
    issued = [IssuedRow(Nature.INVOICE, number, number, 1, int(number in cancelled)) for number in numbers]
    return [f"{row.first} to {row.last}: {row.count}, {row.cancelled}" for row in runs(issued)]


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        (["INV/26-27/0001", "INV/26-27/0002", "INV/26-27/0003"], ["INV/26-27/0001 to INV/26-27/0003: 3, 0"]),
        (["S-099/26", "S-100/26"], ["S-099/26 to S-100/26: 2, 0"]),
        (["S-9", "S-10"], ["S-9 to S-10: 2, 0"]),
        (["S-099/26", "S-101/26"], ["S-099/26 to S-099/26: 1, 0", "S-101/26 to S-101/26: 1, 0"]),
        (["S-09", "S-010"], ["S-09 to S-09: 1, 0", "S-010 to S-010: 1, 0"]),
        (["A-1", "B-2"], ["A-1 to A-1: 1, 0", "B-2 to B-2: 1, 0"]),
        (["INV/26-27/9999", "INV/26-27/10000"], ["INV/26-27/9999 to INV/26-27/10000: 2, 0"]),
        (["S/25-2", "S/26-3"], ["S/25-2 to S/25-2: 1, 0", "S/26-3 to S/26-3: 1, 0"]),
        (["inv-1", "INV-2"], ["inv-1 to INV-2: 2, 0"]),
        (["7", "8"], ["7 to 8: 2, 0"]),
        (["A", "B"], ["A to A: 1, 0", "B to B: 1, 0"]),
    ],
)  # fmt: skip
def test_a_run_rises_by_one_in_one_group_of_digits(numbers: list[str], found: list[str]) -> None:
    assert told(*numbers) == found


def test_numbers_come_in_any_order() -> None:
    assert told("S-10", "S-8", "S-9") == ["S-8 to S-10: 3, 0"]


def test_what_was_cancelled_stays_in_the_run() -> None:
    assert told("S-1", "S-2", "S-3", cancelled=("S-2",)) == ["S-1 to S-3: 3, 1"]


def test_each_nature_has_runs_of_its_own() -> None:
    rows = runs([IssuedRow(Nature.CREDIT_NOTE, "N-2", "N-2", 1, 0), IssuedRow(Nature.INVOICE, "N-1", "N-1", 1, 0)])
    assert [(row.nature, row.first, row.net_issued) for row in rows] == [(1, "N-1", 1), (5, "N-2", 1)]
