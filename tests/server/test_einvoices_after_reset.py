"""One number in several books at one simulated portal: live ones, their sandbox, and it after it was emptied."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.running import Caller, Firm, open_sandbox
from tests.server.einvoicing import Worker, a_buyer, an_invoice, einvoice_of, simulate, switch_on
from tests.server.portal import SimulatedPortal, simulated_portal


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[SimulatedPortal]:
    with simulated_portal(tmp_path) as started:
        yield started


async def test_a_number_gets_an_irn_again_after_the_sandbox_was_reset(
    firm: Firm, call: Caller, portal: SimulatedPortal, tmp_path: Path
) -> None:
    """Live books, their sandbox, and the sandbox after a reset: each may have another document of one number."""
    sandbox = await open_sandbox(firm)
    trial = call.with_token(sandbox.token)
    desk, told = Worker(sandbox, portal, tmp_path), []
    for rate in (10_000, 20_000):
        branches = (await trial("GET", "/branches")).json()["branches"]
        await switch_on(trial, replace(sandbox, branch_id=branches[0]["branch_id"]))
        invoice = await an_invoice(trial, await a_buyer(trial), invoice_number="AGAIN/1", rate=rate)
        await desk.do(invoice)
        told.append(await einvoice_of(trial, invoice))
        assert told[-1]["status"] == "REGISTERED", told[-1]["errors"]
        assert _known(portal, sandbox) == 1, "what was before is forgotten"
        assert (await trial("POST", "/sandbox/reset")).status_code == 200
    simulate(firm)
    await switch_on(call, firm)
    live = await an_invoice(call, await a_buyer(call), invoice_number="AGAIN/1", rate=30_000)
    await Worker(firm, portal, tmp_path).do(live)
    told.append(await einvoice_of(call, live))
    assert told[-1]["status"] == "REGISTERED", told[-1]["errors"]
    assert len({each["irn"] for each in told}) == 1, "an IRN is made of the number"
    assert len({each["ack_number"] for each in told}) == 3


def _known(portal: SimulatedPortal, firm: Firm) -> int:
    question = "select count(*) from registrations where organization = ?"
    with closing(sqlite3.connect(portal.file)) as kept:
        (found,) = kept.execute(question, (firm.organization_id,)).fetchone()
    return int(found)
