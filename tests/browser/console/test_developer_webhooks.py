"""Webhooks in a browser: an endpoint with a real receiver, its deliveries, resending, replaying, a new secret."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from domain.access import credentials, members
from server.passwords import hash_of
from tests.browser.console.conftest import sign_in
from tests.conftest import NewDatabase
from tests.running import Firm, found, operators_books, workers
from tests.server.people import PASSWORD
from tests.server.receiving import KEY, a_pump, always, happened, receiver

SETTINGS = {"FINZBOOKS_ALLOW_INSECURE_WEBHOOKS": "1", "FINZBOOKS_SECRETS_KEY": KEY}


@pytest.fixture
async def signed(page: Page, new_database: NewDatabase) -> AsyncIterator[tuple[Page, Firm, str]]:
    """The owner of a firm at the pages of its webhooks, on a server that may call this machine."""
    firm = await found(new_database())
    async with operators_books(firm.url) as books:
        user = await members.find_user(books, firm.owner_id)
        await credentials.keep(books, user, hash_of(credentials.checked(PASSWORD, user)))
    with workers(firm.url, 1, **SETTINGS) as [worker]:
        await sign_in(page, worker.url, user.email, PASSWORD)
        yield page, firm, f"{worker.url}/console/{firm.organization_id}"


@pytest.mark.thorough
async def test_the_whole_way_of_a_webhook(signed: tuple[Page, Firm, str]) -> None:
    page, firm, base = signed
    async with receiver(always(500)) as there, a_pump(firm) as pump:
        await page.goto(f"{base}/webhooks/new")
        await page.get_by_label("Address").fill(there.url)
        await page.get_by_label("Only what is ticked below").check()
        await page.get_by_text("Tick one by one").click()
        await page.get_by_label("Find").fill("invoice updated")
        await expect(page.get_by_label("Bill created")).to_be_hidden()
        await page.get_by_label("Invoice updated", exact=True).check()
        await page.get_by_role("button", name="Make the endpoint").click()
        secret = await page.get_by_label("Secret of its signatures").input_value()
        assert secret.startswith("whsec_")
        await page.reload()  # which sends the form again
        await expect(page.get_by_role("status")).to_contain_text("shown never again")
        assert secret not in await page.content()
        endpoint = page.url.partition("?")[0]

        happened(firm, "inv_1")
        await pump.serve_all()
        await page.reload()
        await expect(page.get_by_role("img")).to_have_attribute("aria-label", "0 of the last 1 deliveries were taken")
        await page.get_by_role("link", name="Invoice updated").click()
        attempt = page.get_by_role("region", name="Attempt 1")
        await expect(attempt).to_contain_text("500")
        await expect(attempt).to_contain_text('"event_type":"INVOICE_UPDATED"')
        await expect(attempt.get_by_role("region", name="The answer")).to_have_text("ok")

        there.answering = always(410)  # it ends at once
        await page.goto(f"{base}/webhooks")
        await page.get_by_role("link", name=there.url).click()
        await page.get_by_role("button", name="Send a test").click()
        await page.wait_for_url(re.compile("/deliveries/"))
        await pump.serve_all()
        await page.reload()
        await expect(page.locator("main")).to_contain_text("410")

        there.answering = always(200)
        await page.goto(f"{endpoint}/edit")  # the 410 had switched it off
        await page.get_by_label("It is told what happens").check()
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("link", name="Endpoint test").click()
        await page.get_by_role("button", name="Send it once more").click()
        await expect(page.get_by_role("status")).to_contain_text("sent once more")
        await pump.serve_all()
        await page.reload()
        await expect(page.get_by_role("region", name="Attempt 2")).to_contain_text("200")

        await page.goto(endpoint)
        await page.get_by_text("Tell it again what happened").click()
        await page.get_by_label("From place").fill("1")
        await page.get_by_role("button", name="Tell it again").click()
        await expect(page.get_by_role("status")).to_contain_text("1 events are sent again")

        await page.get_by_text("Give it a new secret").click()
        await page.locator("#f-roll-password").fill(PASSWORD)
        await page.get_by_role("button", name="Make a new secret").click()
        assert await page.get_by_label("Secret of its signatures").input_value() != secret
        await page.get_by_role("link", name="Go on to the endpoint").click()
        await expect(page.locator("dl")).to_contain_text(re.compile(r"good for another 23 h 5\d min"))

        await page.get_by_text("Delete it").click()
        await page.locator("#f-delete-password").fill("not the password at all")
        await page.get_by_role("button", name="Delete the endpoint").click()
        await expect(page.get_by_role("alert")).to_have_text("This is not your password.")
        await page.locator("#f-delete-password").fill(PASSWORD)
        await page.get_by_role("button", name="Delete the endpoint").click()
        await expect(page.get_by_role("status")).to_contain_text("is deleted")
