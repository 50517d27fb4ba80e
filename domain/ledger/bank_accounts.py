"""Bank and cash accounts: accounts of the chart with the bank's particulars, one of which is the primary one."""

from sqlalchemy import Boolean, bindparam

from domain.books import Books
from domain.errors import NotFound
from domain.happenings import Happening
from domain.ledger.account_types import MONEY_TYPES, AccountType
from domain.ledger.accounts import CHANGE_RULES, Account, lock_chart
from domain.pages import Listing
from domain.registers import Register
from domain.statements import Statement, among
from domain.values import replace
from models.masters import accounts

# The group of codes of each type in the seeded chart, without its first, which is seeded; a hundred times that many
# follow when it is full.
_GROUPS = {AccountType.CASH: (1001, 1099), AccountType.BANK: (1101, 1199)}

# Tens first, as in the rest of the chart, so that there is room between two accounts.
_FREE_CODE = Statement(
    """
select candidate::text
  from generate_series(%(first)s::integer, %(last)s::integer) as candidate
 where not exists (select from accounts
                    where organization_id = %(organization_id)s
                      and code = candidate::text)
 order by candidate %% 10 <> 0, candidate
 limit 1
"""
)


async def _holding_money(books: Books, account: Account) -> Account:
    if account.account_type not in MONEY_TYPES:
        raise NotFound("Bank account", account.id)
    return account


async def _with_a_code(books: Books, account: Account) -> Account:
    """Give a new account the next free code of its group. Locks the chart."""
    if account.code:
        return account
    await lock_chart(books)
    first, last = _GROUPS[AccountType(account.account_type)]
    code = await books.value(_FREE_CODE, first=first, last=last)
    if code is None:
        code = await books.value(_FREE_CODE, first=first * 100, last=last * 100)
    return replace(account, code=code)


_UNSET_OTHERS = Statement(
    """
update accounts
   set is_primary_bank = false,
       version = version + 1,
       modified_at = %(now)s
 where organization_id = %(organization_id)s
   and is_primary_bank
   and id <> %(id)s
returning id, name
"""
)


async def _alone_primary(books: Books, account: Account) -> Account:
    """Unset the account that was the primary one. Locks the chart, then that account."""
    if not account.is_primary_bank:
        return account
    await lock_chart(books)
    for other in await books.rows(_UNSET_OTHERS, id=account.id, now=books.now):
        books.happened(
            Happening(
                action="ACCOUNT_UPDATED",
                entity_type="ACCOUNT",
                entity_id=other["id"],
                reference=other["name"],
                changes={"is_primary_bank": {"old": True, "new": False}},
            )
        )
    return account


BANK_ACCOUNTS = Register(
    noun="Bank account",
    entity_type="ACCOUNT",
    prefix="acc",
    table=accounts,
    row=Account,
    title="name",
    rules=(_holding_money, _with_a_code, *CHANGE_RULES, _alone_primary),
)

BANK_ACCOUNT_LISTING = Listing(
    name="bank_accounts",
    table=accounts,
    filters={
        "active_only": accounts.c.is_active | ~bindparam("active_only", type_=Boolean),
        "include_cash": (accounts.c.account_type != AccountType.CASH) | bindparam("include_cash", type_=Boolean),
    },
    orders={"code": accounts.c.code},
    is_ascending=True,
    always=among(accounts.c.account_type, sorted(MONEY_TYPES)),
)
