"""Reports on what was sold and bought: registers, sales by customer and item, purchases by vendor."""

from functools import partial

from domain.documents.kinds import Side
from domain.reports import question
from handlers.asking import slice_question
from handlers.reports import Report
from handlers.shapes.reports import registers, traded
from handlers.shapes.reports.traded import CUSTOMERS, VENDORS

_sales_register = Report(
    name="sales_register",
    title="Sales register",
    ask=slice_question("sales_register", question.between, contact_field="customer_id"),
    answer=partial(registers.answer, Side.SALE),
    show=registers.show,
    stream=partial(registers.stream, Side.SALE),
)
_purchase_register = Report(
    name="purchase_register",
    title="Purchase register",
    ask=slice_question("purchase_register", question.between, contact_field="vendor_id"),
    answer=partial(registers.answer, Side.PURCHASE),
    show=registers.show,
    stream=partial(registers.stream, Side.PURCHASE),
)
_sales_by_customer = Report(
    name="sales_by_customer",
    title="Sales by customer",
    ask=slice_question("sales_by_customer", question.between),
    answer=partial(traded.answer_parties, CUSTOMERS),
    show=partial(traded.show_parties, CUSTOMERS),
    stream=partial(traded.stream_parties, CUSTOMERS),
)
_purchases_by_vendor = Report(
    name="purchases_by_vendor",
    title="Purchases by vendor",
    ask=slice_question("purchases_by_vendor", question.between),
    answer=partial(traded.answer_parties, VENDORS),
    show=partial(traded.show_parties, VENDORS),
    stream=partial(traded.stream_parties, VENDORS),
)
_sales_by_item = Report(
    name="sales_by_item",
    title="Sales by item",
    ask=slice_question("sales_by_item", question.between, contact_field="customer_id"),
    answer=traded.answer_items,
    show=traded.show_items,
    stream=traded.stream_items,
)

get_sales_register = _sales_register.get
get_purchase_register = _purchase_register.get
get_sales_by_customer = _sales_by_customer.get
get_purchases_by_vendor = _purchases_by_vendor.get
get_sales_by_item = _sales_by_item.get
