"""That the helper sees what is wrong: a check that cannot fail says nothing."""

from playwright.async_api import Page

from tests.browser.axe import faults_of

_GOOD = "<!doctype html><html lang=en><title>T</title><main><h1>H</h1><label>Name <input></label></main>"
_BAD = "<!doctype html><html><title>T</title><main><h1>H</h1><input><p style='color:#bbb'>pale</p></main>"


async def test_a_field_without_a_label_and_pale_text_are_found(page: Page) -> None:
    await page.set_content(_GOOD)
    assert await faults_of(page) == []
    await page.set_content(_BAD)
    assert {fault.partition(":")[0] for fault in await faults_of(page)} == {"html-has-lang", "label", "color-contrast"}
