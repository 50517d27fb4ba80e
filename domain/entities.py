"""What comments and files can be added to: each kind of thing in the books, as a row of data.

A new resource gets its row in ``ENTITIES`` and its word in the contract's ``EntityType``.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from sqlalchemy import ColumnElement, Table, Text, and_, bindparam, exists, or_

from domain.books import Books, found
from domain.documents.kinds import KINDS
from domain.happenings import Parent
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

    ``title`` is the column by which people know one; ``only`` a column and its value by which they differ from others
    in the table. ``among`` is a kind that all of them are as well, as a receipt is a payment.
    """

    entity_type: str
    noun: str
    table: Table
    title: str
    only: tuple[str, str] | None = None
    among: str | None = None

    @cached_property
    def finding(self) -> Statement:
        """Select what one is called, by its id; one whose row is only marked as deleted is not there."""
        column = self.table.c
        query = tenant_select(self.table, column[self.title]).where(column.id == bindparam("id"))
        if self.only is not None:
            name, value = self.only
            query = query.where(column[name] == value)
        return Statement(query.where(column.deleted_at.is_(None)) if "deleted_at" in column else query)


class Belonging(Protocol):
    """A row that belongs to a thing in the books."""

    @property
    def entity_type(self) -> str:
        """The kind of thing, as it was said."""

    @property
    def entity_id(self) -> str:
        """The thing."""


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
        Entity("RECEIPT", "Receipt", payments, "number", ("flow", "INCOMING"), among="PAYMENT"),
        Entity("EXPENSE", "Expense", expenses, "reference_number"),
        Entity("BILL_OF_ENTRY", "Bill of entry", bills_of_entry, "number"),
        Entity("JOURNAL", "Journal", journals, "reference"),
        Entity("RECURRING", "Recurring document", recurring_schedules, "name"),
        *(Entity(kind.name, kind.title, documents, "number", ("kind", kind.name)) for kind in KINDS),
    )
}


def parent_of(row: Belonging) -> Parent:
    """What a comment or a file belongs to, as the trail knows it: receipts are payments there."""
    return Parent(ENTITIES[row.entity_type].among or row.entity_type, row.entity_id)


def of_kind(table: Table) -> ColumnElement[bool]:
    """The filter ``entity_type`` of what belongs to things of this kind, under whichever name it was said."""
    said, column = bindparam("entity_type", type_=Text()), table.c
    conditions = [column.entity_type == said]
    for entity in (each for each in ENTITIES.values() if each.among and each.only):
        name, value = entity.only or ("", "")
        things = entity.table.alias()
        is_one = exists().where(
            things.c.organization_id == column.organization_id, things.c.id == column.entity_id, things.c[name] == value
        )
        conditions.append(and_(said == entity.among, column.entity_type == entity.entity_type))
        conditions.append(and_(said == entity.entity_type, column.entity_type == entity.among, is_one))
    return or_(*conditions)


async def refer(books: Books, entity_type: str, entity_id: str) -> Reference:
    """Find the thing that is meant. Raises NotFound, with the field ``entity_id``."""
    entity = ENTITIES[entity_type]
    row = found(await books.row(entity.finding, id=entity_id), entity.noun, entity_id, field="entity_id")
    return Reference(entity_type, entity_id, row[entity.title])
