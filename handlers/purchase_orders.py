"""Purchase orders: what was ordered from a vendor."""

from domain.documents.kinds import PURCHASE_ORDER
from handlers.documents import DocumentHandlers
from handlers.orders import OrderHandlers
from handlers.shapes.documents import CONVERTED, OPENED_FIELDS, PURCHASE_FIELDS, PURCHASE_LINE, DocumentShape

_purchase_orders = DocumentHandlers(
    PURCHASE_ORDER,
    DocumentShape(
        PURCHASE_ORDER,
        PURCHASE_FIELDS,
        {"delivery_address": "shipping_address"},
        OPENED_FIELDS,
        line=PURCHASE_LINE.also(CONVERTED),
    ),
)

list_purchase_orders = _purchase_orders.list
get_purchase_order = _purchase_orders.get
get_purchase_order_pdf = _purchase_orders.pdf
create_purchase_order = _purchase_orders.create
update_purchase_order = _purchase_orders.update
issue_purchase_order = _purchase_orders.approve
convert_purchase_order = OrderHandlers(PURCHASE_ORDER).convert
void_purchase_order = _purchase_orders.void
email_purchase_order = _purchase_orders.email
delete_purchase_order = _purchase_orders.delete
