"""Which GSTIN goes with which treatment."""

import pytest

from domain.errors import Failed, Required
from domain.gst.gstin import Gstin, GstinKind, parse_gstin
from domain.gst.treatments import (
    ZOHO_TREATMENTS,
    GstTreatment,
    RegistrationType,
    check_gstin_fits,
    propose_treatment,
)

REGULAR = parse_gstin("27AAPFU0939F1ZV")
EMBASSY = parse_gstin("0717USA00001UN7")
DEDUCTOR = parse_gstin("27MUMA12345B1D1")
COLLECTOR = parse_gstin("27AAPFU0939F1C1")


def test_the_registered_group_is_what_returns_call_b2b() -> None:
    without = {treatment for treatment in GstTreatment if not treatment.is_registered}
    assert without == {GstTreatment.UNREGISTERED, GstTreatment.CONSUMER, GstTreatment.OVERSEAS}
    assert GstTreatment.UIN.gstin_kinds == {GstinKind.UIN}


@pytest.mark.parametrize(
    ("treatment", "gstin"),
    [
        (GstTreatment.REGISTERED, REGULAR),
        (GstTreatment.COMPOSITION, REGULAR),
        (GstTreatment.SEZ, REGULAR),
        (GstTreatment.DEEMED_EXPORT, REGULAR),
        (GstTreatment.UIN, EMBASSY),
        (GstTreatment.TAX_DEDUCTOR, DEDUCTOR),
        (GstTreatment.TAX_COLLECTOR, COLLECTOR),
        (GstTreatment.CONSUMER, None),
    ],
)
def test_a_fitting_number_is_taken(treatment: GstTreatment, gstin: Gstin | None) -> None:
    check_gstin_fits(treatment, gstin)


def test_a_registered_party_without_a_number_is_refused() -> None:
    with pytest.raises(Required) as refusal:
        check_gstin_fits(GstTreatment.REGISTERED, None, field="gst_no")
    assert refusal.value.field == "gst_no"


@pytest.mark.parametrize("treatment", [GstTreatment.UNREGISTERED, GstTreatment.CONSUMER, GstTreatment.OVERSEAS])
def test_an_unregistered_party_with_a_number_is_refused(treatment: GstTreatment) -> None:
    with pytest.raises(Failed):
        check_gstin_fits(treatment, REGULAR, field="gst_no")


@pytest.mark.parametrize("treatment", [GstTreatment.UIN, GstTreatment.TAX_DEDUCTOR, GstTreatment.TAX_COLLECTOR])
def test_a_number_of_another_kind_is_refused(treatment: GstTreatment) -> None:
    with pytest.raises(Failed):
        check_gstin_fits(treatment, REGULAR, field="gst_no")


def test_the_number_proposes_the_treatment() -> None:
    numbers = [None, REGULAR, EMBASSY, DEDUCTOR, COLLECTOR]
    assert [propose_treatment(number) for number in numbers] == [
        GstTreatment.CONSUMER,
        GstTreatment.REGISTERED,
        GstTreatment.UIN,
        GstTreatment.TAX_DEDUCTOR,
        GstTreatment.TAX_COLLECTOR,
    ]


def test_only_regular_and_sez_registrations_charge_tax() -> None:
    assert {kind for kind in RegistrationType if kind.charges_tax} == {RegistrationType.REGULAR, RegistrationType.SEZ}
    assert {kind for kind in RegistrationType if not kind.is_registered} == {RegistrationType.UNREGISTERED}


def test_zohos_words_are_understood() -> None:
    assert ZOHO_TREATMENTS["business_gst"] is GstTreatment.REGISTERED
    assert ZOHO_TREATMENTS["business_none"] is GstTreatment.UNREGISTERED
