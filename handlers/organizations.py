"""Organizations: those that a token reaches, and the one whose books are open."""

from typing import Any

from domain import organization, registers
from domain.access.identity import Identity
from domain.books import Books
from domain.errors import NotFound
from domain.pictures import LOGO, OF_ORGANIZATION, SIGNATURE
from domain.registration import amend_organization
from handlers.pictures import PictureHandlers
from handlers.replies import Reply, listed, shown
from handlers.shapes.organizations import ORGANIZATION

_LISTING = organization.listing(ORGANIZATION.columns)
_OWN = organization.own(ORGANIZATION.columns)
_READING = organization.reading(ORGANIZATION.columns)


async def list_organizations(books: Books, identity: Identity) -> Reply:
    """Show the organizations that the token reaches."""
    return listed("organizations", await organization.reached(books, identity, _LISTING))


async def get_organization(books: Books, identity: Identity, organization_id: str) -> Reply:
    """Show one organization."""
    return shown("organization", await organization.read(books, identity, _READING, organization_id))


async def update_organization(books: Books, key: str, body: dict[str, Any]) -> Reply:
    """Change the particulars of the organization whose books are open."""
    if key != books.organization_id:
        raise NotFound("Organization", key)
    await amend_organization(books, ORGANIZATION.values(body))
    return await _shown(books, key)


async def _shown(books: Books, key: str) -> Reply:
    return shown("organization", await registers.read(books, _OWN, "Organization", key))


_logo = PictureHandlers(OF_ORGANIZATION, LOGO, show=_shown)
get_organization_logo = _logo.get
update_organization_logo = _logo.put
remove_organization_logo = _logo.remove

_signature = PictureHandlers(OF_ORGANIZATION, SIGNATURE, show=_shown)
get_organization_signature = _signature.get
update_organization_signature = _signature.put
remove_organization_signature = _signature.remove
