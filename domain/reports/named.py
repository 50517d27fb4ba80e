"""Whom and what a report is asked about alone: they have to be there."""

from domain.books import Books, found
from domain.statements import Statement

_CONTACT = Statement(
    """
select id
  from contacts
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
_ITEM = Statement(
    """
select id
  from items
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)


async def check_contact(books: Books, key: str | None, *, field: str) -> None:
    """Check that a contact exists, if one is named. Raises NotFound."""
    if key is not None:
        found(await books.row(_CONTACT, id=key), "Contact", key, field=field)


async def check_item(books: Books, key: str | None, *, field: str) -> None:
    """Check that an item exists, if one is named. Raises NotFound."""
    if key is not None:
        found(await books.row(_ITEM, id=key), "Item", key, field=field)
