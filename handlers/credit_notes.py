"""Credit notes to customers."""

from domain.documents.kinds import CREDIT_NOTE
from handlers.einvoices import EinvoiceHandlers
from handlers.eway_bills import EwayBillHandlers
from handlers.notes import NoteHandlers
from handlers.shapes.documents import (
    EINVOICE_FIELDS,
    EWAY_BILL_FIELDS,
    LATE_FIELDS,
    NOTE_FIELDS,
    NOTE_LINE,
    SALE_FIELDS,
    SETTLED_FIELDS,
    DocumentShape,
)

_credit_notes = NoteHandlers(
    CREDIT_NOTE,
    DocumentShape(
        CREDIT_NOTE,
        SALE_FIELDS,
        LATE_FIELDS,
        {"invoice_id": "parent_id"},
        NOTE_FIELDS,
        SETTLED_FIELDS,
        EINVOICE_FIELDS,
        EWAY_BILL_FIELDS,
        line=NOTE_LINE,
    ),
)

list_credit_notes = _credit_notes.list
get_credit_note = _credit_notes.get
get_credit_note_pdf = _credit_notes.pdf
create_credit_note = _credit_notes.create
update_credit_note = _credit_notes.update
approve_credit_note = _credit_notes.approve
void_credit_note = _credit_notes.void
email_credit_note = _credit_notes.email
apply_credit_note_to_invoice = _credit_notes.apply
unapply_credit_note = _credit_notes.unapply
delete_credit_note = _credit_notes.delete

_einvoices = EinvoiceHandlers(CREDIT_NOTE)

get_credit_note_einvoice = _einvoices.get
register_credit_note_einvoice = _einvoices.register
cancel_credit_note_einvoice = _einvoices.cancel

_eway_bills = EwayBillHandlers(CREDIT_NOTE)

get_credit_note_eway_bill = _eway_bills.get
request_credit_note_eway_bill = _eway_bills.request
cancel_credit_note_eway_bill = _eway_bills.cancel
update_credit_note_eway_bill_vehicle = _eway_bills.update_vehicle
extend_credit_note_eway_bill = _eway_bills.extend
close_credit_note_eway_bill = _eway_bills.close
