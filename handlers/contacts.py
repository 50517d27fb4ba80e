"""Customers and vendors."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain import registers
from domain.books import Books
from domain.brought_forward import AMOUNT, DAY, RATE, set_opening
from domain.contacts import CONTACT_LISTING, CONTACTS, Contact
from domain.errors import Required
from domain.imports.columns import Body
from domain.imports.kinds import CONTACT_ALIASES
from domain.imports.running import ImportKind, Made
from domain.imports.twins import CONTACT_TWIN
from handlers.imports import ImportHandlers, adding
from handlers.registers import RegisterHandlers
from handlers.replies import Reply
from handlers.shapes.contacts import CONTACT

_OPENING: Mapping[str, Callable[[Any], Any]] = {AMOUNT: Decimal, DAY: date.fromisoformat, RATE: Decimal}


class ContactHandlers(RegisterHandlers[Contact]):
    """The operations of contacts: as of any list, and what was owed before the books began is set with them."""

    async def create(self, books: Books, body: dict[str, Any]) -> Reply:
        """Add a contact with its opening balance."""
        contact = await registers.add(books, CONTACTS, CONTACT.values(body))
        await set_opening(books, contact, _opening_said(body))
        return await self._created(books, contact.id)

    async def update(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Change what was sent, and nothing else."""
        contact = await registers.amend(books, CONTACTS, key, CONTACT.values(body))
        await set_opening(books, contact, _opening_said(body))
        return await self.get(books, key)


_contacts = ContactHandlers(CONTACTS, CONTACT_LISTING, CONTACT, singular="contact", plural="contacts")

list_contacts = _contacts.list
get_contact = _contacts.get
create_contact = _contacts.create
update_contact = _contacts.update
archive_contact = _contacts.archive
delete_contact = _contacts.delete

_add = adding(create_contact, singular="contact", twin=CONTACT_TWIN)


async def _add_of_a_day(books: Books, body: Body, orders: Body) -> Made:
    """Add the contact of a row, which says the day of its balance: the sheet comes from other books."""
    if body.get(AMOUNT) and body.get(DAY) is None:
        raise Required("Say the day of the opening balance.", field=DAY)
    return await _add(books, body, orders)


import_contacts = ImportHandlers(ImportKind(entity_type="CONTACT", create=_add_of_a_day, aliases=CONTACT_ALIASES)).run


def _opening_said(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if body[name] is None else read(body[name]) for name, read in _OPENING.items() if name in body}
