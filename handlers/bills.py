"""Bills of vendors."""

from domain.documents.kinds import BILL
from handlers.documents import DocumentHandlers
from handlers.eway_bills import EwayBillHandlers
from handlers.shapes.documents import (
    BILL_LINE,
    EWAY_BILL_FIELDS,
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
    DocumentShape(
        BILL, PURCHASE_FIELDS, TERMS_FIELDS, _OWN, SETTLED_FIELDS, WRITTEN_OFF_FIELDS, EWAY_BILL_FIELDS, line=BILL_LINE
    ),
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

_eway_bills = EwayBillHandlers(BILL)

get_bill_eway_bill = _eway_bills.get
request_bill_eway_bill = _eway_bills.request
cancel_bill_eway_bill = _eway_bills.cancel
update_bill_eway_bill_vehicle = _eway_bills.update_vehicle
extend_bill_eway_bill = _eway_bills.extend
close_bill_eway_bill = _eway_bills.close
