"""Why goods move, and from whom to whom: what documents say, and what the portal asks of addresses and parties."""

from datetime import date
from typing import Any

import pytest

from domain.errors import Refusal
from domain.eway_bills import places
from domain.eway_bills.movements import BOUGHT, RETURNED_BY_US, RETURNED_TO_US, SENT, SOLD, Movement, Purpose
from domain.eway_bills.places import party_of, place_of
from tests.domain.eway_bills.papers import address, place, route

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"zip": None}, "billing_address.zip"),
        ({"zip": "4110"}, "billing_address.zip"),
        ({"zip": "011001"}, "billing_address.zip"),
        ({"state_code": None}, "billing_address.state_code"),
        ({"address": None}, "billing_address.address"),
    ],
)
def test_an_address_needs_state_pin_and_place(changed: dict[str, Any], field: str) -> None:
    """Errors 209 to 215 of the portal; a blank within the PIN does no harm."""
    with pytest.raises(Refusal) as refusal:
        place_of({**address("IN-KA"), **changed}, field="billing_address", whose="Sharma Traders")

    assert (refusal.value.code, refusal.value.field) == ("validation.failed", field)
    assert place_of(address("IN-KA", "560 001"), field="billing_address", whose="Sharma Traders").pin == 560001


def test_without_any_address_the_state_is_asked_for() -> None:
    """A customer of whom the name alone is known."""
    with pytest.raises(Refusal):
        place_of(None, field="billing_address", whose="Sharma Traders")
    with pytest.raises(Refusal):
        party_of(None, "Sharma Traders", None)


@pytest.mark.parametrize("number", ["07AABCD1234E1DJ", "29AAGCB7383J1C8"])
def test_who_deducts_or_collects_tax_is_no_supplier(number: str) -> None:
    """A validation of January 2026."""
    with pytest.raises(Refusal) as refusal:
        places.check_route(route(sender=(number, "IN-DL")), today=TODAY)

    assert refusal.value.field == "gst_no"
    places.check_route(route(recipient=(number, "IN-DL"), destination=place("IN-DL", "110001")), today=TODAY)


def test_one_side_at_least_is_registered() -> None:
    """Error 822."""
    with pytest.raises(Refusal):
        places.check_route(route(sender=(None, "IN-MH"), recipient=(None, "IN-KA")), today=TODAY)


@pytest.mark.parametrize(
    ("movement", "asked", "facts", "purpose"),
    [
        (SOLD, None, {}, "SUPPLY"),
        (SOLD, None, {"is_abroad": True}, "EXPORT"),
        (SOLD, "KNOCKED_DOWN", {}, "KNOCKED_DOWN"),
        (SENT, None, {}, "OTHERS"),
        (SENT, None, {"challan_purpose": "JOB_WORK"}, "JOB_WORK"),
        (SENT, None, {"is_to_oneself": True}, "OWN_USE"),
        (SENT, "EXHIBITION", {"is_to_oneself": True}, "EXHIBITION"),
        (RETURNED_TO_US, None, {}, "SALES_RETURN"),
        (BOUGHT, None, {}, "SUPPLY"),
        (RETURNED_BY_US, None, {}, "OTHERS"),
    ],
)
def test_the_document_says_why_goods_move(
    movement: Movement, asked: str | None, facts: dict[str, Any], purpose: str
) -> None:
    """Unless the caller says another purpose that such a document can have."""
    usual = {"is_abroad": False, "is_to_oneself": False, "challan_purpose": None}

    assert movement.purpose(Purpose(asked) if asked else None, **{**usual, **facts}) == purpose


@pytest.mark.parametrize(
    ("movement", "asked", "is_abroad"),
    [(SOLD, "JOB_WORK", False), (SOLD, "SUPPLY", True), (RETURNED_TO_US, "SUPPLY", False), (BOUGHT, None, True)],
)
def test_other_purposes_are_refused(movement: Movement, asked: str | None, *, is_abroad: bool) -> None:
    """What comes from abroad moves under its bill of entry."""
    with pytest.raises(Refusal):
        movement.purpose(
            Purpose(asked) if asked else None, is_abroad=is_abroad, is_to_oneself=False, challan_purpose=None
        )


def test_the_portal_numbers_purposes() -> None:
    """Its master of sub-supply types."""
    assert [purpose.code for purpose in Purpose] == [str(number) for number in range(1, 13)]
