"""Banners by status, and the marks of copies."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.documents.kinds import INVOICE, KINDS, PURCHASE_ORDER, SALES_ORDER, Effect, Kind
from domain.documents.printing import stamps
from domain.documents.printing.lawful_texts import texts, title_of
from domain.documents.printing.nature import Nature
from domain.documents.printing.printed_kinds import CHALLAN_PURPOSES, PRINTED, printed_as
from domain.documents.printing.sheet import Banner
from domain.documents.printing.stamps import Standing, banner, marks
from models.documents import CHALLAN_PURPOSES as PURPOSES


def test_a_draft_says_so() -> None:
    shown = banner(Standing("DRAFT"))
    assert shown == Banner("DRAFT", "Not a valid document: it has not been issued.", is_stamped=True)


@pytest.mark.parametrize(
    ("reason", "note"),
    [
        ("the order was withdrawn", "Cancelled on 20 Nov 2026: the order was withdrawn"),
        (None, "Cancelled on 20 Nov 2026."),
    ],
)
def test_what_is_cancelled_says_when_and_why(reason: str | None, note: str) -> None:
    at = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    assert banner(Standing("CANCELLED", at, reason)) == Banner("CANCELLED", note, is_stamped=True)


@pytest.mark.parametrize(("status", "text"), [("PAID", "Paid"), ("DECLINED", "Declined"), ("BILLED", "Billed")])
def test_a_valid_paper_is_not_stamped(status: str, text: str) -> None:
    assert banner(Standing(status)) == Banner(text)


@pytest.mark.parametrize("status", ["SENT", "OPEN", "ISSUED"])
def test_nothing_is_said_of_what_is_as_usual(status: str) -> None:
    assert banner(Standing(status)) is None


def test_a_paper_of_a_sandbox_is_a_sample() -> None:
    assert banner(Standing("SENT", is_sandbox=True)) == Banner(
        "SAMPLE", "Made in a sandbox: not a valid document.", is_stamped=True
    )


def test_every_status_of_every_kind_is_decided_upon() -> None:
    statuses = {status for kind in KINDS for status in kind.statuses.all}
    assert statuses == {"DRAFT", "CANCELLED"} | stamps.BANNERS.keys() | stamps.UNSAID


def test_every_kind_and_purpose_has_its_row() -> None:
    """What does not post may do without: it is printed in its own words."""
    posting = {kind.name for kind in KINDS if kind.effect is not Effect.NONE}
    assert posting <= PRINTED.keys() <= {kind.name for kind in KINDS}
    assert CHALLAN_PURPOSES.keys() == set(PURPOSES)


@pytest.mark.parametrize(
    ("like", "heading", "statements"),
    [(SALES_ORDER, "Customer", ["This is not a tax invoice."]), (PURCHASE_ORDER, "Supplier", [])],
)
def test_a_kind_without_a_row_is_printed_in_its_own_words(like: Kind, heading: str, statements: list[str]) -> None:
    printed = printed_as(replace(like, name="PROFORMA", title="Proforma invoice", due_field="valid_until"))
    assert title_of(printed.titles, Nature()).text == "Proforma invoice"
    assert (printed.number_label, printed.due_label) == ("Proforma invoice number", "Valid until")
    assert (printed.party_heading, printed.goods_marks, printed.asks_for_money) == (heading, stamps.PLAIN, False)
    assert list(texts(printed.statements, Nature())) == statements


def test_a_kind_that_posts_is_not_printed_without_what_the_law_says_of_it() -> None:
    with pytest.raises(KeyError, match="LATER_INVOICE"):
        printed_as(replace(INVOICE, name="LATER_INVOICE"))


@pytest.mark.parametrize(
    ("names", "copies", "expected"),
    [
        (stamps.GOODS, 0, ()),
        (stamps.GOODS, 1, ("Original for recipient",)),
        (stamps.GOODS, 3, ("Original for recipient", "Duplicate for transporter", "Triplicate for supplier")),
        (stamps.SERVICES, 2, ("Original for recipient", "Duplicate for supplier")),
        (stamps.SERVICES, 3, ("Original for recipient", "Duplicate for supplier", "Extra copy")),
        (stamps.CHALLAN, 3, ("Original for consignee", "Duplicate for transporter", "Triplicate for consigner")),
    ],
)
def test_copies_are_marked_as_the_law_names_them(
    names: tuple[str, ...], copies: int, expected: tuple[str, ...]
) -> None:
    """CGST Rules, rules 48(1), 48(2) and 55(2)."""
    assert marks(names, copies) == expected
