"""FORM GST INV-01: figures to check by hand, and every paper held to the schema that the simulated portal uses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.einvoice.inv01 import main_hsn, payload
from domain.einvoice.subject import Corrected, Subject
from domain.gst import portal_parties
from server.simulator.checks import check, schema_faults
from tests.domain.einvoice.papers import MYSURU, PUNE, SELLER, a_line, a_subject

ABROAD = {"address": "5 Harbour Road", "city": "Hamburg", "zip": "20457", "country": "DE", "state_code": None}


def told(subject: Subject) -> dict[str, Any]:
    """What the portal is told; it is as the schema wants it, and the simulated portal would register it."""
    blocks = payload(subject)
    assert schema_faults(blocks) == []
    check(blocks, SELLER)
    return blocks


def test_an_invoice_to_another_state() -> None:
    """Two chairs at 5,000: 10,000 and 1,800 of IGST."""
    blocks = told(a_subject())
    assert blocks["TranDtls"] == {"TaxSch": "GST", "SupTyp": "B2B", "RegRev": "N", "IgstOnIntra": "N"}
    assert blocks["DocDtls"] == {"Typ": "INV", "No": "INV/26-27/0042", "Dt": "20/11/2026"}
    assert blocks["SellerDtls"] == {
        "Gstin": SELLER,
        "LglNm": "Sahyadri Workspaces Private Limited",
        "TrdNm": "Sahyadri Workspaces",
        "Addr1": "12 MG Road",
        "Loc": "Pune",
        "Pin": 411001,
        "Stcd": "27",
        "Ph": "912026123456",
        "Em": "accounts@sahyadri.example",
    }
    assert (blocks["BuyerDtls"]["Pos"], blocks["BuyerDtls"]["Stcd"], blocks["BuyerDtls"]["Pin"]) == ("29", "29", 570001)
    (item,) = blocks["ItemList"]
    assert item == {
        "SlNo": "1",
        "PrdDesc": "Office chair",
        "IsServc": "N",
        "HsnCd": "940330",
        "Qty": Decimal(2),
        "Unit": "PCS",
        "UnitPrice": Decimal(5000),
        "TotAmt": Decimal(10000),
        "Discount": Decimal(0),
        "AssAmt": Decimal(10000),
        "GstRt": Decimal(18),
        "IgstAmt": Decimal(1800),
        "CgstAmt": Decimal(0),
        "SgstAmt": Decimal(0),
        "CesRt": Decimal(0),
        "CesAmt": Decimal(0),
        "CesNonAdvlAmt": Decimal(0),
        "OthChrg": Decimal(0),
        "TotItemVal": Decimal(11800),
    }
    assert blocks["ValDtls"]["TotInvVal"] == Decimal(11800)
    assert "RefDtls" not in blocks and "ExpDtls" not in blocks and "ShipDtls" not in blocks
    assert main_hsn(blocks) == "940330"


def test_discounts_stand_in_the_lines_and_rounding_off_beside_them() -> None:
    """9,999.50 after discounts, 1,799.91 of tax, 0.59 rounded up: 11,800."""
    line = a_line(taxable_amount=Decimal("9999.50"), igst_amount=Decimal("1799.91"))
    blocks = told(a_subject(line, round_off=Decimal("0.59")))
    assert (blocks["ItemList"][0]["TotAmt"], blocks["ItemList"][0]["Discount"]) == (Decimal(10000), Decimal("0.50"))
    values = blocks["ValDtls"]
    assert (values["Discount"], values["RndOffAmt"], values["TotInvVal"]) == (0, Decimal("0.59"), Decimal(11800))


def test_prices_with_tax_in_them_show_what_the_tax_leaves() -> None:
    line = a_line(rate=Decimal(5900))
    item = told(a_subject(line, is_inclusive_tax=True))["ItemList"][0]
    assert (item["UnitPrice"], item["TotAmt"], item["Discount"]) == (Decimal(5000), Decimal(10000), 0)


def test_exempt_lines_of_a_mixed_invoice_are_other_charges() -> None:
    """Books for 450 stand beside the chairs, and freight of 50 that is no part of the value."""
    books = a_line(
        2,
        name="Printed books",
        hsn_or_sac="490110",
        quantity=Decimal(1),
        tax_category="EXEMPT",
        tax_percentage=Decimal(0),
        taxable_amount=Decimal("450.00"),
        igst_amount=Decimal("0.00"),
    )
    subject = a_subject(a_line(), books, untaxed_charges=Decimal("50.00"))
    blocks = told(subject)
    assert [item["SlNo"] for item in blocks["ItemList"]] == ["1"]
    assert blocks["ValDtls"]["OthChrg"] == Decimal("500.00")
    assert blocks["ValDtls"]["TotInvVal"] == subject.head.total == Decimal("12300.00")


def test_under_reverse_charge_the_tax_is_told_and_not_part_of_the_total() -> None:
    blocks = told(a_subject(is_reverse_charge=True))
    assert blocks["TranDtls"]["RegRev"] == "Y"
    assert blocks["ItemList"][0]["IgstAmt"] == Decimal(1800)
    assert blocks["ItemList"][0]["TotItemVal"] == blocks["ValDtls"]["TotInvVal"] == Decimal(10000)


def test_a_zone_in_the_same_state_bears_igst_within_the_state() -> None:
    zone = {**PUNE, "address": "Plot 7, EON Zone"}
    subject = a_subject(
        gst_treatment="SEZ",
        gst_no="27AACCB1234F1Z7",
        place_of_supply="IN-MH",
        is_export_with_payment=True,
        billing_address=zone,
    )
    blocks = told(subject)
    assert (blocks["TranDtls"]["SupTyp"], blocks["TranDtls"]["IgstOnIntra"]) == ("SEZWP", "Y")


def test_without_payment_the_rate_stays_and_no_tax_is_told() -> None:
    blocks = told(a_subject(a_line(igst_amount=Decimal("0.00")), gst_treatment="SEZ"))
    item = blocks["ItemList"][0]
    assert (blocks["TranDtls"]["SupTyp"], blocks["TranDtls"]["IgstOnIntra"]) == ("SEZWOP", "N")
    assert (item["GstRt"], item["IgstAmt"], item["TotItemVal"]) == (Decimal(18), 0, Decimal(10000))


def test_a_deemed_export_is_told_as_one() -> None:
    assert told(a_subject(gst_treatment="DEEMED_EXPORT"))["TranDtls"]["SupTyp"] == "DEXP"


def test_an_export_in_dollars_is_told_in_rupees() -> None:
    """200 dollars at 84.50 are 16,900 rupees, and 18 % of that 3,042, reckoned on the rupees (rule 34)."""
    line = a_line(rate=Decimal(100), taxable_amount=Decimal("200.00"), igst_amount=Decimal("36.00"))
    blocks = told(
        a_subject(
            line,
            gst_treatment="OVERSEAS",
            gst_no=None,
            place_of_supply="OVERSEAS",
            currency_code="USD",
            exchange_rate=Decimal("84.5"),
            is_export_with_payment=True,
            billing_address=ABROAD,
            shipping_bill_number="4455667",
            shipping_bill_on=date(2026, 11, 22),
            port_code="INNSA1",
        )
    )
    buyer = blocks["BuyerDtls"]
    assert [buyer[name] for name in ("Gstin", "Stcd", "Pos", "Pin", "Loc")] == ["URP", "96", "96", 999999, "Hamburg"]
    item = blocks["ItemList"][0]
    assert (item["UnitPrice"], item["AssAmt"], item["IgstAmt"]) == (Decimal(8450), Decimal(16900), Decimal("3042.00"))
    assert blocks["ValDtls"]["TotInvVal"] == Decimal("19942.00")
    assert blocks["ValDtls"]["TotInvValFc"] == Decimal("236.00")
    assert blocks["ExpDtls"] == {
        "ShipBNo": "4455667",
        "ShipBDt": "22/11/2026",
        "Port": "INNSA1",
        "RefClm": "Y",
        "ForCur": "USD",
        "CntCode": "DE",
    }


def test_tax_that_is_claimed_back_is_taken_off_again_after_tax() -> None:
    said: dict[str, Any] = {
        "gst_treatment": "OVERSEAS",
        "gst_no": None,
        "place_of_supply": "OVERSEAS",
        "billing_address": ABROAD,
    }
    blocks = told(a_subject(**said, is_export_with_payment=True, is_export_tax_claimed=True))
    assert (blocks["TranDtls"]["SupTyp"], blocks["ItemList"][0]["TotItemVal"]) == ("EXPWP", Decimal(11800))
    assert (blocks["ValDtls"]["Discount"], blocks["ValDtls"]["TotInvVal"]) == (Decimal(1800), Decimal(10000))


def test_exempt_goods_that_are_exported_are_items_at_no_rate() -> None:
    said: dict[str, Any] = {
        "gst_treatment": "OVERSEAS",
        "gst_no": None,
        "place_of_supply": "OVERSEAS",
        "billing_address": ABROAD,
    }
    line = a_line(tax_category="EXEMPT", tax_percentage=Decimal(0), igst_amount=Decimal("0.00"))
    blocks = told(a_subject(line, **said))
    assert (len(blocks["ItemList"]), blocks["ItemList"][0]["GstRt"], blocks["ValDtls"]["OthChrg"]) == (1, 0, 0)
    assert (blocks["TranDtls"]["SupTyp"], blocks["ExpDtls"]) == ("EXPWOP", {"RefClm": "N", "CntCode": "DE"})


def test_cess_by_value_and_by_unit_stand_apart() -> None:
    """Coal: 5 % of 10,000 by value would be 500; 400 a tonne on two tonnes are 800."""
    line = a_line(
        hsn_or_sac="27011200",
        cess_percentage=Decimal(5),
        cess_per_unit=Decimal(400),
        cess_amount=Decimal("1300.00"),
    )
    blocks = told(a_subject(line))
    item = blocks["ItemList"][0]
    assert (item["CesRt"], item["CesAmt"], item["CesNonAdvlAmt"]) == (5, Decimal(500), Decimal(800))
    assert (blocks["ValDtls"]["CesVal"], blocks["ValDtls"]["TotInvVal"]) == (Decimal(1300), Decimal(13100))


def test_a_service_is_told_by_its_code_and_needs_no_unit() -> None:
    line = a_line(name="Design", hsn_or_sac="998391", unit="hour", unit_code="NA", quantity=Decimal("0.5"))
    item = told(a_subject(line))["ItemList"][0]
    assert (item["IsServc"], item["Unit"], item["Qty"]) == ("Y", "OTH", Decimal("0.5"))


@pytest.mark.parametrize("document_type", ["CRN", "DBN"])
def test_a_note_names_the_invoice_and_has_positive_amounts(document_type: str) -> None:
    corrected = Corrected("INV/26-27/0007", date(2026, 10, 2))
    blocks = told(a_subject(document_type=document_type, corrected=corrected, number="CN/26-27/0001"))
    assert blocks["RefDtls"] == {"PrecDocDtls": [{"InvNo": "INV/26-27/0007", "InvDt": "02/10/2026"}]}
    assert blocks["ValDtls"]["TotInvVal"] == Decimal(11800)


def test_words_lose_what_the_portal_refuses() -> None:
    line = a_line(name='Desk "Nila" 24\\30', description="oak\n  top\u200b")
    blocks = told(a_subject(line, buyer={"legal_name": 'M/s "Bharat"\tInteriors'}))
    assert blocks["ItemList"][0]["PrdDesc"] == "Desk 'Nila' 24/30 oak top"
    assert blocks["BuyerDtls"]["LglNm"] == "M/s 'Bharat' Interiors"


def test_long_words_are_cut_and_a_long_street_goes_on_in_the_second_line() -> None:
    street = "Gala 14, " + "Shree Siddhivinayak Industrial Estate, " * 4
    subject = a_subject(
        a_line(name="x" * 400),
        billing_address={**MYSURU, "address": street, "street2": "Near the mill"},
        buyer={"legal_name": "n" * 150},
    )
    blocks = told(subject)
    buyer = blocks["BuyerDtls"]
    assert len(buyer["Addr1"]) <= 100 and buyer["Addr1"].startswith("Gala 14") and buyer["Addr2"]
    assert (len(buyer["LglNm"]), len(blocks["ItemList"][0]["PrdDesc"])) == (100, 300)


def test_goods_that_go_elsewhere_name_the_place() -> None:
    hubli = {**MYSURU, "address": "9 Station Road", "city": "Hubballi", "zip": "580020", "attention": "Store keeper"}
    ship = told(a_subject(shipping_address=hubli))["ShipDtls"]
    assert ship == {"LglNm": "Store keeper", "Addr1": "9 Station Road", "Loc": "Hubballi", "Pin": 580020, "Stcd": "29"}
    assert "ShipDtls" not in told(a_subject(shipping_address=MYSURU))


def test_the_receivers_gstin_is_told_from_a_day_on_that_is_not_set_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put off on 01-08-2026; switched on, another place under the buyer's own GSTIN is his own."""
    hubli = {**MYSURU, "address": "9 Station Road", "city": "Hubballi", "zip": "580020"}
    to_another, to_nobody = {**hubli, "gst_no": "29AABCF8078M1Z9"}, {**hubli, "gst_no": None}
    to_himself = {**hubli, "gst_no": a_subject().head.gst_no}
    assert portal_parties.SHIP_TO_GSTIN_FROM is None
    assert "Gstin" not in told(a_subject(shipping_address=to_another))["ShipDtls"]
    monkeypatch.setattr(portal_parties, "SHIP_TO_GSTIN_FROM", date(2026, 11, 20))
    assert told(a_subject(shipping_address=to_another))["ShipDtls"]["Gstin"] == "29AABCF8078M1Z9"
    assert told(a_subject(shipping_address=to_nobody))["ShipDtls"]["Gstin"] == "URP"
    assert "ShipDtls" not in told(a_subject(shipping_address=to_himself))
    before = a_subject(shipping_address=to_another, dated_on=date(2026, 11, 19))
    assert "Gstin" not in told(before)["ShipDtls"]


def test_an_operator_is_named_unless_it_is_oneself() -> None:
    assert told(a_subject(ecommerce_operator_gst_no="29AABCF8078M1C8"))["TranDtls"]["EcmGstin"] == "29AABCF8078M1C8"
    own = f"{SELLER[:12]}1C5"
    assert "EcmGstin" not in told(a_subject(ecommerce_operator_gst_no=own))["TranDtls"]


def test_within_a_state_both_halves_are_told() -> None:
    line = a_line(igst_amount=Decimal("0.00"), cgst_amount=Decimal("900.00"), sgst_amount=Decimal("900.00"))
    blocks = told(a_subject(line, place_of_supply="IN-MH", gst_no="27AACCB1234F1Z7", billing_address=PUNE))
    item = blocks["ItemList"][0]
    assert (item["CgstAmt"], item["SgstAmt"], item["IgstAmt"]) == (Decimal(900), Decimal(900), 0)
    assert (blocks["TranDtls"]["IgstOnIntra"], blocks["ValDtls"]["TotInvVal"]) == ("N", Decimal(11800))
