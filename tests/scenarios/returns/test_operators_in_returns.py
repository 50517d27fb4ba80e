"""Tables 14 and 15: what goes through operators of electronic commerce, seen by the seller and by the operator."""

from typing import Any

from domain.books import Books
from domain.gst.gstin import check_character
from domain.gst.returns.gstr1 import Gstr1, gstr1_of, read_supplies
from domain.gst.returns.portal_json import PortalFile, portal_json
from domain.gst.returns.rows import OperatorRow
from tests.domain.founded import MAHARASHTRA
from tests.scenarios.builders import (
    KARNATAKA_VENDOR,
    MAHARASHTRA_BUYER,
    a_credit_note,
    a_customer,
    a_line,
    an_approved_invoice,
)
from tests.scenarios.returns.asking import november

_STEM = "29AABCF8078M1C"
OPERATOR = _STEM + check_character(_STEM)
PAID: dict[str, Any] = {"ecommerce_operator_gst_no": OPERATOR, "ecommerce_section": "SECTION_9_5"}
COLLECTED: dict[str, Any] = {"ecommerce_operator_gst_no": OPERATOR, "ecommerce_section": "SECTION_52"}
OURSELVES: dict[str, Any] = {"ecommerce_operator_gst_no": MAHARASHTRA, "ecommerce_section": "SECTION_9_5"}
RIDE: dict[str, Any] = {"name": "Ride", "hsn_or_sac": "996412"}


async def tables(books: Books) -> Gstr1:
    return gstr1_of(november(), await read_supplies(books, november()))


def told(rows: list[OperatorRow]) -> list[str]:
    """Each operator with value and tax by head."""
    return [
        f"{row.operator_gst_no} {row.amounts.taxable} {row.amounts.tax.igst} {row.amounts.tax.cgst}" for row in rows
    ]


async def test_what_the_operator_pays_tax_on_is_told_in_table_14_alone(books: Books) -> None:
    """Neither b2b nor b2cs nor HSN has it; a registered buyer makes no difference."""
    await an_approved_invoice(books, await a_customer(books), a_line("1000", "5", **RIDE), **PAID)
    dealer = await a_customer(books, "Deccan", gst_no=MAHARASHTRA_BUYER)
    await an_approved_invoice(books, dealer, a_line("500", "5", **RIDE), **PAID)

    of = await tables(books)

    assert told(list(of.supeco_paytx)) == [f"{OPERATOR} 1500.00 0.00 37.50"]
    others = {name for name in Gstr1.__struct_fields__ if getattr(of, name)} - {"doc_issue"}
    assert others == {"supeco_paytx"}


async def test_what_an_operator_collects_on_is_told_twice(books: Books) -> None:
    """In its usual table and HSN, and in table 14(a) net of notes: 1,000 less 200."""
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000"), **COLLECTED)
    await a_credit_note(books, invoice, a_line("200"))

    of = await tables(books)

    assert told(list(of.supeco_clttx)) == [f"{OPERATOR} 800.00 0.00 72.00"]
    assert [str(row.amounts.taxable) for row in of.b2cs] == ["800.00"]
    assert [str(row.amounts.taxable) for row in of.hsn_b2c] == ["800.00"]
    assert not of.supeco_paytx


async def test_what_others_supply_through_us_is_table_15(books: Books) -> None:
    """By whether supplier and buyer are registered; only documents to registered buyers stand by themselves."""
    consumer, dealer = await a_customer(books), await a_customer(books, "Deccan", gst_no=MAHARASHTRA_BUYER)
    by_registered = {**OURSELVES, "ecommerce_supplier_gst_no": KARNATAKA_VENDOR}
    for buyer in (consumer, dealer):
        await an_approved_invoice(books, buyer, a_line("1000", "5", **RIDE), **by_registered)
        await an_approved_invoice(books, buyer, a_line("200", "5", **RIDE), **OURSELVES)

    written = portal_json(PortalFile(MAHARASHTRA, "112026", await tables(books)))["ecom"]

    assert list(written) == ["b2b", "b2c", "urp2b", "urp2c"]
    assert (written["b2b"][0]["stin"], written["b2b"][0]["rtin"]) == (KARNATAKA_VENDOR, MAHARASHTRA_BUYER)
    assert written["b2b"][0]["inv"][0]["itms"][0]["itm_det"]["txval"] == 1000
    assert written["urp2b"][0]["rtin"] == MAHARASHTRA_BUYER
    (place,) = written["b2c"]
    assert (place["stin"], place["txval"], place["camt"], place["iamt"]) == (KARNATAKA_VENDOR, 1000, 25, 0)
    (other,) = written["urp2c"]
    assert (other["txval"], other["samt"], other["flag"]) == (200, 5, "N")


async def test_table_14_has_names_of_its_own_for_the_heads(books: Books) -> None:
    """igst, cgst, sgst and cess, where all others have iamt and so on."""
    await an_approved_invoice(books, await a_customer(books), a_line("1000", "5", **RIDE), **PAID)
    written = portal_json(PortalFile(MAHARASHTRA, "112026", await tables(books)))
    assert written["supeco"]["paytx"] == [
        {"etin": OPERATOR, "suppval": 1000, "igst": 0, "cgst": 25, "sgst": 25, "cess": 0}
    ]
