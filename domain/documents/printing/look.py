"""How documents look on paper: template, colour, logo, signature, bank details and standing texts.

What a branch says goes before what its organization says; what neither says is left out.
"""

import hashlib

from sqlalchemy import bindparam, select

from domain.books import Books, found
from domain.statements import Statement, as_json, of_tenant
from domain.values import Struct, asdict
from models.organization import branches, organizations

ACCENT_COLOUR = "#1f4e79"
"""Where nobody has chosen one: a dark blue, on which white can be read, and which stays dark in black and white."""


class BankDetails(Struct, frozen=True):
    """The account into which a customer is asked to pay."""

    bank_name: str | None = None
    account_name: str | None = None
    account_number: str | None = None
    ifsc: str | None = None


class Look(Struct, frozen=True):
    """How a document looks. White can be read on ``accent_colour`` (``#rrggbb``); ``logo`` and ``signature`` are PNG.

    ``terms`` and ``declaration`` may have several lines. Without ``is_upi_qr_printed`` the UPI id is only written.
    """

    template: str = "classic"
    accent_colour: str = ACCENT_COLOUR
    logo: bytes | None = None
    signature: bytes | None = None
    signatory_name: str | None = None
    footer: str | None = None
    declaration: str | None = None
    terms: str | None = None
    bank: BankDetails | None = None
    upi_id: str | None = None
    is_upi_qr_printed: bool = True


_SAID = Statement(
    select(
        organizations.c.default_template,
        branches.c.signatory_name,
        branches.c.declaration,
        branches.c.bank_details,
    )
    .join_from(branches, organizations, organizations.c.id == branches.c.organization_id)
    .where(of_tenant(branches), branches.c.id == bindparam("branch_id"))
)


async def look_of(books: Books, branch_id: str) -> Look:
    """Return the look of the documents of a branch. Raises NotFound."""
    said = found(await books.row(_SAID, branch_id=branch_id), "Branch", branch_id)
    account = said["bank_details"] or {}
    bank = BankDetails(**{name: account.get(name) for name in BankDetails.__struct_fields__})
    return Look(
        template=said["default_template"],
        signatory_name=said["signatory_name"],
        declaration=said["declaration"],
        bank=bank if any(asdict(bank).values()) else None,
        upi_id=account.get("upi_id"),
    )


async def look_hash_of(books: Books, branch_id: str) -> str:
    """Return ``look_hash`` of the look that the documents of a branch have now, without reading its pictures."""
    return look_hash(await look_of(books, branch_id))


def look_hash(look: Look) -> str:
    """Return a word of 64 characters that is another for every look that differs in anything."""
    pictures = {name: _hash_of(picture) for name, picture in (("logo", look.logo), ("signature", look.signature))}
    return hashlib.sha256(as_json({**asdict(look), **pictures}).encode()).hexdigest()


def _hash_of(picture: bytes | None) -> str | None:
    return None if picture is None else hashlib.sha256(picture).hexdigest()
