"""What every page of the console holds to, by the table of pages itself: a page that is added is tried."""

import pytest
from playwright.async_api import Browser, StorageState

from server.console.table import PAGES
from tests.browser.conftest import Demo, tab
from tests.browser.console.conftest import Desk

SHOWN = [
    page.path for page in PAGES if page.show is not None and page.path.count("{") <= page.path.count("{organization}")
]
"""Pages that need no other id than the organization's."""


@pytest.mark.parametrize("path", SHOWN)
async def test_it_opens_and_says_so(desk: Desk, path: str) -> None:
    """One heading, a title, nothing outside the policy (the tab complains of that), no page to frame it."""
    answer = await desk.page.goto(desk.url + path.replace("{organization}", desk.organization_id))
    assert answer is not None and answer.status == 200
    headers = answer.headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["cache-control"], headers["x-frame-options"]) == ("no-store", "DENY")
    assert await desk.page.locator("h1").count() == 1
    assert (await desk.page.title()).endswith(" · FinzBooks")


@pytest.mark.parametrize("path", SHOWN)
async def test_a_telephone_shows_it_without_scrolling_sideways(
    browser: Browser, demo: Demo, signed_in: tuple[StorageState, str], path: str
) -> None:
    state, organization_id = signed_in
    async with tab(browser, storage_state=state, viewport={"width": 360, "height": 740}) as page:
        await page.goto(demo.worker.url + path.replace("{organization}", organization_id))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("path", SHOWN)
async def test_every_field_has_a_label_and_every_link_leads_somewhere(desk: Desk, path: str) -> None:
    await desk.page.goto(desk.url + path.replace("{organization}", desk.organization_id))
    unnamed = await desk.page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
        ".filter(field => !field.labels.length && !field.getAttribute('aria-label')).map(field => field.name)"
    )
    assert unnamed == []
    links = await desk.page.evaluate("[...document.links].map(link => link.href)")
    for link in sorted({each.split("#")[0] for each in links if each.startswith(desk.url)}):
        answer = await desk.page.request.get(link)
        assert answer.status == 200, link
