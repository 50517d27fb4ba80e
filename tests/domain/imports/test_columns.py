"""Headers and what they stand for, and rows that make one thing together."""

import pytest

from domain.errors import Failed, Refusal
from domain.imports.cells import Reading
from domain.imports.columns import Column, Layout, placed
from domain.imports.kinds import STATUS
from domain.imports.records import body_of, records_of
from domain.imports.references import Reference, customers
from domain.imports.sheets import parsed

CUSTOMER = Reference("customer_name", ("customer_id",), "Customer", customers)
LAYOUT = Layout(
    columns=(
        Column(("invoice_number",), Reading.LINE),
        Column(("date",), Reading.DAY),
        Column(("discount",), Reading.NUMBER),
        Column(("billing_address", "city"), Reading.LINE),
        Column(("custom_fields",), Reading.TEXT),
        Column(("line_items", "name"), Reading.LINE),
        Column(("line_items", "rate"), Reading.NUMBER),
        Column(("line_items", "discount"), Reading.NUMBER),
    ),
    references=(CUSTOMER,),
    orders=(STATUS,),
    aliases={
        "invoice_no": "invoice_number",
        "line_discount": "line_items.discount",
        "billing_city": "billing_address.city",
    },
)
KNOWN = {"customer_name": {"asha": ("ct_1",), "ravi": ("ct_2", "ct_3")}}


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("invoice_number", "invoice_number"),
        ("Invoice Number*", "invoice_number"),
        ("INVOICE-NO.", "invoice_number"),
        ("Billing Address.City", "billing_address.city"),
        ("billing city", "billing_address.city"),
        ("rate", "line_items.rate"),
        ("line_items.rate", "line_items.rate"),
        ("discount", "discount"),
        ("Line Discount", "line_items.discount"),
        ("Customer Name", "customer_name"),
        ("Status", "status"),
        ("custom_fields.Sales Region", "custom_fields.Sales Region"),
        ("CF.Region", "custom_fields.Region"),
    ],
)
def test_a_header_is_understood(header: str, name: str) -> None:
    assert [column.name for column in placed(LAYOUT, [header])] == [name]


@pytest.mark.parametrize(
    ("headers", "field"),
    [(["date", "colour"], "colour"), (["date", "Date"], "Date"), (["invoice_no", "invoice_number"], "invoice_number")],
)
def test_a_header_that_is_unknown_or_there_twice_is_named(headers: list[str], field: str) -> None:
    with pytest.raises(Failed) as refused:
        placed(LAYOUT, headers)

    assert refused.value.field == field


def test_rows_with_one_number_make_one_invoice() -> None:
    sheet = parsed(
        "invoice_no,date,customer,name,rate\nA-1,1/4/2026,Asha,Chair,100\nA-1,,,Table,200\n,,,Lamp,5\nA-2,,Asha,Desk,7"
    )
    records = records_of(
        Layout(LAYOUT.columns, LAYOUT.references, (), {"customer": "customer_name", "invoice_no": "invoice_number"}),
        sheet,
        grouped_by="invoice_number",
    )

    bodies = [body_of(record, KNOWN)[0] for record in records]

    assert [record.row for record in records] == [2, 5]
    assert bodies[0]["customer_id"] == "ct_1"
    assert [line["name"] for line in bodies[0]["line_items"]] == ["Chair", "Table", "Lamp"]
    assert bodies[1] == {"invoice_number": "A-2", "customer_id": "ct_1", "line_items": [{"name": "Desk", "rate": 7}]}


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ("A-1,2026-04-01,Asha,Chair,x", "line_items[0].rate"),
        ("A-1,2026-04-01,Asha,Chair,1\nA-1,2026-04-01,,Table,=A1", "line_items[1].rate"),
        ("A-1,2026-04-01,Asha,Chair,1\nA-1,2026-04-02,,Table,1", "date"),
        ("A-1,2026-04-01,Ravi,Chair,1", "customer_name"),
        ("A-1,2026-04-01,Nobody,Chair,1", "customer_name"),
    ],
)
def test_what_cannot_be_read_names_its_member(rows: str, field: str) -> None:
    sheet = parsed(f"invoice_number,date,customer_name,name,rate\n{rows}")
    (record,) = records_of(LAYOUT, sheet, grouped_by="invoice_number")

    with pytest.raises(Refusal) as refused:
        body_of(record, {"customer_name": {**KNOWN["customer_name"], "nobody": ()}})

    assert refused.value.field == field


def test_an_order_is_no_part_of_the_body() -> None:
    sheet = parsed("invoice_number,status,custom_fields.Region\nA-1,approved,West")
    (record,) = records_of(LAYOUT, sheet, grouped_by="invoice_number")

    assert body_of(record, {}) == (
        {"invoice_number": "A-1", "custom_fields": {"Region": "West"}},
        {"status": "APPROVED"},
    )
