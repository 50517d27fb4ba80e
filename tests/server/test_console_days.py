"""Pages for which no day is given: they begin with that of the organization's clock, which in a sandbox may be set."""

import re
from datetime import date

import pytest

from tests.running import Caller, Firm, open_sandbox
from tests.server.conftest import Site
from tests.server.visitors import visiting, with_password

_DAYS = {
    "reports/trial_balance": {"as_of_date": "2028-02-29"},
    "reports/ledger": {"from_date": "2027-04-01", "to_date": "2028-02-29"},
    "reports": {"from_date": "2027-04-01", "to_date": "2028-02-29"},
}
_FIELD = re.compile(r'name="(as_of_date|from_date|to_date)" type="date" value="([^"]*)"')


@pytest.fixture
async def leap_day(firm: Firm, call: Caller) -> Firm:
    """The sandbox of the firm on the evening, in UTC, before the last day of February 2028: in India it is that day."""
    sandbox = await open_sandbox(firm)
    told = await call.with_token(sandbox.token)("POST", "/sandbox/clock", {"now": "2028-02-28T19:00:00Z"})
    assert told.status_code == 200, told.text
    return sandbox


async def test_they_begin_with_the_day_of_the_sandbox_and_live_ones_with_the_real_one(
    site: Site, firm: Firm, leap_day: Firm
) -> None:
    async with visiting(site.urls[0], firm.url) as visitor:
        await visitor.sign_in(await with_password(firm.url, firm.owner_id))
        for path, days in _DAYS.items():
            await visitor.open(f"/console/{leap_day.organization_id}/{path}")
            assert dict(_FIELD.findall(visitor.page.text)) == days, path
            await visitor.open(f"/console/{firm.organization_id}/{path}")
            shown = dict(_FIELD.findall(visitor.page.text))
            assert set(shown) == set(days)
            assert max(shown.values()) < "2028", path
        for path, said in {"": "29 Feb 2028", "/reports/ar_aging": "As of 29 Feb 2028"}.items():
            await visitor.open(f"/console/{leap_day.organization_id}{path}")
            assert visitor.says(said), visitor.page.text
        await visitor.open(f"/console/{leap_day.organization_id}/reports/trial_balance?as_of_date={date(2027, 5, 1)}")
        assert dict(_FIELD.findall(visitor.page.text)) == {"as_of_date": "2027-05-01"}
