"""The chart of accounts."""

from typing import Any

from domain.books import Books
from domain.ledger import accounts
from domain.ledger.accounts import ACCOUNT_LISTING, ACCOUNTS
from handlers.registers import RegisterHandlers
from handlers.replies import Reply
from handlers.shapes.accounts import ACCOUNT

_accounts = RegisterHandlers(ACCOUNTS, ACCOUNT_LISTING, ACCOUNT, singular="account", plural="accounts")

list_accounts = _accounts.list
get_account = _accounts.get
create_account = _accounts.create


async def update_account(books: Books, account_id: str, body: dict[str, Any]) -> Reply:
    """Change what was sent, and nothing else."""
    await accounts.amend(books, ACCOUNTS, account_id, ACCOUNT.values(body))
    return await _accounts.get(books, account_id)


async def archive_account(books: Books, account_id: str) -> Reply:
    """Offer an account no more for new entries."""
    await accounts.archive(books, account_id)
    return await _accounts.get(books, account_id)
