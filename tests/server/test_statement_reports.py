"""The four statements over HTTP, in every format: what they show keeps the contract, and each line can be opened."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest

from contract_tests.spec import SPEC, assert_valid
from tests.running import Caller, Firm, shown
from tests.server.test_entries_at_once import a_journal, accounts_of
from tests.server.trade import a_customer, an_invoice

Json = dict[str, Any]

DAY = {"as_of_date": "2026-11-30"}
SPAN = {"from_date": "2026-04-01", "to_date": "2026-11-30"}
REPORTS: dict[str, Json] = {"trial_balance": DAY, "profit_and_loss": SPAN, "balance_sheet": DAY, "cash_flow": SPAN}

each_report = pytest.mark.parametrize("name", REPORTS)


@pytest.fixture
async def call(call: Caller) -> Caller:
    """A firm that sold books for 1,000 rupees and wrote 150 off its furniture."""
    draft = await call.made("/invoices", an_invoice(await a_customer(call), date="2026-10-31"))
    assert (await call("POST", f"/invoices/{draft['invoice_id']}/approve")).status_code == 200
    await call.made("/journals", a_journal(await accounts_of(call), 150))
    return call


async def asked(call: Caller, name: str, **query: Any) -> Json:
    """The report as it is shown, which keeps the contract."""
    reply = await call("GET", f"/reports/{name}", params={**REPORTS[name], **query})
    assert reply.status_code == 200, reply.text
    schema = SPEC["paths"][f"/reports/{name}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert_valid(schema, reply.json(parse_float=Decimal))
    return shown(reply)


def lines(report: Json) -> dict[str, Json]:
    """Accounts and results of a report by their names."""
    rows = [row for section in report["sections"] for group in section["groups"] for row in group["accounts"]]
    return {row["account_name"]: row for row in rows}


async def test_statements_show_what_was_posted(call: Caller) -> None:
    trial, profit = await asked(call, "trial_balance"), await asked(call, "profit_and_loss")
    sheet, flow = await asked(call, "balance_sheet"), await asked(call, "cash_flow")

    assert lines(trial)["Sales"]["amounts"]["closing_credit"] == 1000
    assert trial["total"]["closing_debit"] == trial["total"]["closing_credit"] == 1150
    assert profit["net_profit"] == 850
    assert sheet["totals"] == {
        "assets": 850, "liabilities": 0, "equity": 850, "earlier_profit": 0, "profit_of_year": 850
    }  # fmt: skip
    assert flow["totals"] == {"net_change": 0, "opening_balance": 0, "closing_balance": 0}
    assert lines(flow)["Accumulated depreciation"]["amount"] == 150


@each_report
@pytest.mark.parametrize("comparison", ["PREVIOUS_PERIOD", "PREVIOUS_YEAR"])
async def test_another_time_may_stand_beside(call: Caller, name: str, comparison: str) -> None:
    report = await asked(call, name, compare_with=comparison)

    assert report["compare_with"] == comparison
    assert report.get("previous_as_of_date") or report["previous_to_date"]
    assert report["sections"][0].get("previous_amount", report["sections"][0].get("previous_total")) is not None


@pytest.mark.parametrize("name", ["profit_and_loss", "balance_sheet"])
async def test_the_prescribed_layout_keeps_the_contract(call: Caller, name: str) -> None:
    report = await asked(call, name, layout="SCHEDULE_III", compare_with="PREVIOUS_YEAR")

    assert report["layout"] == "SCHEDULE_III"
    assert all(section["groups"] or section["is_result"] for section in report["sections"])


async def test_a_profit_without_first_day_begins_with_the_books(call: Caller) -> None:
    reply = await call("GET", "/reports/profit_and_loss", params={"to_date": "2026-11-30"})

    profit = shown(reply)
    assert (profit["from_date"], profit["net_profit"]) == (None, 850)
    assert lines(profit)["Sales"]["drill_down"]["query"]["from_date"] == "2017-01-01"


async def test_a_result_names_the_profit_and_loss_account_behind_it(call: Caller) -> None:
    sheet = await asked(call, "balance_sheet")

    behind = lines(sheet)["Net profit"]["drill_down"]
    opened = await call("GET", behind["path"], params=behind["query"])
    assert shown(opened)["net_profit"] == sheet["totals"]["profit_of_year"]


async def test_an_account_names_its_ledger(call: Caller, firm: Firm) -> None:
    trial = await asked(call, "trial_balance", branch_id=firm.branch_id)

    row = lines(trial)["Sales"]
    assert row["drill_down"] == {
        "operation_id": "get_ledger",
        "path": "/reports/ledger",
        "query": {
            "account_id": row["account_id"],
            "from_date": "2026-04-01",
            "to_date": "2026-11-30",
            "branch_id": firm.branch_id,
        },
    }


@each_report
async def test_files_say_what_json_says(call: Caller, name: str) -> None:
    report = await asked(call, name)

    reply = await call("GET", f"/reports/{name}", params={**REPORTS[name], "format": "csv"})
    book = await call("GET", f"/reports/{name}", params={**REPORTS[name], "format": "xlsx"})

    rows = list(csv.DictReader(StringIO(reply.content.decode("utf-8-sig"), newline="")))
    amounts = {row["account_name"]: row for row in rows if row["line_kind"] == "row"}
    column = "closing_debit" if name == "trial_balance" else "amount"
    assert amounts.keys() == lines(report).keys()
    for title, line in lines(report).items():
        amount = line["amounts"][column] if name == "trial_balance" else line["amount"]
        assert Decimal(amounts[title][column]) == amount
    page: Any = openpyxl.load_workbook(BytesIO(book.content)).active
    titles = [str(row[1]).strip() for row in page.iter_rows(values_only=True)]
    assert [title for title in titles if title in lines(report)] == list(lines(report))


@pytest.mark.parametrize(
    ("name", "query", "status", "field"),
    [
        *[(name, {"branch_id": "br_of_another"}, 404, "branch_id") for name in REPORTS],
        *[(name, {"known_at": "2099-01-01T00:00:00Z"}, 400, "known_at") for name in REPORTS],
        ("trial_balance", {"as_of_date": None}, 400, "as_of_date"),
        ("trial_balance", {"as_of_date": "1999-12-31"}, 400, "as_of_date"),
        ("trial_balance", {"cost_center_id": "cc_of_another"}, 404, "cost_center_id"),
        ("balance_sheet", {"as_of_date": None}, 400, "as_of_date"),
        ("balance_sheet", {"layout": "SCHEDULE_II"}, 400, "layout"),
        ("balance_sheet", {"compare_with": "LAST_YEAR"}, 400, "compare_with"),
        ("profit_and_loss", {"to_date": None}, 400, "to_date"),
        ("profit_and_loss", {"from_date": "2027-01-01"}, 400, "from_date"),
        ("profit_and_loss", {"from_date": "2016-11-29"}, 400, "from_date"),
        ("profit_and_loss", {"from_date": None, "compare_with": "PREVIOUS_PERIOD"}, 400, "compare_with"),
        ("profit_and_loss", {"cost_center_id": "cc_of_another"}, 404, "cost_center_id"),
        ("cash_flow", {"from_date": None}, 400, "from_date"),
        ("cash_flow", {"to_date": "2026-02-30"}, 400, "to_date"),
    ],
)
async def test_what_cannot_be_asked_is_refused(call: Caller, name: str, query: Json, status: int, field: str) -> None:
    sent = {**REPORTS[name], **query}

    reply = await call("GET", f"/reports/{name}", params={key: each for key, each in sent.items() if each is not None})

    assert (reply.status_code, reply.json()["field"]) == (status, field)
