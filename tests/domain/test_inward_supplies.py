"""Where something bought stands in GSTR-3B, and why (gst-rules parts 6, 7 and 12; Annex A 14 to 16)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.gst.returns.amounts import Tax
from domain.gst.returns.inward import Adjusted, Bought, InwardTable, classified, places_of, places_of_adjustment

_PAPER: dict[str, Any] = {
    "kind": "BILL",
    "document_id": "bill_1",
    "number": "KT/77",
    "self_invoice_number": None,
    "dated_on": date(2026, 11, 5),
    "branch_id": "br_1",
    "contact_id": "ct_1",
    "contact_name": "Konkan Timber",
    "gst_no": None,
}


def bought(**said: Any) -> Bought:
    """Timber for 1,000 at 18 % within the state, unless something else is said."""
    usual = {
        **_PAPER,
        "gst_treatment": "REGISTERED",
        "supply_type": "INTRA_STATE",
        "is_reverse_charge": False,
        "is_isd_invoice": False,
        "is_import": False,
        "tax_category": "TAXABLE",
        "rate": Decimal(18),
        "itc_eligibility": "ELIGIBLE",
        "itc_blocked_reason": None,
        "taxable": Decimal("1000.00"),
        "igst": Decimal(0),
        "cgst": Decimal("90.00"),
        "sgst": Decimal("90.00"),
        "cess": Decimal(0),
    }
    return Bought(**{**usual, **said})


_UNTAXED = {"cgst": Decimal(0), "sgst": Decimal(0), "rate": Decimal(0), "itc_eligibility": "NONE"}
_REVERSE = {"is_reverse_charge": True}
_ABROAD = {"gst_treatment": "OVERSEAS"}
_BLOCKED = {"itc_eligibility": "BLOCKED", "itc_blocked_reason": "17(5)(b)(i)"}


@pytest.mark.parametrize(
    ("said", "tables"),
    [
        ({}, ["4(A)(5)"]),
        ({"gst_treatment": "SEZ"}, ["4(A)(5)"]),
        (_BLOCKED, ["4(A)(5)", "4(B)(1)"]),
        ({"itc_eligibility": "POS_RESTRICTED"}, ["4(D)(2)"]),
        ({"itc_eligibility": "TIME_BARRED"}, ["4(D)(2)"]),
        ({"itc_eligibility": "NONE"}, []),
        ({"is_isd_invoice": True}, ["4(A)(4)"]),
        ({"is_isd_invoice": True, **_BLOCKED}, ["4(A)(4)", "4(B)(1)"]),
        (_REVERSE, ["3.1(d)", "4(A)(3)"]),
        ({**_REVERSE, "gst_treatment": "UNREGISTERED"}, ["3.1(d)", "4(A)(3)"]),
        ({**_REVERSE, **_BLOCKED}, ["3.1(d)", "4(A)(3)", "4(B)(1)"]),
        ({**_REVERSE, "itc_eligibility": "TIME_BARRED"}, ["3.1(d)", "4(D)(2)"]),
        ({**_REVERSE, "itc_eligibility": "NONE"}, ["3.1(d)"]),
        ({**_REVERSE, **_ABROAD}, ["3.1(d)", "4(A)(2)"]),
        ({**_REVERSE, **_ABROAD, **_BLOCKED}, ["3.1(d)", "4(A)(2)", "4(B)(1)"]),
        ({"is_import": True, "gst_treatment": None}, ["4(A)(1)"]),
        ({"is_import": True, **_BLOCKED}, ["4(A)(1)", "4(B)(1)"]),
        ({"is_import": True, "itc_eligibility": "TIME_BARRED"}, ["4(D)(2)"]),
        ({"is_import": True, **_UNTAXED, "tax_category": "EXEMPT"}, []),
        ({**_UNTAXED, "tax_category": "EXEMPT"}, ["5(GST)"]),
        ({**_UNTAXED, "tax_category": "NIL_RATED", "gst_treatment": "UNREGISTERED"}, ["5(GST)"]),
        ({**_UNTAXED, "tax_category": "EXEMPT", "is_reverse_charge": True}, ["5(GST)"]),
        ({**_UNTAXED, "tax_category": "NON_GST"}, ["5(NONGST)"]),
        ({**_UNTAXED, "tax_category": "NON_GST", "gst_treatment": "COMPOSITION"}, ["5(NONGST)"]),
        ({**_UNTAXED, "gst_treatment": "COMPOSITION"}, ["5(GST)"]),
        ({**_UNTAXED, "gst_treatment": "UNREGISTERED"}, []),
        ({**_UNTAXED, "gst_treatment": None}, []),
        ({**_UNTAXED, **_ABROAD}, []),
        ({**_UNTAXED, **_ABROAD, "tax_category": "NON_GST"}, []),
    ],
)
def test_a_class_of_lines_stands_in_its_tables(said: dict[str, Any], tables: list[str]) -> None:
    places = places_of(bought(**said))

    assert [table.value for table, _ in places] == tables
    assert all(why.endswith(".") for _, why in places)


def adjusted(reason: str, table: str) -> Adjusted:
    amounts = {"igst": Decimal(0), "cgst": Decimal(450), "sgst": Decimal(450), "cess": Decimal(0)}
    return Adjusted(**{**_PAPER, "movement": "", "reason": reason, "gstr3b_table": table, **amounts})


@pytest.mark.parametrize(
    ("reason", "table", "tables"),
    [
        ("RULE_42", "4(B)(1)", ["4(B)(1)"]),
        ("RULE_37", "4(B)(2)", ["4(B)(2)"]),
        ("RULE_37", "4(D)(1)", ["4(A)(5)", "4(D)(1)"]),
    ],
)
def test_an_adjustment_stands_where_the_law_puts_it(reason: str, table: str, tables: list[str]) -> None:
    """What is reclaimed counts once, and is told once more."""
    assert [place.value for place, _ in places_of_adjustment(adjusted(reason, table))] == tables


def test_what_is_blocked_goes_in_and_out_with_the_same_amounts() -> None:
    first, second = classified([bought(**_BLOCKED)], [])

    assert first.table is InwardTable.OTHER_CREDIT
    assert first.worth == second.worth
    assert first.worth.tax == Tax(cgst=Decimal("90.00"), sgst=Decimal("90.00"))
    assert "17(5)(b)(i)" in second.why
