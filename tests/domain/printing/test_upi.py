"""The text of a UPI QR code: only rupees, only what is open, a reference of letters and digits."""

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from domain.documents.printing.upi import reference, upi_payload

INVOICE: dict[str, Any] = {
    "upi_id": "sahyadri@upi",
    "name": "Sahyadri Workspaces & Sons",
    "currency_code": "INR",
    "amount": Decimal("268161.00"),
    "number": "MUM/26-27/0042",
}


def test_a_code_says_whom_to_pay_how_much_and_for_what() -> None:
    payload = upi_payload(**INVOICE)

    assert payload == (
        "upi://pay?pa=sahyadri@upi&pn=Sahyadri%20Workspaces%20%26%20Sons&am=268161.00&cu=INR"
        "&tn=MUM%2F26-27%2F0042&tr=MUM26270042"
    )
    assert dict(parse_qsl(urlsplit(payload).query))["pn"] == "Sahyadri Workspaces & Sons"


@pytest.mark.parametrize(
    "otherwise",
    [
        {"upi_id": None},
        {"upi_id": ""},
        {"currency_code": "USD"},
        {"amount": Decimal("0.00")},
        {"number": None},
    ],
    ids=["no address", "empty address", "dollars", "paid", "draft"],
)
def test_there_is_no_code_where_nothing_can_be_paid(otherwise: dict[str, Any]) -> None:
    assert upi_payload(**{**INVOICE, **otherwise}) == ""


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("INV/26-27/0001", "INV26270001"),
        ("a-b c_d", "abcd"),
        ("कखग/7", "7"),
        ("X" * 20 + "Y" * 20, "X" * 15 + "Y" * 20),
        ("---", ""),
    ],
)
def test_a_reference_has_at_most_35_letters_and_digits(number: str, expected: str) -> None:
    assert reference(number) == expected


def test_a_number_without_letters_and_digits_has_no_reference() -> None:
    assert "tr=" not in upi_payload(**{**INVOICE, "number": "---"})
