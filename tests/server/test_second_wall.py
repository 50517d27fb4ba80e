"""The second wall: what the server's role cannot do, whatever statement it is made to send; by straight SQL.

The database belongs to an owner without superuser, as a managed one does; migrations and server must work with that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import errors as pg
from psycopg import sql

from domain.access.tokens import hash_of
from server.postgres import migrations
from server.settings import DatabaseUrl
from tests.running import Firm, calling, found, hang_up, rows, unforeseen, workers
from tests.server.test_migrated_rows import CONTACT, ORGANIZATION, written
from tests.server.trade import a_customer

_OWNER, _NAME = "second_wall_owner", "second_wall"
_PREPARE = """
create role {owner} login createrole nosuperuser password 'secret';
grant finzbooks_app, finzbooks_housekeeper, finzbooks_operator, finzbooks_doorkeeper, finzbooks_steward
   to {owner} with admin option;
"""


@dataclass(frozen=True)
class Place:
    """Two firms in a database whose owner is no superuser; ``superuser`` is the URL of somebody who is."""

    ours: Firm
    theirs: Firm
    superuser: DatabaseUrl


@pytest.fixture(scope="module")
def owner(cluster: DatabaseUrl, database_url: DatabaseUrl) -> Iterator[str]:
    """A role without superuser; those of the server are in the cluster already."""
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(sql.SQL(_PREPARE).format(owner=sql.Identifier(_OWNER)))
        yield _OWNER
        connection.execute(f"drop role {_OWNER}")


@contextmanager
def owned_by(owner: str, cluster: DatabaseUrl, name: str) -> Iterator[DatabaseUrl]:
    """Make an empty database of an owner's own; yield the owner's URL."""
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"create database {name} owner {owner} template template0 encoding 'UTF8'".encode())
        yield DatabaseUrl(f"postgresql://{owner}:secret@/{name}?{urlsplit(cluster).query}")
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture(scope="module")
def owned(owner: str, cluster: DatabaseUrl) -> Iterator[DatabaseUrl]:
    with owned_by(owner, cluster, _NAME) as url:
        yield url


@pytest.fixture(scope="module")
async def place(owned: DatabaseUrl, cluster: DatabaseUrl) -> Place:
    migrations.upgrade(owned)
    superuser = DatabaseUrl(urlsplit(cluster)._replace(path=f"/{_NAME}").geturl())
    ours, theirs = await found(superuser, name="Sahyadri"), await found(superuser, name="Nilgiri")
    hang_up(superuser)
    return Place(ours, theirs, superuser)


@contextmanager
def as_server(place: Place, owned: DatabaseUrl) -> Iterator[psycopg.Connection[Any]]:
    """A session like the server's, turned to our firm."""
    chosen = f"-c app.organization_id={place.ours.organization_id} -c app.user_id={place.ours.owner_id}"
    with psycopg.connect(owned, autocommit=True, options=f"-c role=finzbooks_app {chosen}") as connection:
        yield connection


FORBIDDEN = {
    "revoke a token": "update tokens set revoked_at = now()",
    "give a token another owner": "update tokens set organization_id = 'org_other'",
    "mint a token": "insert into tokens select * from tokens",
    "read hashes of tokens": "select token_hash from tokens",
    "count tokens": "select count(*) from tokens",
    "read hashes of passwords": "select * from credentials",
    "see who has signed in": "select * from sessions",
    "see which apps there are": "select * from oauth_clients",
    "see what apps were allowed": "select * from oauth_grants",
    "let an app in": "update oauth_grants set revoked_at = null, revoked_for = null",
    "use an app's code": "update oauth_codes set used_at = null",
    "consent for somebody": "select * from oauth_requests",
    "change a user": "update users set email = 'mine@example.in'",
    "add a user": "insert into users values ('usr_new', 'New', 'new@example.in', true, now())",
    "become a member": "insert into memberships values ('{theirs}', '{user}', 'OWNER', true, now())",
    "become an owner": "update memberships set role = 'OWNER'",
    "let a member out": "delete from memberships",
    "read the version of the tables": "select * from alembic_version",
    "write the version of the tables": "update alembic_version set version_num = '0001'",
    "forget the version of the tables": "delete from alembic_version",
    "make a temporary table": "create temporary table journals (id text)",
    "make a table": "create table public.journals_too (id text)",
    "make a function": "create function public.f() returns integer language sql as 'select 1'",
    "read how changes are counted": "select * from change_lines",
    "count changes anew": "create or replace function change_shift() returns bigint language sql as 'select 0'",
    "lift row-level security": "alter table contacts disable row level security",
    "become a superuser": "set role {superuser}",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN.keys())
async def test_the_servers_role_may_not(place: Place, owned: DatabaseUrl, statement: str) -> None:
    superuser = urlsplit(place.superuser).username
    written = statement.format(theirs=place.theirs.organization_id, user=place.ours.owner_id, superuser=superuser)
    with as_server(place, owned) as connection, pytest.raises(pg.InsufficientPrivilege):
        connection.execute(written.encode())


OF_NO_DOORKEEPER = {
    "change a user": "update users set email = 'mine@example.in'",
    "add a user": "insert into users values ('usr_new', 'New', 'new@example.in', true, now())",
    "become an owner": "update memberships set role = 'OWNER'",
    "set a first password": "insert into credentials values ('{user}', 'x', now())",
    "forget a grant": "delete from oauth_grants",
    "forget a token": "delete from tokens",
    "mint a personal access token": """
      insert into tokens (id, token_hash, shown_prefix, name, kind, user_id, scopes, tier, calls_per_minute, is_sandbox,
                          created_at)
      values ('tok_new', sha256('x'), 'aibk_pat_', 'x', 'PAT', '{user}', '{{}}', 'DEFAULT', 1, false, now())
      """,
}


@contextmanager
def as_doorkeeper(place: Place, owned: DatabaseUrl) -> Iterator[psycopg.Connection[Any]]:
    """What gives tokens and signs people in has a role of its own for the length of a transaction."""
    with as_server(place, owned) as connection, connection.transaction(force_rollback=True):
        connection.execute("set local role finzbooks_doorkeeper")
        yield connection


@pytest.mark.parametrize("statement", OF_NO_DOORKEEPER.values(), ids=OF_NO_DOORKEEPER.keys())
async def test_the_doorkeepers_role_may_not(place: Place, owned: DatabaseUrl, statement: str) -> None:
    with as_doorkeeper(place, owned) as connection, pytest.raises(pg.InsufficientPrivilege):
        connection.execute(statement.format(user=place.ours.owner_id).encode())


async def test_the_doorkeeper_sees_no_personal_access_token_and_no_others_books(
    place: Place, owned: DatabaseUrl
) -> None:
    with as_doorkeeper(place, owned) as connection:
        assert connection.execute("select id from tokens").fetchall() == []
        assert connection.execute("update tokens set revoked_at = now()").rowcount == 0
        seen = connection.execute("select distinct organization_id from branches").fetchall()
        assert seen == [(place.ours.organization_id,)]


OF_NO_STEWARD = {
    "change somebody else": "update users set name = 'Mine' where id <> '{user}'",
    "read somebody else's password": "update credentials set password_hash = 'x' where user_id <> '{user}'",
    "end somebody else's sessions": "update sessions set revoked_at = now() where user_id <> '{user}'",
    "revoke tokens of other books": "update tokens set revoked_at = now() where organization_id = '{theirs}'",
    "change members of other books": "update memberships set is_active = false where organization_id = '{theirs}'",
    "end a grant of others": "update oauth_grants set generation = 0 where user_id <> '{user}'",
}


@pytest.mark.parametrize("statement", OF_NO_STEWARD.values(), ids=OF_NO_STEWARD.keys())
async def test_the_stewards_role_reaches_nothing_of_others(place: Place, owned: DatabaseUrl, statement: str) -> None:
    """They are there, yet it sees none of them."""
    written = statement.format(user=place.ours.owner_id, theirs=place.theirs.organization_id)
    with as_server(place, owned) as connection, connection.transaction(force_rollback=True):
        connection.execute("set local role finzbooks_steward")
        assert connection.execute(written.encode()).rowcount == 0


AGAINST_POLICY = {
    "join other books": "insert into memberships values ('{theirs}', '{user}', 'OWNER', true, now())",
    "be somebody else": "insert into users values ('usr_new', 'New', 'new@example.in', true, now())",
    "set somebody else's first password": "insert into credentials values ('{other}', 'x', now())",
}


@pytest.mark.parametrize("statement", AGAINST_POLICY.values(), ids=AGAINST_POLICY.keys())
async def test_the_stewards_role_writes_nothing_of_others(place: Place, owned: DatabaseUrl, statement: str) -> None:
    named = {"user": place.ours.owner_id, "other": place.theirs.owner_id, "theirs": place.theirs.organization_id}
    with as_server(place, owned) as connection, connection.transaction(force_rollback=True):
        connection.execute("set local role finzbooks_steward")
        with pytest.raises(pg.InsufficientPrivilege):
            connection.execute(statement.format(**named).encode())


async def test_it_sees_the_people_of_its_organization_only(place: Place, owned: DatabaseUrl) -> None:
    with as_server(place, owned) as connection:
        assert connection.execute("select id from users").fetchall() == [(place.ours.owner_id,)]
        memberships = connection.execute("select organization_id, user_id from memberships").fetchall()
        assert memberships == [(place.ours.organization_id, place.ours.owner_id)]
        connection.execute("set app.organization_id = ''")
        connection.execute("set app.user_id = ''")
        assert connection.execute("select id from users").fetchall() == []
        assert connection.execute("select user_id from memberships").fetchall() == []


async def test_it_learns_of_a_token_only_by_its_hash(place: Place, owned: DatabaseUrl) -> None:
    with as_server(place, owned) as connection:
        find = "select user_id from token_of(%s)"
        assert connection.execute(find, (hash_of(place.theirs.token),)).fetchall() == [(place.theirs.owner_id,)]
        assert connection.execute(find, (b"",)).fetchall() == []
        assert connection.execute("select standing_of('tok_unknown')").fetchone() == (None,)


def test_functions_with_the_owners_rights_look_into_temporary_tables_last(database_url: DatabaseUrl) -> None:
    query = """
    select proname, proconfig::text as config
      from pg_proc
     where prosecdef and pronamespace = 'public'::regnamespace
    """
    found = rows(database_url, query)
    assert {each["proname"] for each in found} >= {"check_and_carry_journal_lines", "token_of", "standing_of"}
    assert {each["config"] for each in found} == {'{"search_path=pg_catalog, public, pg_temp"}'}


def test_nobody_else_may_call_what_tells_of_tokens(database_url: DatabaseUrl) -> None:
    query = """
    select proname
      from pg_proc
     where prosecdef
       and pronamespace = 'public'::regnamespace
       and prorettype <> 'trigger'::regtype
       and has_function_privilege('public', oid, 'execute')
    """
    assert rows(database_url, query) == []


def test_migrations_carry_rows_over_for_an_owner_without_superuser(owner: str, cluster: DatabaseUrl) -> None:
    """Row-level security binds the owner, too; the migrations must see every organization's rows all the same."""
    with owned_by(owner, cluster, f"{_NAME}_of_old") as url:
        migrations.upgrade(url, "0018")
        written(DatabaseUrl(urlsplit(cluster)._replace(path=f"/{_NAME}_of_old").geturl()), ORGANIZATION, CONTACT)
        migrations.upgrade(url)

        contact = "select gst_treatment, status, pan from contacts where organization_id = 'org_1'"
        with psycopg.connect(url, options="-c app.organization_id=org_1") as connection:
            assert connection.execute(contact).fetchall() == [("REGISTERED", "INACTIVE", "AAPFU0939F")]
        with psycopg.connect(url) as connection:
            assert connection.execute("select id from contacts").fetchall() == [], "the owner is bound again"
            unforced = """
            select relname
              from pg_class
             where relnamespace = 'public'::regnamespace and relrowsecurity and not relforcerowsecurity
             order by relname
            """
            found = [name for (name,) in connection.execute(unforced).fetchall()]
            assert found == ["memberships", "oauth_grants", "tokens", "users"]


@pytest.mark.slow
async def test_the_server_works_for_an_owner_without_superuser(place: Place, owned: DatabaseUrl) -> None:
    with workers(owned) as started:
        async with calling(started[0].url) as caller:
            for firm in (place.ours, place.theirs):
                call = caller.with_token(firm.token)
                assert (await call("GET", "/whoami")).json()["token"]["org_id"] == firm.organization_id
                made = await a_customer(call)
                listed = (await call("GET", "/contacts")).json()
                assert [contact["contact_id"] for contact in listed["contacts"]] == [made]
                reached = (await call("GET", "/organizations")).json()["organizations"]
                assert [each["organization_id"] for each in reached] == [firm.organization_id]
        assert unforeseen(started) == ""
