"""What the portal would refuse is refused before it is asked, with the field to mend."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.einvoice.faults import faults_of, refuse_faulty
from domain.einvoice.subject import Subject
from domain.errors import Failed
from domain.gst import portal_parties
from tests.domain.einvoice.papers import MYSURU, PUNE, SELLER, TODAY, a_line, a_subject

HUBLI = {**MYSURU, "address": "9 Station Road", "city": "Hubballi", "zip": "580020"}


def fields(subject: Subject, today: date = TODAY) -> list[str | None]:
    """The fields that are to blame."""
    return [fault.field for fault in faults_of(subject, today=today)]


def test_a_good_invoice_has_no_fault() -> None:
    assert faults_of(a_subject(), today=TODAY) == []
    refuse_faulty(a_subject(), today=TODAY)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"number": "0042"}, None),
        ({"gst_no": SELLER, "billing_address": PUNE}, "gst_no"),
        ({"gst_no": "29AACCB1234F1Z9"}, "gst_no"),
        ({"buyer": {"legal_name": "Li"}}, "customer_id"),
        ({"seller": {"legal_name": "Li"}}, "branch_id"),
        ({"seller": {"address": None}}, "branch_id"),
        ({"seller": {"address": {**PUNE, "zip": "570001"}}}, "branch_id"),
        ({"billing_address": {**MYSURU, "address": None}}, "billing_address.address"),
        ({"billing_address": {**MYSURU, "city": "Om", "country": None}}, "billing_address.city"),
        ({"billing_address": {**MYSURU, "zip": None}}, "billing_address.zip"),
        ({"billing_address": {**MYSURU, "zip": "57000"}}, "billing_address.zip"),
        ({"billing_address": {**MYSURU, "zip": "411001"}}, "billing_address.zip"),
        ({"billing_address": {**MYSURU, "state_code": "IN-KL"}}, "billing_address.state_code"),
        ({"shipping_address": {**HUBLI, "zip": "411001"}}, "shipping_address.zip"),
        ({"shipping_address": {**HUBLI, "state_code": None}}, "shipping_address.state_code"),
        ({"round_off": Decimal("100.00")}, "round_off"),
    ],
)
def test_each_fault_names_its_field(said: dict[str, Any], field: str | None) -> None:
    assert field in fields(a_subject(**said))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"hsn_or_sac": None}, "line_items[1].hsn_or_sac"),
        ({"hsn_or_sac": "9403"}, "line_items[1].hsn_or_sac"),
        ({"hsn_or_sac": "521211"}, "line_items[1].hsn_or_sac"),
        ({"quantity": Decimal(0)}, "line_items[1].quantity"),
    ],
)
def test_a_line_is_named_by_its_place(said: dict[str, Any], field: str) -> None:
    assert fields(a_subject(a_line(), a_line(2, **said))) == [field]


def test_a_code_of_eight_digits_passes_where_six_do_not() -> None:
    assert fields(a_subject(a_line(hsn_or_sac="52121100"))) == []


def test_what_is_older_than_thirty_days_is_refused_above_ten_crore() -> None:
    old = date(2026, 10, 31)
    large = {"aggregate_turnover": Decimal(100_000_000)}
    assert fields(a_subject(dated_on=old, seller=large)) == ["date"]
    assert fields(a_subject(dated_on=old)) == []
    assert fields(a_subject(dated_on=date(2026, 11, 1), seller=large)) == []


def test_a_receiver_of_another_state_is_refused_once_receivers_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = {**HUBLI, "gst_no": "33AABCF8078M1ZI"}
    assert fields(a_subject(shipping_address=elsewhere)) == []
    monkeypatch.setattr(portal_parties, "SHIP_TO_GSTIN_FROM", date(2026, 11, 1))
    assert fields(a_subject(shipping_address=elsewhere)) == ["shipping_address.gst_no"]


def test_more_than_a_thousand_lines_are_refused() -> None:
    assert "line_items" in fields(a_subject(*[a_line(place) for place in range(1001)]))


def test_where_the_document_has_no_address_that_of_the_contact_is_taken() -> None:
    subject = a_subject(billing_address=None, buyer={"billing_address": MYSURU})
    assert fields(subject) == []


def test_all_faults_are_told_at_once() -> None:
    subject = a_subject(a_line(hsn_or_sac="9403"), billing_address={**MYSURU, "zip": "1"}, number="0042")
    with pytest.raises(Failed) as refused:
        refuse_faulty(subject, today=TODAY)
    assert refused.value.details is not None
    assert [each["field"] for each in refused.value.details["errors"]] == [
        None,
        "billing_address.zip",
        "line_items[0].hsn_or_sac",
    ]
