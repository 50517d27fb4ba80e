"""Roles as sets of scopes: each scope of the contract has its place in the table, and less is left of more."""

import pytest

from domain.access import roles
from domain.access.roles import ACCOUNTANT, OWNER, READ_ONLY, SALES
from domain.access.scopes import ACTIONS, ALL_SCOPES, FULL_ACCESS, RESOURCES, lacking
from domain.errors import Forbidden
from openapi.bundle import bundle


def may(role: str) -> set[str]:
    """The single scopes that a role allows."""
    single = [f"AIBooks.{resource}.{action}" for resource in RESOURCES for action in ACTIONS]
    return {scope for scope in single if not lacking(frozenset(roles.scopes_of(role)), (scope,))}


def test_the_table_knows_each_resource_and_role() -> None:
    assert tuple(roles.TABLE) == RESOURCES
    assert all(set(allowed) == set(roles.ROLES) - {OWNER} for allowed in roles.TABLE.values())
    assert all(set(initials) <= set("RCUD") for allowed in roles.TABLE.values() for initials in allowed.values())


def test_the_table_knows_each_scope_of_the_contract() -> None:
    told = bundle()["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]["scopes"]

    assert set(told) <= ALL_SCOPES
    assert {scope.split(".")[1] for scope in told} - {"fullaccess"} == set(roles.TABLE)


def test_who_may_what() -> None:
    every = {f"AIBooks.{resource}.{action}" for resource in RESOURCES for action in ACTIONS}
    listening = {f"AIBooks.webhooks.{action}" for action in ("CREATE", "UPDATE", "DELETE")}

    assert may(OWNER) == every
    assert may(ACCOUNTANT) == every - listening
    assert may(READ_ONLY) == {scope for scope in every if scope.endswith(".READ")}
    assert may(SALES) < may(ACCOUNTANT)
    assert {scope.split(".")[1] for scope in may(SALES) if not scope.endswith(".READ")} == {
        "contacts", "invoices", "estimates", "salesorders",
    }  # fmt: skip


def test_everybody_may_read_the_settings() -> None:
    """Which is why the list of organizations needs no look at the role in each of them."""
    assert all("AIBooks.settings.READ" in may(role) for role in roles.ROLES)


@pytest.mark.parametrize(
    ("scopes", "role", "left"),
    [
        ([FULL_ACCESS], OWNER, [FULL_ACCESS]),
        ([FULL_ACCESS], READ_ONLY, [f"AIBooks.{resource}.READ" for resource in RESOURCES]),
        (["AIBooks.contacts.ALL"], ACCOUNTANT, ["AIBooks.contacts.ALL"]),
        (["AIBooks.contacts.ALL"], SALES, [f"AIBooks.contacts.{each}" for each in ("READ", "CREATE", "UPDATE")]),
        (["AIBooks.items.READ", "AIBooks.contacts.READ"], SALES, ["AIBooks.items.READ", "AIBooks.contacts.READ"]),
        (["AIBooks.contacts.READ", "AIBooks.contacts.ALL"], READ_ONLY, ["AIBooks.contacts.READ"]),
        (["AIBooks.bills.ALL", "AIBooks.reports.READ"], SALES, []),
        (["AIBooks.forgotten.READ"], READ_ONLY, []),
    ],
)  # fmt: skip
def test_what_a_role_leaves_of_scopes(scopes: list[str], role: str, left: list[str]) -> None:
    assert roles.narrowed(scopes, role) == left
    assert roles.within(frozenset(scopes), role) == frozenset(left)


@pytest.mark.parametrize("role", roles.ROLES)
def test_what_is_left_is_never_more_than_either(role: str) -> None:
    for scope in ALL_SCOPES:
        left = tuple(roles.narrowed([scope], role))
        assert not lacking(frozenset([scope]), left)
        assert not roles.beyond(left, [role])
        assert roles.narrowed(left, role) == list(left)


def test_a_refusal_says_whether_the_token_or_the_role_stands_in_the_way() -> None:
    read, create = "AIBooks.invoices.READ", "AIBooks.bills.CREATE"
    roles.check((read,), scopes=frozenset([read]), role=SALES)

    with pytest.raises(Forbidden, match=f"The token lacks the scope {read}") as refused:
        roles.check((read,), scopes=frozenset(), role=SALES)
    assert refused.value.details == {"required": [read]}
    with pytest.raises(Forbidden, match=f"role in this organization, Sales, does not allow {create}") as refused:
        roles.check((create,), scopes=frozenset([read]), role=SALES)
    assert refused.value.details == {"required": [create], "role": SALES}
