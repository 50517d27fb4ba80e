"""No page is a dead end: each tells where in the console it lies, and what comes next."""

import re

from domain.access import roles
from server import clock
from server.console.figures import period
from tests.running import Firm
from tests.server.conftest import Site
from tests.server.visiting import visiting
from tests.server.visitors import visiting as a_stranger

_CURRENT = re.compile(r'<a href="([^"]*)" aria-current="(\w+)"')


async def test_the_navigation_marks_the_page_that_another_lies_below(site: Site, firm: Firm) -> None:
    async with visiting(site.urls[0], firm) as owner:
        below = owner.base.removeprefix(site.urls[0])
        for path, marked in {
            "": (below, "page"),
            "/tokens": (f"{below}/tokens", "page"),
            "/tokens/new": (f"{below}/tokens", "true"),
            "/books/bills": (f"{below}/books", "true"),
        }.items():
            assert _CURRENT.findall(await owner.open(path)) == [marked], path
        assert _CURRENT.findall(await owner.open("/first-steps")) == []


async def test_who_has_signed_in_stays_so_where_there_is_nothing(site: Site, firm: Firm) -> None:
    async with visiting(site.urls[0], firm) as owner:
        page = await owner.open("/nowhere", status=404)
    assert "Sign out" in page
    assert 'href="/console">Go on to your books' in page


async def test_what_a_role_does_not_allow_is_told_beside_what_it_does(site: Site, firm: Firm) -> None:
    async with visiting(site.urls[0], firm, role=roles.ACCOUNTANT) as member:
        page = await member.open("/webhooks/new", status=403)
    assert f'{firm.organization_id}/tokens"' in page


async def test_a_link_that_is_gone_leads_to_another(site: Site, firm: Firm) -> None:
    async with a_stranger(site.urls[0], firm.url) as stranger:
        page = await stranger.open(f"/console/links/{'a' * 43}")
    assert page.status_code == 410
    assert 'href="/console/forgotten"' in page.text


async def test_new_books_lead_to_the_first_steps(site: Site, firm: Firm) -> None:
    async with visiting(site.urls[0], firm) as owner:
        assert "Nothing is posted here yet" in await owner.open("")


async def test_a_return_is_begun_by_its_month_and_its_registration(site: Site, firm: Firm) -> None:
    async with visiting(site.urls[0], firm) as owner:
        page = await owner.open("/settings/returns")
        months = re.findall(r'<option value="(\d{6})"( selected)?>([^<]*)<', page)
        first, second = months[:2]
        assert first[:2] == (f"{clock.now():%m%Y}", "")
        assert second[1] == " selected"
        assert second[2] == period(second[0])
        gstin = re.findall(r'name="gstin" required>\s*<option value="(\w{15})"', page)
        assert len(gstin) == 1
        location = await owner.fill_in(
            "/settings/returns", status=303, form="GSTR1", period=second[0], gstin=gstin[0], frequency="MONTHLY"
        )
        assert f"GSTR1 of {second[2]}" in await owner.open(location.removeprefix(owner.base.removeprefix(site.urls[0])))
