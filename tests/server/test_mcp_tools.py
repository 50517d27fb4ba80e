"""What tools answer where the API's lists and reports differ from each other, and where agents find what to do."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from server.settings import DatabaseUrl
from tests.conftest import NewDatabase
from tests.running import Firm, Worker, calling, found, unforeseen, workers
from tests.server.agents import Agent, agent, agent_of_a_fixture

Place = tuple[Worker, DatabaseUrl]


@pytest.fixture(scope="module")
def place(new_database: NewDatabase) -> Iterator[Place]:
    database = new_database()
    with workers(database, 1) as started:
        yield started[0], database
        assert unforeseen(started) == ""


@pytest.fixture(scope="module")
async def firm(place: Place) -> Firm:
    return await found(place[1])


@pytest.fixture
async def one(place: Place, firm: Firm) -> AsyncIterator[Agent]:
    async with agent_of_a_fixture(place[0].url, firm.token) as connected:
        yield connected


async def test_a_filter_holds_whether_it_has_an_argument_of_its_own_or_not(one: Agent) -> None:
    fields = {"contact_name": "Filtered away", "place_of_contact": "IN-MH"}
    customer = (await one.done("add", kind="contact", fields=fields))["contact_id"]
    line = {"name": "Advice", "hsn_or_sac": "998312", "rate": 1000, "tax_category": "EXEMPT"}
    await one.done("draft_document", kind="invoice", document={"customer_id": customer, "line_items": [line]})

    assert len(await one.read("find", kind="invoice", filters={"status": "DRAFT"})) == 1
    assert await one.read("find", kind="invoice", filters={"status": "PAID"}) == []
    assert await one.read("find", kind="invoice", filters={"status": "DRAFT"}, status="PAID") == []


async def test_what_is_sought_is_found_in_lists_that_cannot_search(one: Agent) -> None:
    taxes = await one.read("find", kind="tax", text="igst 18")
    branch = await one.read("find", kind="branch")

    assert taxes and all("igst 18" in each["name"].lower() for each in taxes)
    assert await one.read("find", kind="tax", text="no tax is called so") == []
    assert (await one.read("show", kind="branch", number=branch[0]["name"]))["branch_id"] == branch[0]["branch_id"]
    assert (await one.refused("show", kind="gst_return", number="AA270126"))["field"] == "number"


async def test_what_has_no_pdf_and_no_file_is_said(one: Agent) -> None:
    assert (await one.refused("show", kind="contact", id="ct_unknown", as_pdf=True))["field"] == "as_pdf"
    asked = {"name": "trial_balance", "to_date": "2026-10-31"}
    assert (await one.refused("report", **asked, filters={"format": "csv"}))["field"] == "filters.format"
    assert (await one.read("report", **asked))["total"]


async def test_an_error_names_the_page_that_says_what_to_do(one: Agent) -> None:
    unknown = await one.refused("approve", kind="invoice", id="inv_unknown")
    other = await one.says("add", kind="contact", fields={"contact_name": "A"}, confirm="cf_of_something_else")

    assert unknown["help"].endswith("/docs/errors/not_found.resource.md")
    assert other["error"]["help"].endswith("/docs/errors/conflict.version_mismatch.md")


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("conflict.invalid_state", "/docs/errors/conflict.invalid_state.md"),
        ("verify the signature of a webhook", "/docs/guides/webhooks.md"),
        ("rate limit Retry-After", "/docs/guides/rate_limits.md"),
    ],
)
async def test_the_documentation_of_callers_is_searched(place: Place, one: Agent, query: str, page: str) -> None:
    passages = (await one.says("search_docs", query=query))["passages"]
    pages = [each["where"] for each in passages if "/docs/" in each["where"]]

    assert any(where.endswith(page) for where in pages), [(each["where"], each["title"]) for each in passages]
    async with httpx.AsyncClient(base_url=place[0].url, timeout=60) as client:
        for where in pages:
            answer = await client.get(httpx.URL(where).path)
            assert answer.status_code == 200, where


async def test_a_month_is_checked_where_returns_are_none_of_the_usual(place: Place) -> None:
    """Under composition neither GSTR-1 nor GSTR-3B is filed; all else of the month is looked at as ever."""
    firm = await found(place[1], name="Composition Traders")
    async with calling(place[0].url) as caller:
        body = {"registration_type": "COMPOSITION"}
        reply = await caller.with_token(firm.token)("PUT", f"/organizations/{firm.organization_id}", body)
        assert reply.status_code == 200, reply.text
    async with agent(place[0].url, firm.token) as connected:
        told = await connected.read("report", name="month_checks", period="102026")

    checks = {each["check"]: each for each in told["checks"]}
    assert "GSTR1 of 27" in checks["gst_returns"]["note"] and "was not checked" in checks["gst_returns"]["note"]
    assert checks["gst_returns"]["is_clear"] and checks["trial_balance"]["is_clear"]
    assert not checks["lock"]["is_clear"]
