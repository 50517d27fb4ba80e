"""Who must register what: the law's table, and each reason why a document is not registered."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.einvoice.obligation import CRORE, NotRegistered, is_obliged, why_not
from domain.gst.treatments import RegistrationType
from tests.domain.einvoice.papers import SELLER, a_line, a_subject


@pytest.mark.parametrize(
    ("crore", "on", "obliged"),
    [
        (600, date(2020, 9, 30), False),
        (600, date(2020, 10, 1), True),
        (500, date(2020, 10, 1), False),
        (101, date(2021, 1, 1), True),
        (51, date(2021, 3, 31), False),
        (51, date(2021, 4, 1), True),
        (21, date(2022, 4, 1), True),
        (11, date(2022, 9, 30), False),
        (11, date(2022, 10, 1), True),
        (6, date(2023, 7, 31), False),
        (6, date(2023, 8, 1), True),
        (5, date(2026, 11, 30), False),
    ],
)
def test_turnover_obliges_from_a_day_on(crore: int, on: date, obliged: bool) -> None:  # noqa: FBT001
    assert is_obliged(crore * CRORE, on) is obliged


def test_a_turnover_that_nobody_knows_obliges_nobody() -> None:
    assert is_obliged(None, date(2026, 11, 30)) is False
    assert is_obliged(5 * CRORE + Decimal("0.01"), date(2026, 11, 30)) is True


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, None),
        ({"gst_treatment": "SEZ"}, None),
        ({"gst_treatment": "DEEMED_EXPORT"}, None),
        ({"gst_treatment": "UIN"}, None),
        ({"gst_treatment": "COMPOSITION"}, None),
        ({"gst_treatment": "TAX_DEDUCTOR"}, None),
        ({"gst_treatment": "OVERSEAS", "gst_no": None, "place_of_supply": "OVERSEAS"}, None),
        ({"gst_treatment": "OVERSEAS", "gst_no": None}, NotRegistered.CONSUMER),
        ({"gst_treatment": "CONSUMER", "gst_no": None}, NotRegistered.CONSUMER),
        ({"gst_treatment": "UNREGISTERED", "gst_no": None}, NotRegistered.CONSUMER),
        ({"gst_no": SELLER}, NotRegistered.OWN_REGISTRATION),
        ({"is_opening_balance": True}, NotRegistered.OPENING_BALANCE),
        ({"is_without_gst": True}, NotRegistered.WITHOUT_GST),
        ({"is_tax_paid_by_operator": True}, NotRegistered.OPERATORS_TAX),
    ],
)
def test_what_the_document_says_decides(said: dict[str, Any], expected: NotRegistered | None) -> None:
    head = a_subject(**said).head
    reason = why_not(head, ["TAXABLE"], registration=RegistrationType.REGULAR, gst_no=SELLER, is_enabled=True)
    assert reason is expected


@pytest.mark.parametrize(
    ("registration", "gst_no", "is_enabled", "expected"),
    [
        ("REGULAR", SELLER, True, None),
        ("SEZ", SELLER, True, None),
        ("REGULAR", SELLER, False, NotRegistered.SWITCHED_OFF),
        ("COMPOSITION", SELLER, True, NotRegistered.COMPOSITION),
        ("UNREGISTERED", None, True, NotRegistered.NO_GSTIN),
    ],
)
def test_how_the_branch_is_registered_decides(
    registration: str,
    gst_no: str | None,
    is_enabled: bool,  # noqa: FBT001
    expected: NotRegistered | None,
) -> None:
    own = RegistrationType(registration)
    head = a_subject().head
    assert why_not(head, ["TAXABLE"], registration=own, gst_no=gst_no, is_enabled=is_enabled) is expected


def test_one_taxed_line_is_enough_and_zero_rated_ones_are_taxed_nowhere() -> None:
    own: dict[str, Any] = {"registration": RegistrationType.REGULAR, "gst_no": SELLER, "is_enabled": True}
    assert why_not(a_subject().head, ["EXEMPT", "NIL_RATED", "NON_GST"], **own) is NotRegistered.UNTAXED
    assert why_not(a_subject().head, ["EXEMPT", "TAXABLE"], **own) is None
    zone = a_subject(a_line(tax_category="EXEMPT"), gst_treatment="SEZ").head
    assert why_not(zone, ["EXEMPT"], **own) is None
