"""Zoho Books' credit notes and vendor credits, which become credit notes and debit notes."""

from domain.imports import references
from domain.imports.references import Reference
from domain.imports.translation import Cells, ForeignFile, Say, said
from domain.imports.zoho_documents import CUSTOMER, VENDOR, document_file, status_of


def _approved(status: Say) -> Say:
    """Notes are approved at once unless they say that they are not to be."""

    def say(cells: Cells) -> str:
        return "false" if status(cells) == "DRAFT" else ""

    return say


_CREDIT_STATUS = status_of("Credit Note Status", "Status")
_VENDOR_STATUS = status_of("Vendor Credit Status", "Status")

CREDIT_NOTES = document_file(
    "credit_note",
    ("credit_note", "credit_notes"),
    {
        "credit_note_number": said("Credit Note Number"),
        "date": said("Credit Note Date"),
        "reference_number": said("Reference#"),
        "invoice_number": said("Associated Invoice Number"),
        "auto_approve": _approved(_CREDIT_STATUS),
    },
    party=CUSTOMER,
    references=(Reference("invoice_number", ("invoice_id",), "Invoice", references.invoices_by_number),),
    status=_CREDIT_STATUS,
    approves_with=None,
    afterwards={"VOID": "void_credit_note"},
    identity=("CreditNotes ID", "Credit Note ID", "Credit Note Number"),
)
VENDOR_CREDITS = document_file(
    "debit_note",
    ("vendor_credit", "vendor_credits"),
    {
        "reference_number": said("Vendor Credit Number"),
        "date": said("Vendor Credit Date"),
        "bill_number": said("Associated Bill Number"),
        "auto_approve": _approved(_VENDOR_STATUS),
    },
    party=VENDOR,
    references=(Reference("bill_number", ("bill_id",), "Bill", references.bills_by_reference),),
    status=_VENDOR_STATUS,
    approves_with=None,
    afterwards={"VOID": "void_debit_note"},
    identity=("Vendor Credit ID", "Vendor Credit Number"),
)

NOTES: tuple[ForeignFile, ...] = (CREDIT_NOTES, VENDOR_CREDITS)
"""The notes, after the documents that they correct."""
