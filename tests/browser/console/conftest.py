"""Somebody who has signed in to the console of the demo, and what every page there must hold to."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, StorageState

from server.demo import provision
from tests.browser.conftest import Demo, tab

LIMIT_MS = 60_000
"""How long a step may take on a busy machine."""


@dataclass(frozen=True)
class Desk:
    """A tab in which the demo's owner has signed in; ``base`` is where the pages of their organization begin."""

    page: Page
    url: str
    organization_id: str

    @property
    def base(self) -> str:
        return f"{self.url}/console/{self.organization_id}"

    async def open(self, path: str) -> Page:
        """Open a page of the organization by what follows its id, or another by its whole path."""
        answer = await self.page.goto(self.url + path if path.startswith("/console") else self.base + path)
        assert answer is not None and answer.status == 200, path
        return self.page


async def sign_in(page: Page, url: str, email: str, password: str) -> None:
    """Sign in as a person does."""
    page.set_default_timeout(LIMIT_MS)
    await page.goto(f"{url}/console")
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(re.compile(r"/console$"))


@pytest.fixture(scope="session")
async def signed_in(browser: Browser, demo: Demo) -> tuple[StorageState, str]:
    """What the browser of the demo's owner holds, and the id of their organization.

    Tests share it, because an account takes ten tries a minute.
    """
    async with tab(browser) as page:
        await sign_in(page, demo.worker.url, *provision.kept_sign_in(demo.settings))
        link = page.get_by_role("link", name="Sahyadri Workspaces")
        organization_id = (await link.get_attribute("href") or "").rpartition("/")[2]
        return await page.context.storage_state(), organization_id


@pytest.fixture
async def desk(browser: Browser, demo: Demo, signed_in: tuple[StorageState, str]) -> AsyncIterator[Desk]:
    """A new tab for each test, of the one session: whoever signs out signs in on a page of their own."""
    state, organization_id = signed_in
    async with tab(browser, storage_state=state) as page:
        page.set_default_timeout(LIMIT_MS)
        yield Desk(page, demo.worker.url, organization_id)
