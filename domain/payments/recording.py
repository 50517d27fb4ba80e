"""Recording a payment: what was not said is proposed, what it settles is settled, and it is posted with its number."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from domain.books import Books
from domain.errors import Failed, Invalid, NotFound, Required
from domain.financial_year import financial_year_of
from domain.gst.rate_cautions import warn_of_rates
from domain.gst.returns.locks import check_tax_of_advance
from domain.ids import new_id
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Posting, check_period, journal_of
from domain.money import MAX_MONEY, ZERO
from domain.payments.advance_tax import check_advance, with_tax
from domain.payments.loading import State, Surroundings, opening
from domain.payments.meeting import (
    Ask,
    Change,
    carried,
    changed_documents,
    check_found,
    date_of,
    met,
    moved,
    note_changed,
    source_of,
)
from domain.payments.payment import FLOWS, ON_ACCOUNT, Applied, Payment, PaymentType, money_entries, settled_status
from domain.payments.writing import insert
from domain.settlements import Outcome, Standing, entries_between
from domain.tds import section_on
from domain.values import replace

Values = Mapping[str, Any]

_ONE = Decimal(1)
_ACCOUNT, _BANK_ACCOUNT = "paid_through_account_id", "bank_account_id"


async def record(books: Books, said: Values, asks: Sequence[Ask]) -> Change:
    """Write a payment of which this was said, apply it as asked, and post it.

    Locks the documents, then the payments that it pays back, then the number series, then balances.
    Raises: NotFound, Required, Invalid, PeriodLocked, Failed for what it cannot settle and for more than is open.
    """
    asked, (said, account_field) = said, _with_account(said)
    facts, documents, advances = await opening(
        books,
        said,
        document_ids=[key for ask in asks for key in ask.documents.values()],
        payment_ids=[ask.payment_id for ask in asks if ask.payment_id],
    )
    _check_surroundings(said, facts, account_field)
    _check_one_account(asked)
    payment = _completed(books, said, facts)
    state = State(payment, documents, advances)
    check_found(state, asks)
    _check_payment(payment, facts)
    check_period(payment.dated_on, facts.locked_until)
    after, applied, postings = await _met_in_time(books, state, asks, facts)
    note_changed(books, state, after, FLOWS[payment.flow].verb, after=applied)
    outcome = Outcome(
        documents=changed_documents(state, after),
        payments=list(after.advances.values()),
        allocations=applied,
        postings=postings,
    )
    whole = after.payment
    number = await insert(books, whole, facts, outcome)
    return Change(replace(whole, number=number), applied)


async def _met_in_time(
    books: Books, state: State, asks: Sequence[Ask], facts: Surroundings
) -> tuple[State, list[Applied], list[Posting]]:
    """What stands in the end, the allocations, and a journal for each day on which something is applied.

    On its own day the payment meets what exists by then; what is dated later it meets on that later day.
    """
    day = state.payment.dated_on
    days = sorted(((max(day, date_of(state, ask)), ask) for ask in asks), key=lambda each: each[0])
    by_day = {on: [ask for _, ask in together] for on, together in groupby(days, key=lambda each: each[0])}
    new, applied = met(books, state, by_day.pop(day, []), day)
    if new.payment.is_service_advance:
        new = replace(new, payment=with_tax(new.payment, facts))
        warn_of_rates(books, "advance", {"tax_id": new.payment.tax_id}, day)
    posting = await _opened(books, state, new)
    new = replace(new, payment=replace(new.payment, journal_id=posting[0].id if posting else None))
    applied, postings = carried(applied, posting), [posting]
    for on, later in by_day.items():
        _check_later(new.payment, on, later, facts)
        await check_tax_of_advance(books, new.payment.branch_id, new.payment.taxes, on)
        before, (new, fresh) = new, met(books, new, later, on)
        posting = await moved(books, before, new, on)
        applied += carried(fresh, posting)
        postings.append(posting)
    _check_refund_is_whole(new.payment)
    return new, applied, [each for each in postings if each]


async def _opened(books: Books, before: State, after: State) -> Posting | None:
    """The journal with which a payment comes into the books: its money, and all that it meets on its own day."""
    payment = after.payment
    roles = (AccountRole.BANK_CHARGES, ON_ACCOUNT[payment.side].withheld)
    money = list(money_entries(payment, await by_role(books, roles)))
    earlier: list[Standing] = [*before.documents.values(), *before.advances.values()]
    entries = await entries_between(books, earlier, after.standing(), money)
    return journal_of(books, source_of(payment, payment.dated_on), entries)


def _check_later(payment: Payment, on: date, asks: Sequence[Ask], facts: Surroundings) -> None:
    if payment.is_refund:
        raise Failed(f"What is paid back is dated {on}, after the refund.", field=f"{asks[0].path}.amount")
    check_period(on, facts.locked_until)


def _check_refund_is_whole(payment: Payment) -> None:
    if payment.is_refund and payment.unallocated:
        raise Failed(f"A refund says what it pays back; {payment.unallocated} of it does not.", field="allocations")


def _with_account(said: Values) -> tuple[Values, str]:
    """What was said, with the account that the money is paid through under one name, and the name that was used."""
    values = dict(said)
    named = values.pop(_BANK_ACCOUNT, None)
    return (values, _ACCOUNT) if named is None else ({**values, _ACCOUNT: named}, _BANK_ACCOUNT)


def _check_one_account(asked: Values) -> None:
    """Refuse two accounts under the two names of one. Raises Invalid."""
    if _BANK_ACCOUNT in asked and asked.get(_ACCOUNT, asked[_BANK_ACCOUNT]) != asked[_BANK_ACCOUNT]:
        raise Invalid(f"{_BANK_ACCOUNT} and {_ACCOUNT} are one account; these are two.", field=_BANK_ACCOUNT)


def _check_surroundings(said: Values, facts: Surroundings, account_field: str) -> None:
    """Refuse what does not exist, or is not of use any more. Raises: NotFound, Failed, Invalid."""
    if facts.branch_id is None:
        raise NotFound("Branch", said.get("branch_id") or "primary", field="branch_id")
    if facts.contact_id is None:
        raise NotFound("Contact", said["contact_id"], field="contact_id")
    if facts.account_id is None:
        raise NotFound("Account", said.get(_ACCOUNT) or "primary", field=account_field)
    if not facts.is_branch_active:
        raise Failed("The branch is no longer active.", field="branch_id")
    if not facts.holds_money or not facts.is_account_active:
        why = "is archived" if facts.holds_money else "is no bank or cash account"
        raise Failed(f"{facts.account_name} {why}.", field=account_field)
    if not facts.is_currency_known:
        raise Invalid(f"{facts.currency_code} is not one of the currencies.", field="currency_code")


def _completed(books: Books, said: Values, facts: Surroundings) -> Payment:
    """The payment as said, or as proposed, with nothing applied yet."""
    dated_on = said.get("dated_on") or books.today
    decided = {
        "id": new_id("pay"),
        "number": "",
        "number_scope": facts.number_scope,
        "financial_year": financial_year_of(dated_on).label,
        "branch_id": facts.branch_id,
        "contact_id": facts.contact_id,
        "contact_name": facts.contact_name,
        "paid_through_account_id": facts.account_id,
        "dated_on": dated_on,
        "currency_code": facts.currency_code,
        "exchange_rate": _exchange_rate(said, facts, dated_on),
        "unallocated": ZERO,
        "tax_percentage": None,
        "supply_type": None,
        "status": "",
        "created_by": books.user_id,
        "version": 1,
        "created_at": books.now,
        "modified_at": books.now,
    }
    payment = Payment(**{**_proposed(said), **said, **decided})
    open_yet = replace(payment, unallocated=payment.settlement)
    return replace(open_yet, status=settled_status(open_yet))


def _proposed(said: Values) -> dict[str, Any]:
    """What a payment is of which nothing else was said."""
    return {
        "payment_type": PaymentType.REGULAR,
        "mode": "BANK",
        "reference_number": None,
        "bank_charges": ZERO,
        "tds_amount": ZERO,
        "tds_section": None,
        "is_service_advance": said.get("tax_id") is not None,
        "tax_id": None,
        "place_of_supply": None,
        "description": None,
        "tags": [],
        "custom_fields": {},
    }


def _exchange_rate(said: Values, facts: Surroundings, on: date) -> Decimal:
    """Rupees a unit: as said, else the latest rate up to the date."""
    rate: Decimal | None = said.get("exchange_rate")
    if facts.currency_code == facts.base_currency:
        if rate is not None and rate != _ONE:
            raise Invalid(f"The exchange rate of {facts.currency_code} is 1.", field="exchange_rate")
        return _ONE
    rate = rate or facts.latest_rate
    if rate is None:
        raise Required(f"There is no rate of {facts.currency_code} up to {on}.", field="exchange_rate")
    return rate


def _check_payment(payment: Payment, facts: Surroundings) -> None:
    """Refuse what does not fit together. Raises: Failed, NotFound."""
    side = payment.side.value
    if facts.contact_type not in side.contact_types:
        raise Failed(f"{payment.contact_name} is no {side.contact_noun}.", field="contact_id")
    if not payment.settlement:
        raise Failed("It pays nothing.", field="amount")
    if payment.settlement * max(payment.exchange_rate, _ONE) > MAX_MONEY:
        raise Failed(f"It is more than {MAX_MONEY} rupees, the most that an amount can be.", field="amount")
    if payment.is_refund and payment.tds_amount:
        raise Failed("No income tax is withheld from a refund.", field="tds_amount")
    if payment.tds_section is not None:
        section_on(payment.tds_section, payment.dated_on)
    check_advance(payment, facts.base_currency)
