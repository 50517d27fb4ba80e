"""Secrets and tokens stand in clear nowhere: not in a log of ours or of PostgreSQL, not in a dump, not in metrics.

A server as an operator runs it, telling all it can (DEBUG), on a database that logs every statement with its values,
goes through a story in which every kind of secret is sent, some of them in the wrong place, and some refused.
"""

import asyncio
import base64
import json
import re
import secrets
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import psycopg
import pytest

from domain.access.tokens import hash_of
from server.postgres.place import account_for, find_programs
from tests.conftest import NewDatabase
from tests.running import BASE, Caller, Firm, found, hang_up, mint, open_sandbox, rows
from tests.server.apps import App, Desk, an_app
from tests.server.people import PASSWORD, a_person, told
from tests.server.serving import Served, a_server, ready

pytestmark = pytest.mark.thorough

_PATIENCE_SECONDS = 60
_SMTP_PASSWORD, _EINVOICE_SECRET = "smtp-" + secrets.token_hex(12), "einvoice-" + secrets.token_hex(12)
_SEALING_KEY = base64.b64encode(secrets.token_bytes(32)).decode()
_TELL_ALL = """
alter database {name} set log_min_duration_statement = 0;
alter database {name} set log_parameter_max_length = -1;
alter database {name} set log_parameter_max_length_on_error = -1;
alter database {name} set log_error_verbosity = verbose;
"""
_IN_CLEAR = "Pollachi Coir Works"
"""The name of a contact, which is no secret: where it must be found, a search finds what is there."""


@dataclass
class Story:
    """A server with a firm on it, and each secret that was sent or given, by what it is."""

    served: Served
    firm: Firm
    secrets: dict[str, str] = field(default_factory=dict)

    def keep(self, what: str, secret: str) -> str:
        """Note a secret, and give it back."""
        assert len(secret) >= 12, f"{what} is too short to be looked for"
        self.secrets[what] = secret
        return secret


def forms_of(secret: str) -> Iterator[bytes]:
    """A secret as it is, and as it looks in JSON, in a URL, in hex, and in base64 wherever it begins in it."""
    whole = secret.encode()
    yield from {whole, json.dumps(secret)[1:-1].encode(), quote(secret, safe="").encode(), whole.hex().encode()}
    yield whole.hex().upper().encode()
    for shift in range(3):
        coded = base64.b64encode(b"\x00" * shift + whole)
        inner = coded[(0, 2, 3)[shift] : len(coded) - (0, 3, 2)[(len(whole) + shift) % 3]]
        yield from {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}


def secrets_in(text: bytes, story: Story) -> list[str]:
    """What of the secrets stands in a text; of a token its random part is enough."""
    found_here = []
    for what, secret in story.secrets.items():
        told_parts = {secret, re.sub(r"^(aibk_[a-z]+_(test_)?|whsec_)", "", secret)}
        if any(form in text for part in told_parts for form in forms_of(part)):
            found_here.append(what)
    return found_here


@pytest.fixture(scope="module")
async def story(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    """The server after all of it was sent."""
    database, place = new_database(), tmp_path_factory.mktemp("secrets")
    place.chmod(0o755)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(_TELL_ALL.format(name=urlsplit(database).path[1:]).encode())
    hang_up(database)
    settings = {
        "FINZBOOKS_WORKERS": "1",
        "FINZBOOKS_LOG_LEVEL": "DEBUG",
        "FINZBOOKS_SMTP_URL": f"smtp://books:{_SMTP_PASSWORD}@127.0.0.1:9/?starttls=never",
        "FINZBOOKS_EINVOICE_CLIENT_SECRET": _EINVOICE_SECRET,
        "FINZBOOKS_SECRETS_KEY": _SEALING_KEY,
        "FINZBOOKS_ALLOW_INSECURE_WEBHOOKS": "1",
    }
    with a_server(database, place / "one", **settings) as served:
        await ready(served)
        story = Story(served, await found(database))
        story.keep("the mail server's password", _SMTP_PASSWORD)
        story.keep("our secret at the portal", _EINVOICE_SECRET)
        story.keep("the key that seals", _SEALING_KEY)
        story.keep("the token of the firm", story.firm.token)
        if (password := urlsplit(database).password) is not None:
            story.keep("the database's password", password)
        async with httpx.AsyncClient(timeout=60, verify=False) as client:
            call = Caller(client, (served.url,), story.firm.token)
            await call_with_tokens(story, call)
            await seal_something(story, call)
            app = await an_app(story.firm)
            story.keep("the app's secret", app.secret or "")
            await let_an_app_in(story, client, app)
            await use_tokens_of_an_app(story, client, app)
            await end_with(story, call)
        yield story


async def call_with_tokens(story: Story, call: Caller) -> None:
    """Tokens where they belong, mistyped, ended, and where they do not belong."""
    firm = story.firm
    sandbox = story.keep("a test token", (await open_sandbox(firm)).token)
    ended = story.keep("a token that was ended", await mint(firm.url, firm.owner_id, firm.organization_id))
    mistyped = story.keep("a token that was mistyped", ended[:-1] + ("a" if ended[-1] != "a" else "b"))
    assert (await call.with_token(sandbox)("GET", "/whoami")).status_code == 200
    rows(firm.url, "update tokens set revoked_at = now() where token_hash = %s", hash_of(ended))
    assert (await call.with_token(ended)("GET", "/whoami")).status_code == 401
    assert (await call.with_token(mistyped)("GET", "/whoami")).status_code == 401
    await call.made("/contacts", {"contact_name": _IN_CLEAR}, headers={"Idempotency-Key": firm.token})
    for path in (f"/contacts/{firm.token}", f"/nowhere/{firm.token}", f"/contacts?search={firm.token}",
                 f"/contacts?per_page={firm.token}", f"/contacts?cursor={firm.token}",
                 f"/whoami?access_token={firm.token}", f"/contacts?organization_id={firm.token}"):  # fmt: skip
        await call("GET", path)
        await call.client.get(f"{call.urls[0]}{path}", headers={"Authorization": f"Bearer {firm.token}"})
    await call("GET", "/contacts", headers={"X-AIBooks-Org": firm.token, "If-None-Match": f'"{firm.token}"'})
    await call("GET", "/contacts", headers={"X-Request-Id": firm.token, "Cookie": f"finzbooks={firm.token}"})
    misplaced: list[dict[str, Any]] = [
        {"contact_name": "A", "gst_no": firm.token},
        {"contact_name": "A", "contact_type": firm.token},
        {"contact_name": "A", firm.token: 1},
        {"contact_name": "A", "currency_code": firm.token},
    ]
    for number, body in enumerate(misplaced):
        reply = await call("POST", "/contacts", body, headers={"Idempotency-Key": f"refused-{number}"})
        assert reply.status_code in (400, 404, 422), reply.text


async def seal_something(story: Story, call: Caller) -> None:
    """Secrets that are kept sealed, under keys that keep the answers; and some that are refused."""
    gstin = (await call("GET", f"/branches/{story.firm.branch_id}")).json()["branch"]["gstin"]
    for number, length in enumerate((30, 90)):  # the second one is too long
        password = story.keep(f"password {number} of the portal", secrets.token_urlsafe(length)[:length])
        said = {"gstin": gstin, "user_name": "books", "password": password}
        await call("PUT", "/einvoice_credentials", said, headers={"Idempotency-Key": f"portal-{number}"})
        wrong = {"Idempotency-Key": f"wrong-{number}"}
        await call("PUT", "/einvoice_credentials", {**said, "gstin": "27AACCS4321K1ZZ"}, headers=wrong)
    where = {"url": "http://127.0.0.1:9/hook", "events": ["*"]}
    key = {"Idempotency-Key": "endpoint"}
    made, again = [await call.made("/webhooks/endpoints", where, headers=key) for _ in range(2)]
    assert made["secret"] == again["secret"]
    story.keep("the secret of a webhook", made["secret"])
    path = f"/webhooks/endpoints/{made['endpoint_id']}"
    rotated = await call("POST", f"{path}/rotate_secret", headers={"Idempotency-Key": "rotate"})
    story.keep("the next secret of a webhook", rotated.json()["endpoint"]["secret"])
    assert (await call("POST", f"{path}/test")).status_code in (200, 201, 202)


async def let_an_app_in(story: Story, client: httpx.AsyncClient, app: App) -> None:
    """A person signs in, with a wrong password and the right one, and consents; the code is used twice."""
    person = await a_person(client, story.served.url, story.firm)
    story.keep("a password", PASSWORD)
    wrong = story.keep("a wrong password", "four lamps on a shelf")
    page = await person.open(app)
    await person.fill_in(page, email=person.email, password=wrong)
    answer = await person.let_in(app)
    code = story.keep("a code", told(answer)["code"])
    story.keep("the verifier", app.verifier)
    story.keep("the cookie of a session", client.cookies["finzbooks"])
    for _ in range(2):
        exchanged = await Desk(client, (story.served.url,))("token", app.exchanging(code))
        if exchanged.status_code == 200:
            story.keep("an access token", exchanged.json()["access_token"])
            story.keep("a refresh token", exchanged.json()["refresh_token"])
    assert "an access token" in story.secrets


async def use_tokens_of_an_app(story: Story, client: httpx.AsyncClient, app: App) -> None:
    """Refreshing, asking about and ending tokens; a wrong secret, and one by HTTP Basic."""
    desk = Desk(client, (story.served.url,))
    pair = await desk.pair(app)
    story.keep("another refresh token", pair["refresh_token"])
    renewed = (await desk("token", app.refreshing(pair["refresh_token"]))).json()
    story.keep("the next refresh token", renewed["refresh_token"])
    access = story.keep("the next access token", renewed["access_token"])
    await client.get(f"{story.served.url}{BASE}/contacts", headers={"Authorization": f"Bearer {access}"})
    wrong = story.keep("a wrong secret of an app", "aibk_ocs_" + secrets.token_hex(19))
    await desk("token", {**app.refreshing(renewed["refresh_token"]), "client_secret": wrong})
    await desk("introspect", {**app.proof(), "token": access})
    basic = httpx.BasicAuth(app.client.id, app.secret or "")
    await client.post(f"{story.served.url}/oauth/introspect", data={"token": access}, auth=basic)
    await desk("revoke", {**app.proof(), "token": renewed["refresh_token"]})


async def end_with(story: Story, call: Caller) -> None:
    """Somebody finds a token, and mails about it cannot be sent; then wait until the log of calls is written."""
    lost = story.keep("a token that was found", await mint(story.firm.url, story.firm.owner_id, None))
    assert (await call.client.post(f"{call.urls[0]}/oauth/report", data={"token": lost})).status_code == 200
    await call("GET", "/whoami", headers={"X-Request-Id": "req-the-last"})
    limit = time.monotonic() + _PATIENCE_SECONDS
    while not rows(story.firm.url, "select 1 from api_calls where request_id = 'req-the-last'"):
        assert time.monotonic() < limit
        await asyncio.sleep(0.1)


def dump(story: Story) -> bytes:
    programs = find_programs(account_for(Path("/"))).directory
    done = subprocess.run([str(programs / "pg_dump"), "--inserts", story.firm.url], capture_output=True, check=True)
    return done.stdout


def log_of_postgresql(story: Story) -> bytes:
    query = "select pg_read_file('log/' || name) as text from pg_ls_logdir()"
    return "\n".join(row["text"] for row in rows(story.firm.url, query)).encode()


def test_a_search_finds_what_is_there(story: Story) -> None:
    """In each form; otherwise all below would say nothing."""
    for form in forms_of(_IN_CLEAR):
        probe = Story(story.served, story.firm, {"the name": _IN_CLEAR})
        assert secrets_in(b"before " + form + b" after", probe) == ["the name"]
    for shift in range(5):
        coded = base64.b64encode(b"x" * shift + _IN_CLEAR.encode() + b" and more")
        assert secrets_in(coded, Story(story.served, story.firm, {"the name": _IN_CLEAR})) == ["the name"]
    assert len(story.secrets) >= 22


def test_no_secret_stands_in_the_servers_log(story: Story) -> None:
    """Of the supervisor, the workers and the job worker; request ids and token ids do."""
    text = story.served.log.read_bytes()

    assert b"req-the-last" in text
    assert secrets_in(text, story) == []


def test_no_secret_stands_in_postgresqls_log(story: Story) -> None:
    """With every statement and all its values."""
    text = log_of_postgresql(story)

    assert _IN_CLEAR.encode() in text
    assert b"insert into api_calls" in text
    assert secrets_in(text, story) == ["the token of the firm"], "as an id to look for, and nowhere else"
    assert not any(story.firm.token in line for line in text.decode().splitlines() if " ERROR: " in line)


def test_no_secret_stands_in_a_dump(story: Story) -> None:
    """Nor in what is kept of answers, in the trail, in jobs, in the log of calls: a dump has all tables."""
    text = dump(story)

    for table in ("idempotency_keys", "activity", "procrastinate_jobs", "day_", "security_events", "webhook_endpoints"):
        assert table.encode() in text
    assert _IN_CLEAR.encode() in text
    assert _IN_CLEAR.encode().hex().encode() in text, "answers that are kept stand there in hex"
    assert secrets_in(text, story) == []


async def test_no_secret_stands_in_metrics(story: Story) -> None:
    async with httpx.AsyncClient() as client:
        page = (await client.get(story.served.url + "/metrics")).content

    assert b"finzbooks_requests_total" in page
    assert secrets_in(page, story) == []


def test_what_callers_read_of_their_calls_has_none(story: Story) -> None:
    query = "select json_agg(api_calls)::text as text from api_calls where organization_id = %s"
    (row,) = rows(story.firm.url, query, story.firm.organization_id)
    noted: list[dict[str, Any]] = json.loads(row["text"])

    assert len(noted) > 20
    assert secrets_in(row["text"].encode(), story) == []
