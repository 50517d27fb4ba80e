"""Accounts as JSON, and bank accounts, which are accounts with the bank's particulars."""

from domain.reports.balances import current_balance
from handlers.shapes.shape import TIMES, Shape, same
from models.masters import accounts

ACCOUNT = Shape(
    accounts,
    {
        "account_id": "id",
        **same("code", "name", "account_type", "schedule_iii_head", "parent_id", "description", "currency_code"),
        **same("is_active", "is_system"),
        "current_balance": current_balance(),
        **TIMES,
    },
)

BANK_ACCOUNT = ACCOUNT.also(
    {**same("bank_name", "account_number", "ifsc", "upi_id"), "is_primary": "is_primary_bank"},
)
