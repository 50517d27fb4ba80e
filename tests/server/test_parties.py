"""Customers and vendors over the API: what follows from their GSTIN, and who can be reached at them."""

from typing import Any

import pytest

from domain.gst.gstin import check_character
from tests.running import Caller, shown

EMBASSY = "0717USA00001UN7"
Json = dict[str, Any]


def numbered(fourteen: str) -> str:
    return fourteen + check_character(fourteen)


DEDUCTOR, COLLECTOR = numbered("27MUMA12345B1D"), numbered("27AAPFU0939F1C")
MAHARASHTRA, KARNATAKA = "27AAPFU0939F1ZV", numbered("29FGHBB2345Q1Z")


async def changed(call: Caller, contact: Json, **said: Any) -> Json:
    reply = await call("PUT", f"/contacts/{contact['contact_id']}", said)
    assert reply.status_code == 200, reply.text
    return shown(reply)


async def refused(call: Caller, method: str, path: str, body: Json) -> tuple[int, str, str | None]:
    reply = await call(method, path, body)
    said = reply.json()
    return reply.status_code, said["code"], said.get("field")


@pytest.mark.parametrize(
    ("number", "treatment", "state"),
    [
        (EMBASSY, "UIN", "IN-DL"),
        (DEDUCTOR, "TAX_DEDUCTOR", "IN-MH"),
        (COLLECTOR, "TAX_COLLECTOR", "IN-MH"),
        (KARNATAKA, "REGISTERED", "IN-KA"),
        (None, "UNREGISTERED", None),
    ],
)
async def test_the_treatment_follows_from_the_number(
    call: Caller, number: str | None, treatment: str, state: str | None
) -> None:
    contact = await call.made("/contacts", {"contact_name": "Of any kind", "gst_no": number})
    assert (contact["gst_treatment"], contact["place_of_contact"]) == (treatment, state)

    later = await call.made("/contacts", {"contact_name": "Unregistered at first"})
    later = await changed(call, later, gst_no=number)
    assert (later["gst_treatment"], later["place_of_contact"]) == (treatment, state)


async def test_another_treatment_that_fits_may_be_said_and_stays(call: Caller) -> None:
    zone = await call.made("/contacts", {"contact_name": "Zone", "gst_no": MAHARASHTRA, "gst_treatment": "SEZ"})
    assert (await changed(call, zone, gst_no=KARNATAKA))["gst_treatment"] == "SEZ"
    assert (await changed(call, zone, gst_no=EMBASSY))["gst_treatment"] == "UIN"
    assert (await changed(call, zone, gst_no=MAHARASHTRA, gst_treatment="COMPOSITION"))[
        "gst_treatment"
    ] == "COMPOSITION"


async def test_a_treatment_that_does_not_fit_is_refused(call: Caller) -> None:
    wrong = {"contact_name": "Wrong", "gst_no": EMBASSY, "gst_treatment": "REGISTERED"}
    assert await refused(call, "POST", "/contacts", wrong) == (422, "validation.failed", "gst_no")
    contact = await call.made("/contacts", {"contact_name": "Sharma", "gst_no": MAHARASHTRA})
    path = f"/contacts/{contact['contact_id']}"
    assert await refused(call, "PUT", path, {"gst_no": None}) == (400, "validation.required_field", "gst_no")


async def test_pan_and_state_follow_another_number_unless_they_were_said_by_themselves(call: Caller) -> None:
    contact = await call.made("/contacts", {"contact_name": "Moved", "gst_no": MAHARASHTRA})
    moved = await changed(call, contact, gst_no=KARNATAKA)
    assert (moved["pan"], moved["place_of_contact"]) == ("FGHBB2345Q", "IN-KA")

    stays = await call.made("/contacts", {"contact_name": "Stays", "gst_no": MAHARASHTRA, "place_of_contact": "GA"})
    stays = await changed(call, stays, gst_no=KARNATAKA)
    assert (stays["pan"], stays["place_of_contact"]) == ("FGHBB2345Q", "IN-GA")


async def test_an_embassy_in_another_state_is_sold_to_between_states(call: Caller) -> None:
    """A seller in Maharashtra, an embassy in Delhi: 1,000 and 18 % bear IGST 180, no CGST."""
    taxes = (await call("GET", "/taxes?shape=INTRA_STATE")).json()["taxes"]
    tax = next(tax["tax_id"] for tax in taxes if tax["tax_percentage"] == 18)
    line = {"name": "Desk", "hsn_or_sac": "9403", "quantity": 1, "rate": 1000, "tax_id": tax}
    embassy = await call.made("/contacts", {"contact_name": "Embassy", "gst_no": EMBASSY})
    walk_in = await call.made("/contacts", {"contact_name": "Not known yet"})

    for customer, said in ((embassy, {}), (walk_in, {"gst_no": EMBASSY})):
        body = {"customer_id": customer["contact_id"], "line_items": [line], **said}
        invoice = await call.made("/invoices", body)
        assert (invoice["gst_treatment"], invoice["place_of_supply"]) == ("UIN", "IN-DL")
        assert (invoice["igst_total"], invoice["cgst_total"], invoice["total"]) == (180, 0, 1180)

    draft = await call.made("/invoices", {"customer_id": walk_in["contact_id"], "line_items": [line]})
    reply = await call("PUT", f"/invoices/{draft['invoice_id']}", {"gst_no": EMBASSY})
    assert (shown(reply)["gst_treatment"], shown(reply)["igst_total"]) == ("UIN", 180)


async def test_an_expense_takes_the_treatment_of_its_number(call: Caller) -> None:
    accounts = (await call("GET", "/accounts?account_type=EXPENSE")).json()["accounts"]
    (bank,) = (await call("GET", "/accounts?account_type=BANK")).json()["accounts"]
    paid = {"account_id": accounts[0]["account_id"], "paid_through_account_id": bank["account_id"], "amount": 100}
    expense = await call.made("/expenses", {**paid, "gst_no": COLLECTOR})
    assert expense["gst_treatment"] == "TAX_COLLECTOR"

    reply = await call("PUT", f"/expenses/{expense['expense_id']}", {"gst_no": DEDUCTOR})
    assert (shown(reply)["gst_treatment"], shown(reply)["gst_no"]) == ("TAX_DEDUCTOR", DEDUCTOR)


async def test_blanks_around_numbers_and_codes_are_cut_off(call: Caller) -> None:
    said = {
        "contact_name": "Pasted",
        "gst_no": f"  {MAHARASHTRA.lower()}   ",
        "pan": " aapfu0939f ",
        "place_of_contact": " MH ",
        "currency_code": " INR",
        "email": "accounts@pasted.example ",
        "billing_address": {"city": "Pune", "state_code": "  IN-MH"},
    }
    contact = await call.made("/contacts", said)
    assert (contact["gst_no"], contact["pan"], contact["place_of_contact"]) == (MAHARASHTRA, "AAPFU0939F", "IN-MH")
    assert (contact["currency_code"], contact["email"]) == ("INR", "accounts@pasted.example")
    assert contact["billing_address"]["state_code"] == "IN-MH"
    again = await changed(call, contact, gst_no=f"\u00a0{KARNATAKA} ")
    assert again["gst_no"] == KARNATAKA


async def test_blanks_around_codes_are_cut_off_in_lines_rows_and_banks_too(call: Caller) -> None:
    customer = (await call.made("/contacts", {"contact_name": "Deccan"}))["contact_id"]
    line = {"name": "Books", "hsn_or_sac": " 4901 ", "quantity": 1, "rate": 10, "tax_category": "EXEMPT"}
    body = {"customer_id": customer, "gst_no": f" {MAHARASHTRA} ", "place_of_supply": " 27 ", "line_items": [line]}

    invoice = await call.made("/invoices", body)
    assert (invoice["gst_no"], invoice["line_items"][0]["hsn_or_sac"]) == (MAHARASHTRA, "4901")
    rows = (await call("POST", "/bulk/invoices", {"invoices": [body]})).json()["results"]
    assert [row["ok"] for row in rows] == [True]
    bank = await call.made("/bank_accounts", {"name": "HDFC", "ifsc": " HDFC0000060 ", "upi_id": "us@hdfc "})
    assert (bank["ifsc"], bank["upi_id"]) == ("HDFC0000060", "us@hdfc")
    item = await call.made("/items", {"item_name": "Novel", "hsn_or_sac": "4901 "})
    assert item["hsn_or_sac"] == "4901"


async def test_what_is_wrong_without_its_blanks_is_still_refused(call: Caller) -> None:
    for field, text in (("gst_no", "  27AAPFU0939F1Z  "), ("gst_no", " " * 15), ("currency_code", " IN R ")):
        body = {"contact_name": "Wrong", field: text}
        assert await refused(call, "POST", "/contacts", body) == (400, "validation.invalid_value", field)


async def test_a_person_is_named_once_and_one_is_the_primary_one(call: Caller) -> None:
    two = [{"first_name": "Ravi", "is_primary": True}, {"first_name": "Uma"}]
    contact = await call.made("/contacts", {"contact_name": "Sharma", "contact_persons": two})
    ravi, uma = (person["contact_person_id"] for person in contact["contact_persons"])
    path = f"/contacts/{contact['contact_id']}"

    twice = {"contact_persons": [{"contact_person_id": ravi}, {"contact_person_id": ravi, "first_name": "Rao"}]}
    assert await refused(call, "PUT", path, twice) == (422, "validation.failed", "contact_persons[1].contact_person_id")
    both = {"contact_persons": [{"contact_person_id": ravi}, {"contact_person_id": uma, "is_primary": True}]}
    assert await refused(call, "PUT", path, both) == (422, "validation.failed", "contact_persons[1].is_primary")
    new = {"contact_name": "Verma", "contact_persons": [{"first_name": name, "is_primary": True} for name in "AB"]}
    assert await refused(call, "POST", "/contacts", new) == (422, "validation.failed", "contact_persons[1].is_primary")

    moved = [{"contact_person_id": ravi, "is_primary": False}, {"contact_person_id": uma, "is_primary": True}]
    after = await changed(call, contact, contact_persons=moved)
    assert [person["is_primary"] for person in after["contact_persons"]] == [False, True]
    assert [person["first_name"] for person in after["contact_persons"]] == ["Ravi", "Uma"]
