"""A token never does more than its user: roles at the moment of each call, over two processes that remember tokens."""

from collections.abc import AsyncIterator

import httpx
import pytest

from contract_tests.spec import OPERATIONS, body_example, needed_query
from domain.access import members, roles
from domain.access.roles import ACCOUNTANT, OWNER, READ_ONLY, SALES
from domain.access.scopes import FULL_ACCESS, lacking
from domain.organization import open_organization
from tests.running import Caller, Firm, found, mint, operators_books, rows
from tests.server.apps import App, Desk, an_app, assert_refused
from tests.server.people import Person, a_person, forms_of, told
from tests.server.schedules import a_schedule, carry_on, the_schedule
from tests.server.test_organization_choice import WITHOUT_FILES
from tests.server.trade import a_customer

BILLS, CONTACTS = "AIBooks.bills.READ", "AIBooks.contacts.READ"


def as_role(firm: Firm, role: str) -> None:
    """Give the firm's owner another role."""
    rows(firm.url, "update memberships set role = %s where organization_id = %s and user_id = %s",
         role, firm.organization_id, firm.owner_id)  # fmt: skip


def assert_role_refuses(reply: httpx.Response, role: str, *required: str) -> None:
    """It is said that the role stands in the way, and no app is asked to come back with another token."""
    assert (reply.status_code, reply.json()["code"]) == (403, "auth.insufficient_scope"), reply.text
    assert reply.json()["details"] == {"required": list(required), "role": role}
    assert roles.TITLES[role] in reply.json()["message"]
    assert "WWW-Authenticate" not in reply.headers


@pytest.mark.parametrize("role", [ACCOUNTANT, SALES, READ_ONLY])
async def test_each_operation_asks_the_role(call: Caller, firm: Firm, role: str) -> None:
    """With tokens of full access, one bound to the organization and one of all: the role alone decides."""
    wide = call.with_token(await mint(firm.url, firm.owner_id, None))
    as_role(firm, role)
    allowed, refused = frozenset(roles.scopes_of(role)), 0

    for name, (method, path, operation) in OPERATIONS.items():
        scopes = tuple(operation["security"][0]["oauth2"])
        reply = await call(method.upper(), path)
        if not lacking(allowed, scopes):
            assert reply.status_code != 403, (name, reply.text)
            continue
        assert_role_refuses(reply, role, *scopes)
        refused += 1
        if name in WITHOUT_FILES:
            here = {**needed_query(name), "organization_id": firm.organization_id}
            assert_role_refuses(await wide(method.upper(), path, body_example(name), params=here), role, *scopes)

    assert 0 < refused < len(OPERATIONS)


async def test_who_is_demoted_loses_power_at_once_in_every_process(call: Caller, firm: Firm) -> None:
    for role, status in ((OWNER, 200), (SALES, 403), (ACCOUNTANT, 200), (SALES, 403), (OWNER, 200)):
        as_role(firm, role)
        for url in call.urls * 2:
            assert (await call.only(url)("GET", "/bills")).status_code == status


async def test_a_token_keeps_its_own_limits_in_a_higher_role(call: Caller, firm: Firm) -> None:
    narrow = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, held=(CONTACTS,)))
    as_role(firm, ACCOUNTANT)

    reply = await narrow("GET", "/bills")

    assert (reply.status_code, reply.json()["details"]) == (403, {"required": [BILLS]})
    assert "The token lacks" in reply.json()["message"]
    assert 'error="insufficient_scope"' in reply.headers["WWW-Authenticate"]
    assert (await narrow("GET", "/contacts")).status_code == 200


async def test_a_token_of_all_organizations_does_in_each_what_the_role_there_allows(call: Caller, firm: Firm) -> None:
    other = await found(firm.url, owner_id=firm.owner_id, name="Konkan")
    as_role(firm, SALES)
    wide = call.with_token(await mint(firm.url, firm.owner_id, None))

    for _ in range(2):
        here = {"params": {"organization_id": firm.organization_id}}
        there = {"headers": {"X-AIBooks-Org": other.organization_id}}
        assert_role_refuses(await wide("GET", "/bills", **here), SALES, BILLS)
        assert (await wide("GET", "/estimates", **here)).status_code == 200
        assert (await wide("GET", "/bills", **there)).status_code == 200
        assert (await wide("GET", "/whoami", **here)).json()["token"]["role"] == SALES
        assert (await wide("GET", "/whoami", **there)).json()["token"]["scopes"] == [FULL_ACCESS]
        assert (await wide("GET", "/whoami")).json()["token"]["role"] is None


async def test_whoami_tells_what_is_left(call: Caller, firm: Firm) -> None:
    token = (await call("GET", "/whoami")).json()["token"]
    assert (token["role"], token["scopes"]) == (OWNER, [FULL_ACCESS])
    as_role(firm, READ_ONLY)

    token = (await call("GET", "/whoami")).json()["token"]

    assert (token["role"], set(token["scopes"])) == (READ_ONLY, set(roles.scopes_of(READ_ONLY)))


async def test_parts_of_an_operation_ask_the_role_too(call: Caller, firm: Firm) -> None:
    """The PDF of any thing asks for no scope before it is known what thing it is."""
    as_role(firm, SALES)

    reply = await call("GET", "/pdf", params={"documents": "bill_01kar7v3fxe7srq2mv8cx0a1us"})

    assert_role_refuses(reply, SALES, BILLS)


async def test_a_replayed_answer_is_not_told_to_a_role_that_may_not_ask(call: Caller, firm: Firm) -> None:
    body, key = {"contact_name": "Sharma Traders", "contact_type": "CUSTOMER"}, {"Idempotency-Key": "one"}
    assert (await call("POST", "/contacts", body, headers=key)).status_code == 201
    as_role(firm, READ_ONLY)

    assert_role_refuses(await call("POST", "/contacts", body, headers=key), READ_ONLY, "AIBooks.contacts.CREATE")


@pytest.fixture
async def seller(call: Caller, firm: Firm) -> AsyncIterator[Person]:
    """A member with a browser who sells."""
    async with operators_books(firm.url) as books:
        opened = await open_organization(books, firm.organization_id)
        user = await members.create_user(opened, name="Ravi", email=f"ravi.{firm.organization_id}@example.in")
        await members.grant(opened, user.id, SALES)
    yield await a_person(call.client, call.urls[0], replace_owner(firm, user.id))


def replace_owner(firm: Firm, user_id: str) -> Firm:
    """The firm as somebody else sees it."""
    return Firm(firm.url, firm.organization_id, user_id, firm.token, firm.branch_id)


async def test_consent_offers_and_gives_what_the_role_allows(
    seller: Person, app: App, desk: Desk, call: Caller, firm: Firm
) -> None:
    asked = "AIBooks.contacts.ALL AIBooks.bills.READ"

    page = await seller.sign_in(await seller.open(app, scope=asked))
    answer = told(await seller.fill_in(page, organization=firm.organization_id, decision="allow"))
    pair = (await desk("token", app.exchanging(answer["code"]))).json()

    assert "your role: Sales" in page.text
    offered, _, refused = page.text.partition("It asks for more, which your role (Sales) does not let you allow:")
    assert "Add contacts" in offered
    assert "Delete contacts" not in page.text
    assert "Read bills" in refused and "Read bills" not in offered
    assert pair["scope"] == "AIBooks.contacts.READ AIBooks.contacts.CREATE AIBooks.contacts.UPDATE"
    assert (await call.with_token(pair["access_token"])("GET", "/contacts")).status_code == 200
    assert_role_refuses(await call.with_token(pair["access_token"])("GET", "/bills"), SALES, BILLS)


async def test_an_app_that_wants_only_what_the_role_refuses_is_told_so(seller: Person, app: App) -> None:
    page = await seller.open(app, scope=BILLS)
    answer = await seller.fill_in(page, email=seller.email, password=seller.password)
    answer = await seller.client.get(seller.url + answer.headers["Location"])

    assert told(answer)["error"] == "access_denied"
    assert "role" in told(answer)["error_description"]


async def test_who_is_demoted_before_consenting_gives_what_is_left(seller: Person, app: App, firm: Firm) -> None:
    page = await seller.sign_in(await seller.open(app, scope="AIBooks.contacts.CREATE"))
    async with operators_books(firm.url) as books:
        opened = await open_organization(books, firm.organization_id)
        await members.grant(opened, seller.email, READ_ONLY)

    answer = told(await seller.fill_in(page, organization=firm.organization_id, decision="allow"))

    assert answer["error"] == "access_denied"


async def test_the_page_says_where_a_role_allows_less(seller: Person, app: App, firm: Firm) -> None:
    other = await found(firm.url, name="Konkan Trading")
    async with operators_books(firm.url) as books:
        await members.grant(await open_organization(books, other.organization_id), seller.email, ACCOUNTANT)

    page = await seller.sign_in(await seller.open(app, scope=f"{BILLS} {CONTACTS}"))

    assert "Read bills <small>not in Sahyadri Traders, where your role does not allow it</small>" in page.text
    assert "Read contacts</li>" in page.text
    assert len(forms_of(page).choices) == 3, "either, or all"


async def test_a_role_that_changed_holds_for_tokens_of_apps(desk: Desk, firm: Firm, call: Caller) -> None:
    app = await an_app(firm)
    wanted = f"{BILLS} {CONTACTS}"
    pair = await desk.pair(app, scope=wanted)
    as_role(firm, SALES)

    assert_role_refuses(await call.with_token(pair["access_token"])("GET", "/bills"), SALES, BILLS)
    described = (await desk("introspect", {**app.proof(), "token": pair["access_token"]})).json()
    fresh = (await desk("token", app.refreshing(pair["refresh_token"]))).json()
    beyond = await desk("token", app.refreshing(fresh["refresh_token"], scope=BILLS))
    as_role(firm, OWNER)
    whole = (await desk("token", app.refreshing(fresh["refresh_token"]))).json()

    assert (described["scope"], fresh["scope"], whole["scope"]) == (CONTACTS, CONTACTS, wanted)
    assert_refused(beyond, "invalid_scope")


async def test_a_role_that_allows_nothing_of_a_grant_gives_no_tokens(desk: Desk, firm: Firm) -> None:
    app = await an_app(firm)
    pair, code = await desk.pair(app, scope=BILLS), await app.code(scope=BILLS)
    as_role(firm, SALES)

    assert_refused(await desk("token", app.exchanging(code)), "invalid_grant")
    assert_refused(await desk("token", app.refreshing(pair["refresh_token"])), "invalid_grant")
    as_role(firm, OWNER)
    assert (await desk("token", app.refreshing(pair["refresh_token"]))).status_code == 200


async def test_who_allowed_all_that_the_role_gives_is_not_asked_again(
    seller: Person, app: App, firm: Firm, desk: Desk
) -> None:
    asked = {"scope": f"{BILLS} {CONTACTS}", "organization_id": firm.organization_id}
    page = await seller.sign_in(await seller.open(app, **asked))
    answer = told(await seller.fill_in(page, organization=firm.organization_id, decision="allow"))
    assert (await desk("token", app.exchanging(answer["code"]))).status_code == 200

    assert "code" in told(await seller.open(app, **asked))


async def test_a_schedule_makes_what_its_users_role_allows(call: Caller, firm: Firm) -> None:
    schedule = await a_schedule(call, await a_customer(call))
    as_role(firm, READ_ONLY)

    await carry_on(firm, "2035-01-31T03:30:00")

    failed = await the_schedule(call, schedule)
    assert (failed["last_error"]["code"], failed["run_count"]) == ("auth.insufficient_scope", 0)
    assert "Read-only" in failed["last_error"]["message"]
    as_role(firm, OWNER)
    await carry_on(firm, "2035-02-01T03:30:00")
    assert (await the_schedule(call, schedule))["run_count"] == 1
