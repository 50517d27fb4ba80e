"""HSN and SAC codes."""

from decimal import Decimal

import pytest

from domain.errors import Invalid
from domain.gst.hsn import FIVE_CRORE, digits_fault, is_service_code, parse_hsn
from domain.gst.treatments import GstTreatment

LARGE = FIVE_CRORE + Decimal("0.01")


@pytest.mark.parametrize("code", ["0101", "940360", "84713010", "998314"])
def test_a_code_keeps_its_zeros(code: str) -> None:
    assert parse_hsn(f" {code} ") == code
    assert is_service_code(code) == (code == "998314")


@pytest.mark.parametrize("text", ["", "94", "940", "94036", "9403601", "0001", "9983", "99831410", "94O3", "٩٤٠٣"])
def test_a_code_that_returns_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_hsn(text, field="hsn_or_sac")
    assert refusal.value.field == "hsn_or_sac"


@pytest.mark.parametrize(
    ("code", "treatment", "turnover", "is_right"),
    [
        ("9403", GstTreatment.REGISTERED, FIVE_CRORE, True),
        ("9403", GstTreatment.REGISTERED, LARGE, False),
        ("9403", GstTreatment.CONSUMER, LARGE, False),
        ("940360", GstTreatment.CONSUMER, LARGE, True),
        (None, GstTreatment.REGISTERED, FIVE_CRORE, False),
        (None, GstTreatment.CONSUMER, FIVE_CRORE, True),
        (None, GstTreatment.CONSUMER, LARGE, False),
    ],
)
def test_turnover_and_party_decide_how_many_digits_a_line_shows(
    code: str | None, treatment: GstTreatment, turnover: Decimal, *, is_right: bool
) -> None:
    assert (digits_fault(code, treatment, turnover=turnover) is None) == is_right


def test_an_e_invoice_shows_six_digits() -> None:
    fault = digits_fault("9403", GstTreatment.REGISTERED, turnover=Decimal(0), is_einvoice=True)
    assert fault == "The code 9403 has 4 digits; at least 6 are needed."
