"""The pages for people on a desk and on a telephone."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Demo

REFERENCE = "/docs/reference/contacts"
PAGES = (
    "/",
    "/docs/reference",
    REFERENCE,
    "/docs/errors/auth.invalid_token",
    "/docs/search?q=approve",
    "/docs/console",
)
_OVERFLOWING = """
() => [...document.querySelectorAll("main pre")].filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => box.innerText)
"""
_WEIGHT = "() => performance.getEntriesByType('resource').reduce((sum, each) => sum + each.transferSize, 0)"


async def test_every_command_fits_its_box_on_a_desk(page: Page, demo: Demo) -> None:
    await page.goto(demo.worker.url + "/")

    assert await page.locator("main pre").count() >= 6
    assert await page.evaluate(_OVERFLOWING) == []


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_is_wider_than_a_telephone(page: Page, demo: Demo, path: str) -> None:
    await page.set_viewport_size({"width": 320, "height": 700})
    await page.goto(demo.worker.url + path)

    assert await page.evaluate("document.documentElement.scrollWidth") == 320


async def test_a_first_visit_brings_little(page: Page, demo: Demo) -> None:
    """The page with all that it loads, as it is sent; the largest of the reference as well."""
    for path in ("/", "/docs/reference/gst_reports"):
        answer = await page.goto(demo.worker.url + path)
        assert answer is not None
        sizes = await answer.request.sizes()
        assert sizes["responseBodySize"] + await page.evaluate(_WEIGHT) <= 60_000, path


async def test_a_link_to_a_field_opens_what_hides_it(page: Page, demo: Demo) -> None:
    await page.goto(f"{demo.worker.url}{REFERENCE}#create_contact.body.billing_address.zip")

    await expect(page.locator("[id='create_contact.body.billing_address.zip']")).to_be_in_viewport()


async def test_search_works_by_the_keyboard_alone(page: Page, demo: Demo) -> None:
    await page.goto(demo.worker.url + "/docs/reference")
    await page.keyboard.press("/")
    await page.keyboard.type("approve draft ledger")
    await expect(page.get_by_role("option").first).to_contain_text("Approve a draft and post it to the ledger")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/docs/reference/*#approve_*")


async def test_the_keyboard_can_go_past_the_head_of_a_page(page: Page, demo: Demo) -> None:
    await page.goto(demo.worker.url + REFERENCE)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page.locator("main")).to_be_focused()
