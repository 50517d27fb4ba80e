"""All pages of the portal: each link leads somewhere, no page has a fault, and machines that see as people do agree."""

import re
from collections.abc import Iterable

import httpx
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Response, expect

from tests.browser.axe import faults_of
from tests.browser.conftest import Demo

KINDS = (
    "/",
    "/docs",
    "/docs/guides/webhooks",
    "/docs/reference",
    "/docs/reference/contacts",
    "/docs/errors",
    "/docs/errors/conflict.invalid_state",
    "/docs/changelog",
    "/docs/workflows",
    "/docs/search?q=approve",
)
"""One page of each kind."""

_OWN = re.compile(r'(?:href|action)="(/[^"]*)"')
_ELSEWHERE = ("/console", "/oauth")
_LINKED_MARKDOWN = re.compile(r"\]\((/[^)]*\.md)\)")


def _links(text: str) -> set[str]:
    return {each.replace("&amp;", "&") for each in _OWN.findall(text)}


def _without_anchor(link: str) -> str:
    return link.partition("#")[0]


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.thorough)])
async def test_a_page_is_accessible(browser: Browser, demo: Demo, path: str, scheme: str) -> None:
    context = await browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = await context.new_page()
    await page.goto(demo.worker.url + path)

    assert await faults_of(page) == []
    await context.close()


async def test_every_link_of_every_page_leads_somewhere(demo: Demo) -> None:
    """All pages that can be reached from the first one, with the places on them that links name."""
    async with httpx.AsyncClient(base_url=demo.worker.url, timeout=60) as client:
        texts: dict[str, str] = {}
        waiting, anchors = ["/"], set[str]()
        while waiting:
            path = waiting.pop()
            answer = await client.get(path)
            assert answer.status_code == 200, path
            texts[path] = answer.text
            if not answer.headers["content-type"].startswith(("text/html", "text/markdown")):
                continue
            found = _links(answer.text) | set(_LINKED_MARKDOWN.findall(answer.text))
            anchors |= {each for each in found if "#" in each}
            fresh = {_without_anchor(each) for each in found if not each.startswith(_ELSEWHERE)} - texts.keys()
            waiting += fresh - set(waiting)

    assert len([path for path in texts if path.startswith("/docs/reference/")]) >= 70
    assert _missing(anchors, texts) == []


def _missing(anchors: Iterable[str], texts: dict[str, str]) -> list[str]:
    """Return the links whose page has no such place; the console's are names of operations."""
    split = [(link, *link.partition("#")[::2]) for link in anchors if not link.startswith("/docs/console")]
    return [link for link, page, place in split if page in texts and f'id="{place}"' not in texts[page]]


@pytest.mark.thorough
async def test_no_page_has_a_fault_in_a_browser(page: Page, demo: Demo) -> None:
    """Every page opens without a word in the browser's console, on a telephone without a way sideways."""
    async with httpx.AsyncClient(base_url=demo.worker.url, timeout=60) as client:
        contents = (await client.get("/docs")).text
    refused: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400:
            refused.append(answer.url)

    page.on("response", note)
    await page.set_viewport_size({"width": 320, "height": 700})
    pages = sorted({_without_anchor(each) for each in _links(contents) if each.startswith("/docs")})
    for path in pages:
        await page.goto(demo.worker.url + path)
        assert await page.evaluate("document.documentElement.scrollWidth") == 320, path

    assert len(pages) > 60
    assert refused == []


async def test_nothing_needs_javascript_but_trying_out(browser: Browser, demo: Demo) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(demo.worker.url + "/docs/reference/contacts")
    await expect(page.locator("#create_contact pre").first).to_be_visible()
    await page.get_by_role("searchbox").fill("lock_date")
    await page.get_by_role("searchbox").press("Enter")

    await expect(page.get_by_role("status")).to_contain_text("places for")
    await context.close()


async def test_a_language_is_chosen_for_all_pages(page: Page, demo: Demo) -> None:
    await page.goto(demo.worker.url + "/docs/reference/contacts")
    await page.locator("#create_contact summary", has_text="Python").click()
    await page.goto(demo.worker.url + "/docs/reference/items")

    await expect(page.locator("#create_item").get_by_text("from finzbooks import FinzBooks")).to_be_visible()
    await expect(page.locator("#create_item").get_by_text("curl -s")).to_be_hidden()


async def test_inline_script_is_not_run(page: Page, demo: Demo) -> None:
    """The policy holds in a browser, not on paper only."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        said.append(message.text)

    other = await page.context.new_page()
    other.on("console", note)
    await other.goto(demo.worker.url + "/docs")
    await other.evaluate(
        "() => { const script = document.createElement('script'); script.textContent = 'window.ran = 1';"
        " document.head.append(script); }"
    )

    assert await other.evaluate("window.ran") is None
    assert any("Content Security Policy" in each for each in said)
