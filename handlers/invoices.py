"""Sales invoices."""

from typing import Any

from domain.books import Books
from domain.documents.kinds import INVOICE
from domain.imports.kinds import INVOICE_ALIASES, INVOICE_REFERENCES
from domain.imports.running import ImportKind
from handlers.documents import DocumentHandlers
from handlers.einvoices import EinvoiceHandlers
from handlers.eway_bills import EwayBillHandlers
from handlers.imports import ImportHandlers, drafting
from handlers.replies import Reply
from handlers.shapes.documents import (
    EINVOICE_FIELDS,
    EWAY_BILL_FIELDS,
    EXPORT_FIELDS,
    LATE_FIELDS,
    SALE_FIELDS,
    SETTLED_FIELDS,
    TERMS_FIELDS,
    WRITTEN_OFF_FIELDS,
    DocumentShape,
)

INVOICES = DocumentHandlers(
    INVOICE,
    DocumentShape(
        INVOICE,
        SALE_FIELDS,
        EXPORT_FIELDS,
        LATE_FIELDS,
        TERMS_FIELDS,
        SETTLED_FIELDS,
        WRITTEN_OFF_FIELDS,
        EINVOICE_FIELDS,
        EWAY_BILL_FIELDS,
    ),
)

list_invoices = INVOICES.list
get_invoice = INVOICES.get
get_invoice_pdf = INVOICES.pdf
update_invoice = INVOICES.update
approve_invoice = INVOICES.approve
void_invoice = INVOICES.void
email_invoice = INVOICES.email
write_off_invoice = INVOICES.write_off
cancel_invoice_write_off = INVOICES.cancel_write_off
delete_invoice = INVOICES.delete
list_invoice_series = INVOICES.series

_eway_bills = EwayBillHandlers(INVOICE)

get_invoice_eway_bill = _eway_bills.get
request_invoice_eway_bill = _eway_bills.request
cancel_invoice_eway_bill = _eway_bills.cancel
update_invoice_eway_bill_vehicle = _eway_bills.update_vehicle
extend_invoice_eway_bill = _eway_bills.extend
close_invoice_eway_bill = _eway_bills.close


async def create_invoice(books: Books, query: dict[str, Any], body: dict[str, Any]) -> Reply:
    """Write a draft, approved at once if the body says so or, where it is silent, the query: Zoho Books' ``send``."""
    return await INVOICES.create(books, {"auto_approve": query["send"], **body} if query.get("send") else body)


_import = ImportHandlers(
    ImportKind(
        entity_type="INVOICE",
        create=drafting(INVOICES.create, singular="invoice", number_field="invoice_number"),
        references=INVOICE_REFERENCES,
        aliases=INVOICE_ALIASES,
        grouped_by="invoice_number",
    )
)

import_invoices = _import.run

_einvoices = EinvoiceHandlers(INVOICE)

get_invoice_einvoice = _einvoices.get
register_invoice_einvoice = _einvoices.register
cancel_invoice_einvoice = _einvoices.cancel
