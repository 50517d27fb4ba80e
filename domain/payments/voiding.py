"""Taking a payment back: its journals are reversed on their dates or on a later day, and what it settled is open again.

In rupees the reverses alone do that. In another currency the rupees of a document that several payments settled in
turn may differ from them by a paisa, which goes where it belongs: to the exchange difference.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain.books import Books
from domain.errors import Failed, InvalidState
from domain.gst.returns.locks import refuse_if_shown
from domain.ids import new_id
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry, Posting, check_period, journal_of
from domain.ledger.posting import Reversal
from domain.money import ZERO
from domain.payments.loading import Loaded, State, for_change
from domain.payments.meeting import Change, changed_documents, note_changed, source_of, taken_back
from domain.payments.payment import CANCELLED, ON_ACCOUNT, Payment
from domain.payments.writing import written
from domain.settlements import Outcome, balanced, moves, write
from domain.statements import Statement, reader_of
from domain.values import Struct, replace


class _Journal(Struct, frozen=True):
    id: str
    entry_on: date


class _Net(Struct, frozen=True):
    account_id: str
    contact_id: str | None
    amount: Decimal


_LEDGER = Statement(
    """
with standing as (
  select journal.id, journal.entry_on
    from journals as journal
   where journal.organization_id = %(organization_id)s
     and journal.source_id = %(id)s
     and journal.source_type = 'PAYMENT'
)
select (select coalesce(json_agg(standing order by id), '[]') from standing)::text as journals,
       (select coalesce(json_agg(net), '[]')
          from (select line.account_id, line.contact_id, sum(line.debit - line.credit) as amount
                  from journal_lines as line
                  join standing on standing.id = line.journal_id
                 where line.organization_id = %(organization_id)s
                 group by line.account_id, line.contact_id) as net)::text as net
"""
)
_read_journals = reader_of(list[_Journal])
_read_net = reader_of(list[_Net])


async def void(books: Books, key: str, *, reason: str | None, on: date | None = None) -> Change:
    """Reverse a payment and open again what it settled; its number stays used.

    The reverses are posted on the dates of what they reverse, or on a later day: what a filed return shows is taken
    back after that only, and so becomes an amendment.

    Locks the documents, then payments, then balances. Raises: NotFound, VersionMismatch, PeriodLocked, Failed for a day
    before what it reverses or after today, and InvalidState for one that is void already or was paid back.
    """
    loaded = await for_change(books, key)
    _check_may_be_void(loaded)
    if loaded.state.payment.status == CANCELLED:
        raise InvalidState(f"Payment {loaded.state.payment.number} is {CANCELLED} already.")
    new = _voided(books, loaded, reason, on)
    return await _take_back(books, loaded, new, "VOIDED")


async def delete(books: Books, key: str) -> Payment:
    """Take a payment back, if it is not void yet, and out of all lists; its row and its number stay.

    Locks and raises as ``void``.
    """
    loaded = await for_change(books, key)
    _check_may_be_void(loaded)
    is_void = loaded.state.payment.status == CANCELLED
    voided = loaded.state if is_void else _voided(books, loaded, None, None)
    new = replace(voided, payment=replace(voided.payment, deleted_at=books.now))
    if not is_void:
        return (await _take_back(books, loaded, new, "DELETED")).payment
    note_changed(books, loaded.state, new, "DELETED")
    await write(books, Outcome(payments=[new.payment]))
    return written(books, new.payment)


def _check_may_be_void(loaded: Loaded) -> None:
    if loaded.refunds:
        raise InvalidState(
            f"Payment {loaded.state.payment.number} was paid back by {', '.join(loaded.refunds)}; void that first."
        )


def _voided(books: Books, loaded: Loaded, reason: str | None, on: date | None) -> State:
    open_again = taken_back(loaded.state, loaded.applied)
    payment = replace(
        open_again.payment,
        status=CANCELLED,
        unallocated=ZERO,
        cgst_left=ZERO,
        sgst_left=ZERO,
        igst_left=ZERO,
        voided_at=books.now,
        voided_on=on,
        void_reason=reason,
    )
    return replace(open_again, payment=payment)


async def _take_back(books: Books, loaded: Loaded, new: State, verb: str) -> Change:
    old = loaded.state
    row = await books.row(_LEDGER, id=old.payment.id)
    assert row is not None, "an aggregate always gives one row"
    journals = _read_journals(row["journals"])
    await _check_days(books, loaded, new.payment.voided_on, [journal.entry_on for journal in journals])
    posting = await _correction(books, old, new, _read_net(row["net"]))
    note_changed(books, old, new, verb, before=loaded.applied)
    outcome = Outcome(
        documents=changed_documents(old, new),
        payments=[new.payment, *new.advances.values()],
        unapplied_ids=[each.id for each in loaded.applied],
        reversals=[Reversal(journal.id, new_id("je"), new.payment.voided_on) for journal in journals],
        postings=[posting] if posting else [],
    )
    await write(books, outcome)
    return Change(written(books, new.payment), [])


async def _check_days(books: Books, loaded: Loaded, on: date | None, entry_days: Sequence[date]) -> None:
    """Refuse the days of the reverses. Raises: Failed before what they reverse or after today, PeriodLocked."""
    payment = loaded.state.payment
    own_days = {payment.dated_on, *entry_days}
    if on is not None and not max(own_days) <= on <= books.today:
        raise Failed(f"It was last posted on {max(own_days)}; it cannot be taken back on {on}.", field="date")
    for day in own_days if on is None else {on}:
        check_period(day, loaded.locked_until)
    advice = "Void it on a later day, which the next return tells, or pay the advance back."
    await refuse_if_shown(books, payment.id, on=on or payment.dated_on, advice=advice)


async def _correction(books: Books, old: State, new: State, net: Sequence[_Net]) -> Posting | None:
    """What the reverses of all journals leave wrong on the accounts of what stands open."""
    payment, side = old.payment, old.payment.side.value
    advances = ON_ACCOUNT[payment.side].advances
    roles = (side.control_account, advances, *side.tax_accounts.values())
    accounts = await by_role(books, (*roles, AccountRole.EXCHANGE_GAIN_LOSS))
    wanted = moves(old.standing(), new.standing())
    expected = {(accounts[role], contact_id): amount for (role, contact_id), amount in wanted.items()}
    posted = {(each.account_id, each.contact_id): each.amount for each in net}
    watched = {accounts[role] for role in roles}
    entries = [
        Entry(place[0], expected.get(place, ZERO) + posted.get(place, ZERO), place[1])
        for place in {**expected, **posted}
        if place[0] in watched
    ]
    return journal_of(books, source_of(payment, new.payment.voided_on or payment.dated_on), balanced(entries, accounts))
