"""Debit notes to vendors."""

from domain.documents.kinds import DEBIT_NOTE
from handlers.eway_bills import EwayBillHandlers
from handlers.notes import NoteHandlers
from handlers.shapes.documents import (
    EWAY_BILL_FIELDS,
    ISD_FIELDS,
    NOTE_FIELDS,
    PURCHASE_FIELDS,
    PURCHASE_NOTE_LINE,
    SETTLED_FIELDS,
    VENDORS_PAPER_FIELDS,
    WITHHELD_FIELDS,
    DocumentShape,
)

_debit_notes = NoteHandlers(
    DEBIT_NOTE,
    DocumentShape(
        DEBIT_NOTE,
        PURCHASE_FIELDS,
        {"bill_id": "parent_id"},
        NOTE_FIELDS,
        ISD_FIELDS,
        WITHHELD_FIELDS,
        VENDORS_PAPER_FIELDS,
        SETTLED_FIELDS,
        EWAY_BILL_FIELDS,
        line=PURCHASE_NOTE_LINE,
    ),
)

list_debit_notes = _debit_notes.list
get_debit_note = _debit_notes.get
get_debit_note_pdf = _debit_notes.pdf
create_debit_note = _debit_notes.create
update_debit_note = _debit_notes.update
approve_debit_note = _debit_notes.approve
void_debit_note = _debit_notes.void
email_debit_note = _debit_notes.email
apply_debit_note_to_bill = _debit_notes.apply
unapply_debit_note = _debit_notes.unapply
delete_debit_note = _debit_notes.delete

_eway_bills = EwayBillHandlers(DEBIT_NOTE)

get_debit_note_eway_bill = _eway_bills.get
request_debit_note_eway_bill = _eway_bills.request
cancel_debit_note_eway_bill = _eway_bills.cancel
update_debit_note_eway_bill_vehicle = _eway_bills.update_vehicle
extend_debit_note_eway_bill = _eway_bills.extend
close_debit_note_eway_bill = _eway_bills.close
