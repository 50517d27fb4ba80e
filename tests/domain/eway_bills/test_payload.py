"""What the portal is sent: parties, places, values and goods, held to its own schema."""

from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest

from domain.documents.document import Paper
from domain.errors import Refusal
from domain.eway_bills import payload, places
from domain.eway_bills.consignment import consignment_of
from domain.eway_bills.movements import BOUGHT, RETURNED_BY_US, RETURNED_TO_US, SENT, SOLD, Movement, Purpose
from domain.eway_bills.places import Route, place_of
from domain.eway_bills.transport import Transport
from domain.gst import portal_parties
from domain.statements import as_json, from_json
from tests.domain.eway_bills.papers import (
    BUYER,
    SELLER,
    SHIPPED_TO,
    address,
    exempt,
    goods,
    paper,
    place,
    route,
    service,
)
from tests.domain.eway_bills.schema import BILL

TODAY = date(2026, 11, 30)
TRUCK = Transport(distance_km=843, mode="ROAD", vehicle_number="MH12AB1234")
_SCHEMA = jsonschema_rs.Draft202012Validator(BILL)


def sent(
    document: Paper,
    movement: Movement = SOLD,
    purpose: Purpose = Purpose.SUPPLY,
    way: Route | None = None,
    transport: Transport = TRUCK,
    *,
    charges_tax: bool = True,
) -> dict[str, Any]:
    """What the portal is sent of a document; it fits the portal's schema."""
    consignment = consignment_of(document)
    told = payload.whole(
        document,
        movement,
        purpose,
        consignment,
        way or route(),
        transport,
        paper_type=payload.document_type(movement, consignment, charges_tax=charges_tax),
        today=TODAY,
    )
    as_it_goes: dict[str, Any] = from_json(as_json(told))
    _SCHEMA.validate(_with_floats(as_it_goes))
    return as_it_goes


def _with_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_floats(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_floats(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def test_an_invoice_to_another_state_is_told_whole() -> None:
    """Ten desks of 10,000, IGST at 18 %, from Pune to Bengaluru."""
    assert sent(paper(goods("100000", within=False), supply_type="INTER_STATE")) == {
        "supplyType": "O",
        "subSupplyType": "1",
        "subSupplyDesc": "",
        "docType": "INV",
        "docNo": "INV/26-27/0042",
        "docDate": "30/11/2026",
        "fromGstin": SELLER,
        "fromTrdName": "Sahyadri Workspaces Pvt. Ltd.",
        "fromAddr1": "Plot 12, M.G. Road",
        "fromAddr2": "",
        "fromPlace": "Pune",
        "fromPincode": 411001,
        "fromStateCode": 27,
        "actFromStateCode": 27,
        "toGstin": BUYER,
        "toTrdName": "Sharma Traders",
        "toAddr1": "Plot 12, M.G. Road",
        "toAddr2": "",
        "toPlace": "Pune",
        "toPincode": 560001,
        "toStateCode": 29,
        "actToStateCode": 29,
        "transactionType": 1,
        "otherValue": Decimal("0.00"),
        "totalValue": 100000,
        "cgstValue": 0,
        "sgstValue": 0,
        "igstValue": 18000,
        "cessValue": 0,
        "cessNonAdvolValue": 0,
        "totInvValue": 118000,
        "transporterId": "",
        "transporterName": "",
        "transDocNo": "",
        "transMode": "1",
        "transDistance": "843",
        "transDocDate": "",
        "vehicleNo": "MH12AB1234",
        "vehicleType": "R",
        "itemList": [
            {
                "productName": "Steel desk",
                "productDesc": "Steel desk",
                "hsnCode": 940310,
                "quantity": 10,
                "qtyUnit": "PCS",
                "cgstRate": 0,
                "sgstRate": 0,
                "igstRate": 18,
                "cessRate": 0,
                "cessNonadvol": 0,
                "taxableAmount": 100000,
            }
        ],
    }


def test_every_mandatory_member_is_there() -> None:
    """The list of the portal's schema is that of ours."""
    assert set(payload.MANDATORY) == set(BILL["required"])


def test_services_charges_and_rounding_are_other_value() -> None:
    """Desks 10,000 + 1,800, books 500, installation 1,000 + 180, freight outside the value 50, rounded off by 0.40."""
    mixed = paper(goods("10000"), exempt("500"), service("1000"), total=Decimal("13530.40"))

    told = sent(mixed)

    assert [told["totalValue"], told["cgstValue"], told["sgstValue"], told["otherValue"], told["totInvValue"]] == [
        Decimal("10500.00"),
        Decimal("900.00"),
        Decimal("900.00"),
        Decimal("1230.40"),
        Decimal("13530.40"),
    ]
    assert [(item["hsnCode"], item["cgstRate"]) for item in told["itemList"]] == [(940310, 9), (4901, 0)]


def test_a_total_that_is_rounded_down_has_a_negative_other_value() -> None:
    """11,800.40 rounded to 11,800."""
    assert sent(paper(goods("10000.34"), total=Decimal("11800.00")))["otherValue"] == Decimal("-0.40")


def test_cess_by_quantity_stands_apart_from_cess_in_per_cent() -> None:
    """Ten units at 4 rupees and 12 % of 10,000."""
    line = goods(
        "10000", cess_percentage=Decimal(12), cess_per_unit=Decimal(4), cess_amount=Decimal("1240.00"), hsn="220210"
    )

    told = sent(paper(line))

    assert (told["cessValue"], told["cessNonAdvolValue"]) == (1200, 40)
    assert (told["itemList"][0]["cessRate"], told["itemList"][0]["cessNonadvol"]) == (12, 40)


def test_under_reverse_charge_the_document_charges_no_tax() -> None:
    """Rates are told, amounts of tax are not: the total is the value alone."""
    told = sent(paper(goods("60000"), is_reverse_charge=True, total=Decimal("60000.00")))

    assert (told["cgstValue"], told["totInvValue"], told["itemList"][0]["cgstRate"]) == (0, 60000, 9)


@pytest.mark.parametrize(
    ("document", "charges_tax", "paper_type"),
    [
        (paper(goods("60000")), True, "INV"),
        (paper(goods("60000"), exempt("10")), True, "INV"),
        (paper(exempt("60000")), True, "BIL"),
        (paper(goods("60000", percent="0")), False, "BIL"),
    ],
)
def test_what_bears_no_tax_is_a_bill_of_supply(document: Paper, *, charges_tax: bool, paper_type: str) -> None:
    """So is all that a composition dealer sells."""
    assert sent(document, charges_tax=charges_tax)["docType"] == paper_type


def test_a_challan_for_job_work_is_a_challan() -> None:
    """Outward, job work."""
    told = sent(paper(goods("10000"), kind="DELIVERY_CHALLAN"), SENT, Purpose.JOB_WORK)

    assert (told["supplyType"], told["subSupplyType"], told["docType"], told["subSupplyDesc"]) == ("O", "4", "CHL", "")


def test_other_purposes_are_described() -> None:
    """Error 377 of the portal."""
    told = sent(paper(goods("10000"), kind="DELIVERY_CHALLAN"), SENT, Purpose.OTHERS)
    back = sent(paper(goods("10000"), kind="DEBIT_NOTE"), RETURNED_BY_US, Purpose.OTHERS)

    assert (told["subSupplyType"], told["subSupplyDesc"]) == ("8", "Delivery challan")
    assert (back["docType"], back["subSupplyDesc"]) == ("OTH", "Purchase return")


def test_a_sales_return_comes_in_on_a_challan() -> None:
    """From the customer to us."""
    way = route(
        sender=(BUYER, "IN-KA"), origin=place("IN-KA", "560001"), recipient=(SELLER, "IN-MH"), destination=place()
    )

    told = sent(paper(goods("10000"), kind="CREDIT_NOTE"), RETURNED_TO_US, Purpose.SALES_RETURN, way)

    assert (told["supplyType"], told["subSupplyType"], told["docType"]) == ("I", "7", "CHL")
    assert (told["fromGstin"], told["toGstin"], told["toPincode"]) == (BUYER, SELLER, 411001)


def test_what_is_bought_travels_under_the_vendors_number() -> None:
    """A vendor without registration is URP."""
    way = route(sender=(None, "IN-KA"), origin=place("IN-KA", "560001"), recipient=(SELLER, "IN-MH"))

    told = sent(paper(goods("60000"), kind="BILL", reference_number="R-7"), BOUGHT, Purpose.SUPPLY, way)

    assert (told["supplyType"], told["docNo"], told["fromGstin"], told["fromStateCode"]) == ("I", "R-7", "URP", 29)


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        (route(), 1),
        (route(destination=place("IN-KA", "560099")), 1),
        (route(destination=place("IN-KA", gst_no=BUYER)), 1),
        (route(destination=place("IN-TN", "600001", gst_no=SHIPPED_TO)), 2),
        (route(destination=place("IN-TN", "600001")), 2),
        (route(origin=place("IN-GJ", "380001")), 3),
        (route(origin=place("IN-MH", gst_no=SHIPPED_TO)), 3),
        (route(origin=place("IN-GJ", "380001"), destination=place("IN-TN", "600001")), 4),
    ],
)
def test_who_sends_and_receives_makes_the_transaction_type(way: Route, kind: int) -> None:
    """A warehouse of one's own under the same GSTIN is regular (errors 643, 644)."""
    assert sent(paper(goods("60000")), way=way)["transactionType"] == kind


def test_who_receives_is_named_where_it_is_another() -> None:
    """Billed to Bengaluru, shipped to Chennai."""
    told = sent(paper(goods("60000")), way=route(destination=place("IN-TN", "600001", gst_no=SHIPPED_TO)))

    assert (told["toStateCode"], told["actToStateCode"], told["toPincode"]) == (29, 33, 600001)
    assert (told["shipToGSTIN"], told["shipToTradeName"]) == (SHIPPED_TO, "Pune")


def test_the_gstin_of_who_receives_is_asked_for_once_its_day_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put off on 01-08-2026: until then it may be left out."""
    way = route(destination=place("IN-TN", "600001"))
    places.check_route(way, today=TODAY)
    assert "shipToGSTIN" not in sent(paper(goods("60000")), way=way)
    monkeypatch.setattr(portal_parties, "SHIP_TO_GSTIN_FROM", TODAY)

    with pytest.raises(Refusal) as refusal:
        places.check_route(way, today=TODAY)

    assert refusal.value.field == "shipping_address.gst_no"
    assert sent(paper(goods("60000")), way=way)["shipToGSTIN"] == "URP"
    places.check_route(way, today=date(2026, 11, 29))


def test_goods_of_an_export_go_to_the_port() -> None:
    """The buyer is in another country (99), the goods go to Nhava Sheva."""
    port = place_of(address("IN-MH", "400707"), field="shipping_address", whose="the customer", is_abroad=True)
    way = route(recipient=(None, "OVERSEAS"), destination=port)

    told = sent(paper(goods("60000", percent="0"), gst_treatment="OVERSEAS"), SOLD, Purpose.EXPORT, way)

    assert [told[name] for name in ("subSupplyType", "toGstin", "toStateCode", "actToStateCode", "toPincode")] == [
        "3",
        "URP",
        99,
        27,
        400707,
    ]


def test_an_address_abroad_has_the_pin_of_none() -> None:
    """999999, and the state 99."""
    abroad = {**address(None, "10115", city="Berlin"), "country": "Germany"}
    there = place_of(abroad, field="shipping_address", whose="the customer", is_abroad=True)

    told = sent(paper(goods("60000")), SOLD, Purpose.EXPORT, route(recipient=(None, "OVERSEAS"), destination=there))

    assert (told["toPincode"], told["actToStateCode"], told["toPlace"]) == (999999, 99, "Berlin")


def test_goods_without_a_code_are_refused_on_their_line() -> None:
    """A service without one is none of the goods."""
    with pytest.raises(Refusal) as refusal:
        consignment_of(paper(service("10"), goods("60000", hsn=None)))

    assert (refusal.value.code, refusal.value.field) == ("validation.failed", "line_items[1].hsn_or_sac")


def test_more_than_250_lines_are_added_up_by_kind() -> None:
    """Three hundred lines of two codes: two lines; three hundred codes are too many."""
    many = [goods("100", hsn=("940310", "940330")[position % 2]) for position in range(300)]

    told = sent(paper(*many))

    assert [(item["hsnCode"], item["quantity"], item["taxableAmount"]) for item in told["itemList"]] == [
        (940310, 1500, 15000),
        (940330, 1500, 15000),
    ]
    with pytest.raises(Refusal):
        consignment_of(paper(*(goods("100", hsn=str(940000 + position)) for position in range(300))))


def test_words_keep_the_characters_that_the_portal_takes() -> None:
    """Quotes, pipes and line breaks become blanks, scripts of India stay, and what is too long is cut."""
    odd = paper(goods("60000", name='Desk "A" | 5\'\n<b>', description="मेज़ " + "x" * 120))

    item = sent(odd)["itemList"][0]

    assert item["productName"] == "Desk A 5 b"
    assert item["productDesc"] == "मेज़ " + "x" * 95


def test_with_an_irn_only_the_transport_is_told() -> None:
    """The portal knows the rest from the e-invoice."""
    train = replace_transport(mode="RAIL", document_number="RR/77", document_on=TODAY, transporter_id=BUYER)

    assert payload.by_irn("f" * 64, route(), train, is_export=False, today=TODAY) == {
        "Irn": "f" * 64,
        "Distance": 843,
        "TransMode": "2",
        "TransId": BUYER,
        "TransDocNo": "RR/77",
        "TransDocDt": "30/11/2026",
    }


def test_with_the_irn_of_an_export_the_port_is_told() -> None:
    """``ExpShipDtls``."""
    way = route(recipient=(None, "OVERSEAS"), destination=place("IN-MH", "400707"))

    told = payload.by_irn("f" * 64, way, TRUCK, is_export=True, today=TODAY)

    assert told["ExpShipDtls"] == {"Addr1": "Plot 12, M.G. Road", "Loc": "Pune", "Pin": 400707, "Stcd": "27"}
    assert (told["VehNo"], told["VehType"]) == ("MH12AB1234", "R")


def replace_transport(**said: Any) -> Transport:
    """843 kilometres, travelled as is said."""
    return Transport(distance_km=843, **said)


def test_a_change_of_vehicle_and_an_extension_are_told() -> None:
    """A truck broke down at Kolhapur."""
    at = {"place": "Kolhapur", "state": "IN-MH", "pin": 416001}

    changed = payload.vehicle("181000000042", TRUCK, at, "1", "Axle broken")
    longer = payload.extension("181000000042", TRUCK, at, 99, "Axle broken", transit_type=None)
    resting = payload.extension(
        "181000000042", replace_transport(mode="IN_TRANSIT"), at, 4, "Reloaded", transit_type="W"
    )

    assert changed == {
        "ewbNo": 181000000042,
        "vehicleNo": "MH12AB1234",
        "fromPlace": "Kolhapur",
        "fromState": 27,
        "reasonCode": "1",
        "reasonRem": "Axle broken",
        "transDocNo": "",
        "transDocDate": "",
        "transMode": "1",
        "vehicleType": "R",
    }
    assert (longer["remainingDistance"], longer["consignmentStatus"], longer["transitType"]) == (843, "M", "")
    assert (resting["transMode"], resting["consignmentStatus"], resting["transitType"]) == ("5", "T", "W")
    assert resting["addressLine1"] == "Kolhapur"
