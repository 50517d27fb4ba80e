"""Files of Zoho Books as data: every column of ours is one that its operation or its references know."""

from datetime import date
from decimal import Decimal

import pytest

from contract_tests.spec import OPERATIONS, SCHEMAS
from domain.imports.openings import day_before, number_of
from domain.imports.records import body_of
from domain.imports.sheets import parsed
from domain.imports.translation import ForeignFile, foreign_records, translated
from domain.imports.zoho import FILES
from domain.imports.zoho_contacts import OPENINGS
from domain.imports.zoho_documents import INVOICES
from domain.imports.zoho_money import CUSTOMER_PAYMENTS
from domain.imports.zoho_notes import CREDIT_NOTES, VENDOR_CREDITS
from domain.imports.zoho_values import (
    account_head,
    account_name,
    account_type,
    code_of,
    days,
    payment_mode,
    phone,
    state,
    treatment,
)
from server.contract.sheets import RowRules

DEPRECIATION = "DEPRECIATION_AND_AMORTISATION_EXPENSE"

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.names[0])


def rules_of(file: ForeignFile) -> RowRules:
    """The columns that the body of the file's operation has."""
    _, _, operation = OPERATIONS[file.operation]
    nothing = {"content": {"application/json": {"schema": {"type": "object", "properties": {}}}}}
    return RowRules(operation.get("requestBody", nothing)["content"]["application/json"]["schema"], SCHEMAS)


@each_file
def test_every_column_is_known_to_its_operation(file: ForeignFile) -> None:
    layout_names = {column.name for column in rules_of(file).columns}
    named = {reference.name for reference in file.references} | {order.name for order in file.orders}

    assert set(file.columns) <= layout_names | named


@each_file
def test_what_follows_is_an_operation(file: ForeignFile) -> None:
    assert set(file.afterwards.values()) <= set(OPERATIONS)


def test_rows_of_one_document_are_one_record_wherever_they_stand() -> None:
    sheet = parsed("Invoice ID,Invoice Number,Item Name\n1,A,Chair\n2,B,Desk\n1,A,Lamp\n")

    records = foreign_records(INVOICES, sheet)

    assert [(each.key, each.row, len(each.rows)) for each in records] == [("1", 2, 2), ("2", 3, 1)]


def test_ids_that_a_spreadsheet_has_rounded_tell_nothing_apart() -> None:
    sheet = parsed("Invoice ID,Invoice Number,Item Name\n4.6E+17,A,Chair\n4.6E+17,B,Desk\n")

    assert [each.key for each in foreign_records(INVOICES, sheet)] == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "balance", "noun", "amount"),
    [
        ("contacts", '"5,000.00 Dr"', "create_invoice", 5000),
        ("contacts", '"5,000.00 Cr"', "create_credit_note", 5000),
        ("vendors", '"5,000.00 Cr"', "create_bill", 5000),
        ("vendors", '"5,000.00 Dr"', "create_debit_note", 5000),
        ("vendors", "5000", "create_bill", 5000),
    ],
)
def test_opening_balances_may_tell_their_side(name: str, balance: str, noun: str, amount: int) -> None:
    sheet = parsed(f"Contact ID,Display Name,Opening Balance\n1,Asha,{balance}\n")
    taken = [(file, foreign_records(file, sheet)) for file in OPENINGS if name in file.names]
    ((file, (record,)),) = [(file, records) for file, records in taken if records]
    known = {name: {"asha": ("ct_1",)} for name in ("customer_name", "vendor_name")}

    body, _ = body_of(translated(file, record, rules_of(file).columns), known)

    assert (file.operation, body["line_items"][0]["rate"]) == (noun, amount)


def test_a_tax_on_shipping_makes_it_a_line() -> None:
    header = "Invoice ID,Invoice Number,Item Name,Quantity,Item Price,Item Tax %,Shipping Charge,Shipping Charge Tax %"
    (record,) = foreign_records(INVOICES, parsed(f"{header}\n1,A,Chair,2,100,18,50,18\n"))
    rate = {"18": ("tx_18",)}

    body, orders = body_of(
        translated(INVOICES, record, rules_of(INVOICES).columns), {"item_name": {}, "tax_percentage": rate}
    )

    assert [(line["name"], line["rate"], line["tax_id"]) for line in body["line_items"]] == [
        ("Chair", Decimal(100), "tx_18"),
        ("Shipping charges", Decimal(50), "tx_18"),
    ]
    assert "untaxed_charges" not in body
    assert orders == {}


@pytest.mark.parametrize("file", [CREDIT_NOTES, VENDOR_CREDITS], ids=lambda file: file.names[0])
def test_a_note_without_discount_says_so(file: ForeignFile) -> None:
    """Else it would go back at the price after the discounts of what it corrects, and come to another total."""
    header = "Credit Note Number,Vendor Credit Number,Item Name,Quantity,Item Price,Rate,Discount Amount"
    rows = [f"{number},{number},Chair,2,100,100,{said}" for number, said in (("A", ""), ("B", "0.00"), ("C", "7"))]
    records = foreign_records(file, parsed("\n".join([header, *rows])))

    known: dict[str, dict[str, tuple[str, ...]]] = {"item_name": {}}
    bodies = [body_of(translated(file, record, rules_of(file).columns), known)[0] for record in records]

    assert [body["line_items"][0]["discount"] for body in bodies] == [0, 0, 7]


def test_tax_withheld_is_added_up_over_the_documents_of_a_payment() -> None:
    """900 at the bank and 10 of charges, 100 of tax withheld: 1,010 settled, of A 606 and of B 404."""
    header = (
        "CustomerPayment ID,Date,Customer Name,Amount,Bank Charges,"
        "Invoice Number,Amount Applied to Invoice,Withholding Tax Amount"
    )
    rows = "7,2026-04-01,Asha,910,10,A,546,60\n7,2026-04-01,Asha,910,10,B,364,40\n"
    (record,) = foreign_records(CUSTOMER_PAYMENTS, parsed(f"{header}\n{rows}"))
    known = {"contact_name": {"asha": ("ct_1",)}, "document_number": {"a": ("inv_a",), "b": ("inv_b",)}}

    body, _ = body_of(translated(CUSTOMER_PAYMENTS, record, rules_of(CUSTOMER_PAYMENTS).columns), known)

    assert (body["amount"], body["bank_charges"], body["tds_amount"]) == (900, 10, 100)
    assert body["allocations"] == [{"invoice_id": "inv_a", "amount": 606}, {"invoice_id": "inv_b", "amount": 404}]


def test_the_number_of_an_opening_balance_follows_from_the_name() -> None:
    """At most 16 characters (rule 46(b)), the same in every run, and other for names that begin alike."""
    numbers = [number_of(name) for name in ("Umbrella Retail", "Umbrella Rentals", "सह्याद्री", "7")]

    assert numbers == ["OB-UMBREL-40D8FE", "OB-UMBREL-64D8F3", "OB-A7AC0F", "OB-7-790269"]
    assert number_of("  umbrella  RETAIL ") == numbers[0]
    assert max(map(len, numbers)) <= 16
    assert day_before(date(2026, 4, 1)) == day_before(date(2027, 3, 31)) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (account_type("Cost Of Goods Sold"), "COST_OF_GOODS_SOLD"),
        (account_type("Suspense"), "Suspense"),
        (account_name("Accounts Receivable"), "Trade receivables"),
        (account_head({"account name": "Depreciation Expense", "account type": "Expense"}), DEPRECIATION),
        (account_head({"account name": "Depreciation Expense", "account type": "Fixed Asset"}), ""),
        (account_head({"account name": "Rent Expense", "account type": "Expense"}), ""),
        (code_of("HDFC Current A/c"), "HDFC-CURRENT-A-C"),
        (days("Net 45"), "45"),
        (days("Due on Receipt"), ""),
        (payment_mode("Bank Transfer"), "BANK"),
        (payment_mode("Barter"), "OTHER"),
        (phone("+91-98200 11111 (Asha)"), "+91-98200 11111"),
        (state("27-Maharashtra"), "27"),
        (state("MH"), "MH"),
        (treatment("business_registered_composition"), "COMPOSITION"),
    ],
)
def test_their_words_are_ours(said: str, meant: str) -> None:
    assert said == meant
