"""Bills of vendors."""

from domain.documents.kinds import BILL
from handlers.documents import DocumentHandlers
from handlers.shapes.documents import PURCHASE_FIELDS, PURCHASE_LINE, SETTLED_FIELDS, TERMS_FIELDS, DocumentShape
from handlers.shapes.shape import same

_OWN = same("tds_section", "tds_percent", "tds_amount", "self_invoice_number")

_bills = DocumentHandlers(
    BILL,
    DocumentShape(BILL, PURCHASE_FIELDS, TERMS_FIELDS, _OWN, SETTLED_FIELDS, line=PURCHASE_LINE),
    plural="bills",
    update_scope="AIBooks.bills.UPDATE",
    at_once="approve",
)

list_bills = _bills.list
get_bill = _bills.get
create_bill = _bills.create
update_bill = _bills.update
approve_bill = _bills.approve
void_bill = _bills.void
delete_bill = _bills.delete
