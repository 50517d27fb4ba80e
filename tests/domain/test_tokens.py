"""Tokens: what they may be, that they are shown once and kept as a hash, and how they end."""

from datetime import timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.access import members, roles, tokens
from domain.access.tokens import Wish
from domain.errors import Forbidden, Invalid, InvalidState, NotFound, Refusal, Required
from domain.founding import found_organization, sandbox_of
from domain.values import replace
from tests.domain.conftest import NOW, trail
from tests.domain.founded import a_firm, a_user, nobodys_books


async def owner_of(books: Any) -> str:
    return (await members.list_members(books))[0].user_id


async def test_a_token_is_bound_to_the_organization_and_kept_as_a_hash(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    owner_id = await owner_of(books)

    token, row = await tokens.mint(books, Wish(owner_id, "CI"))

    assert token.startswith("aibk_pat_")
    assert tokens.is_well_formed(token)
    assert row.token_hash == tokens.hash_of(token)
    assert row.shown_prefix == token[: len("aibk_pat_") + 8]
    assert (row.organization_id, row.user_id, row.is_sandbox) == (books.organization_id, owner_id, False)
    assert (row.scopes, row.tier, row.calls_per_minute) == (["AIBooks.fullaccess.all"], "DEFAULT", 600)
    assert await tokens.find_token(books, token) == row
    (told,) = [row for row in await trail(books) if row["action"] == "TOKEN_CREATED"]
    assert token not in str(told)


async def test_a_token_takes_scopes_once_each_an_end_and_any_limit(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    end = NOW.replace(microsecond=0) + timedelta(days=90)
    wish = Wish(
        await owner_of(books),
        "bench",
        scopes=("AIBooks.invoices.READ", "AIBooks.items.ALL", "AIBooks.invoices.READ"),
        calls_per_minute=1_000_000,
        expires_at=end,
    )

    _, row = await tokens.mint(books, wish)

    assert row.scopes == ["AIBooks.invoices.READ", "AIBooks.items.ALL"]
    assert (row.tier, row.calls_per_minute) == ("CUSTOM", 1_000_000)
    assert row.expires_at == end + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("tier", "calls", "given"),
    [(None, None, ("DEFAULT", 600)), ("PARTNER", None, ("PARTNER", 3000)), ("PARTNER", 5000, ("PARTNER", 5000))],
)
async def test_a_tier_says_how_many_calls(
    connection: AsyncConnection[Any], tier: str | None, calls: int | None, given: tuple[str, int]
) -> None:
    books = await a_firm(connection)

    _, row = await tokens.mint(books, Wish(await owner_of(books), "CI", tier=tier, calls_per_minute=calls))

    assert (row.tier, row.calls_per_minute) == given


@pytest.mark.parametrize(
    ("strange", "refusal", "field"),
    [
        ({"name": " "}, Required, "name"),
        ({"name": "x" * 201}, Invalid, "name"),
        ({"scopes": ("AIBooks.invoices.WRITE",)}, Invalid, "scopes"),
        ({"scopes": ()}, Invalid, "scopes"),
        ({"tier": "GOLD"}, Invalid, "tier"),
        ({"tier": "CUSTOM"}, Required, "calls_per_minute"),
        ({"calls_per_minute": 0}, Invalid, "calls_per_minute"),
        ({"calls_per_minute": 100_000_001}, Invalid, "calls_per_minute"),
        ({"expires_at": NOW}, Invalid, "expires_at"),
    ],
)
async def test_a_token_that_cannot_be_is_refused(
    connection: AsyncConnection[Any], strange: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    books = await a_firm(connection)
    wish = replace(Wish(await owner_of(books), "CI"), **strange)

    with pytest.raises(refusal) as refused:
        await tokens.mint(books, wish)

    assert refused.value.field == field


async def test_only_active_members_get_tokens(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    user = await a_user(books, email="ravi@example.in")

    with pytest.raises(Forbidden):
        await tokens.mint(books, Wish(user.id, "CI"))
    with pytest.raises(Forbidden):
        await tokens.mint_for_user(books, Wish(user.id, "CI"))
    await members.grant(books, user.id, "SALES")
    await members.suspend(books, user.id)
    with pytest.raises(Forbidden):
        await tokens.mint(books, Wish(user.id, "CI"))
    with pytest.raises(NotFound):
        await tokens.mint_for_user(books, Wish("usr_unknown", "CI"))


async def test_a_token_minted_in_a_sandbox_is_a_test_token(connection: AsyncConnection[Any]) -> None:
    sandbox = await sandbox_of(await a_firm(connection))

    token, row = await tokens.mint(sandbox, Wish(await owner_of(sandbox), "integration tests"))

    assert token.startswith("aibk_pat_test_")
    assert (row.is_sandbox, row.organization_id) == (True, sandbox.organization_id)
    assert row.shown_prefix == token[: len("aibk_pat_test_") + 8]


@pytest.mark.parametrize(("is_sandbox", "prefix"), [(False, "aibk_pat_"), (True, "aibk_pat_test_")])
async def test_a_token_of_a_user_is_bound_to_no_organization(
    connection: AsyncConnection[Any], *, is_sandbox: bool, prefix: str
) -> None:
    books = await a_firm(connection)

    token, row = await tokens.mint_for_user(books, Wish(await owner_of(books), "CI"), is_sandbox=is_sandbox)

    assert token.startswith(prefix)
    assert token.startswith("aibk_pat_test_") is is_sandbox
    assert (row.organization_id, row.is_sandbox) == (None, is_sandbox)


async def test_tokens_are_listed_newest_first_by_organization_and_user(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    owner_id = await owner_of(books)
    await tokens.mint(books, Wish(owner_id, "first"))
    await tokens.mint(books, Wish(owner_id, "second"))
    await tokens.mint_for_user(books, Wish(owner_id, "third"))

    assert [row.name for row in await tokens.list_tokens(books, user_id=owner_id)] == ["third", "second", "first"]
    bound = await tokens.list_tokens(books, organization_id=books.organization_id)
    assert [(row.name, row.email) for row in bound] == [("second", "meera@example.in"), ("first", "meera@example.in")]
    assert {"first", "second", "third"} <= {row.name for row in await tokens.list_tokens(books)}
    assert await tokens.list_tokens(books, user_id="usr_unknown") == []


async def test_a_token_is_revoked_once(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    token, row = await tokens.mint(books, Wish(await owner_of(books), "CI"))

    revoked = await tokens.revoke(books, await tokens.find_token(books, row.shown_prefix))

    assert revoked.revoked_at == NOW
    assert (await tokens.find_token(books, row.id)).revoked_at == NOW
    with pytest.raises(InvalidState):
        await tokens.revoke(books, row)
    assert [each["action"] for each in await trail(books)].count("TOKEN_REVOKED") == 1
    assert token not in str(await trail(books))


async def test_an_unknown_token_is_not_repeated_in_full(connection: AsyncConnection[Any]) -> None:
    token = tokens.new_token(tokens.PAT)

    with pytest.raises(NotFound) as refused:
        await tokens.find_token(await nobodys_books(connection), token)

    assert token not in refused.value.message


def test_a_mistyped_token_is_known_without_a_look_up() -> None:
    token = tokens.new_token(tokens.SANDBOX_PAT)

    assert tokens.is_well_formed(token)
    assert not tokens.is_well_formed(token[:-1] + ("a" if token[-1] != "a" else "b"))
    assert not tokens.is_well_formed("x" + token[1:])
    assert not tokens.is_well_formed(token + "0")


async def test_no_token_is_minted_beyond_its_users_role(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    user = await a_user(books, email="ravi@example.in")
    await members.grant(books, user.id, "SALES")

    for scope in ("AIBooks.fullaccess.all", "AIBooks.contacts.ALL", "AIBooks.bills.READ"):
        for mint in (tokens.mint, tokens.mint_for_user):
            with pytest.raises(Forbidden, match="Sales, does not allow") as refused:
                await mint(books, Wish(user.id, "CI", scopes=("AIBooks.contacts.READ", scope)))
            assert (refused.value.code, refused.value.details) == (
                "auth.insufficient_scope", {"required": [scope], "role": "SALES"},
            )  # fmt: skip

    _, row = await tokens.mint(books, Wish(user.id, "CI", scopes=("AIBooks.contacts.CREATE",)))
    _, whole = await tokens.mint(books, Wish(user.id, "CI"))
    assert (row.scopes, whole.scopes) == (["AIBooks.contacts.CREATE"], list(roles.scopes_of("SALES")))


async def test_a_token_of_a_user_is_what_any_role_of_theirs_allows(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection)
    user = await a_user(books, email="ravi@example.in")
    await members.grant(books, user.id, "READ_ONLY")
    second = await found_organization(books, {"name": "Konkan", "state_code": "IN-MH"}, owner_id=await owner_of(books))
    await members.grant(second, user.id, "SALES")

    _, row = await tokens.mint_for_user(books, Wish(user.id, "CI"))

    assert {"AIBooks.bills.READ", "AIBooks.contacts.CREATE"} < set(row.scopes)
    assert "AIBooks.bills.CREATE" not in row.scopes
    with pytest.raises(Forbidden, match="does not allow AIBooks"):
        await tokens.mint_for_user(books, Wish(user.id, "CI", scopes=("AIBooks.bills.CREATE", "AIBooks.bills.READ")))
