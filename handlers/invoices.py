"""Sales invoices."""

from domain.documents.kinds import INVOICE
from handlers.documents import DocumentHandlers
from handlers.shapes.documents import INVOICE_FIELDS, DocumentShape

_invoices = DocumentHandlers(
    INVOICE,
    DocumentShape(INVOICE, *INVOICE_FIELDS),
    plural="invoices",
    update_scope="AIBooks.invoices.UPDATE",
)

list_invoices = _invoices.list
get_invoice = _invoices.get
create_invoice = _invoices.create
update_invoice = _invoices.update
approve_invoice = _invoices.approve
void_invoice = _invoices.void
delete_invoice = _invoices.delete
list_invoice_series = _invoices.series
