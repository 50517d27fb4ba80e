"""Signing in and out, by keyboard as by hand, and how somebody else could try to profit from it."""

import re

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.async_api import Browser, Page, expect

from server.console.leading import own_page
from server.demo import provision
from tests.browser.conftest import Demo, tab
from tests.browser.console.conftest import Desk, sign_in


async def test_who_has_not_signed_in_is_asked_to_and_goes_on_to_the_page(page: Page, demo: Demo, desk: Desk) -> None:
    email, password = provision.kept_sign_in(demo.settings)
    await page.goto(desk.base)
    assert "/console/sign-in?next=" in page.url

    await page.keyboard.type(email)  # the field has the focus
    await page.keyboard.press("Tab")
    await page.keyboard.type(password)
    await page.keyboard.press("Enter")

    await page.wait_for_url(desk.base)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sahyadri Workspaces")


async def test_a_wrong_password_says_no_more_than_that(page: Page, demo: Demo) -> None:
    for email in (provision.kept_sign_in(demo.settings)[0], "nobody@example.in"):
        await page.goto(f"{demo.worker.url}/console/sign-in")
        await page.get_by_label("E-mail address").fill(email)
        await page.get_by_label("Password").fill("not at all the password")
        await page.get_by_role("button", name="Sign in").click()
        told = page.get_by_role("alert")
        await expect(told).to_have_text("This address and this password do not belong together.")


async def test_signing_out_ends_the_session_everywhere(page: Page, demo: Demo) -> None:
    await sign_in(page, demo.worker.url, *provision.kept_sign_in(demo.settings))
    held = await page.context.cookies()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("status")).to_have_text("You have signed out.")

    await page.context.add_cookies(
        [SetCookieParam(name=each["name"], value=each["value"], url=page.url) for each in held]
    )  # somebody had copied it
    await page.goto(f"{demo.worker.url}/console")
    assert "/console/sign-in" in page.url


async def test_the_key_before_signing_in_is_worth_nothing_after(browser: Browser, demo: Demo) -> None:
    async with tab(browser) as page:
        await page.goto(f"{demo.worker.url}/console/sign-in")
        (before,) = await page.context.cookies()
        await sign_in(page, demo.worker.url, *provision.kept_sign_in(demo.settings))
        (after,) = await page.context.cookies()

    assert after["value"] != before["value"]
    assert (after["httpOnly"], after["sameSite"]) == (True, "Lax")


@pytest.mark.parametrize(
    "wanted",
    [
        *(
            "https://evil.example/",
            "//evil.example/console",
            "/\\evil.example",
            "javascript:alert(1)",
            "/console/../..",
        ),
        *("/console\nLocation: https://evil.example", "/consoles", "/console//evil.example", "/console?x=#y", ""),
    ],
)
def test_an_address_of_others_is_no_page_to_go_on_to(wanted: str) -> None:
    assert own_page(wanted) == "/console"


def test_a_page_of_ours_is_gone_on_to() -> None:
    assert own_page("/console/org_1/invoices?status=SENT&page=2") == "/console/org_1/invoices?status=SENT&page=2"


async def test_signing_in_leads_nowhere_else(page: Page, demo: Demo) -> None:
    await page.goto(f"{demo.worker.url}/console/sign-in?next=https://evil.example/")
    email, password = provision.kept_sign_in(demo.settings)
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()

    await page.wait_for_url(re.compile(re.escape(demo.worker.url) + r"/console$"))


async def test_a_form_from_elsewhere_does_nothing(desk: Desk) -> None:
    """With the cookie, but without the proof that a page of ours has shown it."""
    forms: list[dict[str, str | float | bool]] = [{}, {"token": "0" * 64}]
    for form in forms:
        answer = await desk.page.request.post(f"{desk.url}/console/sign-out", form=form)
        assert answer.status == 403
    await desk.open("")


async def test_another_organization_is_no_page(desk: Desk) -> None:
    answer = await desk.page.request.get(f"{desk.url}/console/org_00000000000000000000000000")
    assert answer.status == 404
    assert "no member" in await answer.text()
