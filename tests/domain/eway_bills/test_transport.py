"""Part B: formats of vehicle numbers and transporters, and what each mode of transport needs."""

from datetime import date
from typing import Any

import pytest

from domain.errors import Refusal
from domain.eway_bills.transport import Mode, Transport, Vehicle, transport_of, transporter_id, vehicle_number
from tests.domain.eway_bills.papers import DATED_ON

TODAY = date(2026, 12, 2)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("MH12AB1234", "MH12AB1234"),
        ("mh 12 ab 1234", "MH12AB1234"),
        ("KA-01-A-1234", "KA01A1234"),
        ("AB121234", "AB121234"),
        ("AB12ABC1234", "AB12ABC1234"),
        ("AB123A1234", "AB123A1234"),
        ("DL1CAB1234", "DL01CAB1234"),
        ("DL 1 AB 23", "DL01AB0023"),
        ("MH12AB1", "MH12AB0001"),
        ("TR01AB1234", "TR01AB1234"),
        ("ABC1234", "ABC1234"),
        ("22BH1234AA", "22BH1234AA"),
        ("DF123456", "DF123456"),
        ("TM12345", "TM12345"),
        ("BPAB1234", "BPAB1234"),
        ("NP12345678", "NP12345678"),
    ],
)
def test_vehicle_numbers_are_written_as_the_portal_takes_them(written: str, number: str) -> None:
    """Capitals and digits, without blanks, dots and hyphens, and with the noughts that plates leave out."""
    assert vehicle_number(written, field="vehicle_number") == number


@pytest.mark.parametrize(
    "written", ["", "MH12", "MH12AB12345", "1234", "TM123", "MH12ÄB1234", "MH12AB1234\nX", "DF12345"]
)
def test_other_vehicle_numbers_are_refused(written: str) -> None:
    """Error 225 of the portal."""
    with pytest.raises(Refusal) as refusal:
        vehicle_number(written, field="vehicle_number")

    assert (refusal.value.code, refusal.value.field) == ("validation.invalid_value", "vehicle_number")


def test_a_transporter_has_a_gstin_or_an_enrolment_number() -> None:
    """TRANSIN begins with 88."""
    assert transporter_id("29aagcb7383j1z4", field="transporter_id") == "29AAGCB7383J1Z4"
    assert transporter_id("88AABBC1234D1Z5", field="transporter_id") == "88AABBC1234D1Z5"


@pytest.mark.parametrize("number", ["88AABBC1234D1Z6", "88", "29AAGCB7383J1Z", "88AABBC-1234D1Z"])
def test_other_transporters_are_refused(number: str) -> None:
    """A wrong check character, or a wrong length."""
    with pytest.raises(Refusal) as refusal:
        transporter_id(number, field="transporter_id")

    assert refusal.value.field == "transporter_id"


def read(**said: Any) -> Transport:
    """A transport of a document of 30 November, said on 2 December."""
    return transport_of(said, dated_on=DATED_ON, today=TODAY)


def test_a_vehicle_on_the_road_is_part_b() -> None:
    """Nothing else is needed."""
    transport = read(mode="ROAD", vehicle_number="mh12 ab 1234", distance_km=843)

    assert transport == Transport(distance_km=843, mode="ROAD", vehicle_number="MH12AB1234")
    assert transport.is_complete


def test_a_transporter_alone_makes_part_a() -> None:
    """He says the vehicle later (rule 138(3))."""
    transport = read(transporter_id="29AAGCB7383J1Z4", transporter_name="Deccan Carriers")

    assert not transport.is_complete


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({}, "validation.required_field", "vehicle_number"),
        ({"vehicle_number": "MH12AB1234"}, "validation.required_field", "mode"),
        ({"mode": "ROAD", "document_number": "LR-1"}, "validation.required_field", "vehicle_number"),
        ({"mode": "RAIL", "vehicle_number": "MH12AB1234"}, "validation.required_field", "transport_document_number"),
        ({"mode": "AIR", "document_number": "AWB 1"}, "validation.required_field", "transport_document_date"),
        (
            {"mode": "AIR", "document_number": "1", "document_on": DATED_ON, "vehicle_type": "OVER_DIMENSIONAL"},
            "validation.failed",
            "vehicle_type",
        ),
        ({"transporter_name": "Deccan Carriers"}, "validation.required_field", "transporter_id"),
        (
            {"mode": "RAIL", "document_number": "R/R #1", "document_on": DATED_ON},
            "validation.invalid_value",
            "transport_document_number",
        ),
        (
            {"mode": "ROAD", "vehicle_number": "MH12AB1234", "document_on": DATED_ON},
            "validation.required_field",
            "transport_document_number",
        ),
        (
            {"mode": "RAIL", "document_number": "RR1", "document_on": date(2026, 11, 29)},
            "validation.failed",
            "transport_document_date",
        ),
        (
            {"mode": "RAIL", "document_number": "RR1", "document_on": date(2026, 12, 3)},
            "validation.failed",
            "transport_document_date",
        ),
    ],
)
def test_what_a_mode_needs_is_asked_for(said: dict[str, Any], code: str, field: str) -> None:
    """Errors 362, 394, 619, 621 and 634 of the portal."""
    with pytest.raises(Refusal) as refusal:
        read(**said)

    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_a_ship_may_carry_over_dimensional_cargo_that_comes_by_road() -> None:
    """Since May 2021 the mode is ship, or road and ship."""
    transport = read(
        mode="SHIP",
        document_number="BL/77",
        document_on=DATED_ON,
        vehicle_number="MH12AB1234",
        vehicle_type="OVER_DIMENSIONAL",
    )

    assert transport.is_complete


def test_the_portal_numbers_modes_and_letters_vehicles() -> None:
    """Its master codes."""
    assert [mode.code for mode in Mode] == ["1", "2", "3", "4", "5"]
    assert [vehicle.code for vehicle in Vehicle] == ["R", "O"]
