"""Tokens for apps: codes and refresh tokens exchanged, what is given, what it opens, and how it ends."""

import asyncio
import base64

import psycopg

from domain.access import members
from domain.access.oauth import revoking
from domain.organization import open_organization
from server.jobs import job_queue as jobs
from tests.running import Caller, Firm, found, open_sandbox, operators_books, rows
from tests.server.apps import READ, App, Desk, an_app, assert_refused, is_token
from tests.server.conftest import Site
from tests.server.trade import a_customer


def backdate(app: App, column: str, seconds: float, where: str = "true") -> None:
    """Let time pass for what is kept of an app's tokens."""
    rows(
        app.firm.url,
        f"update tokens set {column} = {column} - make_interval(secs => %s) where client_id = %s and {where}",
        seconds, app.client.id,
    )  # fmt: skip


async def test_a_code_becomes_a_pair_of_tokens_that_open_the_api(desk: Desk, app: App, call: Caller) -> None:
    reply = await desk("token", app.exchanging(await app.code()))

    pair = reply.json()
    assert reply.status_code == 200, reply.text
    assert (reply.headers["Cache-Control"], reply.headers["Pragma"]) == ("no-store", "no-cache")
    assert (pair["token_type"], pair["expires_in"], pair["scope"]) == ("Bearer", 3600, READ)
    assert is_token(pair["access_token"], "aibk_oat_")
    assert is_token(pair["refresh_token"], "aibk_ort_")
    assert (await call.with_token(pair["access_token"])("GET", "/contacts")).status_code == 200


async def test_whoami_tells_of_an_apps_token(desk: Desk, app: App, call: Caller, firm: Firm) -> None:
    pair = await desk.pair(app)

    token = (await call.with_token(pair["access_token"])("GET", "/whoami")).json()["token"]

    assert (token["kind"], token["org_id"], token["user_id"]) == ("OAUTH", firm.organization_id, firm.owner_id)
    assert (token["scopes"], token["tier"]) == ([READ], "DEFAULT")


async def test_a_refresh_token_opens_nothing(desk: Desk, app: App, call: Caller) -> None:
    pair = await desk.pair(app)

    reply = await call.with_token(pair["refresh_token"])("GET", "/whoami")

    assert (reply.status_code, reply.json()["code"]) == (401, "auth.invalid_token")


async def test_an_app_may_do_what_was_allowed_and_no_more(desk: Desk, app: App, call: Caller) -> None:
    caller = call.with_token((await desk.pair(app))["access_token"])

    reply = await caller("POST", "/contacts", {"contact_name": "Sharma Traders"})

    assert (reply.status_code, reply.json()["code"]) == (403, "auth.insufficient_scope")
    challenge = reply.headers["WWW-Authenticate"]
    assert challenge.startswith(
        'Bearer error="insufficient_scope", scope="AIBooks.contacts.CREATE", resource_metadata='
    )


async def test_the_trail_tells_which_kind_of_token_it_was(desk: Desk, app: App, call: Caller, firm: Firm) -> None:
    pair = await desk.pair(app, scope="AIBooks.contacts.ALL")

    await a_customer(call.with_token(pair["access_token"]))

    kinds = rows(
        firm.url,
        "select action, metadata->>'token_kind' as kind from activity where organization_id = %s order by id desc",
        firm.organization_id,
    )
    assert {"action": "CONTACT_CREATED", "kind": "OAUTH"} in kinds
    assert "OAUTH_GRANT_CREATED" in {row["action"] for row in kinds}


async def test_a_grant_for_all_organizations_names_one_on_each_call(
    desk: Desk, app: App, call: Caller, firm: Firm
) -> None:
    other = await found(firm.url, owner_id=firm.owner_id)
    strangers = await found(firm.url)
    caller = call.with_token((await desk.pair(app, for_all=True))["access_token"])

    async def asked(organization_id: str) -> int:
        return (await caller("GET", "/contacts", params={"organization_id": organization_id})).status_code

    assert (await caller("GET", "/contacts")).json()["code"] == "auth.missing_organization_id"
    assert [await asked(each.organization_id) for each in (firm, other, strangers)] == [200, 200, 403]


async def test_a_grant_for_a_sandbox_opens_the_sandbox_only(desk: Desk, app: App, call: Caller, firm: Firm) -> None:
    sandbox = await open_sandbox(firm)
    tester = App(sandbox, app.client, app.secret, app.verifier)

    caller = call.with_token((await desk.pair(tester))["access_token"])

    token = (await caller("GET", "/whoami")).json()["token"]
    assert token["org_id"] == sandbox.organization_id
    live = await caller("GET", "/contacts", params={"organization_id": firm.organization_id})
    assert live.json()["code"] == "auth.org_mismatch"


async def test_a_client_may_prove_itself_by_http_basic(desk: Desk, app: App) -> None:
    form = app.exchanging(await app.code(), client_id=None, client_secret=None)
    coded = base64.b64encode(f"{app.client.id}:{app.secret}".encode()).decode()

    reply = await desk("token", form, headers={"Authorization": f"Basic {coded}"})

    assert reply.status_code == 200, reply.text


async def test_refreshing_gives_another_pair(desk: Desk, app: App, call: Caller) -> None:
    first = await desk.pair(app)

    second = (await desk("token", app.refreshing(first["refresh_token"]))).json()

    assert len({first["access_token"], second["access_token"], first["refresh_token"], second["refresh_token"]}) == 4
    for pair in (first, second):
        assert (await call.with_token(pair["access_token"])("GET", "/whoami")).status_code == 200


async def test_refreshing_may_narrow_what_the_access_token_may_do(desk: Desk, app: App) -> None:
    first = await desk.pair(app, scope="AIBooks.contacts.ALL AIBooks.items.READ")

    narrow = (await desk("token", app.refreshing(first["refresh_token"], scope=READ))).json()
    whole = (await desk("token", app.refreshing(narrow["refresh_token"]))).json()

    assert narrow["scope"] == READ
    assert whole["scope"] == "AIBooks.contacts.ALL AIBooks.items.READ"


async def test_a_lost_answer_is_told_again_after_59_seconds(desk: Desk, app: App) -> None:
    first = await desk.pair(app)
    second = (await desk("token", app.refreshing(first["refresh_token"]))).json()
    backdate(app, "superseded_at", 59, "superseded_at is not null")

    again = (await desk("token", app.refreshing(first["refresh_token"]))).json()

    assert (again["access_token"], again["refresh_token"]) == (second["access_token"], second["refresh_token"])
    assert 3590 <= again["expires_in"] <= 3600


async def test_a_replay_after_61_seconds_ends_the_whole_family(desk: Desk, app: App, call: Caller, firm: Firm) -> None:
    first = await desk.pair(app)
    second = (await desk("token", app.refreshing(first["refresh_token"]))).json()
    backdate(app, "superseded_at", 61, "superseded_at is not null")

    assert_refused(await desk("token", app.refreshing(first["refresh_token"])), "invalid_grant")

    for pair in (first, second):
        reply = await call.with_token(pair["access_token"])("GET", "/whoami")
        assert (reply.status_code, reply.json()["code"]) == (401, "auth.revoked_token")
    assert_refused(await desk("token", app.refreshing(second["refresh_token"])), "invalid_grant")
    trail = rows(firm.url, "select action, changes from activity where organization_id = %s", firm.organization_id)
    ended = [row["changes"] for row in trail if row["action"] == "OAUTH_GRANT_REVOKED"]
    assert ended == [{"revoked_for": {"old": None, "new": "REPLAY"}}]


async def test_the_grace_ends_when_the_successor_was_used(desk: Desk, app: App) -> None:
    """Who got the next pair has used it, so somebody else brings the old token."""
    first = await desk.pair(app)
    second = (await desk("token", app.refreshing(first["refresh_token"]))).json()
    third = (await desk("token", app.refreshing(second["refresh_token"]))).json()

    assert_refused(await desk("token", app.refreshing(first["refresh_token"])), "invalid_grant")
    assert_refused(await desk("token", app.refreshing(third["refresh_token"])), "invalid_grant")


async def test_64_refreshes_at_once_give_one_successor(site: Site, desk: Desk, app: App, firm: Firm) -> None:
    first = await desk.pair(app)
    desks = [Desk(desk.client, (site.urls[turn % len(site.urls)],)) for turn in range(64)]

    replies = await asyncio.gather(*(each("token", app.refreshing(first["refresh_token"])) for each in desks))

    assert {reply.status_code for reply in replies} == {200}, {reply.text for reply in replies}
    assert len({(reply.json()["access_token"], reply.json()["refresh_token"]) for reply in replies}) == 1
    kept = rows(firm.url, "select kind, generation from tokens where client_id = %s order by 1, 2", app.client.id)
    assert [(row["kind"], row["generation"]) for row in kept] == [
        ("OAUTH", 1), ("OAUTH", 2), ("REFRESH", 1), ("REFRESH", 2),
    ]  # fmt: skip


async def test_a_code_exchanged_by_many_at_once_ends_its_grant(site: Site, desk: Desk, app: App, call: Caller) -> None:
    code = await app.code()
    desks = [Desk(desk.client, (site.urls[turn % len(site.urls)],)) for turn in range(8)]

    replies = await asyncio.gather(*(each("token", app.exchanging(code)) for each in desks))

    given = [reply.json() for reply in replies if reply.status_code == 200]
    assert len(given) == 1
    assert {reply.json()["error"] for reply in replies if reply.status_code != 200} == {"invalid_grant"}
    reply = await call.with_token(given[0]["access_token"])("GET", "/whoami")
    assert reply.json()["code"] == "auth.revoked_token"


async def test_a_refresh_token_ends_after_60_days_and_an_access_token_after_an_hour(
    desk: Desk, app: App, call: Caller
) -> None:
    pair = await desk.pair(app)
    assert (await call.with_token(pair["access_token"])("GET", "/whoami")).status_code == 200
    backdate(app, "expires_at", 3601, "kind = 'OAUTH'")
    backdate(app, "expires_at", 60 * 86400 + 1, "kind = 'REFRESH'")

    assert_refused(await desk("token", app.refreshing(pair["refresh_token"])), "invalid_grant")
    for url in call.urls[1:]:  # this process has not seen the token yet
        reply = await call.with_token(pair["access_token"]).only(url)("GET", "/whoami")
        assert reply.json()["code"] == "auth.expired_token"


async def test_revoking_either_token_ends_both(desk: Desk, app: App, call: Caller) -> None:
    for which in ("access_token", "refresh_token"):
        pair = await desk.pair(app)
        reply = await desk("revoke", {**app.proof(), "token": pair[which]})

        assert (reply.status_code, reply.content) == (200, b"")
        assert (await call.with_token(pair["access_token"])("GET", "/whoami")).json()["code"] == "auth.revoked_token"
        assert_refused(await desk("token", app.refreshing(pair["refresh_token"])), "invalid_grant")


async def test_revoking_what_is_unknown_is_no_error(desk: Desk, app: App, firm: Firm) -> None:
    for token in ("nonsense", "aibk_ort_" + "x" * 38, firm.token):
        assert (await desk("revoke", {**app.proof(), "token": token})).status_code == 200


async def test_no_app_revokes_anothers_tokens(desk: Desk, app: App, firm: Firm, call: Caller) -> None:
    pair, other = await desk.pair(app), await an_app(firm)

    assert_refused(await desk("revoke", {**other.proof(), "token": pair["access_token"]}), "unauthorized_client")

    assert (await call.with_token(pair["access_token"])("GET", "/whoami")).status_code == 200


async def test_introspection_tells_an_app_about_its_own_tokens(desk: Desk, app: App, firm: Firm) -> None:
    pair = await desk.pair(app)

    told = (await desk("introspect", {**app.proof(), "token": pair["access_token"]})).json()

    assert told.pop("exp") - told.pop("iat") == 3600
    assert told == {
        "active": True, "iss": "http://localhost:8000", "sub": firm.owner_id, "client_id": app.client.id,
        "org_id": firm.organization_id, "scope": READ, "token_type": "Bearer",
    }  # fmt: skip


async def test_introspection_says_of_all_else_that_it_is_not_active(desk: Desk, app: App, firm: Firm) -> None:
    pair, other, public = await desk.pair(app), await an_app(firm), await an_app(firm, is_public=True)
    await desk("token", app.refreshing(pair["refresh_token"]))

    for who, token in ((other, pair["access_token"]), (app, firm.token), (app, "x"), (app, pair["refresh_token"])):
        assert (await desk("introspect", {**who.proof(), "token": token})).json() == {"active": False}
    assert_refused(await desk("introspect", {**public.proof(), "token": "x"}), "invalid_client", 401)


async def test_a_member_who_leaves_ends_what_apps_were_allowed(desk: Desk, firm: Firm, app: App, call: Caller) -> None:
    async with operators_books(firm.url) as books:
        opened = await open_organization(books, firm.organization_id)
        staff = await members.create_user(opened, name="Ravi", email=f"{firm.organization_id}@example.in")
        await members.grant(opened, staff.id, "ACCOUNTANT")
    theirs = App(Firm(firm.url, firm.organization_id, staff.id, firm.token, ""), app.client, app.secret, app.verifier)
    pair = await desk.pair(theirs)

    async with operators_books(firm.url) as books:
        await members.suspend(await open_organization(books, firm.organization_id), staff.id)

    assert (await call.with_token(pair["access_token"])("GET", "/whoami")).json()["code"] == "auth.revoked_token"
    async with operators_books(firm.url) as books:
        await members.grant(await open_organization(books, firm.organization_id), staff.id, "ACCOUNTANT")
    assert_refused(await desk("token", theirs.refreshing(pair["refresh_token"])), "invalid_grant")


async def test_a_user_who_was_switched_off_gets_no_tokens(desk: Desk, firm: Firm, app: App) -> None:
    code, pair = await app.code(), await desk.pair(app)
    rows(firm.url, "update users set is_active = false where id = %s", firm.owner_id)

    assert_refused(await desk("token", app.refreshing(pair["refresh_token"])), "invalid_grant")
    assert_refused(await desk("token", app.exchanging(code)), "invalid_grant")


async def test_an_app_that_was_removed_opens_nothing(desk: Desk, firm: Firm, app: App, call: Caller) -> None:
    pair = await desk.pair(app)
    async with operators_books(firm.url) as books:
        await revoking.remove_client(books, app.client)

    assert_refused(await desk("token", app.refreshing(pair["refresh_token"])), "invalid_client", 401)
    assert (await call.with_token(pair["access_token"])("GET", "/whoami")).json()["code"] == "auth.revoked_token"


async def test_what_has_ended_long_ago_is_forgotten(desk: Desk, app: App, firm: Firm, site: Site) -> None:
    """A refresh token that is good is kept, and so is the personal access token, though it ended."""
    first = await desk.pair(app)
    await desk("token", app.refreshing(first["refresh_token"]))
    backdate(app, "expires_at", 60 * 86400 + 8 * 86400, "generation = 1")
    old = "update tokens set expires_at = now() - interval '1 year' where organization_id = %s and kind = 'PAT'"
    rows(firm.url, old, firm.organization_id)
    rows(firm.url, "update oauth_codes set expires_at = now() - interval '2 days'")

    await jobs.forget(site.database)

    kept = rows(
        firm.url, "select kind, generation from tokens where organization_id = %s order by 1", firm.organization_id
    )
    assert [(row["kind"], row["generation"]) for row in kept] == [("OAUTH", 2), ("PAT", None), ("REFRESH", 2)]
    assert rows(firm.url, "select count(*) from oauth_codes where expires_at < now() - interval '1 day'") == [
        {"count": 0}
    ]


async def test_all_tokens_of_a_grant_share_one_limit(desk: Desk, app: App, call: Caller) -> None:
    first = await desk.pair(app)
    second = (await desk("token", app.refreshing(first["refresh_token"]))).json()

    for pair in (first, second, first):
        assert (await call.with_token(pair["access_token"])("GET", "/whoami")).headers["X-RateLimit-Limit"] == "600"

    counted = """
    select distinct caller
      from call_counts
      join tokens on caller in (tokens.id, tokens.grant_id)
     where tokens.client_id = %s
    """
    grants = rows(app.firm.url, "select id as caller from oauth_grants where client_id = %s", app.client.id)
    assert rows(app.firm.url, counted, app.client.id) == grants


async def test_an_app_that_calls_too_often_is_told_to_wait(desk: Desk, app: App, firm: Firm) -> None:
    await desk("revoke", {**app.proof(), "token": "x"})
    # The window that comes next, as it is when it is full: so no minute ends in between.
    full = "update call_counts set calls = 600, window_number = window_number + 1 where caller = %s"
    rows(firm.url, full, f"client:{app.client.id}")

    reply = await desk("revoke", {**app.proof(), "token": "x"})

    assert_refused(reply, "temporarily_unavailable", 429)
    assert 1 <= int(reply.headers["Retry-After"]) <= 120


async def test_nothing_of_it_is_kept_in_clear(desk: Desk, app: App, firm: Firm, site: Site) -> None:
    """Neither codes nor tokens nor secrets, in no column of any table, and in no log."""
    code = await app.code()
    pair = (await desk("token", app.exchanging(code))).json()
    await desk("token", app.refreshing(pair["refresh_token"]))
    assert app.secret is not None
    clear = [code, app.secret, app.verifier, pair["access_token"], pair["refresh_token"]]

    with psycopg.connect(firm.url) as connection:
        tables = connection.execute(
            "select oid::regclass::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        ).fetchall()
        for (table,) in tables:
            for secret in clear:
                kept = f"select count(*) from {table} as kept where strpos(to_json(kept)::text, %s) > 0"
                assert connection.execute(kept.encode(), (secret[12:],)).fetchone() == (0,), table
    for worker in site.workers:
        assert not any(secret[12:] in worker.log.read_text() for secret in clear)
