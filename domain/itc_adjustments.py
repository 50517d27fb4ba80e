"""Adjustments of input tax credit: reversals, and reclaims of what was reversed for a time.

A reversal takes the tax off the input tax accounts, to a cost where the credit is lost for good, to an asset where it
can come back. A reclaim is the mirror image, and never more than what is still reversed for the same reason, in the
same branch and on the same account. Source: CGST Rules 2017, rules 37 to 43.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam

from domain.books import Books, found
from domain.documents.kinds import KINDS, Effect
from domain.documents.sides import Side
from domain.errors import Failed, InvalidState, NotFound, Required
from domain.gst.itc_reversals import HEADS, REVERSALS, ReversalFacts, ReversalReason
from domain.gst.returns.locks import check_adjustment, refuse_if_shown
from domain.happenings import Happening
from domain.ids import new_id
from domain.ledger.account_types import CLASS_OF, AccountClass, AccountType
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry, Source, check_period, journal_of
from domain.ledger.posting import post, reverse
from domain.ledger.surroundings import around, check_all_found
from domain.money import ZERO, check_money
from domain.pages import Listing, between_dates, equal_to
from domain.statements import Statement, as_rows, columns_of, insertion, replacement, tenant_select
from domain.values import Struct, replace
from models.itc import itc_adjustments

Amounts = Mapping[str, Decimal]
"""Rupees by head of tax."""
Said = Mapping[str, Any]
"""What somebody said of an adjustment, by the names of its columns."""

_NOUN = "ITC adjustment"
_INPUT_ACCOUNTS: Mapping[str, AccountRole] = MappingProxyType(
    {
        "igst_amount": AccountRole.INPUT_IGST,
        "cgst_amount": AccountRole.INPUT_CGST,
        "sgst_amount": AccountRole.INPUT_SGST,
        "cess_amount": AccountRole.INPUT_CESS,
    }
)
_WAITS_IN = frozenset((AccountType.OTHER_CURRENT_ASSET, AccountType.GST_ASSET, AccountType.OTHER_ASSET))
_COSTS = frozenset(kind for kind in CLASS_OF if CLASS_OF[kind] is AccountClass.EXPENSE)
_LOSS_BEARERS = _COSTS | {
    AccountType.STOCK,
    AccountType.OTHER_CURRENT_ASSET,
    AccountType.FIXED_ASSET,
    AccountType.OTHER_ASSET,
}
_BILL_KINDS = [kind.name for kind in KINDS if kind.side is Side.PURCHASE and kind.effect is Effect.POSTS]


class ItcAdjustment(Struct, frozen=True, kw_only=True):
    """A reversal or a reclaim, in rupees; ``gstr3b_table`` is where the return shows it."""

    id: str
    kind: str
    reason: str
    gstr3b_table: str
    dated_on: date
    branch_id: str
    igst_amount: Decimal
    cgst_amount: Decimal
    sgst_amount: Decimal
    cess_amount: Decimal
    total: Decimal
    account_id: str
    bill_id: str | None
    reversal_id: str | None
    notes: str | None
    journal_id: str
    voided_at: datetime | None
    created_by: str
    version: int
    created_at: datetime
    modified_at: datetime

    @property
    def amounts(self) -> dict[str, Decimal]:
        """Its amount of each head."""
        return {head: getattr(self, head) for head in HEADS}


class _Movement(Struct, frozen=True):
    """One of the two kinds: what it is called, and whether the account bears the tax (1) or gives it back (-1)."""

    title: str
    sign: int
    table_of: Callable[[ReversalFacts], str]
    complete: Callable[[Said, ReversalFacts, ItcAdjustment | None], dict[str, Any]]


_SELECT = tenant_select(itc_adjustments, *columns_of(itc_adjustments, ItcAdjustment)).where(
    itc_adjustments.c.id == bindparam("id")
)
_ONE = Statement(_SELECT)
_INSERT = Statement(insertion(itc_adjustments, ItcAdjustment))
_REPLACE = Statement(replacement(itc_adjustments, ItcAdjustment))
_LOCK = Statement("select pg_advisory_xact_lock(hashtextextended('itc adjustments', 0) # hashtext(%(of)s))")
_STILL_REVERSED = """
select coalesce(sum(igst_amount * sign), 0) as igst_amount,
       coalesce(sum(cgst_amount * sign), 0) as cgst_amount,
       coalesce(sum(sgst_amount * sign), 0) as sgst_amount,
       coalesce(sum(cess_amount * sign), 0) as cess_amount
  from itc_adjustments
 cross join lateral (select case kind when 'REVERSAL' then 1 else -1 end as sign) as signed
 where organization_id = %(organization_id)s
   and voided_at is null
   and {condition}
"""
_STILL_REVERSED_ALIKE = Statement(
    _STILL_REVERSED.format(
        condition="reason = %(reason)s and branch_id = %(branch_id)s and account_id = %(account_id)s"
    )
)
_STILL_REVERSED_OF_ONE = Statement(
    _STILL_REVERSED.format(condition="(id = %(reversal_id)s or reversal_id = %(reversal_id)s)")
)
_BILL = Statement(
    """
select journal_id is not null and voided_at is null as is_posted
  from documents
 where organization_id = %(organization_id)s
   and id = %(id)s
   and kind = any(%(kinds)s)
"""
)

ITC_ADJUSTMENT_LISTING = Listing(
    name="itc_adjustments",
    table=itc_adjustments,
    filters={
        **between_dates(itc_adjustments.c.dated_on),
        **equal_to(itc_adjustments, "kind", "reason", "branch_id", "bill_id", "reversal_id"),
    },
    orders={"date": itc_adjustments.c.dated_on},
)


async def enter(books: Books, said: Said) -> str:
    """Post a reversal or a reclaim, and return its id. Locks adjustments, then balances.

    Raises: NotFound for a branch, account, bill or reversal that does not exist, Required where a reversal that can be
    reclaimed names no account, Failed for what the reason does not allow or more than is still reversed, PeriodLocked.
    """
    await books.row(_LOCK, of=books.organization_id)
    movement = _MOVEMENTS[said["kind"]]
    facts = REVERSALS[ReversalReason(said["reason"])]
    named = await _named_reversal(books, said.get("reversal_id"))
    await _check_bill(books, said.get("bill_id"))
    completed = movement.complete(said, facts, named)
    locked_until, place = await _place_of(books, completed, facts)
    adjustment = _adjustment(books, {**completed, **place}, movement.table_of(facts))
    if movement.sign < 0:
        await _check_still_reversed(books, adjustment)
    check_period(adjustment.dated_on, locked_until)
    await check_adjustment(books, adjustment.branch_id, adjustment.dated_on)
    await _write(books, adjustment, movement, facts)
    _note(books, adjustment, "CREATED")
    return adjustment.id


async def delete(books: Books, key: str) -> None:
    """Take back an adjustment: its journal is reversed on the same date, and the row stays, marked as voided.

    Locks adjustments, then balances. Raises: NotFound, VersionMismatch, InvalidState, PeriodLocked.
    """
    await books.row(_LOCK, of=books.organization_id)
    stored = found(await books.load_one(ItcAdjustment, _ONE, id=key), _NOUN, key)
    books.expect_version(_NOUN, stored.version)
    if stored.voided_at is not None:
        raise InvalidState("It was taken back already.")
    await _check_not_reclaimed(books, stored)
    surroundings = await around(books, branch_id=stored.branch_id, account_ids=(), is_new=False)
    check_period(stored.dated_on, surroundings.locked_until)
    await refuse_if_shown(books, key, on=stored.dated_on, advice="Enter its counterpart after that instead.")
    title = _MOVEMENTS[stored.kind].title
    await reverse(books, stored.journal_id, entry_on=stored.dated_on, narration=f"{title} taken back")
    voided = replace(stored, voided_at=books.now, version=stored.version + 1, modified_at=books.now)
    await books.run(_REPLACE, rows=as_rows([voided]))
    _note(books, voided, "DELETED")


def _completed_reversal(said: Said, facts: ReversalFacts, named: ItcAdjustment | None) -> dict[str, Any]:
    if named is not None:
        raise Failed("Only a reclaim names the reversal that it is of.", field="reversal_id")
    if said.get("account_id") is None and not facts.is_permanent:
        raise Required("Credit that can be reclaimed needs the account that it waits on.", field="account_id")
    return dict(said)


def _completed_reclaim(said: Said, facts: ReversalFacts, named: ItcAdjustment | None) -> dict[str, Any]:
    """What was said, completed by the reversal that it names. Raises Failed where the two do not agree."""
    if facts.is_permanent:
        raise Failed(f"Credit reversed for {facts.title} is lost for good.", field="reason")
    completed = dict(said)
    if named is None:
        return _completed_reversal(said, facts, None)
    for column, field in (("reason", "reason"), ("branch_id", "branch_id"), ("account_id", "account_id")):
        if completed.get(column) is None:
            completed[column] = getattr(named, column)
        if completed[column] != getattr(named, column):
            raise Failed(f"The reversal {named.id} has another {column.removesuffix('_id')}.", field=field)
    if completed["dated_on"] < named.dated_on:
        raise Failed(f"The credit was reversed on {named.dated_on} only.", field="date")
    return completed


_MOVEMENTS: Mapping[str, _Movement] = MappingProxyType(
    {
        "REVERSAL": _Movement("ITC reversal", 1, lambda facts: facts.table, _completed_reversal),
        "RECLAIM": _Movement("ITC reclaim", -1, lambda facts: facts.reclaim_table or "", _completed_reclaim),
    }
)


async def _named_reversal(books: Books, key: str | None) -> ItcAdjustment | None:
    if key is None:
        return None
    row = found(await books.load_one(ItcAdjustment, _ONE, id=key), _NOUN, key, field="reversal_id")
    if _MOVEMENTS[row.kind].sign < 0 or row.voided_at is not None:
        raise Failed(f"{key} is no reversal that stands.", field="reversal_id")
    return row


async def _check_bill(books: Books, key: str | None) -> None:
    if key is None:
        return
    row = await books.row(_BILL, id=key, kinds=_BILL_KINDS)
    if row is None:
        raise NotFound("Bill", key, field="bill_id")
    if not row["is_posted"]:
        raise Failed("The bill is not in the ledger.", field="bill_id")


async def _place_of(books: Books, said: Said, facts: ReversalFacts) -> tuple[date | None, dict[str, str]]:
    """The lock date, and the branch and account, proposed where they were not said."""
    account_id = said.get("account_id")
    if account_id is None:
        account_id = (await by_role(books, (AccountRole.ITC_REVERSAL,)))[AccountRole.ITC_REVERSAL]
    surroundings = await around(books, branch_id=said.get("branch_id"), account_ids=[account_id])
    check_all_found("Account", [account_id], surroundings.accounts, field="account_id")
    account = surroundings.accounts[account_id]
    if facts.is_permanent and (account.account_type not in _LOSS_BEARERS or account.is_control):
        raise Failed(f"{account.name} is no account of a cost or an asset.", field="account_id")
    if not facts.is_permanent and (account.account_type not in _WAITS_IN or account.role is not None):
        raise Failed(f"{account.name} is no other asset on which credit can wait.", field="account_id")
    return surroundings.locked_until, {"branch_id": surroundings.branch_id, "account_id": account_id}


def _adjustment(books: Books, said: Said, table: str) -> ItcAdjustment:
    amounts = {head: said.get(head) or ZERO for head in HEADS}
    total = check_money(sum(amounts.values(), ZERO), field="total")
    if not total:
        raise Failed("An adjustment has an amount of at least one head of tax.", field=HEADS[0])
    return ItcAdjustment(
        id=new_id("itc"),
        kind=said["kind"],
        reason=said["reason"],
        gstr3b_table=table,
        dated_on=said["dated_on"],
        branch_id=said["branch_id"],
        **amounts,
        total=total,
        account_id=said["account_id"],
        bill_id=said.get("bill_id"),
        reversal_id=said.get("reversal_id"),
        notes=said.get("notes"),
        journal_id="",
        voided_at=None,
        created_by=books.user_id,
        version=1,
        created_at=books.now,
        modified_at=books.now,
    )


async def _still_reversed(books: Books, one: ItcAdjustment) -> Amounts:
    values = {"reason": one.reason, "branch_id": one.branch_id, "account_id": one.account_id}
    return await books.row(_STILL_REVERSED_ALIKE, **values) or {}


async def _check_still_reversed(books: Books, reclaim: ItcAdjustment) -> None:
    """Refuse more than is still reversed alike, and of the reversal that is named. Raises Failed."""
    limits = [await _still_reversed(books, reclaim)]
    if reclaim.reversal_id is not None:
        limits.append(await books.row(_STILL_REVERSED_OF_ONE, reversal_id=reclaim.reversal_id) or {})
    for head, amount in reclaim.amounts.items():
        left = min(limit[head] for limit in limits)
        if amount > left:
            raise Failed(f"Of this tax {left} is still reversed, not {amount}.", field=head)


async def _check_not_reclaimed(books: Books, stored: ItcAdjustment) -> None:
    """Refuse to take back a reversal of which something was reclaimed. Raises InvalidState."""
    if _MOVEMENTS[stored.kind].sign < 0:
        return
    alike = await _still_reversed(books, stored)
    own = await books.row(_STILL_REVERSED_OF_ONE, reversal_id=stored.id) or {}
    for head, amount in stored.amounts.items():
        if min(alike[head], own[head]) < amount:
            raise InvalidState("Some of it was reclaimed; take back the reclaim first.")


async def _write(books: Books, adjustment: ItcAdjustment, movement: _Movement, facts: ReversalFacts) -> None:
    inputs = await by_role(books, _INPUT_ACCOUNTS.values())
    entries = [Entry(adjustment.account_id, adjustment.total * movement.sign)]
    for head, amount in adjustment.amounts.items():
        entries.append(Entry(inputs[_INPUT_ACCOUNTS[head]], -amount * movement.sign))
    narration = f"{movement.title}: {facts.title}"
    source = Source(adjustment.dated_on, adjustment.branch_id, "ITC_ADJUSTMENT", adjustment.id, narration)
    posting = journal_of(books, source, entries)
    assert posting is not None, "an adjustment has an amount"
    await post(books, posting)
    await books.run(_INSERT, rows=as_rows([replace(adjustment, journal_id=posting[0].id)]))


def _note(books: Books, adjustment: ItcAdjustment, verb: str) -> None:
    summary = {
        "kind": adjustment.kind,
        "reason": adjustment.reason,
        "date": adjustment.dated_on,
        "total": adjustment.total,
    }
    books.happened(Happening(f"ITC_ADJUSTMENT_{verb}", "ITC_ADJUSTMENT", adjustment.id, None, summary=summary))
