"""Delivery challans: goods that leave before there is an invoice, or without one."""

from domain.documents.kinds import DELIVERY_CHALLAN
from handlers.documents import DocumentHandlers
from handlers.eway_bills import EwayBillHandlers
from handlers.orders import OrderHandlers
from handlers.shapes.documents import (
    CHALLAN_FIELDS,
    CONVERTED,
    EWAY_BILL_FIELDS,
    LINE,
    OPENED_FIELDS,
    SALE_FIELDS,
    DocumentShape,
)

_delivery_challans = DocumentHandlers(
    DELIVERY_CHALLAN,
    DocumentShape(
        DELIVERY_CHALLAN, SALE_FIELDS, CHALLAN_FIELDS, OPENED_FIELDS, EWAY_BILL_FIELDS, line=LINE.also(CONVERTED)
    ),
)

list_delivery_challans = _delivery_challans.list
get_delivery_challan = _delivery_challans.get
get_delivery_challan_pdf = _delivery_challans.pdf
create_delivery_challan = _delivery_challans.create
update_delivery_challan = _delivery_challans.update
issue_delivery_challan = _delivery_challans.approve
convert_delivery_challan = OrderHandlers(DELIVERY_CHALLAN).convert
void_delivery_challan = _delivery_challans.void
email_delivery_challan = _delivery_challans.email
delete_delivery_challan = _delivery_challans.delete

_eway_bills = EwayBillHandlers(DELIVERY_CHALLAN)

get_delivery_challan_eway_bill = _eway_bills.get
request_delivery_challan_eway_bill = _eway_bills.request
cancel_delivery_challan_eway_bill = _eway_bills.cancel
update_delivery_challan_eway_bill_vehicle = _eway_bills.update_vehicle
extend_delivery_challan_eway_bill = _eway_bills.extend
close_delivery_challan_eway_bill = _eway_bills.close
