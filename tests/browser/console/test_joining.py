"""From nothing to books of one's own, by keyboard alone, in a real browser."""

import re
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Page, expect

from domain.access.second_factor import STEP_SECONDS, code_of
from tests.browser.conftest import Demo
from tests.browser.console.conftest import LIMIT_MS
from tests.browser.console.mailed import mailed_link

_PASSWORD = "four stools under a lamp"


async def write(page: Page, *words: str) -> None:
    """Type into the field that has the focus and those after it, and send the form."""
    await expect(page.locator("input:focus")).to_have_count(1, timeout=LIMIT_MS)  # it comes after the page, under load
    for place, word in enumerate(words):
        if place:
            await page.keyboard.press("Tab")
        await page.keyboard.type(word)
    await page.keyboard.press("Enter")


async def test_by_keyboard_from_sign_up_to_a_second_factor(page: Page, demo: Demo, tmp_path: Path) -> None:
    page.set_default_timeout(LIMIT_MS)
    await page.goto(f"{demo.worker.url}/console/sign-up")
    await write(page, "Kavya Iyer", "kavya@iyer.example")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail", timeout=LIMIT_MS)

    await page.goto(await mailed_link(demo, "kavya@iyer.example", tmp_path))
    await write(page, _PASSWORD)
    await page.wait_for_url(re.compile(r"/console$"))
    await expect(page.get_by_text("You are a member of no organization yet.")).to_be_visible()

    await page.goto(f"{demo.worker.url}/console/found")
    await write(page, "29AACCS4321K1Z9")
    await expect(page.get_by_text("Karnataka")).to_be_visible(timeout=LIMIT_MS)
    await write(page, "Iyer Instruments")
    await page.wait_for_url(re.compile(r"/first-steps"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("First steps with Iyer Instruments")

    await page.goto(f"{demo.worker.url}/console/account/second-factor")
    await page.get_by_label("Your password again").focus()
    await write(page, _PASSWORD)
    await expect(page.get_by_role("img", name="The secret as a QR code")).to_be_visible(timeout=LIMIT_MS)
    secret = re.search(r"secret=([A-Z2-7]{32})", await page.content())
    assert secret
    await write(page, code_of(secret[1], int(datetime.now(UTC).timestamp()) // STEP_SECONDS))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes", timeout=LIMIT_MS)
    codes = (await page.locator("#codes").inner_text()).split()

    await page.context.clear_cookies()
    await page.goto(f"{demo.worker.url}/console")
    await write(page, "kavya@iyer.example", _PASSWORD)
    await page.wait_for_url(re.compile(r"/console/sign-in/code"))
    await write(page, codes[0])
    await page.wait_for_url(re.compile(r"/console$"))
    await expect(page.get_by_role("link", name="Iyer Instruments")).to_be_visible()
