"""What recurring schedules make, one row a kind: through the very operations that create such things."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from domain.books import Books
from domain.errors import Failed, NotFound, Refusal
from domain.recurring.runs import Made
from domain.recurring.schedules import Schedule
from domain.statements import as_json, from_json
from domain.values import Struct, field
from handlers import bills, expenses, invoices, journals
from handlers.bodies import Bodies
from handlers.replies import Reply

Body = dict[str, Any]
Create = Callable[..., Awaitable[Reply]]

PAYLOAD = "template_payload"
"""The member of a schedule that is the body of another operation."""
APPROVAL = "auto_approve"
_DATE = "date"


class Maker(Struct, frozen=True):
    """How one kind is made and read.

    ``create`` takes books, body and ``is_approved``; ``own`` are members that each document has for itself, so that no
    template may say them, and ``left_out`` what a copy leaves to the day of each, though a template may say it. The
    members of ``measures`` stand for others, which a copy need not say as well. ``scope`` is the resource of its
    scopes, ``number`` the member that people call it by.
    """

    singular: str
    scope: str
    number: str
    own: tuple[str, ...]
    create: Create
    get: Create
    left_out: tuple[str, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)

    @property
    def operation_id(self) -> str:
        """The operation whose body a template is."""
        return f"create_{self.singular}"

    def need(self, books: Books, *, is_approved: bool) -> None:
        """Check the scopes that making one asks for. Raises Forbidden."""
        for action in ("CREATE", "UPDATE") if is_approved else ("CREATE",):
            books.need(f"AIBooks.{self.scope}.{action}")


def _drafted(create: Create) -> Create:
    """Create what is a draft unless its body asks for its approval."""

    async def drafted(books: Books, body: Body, *, is_approved: bool) -> Reply:
        return await create(books, {**body, APPROVAL: is_approved})

    return drafted


def _posted(create: Create) -> Create:
    """Create what is posted in any case."""

    async def posted(books: Books, body: Body, *, is_approved: bool) -> Reply:
        return await create(books, body)

    return posted


MAKERS: Mapping[str, Maker] = MappingProxyType(
    {
        "INVOICE": Maker(
            singular="invoice",
            scope="invoices",
            number="invoice_number",
            own=("date", "due_date", "invoice_number", "is_opening_balance"),
            create=_drafted(invoices.INVOICES.create),
            get=invoices.get_invoice,
            left_out=(
                "exchange_rate",
                "round_off",
                "shipping_bill_number",
                "shipping_bill_date",
                "port_code",
            ),
        ),
        "BILL": Maker(
            singular="bill",
            scope="bills",
            number="bill_number",
            own=("date", "due_date", "bill_number", "is_opening_balance"),
            create=_drafted(bills.BILLS.create),
            get=bills.get_bill,
            left_out=("exchange_rate", "reference_number", "tax_as_printed"),
            measures={"tds_percent": "tds_amount"},
        ),
        "EXPENSE": Maker(
            singular="expense",
            scope="expenses",
            number="reference_number",
            own=("date",),
            create=_posted(expenses.create_expense),
            get=expenses.get_expense,
            left_out=("exchange_rate", "reference_number"),
            measures={"rcm_rate": "tax_id"},
        ),
        "JOURNAL": Maker(
            singular="journal",
            scope="journals",
            number="reference_number",
            own=("date",),
            create=_posted(journals.create_journal),
            get=journals.get_journal,
        ),
    }
)
"""How each ``entity_type`` is made."""


async def make(books: Books, schedule: Schedule, *, dated_on: date) -> Made:
    """Make a document from a schedule's template. Raises: whatever its creation is refused with."""
    maker = _allowed_maker(books, schedule)
    body = {**schedule.template, _DATE: dated_on.isoformat()}
    try:
        reply = await maker.create(books, body, is_approved=schedule.auto_approve)
    except Refusal as refusal:
        if refusal.field is not None and refusal.field not in maker.own:
            refusal.field = f"{PAYLOAD}.{refusal.field}"
        raise
    shown = _body_of(reply)[maker.singular]
    return Made(shown[f"{maker.singular}_id"], shown.get(maker.number))


def _allowed_maker(books: Books, schedule: Schedule) -> Maker:
    """Return what makes the document, if whoever has it made may. Raises Forbidden."""
    maker = MAKERS[schedule.entity_type]
    maker.need(books, is_approved=schedule.auto_approve)
    return maker


class Template(Struct, frozen=True):
    """What documents are made from, and what it says of their approval, which is the schedule's to keep."""

    body: Body
    is_approved: bool | None = None


def template_of(bodies: Bodies, entity_type: str, payload: Body) -> Template:
    """Return a template that was sent, held to the contract of the operation that it is for; its date is not kept.

    Raises: Failed for what else each document has for itself, and what the operation's schema refuses.
    """
    maker = MAKERS[entity_type]
    for name in maker.own:
        if name in payload and name != _DATE:
            raise Failed(f"Each {maker.singular} has a {name} of its own.", field=f"{PAYLOAD}.{name}")
    checked: Body = bodies.checked(maker.operation_id, {_DATE: "2000-01-01", **payload}, within=PAYLOAD)
    del checked[_DATE]
    is_approved = checked.pop(APPROVAL, None)
    return Template(checked, is_approved)


def dates_left_out(entity_type: str, payload: Body | None) -> str | None:
    """A sentence to tell where a template says a date; ``None`` where it says none."""
    if payload is None or _DATE not in payload:
        return None
    return f"The date in {PAYLOAD} is not kept: each {MAKERS[entity_type].singular} has the date on which it is due."


async def template_from(books: Books, bodies: Bodies, entity_type: str, key: str) -> Template:
    """Return the template that a document makes, as it is now. Raises NotFound, Forbidden."""
    maker = MAKERS[entity_type]
    books.need(f"AIBooks.{maker.scope}.READ")
    try:
        shown = _body_of(await maker.get(books, key))[maker.singular]
    except NotFound as refusal:
        refusal.field = "template_entity_id"
        raise
    copied: Body = bodies.taken_from(maker.operation_id, shown)
    unwanted = {*maker.own, *maker.left_out, *(maker.measures[name] for name in maker.measures if name in copied)}
    return Template({name: value for name, value in copied.items() if name not in unwanted})


def _body_of(reply: Reply) -> Body:
    body: Body = from_json(as_json(reply.body))
    return body
