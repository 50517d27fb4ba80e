"""What Schemathesis found, each as a sentence of its own; contract_tests/test_schemathesis.py looks for more."""

from typing import Any

import pytest
from psycopg.errors import DivisionByZero

from server.postgres.database import Database
from server.settings import DatabaseUrl, Settings
from tests.running import Caller
from tests.server.edge_app import TOKEN, Edge
from tests.server.edge_spec import BASE

BOOKS = {"name": "Printed books", "hsn_or_sac": "4901", "rate": 450, "tax_category": "EXEMPT"}


async def test_control_characters_of_the_caller_do_not_come_back_in_words() -> None:
    async with Edge().client() as client:
        refused = await client.get(f"{BASE}/things?a%1Fb=1", headers=TOKEN)

    assert (refused.status_code, refused.json()["field"]) == (400, "a\N{REPLACEMENT CHARACTER}b")
    assert refused.json()["message"] == "a\N{REPLACEMENT CHARACTER}b is not known here."


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"discount": 0, "discount_percent": 0}, (None, 0)),
        ({"discount": 50, "discount_percent": 0}, (50, None)),
        ({"discount": 0, "discount_percent": 10}, (None, 10)),
    ],
)
async def test_a_discount_of_nought_beside_the_other_is_none(
    call: Caller, said: dict[str, int], kept: tuple[int | None, int | None]
) -> None:
    customer = await call.made("/contacts", {"contact_name": "Deccan Retail"})
    draft = await call.made("/invoices", {"customer_id": customer["contact_id"], "line_items": [BOOKS]})
    reply = await call("PUT", f"/invoices/{draft['invoice_id']}", {**said, "line_items": [{**BOOKS, **said}]})

    assert reply.status_code == 200, reply.text
    invoice = reply.json()["invoice"]
    assert (invoice["discount"], invoice["discount_percent"]) == kept
    assert (invoice["line_items"][0]["discount"], invoice["line_items"][0]["discount_percent"]) == kept


async def test_a_number_of_noughts_only_is_none(call: Caller) -> None:
    customer = await call.made("/contacts", {"contact_name": "Deccan Retail"})
    body = {"customer_id": customer["contact_id"], "line_items": [BOOKS], "invoice_number": "00/00"}
    reply = await call("POST", "/invoices", body)

    assert (reply.status_code, reply.json()["field"]) == (400, "invoice_number")


async def test_bank_details_without_any_part_show_all_parts_as_absent(call: Caller) -> None:
    branch = await call.made("/branches", {"name": "Pune", "state": "IN-MH", "bank_details": {}})

    assert branch["bank_details"] == dict.fromkeys(
        ("account_name", "account_number", "bank_name", "ifsc", "upi_id"), None
    )


@pytest.mark.parametrize("is_begun", [True, False], ids=["in a transaction", "by itself"])
async def test_a_refused_last_statement_leaves_the_connection_fit_for_the_next(
    database_url: DatabaseUrl, *, is_begun: bool
) -> None:
    database = Database(database_url, Settings(pool_size=1))
    await database.open()
    try:
        for _ in range(3):
            with pytest.raises(DivisionByZero):
                await _finished(database, "select 1 / 0 as one", is_begun=is_begun)
            assert await _finished(database, "select 1 as one", is_begun=is_begun) == {"one": 1}
    finally:
        await database.close()


async def _finished(database: Database, text: str, *, is_begun: bool) -> dict[str, Any] | None:
    async with database.opened(organization_id="", user_id="") as transaction:
        if is_begun:
            await transaction.begin()
        return await transaction.finish(text, [])
