"""Customers and vendors."""

from domain.contacts import CONTACT_LISTING, CONTACTS
from handlers.registers import RegisterHandlers
from handlers.shapes.contacts import CONTACT

_contacts = RegisterHandlers(CONTACTS, CONTACT_LISTING, CONTACT, singular="contact", plural="contacts")

list_contacts = _contacts.list
get_contact = _contacts.get
create_contact = _contacts.create
update_contact = _contacts.update
archive_contact = _contacts.archive
delete_contact = _contacts.delete
