"""Whatever people call themselves and their books is shown as text, on every page there is."""

from collections.abc import AsyncIterator

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.async_api import Browser, Dialog, Page

from domain.access import members, roles, sessions
from domain.founding import found_organization
from server.console.table import PAGES
from tests.browser.conftest import Demo, tab
from tests.browser.console.conftest import LIMIT_MS
from tests.running import operators_books

PROBE = "<img src=x onerror=alert(1)>\"'{{7*7}}"
SHOWN = [
    page.path
    for page in PAGES
    if page.show is not None and not page.is_data and "{" not in page.path.replace("{organization}", "")
]


@pytest.fixture(scope="module")
async def place(demo: Demo) -> tuple[str, str, str]:
    """Books whose every name is the probe: the organization, a member of it, and the key of its owner's session."""
    async with operators_books(demo.url) as books:
        owner = await members.create_user(books, name=PROBE, email="probe@example.in")
        other = await members.create_user(books, name=PROBE, email="probe2@example.in")
        particulars = {"name": PROBE, "legal_name": PROBE, "state_code": "IN-MH"}
        opened = await found_organization(books, particulars, owner_id=owner.id)
        await members.grant(opened, other.id, roles.SALES)
        key = await sessions.begin(opened, owner.id)
        return opened.organization_id, other.id, key


@pytest.fixture
async def visited(browser: Browser, demo: Demo, place: tuple[str, str, str]) -> AsyncIterator[Page]:
    """A tab of the owner; a dialog, or a picture that is asked for, is a script that ran."""
    ran: list[str] = []

    async def shut(dialog: Dialog) -> None:
        ran.append(dialog.message)
        await dialog.dismiss()

    async with tab(browser) as page:
        page.set_default_timeout(LIMIT_MS)
        page.on("dialog", shut)
        page.on("request", lambda request: ran.append(request.url) if request.url.endswith("/x") else None)
        await page.context.add_cookies([SetCookieParam(name="finzbooks", value=place[2], url=demo.worker.url)])
        yield page
        assert ran == []


async def test_names_are_text_on_every_page(visited: Page, demo: Demo, place: tuple[str, str, str]) -> None:
    for path in (*SHOWN, "/console/{organization}/members/{member}"):
        filled = path.replace("{organization}", place[0]).replace("{member}", place[1])
        answer = await visited.goto(demo.worker.url + filled)
        assert answer is not None and answer.status == 200, path
        assert await visited.locator("img[src=x]").count() == 0, path
        shown = await visited.locator("body").inner_text()
        if visited.url == demo.worker.url + filled:  # a page for strangers leads those who have signed in elsewhere
            assert PROBE in shown, f"the head of {path} names who has signed in"
        assert "49" not in shown.replace(PROBE, "").split(), path
