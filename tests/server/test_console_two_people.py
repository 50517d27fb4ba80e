"""Two people at one form of the console: who comes second is told what the first one did, and loses nothing.

And webhooks that are told again what happened between two moments.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from domain.books import INDIA
from tests.running import Caller, Firm, rows, shown
from tests.server.conftest import Site
from tests.server.receiving import an_endpoint, deliveries
from tests.server.visitors import PASSWORD, Visitor, forms_of, visiting, with_password

_TOLD = "Somebody else has changed this since you opened it."


class At(NamedTuple):
    """A form: its page, what it changes, the field that both fill in, and what else the second one must send."""

    page: str
    path: str
    name: str
    label: str
    first: str
    second: str
    beside: dict[str, str]


FORMS = {
    "organization": At(
        "settings/organization", "/organizations/{organization}", "legal_name", "Legal name",
        "Sahyadri Limited", "Sahyadri and Sons", {},
    ),
    "branch": At(
        "settings/branches/{branch}", "/branches/{branch}", "phone", "Telephone",
        "020 4000 1234", "020 4000 9999", {"is_default": "on", "is_active": "on"},
    ),
    "account": At(
        "settings/accounts/{account}", "/accounts/{account}", "name", "Name",
        "Tea and coffee", "Tea for visitors", {"is_active": "on"},
    ),
    "lock": At(
        "settings/lock", "/organizations/{organization}", "lock_date", "Locked until and with",
        "2026-03-31", "2026-04-30", {"password": PASSWORD},
    ),
    "look": At(
        "settings/templates", "/organizations/{organization}", "signatory_name", "Signed by",
        "Meera Kulkarni", "Ravi Rao", {},
    ),
    "endpoint": At(
        "webhooks/{endpoint}/edit", "/webhooks/endpoints/{endpoint}", "description", "What it is for",
        "the warehouse", "the shop", {"is_active": "on", "reach": "all", "url": "https://example.in/there"},
    ),
}  # fmt: skip


@pytest.fixture
async def second(site: Site, firm: Firm) -> AsyncIterator[Visitor]:
    """The owner at a browser."""
    async with visiting(site.urls[0], firm.url) as opened:
        await opened.sign_in(await with_password(firm.url, firm.owner_id))
        yield opened


@pytest.fixture
async def named(firm: Firm, call: Caller) -> dict[str, str]:
    """What the pages name: an organization with a branch, an account, and an endpoint."""
    account = await call.made("/accounts", {"code": "5990", "name": "Tea", "account_type": "EXPENSE"})
    return {
        "organization": firm.organization_id,
        "branch": firm.branch_id,
        "account": account["account_id"],
        "endpoint": an_endpoint(firm, "https://example.in/there"),
    }


async def send(visitor: Visitor, page: str, **filled: str) -> None:
    """Send the form that changes what the page shows."""
    fields = next(fields for where, fields in forms_of(visitor.page) if where in ("", page) and "version" in fields)
    visitor.page = await visitor.client.post(visitor.url + page, data={**fields, **filled}, follow_redirects=True)


@pytest.mark.parametrize("form", FORMS)
async def test_who_comes_second_is_told_and_loses_nothing(
    second: Visitor, call: Caller, named: dict[str, str], form: str
) -> None:
    at = FORMS[form]
    path, page = at.path.format_map(named), f"/console/{named['organization']}/{at.page.format_map(named)}"
    await second.open(page)
    assert (await call("PUT", path, {at.name: at.first})).status_code == 200

    said = {**at.beside, at.name: at.second}
    await send(second, page, **said)
    assert (second.page.status_code, second.says(_TOLD)) == (412, True), second.page.text
    assert second.says(f"{at.label}: {at.first}")
    assert f'value="{at.second}"' in second.page.text
    assert shown(await call("GET", path))[at.name] == at.first, "nothing was overwritten unseen"

    await send(second, page, **said)
    assert second.page.status_code == 200, second.page.text
    assert shown(await call("GET", path))[at.name] == at.second


async def test_what_was_changed_meanwhile_is_told_also_after_another_refusal(
    second: Visitor, firm: Firm, call: Caller
) -> None:
    path, page = f"/organizations/{firm.organization_id}", f"/console/{firm.organization_id}/settings/organization"
    await second.open(page)
    assert (await call("PUT", path, {"legal_name": "Sahyadri Limited"})).status_code == 200
    await send(second, page, aggregate_turnover="much")
    assert (second.page.status_code, second.says(_TOLD)) == (400, False)
    await send(second, page, aggregate_turnover="")
    assert (second.page.status_code, second.says(_TOLD)) == (412, True)
    assert shown(await call("GET", path))["legal_name"] == "Sahyadri Limited"


async def test_an_endpoint_is_told_again_what_happened_between_two_moments(
    second: Visitor, firm: Firm, call: Caller
) -> None:
    made = [(await call.made("/contacts", {"contact_name": f"No. {n}"}))["contact_id"] for n in range(4)]
    events = [rows(firm.url, "select id from events where entity_id = %s", each)[0]["id"] for each in made]
    key = an_endpoint(firm, "https://example.in/there")  # it has been told of them
    noon = datetime(2026, 11, 2, 12, 0, tzinfo=INDIA)
    for number, event in enumerate(events):  # an hour apart, from noon in India
        at = noon + timedelta(hours=number)
        rows(firm.url, "update events set occurred_at = %s where id = %s returning 1", at, event)
    page = f"/console/{firm.organization_id}/webhooks/{key}"
    await second.open(page)

    async def again(**bounds: str) -> dict[str, Any]:
        forms = [fields for where, fields in forms_of(second.page) if where == f"{page}/do"]
        fields = next(each for each in forms if each["do"] == "replay")
        second.page = await second.client.post(f"{second.url}{page}/do", data={**fields, **bounds})
        return {each["event_id"]: each["is_replay"] for each in deliveries(firm, key)}

    await again(from_time="tomorrow")
    assert (second.page.status_code, second.says("This is no moment.")) == (400, True)
    assert "tomorrow" in second.page.text
    told = await again(from_time="2026-11-02T13:00", to_time="2026-11-02T14:00")
    assert second.says("2 events are sent again"), second.page.text
    assert told == {events[1]: True, events[2]: True}
    await again(from_time="2026-11-03T00:00", to_time="2026-11-02T00:00")
    assert (second.page.status_code, second.says("The range ends before it begins.")) == (400, True), second.page.text
    assert 'value="2026-11-03T00:00"' in second.page.text
