"""The try-it-out console as a person uses it: it opens, and every call works as it stands."""

import pytest
from playwright.async_api import Locator, Page, expect

from contract_tests.spec import OPERATIONS
from tests.browser.conftest import Demo
from tests.running import Caller, calling

_CONSOLE = "/docs/console"
_READY = "#console[data-ready] .operation-filter-input"
_LIMIT_MS = 60_000
"""How long a step may take on a busy machine."""

GETS = [(operation["tags"][0], name) for name, (method, _, operation) in sorted(OPERATIONS.items()) if method == "get"]


async def opened_with_token(page: Page, demo: Demo) -> None:
    """Open the console at the address that `make run` prints."""
    page.set_default_timeout(_LIMIT_MS)
    await page.goto(f"{demo.worker.url}{_CONSOLE}#token={demo.token}")
    await page.get_by_role("dialog").get_by_role("button", name="Use it").click()
    await page.wait_for_selector("#console[data-token]")
    await page.wait_for_selector(_READY)


async def shown(page: Page, tag: str, operation_id: str) -> Locator:
    """Open an operation, among those of its tag."""
    await page.fill(".operation-filter-input", tag)
    block = page.locator(f"#operations-{tag}-{operation_id}")
    await block.locator(".opblock-summary-control").click()
    return block


async def executed(block: Locator) -> str:
    """Press Execute, and return the status that was answered."""
    await block.get_by_role("button", name="Execute", exact=True).click()
    status = block.locator(".live-responses-table .response .response-col_status").first
    await status.wait_for()
    return (await status.inner_text()).split()[0]


@pytest.mark.thorough
async def test_every_get_answers_200_as_the_page_opens(page: Page, demo: Demo) -> None:
    await opened_with_token(page, demo)
    answered: dict[str, str] = {}
    for tag, name in GETS:
        block = await shown(page, tag, name)
        answered[name] = await executed(block)
        await block.locator(".opblock-summary-control").click()

    assert {name: status for name, status in answered.items() if status != "200"} == {}


async def test_a_draft_can_be_made_twice(page: Page, demo: Demo) -> None:
    """Nothing in the form makes the second call a repetition of the first."""
    await opened_with_token(page, demo)
    async with calling(demo.worker.url) as caller:
        call = caller.with_token(demo.token)
        before = await _drafts(call)
        block = await shown(page, "invoices", "create_invoice")
        assert await executed(block) == "201"
        await block.get_by_role("button", name="Clear").click()
        assert await executed(block) == "201"

        assert await _drafts(call) == before + 2


async def test_operations_are_found_at_once(page: Page, demo: Demo) -> None:
    await page.set_viewport_size({"width": 1280, "height": 720})
    await page.goto(demo.worker.url + _CONSOLE)
    await page.wait_for_selector(_READY)
    await expect(page.locator(".opblock").first).to_be_in_viewport()
    await page.fill(".operation-filter-input", "post approve draft")

    await expect(page.locator("#operations-invoices-approve_invoice")).to_be_in_viewport()


async def test_the_reference_leads_to_the_operation(page: Page, demo: Demo) -> None:
    page.set_default_timeout(_LIMIT_MS)
    await page.goto(demo.worker.url + "/docs/reference/contacts#create_contact")
    await page.locator("#create_contact").get_by_role("link", name="Try it out").click()

    await expect(page.get_by_role("button", name="Execute")).to_be_visible(timeout=_LIMIT_MS)


async def test_without_a_token_the_page_opens_and_says_so(page: Page, demo: Demo) -> None:
    await page.goto(demo.worker.url + _CONSOLE)
    await page.wait_for_selector(_READY)

    await expect(page.get_by_role("status")).to_contain_text("No token")
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_a_token_in_the_address_is_taken_only_if_the_reader_agrees(page: Page, demo: Demo) -> None:
    await opened_with_token(page, demo)
    await page.goto(f"{demo.worker.url}{_CONSOLE}?again#token=aibk_pat_somebodyelses")
    question = page.get_by_role("dialog")
    await expect(question).to_contain_text("aibk_pat_somebody…")
    await question.get_by_role("button", name="Leave it").click()
    await page.wait_for_selector(_READY)

    assert await page.evaluate("sessionStorage.getItem('finzbooks-token')") == demo.token
    assert "token" not in page.url


async def test_a_forgotten_token_is_sent_no_more(page: Page, demo: Demo) -> None:
    await opened_with_token(page, demo)
    await page.get_by_role("button", name="Forget it").click()
    await page.wait_for_selector("#console:not([data-token])[data-ready]")
    block = await shown(page, "whoami", "whoami")

    assert await executed(block) == "401"
    await expect(page.locator("#token")).to_have_value("")


async def _drafts(call: Caller) -> int:
    reply = await call("GET", "/invoices?status=DRAFT&per_page=200")
    return len(reply.json()["invoices"])
