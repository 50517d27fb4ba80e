"""The look of printed documents."""

import pytest

from domain.books import Books
from domain.branches import open_branch
from domain.documents.printing.look import ACCENT_COLOUR, BankDetails, Look, look_hash, look_hash_of, look_of
from domain.errors import NotFound


async def test_a_branch_prints_with_its_bank_details_its_signatory_and_the_organizations_template(books: Books) -> None:
    branch = await open_branch(
        books,
        {
            "branch_name": "Pune",
            "signatory_name": "Meera Kulkarni",
            "declaration": "Prices are as agreed.",
            "bank_details": {"bank_name": "HDFC Bank", "account_number": "50200012345678", "upi_id": "pune@hdfcbank"},
        },
    )

    assert await look_of(books, branch.id) == Look(
        template="classic",
        accent_colour=ACCENT_COLOUR,
        signatory_name="Meera Kulkarni",
        declaration="Prices are as agreed.",
        bank=BankDetails(bank_name="HDFC Bank", account_number="50200012345678"),
        upi_id="pune@hdfcbank",
    )


async def test_a_branch_that_says_nothing_prints_no_bank_details(books: Books) -> None:
    branch = await open_branch(books, {"branch_name": "Pune"})

    assert await look_of(books, branch.id) == Look()


async def test_the_look_of_a_branch_that_is_not_there_is_not_found(books: Books) -> None:
    with pytest.raises(NotFound):
        await look_of(books, "br_none")


@pytest.mark.parametrize(
    "other",
    [
        Look(template="tally"),
        Look(accent_colour="#7a1f1f"),
        Look(logo=b"one"),
        Look(logo=b"other"),
        Look(signature=b"one"),
        Look(footer="Thank you"),
        Look(terms="Thank you"),
        Look(bank=BankDetails(ifsc="HDFC0000060")),
        Look(bank=BankDetails(bank_name="HDFC0000060")),
        Look(upi_id="pune@hdfcbank"),
        Look(is_upi_qr_printed=False),
    ],
)
def test_whatever_differs_gives_another_hash(other: Look) -> None:
    assert look_hash(other) != look_hash(Look())
    assert len(look_hash(other)) == 64


async def test_the_hash_is_told_without_the_pictures(books: Books) -> None:
    branch = await open_branch(books, {"branch_name": "Pune", "signatory_name": "Meera Kulkarni"})

    assert await look_hash_of(books, branch.id) == look_hash(await look_of(books, branch.id))
