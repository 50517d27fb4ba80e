"""The look of printed documents."""

from hashlib import sha256

import pytest

from domain.books import Books
from domain.branches import open_branch
from domain.documents.printing.look import ACCENT_COLOUR, BankDetails, Look, look_of
from domain.errors import NotFound
from domain.pictures import LOGO, OF_BRANCH, OF_ORGANIZATION, SIGNATURE, Picture, put_up, take_down
from domain.registration import amend_organization


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


HDFC = {"bank_name": "HDFC Bank", "account_number": "50200012345678", "ifsc": "HDFC0000060"}
EVERYTHING = {
    "default_template": "modern",
    "accent_colour": "#7A1F1F",
    "signatory_name": "Meera Kulkarni",
    "footer": "14 MG Road, Pune",
    "declaration": "Prices are as agreed.",
    "terms": "Payment within 30 days.",
    "bank_details": {**HDFC, "upi_id": "sahyadri@hdfcbank"},
    "is_upi_qr_printed": False,
}


async def test_a_branch_that_says_nothing_looks_as_its_organization_says(books: Books) -> None:
    branch = await open_branch(books, {"branch_name": "Pune"})
    await amend_organization(books, EVERYTHING)

    assert await look_of(books, branch.id) == Look(
        template="modern",
        accent_colour="#7a1f1f",
        signatory_name="Meera Kulkarni",
        footer="14 MG Road, Pune",
        declaration="Prices are as agreed.",
        terms="Payment within 30 days.",
        bank=BankDetails(**HDFC),
        upi_id="sahyadri@hdfcbank",
        is_upi_qr_printed=False,
    )


async def test_what_a_branch_says_goes_before_what_its_organization_says(books: Books) -> None:
    await amend_organization(books, EVERYTHING)
    own = {
        "default_template": "tally",
        "accent_colour": "#114411",
        "signatory_name": "Arvind Hegde",
        "footer": "3 Jasmine Cross, Bengaluru",
        "declaration": "Prices are final.",
        "terms": "Payment at once.",
        "is_upi_qr_printed": True,
    }
    branch = await open_branch(books, {"branch_name": "Bengaluru", **own})

    look = await look_of(books, branch.id)

    assert look == Look(
        template="tally",
        accent_colour="#114411",
        signatory_name="Arvind Hegde",
        footer="3 Jasmine Cross, Bengaluru",
        declaration="Prices are final.",
        terms="Payment at once.",
        bank=BankDetails(**HDFC),
        upi_id="sahyadri@hdfcbank",
    )


async def test_an_account_is_never_put_together_from_a_branchs_and_the_organizations(books: Books) -> None:
    await amend_organization(books, EVERYTHING)
    branch = await open_branch(books, {"branch_name": "Thane", "bank_details": {"account_number": "9117"}})

    look = await look_of(books, branch.id)

    assert look.bank == BankDetails(account_number="9117")
    assert look.upi_id == "sahyadri@hdfcbank"


async def test_a_colour_on_which_white_cannot_be_read_is_printed_darker(books: Books) -> None:
    branch = await open_branch(books, {"branch_name": "Pune", "accent_colour": "#FFD700"})

    assert branch.accent_colour == "#ffd700"
    assert (await look_of(books, branch.id)).accent_colour == "#8b7500"


async def test_the_look_of_a_branch_that_is_not_there_is_not_found(books: Books) -> None:
    with pytest.raises(NotFound):
        await look_of(books, "br_none")


async def test_a_branch_prints_its_own_logo_and_the_organizations_signature(books: Books) -> None:
    branch = await open_branch(books, {"branch_name": "Pune"})
    other = await open_branch(books, {"branch_name": "Thane"})
    for owner, key, name, png in (
        (OF_ORGANIZATION, books.organization_id, LOGO, b"the organization's"),
        (OF_ORGANIZATION, books.organization_id, SIGNATURE, b"signed"),
        (OF_BRANCH, branch.id, LOGO, b"its own"),
    ):
        await put_up(books, owner, key, name, Picture(png, 3, 2, sha256(png).hexdigest()))

    of_branch, of_other = await look_of(books, branch.id), await look_of(books, other.id)

    assert (of_branch.logo, of_branch.signature) == (b"its own", b"signed")
    assert (of_other.logo, of_other.signature) == (b"the organization's", b"signed")
    await take_down(books, OF_BRANCH, branch.id, LOGO)
    assert (await look_of(books, branch.id)).logo == b"the organization's"
