"""What a mail is about, read once when it is asked for: the facts of its usual text, its subject, where answers go."""

import re
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, null, select
from sqlalchemy.sql.selectable import FromClause

from domain.books import Books, found
from domain.documents.kinds import KIND_NAMED, Kind
from domain.mails.cleaning import one_line
from domain.mails.mail import Letter
from domain.statements import Statement, of_tenant
from domain.values import Struct
from models.documents import documents
from models.organization import branches, organizations
from models.payments import payments

_RUPEE = "INR"
_VOUCHERS = {"INCOMING": "Receipt", "OUTGOING": "Payment voucher"}
"""What people call a payment, by its flow."""
_GROUPS = re.compile(r"(?<=\d)(?=(?:\d\d)+\d{3}$)|(?<=\d)(?=\d{3}$)")
"""Where lakhs and crores are divided: before the last three digits, and before each two ahead of them."""


class Facts(Struct, frozen=True, kw_only=True):
    """A document or payment as a mail tells of it. ``balance`` is what is open, in its currency."""

    entity_type: str
    entity_id: str
    number: str | None
    status: str
    version: int
    flow: str | None
    dated_on: date
    due_on: date | None
    total: Decimal
    balance: Decimal
    currency_code: str
    contact_id: str
    contact_name: str
    organization_name: str
    phone: str | None
    reply_to: str | None

    @property
    def title(self) -> str:
        """What people call it."""
        return _VOUCHERS[self.flow] if self.flow else KIND_NAMED[self.entity_type].title

    @property
    def due_title(self) -> str:
        """What the day is called that ends it."""
        kind = KIND_NAMED.get(self.entity_type)
        return ((kind and kind.due_field) or "due_date").replace("_", " ").capitalize()

    @property
    def is_owed(self) -> bool:
        """Whether the other side owes what is open of it."""
        kind = KIND_NAMED.get(self.entity_type)
        return kind is not None and kind.is_on_credit


_primary = branches.alias("primary_branch")


def _around(table: FromClause) -> FromClause:
    """A table with the branch of each row, the primary one, and the organization."""
    of_row = and_(branches.c.organization_id == table.c.organization_id, branches.c.id == table.c.branch_id)
    of_all = and_(_primary.c.organization_id == table.c.organization_id, _primary.c.is_primary)
    own = organizations.c.id == table.c.organization_id
    return table.join(branches, of_row).join(_primary, of_all).join(organizations, own)


_SENDER: tuple[ColumnElement[object], ...] = (
    organizations.c.name.label("organization_name"),
    func.coalesce(branches.c.phone, _primary.c.phone).label("phone"),
    func.coalesce(branches.c.email, _primary.c.email).label("reply_to"),
)
_SHARED = ("number", "status", "version", "dated_on", "currency_code", "contact_id", "contact_name")

OF_DOCUMENTS = (
    select(
        documents.c.kind.label("entity_type"),
        documents.c.id.label("entity_id"),
        *(documents.c[name] for name in _SHARED),
        null().label("flow"),
        documents.c.due_on,
        documents.c.total,
        documents.c.balance,
        *_SENDER,
    )
    .select_from(_around(documents))
    .where(of_tenant(documents))
)
"""Selects the facts of documents of every kind."""

_DOCUMENT = Statement(OF_DOCUMENTS.where(documents.c.id == bindparam("id"), documents.c.kind == bindparam("kind")))
_PAYMENT = Statement(
    select(
        literal("PAYMENT").label("entity_type"),
        payments.c.id.label("entity_id"),
        *(payments.c[name] for name in _SHARED),
        payments.c.flow,
        null().label("due_on"),
        payments.c.amount.label("total"),
        literal(0).label("balance"),
        *_SENDER,
    )
    .select_from(_around(payments))
    .where(of_tenant(payments), payments.c.id == bindparam("id"), payments.c.deleted_at.is_(None))
)


async def of_document(books: Books, kind: Kind, key: str) -> Facts:
    """Return the facts of a document. Raises: NotFound, VersionMismatch."""
    facts = found(await books.load_one(Facts, _DOCUMENT, id=key, kind=kind.name), kind.title, key)
    books.expect_version(kind.title, facts.version)
    return facts


async def of_payment(books: Books, key: str) -> Facts:
    """Return the facts of a payment. Raises: NotFound, VersionMismatch."""
    facts = found(await books.load_one(Facts, _PAYMENT, id=key), "Payment", key)
    books.expect_version("Payment", facts.version)
    return facts


def letter_of(facts: Facts, *, today: date) -> Letter:
    """Return what the usual text is made of."""
    return Letter(
        organization_name=one_line(facts.organization_name),
        contact_name=one_line(facts.contact_name),
        title=facts.title,
        number=facts.number,
        dated_on=day(facts.dated_on),
        due_title=facts.due_title,
        due_on=None if facts.due_on is None else day(facts.due_on),
        amount=amount(facts.currency_code, facts.total),
        open_amount=amount(facts.currency_code, facts.balance) if facts.is_owed else None,
        days_overdue=None if facts.due_on is None else (today - facts.due_on).days,
        phone=facts.phone,
    )


def usual_subject(facts: Facts) -> str:
    """Return a subject such as ``Invoice INV/26-27/0042 from Acme Industries``."""
    what = f"{facts.title} {facts.number}" if facts.number else f"Draft {facts.title.lower()}"
    return one_line(f"{what} from {facts.organization_name}")


def day(date_: date) -> str:
    """Return a day as people write it: 21 Nov 2026."""
    return f"{date_.day} {date_:%b %Y}"


def amount(currency_code: str, value: Decimal) -> str:
    """Return an amount with its currency: rupees in lakhs and crores, others in thousands."""
    if currency_code != _RUPEE:
        return f"{currency_code} {value:,.2f}"
    rupees, _, paise = f"{value:.2f}".partition(".")
    return f"₹{_GROUPS.sub(',', rupees)}.{paise}"
