"""How a payment and what it settles meet: what stands afterwards, what is posted, and what is told of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.documents.kinds import KIND_NAMED
from domain.errors import Failed, NotFound
from domain.happenings import Happening, difference
from domain.ids import new_id
from domain.ledger.journals import Posting, Source, journal_of
from domain.payments.loading import State
from domain.payments.payment import CANCELLED, Applied, Payment, Taxes, given_back, taken
from domain.settlements import OpenDocument, check_applicable, entries_between, note_settled, settled
from domain.values import Struct, field, replace

_TOLD = ("status", "unallocated", "cgst_left", "sgst_left", "igst_left")


class Ask(Struct, frozen=True):
    """What somebody wants applied, at ``path`` of the request: to a document, or to an advance that is paid back.

    ``documents`` has the document's id by its kind, ``payment_id`` is the advance. One that names more or less than one
    thing is refused (``check_found``) before it is asked for its ``target_id``.
    """

    path: str
    amount: Decimal
    documents: Mapping[str, str] = field(default_factory=dict)
    payment_id: str | None = None

    @property
    def document_id(self) -> str | None:
        """The document, ``None`` where an advance is meant."""
        return next(iter(self.documents.values()), None)

    @property
    def target_id(self) -> str:
        """The document or the advance."""
        return self.document_id or self.payment_id or ""

    @property
    def member(self) -> str:
        """The member of the request that names it."""
        return f"{self.path}.payment_id" if self.payment_id else self.member_of(next(iter(self.documents)))

    def member_of(self, kind: str) -> str:
        """The member of the request that names a document of this kind."""
        return f"{self.path}.{KIND_NAMED[kind].field_of('id')}"


class Change(Struct, frozen=True):
    """A payment after a change, with all that it is applied to."""

    payment: Payment
    applied: list[Applied]


def check_found(state: State, asks: Iterable[Ask]) -> None:
    """Refuse what does not exist, and an amount for none or several things. Raises: NotFound, Failed."""
    for ask in asks:
        for kind, key in ask.documents.items():
            if key not in state.documents or state.documents[key].kind != kind:
                raise NotFound(KIND_NAMED[kind].title, key, field=ask.member_of(kind))
        if ask.payment_id and ask.payment_id not in state.advances:
            raise NotFound("Payment", ask.payment_id, field=f"{ask.path}.payment_id")
        if len(ask.documents) + bool(ask.payment_id) != 1:
            message = "Name the one thing that it is for: an invoice or a bill, or of a refund a note or a payment."
            raise Failed(message, field=ask.path)


def date_of(state: State, ask: Ask) -> date:
    """The date of what is to be settled."""
    of_its_sort: Mapping[str, OpenDocument | Payment] = state.advances if ask.payment_id else state.documents
    return of_its_sort[ask.target_id].dated_on


def met(books: Books, state: State, asks: Iterable[Ask], on: date) -> tuple[State, list[Applied]]:
    """What stands after the asks were met on a day, and the allocations. Raises Failed."""
    applied = []
    for ask in asks:
        _check_rest(state.payment, ask)
        meet = _advance_met if ask.payment_id else _document_met
        state, allocation = meet(books, state, ask, on)
        applied.append(allocation)
    return state, applied


def taken_back(state: State, applied: Iterable[Applied]) -> State:
    """What stands after allocations were taken back."""
    for each in applied:
        if each.document_id is not None:
            state = state.with_document(settled(state.documents[each.document_id], paid=-each.amount))
        if each.refunded_payment_id is not None:
            state = state.with_advance(given_back(state.advances[each.refunded_payment_id], each))
        if not state.payment.is_refund:
            state = replace(state, payment=given_back(state.payment, each))
    return state


async def moved(books: Books, before: State, after: State, on: date) -> Posting | None:
    """The journal of a change of what stands, on a day; ``None`` when nothing has to be posted."""
    entries = await entries_between(books, before.standing(), after.standing())
    return journal_of(books, source_of(after.payment, on), entries)


def source_of(payment: Payment, on: date) -> Source:
    """Where a payment's journals come from."""
    return Source(on, payment.branch_id, "PAYMENT", payment.id, payment.contact_name, payment.number or None)


def carried(applied: Iterable[Applied], posting: Posting | None) -> list[Applied]:
    """The allocations with the journal that carries them."""
    journal_id = posting[0].id if posting else None
    return [replace(each, journal_id=journal_id) for each in applied]


def changed_documents(old: State, new: State) -> list[OpenDocument]:
    """The documents that are not what they were."""
    return [document for key, document in new.documents.items() if document != old.documents[key]]


def note_changed(
    books: Books, old: State, new: State, verb: str, *, before: Sequence[Applied] = (), after: Sequence[Applied] = ()
) -> None:
    """Note what became of each document, of the advances that a payment pays back and, last, of the payment."""
    note_settled(books, old.documents, new.documents)
    for key, advance in new.advances.items():
        _note(books, "UPDATED", advance, difference(old.advances[key], advance, _TOLD))
    changes = difference(old.payment, new.payment, _TOLD)
    if before or after:
        changes["allocations"] = {"old": _shown(before), "new": _shown(after)}
    _note(books, verb, new.payment, changes)


def _note(books: Books, verb: str, payment: Payment, changes: dict[str, dict[str, Any]]) -> None:
    summary = {
        "flow": payment.flow,
        "status": payment.status,
        "amount": payment.amount,
        "unallocated": payment.unallocated,
        "contact_id": payment.contact_id,
        "date": payment.dated_on,
    }
    number = payment.number or None
    books.happened(Happening(f"PAYMENT_{verb}", "PAYMENT", payment.id, number, changes, summary))


def _document_met(books: Books, state: State, ask: Ask, on: date) -> tuple[State, Applied]:
    payment, document = state.payment, state.documents[ask.target_id]
    check_applicable(
        document,
        side=payment.side,
        effect=payment.settles,
        contact_id=payment.contact_id,
        currency=payment.currency_code,
        field=ask.member,
    )
    document = settled(document, paid=ask.amount, field=f"{ask.path}.amount")
    payment, taxes = taken(payment, ask.amount)
    allocation = _allocation(books, payment, ask, on, taxes, document.kind, document.number)
    return replace(state.with_document(document), payment=payment), allocation


def _advance_met(books: Books, state: State, ask: Ask, on: date) -> tuple[State, Applied]:
    payment, advance = state.payment, state.advances[ask.target_id]
    _check_can_be_refunded(payment, advance, ask)
    advance, taxes = taken(advance, ask.amount)
    payment, _ = taken(payment, ask.amount)
    allocation = _allocation(books, payment, ask, on, taxes, "PAYMENT", advance.number)
    return replace(state.with_advance(advance), payment=payment), allocation


def _check_rest(payment: Payment, ask: Ask) -> None:
    if ask.amount > payment.unallocated:
        raise Failed(
            f"Of the payment {payment.unallocated} is not applied yet; {ask.amount} is more.",
            field=f"{ask.path}.amount",
        )


def _check_can_be_refunded(payment: Payment, advance: Payment, ask: Ask) -> None:
    member, called = ask.member, f"Payment {advance.number}"
    if not payment.is_refund:
        raise Failed("Only a refund pays back a payment.", field=member)
    if advance.is_refund or advance.side is not payment.side:
        raise Failed(f"{called} is nothing that this can pay back.", field=member)
    if advance.status == CANCELLED:
        raise Failed(f"{called} is {CANCELLED}.", field=member)
    if advance.contact_id != payment.contact_id:
        raise Failed(f"{called} is of another contact.", field=member)
    if advance.currency_code != payment.currency_code:
        raise Failed(f"{called} is in {advance.currency_code}, not in {payment.currency_code}.", field=member)
    if ask.amount > advance.unallocated:
        raise Failed(f"{called} has {advance.unallocated} left; {ask.amount} is more.", field=f"{ask.path}.amount")
    if advance.has_tax_left and advance.number_scope != payment.number_scope:
        # Its tax is owed under the GSTIN that received it, which alone can give the refund voucher (rule 51).
        raise Failed(f"{called} has tax of {advance.number_scope} inside, and is paid back there.", field="branch_id")


def _allocation(
    books: Books, payment: Payment, ask: Ask, on: date, taxes: Taxes, kind: str, number: str | None
) -> Applied:
    cgst, sgst, igst = taxes
    return Applied(
        id=new_id("al"),
        payment_id=payment.id,
        document_id=ask.document_id,
        refunded_payment_id=ask.payment_id,
        amount=ask.amount,
        applied_on=on,
        created_at=books.now,
        created_by=books.user_id,
        document_type=kind,
        document_number=number,
        cgst_amount=cgst,
        sgst_amount=sgst,
        igst_amount=igst,
    )


def _shown(applied: Iterable[Applied]) -> list[dict[str, object]]:
    return [
        {"allocation_id": each.id, "document_number": each.document_number, "amount": each.amount} for each in applied
    ]
