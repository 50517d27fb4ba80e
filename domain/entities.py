"""What comments and files can be added to: each kind of thing in the books, as a row of data.

A new resource gets its row in ``ENTITIES`` and its word in the contract's ``EntityType``.
"""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Table, bindparam

from domain.books import Books, found
from domain.documents.kinds import KINDS
from domain.statements import Statement, tenant_select
from domain.values import Struct
from models.documents import documents
from models.expenses import bills_of_entry, expenses
from models.ledger import journals
from models.masters import accounts, contacts, items, salespersons
from models.organization import branches, cost_centers
from models.payments import payments
from models.recurring import recurring_schedules


@dataclass(frozen=True, eq=False)
class Entity:
    """One kind of thing.

    ``title`` is the column by which people know one, ``kind`` the value of the column ``kind`` where several kinds
    share the table.
    """

    entity_type: str
    noun: str
    table: Table
    title: str
    kind: str | None = None

    @cached_property
    def finding(self) -> Statement:
        """Select what one is called, by its id; one whose row is only marked as deleted is not there."""
        column = self.table.c
        query = tenant_select(self.table, column[self.title]).where(column.id == bindparam("id"))
        if self.kind is not None:
            query = query.where(column.kind == self.kind)
        return Statement(query.where(column.deleted_at.is_(None)) if "deleted_at" in column else query)


class Reference(Struct, frozen=True):
    """One thing in the books; ``title`` is what people call it: its number or name, ``None`` for a draft."""

    entity_type: str
    entity_id: str
    title: str | None


ENTITIES = {
    entity.entity_type: entity
    for entity in (
        Entity("CONTACT", "Contact", contacts, "contact_name"),
        Entity("ITEM", "Item", items, "item_name"),
        Entity("ACCOUNT", "Account", accounts, "name"),
        Entity("BRANCH", "Branch", branches, "branch_name"),
        Entity("COST_CENTER", "Cost centre", cost_centers, "name"),
        Entity("SALESPERSON", "Salesperson", salespersons, "salesperson_name"),
        Entity("PAYMENT", "Payment", payments, "number"),
        Entity("EXPENSE", "Expense", expenses, "reference_number"),
        Entity("BILL_OF_ENTRY", "Bill of entry", bills_of_entry, "number"),
        Entity("JOURNAL", "Journal", journals, "reference"),
        Entity("RECURRING", "Recurring document", recurring_schedules, "name"),
        *(Entity(kind.name, kind.title, documents, "number", kind.name) for kind in KINDS),
    )
}


async def refer(books: Books, entity_type: str, entity_id: str) -> Reference:
    """Find the thing that is meant. Raises NotFound, with the field ``entity_id``."""
    entity = ENTITIES[entity_type]
    row = found(await books.row(entity.finding, id=entity_id), entity.noun, entity_id, field="entity_id")
    return Reference(entity_type, entity_id, row[entity.title])
