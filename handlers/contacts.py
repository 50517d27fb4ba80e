"""Customers and vendors."""

from domain.contacts import CONTACT_LISTING, CONTACTS
from domain.imports.kinds import CONTACT_ALIASES
from domain.imports.running import ImportKind
from domain.imports.twins import CONTACT_TWIN
from handlers.imports import ImportHandlers, adding
from handlers.registers import RegisterHandlers
from handlers.shapes.contacts import CONTACT

_contacts = RegisterHandlers(CONTACTS, CONTACT_LISTING, CONTACT, singular="contact", plural="contacts")

list_contacts = _contacts.list
get_contact = _contacts.get
create_contact = _contacts.create
update_contact = _contacts.update
archive_contact = _contacts.archive
delete_contact = _contacts.delete

_import = ImportHandlers(
    ImportKind(
        entity_type="CONTACT",
        create=adding(create_contact, singular="contact", twin=CONTACT_TWIN),
        aliases=CONTACT_ALIASES,
    )
)

import_contacts = _import.run
