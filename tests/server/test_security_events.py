"""What happened to users' accounts: noted, shown to the user alone, mailed; and a lost laptop, shut out at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg import errors as pg

from adapters.mail import OutboxMailer
from domain.access import members, revoking, security_events
from domain.access.revoking import Revoked
from domain.access.security_events import KINDS, MOST_TRIES, SecurityEvent
from domain.books import Books
from domain.statements import Statement
from server.jobs import job_queue as jobs
from server.jobs.security_mails import send_due
from tests.running import Caller, Firm, found, mint, open_sandbox, operators_books, rows
from tests.server.apps import App, Desk, assert_refused
from tests.server.conftest import Site
from tests.server.mail_servers import mail_server
from tests.server.people import a_person
from tests.server.test_mailing import a_post

DETAIL = {
    "name": "till",
    "prefix": "aibk_pat_x3Kp9aQz",
    "app": "Kirana",
    "organization": "Sahyadri",
    "role": "ADMIN",
    "sessions": "1",
    "grants": "2",
    "tokens": "3",
}


async def noted(firm: Firm, kind: str = "TOTP_ENABLED", **detail: str) -> SecurityEvent:
    async with operators_books(firm.url) as books:
        books.origin = {"ip": "203.0.113.9", "user_agent": "Firefox <b>"}
        return await security_events.record(books, firm.owner_id, kind, **detail)


async def listed(firm: Firm, user_id: str) -> list[SecurityEvent]:
    async with operators_books(firm.url) as books:
        return await security_events.list_events(books, user_id)


async def email_of(firm: Firm) -> str:
    async with operators_books(firm.url) as books:
        return (await members.find_user(books, firm.owner_id)).email


@pytest.fixture
def settled(site: Site) -> None:
    """No mail waits of what other tests noted."""
    rows(site.database, "update security_events set mail_at = null")


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_told_with_its_details(firm: Firm, kind: str) -> None:
    event = await noted(firm, kind, **DETAIL)

    assert "{" not in event.sentence
    assert "\n" not in event.subject
    assert await listed(firm, firm.owner_id) == [event]


async def test_a_kind_that_is_unknown_or_lacks_a_detail_is_a_mistake(firm: Firm) -> None:
    for kind in ("UNHEARD_OF", "TOKEN_MINTED"):
        with pytest.raises(KeyError):
            await noted(firm, kind)


# By mail.


@pytest.mark.usefixtures("settled")
async def test_the_user_is_told_by_mail_once(firm: Firm, tmp_path: Path) -> None:
    event = await noted(firm, "TOKEN_MINTED", name="<till>", prefix="aibk_pat_x3Kp9aQz")
    with mail_server() as box:
        post = a_post(box.mailer(), tmp_path, service_name="Books of Pune")
        assert await send_due(firm.url, post) == 1
        assert await send_due(firm.url, post, now=datetime.now(UTC) + timedelta(days=1)) == 0

    (received,) = box.received
    assert received.recipients == [await email_of(firm)]
    message = received.message
    assert str(message["Subject"]) == "A new access token (Books of Pune)"
    assert str(message["Message-ID"]) == f"<{event.id}@example.in>"
    text, html = (part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
    assert "“<till>” (aibk_pat_x3Kp9aQz…)" in text
    assert "203.0.113.9" in text
    assert "&lt;till&gt;" in html
    assert "Firefox &lt;b&gt;" in html


@pytest.mark.usefixtures("settled")
async def test_a_mail_that_is_delayed_is_tried_again_and_given_up(firm: Firm, tmp_path: Path) -> None:
    await noted(firm)
    now = datetime.now(UTC) + timedelta(seconds=1)
    with mail_server() as box:
        box.refused = {await email_of(firm): "451 later"}
        post = a_post(box.mailer(), tmp_path)
        for _ in range(MOST_TRIES):
            assert await send_due(firm.url, post, now=now) == 0
            (row,) = rows(firm.url, "select mail_tries, mail_at from security_events where user_id = %s", firm.owner_id)
            if row["mail_at"] is not None:
                assert row["mail_at"] > now
                now = row["mail_at"]

    assert row == {"mail_tries": MOST_TRIES, "mail_at": None}
    assert now - datetime.now(UTC) > timedelta(hours=12)


@pytest.mark.usefixtures("settled")
async def test_a_mail_that_is_refused_is_given_up_and_holds_up_no_other(firm: Firm, tmp_path: Path) -> None:
    await noted(firm)
    with mail_server() as box:
        box.refused = {await email_of(firm): "550 no"}
        assert await send_due(firm.url, a_post(box.mailer(), tmp_path)) == 0
    await noted(firm)

    assert await send_due(firm.url, a_post(OutboxMailer(tmp_path), tmp_path)) == 1
    assert (
        rows(firm.url, "select mail_at from security_events where user_id = %s", firm.owner_id)
        == [{"mail_at": None}] * 2
    )


async def test_they_are_kept_for_a_year(firm: Firm) -> None:
    await noted(firm)
    rows(firm.url, "update security_events set at = at - interval '366 days' where user_id = %s", firm.owner_id)
    young = await noted(firm)

    await jobs.forget(firm.url)

    assert await listed(firm, firm.owner_id) == [young]


# The wall.


def as_server(firm: Firm) -> psycopg.Connection[tuple[object, ...]]:
    options = f"-c role=finzbooks_app -c app.organization_id={firm.organization_id} -c app.user_id={firm.owner_id}"
    return psycopg.connect(firm.url, autocommit=True, options=options)


_NOTE = """
insert into security_events (id, user_id, at, kind, detail, mail_tries)
values (gen_random_uuid(), %s, now(), 'X', '{}', 0)
"""


async def test_the_server_sees_what_is_the_callers_own_and_notes_what_is_near(firm: Firm) -> None:
    other = await found(firm.url)
    await noted(firm)
    await noted(other)
    with as_server(firm) as connection:
        assert connection.execute("select distinct user_id from security_events").fetchall() == [(firm.owner_id,)]
        connection.execute(_NOTE, (firm.owner_id,))
        for forbidden in (_NOTE.replace("%s", f"'{other.owner_id}'"), "update security_events set mail_at = null",
                          "delete from security_events",
                          "select revoke_personal_tokens('usr_1', now())"):  # fmt: skip
            with pytest.raises(pg.InsufficientPrivilege):
                connection.execute(forbidden.encode())


# A lost laptop.

_REVOKE = Statement("select * from revoke_personal_tokens(%(user_id)s, %(now)s)")


@asynccontextmanager
async def own_books(firm: Firm, role: str = "finzbooks_steward") -> AsyncIterator[Books]:
    """Books as the pages of the console have them open, which may do no more than they must."""
    options = f"-c role={role} -c timezone=UTC -c app.user_id={firm.owner_id}"
    connection = await AsyncConnection.connect(firm.url, autocommit=True, options=options)
    async with connection, connection.transaction():
        yield Books(connection, "", firm.owner_id, datetime.now(UTC), "req_test")


async def test_a_lost_laptop_is_shut_out_of_everything_on_all_servers_at_once(
    site: Site, call: Caller, firm: Firm, desk: Desk, app: App
) -> None:
    sandbox, other = await open_sandbox(firm), await found(firm.url)
    pair = await desk.pair(app)
    held = [
        firm.token,
        sandbox.token,
        await mint(firm.url, firm.owner_id, None),
        await mint(firm.url, firm.owner_id, None, is_sandbox=True),
        pair["access_token"],
    ]
    async with httpx.AsyncClient() as browser:
        person = await a_person(browser, site.urls[0], firm)
        assert "consent" in (await person.sign_in(await person.open(app))).text.lower()
        servers = [call.only(url) for url in site.urls]
        for server in servers:  # so that each of them remembers each
            for token in held:
                reply = await server.with_token(token)("GET", "/whoami")
                assert reply.status_code == 200, reply.text

        async with own_books(firm) as books:
            books.origin = {"ip": "203.0.113.9", "user_agent": "Firefox"}
            # The consents of the app and of the browser, and four personal tokens.
            assert await revoking.revoke_all(books, firm.owner_id) == Revoked(sessions=2, grants=1, tokens=4)

        for server in servers:
            for token in held:
                assert (await server.with_token(token)("GET", "/whoami")).status_code == 401
            assert (await server.with_token(other.token)("GET", "/whoami")).status_code == 200
        for url in site.urls:
            refreshed = await Desk(call.client, (url,))("token", app.refreshing(pair["refresh_token"]))
            assert_refused(refreshed, "invalid_grant")
            page = await browser.get(url + "/oauth/authorize", params=app.question())
            assert page.headers["Location"].startswith("/console/sign-in?next=")

    event, *_ = await listed(firm, firm.owner_id)  # the sign-in by a new browser is told, too
    assert (event.kind, event.address) == ("ALL_REVOKED", "203.0.113.9")
    assert "2 browsers, 1 apps, 4 tokens" in event.sentence
    mine = await mint(firm.url, firm.owner_id, firm.organization_id)
    trail = (await call.with_token(mine)("GET", "/activity", params={"per_page": 50})).json()["activity"]
    assert [each["action"] for each in trail].count("TOKEN_REVOKED") == 1
    assert [each["action"] for each in trail].count("OAUTH_GRANT_REVOKED") == 1


@pytest.mark.parametrize("role", ["finzbooks_steward", "finzbooks_doorkeeper", "finzbooks_operator"])
async def test_revoking_all_twice_ends_nothing_more(firm: Firm, role: str) -> None:
    other = await found(firm.url)
    async with own_books(firm, role) as books:
        assert (await books.rows(_REVOKE, user_id=other.owner_id, now=books.now)) == []
        assert (await revoking.revoke_all(books, firm.owner_id)).tokens == 1
    async with own_books(firm, role) as books:
        assert await revoking.revoke_all(books, firm.owner_id) == Revoked(sessions=0, grants=0, tokens=0)
