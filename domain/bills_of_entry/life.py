"""The life of a bill of entry: posted when it is entered, reversed when it is void, and never changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam

from domain.bills_of_entry.bill_of_entry import BillOfEntry, Cleared, EntryLine
from domain.bills_of_entry.reckoning import LineValues, reckoned
from domain.books import Books, found
from domain.documents.kinds import BILL
from domain.documents.posting import Supplied, is_creditable, supplied
from domain.documents.sides import Side
from domain.errors import Duplicate, Failed, InvalidState, NotFound
from domain.expenses.circumstances import around, named_ids
from domain.expenses.lines import check_taxes
from domain.gst.returns.locks import refuse_if_shown
from domain.gst.treatments import GstTreatment
from domain.happenings import Happening
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry, Posting, Source, check_period, journal_of
from domain.ledger.posting import post, reverse
from domain.pages import Listing, between_dates, equal_to, mentions, modified_after
from domain.statements import Statement, as_rows, columns_of, insertion, replacement, tenant_select
from domain.values import replace
from models.expenses import bill_of_entry_lines, bills_of_entry

NOUN = "Bill of entry"
_HEADS = ("igst_amount", "cess_amount")
# What leaves a special economic zone clears customs as well (SEZ Act 2005, section 30).
_CLEARED_BY_CUSTOMS = frozenset((GstTreatment.OVERSEAS, GstTreatment.SEZ))

_head = bills_of_entry.c

LISTING = Listing(
    name="bills_of_entry",
    table=bills_of_entry,
    filters={
        **equal_to(bills_of_entry, "branch_id", "bill_id", "port_code", "status"),
        **between_dates(_head.dated_on),
        **modified_after(bills_of_entry),
        "search": mentions(_head.number),
    },
    orders={"date": _head.dated_on, "created_time": _head.id, "last_modified_time": _head.modified_at},
)

_INSERT = Statement(
    f"with head as ({insertion(bills_of_entry, BillOfEntry, parameter='heads')})\n"
    f"{insertion(bill_of_entry_lines, EntryLine, parameter='lines')}"
)
_REPLACE = Statement(replacement(bills_of_entry, BillOfEntry))
_FOR_CHANGE = Statement(
    tenant_select(bills_of_entry, *columns_of(bills_of_entry, BillOfEntry))
    .where(_head.id == bindparam("id"))
    .with_for_update()
)
_LOCKED_UNTIL = Statement("select locked_until from organizations where id = %(organization_id)s")
_TWIN = Statement(
    tenant_select(bills_of_entry, _head.id).where(
        _head.port_code == bindparam("port_code"),
        _head.number == bindparam("number"),
        _head.financial_year == bindparam("financial_year"),
        _head.voided_at.is_(None),
    )
)
# Locked, so that the bill is not voided or deleted before this one stands.
_BILL = Statement(
    """
select number, status, gst_treatment
  from documents
 where organization_id = %(organization_id)s
   and id = %(id)s
   and kind = %(kind)s
   for share
"""
)


async def record(books: Books, said: Mapping[str, Any], lines: Sequence[LineValues]) -> BillOfEntry:
    """Enter a bill of entry and post it. Locks its bill, then balances.

    Raises: PeriodLocked, Duplicate for a number that the port has given already, and what reckoning refuses.
    """
    check_taxes(named_ids("tax_id", {}, lines))
    facts = await around(
        books,
        branch_id=said.get("branch_id"),
        contact_id=None,
        money_account_id=None,
        accounts=named_ids("account_id", {}, lines),
        cost_centers=named_ids("cost_center_id", {}, lines),
    )
    if said.get("bill_id") is not None:
        await _check_bill(books, said["bill_id"])
    accounts = await by_role(books, (AccountRole.PURCHASES,))
    new = reckoned(books, said, lines, facts, default_account=accounts[AccountRole.PURCHASES])
    await _check_number(books, new.head)
    check_period(new.head.dated_on, facts.locked_until)
    posting = await _posting(books, new)
    if posting is not None:
        await post(books, posting)
    head = replace(new.head, journal_id=posting[0].id if posting else None)
    await books.run(_INSERT, heads=as_rows([head]), lines=as_rows(new.lines))
    _note(books, head, "CREATED", {})
    return head


async def void(books: Books, key: str, *, reason: str | None) -> None:
    """Reverse a bill of entry; its number is free again. Locks the row, then balances.

    Raises: NotFound, VersionMismatch, InvalidState, PeriodLocked.
    """
    head = found(await books.load_one(BillOfEntry, _FOR_CHANGE, id=key), NOUN, key)
    books.expect_version(NOUN, head.version)
    if head.voided_at is not None:
        raise InvalidState(f"{NOUN} {head.number} is void already.")
    check_period(head.dated_on, await books.value(_LOCKED_UNTIL))
    advice = "Take the credit back with an ITC adjustment dated after that."
    await refuse_if_shown(books, key, on=head.dated_on, advice=advice)
    if head.journal_id is not None:
        narration = f"Reversal of bill of entry {head.number}"
        await reverse(books, head.journal_id, entry_on=head.dated_on, narration=narration)
    voided = replace(
        head,
        status="CANCELLED",
        voided_at=books.now,
        void_reason=reason,
        version=head.version + 1,
        modified_at=books.now,
    )
    await books.run(_REPLACE, rows=as_rows([voided]))
    _note(books, voided, "VOIDED", {"status": {"old": head.status, "new": voided.status}})


async def _check_bill(books: Books, key: str) -> None:
    bill = await books.row(_BILL, id=key, kind=BILL.name)
    if bill is None:
        raise NotFound(BILL.title, key, field="bill_id")
    name = f"{BILL.title} {bill['number'] or key}"
    if bill["gst_treatment"] not in _CLEARED_BY_CUSTOMS:
        raise Failed(f"{name} is from a vendor in India: its goods pass no customs.", field="bill_id")
    if bill["status"] == "CANCELLED":
        raise Failed(f"{name} is cancelled.", field="bill_id")


async def _check_number(books: Books, head: BillOfEntry) -> None:
    of_port = {name: getattr(head, name) for name in ("port_code", "number", "financial_year")}
    if await books.row(_TWIN, **of_port) is not None:
        raise Duplicate(
            f"There is a bill of entry {head.number} of {head.port_code} in {head.financial_year} already.",
            field="bill_of_entry_number",
        )


async def _posting(books: Books, new: Cleared) -> Posting | None:
    """Duty and uncredited tax to the costs, credited tax to the input tax accounts, all of it owed to customs."""
    head = new.head
    roles = {name: Side.PURCHASE.value.tax_accounts[name] for name in _HEADS}
    accounts = await by_role(books, (*roles.values(), AccountRole.CUSTOMS_PAYABLE))
    tax_accounts = {name: accounts[role] for name, role in roles.items()}
    costs = [
        Entry(entry.account_id, -entry.amount, cost_center_id=entry.cost_center_id)
        for line in new.lines
        for entry in supplied(_supply(line), tax_accounts, {}, is_reverse_charge=False)
    ]
    source = Source(
        entry_on=head.dated_on,
        branch_id=head.branch_id,
        source_type="BILL_OF_ENTRY",
        source_id=head.id,
        narration=f"Customs, {head.port_code}",
        reference=head.number,
    )
    return journal_of(books, source, [*costs, Entry(accounts[AccountRole.CUSTOMS_PAYABLE], -head.total)])


def _supply(line: EntryLine) -> Supplied:
    return Supplied(
        account_id=line.account_id,
        value=line.customs_duty,
        taxes={name: getattr(line, name) for name in _HEADS},
        cost_center_id=line.cost_center_id,
        is_tax_apart=is_creditable(line.itc_eligibility),
    )


def _note(books: Books, head: BillOfEntry, verb: str, changes: dict[str, dict[str, Any]]) -> None:
    summary = {"status": head.status, "total": head.total, "port_code": head.port_code, "date": head.dated_on}
    books.happened(Happening(f"BILL_OF_ENTRY_{verb}", "BILL_OF_ENTRY", head.id, head.number, changes, summary))
