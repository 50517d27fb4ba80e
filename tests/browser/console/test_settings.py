"""Settings as their owner fills them in: what is refused is said by its field, and nothing that was typed is lost."""

import io
import re

from PIL import Image
from playwright.async_api import expect

from server.demo import provision
from tests.browser.axe import faults_of
from tests.browser.conftest import Demo
from tests.browser.console.conftest import Desk
from tests.running import Caller, calling


async def test_what_is_refused_is_told_by_its_field_and_kept(desk: Desk) -> None:
    page = await desk.open("/settings/organization")
    await page.get_by_label("Legal name").fill("Sahyadri Workspaces Limited")
    await page.get_by_label("GSTIN").fill("27AAAAA0000A1Z9")
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label("GSTIN")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Legal name")).to_have_value("Sahyadri Workspaces Limited")

    await page.get_by_label("GSTIN").fill("27ZZSCS2718K1ZO")
    await page.get_by_label("Legal name").fill("Sahyadri Workspaces Private Limited")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_have_text("Saved.")


async def test_whoever_saves_second_is_told_that_it_was_changed(desk: Desk, demo: Demo) -> None:
    page = await desk.open("/settings/branches")
    await page.get_by_role("link", name="Bengaluru").first.click()
    key = page.url.rpartition("/")[2]
    async with calling(demo.worker.url) as caller:
        answer = await caller.with_token(demo.token)("PUT", f"/branches/{key}", {"phone": "080 4000 1234"})
        assert answer.status_code == 200, answer.text

    await page.get_by_label("Telephone").fill("080 4000 9999")
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_role("alert")).to_contain_text("Telephone: 080 4000 1234")
    await expect(page.get_by_label("Telephone")).to_have_value("080 4000 9999")
    assert await faults_of(page) == []
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_have_text("Saved.")


async def test_a_form_that_is_sent_twice_adds_one_account(desk: Desk, demo: Demo) -> None:
    page = await desk.open("/settings/accounts/new")
    fields: dict[str, str | float | bool] = {"code": "5990", "name": "Tea for visitors", "account_type": "EXPENSE"}
    for each in ("token", "key"):
        fields[each] = await page.locator(f".form input[name={each}]").input_value()
    for _ in range(2):
        answer = await page.request.post(page.url, form=fields)
        assert answer.url.endswith("/settings/accounts?done=saved"), await answer.text()

    async with calling(demo.worker.url) as caller:
        call = caller.with_token(demo.token)
        assert [each["name"] for each in await accounts(call) if each["code"] == "5990"] == ["Tea for visitors"]
        trail = (await call("GET", "/activity?entity_type=ACCOUNT&per_page=1")).json()["activity"][0]
    assert (trail["metadata"]["source"], trail["metadata"]["token_kind"]) == ("CONSOLE", "SESSION")


async def accounts(call: Caller) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await call("GET", "/accounts?per_page=200")).json()["accounts"]
    return found


async def test_a_named_series_is_added_and_taken_away(desk: Desk, demo: Demo) -> None:
    page = await desk.open("/settings/series")
    await page.get_by_role("link", name="Mumbai").click()
    more = page.get_by_role("group", name="One more series")
    await more.get_by_label("Name").fill("export")
    await more.get_by_label("Invoices optional", exact=True).fill("EXP/{FY}/")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("row", name=re.compile("Mumbai"))).to_contain_text("export")

    await page.get_by_role("link", name="Mumbai").click()
    await page.get_by_role("group", name="Series export").get_by_label("Name").fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("row", name=re.compile("Mumbai"))).not_to_contain_text("export")


async def test_the_lock_moves_with_the_password_only(desk: Desk, demo: Demo) -> None:
    page = await desk.open("/settings/lock")
    for password, told in (("surely not this one", "This is not your password."), (None, "Saved.")):
        await page.get_by_label("Locked until").fill("2026-04-30")
        await page.get_by_label("Your password").fill(password or provision.kept_sign_in(demo.settings)[1])
        await page.get_by_role("button", name="Move it").click()
        await expect(page.locator(".notice")).to_have_text(told)

    await page.get_by_label("Locked until").fill("")
    await page.get_by_label("Your password").fill(provision.kept_sign_in(demo.settings)[1])
    await page.get_by_role("button", name="Move it").click()
    await expect(page.get_by_label("Locked until")).to_have_value("")


async def test_a_return_of_a_period_that_has_not_ended_is_not_filed(desk: Desk) -> None:
    page = await desk.open("/settings/returns")
    begun = page.get_by_role("row").filter(has_not_text="Filed").nth(1)
    await begun.get_by_role("link").click()
    await page.get_by_label("ARN").fill("not an ARN")
    await page.get_by_label("Filed on").fill("2026-11-30")
    await page.get_by_role("button", name="Mark as filed").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def test_a_preview_shows_what_is_not_saved(desk: Desk, demo: Demo) -> None:
    """Another template makes other bytes, and the organization stays as it was."""
    page = await desk.open("/settings/templates")
    async with calling(demo.worker.url) as caller:
        call = caller.with_token(demo.token)
        before = (await call("GET", f"/organizations/{desk.organization_id}")).json()
        papers = []
        for template in ("classic", "modern"):
            await page.get_by_label("Template").select_option(template)
            form = await page.evaluate("Object.fromEntries(new FormData(document.getElementById('look')))")
            answer = await page.request.post(f"{desk.base}/settings/templates/preview", form=form)
            assert answer.status == 200, await answer.text()
            papers.append(await answer.body())
        assert (await call("GET", f"/organizations/{desk.organization_id}")).json() == before
    assert all(paper.startswith(b"%PDF-") for paper in papers)
    assert papers[0] != papers[1]


async def test_a_logo_is_put_on_paper_and_what_is_none_is_refused(desk: Desk) -> None:
    page = await desk.open("/settings/templates")
    await page.get_by_label("A picture, PNG or JPEG").first.set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": b"no picture at all"}
    )
    await page.get_by_role("button", name="Put it on paper").first.click()
    await expect(page.get_by_role("alert")).to_be_visible()

    drawn = io.BytesIO()
    Image.new("RGB", (240, 120), "#0b6e4f").save(drawn, "PNG")
    await page.get_by_label("A picture, PNG or JPEG").first.set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    )
    await page.get_by_role("button", name="Put it on paper").first.click()
    await expect(page.get_by_role("status")).to_have_text("Saved.")
    shown = page.get_by_alt_text("The logo")
    assert await shown.evaluate("image => image.naturalWidth") == 240


async def test_the_trail_tells_who_did_what(desk: Desk) -> None:
    page = await desk.open("/settings/trail?entity_type=ORGANIZATION")
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Meera Kulkarni")
    await expect(page.get_by_role("row").nth(1)).to_contain_text("In the console")
