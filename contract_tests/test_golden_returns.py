"""Whole returns, beside the documents that they are made of: an accountant can check each figure by hand.

``golden/<case>/books.yaml`` is a list of steps (``told.py``), told to a new firm of Maharashtra; the files beside it
are the returns as the portal takes them. ``{gst18}`` is the tax of 18 %, ``{rcm18}`` the same on reverse charge;
``{exempt}``, ``{nil_rated}`` and ``{non_gst}`` are what bears none.

What is claimed depends on the day on which a bill is entered (CGST Act 2017, section 16(4)), so the books are of a
sandbox whose clock stands at ``NOON``: the credit of 2025-26 is lost by then, that of 2026-27 is not.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from contract_tests.spec import Node
from contract_tests.told import read_story, tell
from domain.gst.tax_catalogue import CATALOGUE, TaxShape
from server.settings import DatabaseUrl
from tests.running import Caller, Worker, calling, found, open_sandbox

NOON, YEAR_AFTER = "2026-12-01T06:30:00Z", "2027-12-01T06:30:00Z"

_FOLDER = Path(__file__).parent / "golden"
_TAXES = {
    **{
        f"gst{tax.percent.normalize():f}": tax.id
        for tax in CATALOGUE
        if tax.shape is TaxShape.INTRA_STATE and not tax.cess
    },
    **{f"rcm{tax.percent.normalize():f}": tax.id for tax in CATALOGUE if tax.shape is TaxShape.RCM and not tax.igst},
    **{tax.shape.lower(): tax.id for tax in CATALOGUE if not tax.percent},
}
_CASES = sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir())


@pytest.mark.parametrize("case", _CASES)
async def test_returns_are_what_their_documents_come_to(
    contract_database: DatabaseUrl, server: Worker, case: str
) -> None:
    async with _told(contract_database, server, NOON) as (call, kept):
        for step in _story(case):
            await tell(call, step, kept, _FOLDER / case)


async def test_a_year_later_the_same_books_claim_nothing(contract_database: DatabaseUrl, server: Worker) -> None:
    """What the clock is for: entered in December 2027, the trader's bill of April 2026 comes too late."""
    case, return_of_april = "traders_quarter", "/reports/gstr3b/json?period=042026&gstin=27AACCS4321K1ZD"
    net = {}
    for now in (NOON, YEAR_AFTER):
        async with _told(contract_database, server, now) as (call, kept):
            for step in _story(case):
                if "equals" not in step:
                    await tell(call, step, kept, _FOLDER / case)
            claimed = (await call("GET", return_of_april)).json()["itc_elg"]["itc_net"]
            net[now] = claimed["camt"], claimed["samt"]
    assert net == {NOON: (450, 450), YEAR_AFTER: (0, 0)}


def _story(case: str) -> list[Node]:
    steps: list[Node] = read_story(_FOLDER / case / "books.yaml")
    return steps


@asynccontextmanager
async def _told(database: DatabaseUrl, server: Worker, now: str) -> AsyncIterator[tuple[Caller, dict[str, Any]]]:
    """Calls of a new firm whose clock was set to ``now``, and what their steps can name."""
    firm = await open_sandbox(await found(database))
    kept = {**_TAXES, "organization": firm.organization_id, "branch": firm.branch_id}
    async with calling(server.url) as caller:
        call = caller.with_token(firm.token)
        assert (await call("POST", "/sandbox/clock", {"now": now})).status_code == 200
        yield call, kept
