"""Debit notes to vendors."""

from domain.documents.kinds import DEBIT_NOTE
from handlers.notes import NoteHandlers
from handlers.shapes.documents import (
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
apply_debit_note_to_bill = _debit_notes.apply
unapply_debit_note = _debit_notes.unapply
delete_debit_note = _debit_notes.delete
