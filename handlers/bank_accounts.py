"""Bank and cash accounts of the chart, with their particulars."""

from typing import Any

from domain.books import Books
from domain.ledger import accounts
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


get_bank_account = _bank_accounts.get


async def list_bank_accounts(books: Books, query: dict[str, Any]) -> Reply:
    """Show bank and cash accounts by code."""
    return await whole_list(
        books, BANK_ACCOUNT_LISTING, BANK_ACCOUNT, plural="bank_accounts", limit=_MOST_ROWS, query=query
    )


async def create_bank_account(books: Books, body: dict[str, Any]) -> Reply:
    """Add a bank account unless the body asks for another type."""
    return await _bank_accounts.create(books, {"account_type": AccountType.BANK.value, **body})


async def update_bank_account(books: Books, account_id: str, body: dict[str, Any]) -> Reply:
    """Change what was sent, and nothing else."""
    await accounts.amend(books, BANK_ACCOUNTS, account_id, BANK_ACCOUNT.values(body))
    return await _bank_accounts.get(books, account_id)
