"""Customer debit notes: what an invoice charged short."""

from domain.documents.kinds import CUSTOMER_DEBIT_NOTE
from domain.imports.kinds import CUSTOMER_DEBIT_NOTE_ALIASES, CUSTOMER_DEBIT_NOTE_REFERENCES
from domain.imports.running import ImportKind
from handlers.documents import DocumentHandlers
from handlers.einvoices import EinvoiceHandlers
from handlers.imports import ImportHandlers, drafting
from handlers.shapes.documents import (
    EINVOICE_FIELDS,
    LATE_FIELDS,
    ORIGINAL_FIELDS,
    REASON_FIELDS,
    SALE_FIELDS,
    SETTLED_FIELDS,
    TERMS_FIELDS,
    WRITTEN_OFF_FIELDS,
    DocumentShape,
)

_customer_debit_notes = DocumentHandlers(
    CUSTOMER_DEBIT_NOTE,
    DocumentShape(
        CUSTOMER_DEBIT_NOTE,
        SALE_FIELDS,
        LATE_FIELDS,
        {"invoice_id": "parent_id"},
        REASON_FIELDS,
        ORIGINAL_FIELDS,
        TERMS_FIELDS,
        SETTLED_FIELDS,
        WRITTEN_OFF_FIELDS,
        EINVOICE_FIELDS,
    ),
)
_import = ImportHandlers(
    ImportKind(
        entity_type="CUSTOMER_DEBIT_NOTE",
        create=drafting(
            _customer_debit_notes.create, singular="customer_debit_note", number_field="customer_debit_note_number"
        ),
        references=CUSTOMER_DEBIT_NOTE_REFERENCES,
        aliases=CUSTOMER_DEBIT_NOTE_ALIASES,
        grouped_by="customer_debit_note_number",
    )
)

list_customer_debit_notes = _customer_debit_notes.list
get_customer_debit_note = _customer_debit_notes.get
get_customer_debit_note_pdf = _customer_debit_notes.pdf
create_customer_debit_note = _customer_debit_notes.create
update_customer_debit_note = _customer_debit_notes.update
approve_customer_debit_note = _customer_debit_notes.approve
void_customer_debit_note = _customer_debit_notes.void
email_customer_debit_note = _customer_debit_notes.email
write_off_customer_debit_note = _customer_debit_notes.write_off
cancel_customer_debit_note_write_off = _customer_debit_notes.cancel_write_off
delete_customer_debit_note = _customer_debit_notes.delete
import_customer_debit_notes = _import.run

_einvoices = EinvoiceHandlers(CUSTOMER_DEBIT_NOTE)

get_customer_debit_note_einvoice = _einvoices.get
register_customer_debit_note_einvoice = _einvoices.register
cancel_customer_debit_note_einvoice = _einvoices.cancel
