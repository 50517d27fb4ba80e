"""The invoice reference number, by two examples reckoned apart, and why its parts matter."""

from datetime import date
from typing import Any

from domain.einvoice.irn import irn_of


def test_an_invoice_of_today_is_hashed_in_capitals() -> None:
    said: dict[str, Any] = {"gst_no": "02AABCD1234E1ZK", "document_type": "INV", "dated_on": date(2026, 4, 5)}
    expected = "4fedcd90a90dce7ba2321fdfe554f3884becd853ee587150485f72daaa7e5a34"
    assert irn_of(**said, number="INV/26-27/0001") == expected
    assert irn_of(**said, number="inv/26-27/0001") == expected


def test_a_credit_note_of_the_last_day_of_march_belongs_to_the_year_that_ends() -> None:
    irn = irn_of(gst_no="02AABCD1234E1ZK", document_type="CRN", number="CN-9", dated_on=date(2026, 3, 31))
    assert irn == "986b8dcef06ad13b1423c8f023ab9f05bd93bea08d6bb06bc6aee8c176d3f619"


def test_before_june_2025_the_number_counts_as_it_is_printed() -> None:
    said: dict[str, Any] = {"gst_no": "02AABCD1234E1ZK", "document_type": "INV", "dated_on": date(2025, 5, 31)}
    assert irn_of(**said, number="a-1") != irn_of(**said, number="A-1")
    since = {**said, "dated_on": date(2025, 6, 1)}
    assert irn_of(**since, number="a-1") == irn_of(**since, number="A-1")


def test_invoice_and_notes_of_one_number_differ() -> None:
    said: dict[str, Any] = {"gst_no": "02AABCD1234E1ZK", "number": "A-1", "dated_on": date(2026, 4, 5)}
    assert len({irn_of(**said, document_type=each) for each in ("INV", "CRN", "DBN")}) == 3
