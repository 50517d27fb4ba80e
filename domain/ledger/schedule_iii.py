"""The heads of the Companies Act 2013, Schedule III, Division I, that an account may be put under.

As amended by the notification of 24 March 2021: security deposits are other non-current assets, current maturities of
long-term borrowings are short-term borrowings.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.ledger.account_types import AccountType as Type


class PrescribedHead(StrEnum):
    """A head of the prescribed balance sheet or statement of profit and loss, in the order of the statute."""

    SHARE_CAPITAL = "SHARE_CAPITAL"
    RESERVES_AND_SURPLUS = "RESERVES_AND_SURPLUS"
    SHARE_WARRANTS = "SHARE_WARRANTS"
    SHARE_APPLICATION_MONEY = "SHARE_APPLICATION_MONEY"
    LONG_TERM_BORROWINGS = "LONG_TERM_BORROWINGS"
    DEFERRED_TAX_LIABILITIES = "DEFERRED_TAX_LIABILITIES"
    OTHER_LONG_TERM_LIABILITIES = "OTHER_LONG_TERM_LIABILITIES"
    LONG_TERM_PROVISIONS = "LONG_TERM_PROVISIONS"
    SHORT_TERM_BORROWINGS = "SHORT_TERM_BORROWINGS"
    TRADE_PAYABLES = "TRADE_PAYABLES"
    OTHER_CURRENT_LIABILITIES = "OTHER_CURRENT_LIABILITIES"
    SHORT_TERM_PROVISIONS = "SHORT_TERM_PROVISIONS"
    PROPERTY_PLANT_AND_EQUIPMENT = "PROPERTY_PLANT_AND_EQUIPMENT"
    INTANGIBLE_ASSETS = "INTANGIBLE_ASSETS"
    CAPITAL_WORK_IN_PROGRESS = "CAPITAL_WORK_IN_PROGRESS"
    INTANGIBLE_ASSETS_UNDER_DEVELOPMENT = "INTANGIBLE_ASSETS_UNDER_DEVELOPMENT"
    NON_CURRENT_INVESTMENTS = "NON_CURRENT_INVESTMENTS"
    DEFERRED_TAX_ASSETS = "DEFERRED_TAX_ASSETS"
    LONG_TERM_LOANS_AND_ADVANCES = "LONG_TERM_LOANS_AND_ADVANCES"
    OTHER_NON_CURRENT_ASSETS = "OTHER_NON_CURRENT_ASSETS"
    CURRENT_INVESTMENTS = "CURRENT_INVESTMENTS"
    INVENTORIES = "INVENTORIES"
    TRADE_RECEIVABLES = "TRADE_RECEIVABLES"
    CASH_AND_CASH_EQUIVALENTS = "CASH_AND_CASH_EQUIVALENTS"
    SHORT_TERM_LOANS_AND_ADVANCES = "SHORT_TERM_LOANS_AND_ADVANCES"
    OTHER_CURRENT_ASSETS = "OTHER_CURRENT_ASSETS"
    REVENUE_FROM_OPERATIONS = "REVENUE_FROM_OPERATIONS"
    OTHER_INCOME = "OTHER_INCOME"
    COST_OF_MATERIALS_CONSUMED = "COST_OF_MATERIALS_CONSUMED"
    PURCHASES_OF_STOCK_IN_TRADE = "PURCHASES_OF_STOCK_IN_TRADE"
    CHANGES_IN_INVENTORIES = "CHANGES_IN_INVENTORIES"
    EMPLOYEE_BENEFITS_EXPENSE = "EMPLOYEE_BENEFITS_EXPENSE"
    FINANCE_COSTS = "FINANCE_COSTS"
    DEPRECIATION_AND_AMORTISATION_EXPENSE = "DEPRECIATION_AND_AMORTISATION_EXPENSE"
    OTHER_EXPENSES = "OTHER_EXPENSES"
    EXCEPTIONAL_ITEMS = "EXCEPTIONAL_ITEMS"
    EXTRAORDINARY_ITEMS = "EXTRAORDINARY_ITEMS"
    CURRENT_TAX = "CURRENT_TAX"
    DEFERRED_TAX = "DEFERRED_TAX"


_Heads = frozenset[PrescribedHead]


def _between(first: PrescribedHead, last: PrescribedHead) -> _Heads:
    every = list(PrescribedHead)
    return frozenset(every[every.index(first) : every.index(last) + 1])


_NON_CURRENT_ASSETS = _between(PrescribedHead.PROPERTY_PLANT_AND_EQUIPMENT, PrescribedHead.OTHER_NON_CURRENT_ASSETS)
_FIXED_ASSETS = _between(
    PrescribedHead.PROPERTY_PLANT_AND_EQUIPMENT, PrescribedHead.INTANGIBLE_ASSETS_UNDER_DEVELOPMENT
)
_CURRENT_ASSETS = _between(PrescribedHead.CURRENT_INVESTMENTS, PrescribedHead.OTHER_CURRENT_ASSETS)
_LIABILITIES = _between(PrescribedHead.LONG_TERM_BORROWINGS, PrescribedHead.SHORT_TERM_PROVISIONS)
_OWN_FUNDS = _between(PrescribedHead.SHARE_CAPITAL, PrescribedHead.SHARE_APPLICATION_MONEY)
_EXPENSES = _between(PrescribedHead.COST_OF_MATERIALS_CONSUMED, PrescribedHead.DEFERRED_TAX)
_INCOME = frozenset(
    (
        PrescribedHead.REVENUE_FROM_OPERATIONS,
        PrescribedHead.OTHER_INCOME,
        PrescribedHead.EXCEPTIONAL_ITEMS,
        PrescribedHead.EXTRAORDINARY_ITEMS,
    )
)
_DUE_FROM_GOVERNMENT = frozenset(
    (
        PrescribedHead.LONG_TERM_LOANS_AND_ADVANCES,
        PrescribedHead.OTHER_NON_CURRENT_ASSETS,
        PrescribedHead.SHORT_TERM_LOANS_AND_ADVANCES,
        PrescribedHead.OTHER_CURRENT_ASSETS,
    )
)

FITTING: Mapping[str, _Heads] = MappingProxyType(
    {
        Type.CASH: frozenset((PrescribedHead.CASH_AND_CASH_EQUIVALENTS,)),
        Type.BANK: frozenset((PrescribedHead.CASH_AND_CASH_EQUIVALENTS, PrescribedHead.OTHER_NON_CURRENT_ASSETS)),
        Type.ACCOUNTS_RECEIVABLE: frozenset(
            (PrescribedHead.TRADE_RECEIVABLES, PrescribedHead.OTHER_NON_CURRENT_ASSETS)
        ),
        Type.STOCK: frozenset((PrescribedHead.INVENTORIES,)),
        Type.OTHER_CURRENT_ASSET: _CURRENT_ASSETS | _NON_CURRENT_ASSETS,
        Type.TDS_ASSET: _DUE_FROM_GOVERNMENT,
        Type.GST_ASSET: _DUE_FROM_GOVERNMENT,
        Type.FIXED_ASSET: _FIXED_ASSETS,
        Type.OTHER_ASSET: _CURRENT_ASSETS | _NON_CURRENT_ASSETS,
        Type.ACCOUNTS_PAYABLE: frozenset((PrescribedHead.TRADE_PAYABLES, PrescribedHead.OTHER_LONG_TERM_LIABILITIES)),
        Type.OTHER_CURRENT_LIABILITY: _LIABILITIES | {PrescribedHead.SHARE_APPLICATION_MONEY},
        Type.TDS_LIABILITY: frozenset((PrescribedHead.OTHER_CURRENT_LIABILITIES,)),
        Type.GST_LIABILITY: frozenset((PrescribedHead.OTHER_CURRENT_LIABILITIES,)),
        Type.LONG_TERM_LIABILITY: _LIABILITIES,
        Type.EQUITY: _OWN_FUNDS,
        Type.RETAINED_EARNINGS: frozenset((PrescribedHead.RESERVES_AND_SURPLUS,)),
        Type.SALES: frozenset((PrescribedHead.REVENUE_FROM_OPERATIONS,)),
        Type.INCOME: _INCOME,
        Type.OTHER_INCOME: _INCOME,
        Type.COST_OF_GOODS_SOLD: _EXPENSES,
        Type.EXPENSE: _EXPENSES,
        Type.OTHER_EXPENSE: _EXPENSES,
    }
)
"""The heads that accounts of each type may be put under: those of its side of its statement, narrower where postings
rely on what an account of the type holds."""
