"""What settles documents, whatever it is: payments, notes and write-offs share amounts, ledger and statement.

What stands open is one amount seen twice: on the document or payment in its currency, and in rupees on the account of
what contacts owe, are owed or have advanced. Every change posts the difference between what stood before and what
stands afterwards, so that these accounts equal the open documents to the paisa, in foreign currency as well; what the
rupees of both sides differ by is the realised exchange difference.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from domain.books import Books
from domain.documents.document import Paper
from domain.documents.kinds import KIND_NAMED, Effect, Kind, Side
from domain.documents.status import CANCELLED, DRAFT, after_settling
from domain.errors import Failed
from domain.happenings import RECORDING, Happening, difference, recorded
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry, Journal, JournalLine, Posting
from domain.ledger.posting import MIRRORED, Reversal
from domain.money import ZERO, round_paise
from domain.statements import Statement, as_rows, insertion
from domain.values import Struct, replace
from models.ledger import journal_lines, journals
from models.payments import allocations

Stand = tuple[AccountRole, str | None, Decimal]
"""What stands on the account of a role, for a contact or nobody, in rupees: a debit when positive."""


class Standing(Protocol):
    """What stands open on the ledger until it is settled."""

    def on_ledger(self) -> Iterator[Stand]:
        """What it has on the ledger now."""


class OpenDocument(Struct, frozen=True, kw_only=True):
    """A document as far as settling it goes; amounts are in its currency, ``exchange_rate`` is rupees a unit."""

    id: str
    kind: str
    status: str
    branch_id: str
    contact_id: str
    number: str | None
    dated_on: date
    currency_code: str
    exchange_rate: Decimal
    payment_made: Decimal
    amount_credited: Decimal
    amount_written_off: Decimal
    balance: Decimal

    @property
    def of_kind(self) -> Kind:
        """Its kind."""
        return KIND_NAMED[self.kind]

    @property
    def is_posted(self) -> bool:
        """Whether it stands on the ledger."""
        return self.of_kind.effect is not Effect.NONE and self.status not in (DRAFT, CANCELLED)

    def on_ledger(self) -> Iterator[Stand]:
        """Its balance on the control account; of invoices and debit notes it is a debit."""
        rupees = round_paise(self.balance * self.exchange_rate)
        is_debit = (self.of_kind.side is Side.SALE) == (self.of_kind.effect is Effect.POSTS)
        yield self.of_kind.side.value.control_account, self.contact_id, rupees if is_debit else -rupees


class Allocation(Struct, frozen=True, kw_only=True):
    """An amount that a payment or a note gives and a document, or an advance that is paid back, takes.

    Of one that is written off a document nobody gives anything (``is_write_off``).
    The three taxes are what an advance gave up of the tax inside it. ``journal_id`` is the journal that carries it;
    ``None`` where both stand on one account in the same rupees, so that there is nothing to post.
    """

    id: str
    payment_id: str | None = None
    note_id: str | None = None
    document_id: str | None = None
    refunded_payment_id: str | None = None
    is_write_off: bool = False
    amount: Decimal
    cgst_amount: Decimal = ZERO
    sgst_amount: Decimal = ZERO
    igst_amount: Decimal = ZERO
    applied_on: date
    journal_id: str | None = None
    created_at: datetime
    created_by: str


class Outcome(Struct, frozen=True, kw_only=True):
    """Everything that settling, or taking it back, changes: to be written in one statement.

    ``payments`` are rows of payments as they are afterwards; notes leave them empty.
    """

    documents: Sequence[OpenDocument] = ()
    payments: Sequence[Any] = ()
    allocations: Sequence[Allocation] = ()
    unapplied_ids: Sequence[str] = ()
    postings: Sequence[Posting] = ()
    reversals: Sequence[Reversal] = ()


def settling_day(books: Books, said: date | None, known: Sequence[date]) -> date:
    """The day on which things are applied to each other: the one that is said, or today; on ``known`` days they began.

    Raises Failed for a day before all of them are there.
    """
    first = max(known)
    if said is None:
        return max(books.today, first)
    if said < first:
        raise Failed(f"{said} is before {first}, from when on there is something to settle.", field="date")
    return said


def _listed(row: type[Struct]) -> str:
    return ", ".join(row.__struct_fields__)


LOCKED_DOCUMENTS = f"""
document as materialized (
  select {_listed(OpenDocument)}
    from documents
   where organization_id = %(organization_id)s
     and id = any(%(document_ids)s)
   order by id
     for update
)
"""  # noqa: S608  # names of columns only
"""A common table expression that locks documents, in the order of their ids; read it with ``list[OpenDocument]``."""

SETTLED = f"""
settled as (
  update documents as document
     set status = new.status,
         payment_made = new.payment_made,
         amount_credited = new.amount_credited,
         amount_written_off = new.amount_written_off,
         balance = new.balance,
         version = document.version + 1,
         modified_at = %(happened_at)s
    from json_to_recordset(%(documents)s)
      as new(id text, status text, payment_made numeric, amount_credited numeric, amount_written_off numeric,
             balance numeric)
   where document.organization_id = %(organization_id)s
     and document.id = new.id
), drawn as (
  update payments as payment
     set status = new.status,
         unallocated = new.unallocated,
         cgst_left = new.cgst_left,
         sgst_left = new.sgst_left,
         igst_left = new.igst_left,
         voided_at = new.voided_at,
         voided_on = new.voided_on,
         void_reason = new.void_reason,
         deleted_at = new.deleted_at,
         version = payment.version + 1,
         modified_at = %(happened_at)s
    from json_populate_recordset(null::payments, %(payments)s) as new
   where payment.organization_id = %(organization_id)s
     and payment.id = new.id
), allocated as (
  {insertion(allocations, Allocation, parameter="allocations")}
), entries as (
  {insertion(journal_lines, JournalLine, parameter="entries")}
)
"""  # noqa: S608  # names of tables and columns only
"""Common table expressions that write an outcome (see ``values_of``) but for journals and what is taken back."""

_WRITE = Statement(
    f"""
with {SETTLED}, journal as (
  {insertion(journals, Journal, parameter="journals")}
), unapplied as (
  update allocations
     set unapplied_at = %(happened_at)s,
         unapplied_by = %(user_id)s
   where organization_id = %(organization_id)s
     and id = any(%(unapplied_ids)s)
), {MIRRORED.strip()}, {RECORDING}
select 1 as written
"""  # noqa: S608  # names of tables and columns only
)


async def write(books: Books, outcome: Outcome) -> None:
    """Write what was settled or taken back, with what happened: the last statement of the request. Locks balances."""
    values = values_of(outcome)
    await books.finish(
        _WRITE,
        unapplied_ids=list(outcome.unapplied_ids),
        reversals=as_rows(outcome.reversals),
        user_id=books.user_id,
        **values,
        **recorded(books),
    )


def values_of(outcome: Outcome) -> dict[str, Any]:
    """The values for ``SETTLED``, and the journals."""
    return {
        "documents": as_rows(outcome.documents),
        "payments": as_rows(outcome.payments),
        "allocations": as_rows(outcome.allocations),
        "journals": as_rows([journal for journal, _ in outcome.postings]),
        "entries": as_rows([line for _, lines in outcome.postings for line in lines]),
    }


def check_applicable(
    document: OpenDocument, *, side: Side, effect: Effect, contact_id: str, currency: str, field: str
) -> None:
    """Refuse a document that is not posted, not of this side and effect, or of another contact or currency.

    Raises Failed.
    """
    kind, called = document.of_kind, f"{document.of_kind.title} {document.number or document.id}"
    if kind.side is not side or kind.effect is not effect:
        raise Failed(f"{called} is nothing that this can settle.", field=field)
    if not document.is_posted:
        raise Failed(f"{called} is {document.status}; only what is posted can be settled.", field=field)
    if document.contact_id != contact_id:
        raise Failed(f"{called} is of another contact.", field=field)
    if document.currency_code != currency:
        raise Failed(f"{called} is in {document.currency_code}, not in {currency}.", field=field)


def settled(
    document: OpenDocument,
    *,
    paid: Decimal = ZERO,
    credited: Decimal = ZERO,
    written_off: Decimal = ZERO,
    field: str = "amount",
) -> OpenDocument:
    """The document after so much was paid, credited and written off (or, below nought, taken back), with its status.

    Raises Failed for more than its balance.
    """
    amount = paid + credited + written_off
    balance = document.balance - amount
    if balance < 0:
        raise Failed(
            f"{document.of_kind.title} {document.number} has {document.balance} open; {amount} is more.", field=field
        )
    after = replace(
        document,
        payment_made=document.payment_made + paid,
        amount_credited=document.amount_credited + credited,
        amount_written_off=document.amount_written_off + written_off,
        balance=balance,
    )
    done = after.payment_made + after.amount_written_off
    status = after_settling(document.of_kind, balance=balance, paid=done, credited=after.amount_credited)
    return replace(after, status=status)


def open_part(paper: Paper) -> OpenDocument:
    """A document that is locked, as far as settling it goes."""
    return OpenDocument(**{name: getattr(paper.head, name) for name in OpenDocument.__struct_fields__})


def settled_paper(books: Books, paper: Paper, document: OpenDocument) -> Paper:
    """The document as it stands once ``document`` is written."""
    head = replace(
        paper.head,
        status=document.status,
        payment_made=document.payment_made,
        amount_credited=document.amount_credited,
        amount_written_off=document.amount_written_off,
        balance=document.balance,
        version=paper.head.version + 1,
        modified_at=books.now,
    )
    return replace(paper, head=head)


async def entries_between(
    books: Books, before: Iterable[Standing], after: Iterable[Standing], others: Iterable[Entry] = ()
) -> list[Entry]:
    """The entries that turn what stood before into what stands after, beside ``others`` (money that moves).

    What they do not balance by is the realised exchange difference.
    """
    moved = moves(before, after)
    roles = {role for role, _ in moved} | {AccountRole.EXCHANGE_GAIN_LOSS}
    accounts = await by_role(books, roles)
    entries = [*others, *(Entry(accounts[role], amount, contact) for (role, contact), amount in moved.items())]
    return balanced(entries, accounts)


def moves(before: Iterable[Standing], after: Iterable[Standing]) -> dict[tuple[AccountRole, str | None], Decimal]:
    """By role and contact, what stands after less what stood before, in rupees."""
    moved: dict[tuple[AccountRole, str | None], Decimal] = {}
    for sign, standings in ((-1, before), (1, after)):
        for standing in standings:
            for role, contact_id, amount in standing.on_ledger():
                moved[role, contact_id] = moved.get((role, contact_id), ZERO) + sign * amount
    return moved


def balanced(entries: Sequence[Entry], accounts: Mapping[AccountRole, str]) -> list[Entry]:
    """The entries with what they do not balance by, as exchange gain (a credit) or loss."""
    rest = sum((entry.amount for entry in entries), ZERO)
    return [*entries, Entry(accounts[AccountRole.EXCHANGE_GAIN_LOSS], -rest)]


def note_settled(books: Books, before: Mapping[str, OpenDocument], after: Mapping[str, OpenDocument]) -> None:
    """Note for each document what settling made of it: ``INVOICE_PAID``, ``INVOICE_PARTIALLY_PAID``, or back again."""
    for key, document in after.items():
        changes = difference(before[key], document, ("status", "payment_made", "amount_credited", "balance"))
        if not changes:
            continue
        is_nearer = document.balance < before[key].balance and document.status != document.of_kind.statuses.opened
        summary = {
            "status": document.status,
            "balance": document.balance,
            "contact_id": document.contact_id,
            "date": document.dated_on,
        }
        action = f"{document.kind}_{document.status if is_nearer else 'UPDATED'}"
        books.happened(Happening(action, document.kind, key, document.number, changes, summary))
