"""Reports in pages: whatever their size, the pages together are the whole, and a cursor is of its question."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from openapi.bundle import operations_of
from tests.running import Caller, Firm, calling, found
from tests.server.conftest import Site
from tests.server.trade import a_customer
from tests.walking import SPEC

CURSOR = {"$ref": "#/components/parameters/Cursor"}
PAGED = [
    path.removeprefix("/reports/")
    for path, item in SPEC["paths"].items()
    for _, operation in operations_of(item)
    if path.startswith("/reports/") and CURSOR in operation["parameters"]
]
DAYS = {"from_date": "2026-04-01", "to_date": "2027-03-31"}


@pytest.fixture(scope="module")
async def trading(site: Site) -> AsyncIterator[tuple[Caller, Firm, dict[str, Any]]]:
    """Three customers and vendors, two papers of two lines with each, and receipts; and what some reports need."""
    firm = await found(site.database)
    async with calling(*site.urls) as caller:
        call = caller.with_token(firm.token)
        items = [
            (await call.made("/items", {"item_name": name, "rate": 100, "hsn_or_sac": "4901"}))
            for name in ("Atlas", "Bible", "Cookbook")
        ]
        for number, name in enumerate(("Asha", "Bala", "Chandra")):
            customer = await a_customer(call, name)
            vendor = await call.made("/contacts", {"contact_name": f"{name} Press", "contact_type": "VENDOR"})
            for day in ("2026-10-05", f"2026-11-{number + 1:02}"):
                lines = [
                    {"item_id": item["item_id"], "quantity": number + 1, "tax_category": "EXEMPT"} for item in items[:2]
                ]
                paper = {"date": day, "line_items": lines, "auto_approve": True}
                await call.made("/invoices", {**paper, "customer_id": customer})
                bill_number = f"{name[0]}/{day}"
                await call.made(
                    "/bills",
                    {
                        **paper,
                        "vendor_id": vendor["contact_id"],
                        "bill_number": bill_number,
                        "line_items": _costs(lines),
                    },
                )
            money = {"flow": "INCOMING", "contact_id": customer, "date": "2026-11-10", "amount": 50, "mode": "UPI"}
            await call.made("/payments", money)
        accounts = (await call("GET", "/accounts", params={"account_type": "SALES"})).json()["accounts"]
        yield (
            call,
            firm,
            {"ledger": {"account_id": accounts[0]["account_id"]}, "contact_statement": {"contact_id": customer}},
        )


def _costs(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": "Paper", "quantity": line["quantity"], "rate": 60, "tax_category": "EXEMPT"} for line in lines]


async def pages(call: Caller, name: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Every page of a report, each as it was answered."""
    shown: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        reply = await call("GET", f"/reports/{name}", params={**query, **cursor})
        assert reply.status_code == 200, reply.text
        report = reply.json()[name]
        shown.append(report)
        assert report["has_more_page"] == (report["next_cursor"] is not None)
        if report["next_cursor"] is None:
            return shown
        cursor = {"cursor": report["next_cursor"]}


def rows_of(name: str, report: dict[str, Any]) -> list[Any]:
    """The rows of a page: the longest of its lists."""
    return max((each for each in report.values() if isinstance(each, list)), key=len)


@pytest.mark.parametrize("name", PAGED)
async def test_the_pages_of_a_report_are_the_whole(trading: tuple[Caller, Firm, dict[str, Any]], name: str) -> None:
    call, _, needed = trading
    asked = {parameter for parameter in _parameters(name) if parameter in DAYS}
    query = {**{each: DAYS[each] for each in asked}, **needed.get(name, {})}
    (whole,) = await pages(call, name, {**query, "limit": 1000})
    rows = rows_of(name, whole)
    assert len(rows) >= 2

    for size in (1, 2, 3, 5):
        parts = await pages(call, name, {**query, "limit": size})
        assert [row for part in parts for row in rows_of(name, part)] == rows
        assert all(part["has_more_page"] for part in parts[:-1])
        assert len(parts) > 1 or size >= len(rows)


def _parameters(name: str) -> set[str]:
    shared = SPEC["components"]["parameters"]
    told = SPEC["paths"][f"/reports/{name}"]["get"]["parameters"]
    return {each["name"] if "name" in each else shared[each["$ref"].split("/")[-1]]["name"] for each in told}


async def test_a_cursor_is_of_its_question(trading: tuple[Caller, Firm, dict[str, Any]]) -> None:
    call, _, _ = trading
    first = (await call("GET", "/reports/sales_register", params={**DAYS, "limit": 1})).json()["sales_register"]

    refused = await call(
        "GET",
        "/reports/sales_register",
        params={"from_date": "2026-11-01", "to_date": "2027-03-31", "limit": 1, "cursor": first["next_cursor"]},
    )

    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        400,
        "validation.invalid_value",
        "cursor",
    )
