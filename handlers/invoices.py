"""Sales invoices."""

from domain.documents.kinds import INVOICE
from handlers.documents import DocumentHandlers
from handlers.shapes.documents import SALE_FIELDS, SETTLED_FIELDS, TERMS_FIELDS, DocumentShape

_invoices = DocumentHandlers(
    INVOICE,
    DocumentShape(INVOICE, SALE_FIELDS, TERMS_FIELDS, SETTLED_FIELDS),
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
