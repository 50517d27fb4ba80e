"""E-invoices over HTTP: queued at approval, registered by the worker at a portal in a process of its own, cancelled."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.portal_signatures import keys_in, verified
from server.simulator import keys
from tests.running import Caller, Firm, calling, open_sandbox, rows
from tests.server.conftest import Site
from tests.server.einvoicing import (
    Worker,
    a_buyer,
    actions_of,
    an_invoice,
    einvoice_of,
    jobs_of,
    now,
    simulate,
    switch_on,
)
from tests.server.portal import SimulatedPortal, simulated_portal


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedPortal]:
    with simulated_portal(tmp_path_factory.mktemp("portal")) as started:
        yield started


@pytest.fixture
async def worker(firm: Firm, call: Caller, portal: SimulatedPortal, tmp_path: Path) -> Worker:
    """A firm with e-invoicing on, and who asks the portal for it."""
    portal.switch()
    simulate(firm)
    await switch_on(call, firm)
    # Every firm of these tests has one GSTIN and begins to number anew, so each gets a portal of its own.
    with_its_own = portal.file.with_suffix(f".{firm.organization_id}")
    portal.kill()
    portal.file = with_its_own
    portal.start_again()
    return Worker(firm, portal, tmp_path)


async def test_an_invoice_is_registered_by_itself_once_it_is_approved(call: Caller, firm: Firm, worker: Worker) -> None:
    invoice = await an_invoice(call, await a_buyer(call))
    assert (invoice["status"], invoice["einvoice_status"], invoice["irn"]) == ("SENT", "PENDING", None)
    assert [job["task_name"] for job in jobs_of(firm, invoice["invoice_id"])] == ["carry_out_einvoice"]
    waiting = await einvoice_of(call, invoice)
    assert (waiting["status"], waiting["attempts"], waiting["errors"]) == ("PENDING", 0, [])

    assert await worker.do(invoice) is None

    told = await einvoice_of(call, invoice)
    assert (told["status"], told["attempts"], told["errors"], told["is_simulated"]) == ("REGISTERED", 1, [], True)
    shown = (await call("GET", f"/invoices/{invoice['invoice_id']}")).json()["invoice"]
    assert (shown["einvoice_status"], shown["irn"]) == ("REGISTERED", told["irn"])
    assert shown["version"] == invoice["version"] + 1
    code = verified(told["signed_qr"], keys_in(keys.public_key()))
    assert (code.content["Irn"], code.content["TotInvVal"]) == (told["irn"], 11800)
    assert (
        verified(told["signed_invoice"], keys_in(keys.public_key())).content["DocDtls"]["No"]
        == invoice["invoice_number"]
    )
    (kept,) = rows(firm.url, "select signed_qr from einvoices where document_id = %s", invoice["invoice_id"])
    assert kept["signed_qr"] == told["signed_qr"]
    found = await call("GET", "/invoices", params={"einvoice_status": "REGISTERED"})
    assert [row["irn"] for row in found.json()["invoices"]] == [told["irn"]]
    assert actions_of(firm, invoice["invoice_id"])[-1] == "INVOICE_EINVOICE_REGISTERED"


async def test_with_the_switch_off_nothing_is_asked(call: Caller, firm: Firm) -> None:
    customer = await a_buyer(call)
    invoice = await an_invoice(call, customer)
    assert invoice["einvoice_status"] is None
    assert jobs_of(firm, invoice["invoice_id"]) == []
    told = await einvoice_of(call, invoice)
    assert told["status"] is None and "E-invoicing is off" in told["why_not_registered"]
    refused = await call("POST", f"/invoices/{invoice['invoice_id']}/einvoice")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        422,
        "validation.failed",
        "branch_id",
    )


async def test_a_consumers_invoice_is_not_registered(call: Caller, worker: Worker) -> None:
    customer = await call.made("/contacts", {"contact_name": "Asha", "billing_address": {"state_code": "IN-KA"}})
    invoice = await an_invoice(call, customer["contact_id"])
    assert invoice["einvoice_status"] is None
    refused = await call("POST", f"/invoices/{invoice['invoice_id']}/einvoice")
    assert (refused.status_code, refused.json()["field"]) == (422, "gst_treatment")


async def test_a_draft_is_not_registered(call: Caller, worker: Worker) -> None:
    invoice = await an_invoice(call, await a_buyer(call), auto_approve=False)
    refused = await call("POST", f"/invoices/{invoice['invoice_id']}/einvoice")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict.invalid_state")
    assert (await einvoice_of(call, invoice))["why_not_registered"] == "It is a draft; approve it first."


async def test_what_the_portal_would_refuse_fails_with_its_field_and_is_mended(call: Caller, worker: Worker) -> None:
    """The customer's address has no PIN code; the invoice takes what it lacks from the contact once that is mended."""
    customer = await a_buyer(call, billing_address={"state_code": "IN-KA"})
    invoice = await an_invoice(call, customer)
    await worker.do(invoice)
    told = await einvoice_of(call, invoice)
    assert (told["status"], told["attempts"]) == ("FAILED", 0)
    fields = [error["field"] for error in told["errors"]]
    assert (
        fields == ["billing_address.address", "billing_address.city", "billing_address.zip"]
        or "billing_address.zip" in fields
    )
    refused = await call("POST", f"/invoices/{invoice['invoice_id']}/einvoice")
    assert refused.status_code == 422 and refused.json()["field"].startswith("billing_address.")
    mended = {"address": "4 Palace Road", "city": "Mysuru", "state_code": "IN-KA", "zip": "570001"}
    assert (await call("PUT", f"/contacts/{customer}", {"billing_address": mended})).status_code == 200
    asked = await call("POST", f"/invoices/{invoice['invoice_id']}/einvoice")
    assert asked.json()["einvoice"]["status"] == "PENDING", asked.text
    assert actions_of(worker.firm, invoice["invoice_id"])[-1] == "INVOICE_EINVOICE_REQUESTED"
    await worker.do(invoice)
    assert (await einvoice_of(call, invoice))["status"] == "REGISTERED"


async def test_a_portal_that_is_away_leaves_the_invoice_approved_and_is_asked_again(
    call: Caller, worker: Worker, portal: SimulatedPortal
) -> None:
    invoice = await an_invoice(call, await a_buyer(call))
    portal.kill()
    again_at = await worker.do(invoice)
    told = await einvoice_of(call, invoice)
    assert (told["status"], told["attempts"], told["errors"][0]["code"]) == ("PENDING", 1, "portal.away")
    assert again_at is not None and timedelta(0) < again_at - now() <= timedelta(minutes=1)
    assert await worker.do(invoice) is None, "it is not due"
    portal.start_again()
    await worker.do(invoice, now=again_at + timedelta(seconds=1))
    assert (await einvoice_of(call, invoice))["status"] == "REGISTERED"


@pytest.mark.parametrize("fault", ["SLOW", "RUBBISH", "RESET", "AWAY", "LARGE"])
async def test_a_portal_that_talks_rubbish_is_asked_again(
    call: Caller, worker: Worker, portal: SimulatedPortal, fault: str
) -> None:
    invoice = await an_invoice(call, await a_buyer(call))
    portal.switch(fault=fault, path="/Invoice", seconds=3)
    again_at = await worker.do(invoice)
    assert again_at is not None
    assert (await einvoice_of(call, invoice))["status"] == "PENDING"
    await worker.do(invoice, now=again_at)
    assert (await einvoice_of(call, invoice))["status"] == "REGISTERED"


@pytest.mark.parametrize("fault", ["RESET_AFTER", "SLOW_AFTER", "RUBBISH_AFTER"])
async def test_what_was_accepted_without_an_answer_is_asked_for_by_its_details(
    call: Caller, worker: Worker, portal: SimulatedPortal, fault: str
) -> None:
    """Sent again it would be a duplicate; it is looked up instead, and the first acknowledgement is kept."""
    invoice = await an_invoice(call, await a_buyer(call))
    portal.switch(fault=fault, path="/Invoice", seconds=3)
    again_at = await worker.do(invoice)
    assert again_at is not None
    refused = await call("POST", f"/invoices/{invoice['invoice_id']}/void", {"reason": "Not yet."})
    assert refused.status_code == 409 and "may be registered" in refused.json()["message"]
    portal.switch(fault="RUBBISH", path="/eicore/v1.03/Invoice", times=1)  # what sends it again would meet this
    await worker.do(invoice, now=again_at)
    told = await einvoice_of(call, invoice)
    assert (told["status"], told["ack_number"]) == ("REGISTERED", "112610000000001")


async def test_a_worker_that_dies_after_the_portal_accepted_is_followed_by_one_that_asks(
    call: Caller, worker: Worker, portal: SimulatedPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = await an_invoice(call, await a_buyer(call))

    async def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("domain.einvoice.errands.bring_registration", dies)
        with pytest.raises(KeyboardInterrupt):
            await worker.do(invoice)
    assert await worker.do(invoice) is None, "it is the other worker's for some minutes"
    await worker.do(invoice, now=now() + timedelta(minutes=4))
    told = await einvoice_of(call, invoice)
    assert (told["status"], told["attempts"], told["ack_number"]) == ("REGISTERED", 2, "112610000000001")


async def test_two_workers_at_once_send_it_once(call: Caller, firm: Firm, worker: Worker) -> None:
    import asyncio

    invoice = await an_invoice(call, await a_buyer(call))
    await asyncio.gather(*(worker.do(invoice) for _ in range(4)))
    told = await einvoice_of(call, invoice)
    assert (told["status"], told["attempts"]) == ("REGISTERED", 1)


async def test_a_session_that_has_ended_is_renewed_once(call: Caller, worker: Worker, portal: SimulatedPortal) -> None:
    customer = await a_buyer(call)
    await worker.do(await an_invoice(call, customer))
    second = await an_invoice(call, customer)
    portal.switch(fault="TOKEN_ENDED", path="/Invoice")
    assert await worker.do(second) is None
    assert (await einvoice_of(call, second))["status"] == "REGISTERED"


async def test_what_another_key_signed_is_not_taken(call: Caller, worker: Worker, portal: SimulatedPortal) -> None:
    invoice = await an_invoice(call, await a_buyer(call))
    portal.switch(fault="FORGED", path="/Invoice")
    await worker.do(invoice)
    told = await einvoice_of(call, invoice)
    assert (told["status"], told["irn"]) == ("FAILED", None)
    assert "not signed" in told["errors"][0]["message"]


async def test_a_duplicate_is_the_success_that_it_is_if_it_is_the_same_document(
    call: Caller, firm: Firm, worker: Worker
) -> None:
    """What was registered before our record was lost, as after a restored backup."""
    invoice = await an_invoice(call, await a_buyer(call))
    await worker.do(invoice)
    first = await einvoice_of(call, invoice)
    _forget(firm, invoice["invoice_id"])
    await worker.do(invoice)
    assert (await einvoice_of(call, invoice))["signed_qr"] == first["signed_qr"]


async def test_a_duplicate_of_another_document_is_no_success(call: Caller, firm: Firm, worker: Worker) -> None:
    invoice = await an_invoice(call, await a_buyer(call))
    await worker.do(invoice)
    _forget(firm, invoice["invoice_id"])
    rows(
        firm.url,
        "update documents set round_off = 1, total = total + 1, balance = balance + 1 where id = %s returning id",
        invoice["invoice_id"],
    )
    await worker.do(invoice)
    told = await einvoice_of(call, invoice)
    assert (told["status"], told["irn"]) == ("FAILED", None)
    assert "another document under this number" in told["errors"][0]["message"]
    assert "11801" in told["errors"][0]["message"]


def _forget(firm: Firm, document_id: str) -> None:
    rows(firm.url, "delete from einvoices where document_id = %s returning 1", document_id)
    rows(
        firm.url,
        "update documents set einvoice_status = 'PENDING', irn = null where id = %s returning 1",
        document_id,
    )


async def test_a_registered_invoice_is_cancelled_at_the_portal_before_it_is_voided(
    call: Caller, worker: Worker
) -> None:
    invoice = await an_invoice(call, await a_buyer(call))
    path = f"/invoices/{invoice['invoice_id']}"
    await worker.do(invoice)
    refused = await call("POST", f"{path}/void", {"reason": "Wrong rate."})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict.invalid_state")
    assert "cancel its e-invoice first" in refused.json()["message"]
    asked = await call("POST", f"{path}/einvoice/cancel", {"reason": "DATA_ENTRY_MISTAKE", "remarks": "Wrong rate."})
    told = asked.json()["einvoice"]
    assert (told["status"], told["cancel_reason"]) == ("REGISTERED", "DATA_ENTRY_MISTAKE"), asked.text
    await worker.do(invoice)
    told = await einvoice_of(call, invoice)
    assert told["status"] == "CANCELLED" and told["cancelled_time"] is not None
    assert actions_of(worker.firm, invoice["invoice_id"])[-2:] == [
        "INVOICE_EINVOICE_CANCEL_REQUESTED",
        "INVOICE_EINVOICE_CANCELLED",
    ]
    again = await call("POST", f"{path}/einvoice")
    assert again.status_code == 409 and "cannot be registered again" in again.json()["message"]
    voided = await call("POST", f"{path}/void", {"reason": "Wrong rate."})
    assert voided.json()["invoice"]["status"] == "CANCELLED", voided.text


async def test_after_a_day_only_a_credit_note_takes_it_back(call: Caller, firm: Firm, worker: Worker) -> None:
    invoice = await an_invoice(call, await a_buyer(call))
    path = f"/invoices/{invoice['invoice_id']}"
    await worker.do(invoice)
    rows(
        firm.url,
        "update einvoices set acknowledged_at = now() - interval '25 hours' where document_id = %s returning 1",
        invoice["invoice_id"],
    )
    late = await call("POST", f"{path}/einvoice/cancel", {"reason": "OTHERS", "remarks": "Too late."})
    assert late.status_code == 409 and "credit note" in late.json()["message"]
    refused = await call("POST", f"{path}/void")
    assert refused.status_code == 409 and "credit note" in refused.json()["message"]


async def test_a_cancelling_that_the_portal_refuses_leaves_it_registered(
    call: Caller, worker: Worker, portal: SimulatedPortal
) -> None:
    invoice = await an_invoice(call, await a_buyer(call))
    await worker.do(invoice)
    await call("POST", f"/invoices/{invoice['invoice_id']}/einvoice/cancel", {"reason": "OTHERS", "remarks": "No."})
    portal.switch(hours_on=25)
    await worker.do(invoice)
    told = await einvoice_of(call, invoice)
    assert (told["status"], told["errors"][0]["code"], told["cancel_requested_time"]) == ("REGISTERED", "2270", None)


async def test_notes_are_registered_too(call: Caller, worker: Worker) -> None:
    customer = await a_buyer(call)
    invoice = await an_invoice(call, customer)
    await worker.do(invoice)
    line = {"name": "Office chair", "quantity": 1}
    note = await call.made(
        "/credit_notes",
        {"invoice_id": invoice["invoice_id"], "customer_id": customer, "reason": "SALES_RETURN", "line_items": [line]},
    )
    more = await call.made(
        "/customer_debit_notes",
        {
            "invoice_id": invoice["invoice_id"],
            "customer_id": customer,
            "reason": "VALUE_CHARGED_SHORT",
            "line_items": [{**line, "rate": 10}],
        },
    )
    assert (note["einvoice_status"], more["einvoice_status"]) == ("PENDING", "PENDING")
    await worker.do_by_id(note["credit_note_id"])
    await worker.do_by_id(more["customer_debit_note_id"])
    for path, document_type in (
        (f"/credit_notes/{note['credit_note_id']}", "CRN"),
        (f"/customer_debit_notes/{more['customer_debit_note_id']}", "DBN"),
    ):
        told = (await call("GET", f"{path}/einvoice")).json()["einvoice"]
        assert (told["status"], told["document_type"]) == ("REGISTERED", document_type), told
        signed = verified(told["signed_invoice"], keys_in(keys.public_key())).content
        assert signed["RefDtls"]["PrecDocDtls"][0]["InvNo"] == invoice["invoice_number"]


async def test_live_books_take_no_simulated_registration(
    call: Caller, firm: Firm, worker: Worker, portal: SimulatedPortal, tmp_path: Path
) -> None:
    """Even an installation that calls the simulator its portal, and trusts its key, refuses what it says."""
    rows(
        firm.url, "update organizations set is_portal_simulated = false where id = %s returning 1", firm.organization_id
    )
    invoice = await an_invoice(call, await a_buyer(call))
    refused = await call("POST", f"/invoices/{invoice['invoice_id']}/einvoice")
    assert refused.status_code == 422 and "signs in" in refused.json()["message"]
    file = tmp_path / "portal.pem"
    file.write_bytes(keys.public_key())
    live = Worker(
        firm,
        portal,
        tmp_path,
        FINZBOOKS_EINVOICE_URL=portal.url,
        FINZBOOKS_EINVOICE_CLIENT_ID="us",
        FINZBOOKS_EINVOICE_CLIENT_SECRET="ours",
        FINZBOOKS_EINVOICE_PUBLIC_KEY_FILE=str(file),
        FINZBOOKS_EINVOICE_CERTIFICATES_FILE=str(file),
    )
    sealed = live.sealer.seal("right", "einvoice password 27AACCS4321K1ZD")
    rows(
        firm.url,
        "insert into einvoice_credentials values (%s, '27AACCS4321K1ZD', 'api', %s, 1, now(), now()) returning 1",
        firm.organization_id,
        sealed,
    )
    await live.do(invoice)
    told = await einvoice_of(call, invoice)
    assert (told["status"], told["irn"]) == ("FAILED", None)
    assert "simulated registration is none" in told["errors"][0]["message"]


async def test_without_a_portal_live_invoices_fail_and_say_what_is_missing(
    call: Caller, firm: Firm, tmp_path: Path
) -> None:
    await switch_on(call, firm)
    invoice = await an_invoice(call, await a_buyer(call))
    await Worker(firm, None, tmp_path).do(invoice)
    told = await einvoice_of(call, invoice)
    assert told["status"] == "FAILED" and "FINZBOOKS_EINVOICE_URL" in told["errors"][0]["message"]


async def test_a_sandbox_registers_at_the_simulator(
    site: Site, firm: Firm, portal: SimulatedPortal, tmp_path: Path
) -> None:
    portal.switch()
    sandbox = await open_sandbox(firm)
    async with calling(*site.urls) as caller:
        call = caller.with_token(sandbox.token)
        await switch_on(call, sandbox)
        invoice = await an_invoice(call, await a_buyer(call), invoice_number="SANDBOX/1")
        await Worker(sandbox, portal, tmp_path).do(invoice)
        assert (await einvoice_of(call, invoice))["is_simulated"] is True

        set_to = await call("POST", "/sandbox/clock", {"advance_days": 400})
        clock = set_to.json()["sandbox_clock"]
        later = await an_invoice(call, await a_buyer(call), invoice_number="SANDBOX/2", date=clock["today"])
        await Worker(sandbox, portal, tmp_path).do(later)
        told = await einvoice_of(call, later)
        assert told["status"] == "REGISTERED"
        assert told["ack_time"][:16] >= clock["now"][:16]  # the simulated portal goes by the sandbox's clock
