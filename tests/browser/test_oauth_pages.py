"""Signing in and letting an app in, in a browser: wide and narrow, light and dark, by keyboard alone."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, Page

from domain.access.oauth import clients
from domain.access.scopes import FULL_ACCESS
from server.demo import provision
from tests.browser.axe import faults_of
from tests.browser.conftest import Demo, tab
from tests.running import operators_books
from tests.server.apps import challenge_of

LIMIT_MS = 60_000
LOOKS: dict[str, dict[str, Any]] = {
    "wide and light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "wide and dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "narrow and light": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
    "narrow and dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}
ASKED = f"{FULL_ACCESS} AIBooks.invoices.ALL AIBooks.contacts.READ"


@pytest.fixture(scope="module")
async def question(demo: Demo) -> str:
    """The address that an app sends people to. Its name is as long as names may be."""
    wish = clients.Wish(
        "Kirana point of sale for shops in Pune, Nashik and Nagpur with many counters",
        ["https://kirana.example/callback"],
        is_public=True,
        client_uri="https://kirana.example/about",
    )
    async with operators_books(demo.url) as books:
        client, _ = await clients.add(books, wish)
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uris[0],
        "scope": ASKED,
        "code_challenge": challenge_of("v" * 43),
        "code_challenge_method": "S256",
    }
    return f"{demo.worker.url}/oauth/authorize?{urlencode(asked)}"


@asynccontextmanager
async def looking(browser: Browser, **look: Any) -> AsyncIterator[Page]:
    async with tab(browser, **look) as page:
        page.set_default_timeout(LIMIT_MS)
        yield page


async def held(page: Page) -> None:
    """What each page holds to."""
    assert await faults_of(page) == []
    assert await page.locator("h1").count() == 1
    width = await page.evaluate("document.documentElement.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("look", LOOKS)
async def test_the_pages_look_as_they_should(browser: Browser, demo: Demo, question: str, look: str) -> None:
    """Signing in, a wrong password, consent, and the page that goes no further."""
    email, password = provision.kept_sign_in(demo.settings)
    async with looking(browser, **LOOKS[look]) as page:
        await page.goto(question)
        await held(page)
        if look == "wide and light":  # an account takes ten tries a minute
            await page.get_by_label("E-mail address").fill(email)
            await page.get_by_label("Password").fill("not this one, I think")
            await page.get_by_role("button", name="Sign in").click()
            await page.get_by_role("alert").wait_for()
            await held(page)
        await page.get_by_label("E-mail address").fill(email)
        await page.get_by_label("Password").fill(password)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("heading", name="into your books?").wait_for()
        await held(page)
        await page.goto(question.replace("client_id=app_", "client_id=app_x"))
        await page.get_by_role("heading", name="This cannot go on").wait_for()
        await held(page)


async def test_the_keyboard_is_enough(browser: Browser, demo: Demo, question: str) -> None:
    """From the address to the app's answer; what has the focus can be seen."""
    email, password = provision.kept_sign_in(demo.settings)
    async with looking(browser) as page:
        await page.goto(question)
        await page.keyboard.type(email)
        await page.keyboard.press("Tab")
        await page.keyboard.type(password)
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="into your books?").wait_for()
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.type") == "radio"
        await page.keyboard.press("Space")
        assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "Let it in"
        async with page.expect_request(re.compile(r"^https://kirana\.example/callback\?code=aibk_oac_")):
            await page.keyboard.press("Enter")
