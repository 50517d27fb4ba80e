"""Bank and cash accounts of the chart, with their particulars."""

from typing import Any

from domain.books import Books
from domain.ledger.account_types import AccountType
from domain.ledger.bank_accounts import BANK_ACCOUNT_LISTING, BANK_ACCOUNTS
from handlers.lookups import whole_list
from handlers.registers import RegisterHandlers
from handlers.replies import Reply
from handlers.shapes.accounts import BANK_ACCOUNT

_MOST_ROWS = 10_000
_bank_accounts = RegisterHandlers(
    BANK_ACCOUNTS, BANK_ACCOUNT_LISTING, BANK_ACCOUNT, singular="bank_account", plural="bank_accounts"
)

update_bank_account = _bank_accounts.update


async def list_bank_accounts(books: Books) -> Reply:
    """Show all bank and cash accounts by code."""
    return await whole_list(books, BANK_ACCOUNT_LISTING, BANK_ACCOUNT, plural="bank_accounts", limit=_MOST_ROWS)


async def create_bank_account(books: Books, body: dict[str, Any]) -> Reply:
    """Add a bank account unless the body asks for another type."""
    return await _bank_accounts.create(books, {"account_type": AccountType.BANK.value, **body})
