"""The second factor: by RFC 6238, once, a step of skew at most, with recovery codes, for the console and for apps."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from domain.access import second_factor
from domain.access.second_factor import STEP_SECONDS, Factor, address_of, code_of, new_secret, step_of
from tests.running import Firm, operators_books, rows
from tests.server.apps import App
from tests.server.conftest import Site
from tests.server.visitors import PASSWORD, Visitor, forms_of, visiting, with_password

_PAGE = "/console/account/second-factor"
_CODE = "/console/sign-in/code"
_RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""RFC 6238, appendix B: the ASCII of 12345678901234567890."""


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_rfc(second: int, code: str) -> None:
    assert code_of(_RFC, second // STEP_SECONDS) == code


def test_a_code_of_a_neighbouring_step_is_taken_and_no_other() -> None:
    now = datetime.fromtimestamp(1_234_567_890, UTC)
    step = 1_234_567_890 // STEP_SECONDS
    found = {skew: step_of(_RFC, code_of(_RFC, step + skew), now) for skew in (-2, -1, 0, 1, 2)}
    assert found == {-2: None, -1: step - 1, 0: step, 1: step + 1, 2: None}
    assert step_of(_RFC, "005 924", now) == step
    for wrong in ("", "5924", "0059240", "００５９２４"):
        assert step_of(_RFC, wrong, now) is None


def test_the_address_for_apps_holds_names_with_any_letters() -> None:
    address = address_of(_RFC, "meera+1@x.in", "Finz:Books")
    assert address == f"otpauth://totp/Finz%3ABooks:meera%2B1@x.in?secret={_RFC}&issuer=Finz%3ABooks"
    assert len(new_secret()) == 32


@pytest.fixture
async def visitor(site: Site, firm: Firm) -> AsyncIterator[Visitor]:
    """The owner of the firm, who has signed in."""
    async with visiting(site.urls[0], firm.url) as opened:
        opened.email = await with_password(firm.url, firm.owner_id)
        await opened.sign_in(opened.email)
        yield opened


def code_now(secret: str, skew: int = 0) -> str:
    """A code of this step or one beside it, as a telephone shows it."""
    return code_of(secret, int(datetime.now(UTC).timestamp()) // STEP_SECONDS + skew)


async def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    """Set a second factor up; return its secret and the recovery codes."""
    await visitor.open(_PAGE)
    await visitor.send(_PAGE, password=PASSWORD, step="begin")
    found = re.search(r"secret=([A-Z2-7]{32})", visitor.page.text)
    assert found, visitor.page.text
    await visitor.send(_PAGE, code=code_now(found[1], -1), step="confirm")
    codes = re.search(r'<pre id="codes"[^>]*>(.*?)</pre>', visitor.page.text, re.DOTALL)
    assert codes, visitor.page.text
    return found[1], codes[1].split()


async def test_it_is_set_up_by_a_picture_and_a_code(visitor: Visitor, firm: Firm) -> None:
    await visitor.open(_PAGE)
    await visitor.send(_PAGE, password="not at all this", step="begin")
    assert visitor.page.status_code == 403
    await visitor.send(_PAGE, password=PASSWORD, step="begin")
    assert "<svg" in visitor.page.text
    assert "data:" not in visitor.page.text
    await visitor.send(_PAGE, code="000000", step="confirm")
    assert visitor.page.status_code == 403
    assert (await sign_in_elsewhere(visitor)).url.path == "/console", "not yet asked for"

    secret, codes = await set_up(visitor)

    assert len(set(codes)) == 10
    kept = rows(firm.url, "select * from second_factors where user_id = %s", firm.owner_id)
    codes_kept = rows(firm.url, "select * from recovery_codes where user_id = %s", firm.owner_id)
    assert secret not in str(kept)
    assert not any(code in str(codes_kept) or code.replace("-", "") in str(codes_kept) for code in codes)
    events = rows(firm.url, "select kind from security_events where user_id = %s", firm.owner_id)
    assert {"kind": "TOTP_ENABLED"} in events
    await visitor.open(_PAGE)
    assert visitor.says("10 of ten recovery codes are left")
    assert secret not in visitor.page.text


async def sign_in_elsewhere(visitor: Visitor) -> httpx.Response:
    """Sign in by password in another browser, and return the page that comes."""
    async with httpx.AsyncClient(timeout=60) as client:
        other = Visitor(client, visitor.url)
        return await other.sign_in(visitor.email)


async def test_the_password_alone_opens_nothing(visitor: Visitor, firm: Firm, app: App) -> None:
    secret, _ = await set_up(visitor)
    async with httpx.AsyncClient(timeout=60) as client:
        other = Visitor(client, visitor.url)
        await other.sign_in(visitor.email)
        assert other.path == _CODE
        half = client.cookies["finzbooks"]
        for path in ("/console", f"/console/{firm.organization_id}", "/console/account"):
            assert (await other.open(path)).url.path == "/console/sign-in"
        led = await client.get(visitor.url + "/oauth/authorize", params=app.question())
        assert led.headers["Location"].startswith("/console/sign-in?next=")
        listed = await visitor.open("/console/account")
        assert listed.text.count("Sign out there") == 0, "it is no session yet"

        await other.open(_CODE)
        await other.send(_CODE, code=code_now(secret))
        assert other.path == "/console"
        assert client.cookies["finzbooks"] != half, "the key is another once more"
        assert (await client.get(visitor.url + _CODE)).headers["Location"] == "/console/sign-in"


async def test_a_code_works_once(visitor: Visitor) -> None:
    secret, _ = await set_up(visitor)
    code = code_now(secret)
    for turn, expected in enumerate(("/console", _CODE)):
        async with httpx.AsyncClient(timeout=60) as client:
            other = Visitor(client, visitor.url)
            await other.sign_in(visitor.email)
            await other.send(_CODE, code=code)
            assert other.path == expected, turn


async def test_a_recovery_code_works_once_however_it_is_typed(visitor: Visitor) -> None:
    _, codes = await set_up(visitor)
    for typed, expected in (
        (codes[0].upper().replace("-", " "), "/console"),
        (codes[0], _CODE),
        (codes[1], "/console"),
    ):
        async with httpx.AsyncClient(timeout=60) as client:
            other = Visitor(client, visitor.url)
            await other.sign_in(visitor.email)
            await other.send(_CODE, code=typed)
            assert other.path == expected
    await visitor.open(_PAGE)
    assert visitor.says("8 of ten recovery codes are left")


async def test_codes_cannot_be_guessed_for_long(visitor: Visitor) -> None:
    await set_up(visitor)
    async with httpx.AsyncClient(timeout=60) as client:
        other = Visitor(client, visitor.url)
        await other.sign_in(visitor.email)
        form = forms_of(other.page)[0][1]
        statuses = []
        for turn in range(11):
            answer = await client.post(other.url + _CODE, data={**form, "code": f"{turn:06d}"})
            statuses.append(answer.status_code)
    assert statuses[0] == 403
    assert 429 in statuses, "five a minute for one account, and a minute may begin in between"


async def test_after_ten_wrong_codes_none_is_taken_for_an_hour_but_recovery_codes_are(
    visitor: Visitor, firm: Firm
) -> None:
    secret, codes = await set_up(visitor)
    now = datetime.now(UTC)
    later = now + timedelta(minutes=59)
    for _ in range(second_factor.MOST_WRONG):
        assert not await taken(firm, secret, "000000", now)
    assert not await taken(firm, secret, code_of(secret, int(later.timestamp()) // STEP_SECONDS), later)
    assert await taken(firm, secret, codes[0], later)
    after = now + timedelta(minutes=61)
    assert await taken(firm, secret, code_of(secret, int(after.timestamp()) // STEP_SECONDS), after)


async def taken(firm: Firm, secret: str, code: str, now: datetime) -> bool:
    """Whether a code is taken at a moment."""
    async with operators_books(firm.url) as books:
        await books.connection.execute("set local role finzbooks_doorkeeper")
        books.now = now
        factor = await second_factor.find(books, firm.owner_id)
        assert isinstance(factor, Factor)
        return await second_factor.take(books, factor, secret, code)


async def test_a_dangerous_form_asks_for_the_code_too_and_it_can_be_switched_off(visitor: Visitor) -> None:
    secret, _ = await set_up(visitor)
    await visitor.open(_PAGE)
    await visitor.send(_PAGE, password=PASSWORD, code="", step="remove")
    assert (visitor.page.status_code, visitor.says("This is not the code of now.")) == (403, True)
    await visitor.send(_PAGE, password=PASSWORD, code=code_now(secret), step="remove")
    assert visitor.says("Signing in asks for no codes any more.")
    assert (await sign_in_elsewhere(visitor)).url.path == "/console"


async def test_new_recovery_codes_end_the_old_ones(visitor: Visitor, firm: Firm) -> None:
    secret, codes = await set_up(visitor)
    await visitor.open(_PAGE)
    await visitor.send(_PAGE, password=PASSWORD, code=code_now(secret), step="renew")
    assert visitor.page.status_code == 200
    fresh = visitor.page.text
    assert not any(code in fresh for code in codes)
    assert not await taken(firm, secret, codes[0], datetime.now(UTC))


async def test_signing_in_for_an_app_asks_for_the_code_and_goes_on_to_it(visitor: Visitor, app: App) -> None:
    secret, _ = await set_up(visitor)
    async with httpx.AsyncClient(timeout=60, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        other = Visitor(client, visitor.url)
        await other.open("/oauth/authorize?" + str(httpx.QueryParams(app.question())))
        assert other.says("to go on to Partner")
        await other.send("/console/sign-in", email=visitor.email, password=PASSWORD)
        assert other.path == _CODE
        assert other.says("to go on to Partner")
        assert "form-action 'self' https://partner.example; " in other.page.headers["Content-Security-Policy"]
        await other.send(_CODE, code=code_now(secret))
        assert (other.path, other.page.status_code) == ("/oauth/authorize", 200)
        assert parse_qs(urlsplit(str(other.page.url)).query)["state"] == ["as it came"]
        assert other.says("Let Partner into your books?")


async def test_a_sign_in_by_a_new_browser_is_told(visitor: Visitor, firm: Firm) -> None:
    told = "select kind from security_events where user_id = %s and kind = 'SIGNED_IN_FROM_NEW_DEVICE'"
    assert rows(firm.url, told, firm.owner_id) == [], "the first browser is none"
    await sign_in_elsewhere(visitor)
    assert rows(firm.url, told, firm.owner_id) == []
    visitor.client.headers["User-Agent"] = "Another"
    await visitor.client.get(visitor.url)
    visitor.client.cookies.clear()
    await visitor.sign_in(visitor.email)
    assert len(rows(firm.url, told, firm.owner_id)) == 1
