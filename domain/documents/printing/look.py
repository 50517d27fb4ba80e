"""How documents look on paper: template, colour, logo, signature, bank details and standing texts.

What a branch says goes before what its organization says; what neither says is left out.
"""

from typing import Any

from sqlalchemy import bindparam, select

from domain.books import Books, found
from domain.documents.printing.colours import readable_under_white
from domain.pictures import bytes_of
from domain.statements import Statement, of_tenant
from domain.values import Struct, replace
from models.organization import branches, organizations

ACCENT_COLOUR = "#1f4e79"
"""Where nobody has chosen one: a dark blue, on which white can be read, and which stays dark in black and white."""


Hashes = dict[str, str | None]
"""Of ``logo`` and ``signature`` the SHA-256 of the bytes, ``None`` where there is none."""


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


_SETTINGS = (
    "default_template",
    "accent_colour",
    "signatory_name",
    "footer",
    "declaration",
    "terms",
    "bank_details",
    "is_upi_qr_printed",
    "logo",
    "signature",
)
_SAID = Statement(
    select(
        *(branches.c[name].label(f"own_{name}") for name in _SETTINGS),
        *(organizations.c[name] for name in _SETTINGS),
    )
    .join_from(branches, organizations, organizations.c.id == branches.c.organization_id)
    .where(of_tenant(branches), branches.c.id == bindparam("branch_id"))
)


async def look_of(books: Books, branch_id: str) -> Look:
    """Return the look of the documents of a branch. Raises NotFound."""
    look, hashes = await _without_pictures(books, branch_id)
    kept = {name: await bytes_of(books, sha256) for name, sha256 in hashes.items() if sha256 is not None}
    return replace(look, **kept)


async def _without_pictures(books: Books, branch_id: str) -> tuple[Look, Hashes]:
    """The look but for its pictures, and their hashes. Raises NotFound."""
    said = found(await books.row(_SAID, branch_id=branch_id), "Branch", branch_id)
    own, shared = ({name: said[prefix + name] for name in _SETTINGS} for prefix in ("own_", ""))
    first = {name: shared[name] if own[name] is None else own[name] for name in _SETTINGS}
    of_own, of_shared = (BankDetails(**_parts_of_account(each["bank_details"])) for each in (own, shared))
    look = Look(
        template=first["default_template"],
        accent_colour=readable_under_white(first["accent_colour"] or ACCENT_COLOUR),
        signatory_name=first["signatory_name"],
        footer=first["footer"],
        declaration=first["declaration"],
        terms=first["terms"],
        # Whole from one of them: the number of one account beside the IFSC of another would send money astray.
        bank=next((each for each in (of_own, of_shared) if each != BankDetails()), None),
        upi_id=_upi_id(own) or _upi_id(shared),
        is_upi_qr_printed=first["is_upi_qr_printed"],
    )
    return look, {name: first[name] and first[name]["sha256"] for name in ("logo", "signature")}


def _parts_of_account(details: dict[str, str | None] | None) -> dict[str, Any]:
    return {name: (details or {}).get(name) or None for name in BankDetails.__struct_fields__}


def _upi_id(said: dict[str, Any]) -> str | None:
    return (said["bank_details"] or {}).get("upi_id") or None
