"""The four statements of a small firm over two financial years, with figures that can be checked by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import registers
from domain.books import Books
from domain.branches import open_branch
from domain.cost_centers import COST_CENTERS
from domain.errors import Invalid
from domain.ledger.accounts import ACCOUNTS
from domain.reports.layouts import SCHEDULE_III
from domain.statements import Statement
from tests.domain.founded import KARNATAKA
from tests.scenarios.entries import the
from tests.scenarios.statements import (
    posted,
    read,
    rupees,
    the_balance_sheet,
    the_cash_flow,
    the_profit,
    the_trial_balance,
)


@pytest.fixture
async def books(books: Books) -> Books:
    """Capital and a first sale in 2025-26; purchases, a machine on a loan, depreciation and a receipt in 2026-27."""
    await posted(books, "2026-02-10", {"1100": "100000", "3010": "-100000"})
    await posted(books, "2026-03-31", {"1200": "40000", "4010": "-40000"})
    await posted(books, "2026-03-31", {"5210": "10000", "1100": "-10000"})
    await posted(books, "2026-04-15", {"5020": "50000", "2010": "-50000"})
    await posted(books, "2026-05-01", {"1520": "60000", "1100": "-60000"})
    await posted(books, "2026-05-01", {"1100": "80000", "2310": "-80000"})
    await posted(books, "2026-09-30", {"1200": "90000", "4010": "-90000"})
    await posted(books, "2026-09-30", {"5370": "6000", "1590": "-6000"})
    await posted(books, "2026-10-20", {"1100": "70000", "1200": "-70000"})
    await posted(books, "2026-11-05", {"1100": "500", "4510": "-500"})
    return books


async def test_the_trial_balance_counts_from_the_beginning_of_the_financial_year(books: Books) -> None:
    answer = await the_trial_balance(books, "2026-10-31")

    assert read(answer.sections) == {
        "Bank account": "90000.00 | 0.00 | 150000.00 | 60000.00 | 180000.00 | 0.00",
        "Trade receivables": "40000.00 | 0.00 | 90000.00 | 70000.00 | 60000.00 | 0.00",
        "Plant and machinery": "0.00 | 0.00 | 60000.00 | 0.00 | 60000.00 | 0.00",
        "Accumulated depreciation": "0.00 | 0.00 | 0.00 | 6000.00 | 0.00 | 6000.00",
        "ASSET": "130000.00 | 0.00 | 300000.00 | 136000.00 | 300000.00 | 6000.00",
        "Trade payables": "0.00 | 0.00 | 0.00 | 50000.00 | 0.00 | 50000.00",
        "Bank loans": "0.00 | 0.00 | 0.00 | 80000.00 | 0.00 | 80000.00",
        "LIABILITY": "0.00 | 0.00 | 0.00 | 130000.00 | 0.00 | 130000.00",
        "Capital": "0.00 | 100000.00 | 0.00 | 0.00 | 0.00 | 100000.00",
        "Profit of earlier years": "0.00 | 30000.00 | 0.00 | 0.00 | 0.00 | 30000.00",
        "EQUITY": "0.00 | 130000.00 | 0.00 | 0.00 | 0.00 | 130000.00",
        "Sales": "0.00 | 0.00 | 0.00 | 90000.00 | 0.00 | 90000.00",
        "INCOME": "0.00 | 0.00 | 0.00 | 90000.00 | 0.00 | 90000.00",
        "Purchases": "0.00 | 0.00 | 50000.00 | 0.00 | 50000.00 | 0.00",
        "Depreciation": "0.00 | 0.00 | 6000.00 | 0.00 | 6000.00 | 0.00",
        "EXPENSE": "0.00 | 0.00 | 56000.00 | 0.00 | 56000.00 | 0.00",
    }
    assert [f"{each:.2f}" for each in answer.total] == [
        *("130000.00", "130000.00"),
        *("356000.00", "356000.00"),
        *("356000.00", "356000.00"),
    ]


async def test_the_profit_and_loss_account_has_its_results_on_the_way(books: Books) -> None:
    answer = await the_profit(books, "2026-04-01", "2026-11-30")

    assert read(answer.sections) == {
        "Sales": "90000.00",
        "INCOME": "90000.00",
        "Purchases": "50000.00",
        "COST_OF_GOODS_SOLD": "50000.00",
        "GROSS_PROFIT": "40000.00",
        "Depreciation": "6000.00",
        "OPERATING_EXPENSES": "6000.00",
        "OPERATING_PROFIT": "34000.00",
        "Interest received": "500.00",
        "OTHER_INCOME": "500.00",
        "OTHER_EXPENSES": "0.00",
        "NET_PROFIT": "34500.00",
    }


async def test_a_profit_without_a_first_day_begins_with_the_books(books: Books) -> None:
    answer = await the_profit(books, None, "2026-11-30")

    assert [str(each) for each in answer.net_profit] == ["64500.00"]


async def test_the_balance_sheet_has_earlier_profits_and_this_years_by_themselves(books: Books) -> None:
    answer = await the_balance_sheet(books, "2026-10-31")

    assert read(answer.sections) == {
        "Bank account": "180000.00",
        "Trade receivables": "60000.00",
        "Plant and machinery": "60000.00",
        "Accumulated depreciation": "-6000.00",
        "ASSETS": "294000.00",
        "Trade payables": "50000.00",
        "Bank loans": "80000.00",
        "LIABILITIES": "130000.00",
        "Capital": "100000.00",
        "Profit of earlier years": "30000.00",
        "Net profit": "34000.00",
        "EQUITY": "164000.00",
    }
    assert (answer.assets, answer.liabilities, answer.equity) == (rupees(294000), rupees(130000), rupees(164000))
    assert (answer.earlier_profit, answer.profit_of_year) == (rupees(30000), rupees(34000))


async def test_the_profit_of_a_year_is_an_earlier_one_the_day_after_it(books: Books) -> None:
    last, first = await the_balance_sheet(books, "2026-03-31"), await the_balance_sheet(books, "2026-04-01")

    assert (last.earlier_profit, last.profit_of_year) == (rupees(0), rupees(30000))
    assert (first.earlier_profit, first.profit_of_year) == (rupees(30000), rupees(0))
    assert last.equity == first.equity == rupees(130000)


async def test_the_cash_flow_ends_in_the_change_of_cash_and_bank(books: Books) -> None:
    answer = await the_cash_flow(books, "2026-04-01", "2026-10-31")

    assert read(answer.sections) == {
        "Net profit": "34000.00",
        "Accumulated depreciation": "6000.00",
        "Trade receivables": "-20000.00",
        "Trade payables": "50000.00",
        "OPERATING": "70000.00",
        "Plant and machinery": "-60000.00",
        "INVESTING": "-60000.00",
        "Bank loans": "80000.00",
        "FINANCING": "80000.00",
        "NET_CHANGE": "90000.00",
    }
    assert (answer.opening, answer.closing) == (rupees(90000), rupees(180000))
    assert [(row.title, row.figures) for row in answer.money] == [("Bank account", rupees(90000))]


async def test_an_asset_sold_at_a_gain_is_money_and_stays_in_the_investments(books: Books) -> None:
    await posted(books, "2026-11-10", {"1100": "25000", "1520": "-20000", "4530": "-5000"})

    answer = await the_cash_flow(books, "2026-11-06", "2026-11-30")

    assert read(answer.sections)["Net profit"] == "5000.00"
    assert read(answer.sections)["INVESTING"] == "20000.00"
    assert answer.net_change == rupees(25000)


async def test_the_prescribed_layout_shows_all_heads_in_their_order(books: Books) -> None:
    sheet = await the_balance_sheet(books, "2026-10-31", SCHEDULE_III)
    profit = await the_profit(books, "2026-04-01", "2026-11-30", SCHEDULE_III)

    assert {section.key: str(section.total[0]) for section in sheet.sections} == {
        "SHAREHOLDERS_FUNDS": "164000.00",
        "SHARE_APPLICATION_MONEY": "0.00",
        "NON_CURRENT_LIABILITIES": "80000.00",
        "CURRENT_LIABILITIES": "50000.00",
        "NON_CURRENT_ASSETS": "54000.00",
        "CURRENT_ASSETS": "240000.00",
    }
    assert [(group.title, str(group.total[0])) for group in sheet.sections[0].groups] == [
        ("(a) Share capital", "100000.00"),
        ("(b) Reserves and surplus", "64000.00"),
        ("(c) Money received against share warrants", "0.00"),
    ]
    assert {section.key: str(section.total[0]) for section in profit.sections} == {
        "REVENUE_FROM_OPERATIONS": "90000.00",
        "OTHER_INCOME": "500.00",
        "TOTAL_INCOME": "90500.00",
        "EXPENSES": "56000.00",
        "PROFIT_BEFORE_EXCEPTIONAL_ITEMS": "34500.00",
        "EXCEPTIONAL_ITEMS": "0.00",
        "PROFIT_BEFORE_EXTRAORDINARY_ITEMS": "34500.00",
        "EXTRAORDINARY_ITEMS": "0.00",
        "PROFIT_BEFORE_TAX": "34500.00",
        "TAX_EXPENSE": "0.00",
        "NET_PROFIT": "34500.00",
    }


async def test_another_time_stands_beside_each_figure(books: Books) -> None:
    year = await the_profit(books, "2026-04-01", "2026-10-31", compare_with="PREVIOUS_YEAR")
    month = await the_balance_sheet(books, "2026-10-31", compare_with="PREVIOUS_PERIOD")
    trial = await the_trial_balance(books, "2026-04-30", compare_with="PREVIOUS_YEAR")

    assert read(year.sections)["Sales"] == "90000.00 | 0.00"
    assert read(month.sections)["Bank account"] == "180000.00 | 110000.00"
    assert month.assets == rupees(294000, 294000)
    assert read(trial.sections)["Bank account"].endswith("90000.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00")


async def test_the_period_before_the_books_cannot_be_compared_with(books: Books) -> None:
    with pytest.raises(Invalid) as refused:
        await the_profit(books, None, "2026-10-31", compare_with="PREVIOUS_PERIOD")

    assert refused.value.field == "compare_with"


async def test_parts_stand_under_their_account_which_shows_the_sum_of_all(books: Books) -> None:
    plant = await the(books, "1520")
    lathe = {"code": "1521", "name": "Lathe", "account_type": "FIXED_ASSET", "parent_id": plant}
    await registers.add(books, ACCOUNTS, lathe)
    await posted(books, "2026-10-31", {"1521": "1000", "1100": "-1000"})

    answer = await the_balance_sheet(books, "2026-10-31")

    fixed = next(group for group in answer.sections[0].groups if group.key == "FIXED_ASSET")
    assert [(row.title, row.depth, row.figures, row.with_parts) for row in fixed.rows] == [
        ("Plant and machinery", 0, rupees(60000), rupees(61000)),
        ("Lathe", 1, rupees(1000), None),
        ("Accumulated depreciation", 0, rupees(-6000), None),
    ]
    assert fixed.total == rupees(55000)


async def test_an_account_without_entries_stands_above_its_parts(books: Books) -> None:
    vehicle = {"code": "1551", "name": "Lorry", "account_type": "FIXED_ASSET", "parent_id": await the(books, "1550")}
    await registers.add(books, ACCOUNTS, vehicle)
    await posted(books, "2026-10-31", {"1551": "1000", "1100": "-1000"})

    lines = read((await the_balance_sheet(books, "2026-10-31")).sections)

    assert (lines["Vehicles"], lines["Lorry"]) == ("0.00", "1000.00")


async def test_a_branch_has_statements_of_its_own(books: Books) -> None:
    branch = await open_branch(books, {"branch_name": "Bengaluru", "state_code": "IN-KA", "gst_no": KARNATAKA})
    await posted(books, "2026-10-31", {"5210": "700", "1100": "-700"}, branch_id=branch.id)

    there = await the_trial_balance(books, "2026-10-31", branch_id=branch.id)
    everywhere = await the_profit(books, "2026-04-01", "2026-10-31")

    assert read(there.sections)["Office rent"] == "0.00 | 0.00 | 700.00 | 0.00 | 700.00 | 0.00"
    assert there.total == rupees(0, 0, 700, 700, 700, 700)
    assert everywhere.net_profit == rupees(33300)


@pytest.mark.parametrize("day", ["2026-09-30", "2026-10-10", "2026-10-25"])
async def test_a_cost_centre_bears_its_own_lines_only(books: Books, day: str) -> None:
    center = await registers.add(books, COST_CENTERS, {"name": "Pune", "code": "PUN"})
    await posted(books, day, {"5210": "800", "1100": "-800"}, center=center.id)

    answer = await the_profit(books, "2026-04-01", day, cost_center_id=center.id)

    assert {key: value for key, value in read(answer.sections).items() if value != "0.00"} == {
        "Office rent": "800.00",
        "OPERATING_EXPENSES": "800.00",
        "OPERATING_PROFIT": "-800.00",
        "NET_PROFIT": "-800.00",
    }


async def test_what_was_posted_later_was_not_known(books: Books) -> None:
    kept = await the_balance_sheet(books, "2026-10-31")
    later = replace(books, now=books.now + timedelta(days=1))
    await posted(later, "2026-10-15", {"5210": "999", "1100": "-999"})
    asked = replace(later, now=later.now + timedelta(days=1))

    known = await the_balance_sheet(asked, "2026-10-31", known_at=books.now.isoformat())

    assert known.sections == kept.sections
    assert (await the_balance_sheet(asked, "2026-10-31")).profit_of_year == rupees(33001)


async def test_a_year_that_begins_in_january_has_its_own_profits(books: Books) -> None:
    change = "update organizations set fiscal_year_start_month = 1 where id = %(organization_id)s"
    await books.run(Statement(change))

    answer = await the_balance_sheet(books, "2026-10-31")

    assert (answer.earlier_profit, answer.profit_of_year) == (rupees(0), rupees(64000))
