"""Returns of GST over HTTP: in every format, as the portal's file, and with openings that can be entered again."""

from decimal import Decimal
from typing import Any

import pytest

from tests.running import Caller
from tests.server.trade import a_customer, an_invoice


async def sold(call: Caller) -> None:
    """An invoice of today, approved."""
    draft = await call.made("/invoices", an_invoice(await a_customer(call)))
    assert (await call("POST", f"/invoices/{draft['invoice_id']}/approve")).status_code == 200


@pytest.mark.parametrize("name", ["gstr3b", "tax_summary", "gst_statements"])
async def test_a_return_comes_in_every_format(call: Caller, name: str) -> None:
    await sold(call)
    report = (await call("GET", f"/reports/{name}")).json()[name]
    assert report["gstin"] == "27AACCS4321K1ZD"

    table = await call("GET", f"/reports/{name}", params={"format": "csv"})
    assert table.status_code == 200
    assert table.headers["Content-Disposition"].startswith(f'attachment; filename="{name}-')
    book = await call("GET", f"/reports/{name}", params={"format": "xlsx"}, headers={"Accept": "*/*"})
    assert book.content.startswith(b"PK")
    paper = await call("GET", f"/reports/{name}", params={"format": "pdf"}, headers={"Accept": "*/*"})
    assert paper.content.startswith(b"%PDF-")


async def test_the_file_is_bare_and_saved_under_its_name(call: Caller) -> None:
    reply = await call("GET", "/reports/gstr3b/json", params={"period": "102026"})

    assert reply.headers["Content-Disposition"] == 'attachment; filename="GSTR3B_27AACCS4321K1ZD_102026.json"'
    file = reply.json(parse_float=Decimal)
    assert (file["gstin"], file["ret_period"]) == ("27AACCS4321K1ZD", "102026")
    assert "code" not in file


async def test_details_of_a_figure_can_be_opened(call: Caller) -> None:
    await sold(call)
    (today,) = (await call("GET", "/invoices")).json()["invoices"]
    days = {"from_date": today["date"], "to_date": today["date"], "details": "true"}
    report = (await call("GET", "/reports/gstr3b", params=days)).json()["gstr3b"]

    assert report["period"] is None
    (detail,) = report["details"]
    opened = await call("GET", detail["drill_down"]["path"])
    assert opened.json()["invoice"]["invoice_number"] == detail["document_number"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"period": "132026"}, 400, "period"),
        ({"period": "012000"}, 400, "period"),
        ({"period": "102026", "from_date": "2026-10-01"}, 400, "period"),
        ({"from_date": "2026-10-01"}, 400, "to_date"),
        ({"frequency": "YEARLY"}, 400, "frequency"),
        ({"paid_on": "2026-02-30"}, 400, "paid_on"),
        ({"cgst_credit": "-1"}, 400, "cgst_credit"),
        ({"gstin": "29AAPFU0939F1ZR"}, 404, "gstin"),
        ({"branch_id": "br_of_another"}, 404, "branch_id"),
    ],
)
async def test_what_cannot_be_asked_is_refused(call: Caller, query: dict[str, Any], status: int, field: str) -> None:
    reply = await call("GET", "/reports/gstr3b", params=query)

    assert (reply.status_code, reply.json()["field"]) == (status, field)


async def test_a_part_of_a_period_is_no_file(call: Caller) -> None:
    days = {"from_date": "2026-10-01", "to_date": "2026-10-15"}

    assert (await call("GET", "/reports/gstr3b", params=days)).status_code == 200
    assert (await call("GET", "/reports/gstr3b/json", params=days)).status_code == 422


async def test_openings_are_entered_by_version(call: Caller) -> None:
    path, body = "/gst/opening_balances", {"date": "2026-03-31", "reclaim": {"igst_amount": 1800.50}}
    first = await call("GET", path)
    entered = await call("PUT", path, json=body, headers={"If-Match": first.headers["ETag"]})
    assert entered.json()["gst_opening_balances"]["reclaim"]["igst_amount"] == 1800.50
    again = await call("PUT", path, json=body, headers={"If-Match": first.headers["ETag"]})
    assert again.status_code == 412
