"""Zoho Books' payments and expenses: one row for each document that a payment settles, or for each line."""

from types import MappingProxyType

from domain.imports import references
from domain.imports.cells import amount, written
from domain.imports.kinds import STATUS
from domain.imports.openings import number_of
from domain.imports.references import Find, Reference
from domain.imports.translation import Cells, ForeignFile, Say, all_of, changed, fixed, line, said
from domain.imports.zoho_documents import (
    IS_MEANT_TWICE,
    VENDOR,
    credit,
    exchange_rate,
    is_reverse_charge,
    status_of,
    with_vendor,
)
from domain.imports.zoho_values import account_name, not_nought, payment_mode, state, treatment

_WITHHELD = "Withholding Tax Amount"


def _received(cells: Cells) -> str:
    """What reached the bank: their amount has the charges in it, ours has not."""
    return written(amount(said("Amount")(cells)) - amount(said("Bank Charges")(cells)))


def _settled(*headers: str) -> Say:
    """What of a document was settled: the money applied to it, and the tax that was withheld from it."""
    applied = said(*headers)
    return lambda cells: written(amount(applied(cells)) + amount(said(_WITHHELD)(cells)))


def _document(party: str, number: str) -> Say:
    """The number of the document that is settled; "Customer opening balance" stands for the one made of it."""
    say, name = said(number), said(party)
    return lambda cells: number_of(name(cells)) if say(cells).lower().endswith("opening balance") else say(cells)


def _payments(
    flow: str,
    names: tuple[str, ...],
    *,
    party: str,
    find_party: Find,
    noun: str,
    document: Say,
    find_document: Find,
    applied: tuple[str, ...],
) -> ForeignFile:
    return ForeignFile(
        names=names,
        operation="create_payment",
        identity=("CustomerPayment ID", "VendorPayment ID", "Payment ID", "Payment Number"),
        columns=MappingProxyType(
            {
                "flow": fixed(flow),
                "contact_name": said(party),
                "date": said("Date", "Payment Date"),
                "amount": _received if flow == "INCOMING" else said("Amount"),
                "bank_charges": changed(not_nought, "Bank Charges"),
                "tds_amount": all_of(_WITHHELD),
                "mode": changed(payment_mode, "Mode"),
                "reference_number": said("Reference Number", "Payment Number"),
                "paid_through_account_name": changed(account_name, "Deposit To", "Paid Through"),
                "currency_code": said("Currency Code"),
                "exchange_rate": exchange_rate,
                "description": said("Description"),
                "document_number": document,
                "allocations.amount": _settled(*applied),
                "status": status_of("Payment Status", "Status"),
            }
        ),
        references=(
            Reference("contact_name", ("contact_id",), party.split()[0], find_party),
            Reference(
                "paid_through_account_name", ("paid_through_account_id",), "Account", references.accounts_by_name
            ),
            Reference("document_number", ("allocations", f"{noun.lower()}_id"), noun, find_document),
        ),
        orders=(STATUS,),
        summed=(_WITHHELD,),
        afterwards=MappingProxyType({"VOID": "void_payment"}),
    )


CUSTOMER_PAYMENTS = _payments(
    "INCOMING",
    ("customer_payment", "customer_payments", "payment", "payments_received"),
    party="Customer Name",
    find_party=references.customers,
    noun="Invoice",
    document=_document("Customer Name", "Invoice Number"),
    find_document=references.invoices_by_number,
    applied=("Amount Applied to Invoice", "Invoice Payment Applied Amount"),
)
VENDOR_PAYMENTS = _payments(
    "OUTGOING",
    ("vendor_payment", "vendor_payments", "payments_made"),
    party="Vendor Name",
    find_party=references.vendors,
    noun="Bill",
    document=with_vendor(_document("Vendor Name", "Bill Number")),
    find_document=references.bills_of_vendors,
    applied=("Amount Applied to Bill", "Bill Amount"),
)

EXPENSES = ForeignFile(
    names=("expense", "expenses"),
    operation="create_expense",
    identity=("Expense ID", "Expense Reference ID", "Entry Number"),
    columns=MappingProxyType(
        {
            "date": said("Expense Date", "Date"),
            "paid_through_account_name": changed(account_name, "Paid Through"),
            "vendor_name": said("Vendor Name", "Vendor"),
            "reference_number": said("Reference#", "Reference Number"),
            "allow_duplicate_reference": IS_MEANT_TWICE,
            "gst_treatment": changed(treatment, "GST Treatment"),
            "gst_no": said("GST Identification Number (GSTIN)"),
            "place_of_supply": changed(state, "Destination of Supply"),
            "source_of_supply": changed(state, "Source of Supply"),
            "currency_code": said("Currency Code"),
            "exchange_rate": exchange_rate,
            "is_inclusive_tax": said("Is Inclusive Tax"),
            "is_rcm": is_reverse_charge,
            "account_name": changed(account_name, "Expense Account", "Account"),
            line("amount"): said("Expense Amount", "Amount"),
            line("note"): said("Expense Description", "Description"),
            line("hsn_or_sac"): said("HSN/SAC"),
            line("itc_eligibility"): credit,
            line("itc_blocked_reason"): said("ITC Blocked Reason"),
            "tax_percentage": changed(not_nought, "Tax Percentage", "Tax %", "Reverse Charge Tax Rate"),
        }
    ),
    references=(
        Reference("paid_through_account_name", ("paid_through_account_id",), "Account", references.accounts_by_name),
        VENDOR,
        Reference("account_name", ("line_items", "account_id"), "Account", references.accounts_by_name),
        Reference("tax_percentage", ("line_items", "tax_id"), "Tax of the rate", references.taxes_by_rate),
    ),
)

MONEY: tuple[ForeignFile, ...] = (CUSTOMER_PAYMENTS, VENDOR_PAYMENTS, EXPENSES)
"""What was paid, after the documents that it settles."""
