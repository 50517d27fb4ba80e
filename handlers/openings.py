"""What a contact owed, or was owed, before the books began: brought forward when the contact is imported."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.books import Books
from domain.documents.kinds import BILL, CREDIT_NOTE, DEBIT_NOTE, INVOICE, Kind
from domain.errors import Refusal, Required
from domain.imports.columns import Body
from domain.imports.kinds import OPENING_BALANCE, OPENING_DATE, OPENING_RATE
from domain.imports.openings import LINE_NAME, TAX_CATEGORY, number_of
from domain.imports.running import Create, Made
from domain.values import Struct
from handlers.bills import create_bill
from handlers.bodies import Bodies
from handlers.credit_notes import create_credit_note
from handlers.debit_notes import create_debit_note
from handlers.imports import Operation
from handlers.invoices import INVOICES


class _Way(Struct, frozen=True):
    """The document that carries a balance: its kind, the operation that makes it, and its scope."""

    kind: Kind
    create: Operation
    scope: str


_OWED = "owed"
_IN_CREDIT = "in credit"
_WAYS: Mapping[tuple[str, str], _Way] = MappingProxyType(
    {
        ("CUSTOMER", _OWED): _Way(INVOICE, INVOICES.create, "AIBooks.invoices.CREATE"),
        ("CUSTOMER", _IN_CREDIT): _Way(CREDIT_NOTE, create_credit_note, "AIBooks.creditnotes.CREATE"),
        ("VENDOR", _OWED): _Way(BILL, create_bill, "AIBooks.bills.CREATE"),
        ("VENDOR", _IN_CREDIT): _Way(DEBIT_NOTE, create_debit_note, "AIBooks.debitnotes.CREATE"),
    }
)
_COLUMNS = {"date": OPENING_DATE.name, "exchange_rate": OPENING_RATE.name}
"""The columns that the members of the document come from; all others come from the balance."""


def bringing_forward(add: Create, bodies: Bodies) -> Create:
    """Add a contact as ``add`` does, and with it the document of its opening balance, if there is one."""

    async def create(books: Books, body: Body, orders: Body) -> Made:
        made = await add(books, body, orders)
        balance = orders.get(OPENING_BALANCE.name)
        if balance:
            # A contact that is both counts as a customer.
            side = "VENDOR" if body.get("contact_type") == "VENDOR" else "CUSTOMER"
            way = _WAYS[side, _OWED if balance > 0 else _IN_CREDIT]
            books.need(way.scope)
            await _bring_forward(books, bodies, way, _document(way.kind, made.id, body, orders))
        return made

    return create


def _document(kind: Kind, contact_id: str, contact: Body, orders: Body) -> Body:
    day, rate = orders.get(OPENING_DATE.name), orders.get(OPENING_RATE.name)
    if day is None:
        raise Required("Say the day of the opening balance.", field=OPENING_DATE.name)
    name = " ".join(filter(None, (contact["contact_name"], contact.get("gst_no"))))
    line = {"name": LINE_NAME, "quantity": 1, "rate": abs(orders[OPENING_BALANCE.name]), "tax_category": TAX_CATEGORY}
    return {
        kind.side.value.contact_field: contact_id,
        kind.number_field: number_of(name),
        "date": day,
        **({} if rate is None else {"exchange_rate": rate}),
        "is_opening_balance": True,
        "auto_approve": True,
        "line_items": [line],
    }


async def _bring_forward(books: Books, bodies: Bodies, way: _Way, document: Body) -> None:
    noun = way.kind.series
    try:
        await way.create(books, bodies.checked(f"create_{noun}", document))
    except Refusal as refusal:
        refusal.field = _COLUMNS.get(refusal.field or "", OPENING_BALANCE.name)
        raise
