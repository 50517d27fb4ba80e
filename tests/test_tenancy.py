"""Two organizations on one server: no row and no hint of one's books reaches the other.

The HTTP tests walk the contract, so that a new operation, parameter or id in a body is tested without being added
here; row-level security is read out of the database's own catalogue, so that a forgotten table fails.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from psycopg import errors as pg
from psycopg import sql

from domain.ids import new_id
from models import metadata
from server.settings import DatabaseUrl
from tests.running import Caller, Firm, Worker, calling, found, rows, unforeseen, workers
from tests.walking import CHANGES_OF_ONE, ID_FIELDS, ID_PARAMETERS, ON_ONE, Place, an_example, populate, put_at

OUTSIDE = {
    "account_links": "mailed links of people, some of which invite to an organization; the server's role sees none",
    "memberships": "answers which organizations a user may open, before one is open",
    "oauth_clients": "answers which app calls; its organization is whose app it is, not whose books it opens",
    "oauth_grants": "answers what a user allowed an app, for one organization or for all of theirs",
    "oauth_requests": "what a user is being asked, before it is known for which organization",
    "tokens": "answers whose token it is, before an organization is known",
}
"""Tables with an organization that row-level security does not guard, and why."""

NEVER_FILLED = {"imported_records"}
"""Tenant tables that no operation writes: records are taken over by the operator's command."""


IMPOSSIBLE = {
    "a letter too long": "x" * 65,
    "very long": "y" * 3000,
    "with NUL": "a\x00b",
    "with a control character": "a\x07b",
}
"""Ids that the contract does not allow; in a path they are missing ones like any other."""


@dataclass(frozen=True)
class Two:
    """Our firm and the others', each with one row of everything; ``ids`` holds an id by its field's name."""

    ours: Firm
    theirs: Firm
    our_ids: dict[str, str]
    their_ids: dict[str, str]


@pytest.fixture(scope="module")
def worker(new_database: Callable[[], DatabaseUrl]) -> Iterator[tuple[DatabaseUrl, Worker]]:
    url = new_database()
    with workers(url, 1) as started:
        yield url, started[0]
        assert unforeseen(started) == ""


@pytest.fixture(scope="module")
async def call(worker: tuple[DatabaseUrl, Worker]) -> AsyncIterator[Caller]:
    """Calls without a token."""
    async with calling(worker[1].url) as caller:
        yield caller


@pytest.fixture(scope="module")
async def two(worker: tuple[DatabaseUrl, Worker], call: Caller) -> Two:
    ours, theirs = await found(worker[0], name="Sahyadri"), await found(worker[0], name="Nilgiri")
    our_ids, their_ids = [await populate(call.with_token(firm.token), firm) for firm in (ours, theirs)]
    for firm, ids in ((ours, our_ids), (theirs, their_ids)):
        printed = await call.with_token(firm.token)("GET", f"/invoices/{ids['invoice_id']}/pdf")
        assert printed.status_code == 200, "a PDF is kept"
    return Two(ours, theirs, our_ids, their_ids)


@pytest.fixture(scope="module")
def ours(call: Caller, two: Two) -> Caller:
    """Calls for our firm, always with the same request id, so that answers can be compared whole."""
    return Caller(call.client, call.urls, two.ours.token, {"X-Request-Id": "req_compared"})


def strangers(name: str, two: Two) -> dict[str, str]:
    """Ids that are none of ours: another organization's, a missing one, malformed ones."""
    theirs = two.their_ids[name]
    prefix = theirs.partition("_")[0]
    return {
        "foreign": theirs,
        "missing": new_id(prefix),
        "of another kind": new_id("zz"),
        "malformed": "no-such-id",
        "with a quotation mark": "x'; select 1 --",
        "in capitals": theirs.upper(),
        "a letter short": theirs[:-1],
    }


def compared(reply: httpx.Response, key: str) -> tuple[int, dict[str, str], str]:
    """What a caller can learn from an answer: status, headers and body, but for the id that was sent and the mark.

    An answer shows 64 characters of an id, and a sign in place of control characters.
    """
    shown = key if len(key) <= 64 else f"{key[:64]}…"
    told = re.sub("[\x00-\x1f]", "\ufffd", shown)
    counted = ("date", "content-length", "ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset")
    headers = {name: value for name, value in reply.headers.items() if name not in counted}
    body = re.sub(r'"last_modified_mark":"\d+"', "<mark>", reply.text.replace(told, "<id>"))
    return reply.status_code, headers, body


def assert_indistinguishable(replies: dict[str, tuple[int, dict[str, str], str]], status: int | None = None) -> None:
    """All answers are the same as that to a missing id."""
    for kind, reply in replies.items():
        assert reply == replies["missing"], f"an id that is {kind} is told from a missing one"
    assert status is None or replies["missing"][0] == status, replies["missing"][2]


@pytest.mark.parametrize("operation", ON_ONE, ids=[each.id for each in ON_ONE])
async def test_foreign_missing_and_malformed_ids_in_paths_are_one_and_the_same(
    ours: Caller, two: Two, operation: Any
) -> None:
    replies = {}
    for kind, key in {**strangers(operation.parameter, two), **IMPOSSIBLE}.items():
        if kind == "foreign" and operation.parameter == "tax_id":
            continue  # taxes are everybody's
        path = operation.path.replace(f"{{{operation.parameter}}}", quote(key, safe=""))
        replies[kind] = compared(await ours(operation.method, path, an_example(operation, two.our_ids)), key)

    assert_indistinguishable(replies, 404)
    assert '"code":"not_found.resource"' in replies["missing"][2]


@pytest.mark.parametrize("operation", CHANGES_OF_ONE, ids=[each.id for each in CHANGES_OF_ONE])
async def test_versions_of_foreign_rows_cannot_be_guessed(ours: Caller, two: Two, operation: Any) -> None:
    """If-Match on a foreign row is not compared: 404 whatever it says."""
    path = operation.path.replace(f"{{{operation.parameter}}}", two.their_ids[operation.parameter])
    body = an_example(operation, two.our_ids)

    replies = [await ours(operation.method, path, body, headers={"If-Match": tag}) for tag in ('"1"', '"99"', "*")]

    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.text for reply in replies}) == 1


@pytest.mark.parametrize("place", ID_FIELDS, ids=[str(each) for each in ID_FIELDS])
async def test_foreign_missing_and_malformed_ids_in_bodies_are_one_and_the_same(
    ours: Caller, two: Two, place: Place
) -> None:
    operation = place.operation
    path = operation.path
    if operation.parameter:
        path = path.replace(f"{{{operation.parameter}}}", two.our_ids[operation.parameter])
    replies = {}
    for kind, key in strangers(place.field, two).items():
        if kind == "foreign" and place.field == "tax_id":
            continue
        body = put_at(deepcopy(an_example(operation, two.our_ids, whole=True) or {}), place, key)
        if operation.is_bulk:  # the other rows would be created
            body = {name: rows[:1] for name, rows in body.items()}
        replies[kind] = compared(await ours(operation.method, path, body), key)

    assert_indistinguishable(replies, 200 if operation.is_bulk else 404)
    assert f'"field":"{place.shown}"' in replies["missing"][2], replies["missing"][2]


@pytest.mark.parametrize("place", ID_PARAMETERS, ids=[str(each) for each in ID_PARAMETERS])
async def test_foreign_missing_and_malformed_ids_in_queries_are_one_and_the_same(
    ours: Caller, two: Two, place: Place
) -> None:
    replies = {}
    for kind, key in strangers(place.field, two).items():
        reply = await ours(place.operation.method, place.operation.path, params={place.field: key})
        replies[kind] = compared(reply, key)

    assert_indistinguishable(replies)


async def test_lists_show_our_rows_only(ours: Caller, two: Two) -> None:
    for path in ("/contacts", "/items", "/invoices", "/accounts", "/branches", "/cost_centers", "/bank_accounts",
                 "/exchange_rates", "/organizations", "/invoices/series", "/journals?include=lines",
                 "/itc_adjustments", "/payments"):  # fmt: skip
        reply = await ours("GET", path)
        assert reply.status_code == 200
        for key in set(two.their_ids.values()) - set(two.our_ids.values()):
            assert key not in reply.text, f"{path} shows {key}"


async def test_a_foreign_cursor_is_refused(ours: Caller, call: Caller, two: Two) -> None:
    theirs = call.with_token(two.theirs.token)
    cursor = (await theirs("GET", "/accounts?per_page=1")).json()["page_context"]["next_cursor"]

    reply = await ours("GET", "/accounts", params={"per_page": 1, "cursor": cursor})

    assert (reply.status_code, reply.json()["field"]) == (400, "cursor")


async def test_two_firms_may_have_the_same_of_everything(call: Caller, two: Two) -> None:
    """Names, codes and numbers are unique within one organization only, so that none tells of another's."""
    for firm in (two.ours, two.theirs):
        caller = call.with_token(firm.token)
        for path, body in (
            ("/accounts", {"code": "7777", "name": "The same", "account_type": "EXPENSE"}),
            ("/branches", {"name": "The same", "state": "IN-MH"}),
            ("/cost_centers", {"name": "The same"}),
            ("/items", {"item_name": "The same", "sku": "THE-SAME", "rate": 1}),
        ):
            assert (await caller("POST", path, body)).status_code == 201


# Row-level security, by straight SQL.


def tenant_tables(url: str) -> list[str]:
    """Every table of the database that has an organization, out of its catalogue."""
    query = """
    select relation.relname
      from pg_class as relation
      join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attname = 'organization_id'
     where relation.relkind in ('r', 'p') and relation.relnamespace = 'public'::regnamespace
       and not attribute.attisdropped
     order by 1
    """
    return [row["relname"] for row in rows(url, query) if row["relname"] not in OUTSIDE]


def written_columns(url: str, table: str) -> sql.Composed:
    """The columns of a table that are not computed."""
    query = """
    select attname from pg_attribute
     where attrelid = %s::regclass and attnum > 0 and attgenerated = '' and not attisdropped
    """
    return sql.SQL(", ").join(sql.Identifier(row["attname"]) for row in rows(url, query, table))


def as_server(firm: Firm, organization_id: str | None) -> psycopg.Connection[Any]:
    """Connect under the server's role, for an organization or for none."""
    chosen = "" if organization_id is None else f" -c app.organization_id={organization_id}"
    return psycopg.connect(firm.url, autocommit=True, options=f"-c role=finzbooks_app{chosen}")


def test_every_tenant_table_is_guarded(database_url: DatabaseUrl) -> None:
    query = """
    select relation.relname, relrowsecurity and relforcerowsecurity as is_forced,
           (select count(*) from pg_policies as policy
             where policy.tablename = relation.relname
               and policy.roles && '{public,finzbooks_app}'::name[]
               and (policy.qual is distinct from policy.with_check
                    or policy.qual not like '%%organization_id = current_setting(''app.organization_id''%%')) as loose,
           (select count(*) from pg_policies as policy
             where policy.tablename = relation.relname and policy.cmd = 'ALL' and policy.roles = '{public}') as policies
      from pg_class as relation
     where relation.relname = any(%s) and relation.relnamespace = 'public'::regnamespace
     order by 1
    """
    tables = tenant_tables(database_url)

    assert rows(database_url, query, tables) == [
        {"relname": table, "is_forced": True, "loose": 0, "policies": 1} for table in tables
    ]


def test_the_models_know_the_tenant_tables(database_url: DatabaseUrl) -> None:
    of_models = {table.name for table in metadata.tables.values() if table.info.get("tenant")}

    assert {*tenant_tables(database_url), "organizations"} == of_models


def test_no_role_of_the_server_goes_round_the_guard(database_url: DatabaseUrl) -> None:
    query = """
    select rolname from pg_roles
     where rolname like 'finzbooks\\_%%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin)
        or rolname like 'finzbooks\\_%%' and exists (select from pg_class where relowner = pg_roles.oid)
    """
    assert rows(database_url, query.replace("%%", "%")) == []


def test_without_an_organization_no_row_shows(two: Two) -> None:
    tables = [*tenant_tables(two.ours.url), "organizations"]
    filled = {table for table in tables if rows(two.ours.url, f"select 1 as one from {table} limit 1")}
    assert filled == set(tables) - NEVER_FILLED

    for organization_id in (None, "", "org_unknown", "%"):
        with as_server(two.ours, organization_id) as connection:
            for table in tables:
                shown = connection.execute(sql.SQL("select * from {}").format(sql.Identifier(table))).fetchall()
                assert shown == [], table


def test_with_one_organization_no_row_of_another_shows(two: Two) -> None:
    with as_server(two.ours, two.ours.organization_id) as connection:
        for table in tenant_tables(two.ours.url):
            owners = connection.execute(
                sql.SQL("select distinct organization_id from {}").format(sql.Identifier(table))
            ).fetchall()
            assert owners == ([] if table in NEVER_FILLED else [(two.ours.organization_id,)]), table
        organizations = connection.execute("select id from organizations").fetchall()
    assert organizations == [(two.ours.organization_id,)]


@pytest.mark.parametrize("change", ["update {} set organization_id = organization_id", "delete from {}"])
def test_no_row_of_another_organization_is_changed(two: Two, change: str) -> None:
    theirs = two.theirs.organization_id
    with as_server(two.ours, two.ours.organization_id) as connection:
        for table in tenant_tables(two.ours.url):
            statement = sql.SQL(change + " where organization_id = %s").format(sql.Identifier(table))
            try:
                assert connection.execute(statement, (theirs,)).rowcount == 0, table
            except pg.InsufficientPrivilege as refused:
                assert "permission denied for table" in str(refused)  # some tables are only added to


def test_no_row_is_written_for_another_organization(two: Two) -> None:
    """A copy of each of their rows is refused, before any key of theirs is compared."""
    with as_server(two.ours, two.ours.organization_id) as connection:
        for table in set(tenant_tables(two.ours.url)) - NEVER_FILLED:
            query = f"select row_to_json({table})::text as row from {table} where organization_id = %s limit 1"
            (stored,) = rows(two.ours.url, query, two.theirs.organization_id)
            copy = sql.SQL(
                "insert into {0} ({1}) overriding system value select {1} from json_populate_record(null::{0}, %s)"
            ).format(sql.Identifier(table), written_columns(two.ours.url, table))
            with pytest.raises(pg.InsufficientPrivilege):
                connection.execute(copy, (stored["row"],))


def test_no_row_moves_to_another_organization(two: Two) -> None:
    with as_server(two.ours, two.ours.organization_id) as connection:
        for table in set(tenant_tables(two.ours.url)) - NEVER_FILLED:
            move = sql.SQL("update {} set organization_id = %s").format(sql.Identifier(table))
            with pytest.raises(pg.InsufficientPrivilege):
                connection.execute(move, (two.theirs.organization_id,))


async def test_many_organizations_at_once_on_the_same_connections_stay_apart(call: Caller, two: Two) -> None:
    """Connections go from one organization to the next; each answer holds its own rows only."""
    firms = [two.ours, two.theirs] * 40

    replies = await asyncio.gather(*(call.with_token(firm.token)("GET", "/branches") for firm in firms))

    for firm, reply in zip(firms, replies, strict=True):
        other = two.theirs if firm is two.ours else two.ours
        assert firm.branch_id in reply.text
        assert other.branch_id not in reply.text
