"""How often calls of tools count for the limit of whoever calls: as often as they make requests, and at least once."""

from itertools import pairwise
from typing import Any

import httpx

from domain.access.tokens import hash_of
from tests.running import Firm, mint, rows
from tests.server.agents import message
from tests.server.conftest import Site

_COUNTED = "select calls, window_number from call_counts where caller = %s"


async def counts(site: Site, firm: Firm, *calls: dict[str, Any]) -> list[int]:
    """Make calls of tools, all in one minute, and tell by how much each counts."""
    token = await mint(firm.url, firm.owner_id, firm.organization_id)
    (kept,) = rows(firm.url, "select id from tokens where token_hash = %s", hash_of(token))
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        for _ in range(5):
            rows(firm.url, "delete from call_counts where caller = %s", kept["id"])
            told, windows = [0], set()
            confirm = ""
            for call in calls:
                arguments = {**call["arguments"], **({"confirm": confirm} if "confirm" in call else {})}
                said = message("tools/call", {"name": call["name"], "arguments": arguments})
                answer = (await client.post(f"{site.urls[0]}/mcp", json=said)).json()["result"]["structuredContent"]
                assert "error" not in answer, answer
                confirm = answer.get("confirm", "")
                (row,) = rows(firm.url, _COUNTED, kept["id"])
                told.append(row["calls"])
                windows.add(row["window_number"])
            if len(windows) == 1:
                return [after - before for before, after in pairwise(told)]
    raise AssertionError("five times the minute ended in between")


async def test_a_preview_counts_once_and_so_does_its_confirmation(site: Site, firm: Firm) -> None:
    contact = {"name": "add", "arguments": {"kind": "contact", "fields": {"contact_name": "Counted"}}}
    assert await counts(site, firm, contact, {**contact, "confirm": True}) == [1, 1]


async def test_reading_counts_once(site: Site, firm: Firm) -> None:
    assert await counts(site, firm, {"name": "find", "arguments": {"kind": "contact"}}) == [1]


async def test_what_is_made_of_several_requests_counts_as_those(site: Site, firm: Firm) -> None:
    checks = {"name": "report", "arguments": {"name": "month_checks", "period": "042026"}}
    (counted,) = await counts(site, firm, checks)
    assert counted > 3
