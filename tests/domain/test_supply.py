"""Within a state or between states, taxed or not: decided once, here."""

from decimal import Decimal

import pytest

from domain.errors import Failed
from domain.gst.states import OVERSEAS
from domain.gst.supply import (
    Supply,
    SupplyType,
    check_may_charge,
    decide_purchase,
    decide_sale,
    propose_place_of_purchase,
    propose_place_of_sale,
)
from domain.gst.treatments import GstTreatment, RegistrationType


def a_sale(
    treatment: GstTreatment = GstTreatment.REGISTERED,
    place: str = "IN-MH",
    *,
    registration: RegistrationType = RegistrationType.REGULAR,
    with_payment: bool = False,
    reverse_charge: bool = False,
) -> Supply:
    """A sale from Maharashtra."""
    return decide_sale(
        registration=registration,
        organization_state="IN-MH",
        treatment=treatment,
        place_of_supply=place,
        is_export_with_payment=with_payment,
        is_reverse_charge=reverse_charge,
        path="invoices[2].",
    )


def a_purchase(
    treatment: GstTreatment = GstTreatment.REGISTERED,
    vendor_state: str | None = "IN-MH",
    place: str = "IN-MH",
    *,
    registration: RegistrationType = RegistrationType.REGULAR,
    reverse_charge: bool = False,
) -> Supply:
    """A purchase for use in Maharashtra."""
    return decide_purchase(
        registration=registration,
        treatment=treatment,
        vendor_state=vendor_state,
        place_of_supply=place,
        is_reverse_charge=reverse_charge,
    )


@pytest.mark.parametrize(
    ("treatment", "place", "is_interstate"),
    [
        (GstTreatment.REGISTERED, "IN-MH", False),
        (GstTreatment.REGISTERED, "IN-KA", True),
        (GstTreatment.COMPOSITION, "IN-MH", False),
        (GstTreatment.CONSUMER, "IN-OT", True),
        (GstTreatment.SEZ, "IN-MH", True),
        (GstTreatment.DEEMED_EXPORT, "IN-MH", False),
        (GstTreatment.OVERSEAS, "IN-MH", False),
        (GstTreatment.OVERSEAS, OVERSEAS, True),
    ],
)
def test_the_place_of_supply_decides_whether_a_sale_is_interstate(
    treatment: GstTreatment, place: str, *, is_interstate: bool
) -> None:
    supply = a_sale(treatment, place)
    assert supply.is_interstate == is_interstate
    assert supply.supply_type == (SupplyType.INTER_STATE if is_interstate else SupplyType.INTRA_STATE)


@pytest.mark.parametrize(("treatment", "place"), [(GstTreatment.SEZ, "IN-MH"), (GstTreatment.OVERSEAS, OVERSEAS)])
def test_exports_and_sez_supplies_bear_tax_only_with_payment_but_keep_their_rate(
    treatment: GstTreatment, place: str
) -> None:
    under_bond, with_payment = a_sale(treatment, place), a_sale(treatment, place, with_payment=True)
    assert (under_bond.is_zero_rated, under_bond.bears_tax, under_bond.shows_rate) == (True, False, True)
    assert (with_payment.is_zero_rated, with_payment.bears_tax) == (True, True)


def test_delivery_in_india_to_a_buyer_from_abroad_is_an_ordinary_sale() -> None:
    supply = a_sale(GstTreatment.OVERSEAS, "IN-MH")
    assert (supply.is_zero_rated, supply.bears_tax) == (False, True)


def test_a_place_outside_india_is_refused_for_a_buyer_in_india() -> None:
    with pytest.raises(Failed) as refusal:
        a_sale(GstTreatment.REGISTERED, OVERSEAS)
    assert refusal.value.field == "invoices[2].place_of_supply"


@pytest.mark.parametrize("registration", [RegistrationType.COMPOSITION, RegistrationType.UNREGISTERED])
def test_who_may_not_charge_tax_sells_without(registration: RegistrationType) -> None:
    supply = a_sale(registration=registration)
    assert (supply.bears_tax, supply.shows_rate) == (False, False)
    check_may_charge(supply, Decimal(0))
    with pytest.raises(Failed) as refusal:
        check_may_charge(supply, Decimal(18), field="line_items[0].tax_id")
    assert refusal.value.field == "line_items[0].tax_id"
    check_may_charge(a_sale(), Decimal(18))


def test_an_sez_unit_sells_between_states_even_next_door() -> None:
    supply = a_sale(registration=RegistrationType.SEZ)
    assert (supply.is_interstate, supply.bears_tax, supply.is_zero_rated) == (True, True, False)


def test_reverse_charge_on_a_sale_computes_tax_that_is_not_charged() -> None:
    supply = a_sale(reverse_charge=True)
    assert (supply.is_reverse_charge, supply.bears_tax) == (True, True)


@pytest.mark.parametrize(
    ("treatment", "registration"),
    [
        (GstTreatment.CONSUMER, RegistrationType.REGULAR),
        (GstTreatment.REGISTERED, RegistrationType.COMPOSITION),
        (GstTreatment.REGISTERED, RegistrationType.UNREGISTERED),
    ],
)
def test_reverse_charge_on_a_sale_needs_a_tax_invoice_to_a_registered_buyer(
    treatment: GstTreatment, registration: RegistrationType
) -> None:
    with pytest.raises(Failed) as refusal:
        a_sale(treatment, registration=registration, reverse_charge=True)
    assert refusal.value.field == "invoices[2].is_reverse_charge"


@pytest.mark.parametrize(
    ("treatment", "vendor_state", "place", "is_interstate", "bears_tax"),
    [
        (GstTreatment.REGISTERED, "IN-MH", "IN-MH", False, True),
        (GstTreatment.REGISTERED, "IN-GJ", "IN-MH", True, True),
        (GstTreatment.REGISTERED, "IN-GJ", "IN-GJ", False, True),
        (GstTreatment.SEZ, "IN-MH", "IN-MH", True, True),
        (GstTreatment.OVERSEAS, None, "IN-MH", True, False),
        (GstTreatment.COMPOSITION, "IN-MH", "IN-MH", False, False),
        (GstTreatment.UNREGISTERED, None, "IN-MH", False, False),
        (GstTreatment.OVERSEAS, None, OVERSEAS, True, False),
    ],
)
def test_the_vendors_state_decides_whether_a_purchase_is_interstate(
    treatment: GstTreatment, vendor_state: str | None, place: str, *, is_interstate: bool, bears_tax: bool
) -> None:
    supply = a_purchase(treatment, vendor_state, place)
    assert (supply.is_interstate, supply.bears_tax) == (is_interstate, bears_tax)
    assert not supply.is_zero_rated


@pytest.mark.parametrize("treatment", [GstTreatment.OVERSEAS, GstTreatment.UNREGISTERED, GstTreatment.COMPOSITION])
def test_reverse_charge_brings_tax_to_a_vendor_who_charges_none(treatment: GstTreatment) -> None:
    assert a_purchase(treatment, None, reverse_charge=True).bears_tax


def test_an_sez_unit_buys_between_states_even_next_door() -> None:
    assert a_purchase(registration=RegistrationType.SEZ).is_interstate


@pytest.mark.parametrize(
    ("registration", "place"), [(RegistrationType.UNREGISTERED, "IN-MH"), (RegistrationType.REGULAR, OVERSEAS)]
)
def test_reverse_charge_on_a_purchase_needs_a_registration_and_a_place_in_india(
    registration: RegistrationType, place: str
) -> None:
    with pytest.raises(Failed) as refusal:
        a_purchase(GstTreatment.OVERSEAS, None, place, registration=registration, reverse_charge=True)
    assert refusal.value.field == "is_reverse_charge"


def test_a_vendor_in_india_supplies_in_india() -> None:
    with pytest.raises(Failed) as refusal:
        a_purchase(place=OVERSEAS)
    assert refusal.value.field == "place_of_supply"


@pytest.mark.parametrize(
    ("treatment", "gstin_state", "billing_state", "delivery_state", "place"),
    [
        (GstTreatment.REGISTERED, "IN-KA", "IN-KA", None, "IN-KA"),
        (GstTreatment.REGISTERED, "IN-KA", "IN-KA", "IN-TN", "IN-TN"),
        (GstTreatment.UIN, None, "IN-DL", None, "IN-DL"),
        (GstTreatment.REGISTERED, None, None, None, "IN-MH"),
        (GstTreatment.CONSUMER, None, "IN-MH", "IN-KA", "IN-KA"),
        (GstTreatment.UNREGISTERED, None, "IN-KA", None, "IN-KA"),
        (GstTreatment.CONSUMER, None, None, None, "IN-MH"),
        (GstTreatment.OVERSEAS, None, None, None, OVERSEAS),
        (GstTreatment.OVERSEAS, None, None, "IN-GA", "IN-GA"),
    ],
)
def test_a_place_of_sale_is_proposed_from_registration_and_addresses(
    treatment: GstTreatment,
    gstin_state: str | None,
    billing_state: str | None,
    delivery_state: str | None,
    place: str,
) -> None:
    proposed = propose_place_of_sale(
        treatment=treatment,
        organization_state="IN-MH",
        gstin_state=gstin_state,
        billing_state=billing_state,
        delivery_state=delivery_state,
    )
    assert proposed == place


@pytest.mark.parametrize(
    ("registration", "delivery_state", "place"),
    [
        (RegistrationType.REGULAR, None, "IN-MH"),
        (RegistrationType.REGULAR, "IN-KA", "IN-MH"),
        (RegistrationType.COMPOSITION, "IN-KA", "IN-MH"),
        (RegistrationType.UNREGISTERED, "IN-KA", "IN-KA"),
        (RegistrationType.UNREGISTERED, None, "IN-MH"),
    ],
)
def test_a_purchase_has_its_place_at_the_registration_or_without_one_where_goods_are_delivered(
    registration: RegistrationType, delivery_state: str | None, place: str
) -> None:
    proposed = propose_place_of_purchase(
        registration=registration, organization_state="IN-MH", delivery_state=delivery_state
    )
    assert proposed == place
