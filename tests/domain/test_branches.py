"""Branches: one is primary, each belongs to a registration, and no two under one GSTIN number alike."""

from dataclasses import replace
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain import branches
from domain.branches import amend_branch, default_prefixes, open_branch
from domain.errors import Duplicate, Failed, Invalid, InvalidState, NotFound, Refusal, VersionMismatch
from domain.gst.document_numbers import check_prefix
from handlers.branches import create_branch, get_branch, list_branches, update_branch
from tests.domain.conftest import body_of, trail
from tests.domain.founded import (
    DELHI,
    KARNATAKA,
    MAHARASHTRA,
    OTHER_PAN,
    a_firm,
    a_posted_invoice,
    branch_named,
    branches_of,
)


async def test_a_branch_takes_state_and_registration_of_the_organization(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    nashik = await open_branch(books, {"branch_name": "Nashik"})

    assert (nashik.state_code, nashik.gst_no, nashik.is_primary, nashik.is_active) == (
        "IN-MH",
        MAHARASHTRA,
        False,
        True,
    )


async def test_a_branch_takes_the_state_of_its_gstin(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    assert (await open_branch(books, {"branch_name": "Delhi", "gst_no": DELHI})).state_code == "IN-DL"


async def test_a_second_place_in_a_state_belongs_to_the_registration_there(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    await open_branch(books, {"branch_name": "Delhi", "gst_no": DELHI})

    assert (await open_branch(books, {"branch_name": "Dwarka", "state_code": "07"})).gst_no == DELHI
    assert (await open_branch(books, {"branch_name": "Rohini", "state_code": "DL", "gst_no": None})).gst_no is None
    assert (await open_branch(books, {"branch_name": "Goa", "state_code": "IN-GA"})).gst_no is None


@pytest.mark.parametrize(
    ("values", "refusal", "field"),
    [
        ({"gst_no": "27AAPFU0939F1ZX"}, Invalid, "gstin"),
        ({"gst_no": KARNATAKA, "state_code": "IN-MH"}, Invalid, "state"),
        ({"gst_no": OTHER_PAN}, Invalid, "gstin"),
        ({"state_code": "Bombay"}, Invalid, "state"),
        ({"branch_name": "head OFFICE"}, Duplicate, "name"),
        ({"code": "ho"}, Duplicate, "code"),
        ({"prefixes": {"invoice": "MUMBAI/{FY}/"}}, Invalid, "prefixes.invoice"),
        ({"prefixes": {"invoice": "inv/{FY}/"}}, Duplicate, "prefixes.invoice"),
        ({"prefixes": {"bill": "BILL/26-27/"}}, Duplicate, "prefixes.bill"),
        ({"prefixes": {"invoice": "INV/{FY}/1"}}, Duplicate, "prefixes.invoice"),
        ({"address": {"state_code": "Bombay"}}, Invalid, "address.state_code"),
    ],
)
async def test_a_branch_must_fit(
    connection: AsyncConnection[Any], values: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    books = await a_firm(connection)

    with pytest.raises(refusal) as refused:
        await open_branch(books, {"branch_name": "Nashik", **values})

    assert refused.value.field == field


async def test_an_unregistered_firm_has_no_registered_branch(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection, gst_no=None)

    with pytest.raises(Failed) as refused:
        await open_branch(books, {"branch_name": "Delhi", "gst_no": DELHI})

    assert refused.value.field == "gstin"


async def test_under_another_gstin_the_same_prefix_is_free(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    delhi = await open_branch(books, {"branch_name": "Delhi", "gst_no": DELHI})

    assert delhi.prefixes["invoice"] == "INV/{FY}/"
    with pytest.raises(Duplicate):
        await amend_branch(books, delhi.id, {"gst_no": MAHARASHTRA, "state_code": "IN-MH"})


async def test_an_update_of_prefixes_merges(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    nashik = await open_branch(books, {"branch_name": "Nashik"})

    changed = await amend_branch(books, nashik.id, {"prefixes": {"invoice": "NSK/{FY}/"}})

    assert changed.prefixes == {**nashik.prefixes, "invoice": "NSK/{FY}/"}
    assert nashik.prefixes["credit_note"] == "CN2/{FY}/"


async def test_a_branchs_own_prefix_does_not_stand_in_its_way(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    office = await branch_named(books, "Head office")

    assert (await amend_branch(books, office.id, {"prefixes": {"invoice": "INV/{FY}/1"}})).version == 2


def test_prefixes_made_up_leave_room_for_four_digits_and_never_collide() -> None:
    taken: list[branches.Prefixes] = []
    for _ in range(120):
        made = default_prefixes(taken)
        assert set(made) == set(branches.SERIES)
        for prefix in made.values():
            check_prefix(prefix)
        taken.append(made)

    assert [prefixes["bill"] for prefixes in taken[:2]] == ["BILL/{FY}/", "BILL2/{FY}/"]
    assert [taken[number - 1]["bill"] for number in (10, 100)] == ["BIL10/{FY}/", "BI100/{FY}/"]
    assert len({prefixes["bill"] for prefixes in taken}) == len(taken)


def test_prefixes_made_up_keep_off_those_given_by_hand() -> None:
    assert default_prefixes([{"invoice": "INV/26-27/"}])["invoice"] == "INV2/{FY}/"
    assert default_prefixes([{"invoice": "inv/{FY}/7"}])["invoice"] == "INV2/{FY}/"
    assert default_prefixes([{"invoice": "MUM-"}])["invoice"] == "INV/{FY}/"


async def test_setting_the_primary_branch_moves_the_mark(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    nashik = await open_branch(books, {"branch_name": "Nashik"})

    await amend_branch(replace(books, expected_versions=frozenset((1,))), nashik.id, {"is_primary": True})

    marks = {branch.branch_name: (branch.is_primary, branch.version) for branch in await branches_of(books)}
    assert marks == {"Nashik": (True, 2), "Head office": (False, 2)}
    changes = [row["changes"] for row in await trail(books) if row["action"] == "BRANCH_UPDATED"]
    assert changes == [{"is_primary": {"old": True, "new": False}}, {"is_primary": {"old": False, "new": True}}]


async def test_a_new_branch_can_be_primary_at_once(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    await open_branch(books, {"branch_name": "Nashik", "is_primary": True})

    assert [branch.branch_name for branch in await branches_of(books) if branch.is_primary] == ["Nashik"]


@pytest.mark.parametrize(
    ("values", "field"), [({"is_primary": False}, "is_default"), ({"is_active": False}, "is_active")]
)
async def test_the_primary_branch_stays_until_another_is(
    connection: AsyncConnection[Any], values: dict[str, Any], field: str
) -> None:
    books = await a_firm(connection)
    office = await branch_named(books, "Head office")

    with pytest.raises(InvalidState) as refused:
        await amend_branch(books, office.id, values)

    assert refused.value.field == field


async def test_an_inactive_branch_cannot_become_primary(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    nashik = await open_branch(books, {"branch_name": "Nashik"})
    await amend_branch(books, nashik.id, {"is_active": False})

    with pytest.raises(InvalidState):
        await amend_branch(books, nashik.id, {"is_primary": True})


async def test_a_branch_with_documents_can_close(connection: AsyncConnection[Any]) -> None:
    """Closing only keeps new documents away; what was issued there stays as it is."""
    books = await a_firm(connection)
    nashik = await open_branch(books, {"branch_name": "Nashik"})
    await a_posted_invoice(books, nashik)

    assert not (await amend_branch(books, nashik.id, {"is_active": False})).is_active


@pytest.mark.parametrize(
    ("values", "field"),
    [({"gst_no": None}, "gstin"), ({"gst_no": DELHI, "state_code": "IN-DL"}, "state")],
)
async def test_a_branch_keeps_the_registration_it_posted_under(
    connection: AsyncConnection[Any], values: dict[str, Any], field: str
) -> None:
    books = await a_firm(connection)
    office = await branch_named(books, "Head office")
    await a_posted_invoice(books, office)

    with pytest.raises(InvalidState) as refused:
        await amend_branch(books, office.id, values)

    assert refused.value.field == field
    assert (await amend_branch(books, office.id, {"phone": "+91 20 4567 8900"})).gst_no == MAHARASHTRA


async def test_there_are_at_most_so_many_branches(
    connection: AsyncConnection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    books = await a_firm(connection)
    monkeypatch.setattr(branches, "MOST_BRANCHES", 1)

    with pytest.raises(Failed):
        await open_branch(books, {"branch_name": "Nashik"})


async def test_a_branch_that_is_not_there_is_not_found(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    with pytest.raises(NotFound):
        await amend_branch(books, "br_unknown", {"is_primary": True})
    with pytest.raises(NotFound):
        await get_branch(books, "br_unknown")


async def test_an_old_version_is_refused(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    office = await branch_named(books, "Head office")

    with pytest.raises(VersionMismatch):
        await amend_branch(replace(books, expected_versions=frozenset((9,))), office.id, {"phone": "1"})


async def test_branches_are_shown_whole_the_primary_one_first(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    made = await create_branch(books, {"name": "Akola", "bank_details": {"bank_name": "HDFC Bank"}})
    key = body_of(made)["branch"]["branch_id"]
    changed = await update_branch(books, key, {"bank_details": {"ifsc": "HDFC0000060"}, "address": {"city": "Akola"}})
    every = await list_branches(books, {"active_only": True})

    assert made.status == 201
    assert made.headers == {"Location": f"/api/public/v1/branches/{key}"}
    assert body_of(changed)["branch"]["bank_details"] == {
        "bank_name": "HDFC Bank",
        "account_name": None,
        "account_number": None,
        "ifsc": "HDFC0000060",
        "upi_id": None,
    }
    assert body_of(changed)["branch"]["address"]["city"] == "Akola"
    assert [row["name"] for row in body_of(every)["branches"]] == ["Head office", "Akola"]


async def test_a_code_is_made_up_from_the_name_unless_it_is_said(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    codes = [
        (await open_branch(books, {"branch_name": name, **said})).code
        for name, said in (("Pune", {}), ("Pune Camp", {}), ("Pune West", {"code": "West"}), ("Pune 2", {}), ("पुणे", {}))
    ]

    assert (await branch_named(books, "Head office")).code == "HO"
    assert codes == ["PUN", "PC", "West", "P2", "BR"]
    assert (await open_branch(books, {"branch_name": "Punjab"})).code == "PUN2"


async def test_city_and_prefixes_are_parts_that_are_shown_and_said_by_themselves(
    connection: AsyncConnection[Any],
) -> None:
    books = await a_firm(connection)
    said = {"name": "Nashik", "city": "Nashik", "invoice_prefix": "NSK/{FY}/", "prefixes": {"bill": "NB/{FY}/"}}
    made = body_of(await create_branch(books, said))["branch"]

    assert (made["city"], made["address"]["city"], made["address"]["country"]) == ("Nashik", "Nashik", "India")
    assert (made["invoice_prefix"], made["bill_prefix"]) == ("NSK/{FY}/", "NB/{FY}/")
    assert (made["prefixes"]["invoice"], made["prefixes"]["receipt"]) == ("NSK/{FY}/", "RV2/{FY}/")
    assert (made["is_default"], made["gstin"], made["state"]) == (False, MAHARASHTRA, "IN-MH")

    changed = body_of(await update_branch(books, made["branch_id"], {"bill_prefix": "NSB/{FY}/", "city": None}))[
        "branch"
    ]
    assert (changed["bill_prefix"], changed["prefixes"]["bill"], changed["city"]) == ("NSB/{FY}/", "NSB/{FY}/", None)
    same = {name: changed[name] for name in ("invoice_prefix", "bill_prefix", "prefixes", "city", "address")}
    assert body_of(await update_branch(books, made["branch_id"], same))["branch"] == changed


async def test_a_part_that_is_said_twice_says_the_same(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    with pytest.raises(Failed) as refused:
        await create_branch(books, {"name": "Pune", "invoice_prefix": "A/", "prefixes": {"invoice": "B/"}})

    assert refused.value.field == "invoice_prefix"


async def test_a_branch_without_an_address_has_none_after_its_city_is_cleared(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    made = body_of(await create_branch(books, {"name": "Pune", "city": None}))["branch"]

    assert (made["city"], made["address"]) == (None, None)


async def test_branches_that_are_closed_are_shown_when_they_are_asked_for(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    nashik = await open_branch(books, {"branch_name": "Nashik"})
    await amend_branch(books, nashik.id, {"is_active": False})

    shown = [
        [row["name"] for row in body_of(await list_branches(books, {"active_only": active}))["branches"]]
        for active in (True, False)
    ]
    assert shown == [["Head office"], ["Head office", "Nashik"]]


@pytest.mark.parametrize(
    ("said", "field"),
    [({"invoice_prefix": "INV/{FY}/"}, "invoice_prefix"), ({"prefixes": {"invoice": "INV/{FY}/"}}, "prefixes.invoice")],
)
async def test_a_refused_part_is_named_as_it_was_said(
    connection: AsyncConnection[Any], said: dict[str, Any], field: str
) -> None:
    books = await a_firm(connection)
    with pytest.raises(Duplicate) as refused:
        await create_branch(books, {"name": "Pune", **said})

    assert refused.value.field == field
