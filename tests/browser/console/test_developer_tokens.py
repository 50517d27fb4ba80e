"""The whole way of a token in a browser: it is made, called with, seen in the log, revoked, and refused."""

import re

import httpx
from playwright.async_api import Page, expect

from server.demo import provision
from tests.browser.conftest import Demo
from tests.browser.console.conftest import LIMIT_MS, Desk
from tests.running import BASE


async def _told(page: Page, text: str) -> None:
    """Load a page again until it tells what comes there some seconds later."""
    for _ in range(LIMIT_MS // 500):
        if await page.get_by_text(text).count():
            return
        await page.wait_for_timeout(500)
        await page.reload()
    raise AssertionError(f"{text!r} never came: {await page.inner_text('main')}")


async def test_the_whole_way_of_a_token(desk: Desk, demo: Demo) -> None:
    page = await desk.open("/tokens/new")
    await page.get_by_label("Name").fill("Shop till")
    await page.get_by_label("Only what is ticked below").check()
    await page.get_by_text("Tick one by one").click()
    await page.get_by_label("Find").fill("contacts")
    await expect(page.get_by_role("group", name="Invoices")).to_be_hidden()
    await page.get_by_role("group", name="Contacts").get_by_label("Read").check()
    await page.get_by_role("button", name="Make the token").click()

    token = await page.get_by_label("The token").input_value()
    assert re.fullmatch(r"aibk_pat_[A-Za-z0-9]{38}", token)
    assert token not in page.url
    await expect(page.locator("#lines")).to_contain_text(f"export AIBOOKS_TOKEN={token}")

    await page.reload()  # which sends the form again
    await expect(page.get_by_role("alert")).to_contain_text("was made and shown before")
    assert token not in await page.content()

    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=desk.url + BASE, headers=headers) as caller:
        assert (await caller.get("/contacts")).status_code == 200
        refused = await caller.get("/invoices")
        assert (refused.status_code, refused.json()["code"]) == (403, "auth.insufficient_scope")

        await desk.open("/tokens")
        await page.get_by_role("link", name="Shop till").click()
        assert token not in await page.content()
        await page.get_by_role("link", name="Its calls").click()
        await _told(page, "auth.insufficient_scope")
        rows = page.locator("tbody tr")
        await expect(rows).to_have_count(2)
        await page.get_by_label("Answer").select_option("4")
        await page.get_by_role("button", name="Show").click()
        await expect(rows).to_have_count(1)
        await rows.get_by_role("link").click()
        await expect(page.locator("main")).to_contain_text(refused.headers["x-request-id"])
        await expect(page.locator("main")).to_contain_text("Shop till")

        await desk.open("/tokens")
        await page.get_by_role("link", name="Shop till").click()
        await page.get_by_label("Your password").fill("not the password at all")
        await page.get_by_role("button", name="Revoke the token").click()
        await expect(page.get_by_role("alert")).to_have_text("This is not your password.")
        assert (await caller.get("/contacts")).status_code == 200
        await page.get_by_label("Your password").fill(provision.kept_sign_in(demo.settings)[1])
        await page.get_by_role("button", name="Revoke the token").click()
        await expect(page.get_by_role("status")).to_contain_text("is revoked")
        ended = await caller.get("/contacts")
        assert (ended.status_code, ended.json()["code"]) == (401, "auth.revoked_token")

    assert token not in demo.worker.log.read_text()


async def test_a_token_is_made_with_the_keyboard_alone(desk: Desk) -> None:
    page = await desk.open("/tokens/new")
    await page.keyboard.type("By hand")  # the field has the focus
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")  # in all my books
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")  # everything
    await page.keyboard.press("Enter")

    await expect(page.get_by_label("The token")).to_have_value(re.compile("^aibk_pat_"))
    await expect(page.locator("main")).to_contain_text("X-AIBooks-Org")
    await expect(page.locator("main")).to_contain_text("It works until")
