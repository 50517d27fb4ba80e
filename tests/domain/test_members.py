"""Users and memberships: one person an address, roles, and never an organization without an owner."""

from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.access import members
from domain.errors import Duplicate, Invalid, InvalidState, NotFound, Refusal, Required
from domain.founding import sandbox_of
from domain.organization import open_organization
from tests.domain.conftest import trail
from tests.domain.founded import a_firm, a_user, nobodys_books


async def test_a_user_is_found_by_id_and_by_address_in_any_case(connection: AsyncConnection[Any]) -> None:
    books = await nobodys_books(connection)
    user = await members.create_user(books, name=" Meera ", email=" Meera@Example.in ")

    assert (user.name, user.email, user.is_active) == ("Meera", "Meera@Example.in", True)
    assert await members.find_user(books, user.id) == user
    assert await members.find_user(books, "MEERA@example.IN") == user
    assert user in await members.list_users(books)


async def test_an_address_belongs_to_one_user(connection: AsyncConnection[Any]) -> None:
    books = await nobodys_books(connection)
    await a_user(books, email="meera@example.in")

    with pytest.raises(Duplicate) as refused:
        await a_user(books, email="MEERA@example.in")

    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("name", "email", "refusal", "field"),
    [
        ("  ", "a@b.in", Required, "name"),
        ("x" * 201, "a@b.in", Invalid, "name"),
        ("two\nlines", "a@b.in", Invalid, "name"),
        ("Meera", "meera", Invalid, "email"),
        ("Meera", "meera kulkarni@b.in", Invalid, "email"),
        ("Meera", "a" * 250 + "@b.in", Invalid, "email"),
    ],
)
async def test_a_user_needs_a_name_and_an_address(
    connection: AsyncConnection[Any], name: str, email: str, refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        await members.create_user(await nobodys_books(connection), name=name, email=email)

    assert refused.value.field == field


async def test_a_membership_is_granted_changed_and_suspended(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    user = await a_user(books, email="ravi@example.in")

    await members.grant(books, user.id, "SALES")
    await members.grant(books, user.id, "ACCOUNTANT")
    await members.suspend(books, user.id)
    suspended = await members.find_member(books, user.id)
    again = await members.grant(books, user.email, "ACCOUNTANT")

    assert suspended is not None
    assert (suspended.role, suspended.is_active, again.is_active) == ("ACCOUNTANT", False, True)
    told = [(row["action"], row["changes"]) for row in await trail(books) if row["entity_id"] == user.id]
    assert told == [
        ("MEMBER_GRANTED", {"role": {"old": None, "new": "SALES"}, "is_active": {"old": None, "new": True}}),
        ("MEMBER_GRANTED", {"role": {"old": "SALES", "new": "ACCOUNTANT"}}),
        ("MEMBER_SUSPENDED", {"is_active": {"old": True, "new": False}}),
        ("MEMBER_GRANTED", {"is_active": {"old": False, "new": True}}),
    ]


async def test_granting_what_is_granted_changes_nothing(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    (owner,) = await members.list_members(books)

    assert await members.grant(books, owner.user_id, "OWNER") == owner
    assert [row["action"] for row in await trail(books)].count("MEMBER_GRANTED") == 1


async def test_the_last_owner_stays(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    (owner,) = await members.list_members(books)
    other = await a_user(books, email="ravi@example.in")

    with pytest.raises(InvalidState):
        await members.suspend(books, owner.user_id)
    with pytest.raises(InvalidState):
        await members.grant(books, owner.user_id, "SALES")

    await members.grant(books, other.id, "OWNER")
    await members.suspend(books, owner.user_id)


async def test_what_is_not_there_is_refused(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    (owner,) = await members.list_members(books)
    stranger = await a_user(books, email="ravi@example.in")

    with pytest.raises(Invalid):
        await members.grant(books, owner.user_id, "KING")
    with pytest.raises(NotFound):
        await members.grant(books, "nobody@example.in", "SALES")
    with pytest.raises(NotFound):
        await members.suspend(books, stranger.id)


async def test_a_membership_holds_for_the_sandbox_too(connection: AsyncConnection[Any]) -> None:
    live = await a_firm(connection)
    sandbox_id = (await sandbox_of(live)).organization_id
    live = await open_organization(live, live.organization_id)
    user = await a_user(live, email="ravi@example.in")

    await members.grant(live, user.id, "SALES")
    await members.suspend(live, user.id)

    member = await members.find_member(await open_organization(live, sandbox_id), user.id)
    assert member is not None
    assert (member.role, member.is_active) == ("SALES", False)
