"""GSTR-1 in the portal's format: what is read is written the same, to the order of its names.

The file beside this has every table, laid out as GSTN's returns offline tool writes them (version 3.2.4, as captured in
the tests of github.com/onyb/gst); its values are made up. The small ones are printed in our own rules.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.gst.returns.amounts import Tax, Taxed
from domain.gst.returns.gstr1 import Gstr1, furnished_early
from domain.gst.returns.portal_json import PortalFile, file_name, in_parts, portal_json, read_portal_json
from domain.gst.returns.rows import DocumentRow, HsnRow, PlaceRow, RateRow
from domain.statements import as_json, from_json
from tests.domain.founded import MAHARASHTRA

EVERY_TABLE = Path(__file__).parent / "portal" / "gstr1_every_table.json"

PRINTED = [
    """{"b2b": [{"ctin": "24AANFA2641L1ZF", "inv": [{"inum": "INV/26-27/0001", "idt": "05-04-2026", "val": 1180.00,
        "pos": "24", "rchrg": "N", "inv_typ": "R", "itms": [{"num": 1801, "itm_det": {"txval": 1000.00, "rt": 18,
        "camt": 90.00, "samt": 90.00, "csamt": 0}}]}]}]}""",
    """{"b2cl": [{"pos": "27", "inv": [{"inum": "A-1", "idt": "05-04-2026", "val": 118000.00, "itms": [{"num": 1801,
        "itm_det": {"txval": 100000.00, "rt": 18, "iamt": 18000.00, "csamt": 0}}]}]}]}""",
    """{"exp": [{"exp_typ": "WPAY", "inv": [{"inum": "E-1", "idt": "08-04-2026", "val": 70800.00, "sbpcode": "INNSA1",
        "sbnum": "4455667", "sbdt": "09-04-2026", "itms": [{"txval": 60000.00, "rt": 18, "iamt": 10800.00,
        "csamt": 0}]}]}]}""",
    """{"b2cs": [{"sply_ty": "INTRA", "rt": 18, "typ": "OE", "pos": "24", "txval": 5000.00, "camt": 450.00,
        "samt": 450.00, "csamt": 0}, {"sply_ty": "INTER", "rt": 5, "typ": "OE", "pos": "27", "txval": -200.00,
        "iamt": -10.00, "csamt": 0}]}""",
    """{"at": [{"pos": "27", "sply_ty": "INTER", "itms": [{"rt": 18, "ad_amt": 1000.00, "iamt": 180.00,
        "csamt": 0}]}]}""",
    """{"supeco": {"clttx": [{"etin": "29AABCF8078M1C8", "suppval": 1000.00, "igst": 0, "cgst": 90.00, "sgst": 90.00,
        "cess": 0}], "paytx": [{"etin": "29AABCF8078M1C8", "suppval": 500.00, "igst": 0, "cgst": 0, "sgst": 0,
        "cess": 0}]}}""",
    """{"ecoma": {"b2ba": [{"stin": "29AABCF8078M1C8", "rtin": "24AANFA2641L1ZF", "inv": [{"oinum": "A-1", "oidt":
        "05-04-2026", "sply_ty": "INTRA", "inum": "A-1", "idt": "05-04-2026", "val": 105, "pos": "24", "inv_typ": "R",
        "itms": [{"num": 501, "itm_det": {"txval": 100.00, "rt": 5, "camt": 2.50, "samt": 2.50, "csamt": 0}}],
        "flag": "N"}]}], "b2ca": [{"pos": "24", "posItms": [{"sply_ty": "INTRA", "stin": "29AABCF8078M1C8",
        "ostin": "29AABCF8078M1C8", "omon": "042026", "flag": "N", "itms": [{"rt": 5, "txval": 100.00, "iamt": 0,
        "camt": 2.50, "samt": 2.50, "csamt": 0}]}]}], "urp2ca": [{"omon": "042026", "sply_ty": "INTRA", "pos": "24",
        "flag": "N", "itms": [{"rt": 5, "txval": 0.00, "iamt": 0, "camt": 0, "samt": 0, "csamt": 0}]}]}}""",
    """{"doc_issue": {"doc_det": [{"doc_num": 1, "doc_typ": "Invoices for outward supply", "docs": [{"num": 1,
        "from": "INV/26-27/0001", "to": "INV/26-27/0010", "totnum": 10, "cancel": 2, "net_issue": 8}]}]}}""",
    """{"hsn": {"data": [{"num": 1, "hsn_sc": "9403", "desc": "OFFICE FURNITURE", "uqc": "NOS", "qty": 12, "rt": 18,
        "txval": 36000.00, "iamt": 1800.00, "samt": 2340.00, "camt": 2340.00, "csamt": 0}]}}""",
]


def written_again(text: str) -> Any:
    """A file, read and written, as its text is decoded; objects keep the order of their names."""
    return in_order(from_json(as_json(portal_json(read_portal_json(from_json(text))))))


def in_order(value: Any) -> Any:
    """JSON with objects as pairs in their order, so that two of them differ when their names are ordered otherwise."""
    if isinstance(value, dict):
        return [(name, in_order(member)) for name, member in value.items()]
    return [in_order(each) for each in value] if isinstance(value, list) else value


def test_a_file_with_every_table_comes_back_as_it_was() -> None:
    text = EVERY_TABLE.read_text(encoding="utf-8")
    assert written_again(text) == in_order(from_json(text))
    tables = read_portal_json(from_json(text)).tables
    assert [name for name in Gstr1.__struct_fields__ if not getattr(tables, name)] == [
        "hsn",
        "supecoa_paytxa",
        "ecoma_b2ba",
        "ecoma_b2ca",
        "ecoma_urp2ba",
        "ecoma_urp2ca",
    ]


@pytest.mark.parametrize("printed", PRINTED)
def test_what_our_rules_print_comes_back_as_it_was(printed: str) -> None:
    envelope = {"gstin": "24AAQCA8719H1ZC", "fp": "042026", "version": "GST3.2.4", "hash": "hash"}
    text = json.dumps({**envelope, **json.loads(printed)})
    assert written_again(text) == in_order(from_json(text))


def test_with_nothing_in_it_only_the_envelope_is_left() -> None:
    assert portal_json(PortalFile(MAHARASHTRA, "112026", Gstr1())) == {
        "gstin": MAHARASHTRA,
        "fp": "112026",
        "version": "GST3.2.4",
        "hash": "hash",
    }


def an_invoice(number: str = "INV/1", **said: Any) -> DocumentRow:
    """An invoice of 1,000 at 18 % within Maharashtra."""
    whole = Taxed(taxable=Decimal("1000.00"), tax=Tax(cgst=Decimal("90.00"), sgst=Decimal("90.00")))
    usual = {
        "number": number,
        "dated_on": date(2026, 11, 5),
        "value": Decimal("1180.00"),
        "items": (RateRow(Decimal(18), whole),),
        "supply_type": "INTRA_STATE",
        "gst_no": "24AANFA2641L1ZF",
        "place_of_supply": "IN-GJ",
        "table_type": "R",
    }
    return DocumentRow(**{**usual, **said})


def test_the_customers_name_and_our_reasons_are_not_uploaded() -> None:
    named = an_invoice(contact_name="Deccan Retail", document_id="inv_1", why="Because.")
    written = as_json(portal_json(PortalFile(MAHARASHTRA, "112026", Gstr1(b2b=[named]))))
    assert "Deccan" not in written
    assert "inv_1" not in written
    assert "Because" not in written


def test_a_fine_rate_has_a_number_of_its_own() -> None:
    item = RateRow(
        Decimal("0.25"), Taxed(taxable=Decimal("1000.10"), tax=Tax(cgst=Decimal("1.25"), sgst=Decimal("1.25")))
    )
    written = portal_json(PortalFile(MAHARASHTRA, "112026", Gstr1(b2b=[an_invoice(items=(item,))])))
    assert written["b2b"][0]["inv"][0]["itms"][0]["num"] == 26


def test_quantities_have_two_places_at_most() -> None:
    row = HsnRow(hsn_or_sac="0901", unit_code="KGS", rate=Decimal(5), quantity=Decimal("1.0055"), amounts=Taxed())
    written = portal_json(PortalFile(MAHARASHTRA, "112026", Gstr1(hsn_b2b=[row])))
    assert written["hsn"] == {
        "hsn_b2b": [
            {
                "num": 1,
                "hsn_sc": "0901",
                "uqc": "KGS",
                "qty": Decimal("1.01"),
                "rt": 5,
                "txval": 0,
                "iamt": 0,
                "samt": 0,
                "camt": 0,
                "csamt": 0,
            }
        ]
    }


def test_what_is_too_large_comes_in_parts_and_the_sums_in_one() -> None:
    places = [PlaceRow(place_of_supply="IN-MH", supply_type="INTRA_STATE", rate=Decimal(18), amounts=Taxed())]
    tables = Gstr1(b2b=[an_invoice(f"INV/{number}") for number in range(100)], b2cs=places)
    parts = in_parts(PortalFile(MAHARASHTRA, "112026", tables), most_bytes=6_000)

    sizes = [len(as_json(portal_json(part))) for part in parts]
    assert max(sizes) <= 6_000
    assert [row for part in parts for row in part.tables.b2b] == tables.b2b
    assert [bool(part.tables.b2cs) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_what_fits_is_one_file() -> None:
    file = PortalFile(MAHARASHTRA, "112026", Gstr1(b2b=[an_invoice()]))
    assert in_parts(file) == [file]


def test_the_file_is_called_as_the_tool_calls_it() -> None:
    """By the day on which it is made, without noughts."""
    assert file_name(MAHARASHTRA, date(2026, 7, 6)) == f"returns_672026_R1_{MAHARASHTRA}_offline.json"


def test_early_in_a_quarter_only_documents_to_registered_buyers_are_told() -> None:
    tables = read_portal_json(from_json(EVERY_TABLE.read_text(encoding="utf-8"))).tables
    written = portal_json(PortalFile(MAHARASHTRA, "112026", furnished_early(tables)))
    assert list(written) == ["gstin", "fp", "version", "hash", "b2b", "b2ba", "cdnra", "cdnr", "ecom"]
    assert list(written["ecom"]) == ["b2b", "urp2b"]
