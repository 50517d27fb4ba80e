"""Makes the papers of a readable list, so that a return can be compared with what an accountant makes of it by hand."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from domain.books import Books
from domain.contacts import Contact
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import KIND_NAMED
from domain.gst.tax_catalogue import CATALOGUE, TaxShape
from domain.payments import applying
from domain.payments.meeting import Change
from tests.domain.founded import a_gstin
from tests.scenarios.builders import a_customer, a_line, gst
from tests.scenarios.money import a_payment, asked

Values = Mapping[str, Any]

_MEANT_HERE = ("kind", "to", "of", "dated", "lines", "is_void")


def papers_in(file: Path) -> Values:
    """Read the customers and papers of a file."""
    said: Values = yaml.safe_load(file.read_text(encoding="utf-8"))
    return said


async def make_papers(books: Books, said: Values) -> None:
    """Make customers and papers, in their order."""
    customers = {name: await _customer(books, each) for name, each in said["customers"].items()}
    papers: dict[str, Paper] = {}
    advances: list[Change] = []
    for each in said["papers"]:
        if each["kind"] == "ADVANCE":
            advances.append(await _advance(books, customers[each["from"]], each))
        elif each["kind"] == "APPLY":
            advance = advances[each["advance"]].payment.id
            await applying.apply(books, advance, asked((papers[each["to"]], str(each["amount"]))), on=each["dated"])
        else:
            paper = await _document(books, customers, papers, each)
            papers[paper.head.number or ""] = paper


async def _customer(books: Books, said: Values) -> Contact:
    others = {"gst_treatment": said["gst_treatment"]} if "gst_treatment" in said else {}
    if "registered_in" in said:
        others["gst_no"] = a_gstin(said["registered_in"], pan=said["pan"])
    return await a_customer(
        books,
        said["contact_name"],
        **others,
        billing_address={"state_code": said["state"]} if "state" in said else None,
    )


async def _advance(books: Books, customer: Contact, said: Values) -> Change:
    return await a_payment(
        books,
        customer,
        str(said["amount"]),
        payment_type="ADVANCE",
        is_service_advance=True,
        dated_on=said["dated"],
    )


async def _document(books: Books, customers: Mapping[str, Contact], papers: Mapping[str, Paper], said: Values) -> Paper:
    kind = KIND_NAMED[said["kind"]]
    if "of" in said:
        original = papers[said["of"]].head
        party: dict[str, Any] = {"contact_id": original.contact_id, "parent_id": original.id}
    else:
        party = {"contact_id": customers[said["to"]].id}
    others = {name: value for name, value in said.items() if name not in _MEANT_HERE}
    if "exchange_rate" in others:
        others["exchange_rate"] = Decimal(str(others["exchange_rate"]))
    lines = [_line(line) for line in said["lines"]]
    paper = await lifecycle.draft_and_approve(books, kind, {**party, "dated_on": said["dated"], **others}, lines)
    return await lifecycle.void(books, kind, paper.head.id, reason=None) if said.get("is_void") else paper


def _line(said: Values) -> dict[str, Any]:
    rate, tax = str(said["rate"]), said["tax"]
    if isinstance(tax, str):
        shape = TaxShape(tax)
        tax_id = next(each.id for each in CATALOGUE if each.shape is shape)
    else:
        tax_id = gst(str(tax))
    return {**a_line(rate, None), "tax_id": tax_id, "unit": "pcs"}
