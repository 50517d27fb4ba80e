"""Which table of GSTR-1: a case for each rule and for each trap."""

from decimal import Decimal
from typing import Any

import pytest

from domain.gst.returns.sections import Circumstances, classified

ABROAD = {"gst_treatment": "OVERSEAS", "place_of_supply": "OVERSEAS"}
BETWEEN_STATES = {"supply_type": "INTER_STATE", "place_of_supply": "IN-GJ"}
OPERATOR = {"ecommerce_section": "SECTION_9_5"}


def supply(**said: Any) -> Circumstances:
    """A taxable invoice to a consumer within Maharashtra, unless something else is said."""
    usual = {
        "is_note": False,
        "gst_treatment": "CONSUMER",
        "place_of_supply": "IN-MH",
        "supply_type": "INTRA_STATE",
        "tax_category": "TAXABLE",
    }
    return Circumstances(**{**usual, **said})


@pytest.mark.parametrize(
    ("said", "section", "table_type"),
    [
        # Registered buyers, whatever their kind; a composition dealer is one of them.
        ({"gst_treatment": "REGISTERED"}, "b2b", "R"),
        ({"gst_treatment": "COMPOSITION"}, "b2b", "R"),
        ({"gst_treatment": "UIN"}, "b2b", "R"),
        ({"gst_treatment": "TAX_DEDUCTOR"}, "b2b", "R"),
        ({"gst_treatment": "TAX_COLLECTOR"}, "b2b", "R"),
        ({"gst_treatment": "DEEMED_EXPORT"}, "b2b", "DE"),
        ({"gst_treatment": "SEZ", "is_with_payment": True}, "b2b", "SEWP"),
        ({"gst_treatment": "SEZ"}, "b2b", "SEWOP"),
        ({"gst_treatment": "REGISTERED", "is_note": True}, "cdnr", "R"),
        ({"gst_treatment": "SEZ", "is_note": True}, "cdnr", "SEWOP"),
        # Exports need a buyer abroad and a place of supply abroad.
        ({**ABROAD, "is_with_payment": True}, "exp", "WPAY"),
        (ABROAD, "exp", "WOPAY"),
        ({**ABROAD, "is_note": True, "is_with_payment": True}, "cdnur", "EXPWP"),
        ({**ABROAD, "is_note": True}, "cdnur", "EXPWOP"),
        ({"gst_treatment": "OVERSEAS"}, "b2cs", None),
        ({"gst_treatment": "OVERSEAS", **BETWEEN_STATES, "is_large": True}, "b2cl", None),
        # Buyers without a number: large only between states.
        ({}, "b2cs", None),
        ({"is_large": True}, "b2cs", None),
        (BETWEEN_STATES, "b2cs", None),
        ({**BETWEEN_STATES, "is_large": True}, "b2cl", None),
        ({**BETWEEN_STATES, "is_large": True, "gst_treatment": "UNREGISTERED"}, "b2cl", None),
        ({**BETWEEN_STATES, "is_large": True, "is_note": True}, "cdnur", "B2CL"),
        ({**BETWEEN_STATES, "is_note": True}, "b2cs", None),
        ({"is_large": True, "is_note": True}, "b2cs", None),
        # Nil rated, exempt and outside GST leave the document, but zero-rated supplies keep them.
        ({"tax_category": "NIL_RATED"}, "nil", None),
        ({"tax_category": "EXEMPT", "gst_treatment": "REGISTERED"}, "nil", None),
        ({"tax_category": "NON_GST", "gst_treatment": "REGISTERED"}, "nil", None),
        ({"tax_category": "EXEMPT", **BETWEEN_STATES, "is_large": True}, "nil", None),
        ({"tax_category": "EXEMPT", "is_note": True}, "nil", None),
        ({"tax_category": "EXEMPT", **ABROAD}, "exp", "WOPAY"),
        ({"tax_category": "NIL_RATED", "gst_treatment": "SEZ"}, "b2b", "SEWOP"),
        ({"tax_category": "NON_GST", **ABROAD}, "nil", None),
        ({"tax_category": "NON_GST", "gst_treatment": "SEZ"}, "nil", None),
        # Operators of electronic commerce: under section 9(5) nothing else counts, under 52 nothing changes.
        (OPERATOR, "supeco", None),
        ({**OPERATOR, "gst_treatment": "REGISTERED"}, "supeco", None),
        ({**OPERATOR, "is_note": True}, "supeco", None),
        ({**OPERATOR, "is_operator": True}, "ecom", None),
        ({**OPERATOR, "is_operator": True, "gst_treatment": "REGISTERED"}, "ecom", "R"),
        ({"ecommerce_section": "SECTION_52"}, "b2cs", None),
        ({"ecommerce_section": "SECTION_52", "gst_treatment": "REGISTERED"}, "b2b", "R"),
    ],
)
def test_the_first_rule_that_fits_decides(said: dict[str, Any], section: str, table_type: str | None) -> None:
    verdict = classified(supply(**said))
    assert (verdict.section, verdict.table_type) == (section, table_type)


def test_the_reason_names_the_limit_that_decided() -> None:
    verdict = classified(supply(**BETWEEN_STATES, is_large=True, limit=Decimal(250_000)))
    assert verdict.why == ("Between states, to a buyer without a number, and worth more than 250,000 rupees: table 5.")


@pytest.mark.parametrize("treatment", ["REGISTERED", "SEZ", "DEEMED_EXPORT", "UIN", "COMPOSITION"])
def test_the_b2b_half_is_of_buyers_with_a_number(treatment: str) -> None:
    assert classified(supply(gst_treatment=treatment)).is_to_registered
    assert not classified(supply(**ABROAD)).is_to_registered
