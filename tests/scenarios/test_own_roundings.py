"""A sale keeps the rounding off that it says; without one it goes to whole rupees where the organization wants it."""

from decimal import Decimal

import pytest

from domain import organization
from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import ESTIMATE, INVOICE, SALES_ORDER, Kind
from domain.errors import Failed
from tests.scenarios.builders import a_customer, a_draft, a_line, an_approved_invoice, entries_of


@pytest.fixture
async def rounding_books(books: Books) -> Books:
    """The books of a firm that rounds its papers to whole rupees."""
    await organization.amend(books, {"is_round_off_enabled": True})
    return books


@pytest.mark.parametrize("kind", [INVOICE, ESTIMATE, SALES_ORDER], ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    ("said", "total"),
    [({}, "828.00"), ({"round_off": Decimal("0")}, "828.20"), ({"round_off": Decimal("0.30")}, "828.50")],
)
async def test_a_rounding_that_is_said_is_not_reckoned(
    rounding_books: Books, kind: Kind, said: dict[str, Decimal], total: str
) -> None:
    """701.86 and 126.34 of tax are 828.20."""
    customer = await a_customer(rounding_books)
    paper = await lifecycle.draft(rounding_books, kind, {"contact_id": customer.id, **said}, [a_line("701.86")])
    assert str(paper.head.total) == total


async def test_the_rounding_is_posted_as_it_is_said(rounding_books: Books) -> None:
    customer = await a_customer(rounding_books)
    invoice = await an_approved_invoice(rounding_books, customer, a_line("701.86"), round_off=Decimal("-0.10"))
    assert await entries_of(rounding_books, invoice) == {
        "Trade receivables": ("828.10", "0.00"),
        "Output CGST": ("0.00", "63.17"),
        "Output SGST": ("0.00", "63.17"),
        "Sales": ("0.00", "701.86"),
        "Round-off": ("0.10", "0.00"),
    }


async def test_a_rounding_stays_until_it_is_taken_back_and_one_that_is_only_repeated_is_none(
    rounding_books: Books,
) -> None:
    draft = await a_draft(rounding_books, await a_customer(rounding_books), a_line("701.86"), round_off=Decimal(0))

    async def total_after(**said: object) -> str:
        return str((await lifecycle.amend(rounding_books, INVOICE, draft.head.id, said, None)).head.total)

    assert await total_after(notes="Seen") == "828.20"
    assert await total_after(round_off=None) == "828.00"
    assert await total_after(round_off=Decimal("-0.20"), discount=Decimal("0.50")) == "828.00", "reckoned as before"


async def test_a_rounding_of_a_hundred_rupees_is_none(rounding_books: Books) -> None:
    customer = await a_customer(rounding_books)
    with pytest.raises(Failed) as refusal:
        await a_draft(rounding_books, customer, a_line("1000"), round_off=Decimal(100))
    assert refusal.value.field == "round_off"
