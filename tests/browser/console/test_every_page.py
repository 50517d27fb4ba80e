"""What every page of the console holds to, by the table of pages itself: a page that is added is tried."""

import re

import pytest
from playwright.async_api import ViewportSize

from server.console.table import PAGES
from tests.browser.axe import faults_of
from tests.browser.console.conftest import Desk

SHOWN = [
    page.path
    for page in PAGES
    if page.show is not None and not page.is_data and page.path.count("{") <= page.path.count("{organization}")
]
"""Pages that need no other id than the organization's."""

_TRIED = re.compile(r"/books/|/file\?")  # each by tests of its own
_TELEPHONE = ViewportSize(width=360, height=740)
_UNNAMED = (
    "[...document.querySelectorAll('input:not([type=hidden], [hidden]), select, textarea')]"
    ".filter(field => !field.labels.length && !field.getAttribute('aria-label')).map(field => field.name)"
)


@pytest.mark.parametrize("path", SHOWN)
async def test_it_holds_to_what_pages_hold_to(desk: Desk, path: str) -> None:
    """One heading, a title, nothing outside the policy (the tab complains of that), in no frame, open to everybody."""
    answer = await desk.page.goto(desk.url + path.replace("{organization}", desk.organization_id))
    assert answer is not None and answer.status == 200
    headers = answer.headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["cache-control"], headers["x-frame-options"]) == ("no-store", "DENY")
    assert await desk.page.locator("h1").count() == 1
    assert (await desk.page.title()).endswith(" · FinzBooks")
    assert await desk.page.evaluate(_UNNAMED) == []
    assert await faults_of(desk.page) == []

    await desk.page.set_viewport_size(_TELEPHONE)
    assert await desk.page.evaluate("document.documentElement.scrollWidth") <= _TELEPHONE["width"]


@pytest.mark.thorough
async def test_every_link_leads_somewhere(desk: Desk) -> None:
    links: set[str] = set()
    for path in SHOWN:
        await desk.page.goto(desk.url + path.replace("{organization}", desk.organization_id))
        found = await desk.page.evaluate("[...document.links].map(link => link.href)")
        links |= {
            each.split("#")[0]
            for each in found
            if each.startswith(desk.url) and "/books/" not in each and "/file?" not in each
        }
    answers = {link: (await desk.page.request.get(link)).status for link in sorted(links)}
    assert {link: status for link, status in answers.items() if status != 200} == {}
