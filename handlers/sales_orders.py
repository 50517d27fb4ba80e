"""Sales orders: what a customer ordered."""

from domain.documents.kinds import SALES_ORDER
from handlers.documents import DocumentHandlers
from handlers.orders import OrderHandlers
from handlers.shapes.documents import CONVERTED, LINE, OPENED_FIELDS, SALE_FIELDS, DocumentShape

_sales_orders = DocumentHandlers(
    SALES_ORDER,
    DocumentShape(SALES_ORDER, SALE_FIELDS, OPENED_FIELDS, line=LINE.also(CONVERTED)),
)

list_sales_orders = _sales_orders.list
get_sales_order = _sales_orders.get
get_sales_order_pdf = _sales_orders.pdf
create_sales_order = _sales_orders.create
update_sales_order = _sales_orders.update
confirm_sales_order = _sales_orders.approve
convert_sales_order = OrderHandlers(SALES_ORDER).convert
void_sales_order = _sales_orders.void
email_sales_order = _sales_orders.email
delete_sales_order = _sales_orders.delete
