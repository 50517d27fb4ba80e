"""The chart of accounts: what an account is, what may change about it, and which one plays which part in postings."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, or_

from domain import registers
from domain.books import Books, found
from domain.currencies import check_currency
from domain.errors import Duplicate, Failed, InvalidState
from domain.ledger.account_types import CLASS_OF, MONEY_TYPES
from domain.ledger.schedule_iii import FITTING
from domain.pages import Listing, equal_to, mentions, modified_after
from domain.registers import Register, Rule, VersionedRow
from domain.statements import Statement, tenant_select
from models.masters import accounts


class AccountRole(StrEnum):
    """The part an account plays in postings: documents post to roles, whatever the accounts are called."""

    CASH = "cash"
    BANK = "bank"
    ACCOUNTS_RECEIVABLE = "accounts_receivable"
    INVENTORY = "inventory"
    VENDOR_ADVANCES = "vendor_advances"
    TDS_RECEIVABLE = "tds_receivable"
    GST_CASH_LEDGER = "gst_cash_ledger"
    EXPORT_TAX_REFUNDABLE = "export_tax_refundable"
    INPUT_CGST = "input_cgst"
    INPUT_SGST = "input_sgst"
    INPUT_IGST = "input_igst"
    INPUT_CESS = "input_cess"
    ACCOUNTS_PAYABLE = "accounts_payable"
    CUSTOMER_ADVANCES = "customer_advances"
    TDS_PAYABLE = "tds_payable"
    CUSTOMS_PAYABLE = "customs_payable"
    OUTPUT_CGST = "output_cgst"
    OUTPUT_SGST = "output_sgst"
    OUTPUT_IGST = "output_igst"
    OUTPUT_CESS = "output_cess"
    RCM_OUTPUT_CGST = "rcm_output_cgst"
    RCM_OUTPUT_SGST = "rcm_output_sgst"
    RCM_OUTPUT_IGST = "rcm_output_igst"
    RCM_OUTPUT_CESS = "rcm_output_cess"
    RETAINED_EARNINGS = "retained_earnings"
    OPENING_BALANCE_DIFFERENCE = "opening_balance_difference"
    SALES = "sales"
    SALES_RETURNS = "sales_returns"
    OTHER_CHARGES_INCOME = "other_charges_income"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    PURCHASES = "purchases"
    ROUND_OFF = "round_off"
    BANK_CHARGES = "bank_charges"
    BAD_DEBTS = "bad_debts"
    BALANCES_WRITTEN_BACK = "balances_written_back"
    ITC_REVERSAL = "itc_reversal"
    EXCHANGE_GAIN_LOSS = "exchange_gain_loss"


class Account(VersionedRow, frozen=True):
    """An account of the chart; ``code`` is empty only until a bank account is given one.

    The bank's particulars and ``is_primary_bank`` belong to accounts of the types CASH and BANK. Without a
    ``schedule_iii_head`` an account stands, in the prescribed statements, where those of its type do.
    """

    name: str
    account_type: str
    code: str = ""
    role: str | None = None
    parent_id: str | None = None
    schedule_iii_head: str | None = None
    description: str | None = None
    currency_code: str = "INR"
    is_active: bool = True
    is_system: bool = False
    bank_name: str | None = None
    account_number: str | None = None
    ifsc: str | None = None
    upi_id: str | None = None
    is_primary_bank: bool = False


# Taken before the chart's shape is read to be changed: two parents set at once could otherwise form a circle, and two
# accounts get the same number.
_CHART_LOCK = Statement("select pg_advisory_xact_lock(hashtextextended('chart of accounts', 0) # hashtext(%(of)s))")


async def lock_chart(books: Books) -> None:
    """Lock the shape of the organization's chart until the transaction ends; always before the row of an account."""
    await books.row(_CHART_LOCK, of=books.organization_id)


_STORED = Statement(
    """
select account.code,
       account.account_type,
       account.is_system,
       exists (select from account_balances as balance
                where balance.organization_id = account.organization_id
                  and balance.account_id = account.id) as has_entries,
       exists (select from accounts as part
                where part.organization_id = account.organization_id
                  and part.parent_id = account.id) as has_parts,
       exists (select from accounts as part
                where part.organization_id = account.organization_id
                  and part.parent_id = account.id
                  and part.is_active) as has_active_parts
  from accounts as account
 where account.organization_id = %(organization_id)s
   and account.id = %(id)s
"""
)


async def _true_to_what_is_stored(books: Books, account: Account) -> Account:
    """Refuse what the books rely on: the type of an account with entries or parts, and all of a system account's place.

    An account may be archived whatever its balance is: reports go on to show it.
    """
    stored = await books.row(_STORED, id=account.id)
    if stored is None:
        return account
    if account.account_type != stored["account_type"]:
        _check_type_may_change(account, stored)
    if stored["is_system"] and account.code != stored["code"]:
        raise InvalidState(f"Postings rely on {account.name}: its code cannot change.", field="code")
    if not account.is_active and stored["is_system"]:
        raise InvalidState(f"Postings rely on {account.name}: it cannot be archived.")
    if not account.is_active and stored["has_active_parts"]:
        raise InvalidState(f"{account.name} has parts in use; archive them first.")
    return account


def _check_type_may_change(account: Account, stored: dict[str, Any]) -> None:
    if stored["is_system"]:
        raise InvalidState(f"Postings rely on {account.name}: its type cannot change.", field="account_type")
    if stored["has_entries"]:
        raise InvalidState(f"{account.name} has entries: its type cannot change.", field="account_type")
    if stored["has_parts"] and CLASS_OF[account.account_type] is not CLASS_OF[stored["account_type"]]:
        raise InvalidState(f"{account.name} has parts of another class than that.", field="account_type")


async def _with_particulars_if_money(books: Books, account: Account) -> Account:
    """Keep a bank's particulars on accounts that hold money, and the primary one in use."""
    particulars = (account.bank_name, account.account_number, account.ifsc, account.upi_id)
    if account.account_type not in MONEY_TYPES and (account.is_primary_bank or any(particulars)):
        raise InvalidState(f"{account.name} has the particulars of a bank account.", field="account_type")
    if account.is_primary_bank and not account.is_active:
        raise InvalidState(f"{account.name} is the primary bank account; make another one primary first.")
    return account


_TWIN = Statement(
    tenant_select(accounts, accounts.c.code, accounts.c.name)
    .where(
        accounts.c.id != bindparam("id"),
        or_(accounts.c.code == bindparam("code"), func.lower(accounts.c.name) == func.lower(bindparam("name"))),
    )
    .limit(1)
)


async def _without_twin(books: Books, account: Account) -> Account:
    """Check that code and name are the account's own."""
    twin = await books.row(_TWIN, id=account.id, code=account.code, name=account.name)
    if twin is not None:
        field = "code" if twin["code"] == account.code else "name"
        raise Duplicate(f"There is an account {twin['code']} {twin['name']} already.", field=field)
    return account


async def _in_a_known_currency(books: Books, account: Account) -> Account:
    await check_currency(books, account.currency_code)
    return account


async def _under_a_fitting_head(books: Books, account: Account) -> Account:
    """Check the head of Schedule III that the account says; without one its type decides."""
    head = account.schedule_iii_head
    if head is not None and head not in FITTING[account.account_type]:
        raise Failed(
            f"{account.name}, an account of type {account.account_type}, cannot stand under {head}.",
            field="schedule_iii_head",
        )
    return account


_PARENT = Statement(
    """
with recursive above as (
  select id, parent_id
    from accounts
   where organization_id = %(organization_id)s
     and id = %(parent_id)s
   union
  select account.id, account.parent_id
    from accounts as account
    join above on account.id = above.parent_id
   where account.organization_id = %(organization_id)s
)
select account_type,
       name,
       is_active,
       exists (select from above where id = %(id)s) as is_below
  from accounts
 where organization_id = %(organization_id)s
   and id = %(parent_id)s
"""
)


async def _under_a_fitting_parent(books: Books, account: Account) -> Account:
    """Check the parent: there, in use, of the account's class, and no part of it. Locks the chart."""
    if account.parent_id is None:
        return account
    await lock_chart(books)
    row = await books.row(_PARENT, id=account.id, parent_id=account.parent_id)
    parent = found(row, "Account", account.parent_id, field="parent_id")
    if parent["is_below"]:
        raise Failed(f"{parent['name']} is part of {account.name} itself.", field="parent_id")
    if CLASS_OF[parent["account_type"]] is not CLASS_OF[account.account_type]:
        kind = CLASS_OF[parent["account_type"]].lower()
        raise Failed(f"{parent['name']} is of the class {kind}; {account.name} is not.", field="parent_id")
    if account.is_active and not parent["is_active"]:
        raise Failed(f"{parent['name']} is archived.", field="parent_id")
    return account


CHANGE_RULES: tuple[Rule, ...] = (
    _in_a_known_currency,
    _true_to_what_is_stored,
    _with_particulars_if_money,
    _under_a_fitting_head,
    _under_a_fitting_parent,
    _without_twin,
)
"""What holds for every account, through whichever door it is changed."""

ACCOUNTS = Register(
    noun="Account",
    entity_type="ACCOUNT",
    prefix="acc",
    table=accounts,
    row=Account,
    title="name",
    rules=CHANGE_RULES,
)

ACCOUNT_LISTING = Listing(
    name="accounts",
    table=accounts,
    filters={
        **equal_to(accounts, "account_type"),
        "status": accounts.c.is_active == (bindparam("status") == "ACTIVE"),
        "search": mentions(accounts.c.code, accounts.c.name),
        **modified_after(accounts),
    },
    orders={"code": accounts.c.code},
    is_ascending=True,
)


async def amend(books: Books, register: Register[Account], key: str, values: Mapping[str, Any]) -> Account:
    """Change an account through one of its registers. Locks the chart, then the account.

    Raises: NotFound, VersionMismatch, and what the register's rules refuse.
    """
    await lock_chart(books)
    return await registers.amend(books, register, key, values)


async def archive(books: Books, key: str) -> Account:
    """Offer an account no more. Locks the chart, then the account. Raises: NotFound, VersionMismatch, InvalidState."""
    await lock_chart(books)
    return await registers.amend(books, ACCOUNTS, key, {"is_active": False}, verb="ARCHIVED")


_WITH_ROLES = Statement(tenant_select(accounts, accounts.c.role, accounts.c.id).where(accounts.c.role.is_not(None)))
_MOST_CHARTS = 500
_charts: OrderedDict[str, dict[AccountRole, str]] = OrderedDict()


async def by_role(books: Books, roles: Iterable[AccountRole]) -> dict[AccountRole, str]:
    """Return the id of the account in each of ``roles``.

    Which account has which role never changes, so each process remembers the charts that it used last.
    """
    chart = _charts.get(books.organization_id)
    wanted = tuple(roles)
    if chart is None or not chart.keys() >= set(wanted):
        chart = {AccountRole(row["role"]): row["id"] for row in await books.rows(_WITH_ROLES)}
        _charts[books.organization_id] = chart
        if len(_charts) > _MOST_CHARTS:
            _charts.popitem(last=False)
    _charts.move_to_end(books.organization_id)
    assert chart.keys() >= set(wanted), "every chart is seeded with all roles"
    return {role: chart[role] for role in wanted}
