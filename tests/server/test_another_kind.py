"""Another kind of document: the steps of docs/adding-an-endpoint.md, taken on a copy of the code, and the kind used.

Nothing of the engine is touched: one row, one YAML file, one file of names, and the word in the database's list.
"""

import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest

from server.settings import DatabaseUrl
from tests.running import Caller, calling, found, new_nursery, rows, unforeseen, workers_from
from tests.server.trade import a_customer, an_invoice

ROOT = Path(__file__).parent.parent.parent
CODE = ("adapters", "domain", "handlers", "models", "openapi", "server", "templates")
WORDS = {
    "sales_order": "proforma_invoice",
    "SALES_ORDER": "PROFORMA_INVOICE",
    "SalesOrder": "ProformaInvoice",
    "Sales order": "Proforma invoice",
    "sales order": "proforma invoice",
    "salesorders": "proformainvoices",
    "confirm": "issue",
    "Confirm": "Issue",
    "shipment_date": "valid_until",
}
"""What the files of a sales order say, and what those of a proforma invoice say instead."""


def in_the_docs(language: str) -> str:
    """The block in this language of the page's part on document kinds."""
    page = (ROOT / "docs" / "adding-an-endpoint.md").read_text(encoding="utf-8")
    part = page[page.index("## A document kind") :]
    block = re.search(rf"   ```{language}\n(.*?)   ```", part, re.DOTALL)
    assert block is not None
    return dedent(block[1])


def translated(file: Path) -> str:
    """A file of the sales order in the words of the proforma invoice."""
    text = file.read_text(encoding="utf-8")
    for word, other in WORDS.items():
        text = text.replace(word, other)
    return text


def add_the_kind(root: Path) -> None:
    """Take the steps of the page."""
    kinds = root / "domain" / "documents" / "kinds.py"
    text = kinds.read_text(encoding="utf-8")
    assert "KINDS = (" in text
    kinds.write_text(text.replace("KINDS = (", f"{in_the_docs('python')}\nKINDS = (PROFORMA_INVOICE, ", 1))
    for folder, ending in (("openapi/documents", "yaml"), ("handlers", "py")):
        source = root / folder / f"sales_orders.{ending}"
        (root / folder / f"proforma_invoices.{ending}").write_text(translated(source), encoding="utf-8")


@pytest.fixture
async def call(
    new_database: Callable[[], DatabaseUrl], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Caller]:
    """Calls of a server that knows proforma invoices, for a new firm."""
    for package in CODE:
        if (ROOT / package).exists():
            shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    add_the_kind(tmp_path)
    url = new_database()
    for statement in in_the_docs("sql").split(";\n"):
        rows(url, statement)
    firm = await found(url)
    monkeypatch.chdir(tmp_path)  # where a nursery takes its code from
    with closing(new_nursery()) as nursery, workers_from(nursery, url) as started:
        async with calling(started[0].url) as caller:
            yield caller.with_token(firm.token)
        assert unforeseen(started) == ""


async def test_a_proforma_invoice_is_one_row_and_one_yaml_file(call: Caller) -> None:
    body = an_invoice(await a_customer(call), valid_until="2099-12-31")
    body["line_items"][0]["quantity"] = 3
    draft = await call.made("/proforma_invoices", body)
    path = f"/proforma_invoices/{draft['proforma_invoice_id']}"
    assert (draft["status"], draft["total"], draft["proforma_invoice_number"]) == ("DRAFT", 3000, None)

    issued = (await call("POST", f"{path}/issue")).json()["proforma_invoice"]
    assert (issued["status"], issued["proforma_invoice_number"][:3]) == ("OPEN", "PI/")
    printed = await call("GET", f"{path}/pdf")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-"), printed.text
    mailed = await call("POST", f"{path}/email", {"to": ["accounts@sharma.example"]})
    assert mailed.status_code == 200, mailed.text
    assert mailed.json()["mail"]["subject"].startswith(f"Proforma invoice {issued['proforma_invoice_number']} from ")
    (listed,) = (await call("GET", "/proforma_invoices?status=OPEN&search=pi/")).json()["proforma_invoices"]
    assert listed["proforma_invoice_id"] == draft["proforma_invoice_id"]

    line = {"line_item_id": draft["line_items"][0]["line_item_id"], "quantity": 1}
    made = await call("POST", f"{path}/convert", {"line_items": [line]})
    assert made.status_code == 200, made.text
    assert made.json()["proforma_invoice"]["converted_to_invoice_id"] == made.json()["invoice"]["invoice_id"]
    (source,) = made.json()["invoice"]["converted_from"]
    assert (source["document_type"], source["status"]) == ("PROFORMA_INVOICE", "PARTIALLY_INVOICED")
    assert (await call("DELETE", f"/invoices/{made.json()['invoice']['invoice_id']}")).status_code == 200
    voided = (await call("POST", f"{path}/void", {"reason": "Came back"})).json()["proforma_invoice"]
    assert (voided["status"], voided["void_reason"]) == ("CANCELLED", "Came back")

    trail = (await call("GET", "/activity", params={"entity_type": "PROFORMA_INVOICE"})).json()
    assert {row["action"] for row in trail["activity"]} >= {"PROFORMA_INVOICE_ISSUED", "PROFORMA_INVOICE_CONVERTED"}
