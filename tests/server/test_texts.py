"""Texts: one form for what looks the same, nothing unseen where names are, and no member twice."""

import unicodedata

import pytest

from server.contract.texts import is_composed, may_repeat_members, repeated_member
from tests.running import Caller

DECOMPOSED = unicodedata.normalize("NFD", "Café São")
JSON = {"Content-Type": "application/json"}


async def test_a_text_is_kept_and_found_in_its_composed_form(call: Caller) -> None:
    made = await call.made("/contacts", {"contact_name": DECOMPOSED, "custom_fields": {DECOMPOSED: DECOMPOSED}})
    escaped = await call("POST", "/contacts", content=b'{"contact_name": "Cafe\\u0301 Bar"}', headers=JSON)

    assert made["contact_name"] == "Café São"
    assert made["custom_fields"] == {"Café São": "Café São"}
    assert escaped.json()["contact"]["contact_name"] == "Café Bar"
    for search in ("Café", unicodedata.normalize("NFD", "café")):
        found = await call("GET", "/contacts", params={"search": search})
        assert len(found.json()["contacts"]) == 2


async def test_a_sheet_is_read_in_its_composed_form(call: Caller) -> None:
    sheet = f"contact_name\n{DECOMPOSED}\n".encode()
    reply = await call("POST", "/contacts/import", content=sheet, headers={"Content-Type": "text/csv"})
    [row] = reply.json()["import"]["rows"]

    contact = (await call("GET", f"/contacts/{row['id']}")).json()["contact"]
    assert contact["contact_name"] == "Café São"


@pytest.mark.parametrize(
    "name", ["\u200b", "\u200d\u200c", " \u00a0\u2003", "\u3164", "\ufeff", "A\u202eB", "A\u2066B", "A\x85B", "\x9f"]
)
async def test_a_name_that_cannot_be_seen_or_turns_about_is_refused(call: Caller, name: str) -> None:
    for path, field in (("/contacts", "contact_name"), ("/items", "item_name")):
        reply = await call("POST", path, {field: name})
        assert (reply.status_code, reply.json()["code"]) == (400, "validation.invalid_value")
        assert reply.json()["field"] == field


@pytest.mark.parametrize("name", ["क्‍ष", "നന്‍", "שלום", "🧾", "Ḧ", "李"])
async def test_names_in_any_script_are_taken(call: Caller, name: str) -> None:
    """Joiners without width belong to scripts of India."""
    made = await call.made("/contacts", {"contact_name": name})
    assert made["contact_name"] == unicodedata.normalize("NFC", name)


async def test_notes_of_several_lines_hold_no_overrides(call: Caller) -> None:
    taken = await call("POST", "/contacts", {"contact_name": "A", "notes": "one\ntwo\t\u200ftext"})
    refused = await call("POST", "/contacts", {"contact_name": "A", "notes": "one\n\u202etwo"})

    assert taken.status_code == 201
    assert (refused.status_code, refused.json()["field"]) == (400, "notes")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"contact_name": "A", "contact_name": "B"}', "contact_name"),
        (b'{"contact_name" : "A", "notes": "n", "notes" :"m"}', "notes"),
        (b'{"contact_name": "A", "billing_address": {"city": "X", "zip": "1", "city": "Y"}}', "billing_address.city"),
        (
            b'{"contact_name": "A\\u0041", "contact_persons": [{}, {"email": "", "email": ""}]}',
            "contact_persons[1].email",
        ),
        (b'{"custom_fields": {"a\\"b": 1, "a\\"b": 2}, "contact_name": "A"}', 'custom_fields.a"b'),
    ],
)
async def test_a_member_that_is_there_twice_is_named(call: Caller, body: bytes, field: str) -> None:
    reply = await call("POST", "/contacts", content=body, headers=JSON)

    assert (reply.status_code, reply.json()["code"]) == (422, "validation.failed")
    assert reply.json()["field"] == field


def test_a_quote_before_a_colon_in_a_text_is_no_repetition() -> None:
    assert repeated_member(rb'{"a": "say \":\" aloud", "b" : [{"c": 1}, [{"c": 2}]]}') is None
    assert not may_repeat_members(
        b'{"a":{"b":1},"c":[{"b":1},[{"b":2}]]}', {"a": {"b": 1}, "c": [{"b": 1}, [{"b": 2}]]}
    )
    assert may_repeat_members(b'{"a":1,"a":2}', {"a": 2})


def test_escapes_may_hide_what_is_not_composed() -> None:
    assert is_composed("é".encode())
    assert not is_composed(DECOMPOSED.encode())
    assert not is_composed(rb'"e\u0301"')
