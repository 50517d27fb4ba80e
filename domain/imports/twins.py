"""Twins: what a file would make a second time, though nothing but its name tells it from what is there.

Two customers may be called the same, so the create functions take both; a file that is sent twice must not make twins.
"""

from domain.books import Books
from domain.errors import Duplicate
from domain.imports.columns import Body
from domain.statements import Statement
from domain.values import Struct


class Twin(Struct, frozen=True):
    """What two rows of a list must not share: ``statement`` finds one by the ``members`` of a body."""

    noun: str
    members: tuple[str, ...]
    statement: Statement


CONTACT_TWIN = Twin(
    "contact",
    ("contact_name", "gst_no"),
    Statement(
        """
select true
  from contacts
 where organization_id = %(organization_id)s
   and lower(contact_name) = lower(%(contact_name)s)
   and gst_no is not distinct from upper(btrim(%(gst_no)s))
 limit 1
"""
    ),
)
ITEM_TWIN = Twin(
    "item",
    ("item_name", "sku"),
    Statement(
        """
select true
  from items
 where organization_id = %(organization_id)s
   and lower(item_name) = lower(%(item_name)s)
   and sku is not distinct from %(sku)s
 limit 1
"""
    ),
)


async def refuse_twin(books: Books, twin: Twin, body: Body) -> None:
    """Refuse what is there already. Raises Duplicate."""
    said = {member: body.get(member) for member in twin.members}
    if await books.value(twin.statement, **said):
        name = twin.members[0]
        raise Duplicate(f"There is {_a(twin.noun)} called '{body[name]}' already.", field=name)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
