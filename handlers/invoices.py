"""Sales invoices."""

from domain.documents.kinds import INVOICE
from domain.imports.kinds import INVOICE_ALIASES, INVOICE_REFERENCES, STATUS
from domain.imports.running import ImportKind
from handlers.documents import DocumentHandlers
from handlers.imports import ImportHandlers, drafting
from handlers.shapes.documents import (
    SALE_FIELDS,
    SETTLED_FIELDS,
    TERMS_FIELDS,
    WRITTEN_OFF_FIELDS,
    DocumentShape,
)

INVOICES = DocumentHandlers(
    INVOICE,
    DocumentShape(INVOICE, SALE_FIELDS, TERMS_FIELDS, SETTLED_FIELDS, WRITTEN_OFF_FIELDS),
    plural="invoices",
    update_scope="AIBooks.invoices.UPDATE",
)

list_invoices = INVOICES.list
get_invoice = INVOICES.get
create_invoice = INVOICES.create
update_invoice = INVOICES.update
approve_invoice = INVOICES.approve
void_invoice = INVOICES.void
write_off_invoice = INVOICES.write_off
cancel_invoice_write_off = INVOICES.cancel_write_off
delete_invoice = INVOICES.delete
list_invoice_series = INVOICES.series

_import = ImportHandlers(
    ImportKind(
        entity_type="INVOICE",
        create=drafting(create_invoice, singular="invoice", number_field="invoice_number"),
        references=INVOICE_REFERENCES,
        orders=(STATUS,),
        aliases=INVOICE_ALIASES,
        grouped_by="invoice_number",
    )
)

import_invoices = _import.run
