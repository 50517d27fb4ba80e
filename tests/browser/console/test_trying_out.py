"""Whoever has signed in tries calls out and copies examples with a test token of their own; nobody else has one."""

import asyncio
import json
import re
import subprocess
from typing import Literal

import pytest
from playwright.async_api import Locator, Page, Route, expect

from domain.access.trying_out import NAME
from domain.organization import sandbox_id_of
from tests.browser.axe import faults_of
from tests.browser.conftest import Demo
from tests.browser.console.conftest import LIMIT_MS, Desk
from tests.browser.test_console import executed, shown
from tests.running import rows

_TRY = "/docs/console"
_CONTACTS = "/docs/reference/contacts"
_READY = "#console[data-ready][data-token] .operation-filter-input"
_TOKEN = re.compile(r"aibk_pat_test_[0-9A-Za-z]{38}")


async def _held(page: Page) -> str:
    """Return the token that this tab keeps."""
    kept = await page.evaluate("JSON.parse(sessionStorage.getItem('finzbooks-own') || '{}').token || ''")
    assert isinstance(kept, str)
    return kept


async def _opened(desk: Desk) -> Page:
    """Open where calls are tried out, and wait until it is ready."""
    await desk.page.goto(desk.url + _TRY)
    await desk.page.wait_for_selector(_READY)
    return desk.page


async def _in_an_example(desk: Desk) -> tuple[Page, str, Locator]:
    """Open a page whose example has the token in it; return both with the page."""
    page = await _opened(desk)
    token = await _held(page)
    await page.goto(desk.url + _CONTACTS)
    example = page.locator("#create_contact details[data-language=curl] code")
    await expect(example).to_contain_text(token)
    return page, token, example


async def test_calls_are_tried_out_as_the_page_opens(desk: Desk, demo: Demo) -> None:
    page = await _opened(desk)
    await expect(page.locator("#own")).to_contain_text("calls go to the sandbox of")
    token = await _held(page)
    assert _TOKEN.fullmatch(token)
    block = await shown(page, "whoami", "whoami")
    assert await executed(block) == "200"
    await expect(block.locator(".live-responses-table")).to_contain_text(sandbox_id_of(desk.organization_id))
    assert await executed(await shown(page, "contacts", "create_contact")) == "201"

    await page.locator("#own").get_by_role("link", name="token of yours").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    await _opened(desk)
    assert await _held(page) == token
    assert token not in page.url
    assert token not in demo.worker.log.read_text()


@pytest.mark.thorough
async def test_all_tabs_share_it_and_a_reader_may_do_without(desk: Desk, demo: Demo) -> None:
    page = await _opened(desk)
    other = await page.context.new_page()
    other.set_default_timeout(LIMIT_MS)
    await other.goto(desk.url + _TRY)
    await other.wait_for_selector(_READY)
    assert await _held(other) == await _held(page)

    await page.get_by_role("button", name="Forget it").click()
    await page.wait_for_selector("#console[data-ready]:not([data-token])")
    await expect(page.get_by_role("status")).to_contain_text("No token")
    await page.get_by_role("button", name="Use my sandbox token").click()
    await page.wait_for_selector(_READY)
    assert await _held(page) == await _held(other)
    question = "select count(*) as number from tokens where name = %s and organization_id = %s"
    (counted,) = rows(demo.url, question, NAME, sandbox_id_of(desk.organization_id))
    assert counted["number"] == 1


@pytest.mark.thorough
async def test_copied_examples_work_as_they_are_pasted(desk: Desk) -> None:
    page = await _opened(desk)
    token = await _held(page)
    await page.goto(desk.url + _CONTACTS)
    line = page.locator("[data-own]")
    await expect(line).to_contain_text("examples have your token")
    example = page.locator("#create_contact details[data-language=curl] code")
    await expect(example).to_contain_text(token)
    for language in ("Python", "TypeScript"):
        await expect(page.locator(f"#create_contact details[data-language={language}] code")).to_contain_text(token)
    pasted = ["bash", "-c", await example.text_content() or ""]
    done = await asyncio.to_thread(subprocess.run, pasted, capture_output=True, check=True, timeout=60)
    assert json.loads(done.stdout)["code"] == 0, done.stdout
    assert await faults_of(page) == []

    await line.get_by_role("button", name="Leave it out").click()
    await expect(example).to_contain_text("$AIBOOKS_TOKEN")
    await page.goto(desk.url + "/docs/guides/quickstart")
    await expect(line).to_have_text(re.compile("Examples have no token"))
    await line.get_by_role("button", name="Put in my sandbox token").click()
    await expect(page.locator("code", has_text="export AIBOOKS_TOKEN=")).to_contain_text(token)
    await expect(page.locator("figure.code:not(.answer) code", has_text="/whoami")).to_contain_text('"$AUTH"')


@pytest.mark.thorough
async def test_signing_out_takes_it_out_of_every_tab(desk: Desk) -> None:
    page, _, example = await _in_an_example(desk)
    other = await page.context.new_page()
    await other.goto(desk.url + "/docs")
    await other.evaluate("localStorage.removeItem('finzbooks-desk')")  # as the page after signing out does

    await expect(example).to_contain_text("$AIBOOKS_TOKEN")
    assert await _held(page) == ""


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_operations_can_be_read(desk: Desk, scheme: Literal["light", "dark"]) -> None:
    await desk.page.emulate_media(color_scheme=scheme)
    page = await _opened(desk)
    await page.fill(".operation-filter-input", "contacts")
    await page.locator("#operations-invoices-approve_invoice").wait_for(state="detached")

    assert await page.evaluate("document.documentElement.classList.contains('dark-mode')") == (scheme == "dark")
    assert await faults_of(page) == []


@pytest.mark.thorough
async def test_nothing_of_it_is_printed(desk: Desk) -> None:
    page, token, example = await _in_an_example(desk)
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    await page.emulate_media(media="print")
    assert token not in await page.content()
    await expect(page.locator("[data-own]")).to_be_hidden()
    await page.evaluate("dispatchEvent(new Event('afterprint'))")

    await expect(example).to_contain_text(token)


async def test_strangers_ask_for_nothing(page: Page, demo: Demo) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in (_CONTACTS, _TRY):
        await page.goto(demo.worker.url + path)
    await page.wait_for_selector("#console[data-ready]", timeout=LIMIT_MS)

    await expect(page.locator("#own")).to_be_hidden()
    assert [each for each in asked if "/console/" in each.replace("/docs/console", "")] == []
    assert await page.context.cookies() == []


@pytest.mark.thorough
async def test_a_page_of_another_site_cannot_fetch_it(desk: Desk) -> None:
    async def blank(route: Route) -> None:
        await route.fulfill(body="<!doctype html><title>Elsewhere</title>", content_type="text/html")

    elsewhere = await desk.page.context.new_page()
    await elsewhere.route("http://elsewhere.example/", blank)
    await elsewhere.goto("http://elsewhere.example/")
    for method in ("GET", "POST"):
        told = await elsewhere.evaluate(
            "([url, method]) => fetch(url, {method, credentials: 'include'}).then(got => got.text(), () => 'refused')",
            [f"{desk.url}/console/test-token", method],
        )
        assert told == "refused"
