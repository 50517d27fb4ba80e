"""Accounts and bank accounts as JSON: two views of one table."""

from domain.ledger.accounts import current_balance
from handlers.shapes.shape import TIMES, Shape, same
from models.masters import accounts

ACCOUNT = Shape(
    accounts,
    {
        "account_id": "id",
        **same("code", "name", "account_type", "parent_id", "description", "currency_code", "is_active", "is_system"),
        "current_balance": current_balance(),
        **TIMES,
    },
)

BANK_ACCOUNT = Shape(
    accounts,
    {
        "account_id": "id",
        "account_name": "name",
        "account_code": "code",
        **same("account_type", "bank_name", "account_number", "ifsc", "upi_id", "currency_code", "is_active"),
        "is_primary": "is_primary_bank",
        "current_balance": current_balance(),
        **TIMES,
    },
)
