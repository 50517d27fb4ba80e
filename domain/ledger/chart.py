"""The chart of accounts that a new organization finds: what a small Indian business needs, as data."""

from datetime import datetime

from domain.books import Books
from domain.ids import new_id
from domain.ledger.account_types import AccountType
from domain.ledger.accounts import ACCOUNTS, Account, AccountRole
from domain.ledger.schedule_iii import PrescribedHead
from domain.statements import as_rows

_Seed = tuple[str, str, AccountRole | None]

_SEEDS: dict[AccountType, tuple[_Seed, ...]] = {
    AccountType.CASH: (
        ("1000", "Cash in hand", AccountRole.CASH),
        ("1010", "Petty cash", None),
    ),
    AccountType.BANK: (("1100", "Bank account", AccountRole.BANK),),
    AccountType.ACCOUNTS_RECEIVABLE: (("1200", "Trade receivables", AccountRole.ACCOUNTS_RECEIVABLE),),
    AccountType.STOCK: (("1310", "Stock in hand", AccountRole.INVENTORY),),
    AccountType.OTHER_CURRENT_ASSET: (
        ("1320", "Advances to vendors", AccountRole.VENDOR_ADVANCES),
        ("1330", "Advances to employees", None),
        ("1340", "Prepaid expenses", None),
    ),
    AccountType.TDS_ASSET: (
        ("1350", "TDS receivable", AccountRole.TDS_RECEIVABLE),
        ("1360", "TCS receivable", None),
    ),
    AccountType.GST_ASSET: (
        ("1370", "GST electronic cash ledger", AccountRole.GST_CASH_LEDGER),
        ("1380", "IGST on exports, refundable", AccountRole.EXPORT_TAX_REFUNDABLE),
        ("1410", "Input CGST", AccountRole.INPUT_CGST),
        ("1420", "Input SGST", AccountRole.INPUT_SGST),
        ("1430", "Input IGST", AccountRole.INPUT_IGST),
        ("1440", "Input cess", AccountRole.INPUT_CESS),
    ),
    AccountType.FIXED_ASSET: (
        ("1510", "Land and buildings", None),
        ("1520", "Plant and machinery", None),
        ("1530", "Furniture and fixtures", None),
        ("1540", "Computers and office equipment", None),
        ("1550", "Vehicles", None),
        ("1590", "Accumulated depreciation", None),
    ),
    AccountType.OTHER_ASSET: (
        ("1610", "Security deposits", None),
        ("1620", "Investments", None),
    ),
    AccountType.ACCOUNTS_PAYABLE: (("2010", "Trade payables", AccountRole.ACCOUNTS_PAYABLE),),
    AccountType.OTHER_CURRENT_LIABILITY: (
        ("2110", "Advances from customers", AccountRole.CUSTOMER_ADVANCES),
        ("2140", "Customs duty payable", AccountRole.CUSTOMS_PAYABLE),
        ("2150", "Salaries payable", None),
        ("2160", "Provident fund and ESI payable", None),
        ("2170", "Professional tax payable", None),
        ("2180", "Expenses payable", None),
    ),
    AccountType.TDS_LIABILITY: (
        ("2120", "TDS payable", AccountRole.TDS_PAYABLE),
        ("2130", "TCS payable", None),
    ),
    AccountType.GST_LIABILITY: (
        ("2210", "Output CGST", AccountRole.OUTPUT_CGST),
        ("2220", "Output SGST", AccountRole.OUTPUT_SGST),
        ("2230", "Output IGST", AccountRole.OUTPUT_IGST),
        ("2240", "Output cess", AccountRole.OUTPUT_CESS),
        ("2250", "Reverse charge CGST", AccountRole.RCM_OUTPUT_CGST),
        ("2260", "Reverse charge SGST", AccountRole.RCM_OUTPUT_SGST),
        ("2270", "Reverse charge IGST", AccountRole.RCM_OUTPUT_IGST),
        ("2280", "Reverse charge cess", AccountRole.RCM_OUTPUT_CESS),
    ),
    AccountType.LONG_TERM_LIABILITY: (
        ("2310", "Bank loans", None),
        ("2320", "Loans from partners and directors", None),
    ),
    AccountType.EQUITY: (
        ("3010", "Capital", None),
        ("3020", "Drawings", None),
        ("3900", "Opening balance difference", AccountRole.OPENING_BALANCE_DIFFERENCE),
    ),
    AccountType.RETAINED_EARNINGS: (("3100", "Retained earnings", AccountRole.RETAINED_EARNINGS),),
    AccountType.SALES: (
        ("4010", "Sales", AccountRole.SALES),
        ("4020", "Sales returns", AccountRole.SALES_RETURNS),
    ),
    AccountType.INCOME: (("4030", "Other charges recovered", AccountRole.OTHER_CHARGES_INCOME),),
    AccountType.OTHER_INCOME: (
        ("4510", "Interest received", None),
        ("4520", "Discount received", None),
        ("4530", "Other income", None),
        ("4540", "Balances written back", AccountRole.BALANCES_WRITTEN_BACK),
    ),
    AccountType.COST_OF_GOODS_SOLD: (
        ("5010", "Cost of goods sold", AccountRole.COST_OF_GOODS_SOLD),
        ("5020", "Purchases", AccountRole.PURCHASES),
        ("5030", "Freight inward", None),
        ("5040", "Job work", None),
    ),
    AccountType.EXPENSE: (
        ("5210", "Office rent", None),
        ("5220", "Salaries and wages", None),
        ("5230", "Staff welfare", None),
        ("5240", "Electricity and water", None),
        ("5250", "Telephone and internet", None),
        ("5260", "Printing, stationery and postage", None),
        ("5270", "Travelling and conveyance", None),
        ("5280", "Repairs and maintenance", None),
        ("5290", "Freight outward and packing", None),
        ("5300", "Advertising", None),
        ("5310", "Commission and brokerage", None),
        ("5320", "Professional and audit fees", None),
        ("5330", "Software and subscriptions", None),
        ("5340", "Insurance", None),
        ("5350", "Rates and taxes", None),
        ("5360", "Discount allowed", None),
        ("5370", "Depreciation", None),
        ("5410", "Bank charges", AccountRole.BANK_CHARGES),
        ("5420", "Round-off", AccountRole.ROUND_OFF),
        ("5430", "Bad debts", AccountRole.BAD_DEBTS),
        ("5440", "Input tax credit reversed", AccountRole.ITC_REVERSAL),
    ),
    AccountType.OTHER_EXPENSE: (
        ("5910", "Interest on loans", None),
        ("5920", "Interest and late fees on taxes", None),
        ("5930", "Exchange gain or loss", AccountRole.EXCHANGE_GAIN_LOSS),
        ("5940", "Income tax", None),
    ),
}

# Where an account stands under another head of Schedule III than its type tells. Prepayments, advances and what the
# government owes are loans and advances, as the Guidance Note of the Institute of Chartered Accountants has it. Bills
# are posted to Purchases, so what is entered in Cost of goods sold is what the stock has changed by.
_HEADS: dict[PrescribedHead, tuple[str, ...]] = {
    PrescribedHead.RESERVES_AND_SURPLUS: ("3900",),
    PrescribedHead.NON_CURRENT_INVESTMENTS: ("1620",),
    PrescribedHead.SHORT_TERM_LOANS_AND_ADVANCES: (
        *("1320", "1330", "1340", "1350", "1360"),
        *("1370", "1380", "1410", "1420", "1430", "1440"),
    ),
    PrescribedHead.CHANGES_IN_INVENTORIES: ("5010",),
    PrescribedHead.EMPLOYEE_BENEFITS_EXPENSE: ("5220", "5230"),
    PrescribedHead.FINANCE_COSTS: ("5910",),
    PrescribedHead.DEPRECIATION_AND_AMORTISATION_EXPENSE: ("5370",),
    PrescribedHead.OTHER_EXPENSES: ("5040",),
    PrescribedHead.CURRENT_TAX: ("5940",),
}
_HEAD_OF = {code: head.value for head, codes in _HEADS.items() for code in codes}


def chart_rows(now: datetime) -> list[Account]:
    """The accounts of a new organization, by code; those with a role are system accounts."""
    seeded = sorted((seed, account_type) for account_type, seeds in _SEEDS.items() for seed in seeds)
    return [
        Account(
            id=new_id(ACCOUNTS.prefix),
            code=code,
            name=name,
            account_type=account_type.value,
            role=role,
            schedule_iii_head=_HEAD_OF.get(code),
            is_system=role is not None,
            is_primary_bank=role is AccountRole.BANK,
            version=1,
            created_at=now,
            modified_at=now,
        )
        for (code, name, role), account_type in seeded
    ]


async def seed_chart(books: Books) -> list[Account]:
    """Insert the chart of a new organization in one statement; that the organization was made is happening enough."""
    rows = chart_rows(books.now)
    await books.run(ACCOUNTS.insertion, rows=as_rows(rows))
    return rows
