"""Asking the e-invoice portal again for what it has not answered yet."""

from tests.running import Caller, Firm
from tests.server.einvoicing import Worker, a_buyer, actions_of, an_invoice, einvoice_of
from tests.server.portal import SimulatedPortal
from tests.server.test_einvoices import portal, worker

__all__ = ["portal", "worker"]


async def test_asking_again_while_it_waits_is_told_in_the_trail(
    call: Caller, firm: Firm, worker: Worker, portal: SimulatedPortal
) -> None:
    """The document stays as it is, so its version does, too; that somebody asked is not lost."""
    portal.switch(fault="AWAY", times=1)
    invoice = await an_invoice(call, await a_buyer(call))
    assert await worker.do(invoice) is not None
    waiting = (await call("GET", f"/invoices/{invoice['invoice_id']}")).json()["invoice"]

    asked = await call("POST", f"/invoices/{invoice['invoice_id']}/einvoice")

    assert asked.json()["einvoice"]["status"] == "PENDING", asked.text
    assert actions_of(firm, invoice["invoice_id"])[-1] == "INVOICE_EINVOICE_REQUESTED"
    after = (await call("GET", f"/invoices/{invoice['invoice_id']}")).json()["invoice"]
    assert (after["einvoice_status"], after["version"]) == ("PENDING", waiting["version"])
    await worker.do(invoice)
    assert (await einvoice_of(call, invoice))["status"] == "REGISTERED"
