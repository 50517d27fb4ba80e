"""The landing page on a desk and on a telephone."""

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Demo

PAGES = ("/", "/docs/reference", "/docs/console")
_OVERFLOWING = """
() => [...document.querySelectorAll("main pre")].filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => box.innerText)
"""


async def test_every_command_fits_its_box_on_a_desk(page: Page, demo: Demo) -> None:
    await page.goto(demo.worker.url + "/")

    assert await page.locator("main pre").count() >= 6
    assert await page.evaluate(_OVERFLOWING) == []


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_is_wider_than_a_telephone(page: Page, demo: Demo, path: str) -> None:
    await page.set_viewport_size({"width": 320, "height": 700})
    await page.goto(demo.worker.url + path)

    assert await page.evaluate("document.documentElement.scrollWidth") == 320
