"""Opening an account and a forgotten password: links that work once, and answers that tell strangers nothing."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.access import links
from domain.access.links import MOST_A_DAY, MOST_TRIES
from server.jobs import job_queue
from server.jobs.link_mails import send_due
from server.mail.post import Post, link_maker
from server.sealing import Sealer
from server.settings import Settings
from tests.running import Firm, operators_books, rows, workers
from tests.server.conftest import Site
from tests.server.mail_servers import Mailbox, mail_server
from tests.server.test_mailing import a_post
from tests.server.visitors import PASSWORD, Visitor, visiting, with_password

_FRESH = "four stools under a lamp"


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    """Somebody who has not signed in; no mail waits of what other tests asked for."""
    rows(site.database, "update account_links set mail_at = null")
    async with visiting(site.urls[0], site.database) as opened:
        yield opened


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """An address that nobody has."""
    return f"new{abs(hash(request.node.nodeid)) % 10**9}@Example.in"


def post_of(site: Site, box: Mailbox, folder: Path) -> Post:
    """A post of the same installation as the servers of the site."""
    settings = Settings(data_directory=site.workers[0].log.parent / "data")
    return replace(a_post(box.mailer(), folder), address_of_link=link_maker("http://localhost", Sealer(settings)))


async def mailed(site: Site, folder: Path) -> tuple[list[str], str]:
    """Send what is due; return whom it went to, and the text of the last."""
    with mail_server() as box:
        await send_due(site.database, post_of(site, box, folder))
        texts = [part.get_content() for each in box.received for part in each.message.walk()
                 if part.get_content_type() == "text/plain"]  # fmt: skip
        return [to for each in box.received for to in each.recipients], texts[-1] if texts else ""


def link_in(text: str) -> str:
    """The path of the link in a mail."""
    found = re.search(r"http://localhost(/console/links/[A-Za-z0-9_-]{43})\b", text)
    assert found, text
    return found[1]


async def asked(visitor: Visitor, email: str, name: str = "Ravi <i>Rao</i>") -> None:
    await visitor.open("/console/sign-up")
    await visitor.send("/console/sign-up", name=name, email=email)
    assert visitor.page.status_code == 200, visitor.page.text


async def test_from_nothing_to_the_first_organization(
    site: Site, visitor: Visitor, address: str, tmp_path: Path
) -> None:
    await asked(visitor, address)
    assert visitor.says("This installation has no mail server"), "which is so in these tests, and said"
    (to,), text = await mailed(site, tmp_path)
    assert to.lower() == address.lower()
    assert "Ravi" not in text, "nobody has us send his words to strangers"
    link = link_in(text)
    for _ in range(2):  # mail programs look at links
        await visitor.open(link)
        assert visitor.says(f"You sign in as {address.lower()}") or visitor.says(to)
    await visitor.send(link, password="short")
    assert (visitor.page.status_code, visitor.says("A password has 12 to 256 characters")) == (400, True)

    await visitor.send(link, password=_FRESH)

    assert visitor.path == "/console"
    assert visitor.says("Ravi <i>Rao</i>")
    assert "Ravi &lt;i&gt;Rao" in visitor.page.text
    await visitor.open("/console/found")
    await visitor.send("/console/found", gst_no="29AACCS4321K1Z9", step="registered")
    await visitor.send("/console/found", name="Rao & Sons", step="found")
    assert visitor.says("First steps with Rao & Sons")
    assert (await visitor.open(link)).status_code == 410, "used"
    visitor.client.cookies.clear()
    await visitor.sign_in(address.upper(), _FRESH)
    assert visitor.path == "/console"


async def test_a_known_address_is_told_by_mail_alone(
    site: Site, firm: Firm, visitor: Visitor, address: str, tmp_path: Path
) -> None:
    email = await with_password(firm.url, firm.owner_id)
    await asked(visitor, address)
    unknown = visitor.page.text.replace(visitor_email(visitor), "")
    await mailed(site, tmp_path)
    await asked(visitor, email.upper().replace("@EXAMPLE.IN", "@example.in"))
    known = visitor.page.text.replace(visitor_email(visitor), "")
    assert known == unknown
    (to,), text = await mailed(site, tmp_path)
    assert to.lower() == email
    assert "There is one already" in text
    assert "/console/links/" not in text


def visitor_email(visitor: Visitor) -> str:
    found = re.search(r"on its way to <strong>([^<]*)</strong>", visitor.page.text)
    assert found, visitor.page.text
    return found[1]


async def test_a_forgotten_password_is_set_anew_and_all_browsers_are_signed_out(
    site: Site, firm: Firm, visitor: Visitor, tmp_path: Path
) -> None:
    email = await with_password(firm.url, firm.owner_id)
    async with visiting(site.urls[1], firm.url) as thief:
        await thief.sign_in(email)
        await visitor.open("/console/forgotten")
        await visitor.send("/console/forgotten", email=email)
        (to,), text = await mailed(site, tmp_path)
        assert to == email
        link = link_in(text)
        await visitor.open(link)
        await visitor.send(link, password=_FRESH)
        assert visitor.says("Your password is set. Sign in with it.")
        assert (await thief.open("/console")).url.path == "/console/sign-in"
        assert (await thief.sign_in(email, PASSWORD)).status_code == 403
    await visitor.sign_in(email, _FRESH)
    assert visitor.path == "/console"
    told = rows(firm.url, "select kind from security_events where user_id = %s", firm.owner_id)
    assert {"kind": "PASSWORD_CHANGED"} in told


async def test_nobody_is_mailed_for_an_address_without_an_account(
    site: Site, firm: Firm, visitor: Visitor, address: str, tmp_path: Path
) -> None:
    pages = []
    for email in (address, await with_password(firm.url, firm.owner_id)):
        await visitor.open("/console/forgotten")
        await visitor.send("/console/forgotten", email=email)
        pages.append(visitor.page.text.replace(visitor_email(visitor), ""))
        sent, _ = await mailed(site, tmp_path)
        assert (sent == []) == (email == address)
    assert pages[0] == pages[1]


@pytest.mark.parametrize("spoiled", ["expires_at = now()", "used_at = now()", "purpose = 'KNOWN'"])
async def test_a_link_that_is_good_no_longer_opens_nothing(
    site: Site, visitor: Visitor, address: str, tmp_path: Path, spoiled: str
) -> None:
    await asked(visitor, address)
    link = link_in((await mailed(site, tmp_path))[1])
    await visitor.open(link)
    rows(site.database, f"update account_links set {spoiled} where lower(email) = lower(%s)", address)
    await visitor.send(link, password=_FRESH)
    assert visitor.page.status_code == 410
    assert rows(site.database, "select id from users where lower(email) = lower(%s)", address) == []


async def test_of_two_who_follow_links_of_one_address_one_has_it(
    site: Site, visitor: Visitor, address: str, tmp_path: Path
) -> None:
    found = []
    for _ in range(2):
        await asked(visitor, address)
        found.append(link_in((await mailed(site, tmp_path))[1]))
    assert found[0] != found[1]
    await visitor.open(found[0])
    await visitor.send(found[0], password=_FRESH)
    visitor.client.cookies.clear()
    await visitor.open(found[1])
    await visitor.send(found[1], password=PASSWORD)
    assert visitor.page.status_code == 409
    await visitor.sign_in(address, _FRESH)
    assert visitor.path == "/console"


async def test_what_opens_an_account_is_kept_nowhere(
    site: Site, visitor: Visitor, address: str, tmp_path: Path
) -> None:
    await asked(visitor, address)
    token = link_in((await mailed(site, tmp_path))[1]).rpartition("/")[2]
    await visitor.open(f"/console/links/{token}")
    kept = rows(site.database, "select to_json(account_links)::text as kept from account_links")
    jobs = rows(site.database, "select args::text as kept from procrastinate_jobs")
    assert token not in str(kept + jobs)
    assert all(token not in worker.log.read_text() for worker in site.workers)


async def test_one_address_gets_ten_a_day(site: Site, address: str) -> None:
    for _ in range(MOST_A_DAY + 3):
        async with operators_books(site.database) as books:
            await books.connection.execute("set local role finzbooks_doorkeeper")
            await links.ask_to_sign_up(books, name="Ravi", email=address, key=b"key")
    (row,) = rows(site.database, "select count(*) from account_links where email = %s", address)
    assert row == {"count": MOST_A_DAY}


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@example.in", "a@example.in, b@example.in", "x" * 250 + "@a.in"]
)
async def test_what_is_no_address_is_told_at_once(visitor: Visitor, email: str) -> None:
    for page in ("/console/sign-up", "/console/forgotten"):
        await visitor.open(page)
        await visitor.send(page, email=email, **({"name": "Ravi"} if page.endswith("up") else {}))
        assert visitor.page.status_code == 400
        assert 'aria-describedby="e-email"' in visitor.page.text


async def test_asking_is_limited(visitor: Visitor) -> None:
    statuses = []
    for turn in range(21):
        await visitor.open("/console/forgotten")
        statuses.append((await visitor.send("/console/forgotten", email=f"a{turn}@example.in")).status_code)
        if statuses[-1] == 429:
            break
    assert statuses[0] == 200
    assert statuses[-1] == 429, "ten a minute, and a minute may begin in between"


async def test_a_mail_that_is_delayed_is_tried_again_and_given_up(
    site: Site, visitor: Visitor, address: str, tmp_path: Path
) -> None:
    await asked(visitor, address)
    now = datetime.now(UTC) + timedelta(seconds=1)
    mine = "select email, mail_tries, mail_at from account_links where lower(email) = lower(%s)"
    with mail_server() as box:
        (row,) = rows(site.database, mine, address)
        box.refused = {row["email"]: "451 later"}
        for _ in range(MOST_TRIES):
            assert row["mail_at"] is not None
            await send_due(site.database, post_of(site, box, tmp_path), now=max(now, row["mail_at"]))
            (row,) = rows(site.database, mine, address)
    assert (row["mail_tries"], row["mail_at"]) == (MOST_TRIES, None)


async def test_links_are_forgotten(site: Site, visitor: Visitor, address: str) -> None:
    await asked(visitor, address)
    rows(
        site.database, "update account_links set expires_at = now() - interval '31 days' where email ilike %s", address
    )
    await job_queue.forget(site.database)
    assert rows(site.database, "select id from account_links where email ilike %s", address) == []


async def test_where_nobody_signs_up_the_page_says_so(site: Site, address: str) -> None:
    with workers(site.database, FINZBOOKS_SIGN_UP="invited") as [worker]:
        async with visiting(worker.url, site.database) as visitor:
            await visitor.open("/console/sign-up")
            assert visitor.says("without an invitation nobody opens an account")
            await visitor.open("/console/sign-in")
            assert not visitor.says("Open an account")
            token = re.search(r'name="token" value="([0-9a-f]{64})"', visitor.page.text)
            assert token
            data = {"token": token[1], "name": "Ravi", "email": address}
            assert (await visitor.client.post(worker.url + "/console/sign-up", data=data)).status_code == 403
    assert rows(site.database, "select id from account_links where email ilike %s", address) == []
