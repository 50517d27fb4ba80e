"""Customers and vendors."""

from typing import Any

from domain.books import Books
from domain.contacts import CONTACT_LISTING, CONTACTS
from domain.imports.kinds import CONTACT_ALIASES, OPENING_BALANCE, OPENING_DATE, OPENING_RATE
from domain.imports.running import ImportKind, Sent
from domain.imports.twins import CONTACT_TWIN
from handlers.bodies import Bodies
from handlers.imports import ImportHandlers, adding
from handlers.openings import bringing_forward
from handlers.registers import RegisterHandlers
from handlers.replies import Reply
from handlers.shapes.contacts import CONTACT

_contacts = RegisterHandlers(CONTACTS, CONTACT_LISTING, CONTACT, singular="contact", plural="contacts")

list_contacts = _contacts.list
get_contact = _contacts.get
create_contact = _contacts.create
update_contact = _contacts.update
archive_contact = _contacts.archive
delete_contact = _contacts.delete

_add = adding(create_contact, singular="contact", twin=CONTACT_TWIN)


async def import_contacts(books: Books, bodies: Bodies, query: dict[str, Any], body: Sent) -> Reply:
    """Import a sheet of contacts, with what they owed before the books began."""
    kind = ImportKind(
        entity_type="CONTACT",
        create=bringing_forward(_add, bodies),
        orders=(OPENING_BALANCE, OPENING_DATE, OPENING_RATE),
        aliases=CONTACT_ALIASES,
    )
    return await ImportHandlers(kind).run(books, query, body)
