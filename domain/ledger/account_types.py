"""Types of accounts: where an account stands in the balance sheet or the profit and loss account."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class AccountType(StrEnum):
    """Where an account stands, in the order of a chart."""

    CASH = "CASH"
    BANK = "BANK"
    ACCOUNTS_RECEIVABLE = "ACCOUNTS_RECEIVABLE"
    STOCK = "STOCK"
    OTHER_CURRENT_ASSET = "OTHER_CURRENT_ASSET"
    TDS_ASSET = "TDS_ASSET"
    GST_ASSET = "GST_ASSET"
    FIXED_ASSET = "FIXED_ASSET"
    OTHER_ASSET = "OTHER_ASSET"
    ACCOUNTS_PAYABLE = "ACCOUNTS_PAYABLE"
    OTHER_CURRENT_LIABILITY = "OTHER_CURRENT_LIABILITY"
    TDS_LIABILITY = "TDS_LIABILITY"
    GST_LIABILITY = "GST_LIABILITY"
    LONG_TERM_LIABILITY = "LONG_TERM_LIABILITY"
    EQUITY = "EQUITY"
    RETAINED_EARNINGS = "RETAINED_EARNINGS"
    SALES = "SALES"
    INCOME = "INCOME"
    OTHER_INCOME = "OTHER_INCOME"
    COST_OF_GOODS_SOLD = "COST_OF_GOODS_SOLD"
    EXPENSE = "EXPENSE"
    OTHER_EXPENSE = "OTHER_EXPENSE"


class AccountClass(StrEnum):
    """The five classes of accounts."""

    ASSET = "ASSET"
    LIABILITY = "LIABILITY"
    EQUITY = "EQUITY"
    INCOME = "INCOME"
    EXPENSE = "EXPENSE"


CLASS_OF: Mapping[str, AccountClass] = MappingProxyType(
    {
        AccountType.CASH: AccountClass.ASSET,
        AccountType.BANK: AccountClass.ASSET,
        AccountType.ACCOUNTS_RECEIVABLE: AccountClass.ASSET,
        AccountType.STOCK: AccountClass.ASSET,
        AccountType.OTHER_CURRENT_ASSET: AccountClass.ASSET,
        AccountType.TDS_ASSET: AccountClass.ASSET,
        AccountType.GST_ASSET: AccountClass.ASSET,
        AccountType.FIXED_ASSET: AccountClass.ASSET,
        AccountType.OTHER_ASSET: AccountClass.ASSET,
        AccountType.ACCOUNTS_PAYABLE: AccountClass.LIABILITY,
        AccountType.OTHER_CURRENT_LIABILITY: AccountClass.LIABILITY,
        AccountType.TDS_LIABILITY: AccountClass.LIABILITY,
        AccountType.GST_LIABILITY: AccountClass.LIABILITY,
        AccountType.LONG_TERM_LIABILITY: AccountClass.LIABILITY,
        AccountType.EQUITY: AccountClass.EQUITY,
        AccountType.RETAINED_EARNINGS: AccountClass.EQUITY,
        AccountType.SALES: AccountClass.INCOME,
        AccountType.INCOME: AccountClass.INCOME,
        AccountType.OTHER_INCOME: AccountClass.INCOME,
        AccountType.COST_OF_GOODS_SOLD: AccountClass.EXPENSE,
        AccountType.EXPENSE: AccountClass.EXPENSE,
        AccountType.OTHER_EXPENSE: AccountClass.EXPENSE,
    }
)
"""The class of each type."""

MONEY_TYPES = frozenset((AccountType.CASH, AccountType.BANK))
"""The types whose accounts hold money and have bank particulars."""
