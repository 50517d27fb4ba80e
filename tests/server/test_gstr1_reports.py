"""GSTR-1 and the summary by codes over HTTP: what is asked, in every format, and what is refused."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from domain.gst.gstin import check_character
from tests.running import Caller, Firm, shown
from tests.server.trade import a_customer, an_invoice

FIRST = "2026-04-01"
REPORTS = ("gstr1", "hsn_summary")


async def an_approved_invoice(call: Caller) -> dict[str, Any]:
    """An invoice of today, posted."""
    taxes = (await call("GET", "/taxes")).json()["taxes"]
    tax_id = next(tax["tax_id"] for tax in taxes if tax["tax_percentage"] == 18)
    line = {"name": "Lamp", "hsn_or_sac": "940521", "quantity": 2, "rate": 1000, "tax_id": tax_id}
    draft = await call.made("/invoices", an_invoice(await a_customer(call), line_items=[line]))
    reply = await call("POST", f"/invoices/{draft['invoice_id']}/approve")
    assert reply.status_code == 200
    invoice: dict[str, Any] = reply.json()["invoice"]
    return invoice


def period_of(day: str) -> str:
    """The month of a day as returns write it."""
    return day[5:7] + day[:4]


async def test_gstr1_has_a_total_of_each_table_and_what_is_behind_it(call: Caller) -> None:
    invoice = await an_approved_invoice(call)

    reply = await call("GET", "/reports/gstr1", params={"period": period_of(invoice["date"]), "details": "true"})

    report = shown(reply)
    assert (report["period"], report["frequency"], report["is_iff"]) == (period_of(invoice["date"]), "MONTHLY", False)
    assert report["is_draft"] is True
    (document,) = report["documents"]
    assert (document["document_number"], document["section"]) == (invoice["invoice_number"], "b2cs")
    opened = await call("GET", document["drill_down"]["path"])
    assert opened.json()["invoice"]["invoice_id"] == document["document_id"]
    total = next(each for each in report["totals"] if each["section"] == "b2cs")
    assert (total["document_count"], total["taxable_value"]) == (1, invoice["taxable_total"])
    again = await call("GET", total["drill_down"]["path"], params=total["drill_down"]["query"])
    assert shown(again)["documents"] == report["documents"]


async def test_without_details_no_document_is_named(call: Caller) -> None:
    invoice = await an_approved_invoice(call)
    report = shown(await call("GET", "/reports/gstr1", params={"period": period_of(invoice["date"])}))
    assert (report["documents"], report["advances"]) == ([], [])
    assert [row["tax_percentage"] for row in report["b2cs"]] == [18]


async def test_the_file_is_named_as_the_tool_names_it(call: Caller) -> None:
    invoice = await an_approved_invoice(call)
    reply = await call("GET", "/reports/gstr1/json", params={"period": period_of(invoice["date"])})
    year, month, day = (int(part) for part in invoice["date"].split("-"))
    gstin = reply.json()["gstin"]
    assert reply.headers["Content-Disposition"] == (
        f'attachment; filename="returns_{day}{month}{year}_R1_{gstin}_offline.json"'
    )
    assert list(reply.json()) == ["gstin", "fp", "version", "hash", "b2cs", "doc_issue", "hsn"]


async def test_the_summary_by_codes_is_of_either_side(call: Caller) -> None:
    invoice = await an_approved_invoice(call)
    sold = shown(await call("GET", "/reports/hsn_summary", params={"period": period_of(invoice["date"])}))
    bought = shown(await call("GET", "/reports/hsn_summary", params={"side": "PURCHASE", "details": "true"}))
    assert sold["total"]["taxable_value"] == invoice["taxable_total"]
    assert (bought["side"], bought["registered"], bought["others"], bought["lines"]) == ("PURCHASE", [], [], [])


@pytest.mark.parametrize("name", REPORTS)
async def test_they_come_as_files_to_be_read(call: Caller, name: str) -> None:
    invoice = await an_approved_invoice(call)
    query = {"period": period_of(invoice["date"]), "details": "true"}
    text = await call("GET", f"/reports/{name}", params={**query, "format": "csv"})
    assert text.status_code == 200, text.text
    book = await call("GET", f"/reports/{name}", params={**query, "format": "xlsx"})
    sheets = openpyxl.load_workbook(BytesIO(book.content))
    assert len(sheets.sheetnames) == {"gstr1": 9, "hsn_summary": 2}[name]


@pytest.mark.parametrize("path", ["/reports/gstr1", "/reports/gstr1/json", "/reports/hsn_summary"])
@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"period": "132026"}, 400, "period"),
        ({"period": "062017"}, 400, "period"),
        ({"period": "102026", "from_date": FIRST, "to_date": FIRST}, 400, "period"),
        ({"from_date": FIRST}, 400, "to_date"),
        ({"from_date": "2026-05-01", "to_date": FIRST}, 400, "from_date"),
        ({"from_date": "1999-01-01", "to_date": FIRST}, 400, "from_date"),
        ({"frequency": "YEARLY"}, 400, "frequency"),
        ({"branch_id": "br_of_another"}, 404, "branch_id"),
        ({"gstin": "29AAPFU0939F1Z" + check_character("29AAPFU0939F1Z")}, 404, "gstin"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    call: Caller, path: str, query: dict[str, str], status: int, field: str
) -> None:
    reply = await call("GET", path, params=query)
    assert (reply.status_code, reply.json()["field"]) == (status, field), reply.text


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"from_date": FIRST, "to_date": "2026-04-29"}, 422, "from_date"),
        ({"period": "102026", "part": "2"}, 400, "part"),
        ({"period": "102026", "part": "0"}, 400, "part"),
    ],
)
async def test_only_whole_periods_become_files(call: Caller, query: dict[str, str], status: int, field: str) -> None:
    reply = await call("GET", "/reports/gstr1/json", params=query)
    assert (reply.status_code, reply.json()["field"]) == (status, field), reply.text


async def test_a_file_of_a_part_of_a_registration_is_refused(call: Caller, firm: Firm) -> None:
    reply = await call("GET", "/reports/gstr1/json", params={"period": "102026", "branch_id": firm.branch_id})
    assert (reply.status_code, reply.json()["field"]) == (422, "branch_id")


async def test_the_portal_takes_the_whole_at_once_unless_it_is_too_large(call: Caller) -> None:
    whole = await call("GET", "/reports/gstr1/json", params={"period": "102026"})
    first = await call("GET", "/reports/gstr1/json", params={"period": "102026", "part": "1"})
    assert whole.json() == first.json()
    assert "_offline_1.json" in first.headers["Content-Disposition"]


async def test_a_quarter_is_told_by_its_last_month(call: Caller) -> None:
    query = {"frequency": "QUARTERLY"}
    early = shown(await call("GET", "/reports/gstr1", params={**query, "period": "102026"}))
    whole = shown(await call("GET", "/reports/gstr1", params={**query, "period": "122026"}))
    assert (early["is_iff"], early["from_date"], early["to_date"]) == (True, "2026-10-01", "2026-10-31")
    assert (whole["is_iff"], whole["from_date"], whole["to_date"]) == (False, "2026-10-01", "2026-12-31")
