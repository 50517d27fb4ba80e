"""The heads of statements, as data: which types of accounts stand under which, and in what order.

STANDARD is the usual order of an Indian trader's statements. SCHEDULE_III has the heads and the order of the Companies
Act 2013, Schedule III, Division I (as amended by the notification of 24 March 2021): an account stands under the head
that it says, else under that of its type; ``docs/reports.md`` says what the books cannot tell.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.ledger.account_types import AccountClass
from domain.ledger.account_types import AccountType as Type
from domain.ledger.schedule_iii import PrescribedHead as Prescribed
from domain.reports.balances import Account
from domain.reports.tree import Carried
from domain.values import Struct

STANDARD, SCHEDULE_III = "STANDARD", "SCHEDULE_III"


class Head(Struct, frozen=True):
    """A group of a statement: the accounts of some types, and results that are carried into it."""

    key: str
    title: str
    types: tuple[Type, ...] = ()
    carries: tuple[Carried, ...] = ()


class Part(Struct, frozen=True):
    """A section of a statement. ``sign`` says how a debit shows in it: 1 or -1.

    One without heads is a result: what all sections above it have in credit over their debits.
    """

    key: str
    title: str
    sign: int = 1
    heads: tuple[Head, ...] = ()


class Layout(Struct, frozen=True):
    """A statement's sections in their order.

    In one that ``is_prescribed`` an account may say its head itself, and heads without amounts are shown, too.
    """

    parts: tuple[Part, ...]
    is_prescribed: bool = False

    def head_of(self, account: Account) -> str | None:
        """Return the key of the head that an account stands under, ``None`` if it is not of this statement."""
        own = account.schedule_iii_head if self.is_prescribed else None
        if own is not None:
            return own
        heads = (head for part in self.parts for head in part.heads)
        return next((head.key for head in heads if account.account_type in head.types), None)


_DEBIT, _CREDIT = 1, -1

TITLES: Mapping[str, str] = MappingProxyType(
    {
        Type.CASH: "Cash",
        Type.BANK: "Bank",
        Type.ACCOUNTS_RECEIVABLE: "Trade receivables",
        Type.STOCK: "Stock",
        Type.OTHER_CURRENT_ASSET: "Other current assets",
        Type.TDS_ASSET: "Tax deducted and collected at source, receivable",
        Type.GST_ASSET: "GST credit and cash ledger",
        Type.FIXED_ASSET: "Fixed assets",
        Type.OTHER_ASSET: "Other assets",
        Type.ACCOUNTS_PAYABLE: "Trade payables",
        Type.OTHER_CURRENT_LIABILITY: "Other current liabilities",
        Type.TDS_LIABILITY: "Tax deducted and collected at source, payable",
        Type.GST_LIABILITY: "GST payable",
        Type.LONG_TERM_LIABILITY: "Long-term liabilities",
        Type.EQUITY: "Capital",
        Type.RETAINED_EARNINGS: "Retained earnings",
        Type.SALES: "Sales",
        Type.INCOME: "Other operating income",
        Type.OTHER_INCOME: "Other income",
        Type.COST_OF_GOODS_SOLD: "Cost of goods sold",
        Type.EXPENSE: "Operating expenses",
        Type.OTHER_EXPENSE: "Other expenses",
    }
)
"""What the accounts of each type are called together."""


def _by_type(*types: Type) -> tuple[Head, ...]:
    return tuple(Head(each.value, TITLES[each], (each,)) for each in types)


_ASSETS = _by_type(
    Type.CASH,
    Type.BANK,
    Type.ACCOUNTS_RECEIVABLE,
    Type.STOCK,
    Type.OTHER_CURRENT_ASSET,
    Type.TDS_ASSET,
    Type.GST_ASSET,
    Type.FIXED_ASSET,
    Type.OTHER_ASSET,
)
_LIABILITIES = _by_type(
    Type.ACCOUNTS_PAYABLE,
    Type.OTHER_CURRENT_LIABILITY,
    Type.TDS_LIABILITY,
    Type.GST_LIABILITY,
    Type.LONG_TERM_LIABILITY,
)
_RETAINED = Head(
    "RETAINED_EARNINGS", TITLES[Type.RETAINED_EARNINGS], (Type.RETAINED_EARNINGS,), (Carried.EARLIER_YEARS,)
)

TRIAL_BALANCE = Layout(
    (
        Part(AccountClass.ASSET, "Assets", heads=_ASSETS),
        Part(AccountClass.LIABILITY, "Liabilities", heads=_LIABILITIES),
        Part(AccountClass.EQUITY, "Equity", heads=(*_by_type(Type.EQUITY), _RETAINED)),
        Part(AccountClass.INCOME, "Income", heads=_by_type(Type.SALES, Type.INCOME, Type.OTHER_INCOME)),
        Part(
            AccountClass.EXPENSE,
            "Expenses",
            heads=_by_type(Type.COST_OF_GOODS_SOLD, Type.EXPENSE, Type.OTHER_EXPENSE),
        ),
    )
)

_STANDARD_PROFIT_AND_LOSS = Layout(
    (
        Part("INCOME", "Income", _CREDIT, _by_type(Type.SALES, Type.INCOME)),
        Part("COST_OF_GOODS_SOLD", "Cost of goods sold", _DEBIT, _by_type(Type.COST_OF_GOODS_SOLD)),
        Part("GROSS_PROFIT", "Gross profit"),
        Part("OPERATING_EXPENSES", "Operating expenses", _DEBIT, _by_type(Type.EXPENSE)),
        Part("OPERATING_PROFIT", "Operating profit"),
        Part("OTHER_INCOME", "Other income", _CREDIT, _by_type(Type.OTHER_INCOME)),
        Part("OTHER_EXPENSES", "Other expenses", _DEBIT, _by_type(Type.OTHER_EXPENSE)),
        Part("NET_PROFIT", "Net profit"),
    )
)

_PRESCRIBED_PROFIT_AND_LOSS = Layout(
    (
        Part(
            "REVENUE_FROM_OPERATIONS",
            "I. Revenue from operations",
            _CREDIT,
            (Head(Prescribed.REVENUE_FROM_OPERATIONS, "Revenue from operations", (Type.SALES, Type.INCOME)),),
        ),
        Part(
            "OTHER_INCOME",
            "II. Other income",
            _CREDIT,
            (Head(Prescribed.OTHER_INCOME, "Other income", (Type.OTHER_INCOME,)),),
        ),
        Part("TOTAL_INCOME", "III. Total income (I + II)"),
        Part(
            "EXPENSES",
            "IV. Expenses",
            _DEBIT,
            (
                Head(Prescribed.COST_OF_MATERIALS_CONSUMED, "Cost of materials consumed"),
                Head(Prescribed.PURCHASES_OF_STOCK_IN_TRADE, "Purchases of stock-in-trade", (Type.COST_OF_GOODS_SOLD,)),
                Head(
                    Prescribed.CHANGES_IN_INVENTORIES,
                    "Changes in inventories of finished goods, work-in-progress and stock-in-trade",
                ),
                Head(Prescribed.EMPLOYEE_BENEFITS_EXPENSE, "Employee benefits expense"),
                Head(Prescribed.FINANCE_COSTS, "Finance costs"),
                Head(Prescribed.DEPRECIATION_AND_AMORTISATION_EXPENSE, "Depreciation and amortisation expense"),
                Head(Prescribed.OTHER_EXPENSES, "Other expenses", (Type.EXPENSE, Type.OTHER_EXPENSE)),
            ),
        ),
        Part(
            "PROFIT_BEFORE_EXCEPTIONAL_ITEMS", "V. Profit before exceptional and extraordinary items and tax (III - IV)"
        ),
        Part(
            "EXCEPTIONAL_ITEMS",
            "VI. Exceptional items",
            _DEBIT,
            (Head(Prescribed.EXCEPTIONAL_ITEMS, "Exceptional items"),),
        ),
        Part("PROFIT_BEFORE_EXTRAORDINARY_ITEMS", "VII. Profit before extraordinary items and tax (V - VI)"),
        Part(
            "EXTRAORDINARY_ITEMS",
            "VIII. Extraordinary items",
            _DEBIT,
            (Head(Prescribed.EXTRAORDINARY_ITEMS, "Extraordinary items"),),
        ),
        Part("PROFIT_BEFORE_TAX", "IX. Profit before tax (VII - VIII)"),
        Part(
            "TAX_EXPENSE",
            "X. Tax expense",
            _DEBIT,
            (Head(Prescribed.CURRENT_TAX, "(1) Current tax"), Head(Prescribed.DEFERRED_TAX, "(2) Deferred tax")),
        ),
        Part("NET_PROFIT", "XV. Profit for the period"),
    ),
    is_prescribed=True,
)

PROFIT_AND_LOSS: Mapping[str, Layout] = MappingProxyType(
    {STANDARD: _STANDARD_PROFIT_AND_LOSS, SCHEDULE_III: _PRESCRIBED_PROFIT_AND_LOSS}
)
"""The layouts of the profit and loss account; the last section of each is the profit."""

_STANDARD_BALANCE_SHEET = Layout(
    (
        Part("ASSETS", "Assets", _DEBIT, _ASSETS),
        Part("LIABILITIES", "Liabilities", _CREDIT, _LIABILITIES),
        Part(
            "EQUITY",
            "Equity",
            _CREDIT,
            (
                *_by_type(Type.EQUITY),
                _RETAINED,
                Head("PROFIT_OF_THE_YEAR", "Profit of the financial year", carries=(Carried.THIS_PERIOD,)),
            ),
        ),
    )
)

_PRESCRIBED_BALANCE_SHEET = Layout(
    (
        Part(
            "SHAREHOLDERS_FUNDS",
            "I (1) Shareholders' funds",
            _CREDIT,
            (
                Head(Prescribed.SHARE_CAPITAL, "(a) Share capital", (Type.EQUITY,)),
                Head(
                    Prescribed.RESERVES_AND_SURPLUS,
                    "(b) Reserves and surplus",
                    (Type.RETAINED_EARNINGS,),
                    (Carried.EARLIER_YEARS, Carried.THIS_PERIOD),
                ),
                Head(Prescribed.SHARE_WARRANTS, "(c) Money received against share warrants"),
            ),
        ),
        Part(
            "SHARE_APPLICATION_MONEY",
            "I (2) Share application money pending allotment",
            _CREDIT,
            (Head(Prescribed.SHARE_APPLICATION_MONEY, "Share application money pending allotment"),),
        ),
        Part(
            "NON_CURRENT_LIABILITIES",
            "I (3) Non-current liabilities",
            _CREDIT,
            (
                Head(Prescribed.LONG_TERM_BORROWINGS, "(a) Long-term borrowings", (Type.LONG_TERM_LIABILITY,)),
                Head(Prescribed.DEFERRED_TAX_LIABILITIES, "(b) Deferred tax liabilities (net)"),
                Head(Prescribed.OTHER_LONG_TERM_LIABILITIES, "(c) Other long-term liabilities"),
                Head(Prescribed.LONG_TERM_PROVISIONS, "(d) Long-term provisions"),
            ),
        ),
        Part(
            "CURRENT_LIABILITIES",
            "I (4) Current liabilities",
            _CREDIT,
            (
                Head(Prescribed.SHORT_TERM_BORROWINGS, "(a) Short-term borrowings"),
                Head(Prescribed.TRADE_PAYABLES, "(b) Trade payables", (Type.ACCOUNTS_PAYABLE,)),
                Head(
                    Prescribed.OTHER_CURRENT_LIABILITIES,
                    "(c) Other current liabilities",
                    (Type.OTHER_CURRENT_LIABILITY, Type.TDS_LIABILITY, Type.GST_LIABILITY),
                ),
                Head(Prescribed.SHORT_TERM_PROVISIONS, "(d) Short-term provisions"),
            ),
        ),
        Part(
            "NON_CURRENT_ASSETS",
            "II (1) Non-current assets",
            _DEBIT,
            (
                Head(
                    Prescribed.PROPERTY_PLANT_AND_EQUIPMENT,
                    "(a) (i) Property, plant and equipment",
                    (Type.FIXED_ASSET,),
                ),
                Head(Prescribed.INTANGIBLE_ASSETS, "(a) (ii) Intangible assets"),
                Head(Prescribed.CAPITAL_WORK_IN_PROGRESS, "(a) (iii) Capital work-in-progress"),
                Head(Prescribed.INTANGIBLE_ASSETS_UNDER_DEVELOPMENT, "(a) (iv) Intangible assets under development"),
                Head(Prescribed.NON_CURRENT_INVESTMENTS, "(b) Non-current investments"),
                Head(Prescribed.DEFERRED_TAX_ASSETS, "(c) Deferred tax assets (net)"),
                Head(Prescribed.LONG_TERM_LOANS_AND_ADVANCES, "(d) Long-term loans and advances"),
                Head(Prescribed.OTHER_NON_CURRENT_ASSETS, "(e) Other non-current assets", (Type.OTHER_ASSET,)),
            ),
        ),
        Part(
            "CURRENT_ASSETS",
            "II (2) Current assets",
            _DEBIT,
            (
                Head(Prescribed.CURRENT_INVESTMENTS, "(a) Current investments"),
                Head(Prescribed.INVENTORIES, "(b) Inventories", (Type.STOCK,)),
                Head(Prescribed.TRADE_RECEIVABLES, "(c) Trade receivables", (Type.ACCOUNTS_RECEIVABLE,)),
                Head(Prescribed.CASH_AND_CASH_EQUIVALENTS, "(d) Cash and cash equivalents", (Type.CASH, Type.BANK)),
                Head(Prescribed.SHORT_TERM_LOANS_AND_ADVANCES, "(e) Short-term loans and advances"),
                Head(
                    Prescribed.OTHER_CURRENT_ASSETS,
                    "(f) Other current assets",
                    (Type.OTHER_CURRENT_ASSET, Type.TDS_ASSET, Type.GST_ASSET),
                ),
            ),
        ),
    ),
    is_prescribed=True,
)

BALANCE_SHEET: Mapping[str, Layout] = MappingProxyType(
    {STANDARD: _STANDARD_BALANCE_SHEET, SCHEDULE_III: _PRESCRIBED_BALANCE_SHEET}
)
"""The layouts of the balance sheet."""

INVESTED_TYPES = (Type.FIXED_ASSET, Type.OTHER_ASSET)
"""The types of accounts that money is invested in."""

CASH_FLOW = Layout(
    (
        Part(
            "OPERATING",
            "Operating activities",
            _CREDIT,
            (
                Head("NET_PROFIT", "Net profit", carries=(Carried.THIS_PERIOD,)),
                Head("WITHOUT_MONEY", "Depreciation and other entries without money", carries=(Carried.WITHOUT_MONEY,)),
                Head("RECEIVABLES", "Change in trade receivables", (Type.ACCOUNTS_RECEIVABLE,)),
                Head("STOCK", "Change in stock", (Type.STOCK,)),
                Head("OTHER_CURRENT_ASSETS", "Change in other current assets", (Type.OTHER_CURRENT_ASSET,)),
                Head("PAYABLES", "Change in trade payables", (Type.ACCOUNTS_PAYABLE,)),
                Head(
                    "OTHER_CURRENT_LIABILITIES",
                    "Change in other current liabilities",
                    (Type.OTHER_CURRENT_LIABILITY,),
                ),
                Head(
                    "TAXES",
                    "Change in taxes",
                    (Type.TDS_ASSET, Type.GST_ASSET, Type.TDS_LIABILITY, Type.GST_LIABILITY),
                ),
            ),
        ),
        Part("INVESTING", "Investing activities", _CREDIT, _by_type(*INVESTED_TYPES)),
        Part(
            "FINANCING",
            "Financing activities",
            _CREDIT,
            _by_type(Type.LONG_TERM_LIABILITY, Type.EQUITY, Type.RETAINED_EARNINGS),
        ),
        Part("NET_CHANGE", "Net change in cash and bank"),
    )
)
"""The cash flow statement: every type of account but cash and bank stands in it once, income and expense as profit."""
