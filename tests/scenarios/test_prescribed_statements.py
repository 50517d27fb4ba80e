"""The statements of the Companies Act, Schedule III, of a company's year, with figures that can be checked by hand."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from domain import registers
from domain.books import Books
from domain.ledger.accounts import ACCOUNTS, amend
from domain.reports.layouts import SCHEDULE_III
from domain.reports.tree import Section, added
from tests.scenarios.entries import the
from tests.scenarios.statements import posted, read, rupees, the_balance_sheet, the_profit

YEAR = ("2024-04-01", "2025-03-31")


def heads(sections: Sequence[Section]) -> dict[str, dict[str, Decimal] | Decimal]:
    """Sections by their titles, each with its heads and their totals; of a result its amount."""
    return {
        section.title: {group.title: group.total[0] for group in section.groups} or section.total[0]
        for section in sections
    }


@pytest.fixture
async def company(books: Books) -> Books:
    """A year of a company, with something under each head of the expenses and the funds."""
    own = [
        ("1560", "Patents", "FIXED_ASSET", "INTANGIBLE_ASSETS"),
        ("2190", "Cash credit", "OTHER_CURRENT_LIABILITY", "SHORT_TERM_BORROWINGS"),
        ("2195", "Provision for tax", "OTHER_CURRENT_LIABILITY", "SHORT_TERM_PROVISIONS"),
        ("2330", "Provision for gratuity", "LONG_TERM_LIABILITY", "LONG_TERM_PROVISIONS"),
        ("2340", "Deferred tax liability", "LONG_TERM_LIABILITY", "DEFERRED_TAX_LIABILITIES"),
        ("3030", "Securities premium", "EQUITY", "RESERVES_AND_SURPLUS"),
        ("5015", "Raw materials consumed", "COST_OF_GOODS_SOLD", "COST_OF_MATERIALS_CONSUMED"),
        ("5225", "Gratuity", "EXPENSE", "EMPLOYEE_BENEFITS_EXPENSE"),
        ("5950", "Loss by flood", "OTHER_EXPENSE", "EXCEPTIONAL_ITEMS"),
        ("5960", "Deferred tax", "OTHER_EXPENSE", "DEFERRED_TAX"),
    ]
    for code, name, account_type, head in own:
        values = {"code": code, "name": name, "account_type": account_type, "schedule_iii_head": head}
        await registers.add(books, ACCOUNTS, values)
    await posted(books, "2024-04-01", {"1100": "600000", "3010": "-500000", "3030": "-100000"})
    await posted(
        books, "2024-04-02", {"1520": "80000", "1560": "10000", "1620": "60000", "1610": "20000", "1100": "-170000"}
    )
    await posted(books, "2024-06-30", {"5020": "300000", "5015": "40000", "2010": "-340000"})
    await posted(books, "2024-09-30", {"1200": "700000", "4010": "-700000"})
    await posted(books, "2024-12-31", {"5220": "120000", "1330": "5000", "1100": "-125000"})
    await posted(books, "2025-03-31", {"1310": "30000", "5010": "-30000"})
    await posted(books, "2025-03-31", {"5225": "8000", "2330": "-8000"})
    await posted(books, "2025-03-31", {"5910": "11000", "5410": "1000", "2190": "-12000"})
    await posted(books, "2025-03-31", {"5370": "9000", "1590": "-9000"})
    await posted(books, "2025-03-31", {"5210": "36000", "5040": "4000", "1100": "-40000"})
    await posted(books, "2025-03-31", {"1100": "2000", "4510": "-2000"})
    await posted(books, "2025-03-31", {"5950": "3000", "1100": "-3000"})
    await posted(books, "2025-03-31", {"5940": "50000", "2195": "-50000"})
    await posted(books, "2025-03-31", {"5960": "2500", "2340": "-2500"})
    return books


async def test_the_prescribed_profit_and_loss_account_is_the_statutes(company: Books) -> None:
    answer = await the_profit(company, *YEAR, SCHEDULE_III)

    assert heads(answer.sections) == {
        "I. Revenue from operations": {"Revenue from operations": 700000},
        "II. Other income": {"Other income": 2000},
        "III. Total income (I + II)": 702000,
        "IV. Expenses": {
            "Cost of materials consumed": 40000,
            "Purchases of stock-in-trade": 300000,
            "Changes in inventories of finished goods, work-in-progress and stock-in-trade": -30000,
            "Employee benefits expense": 128000,
            "Finance costs": 11000,
            "Depreciation and amortisation expense": 9000,
            "Other expenses": 41000,
        },
        "V. Profit before exceptional and extraordinary items and tax (III - IV)": 203000,
        "VI. Exceptional items": {"Exceptional items": 3000},
        "VII. Profit before extraordinary items and tax (V - VI)": 200000,
        "VIII. Extraordinary items": {"Extraordinary items": 0},
        "IX. Profit before tax (VII - VIII)": 200000,
        "X. Tax expense": {"(1) Current tax": 50000, "(2) Deferred tax": 2500},
        "XV. Profit for the period": 147500,
    }
    assert answer.net_profit == (await the_profit(company, *YEAR)).net_profit


async def test_the_prescribed_balance_sheet_is_the_statutes(company: Books) -> None:
    answer = await the_balance_sheet(company, "2025-03-31", SCHEDULE_III)

    assert heads(answer.sections) == {
        "I (1) Shareholders' funds": {
            "(a) Share capital": 500000,
            "(b) Reserves and surplus": 247500,
            "(c) Money received against share warrants": 0,
        },
        "I (2) Share application money pending allotment": {"Share application money pending allotment": 0},
        "I (3) Non-current liabilities": {
            "(a) Long-term borrowings": 0,
            "(b) Deferred tax liabilities (net)": 2500,
            "(c) Other long-term liabilities": 0,
            "(d) Long-term provisions": 8000,
        },
        "I (4) Current liabilities": {
            "(a) Short-term borrowings": 12000,
            "(b) Trade payables": 340000,
            "(c) Other current liabilities": 0,
            "(d) Short-term provisions": 50000,
        },
        "II (1) Non-current assets": {
            "(a) (i) Property, plant and equipment": 71000,
            "(a) (ii) Intangible assets": 10000,
            "(a) (iii) Capital work-in-progress": 0,
            "(a) (iv) Intangible assets under development": 0,
            "(b) Non-current investments": 60000,
            "(c) Deferred tax assets (net)": 0,
            "(d) Long-term loans and advances": 0,
            "(e) Other non-current assets": 20000,
        },
        "II (2) Current assets": {
            "(a) Current investments": 0,
            "(b) Inventories": 30000,
            "(c) Trade receivables": 700000,
            "(d) Cash and cash equivalents": 264000,
            "(e) Short-term loans and advances": 5000,
            "(f) Other current assets": 0,
        },
    }
    totals = [section.total for section in answer.sections]
    assert added(totals[:4], 1) == added(totals[4:], 1) == answer.assets == rupees(1160000)


async def test_an_account_stands_under_its_own_head_in_the_prescribed_layout_only(company: Books) -> None:
    before = read((await the_profit(company, *YEAR)).sections)
    assert "GROSS_PROFIT" in before

    await amend(company, ACCOUNTS, await the(company, "5220"), {"schedule_iii_head": None})

    prescribed = heads((await the_profit(company, *YEAR, SCHEDULE_III)).sections)["IV. Expenses"]
    assert isinstance(prescribed, dict)
    assert prescribed["Employee benefits expense"] == 8000
    assert prescribed["Other expenses"] == 161000
    assert read((await the_profit(company, *YEAR)).sections) == before


async def test_a_part_stands_under_its_own_head_not_under_that_of_its_account(company: Books) -> None:
    values = {"code": "5226", "name": "Pensions", "account_type": "EXPENSE", "parent_id": await the(company, "5220")}
    await registers.add(company, ACCOUNTS, values)
    await posted(company, "2025-03-31", {"5226": "700", "1100": "-700"})

    expenses = (await the_profit(company, *YEAR, SCHEDULE_III)).sections[3]

    rows = {row.title: (group.key, row.depth) for group in expenses.groups for row in group.rows}
    assert rows["Pensions"] == ("OTHER_EXPENSES", 0)
    assert rows["Salaries and wages"] == ("EMPLOYEE_BENEFITS_EXPENSE", 0)
