"""Bills of vendors."""

from domain.documents.kinds import BILL
from handlers.documents import DocumentHandlers
from handlers.shapes.documents import (
    BILL_LINE,
    ISD_FIELDS,
    PURCHASE_FIELDS,
    SETTLED_FIELDS,
    TERMS_FIELDS,
    VENDORS_PAPER_FIELDS,
    WITHHELD_FIELDS,
    WRITTEN_OFF_FIELDS,
    DocumentShape,
)
from handlers.shapes.shape import same

_OWN = ISD_FIELDS | VENDORS_PAPER_FIELDS | WITHHELD_FIELDS | same("self_invoice_number", "tax_as_printed")

BILLS = DocumentHandlers(
    BILL,
    DocumentShape(BILL, PURCHASE_FIELDS, TERMS_FIELDS, _OWN, SETTLED_FIELDS, WRITTEN_OFF_FIELDS, line=BILL_LINE),
)

list_bills = BILLS.list
get_bill = BILLS.get
get_bill_pdf = BILLS.pdf
create_bill = BILLS.create
update_bill = BILLS.update
approve_bill = BILLS.approve
void_bill = BILLS.void
write_off_bill = BILLS.write_off
cancel_bill_write_off = BILLS.cancel_write_off
delete_bill = BILLS.delete
