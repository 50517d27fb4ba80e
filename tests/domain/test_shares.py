"""How a discount in rupees is shared out over the parts of a document."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents.document import Line
from domain.documents.shares import Given, Part, discount_of_part, share_of_parts, value_of
from domain.money import ZERO


def line(
    quantity: str,
    *,
    rate: str = "100",
    discount: str | None = None,
    percent: str | None = None,
    converted: str = "0",
    key: str = "li_1",
) -> Line:
    """A line of an order."""
    amounts: dict[str, Any] = dict.fromkeys(
        ("item_total", "taxable_amount", "cgst_amount", "sgst_amount", "igst_amount", "cess_amount"), ZERO
    )
    absent: dict[str, Any] = dict.fromkeys(
        ("item_id", "description", "hsn_or_sac", "unit", "unit_code", "tax_id", "tax_name", "cost_center_id")
    )
    return Line(
        id=key,
        document_id="so_1",
        position=1,
        account_id="acc_1",
        name="Chair",
        quantity=Decimal(quantity),
        rate=Decimal(rate),
        discount=None if discount is None else Decimal(discount),
        discount_percent=None if percent is None else Decimal(percent),
        tax_category="EXEMPT",
        tax_percentage=ZERO,
        cess_percentage=ZERO,
        converted_quantity=Decimal(converted),
        **amounts,
        **absent,
    )


def gone(discount: str = "0", charges: str = "0", **lines: str) -> Given:
    """What went to parts before."""
    return Given(Decimal(discount), Decimal(charges), {key: Decimal(amount) for key, amount in lines.items()})


@pytest.mark.parametrize(
    ("of", "part", "before", "share"),
    [
        (line("3", discount="1"), "1", "0", "0.33"),
        (line("3", discount="1", converted="1"), "1", "0.33", "0.33"),
        (line("3", discount="1", converted="2"), "1", "0.66", "0.34"),  # the last part takes the remainder
        (line("3", discount="1", converted="2"), "1", "0.67", "0.33"),  # also after a part was taken back
        (line("3", discount="1"), "3", "0", "1.00"),
        (line("3", discount="60", converted="2"), "1", "0.00", "60.00"),  # a draft gave none of it, so this gives all
        (line("3", discount="200", converted="2"), "1", "0.00", "100.00"),  # but never more than its price
        (line("3", discount="60", converted="1"), "1", "60.00", "0.00"),  # nothing is left to give
        (line("3", discount="60", converted="2"), "1", "70.00", "0.00"),
        (line("3", rate="0.333", discount="1", converted="2"), "1", "0.66", "0.33"),
        (line("3", discount="0"), "1", "0", "0.00"),
    ],
)
def test_the_discount_of_a_line(of: Line, part: str, before: str, share: str) -> None:
    assert discount_of_part(Part(of, Decimal(part)), gone(li_1=before)) == Decimal(share)


def test_a_line_without_discount_in_rupees_has_none() -> None:
    assert discount_of_part(Part(line("3", percent="10"), Decimal(1)), gone()) is None


@pytest.mark.parametrize(
    ("amount", "before", "quantities", "place", "share"),
    [
        ("100", "0", ("1", "0"), "first", "33.33"),
        ("100", "33.33", ("0", "2"), "last", "66.67"),
        ("100", "0", ("1", "2"), "last", "100"),
        ("100", "90", ("1", "0"), "first", "10"),
        ("0", "0", ("1", "0"), "first", "0"),
    ],
)
def test_a_discount_on_the_whole(amount: str, before: str, quantities: tuple[str, str], place: str, share: str) -> None:
    """Two lines: one chair of 100 rupees, two of 100 each."""
    lines = [line("1", key="li_1"), line("2", key="li_2")]
    parts = [Part(of, Decimal(quantity)) for of, quantity in zip(lines, quantities, strict=True)]

    assert share_of_parts(Decimal(amount), Decimal(before), parts, lines, is_last=place == "last") == Decimal(share)


def test_a_discount_on_nothing_is_nothing() -> None:
    free = line("2", rate="0")

    assert share_of_parts(Decimal(5), ZERO, [Part(free, Decimal(1))], [free], is_last=False) == 0


def test_the_value_of_a_part_is_its_price_less_its_own_discount() -> None:
    parts = [
        Part(line("4", percent="10"), Decimal(1)),
        Part(line("4", discount="10", converted="3"), Decimal(1)),
        Part(line("4"), Decimal(2)),
    ]

    assert value_of(parts, gone(li_1="7.50")) == Decimal("90") + Decimal("97.50") + Decimal("200")


@given(
    discount=st.decimals(0, 1000, places=2),
    cuts=st.lists(st.integers(1, 50), min_size=1, max_size=12),
    rate=st.decimals("20", 500, places=2),
)
def test_the_parts_come_to_the_whole_however_they_are_cut(discount: Decimal, cuts: list[int], rate: Decimal) -> None:
    quantity = sum(cuts)
    discount = min(discount, (rate - 1) * quantity)
    given_so_far = taken = ZERO
    for cut in cuts:
        part = Part(line(str(quantity), rate=str(rate), discount=str(discount), converted=str(taken)), Decimal(cut))
        share = discount_of_part(part, gone(li_1=str(given_so_far)))
        assert share is not None
        assert 0 <= share <= part.gross
        given_so_far, taken = given_so_far + share, taken + cut

    assert given_so_far == discount
