"""The organization's particulars: what must fit together, what follows, and which organizations a token reaches."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain import organization
from domain.access import members
from domain.access.identity import Identity
from domain.books import Books
from domain.branches import amend_branch, open_branch
from domain.errors import Failed, Invalid, InvalidState, NotFound, Refusal, Required, VersionMismatch
from domain.founding import found_organization, sandbox_of
from domain.gst.gstin import GstinFault
from domain.organization import open_organization, sandbox_id_of
from domain.registration import amend_organization
from handlers.organizations import get_organization, list_organizations, update_organization
from tests.domain.conftest import body_of, trail
from tests.domain.founded import (
    DELHI,
    KARNATAKA,
    MAHARASHTRA,
    OTHER_PAN,
    a_firm,
    a_posted_invoice,
    a_user,
    branch_named,
    branches_of,
    nobodys_books,
)


def bearer(user_id: str, organization_id: str | None, *, is_sandbox: bool = False) -> Identity:
    return Identity("tok_1", "PAT", user_id, organization_id, frozenset(), "DEFAULT", 600, None, is_sandbox)


async def test_founding_gives_a_primary_branch_an_owner_and_a_chart(connection: AsyncConnection[Any]) -> None:
    nobody = await nobodys_books(connection)
    owner = await a_user(nobody)
    books = await found_organization(
        nobody, {"name": "Sahyadri", "state_code": "27", "gst_no": MAHARASHTRA.lower()}, owner_id=owner.id
    )

    firm = await organization.current(books)
    assert (firm.state_code, firm.gst_no, firm.pan) == ("IN-MH", MAHARASHTRA, MAHARASHTRA[2:12])
    assert (firm.registration_type, firm.currency_code, firm.version) == ("REGULAR", "INR", 1)
    (branch,) = await branches_of(books)
    assert (branch.is_primary, branch.gst_no, branch.state_code) == (True, MAHARASHTRA, "IN-MH")
    assert [(each.user_id, each.role) for each in await members.list_members(books)] == [(owner.id, "OWNER")]
    actions = {row["action"] for row in await trail(books)}
    assert {"ORGANIZATION_CREATED", "BRANCH_CREATED", "MEMBER_GRANTED"} <= actions


async def test_without_a_gstin_a_firm_is_unregistered(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection, gst_no=None, state_code="IN-GA")

    firm = await organization.current(books)
    assert (firm.registration_type, firm.gst_no, firm.pan) == ("UNREGISTERED", None, None)


@pytest.mark.parametrize(
    ("values", "refusal", "field"),
    [
        ({"gst_no": "27AAPFU0939F1ZX"}, GstinFault, "gst_no"),
        ({"gst_no": "27AAPFU0939F1Z"}, GstinFault, "gst_no"),
        ({"gst_no": KARNATAKA}, Invalid, "state_code"),
        ({"state_code": "IN-KA"}, Invalid, "state_code"),
        ({"state_code": "IN-XX"}, Invalid, "state_code"),
        ({"pan": "ABCPK1234L"}, Invalid, "pan"),
        ({"pan": "12345"}, Invalid, "pan"),
        ({"name": " "}, Required, "name"),
        ({"registration_type": "CASUAL"}, Invalid, "registration_type"),
        ({"registration_type": "UNREGISTERED"}, Failed, "registration_type"),
        ({"gst_no": None}, Failed, "gst_no"),
        ({"address": {"state_code": "XX"}}, Invalid, "address.state_code"),
    ],
)
async def test_particulars_must_agree(
    connection: AsyncConnection[Any], values: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    books = await a_firm(connection)

    with pytest.raises(refusal) as refused:
        await amend_organization(books, values)

    assert refused.value.field == field


async def test_only_what_is_sent_changes_and_addresses_merge(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection, address={"city": "Pune", "zip": "411001"})

    changed = await amend_organization(books, {"address": {"zip": "411004"}, "aggregate_turnover": Decimal("24000000")})

    assert changed.address is not None
    assert (changed.address["city"], changed.address["zip"], changed.address["street2"]) == ("Pune", "411004", None)
    assert changed.version == 2
    (row,) = [row for row in await trail(books) if row["action"] == "ORGANIZATION_UPDATED"]
    assert row["changes"]["aggregate_turnover"] == {"old": None, "new": 24000000}
    assert (await organization.current(books)) == changed


async def test_changing_nothing_makes_no_version(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    assert (await amend_organization(books, {"gst_no": MAHARASHTRA.lower()})).version == 1


async def test_the_lock_date_moves_both_ways_and_goes(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    for day in (date(2026, 3, 31), date(2025, 3, 31), None):
        assert (await amend_organization(books, {"locked_until": day})).locked_until == day


async def test_a_change_of_an_old_version_is_refused(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    with pytest.raises(VersionMismatch):
        await amend_organization(replace(books, expected_versions=frozenset((7,))), {"name": "Other"})


async def test_branches_follow_the_registration_they_share(connection: AsyncConnection[Any]) -> None:
    """Two places in Maharashtra move to Karnataka with the firm; the one in Delhi is registered there and stays."""
    books = await a_firm(connection)
    await open_branch(books, {"branch_name": "Nashik"})
    await open_branch(books, {"branch_name": "Delhi", "gst_no": DELHI})

    await amend_organization(
        replace(books, expected_versions=frozenset((1,))), {"gst_no": KARNATAKA, "state_code": "IN-KA"}
    )

    assert {branch.branch_name: branch.gst_no for branch in await branches_of(books)} == {
        "Head office": KARNATAKA,
        "Nashik": KARNATAKA,
        "Delhi": DELHI,
    }


async def test_a_firm_cannot_move_away_from_what_it_posted(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    await a_posted_invoice(books, await branch_named(books, "Head office"))

    with pytest.raises(InvalidState) as refused:
        await amend_organization(books, {"gst_no": KARNATAKA, "state_code": "IN-KA"})

    assert refused.value.field == "state_code"
    assert "INV/26-27/0001" in refused.value.message


async def test_a_firm_may_register_after_it_sold(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection, gst_no=None)
    await a_posted_invoice(books, await branch_named(books, "Head office"))

    await amend_organization(books, {"gst_no": MAHARASHTRA, "registration_type": "REGULAR"})

    assert (await branch_named(books, "Head office")).gst_no == MAHARASHTRA


async def test_a_registration_cannot_end_while_a_branch_has_one(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    await open_branch(books, {"branch_name": "Delhi", "gst_no": DELHI})

    with pytest.raises(InvalidState) as refused:
        await amend_organization(books, {"gst_no": None, "registration_type": "UNREGISTERED"})

    assert refused.value.field == "registration_type"


async def test_a_pan_other_than_a_branchs_is_refused(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    await open_branch(books, {"branch_name": "Delhi", "gst_no": DELHI})

    with pytest.raises(InvalidState) as refused:
        await amend_organization(books, {"gst_no": OTHER_PAN, "pan": OTHER_PAN[2:12]})

    assert refused.value.field == "pan"
    assert DELHI in refused.value.message


async def test_a_bound_token_reaches_its_organization_only(connection: AsyncConnection[Any]) -> None:
    nobody = await nobodys_books(connection)
    owner = await a_user(nobody)
    other = await found_organization(nobody, {"name": "Beta", "state_code": "IN-GA"}, owner_id=owner.id)
    own = await found_organization(nobody, {"name": "Alpha", "state_code": "IN-GA"}, owner_id=owner.id)
    await turn_to_user(own, owner.id)
    identity = bearer(owner.id, own.organization_id)

    assert await names(own, identity) == ["Alpha"]
    with pytest.raises(NotFound):
        await get_organization(own, identity, other.organization_id)


async def test_a_token_of_a_user_reaches_all_its_live_organizations(connection: AsyncConnection[Any]) -> None:
    nobody = await nobodys_books(connection)
    owner, stranger = await a_user(nobody), await a_user(nobody, email="stranger@example.in")
    for name in ("beta", "Alpha"):
        made = await found_organization(nobody, {"name": name, "state_code": "IN-GA"}, owner_id=owner.id)
    await sandbox_of(made)
    foreign = await found_organization(nobody, {"name": "Foreign", "state_code": "IN-GA"}, owner_id=stranger.id)
    books = await open_organization(nobody, "")
    await turn_to_user(books, owner.id)
    identity = bearer(owner.id, None)

    assert await names(books, identity) == ["Alpha", "beta"]
    assert await names(books, bearer(owner.id, None, is_sandbox=True)) == ["Alpha"]
    shown = await get_organization(books, identity, made.organization_id)
    assert body_of(shown)["organization"]["name"] == "Alpha"
    with pytest.raises(NotFound):
        await get_organization(books, identity, foreign.organization_id)


async def test_only_the_open_organization_is_changed(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)

    reply = await update_organization(books, books.organization_id, {"lock_date": "2026-03-31"})
    with pytest.raises(NotFound):
        await update_organization(books, "org_other", {"name": "Mine now"})

    assert body_of(reply)["organization"]["lock_date"] == "2026-03-31"


async def test_a_sandbox_is_made_once_with_the_same_people_and_branches(connection: AsyncConnection[Any]) -> None:
    live = await a_firm(connection)
    await open_branch(live, {"branch_name": "Delhi", "gst_no": DELHI})
    await amend_branch(live, (await branch_named(live, "Delhi")).id, {"is_primary": True})

    sandbox = await sandbox_of(live)
    again = await sandbox_of(await open_organization(live, live.organization_id))

    assert again.organization_id == sandbox.organization_id == sandbox_id_of(live.organization_id)
    firm = await organization.current(sandbox)
    assert (firm.is_sandbox, firm.live_organization_id, firm.gst_no) == (True, live.organization_id, MAHARASHTRA)
    assert [(b.branch_name, b.is_primary) for b in await branches_of(sandbox)] == [
        ("Delhi", True),
        ("Head office", False),
    ]
    assert len(await members.list_members(sandbox)) == 1
    assert await sandbox_of(sandbox) is sandbox


async def names(books: Books, identity: Identity) -> list[str]:
    reply = await list_organizations(books, identity)
    return [row["name"] for row in body_of(reply)["organizations"]]


async def turn_to_user(books: Books, user_id: str) -> None:
    await books.connection.execute("select set_config('app.user_id', %s, true)", (user_id,))
