"""With which user and password registrations sign in at the e-invoice portal."""

from typing import Any

from domain.books import Books
from domain.einvoice import credentials
from domain.gst.gstin import parse_gstin
from handlers.replies import Reply, listed, shown
from handlers.shapes.einvoices import credentials_shown


async def list_einvoice_credentials(books: Books) -> Reply:
    """Show those of all registrations, without their passwords."""
    return listed(
        "einvoice_credentials", [credentials_shown(each) for each in await credentials.list_credentials(books)]
    )


async def update_einvoice_credentials(books: Books, body: dict[str, Any]) -> Reply:
    """Put others in the place of those of a registration."""
    gstin = parse_gstin(body["gstin"], field="gstin").number
    sealed = books.seal(body["password"], f"einvoice password {gstin}")
    entered = await credentials.enter(books, gstin, user_name=body["user_name"], sealed_password=sealed)
    return shown("einvoice_credentials", credentials_shown(entered))
