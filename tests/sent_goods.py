"""Papers with which goods travel, one of each kind, from a branch that has an address: what a portal is asked about."""

from typing import Any

from tests.running import Caller, Firm
from tests.server.eway_billing import MYSURU, a_customer, a_line, an_invoice, settle_in

_TEAK = {"name": "Teak", "hsn_or_sac": "440799", "quantity": 2, "unit": "pcs", "rate": 40000, "tax_category": "EXEMPT"}
_VENDOR = {"contact_name": "Konkan Timber", "contact_type": "VENDOR", "gst_treatment": "UNREGISTERED"}


async def sent(call: Caller, firm: Firm) -> dict[str, str]:
    """Approve one paper of each kind; return their ids by the names of the parameters that take them."""
    await settle_in(call, firm)
    customer = await a_customer(call)
    invoice = await an_invoice(call, customer)
    line = {**await a_line(call, rate=1000), "quantity": 1}
    about = {"customer_id": customer, "invoice_id": invoice["invoice_id"], "line_items": [line], "auto_approve": True}
    job_work = {"customer_id": customer, "challan_purpose": "JOB_WORK", "line_items": [line], "auto_approve": True}
    vendor = await call.made("/contacts", {**_VENDOR, "billing_address": MYSURU})
    bought: dict[str, Any] = {"vendor_id": vendor["contact_id"], "line_items": [_TEAK], "auto_approve": True}
    bill = await call.made("/bills", {**bought, "reference_number": "KT/77"})
    back = {**bought, "bill_id": bill["bill_id"], "reason": "PURCHASE_RETURN"}
    made = [
        invoice,
        bill,
        await call.made("/credit_notes", {**about, "reason": "SALES_RETURN"}),
        await call.made("/customer_debit_notes", about),
        await call.made("/debit_notes", back),
        await call.made("/delivery_challans", job_work),
    ]
    return {next(iter(each)): str(next(iter(each.values()))) for each in made}
