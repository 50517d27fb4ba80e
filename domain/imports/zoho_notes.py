"""Zoho Books' credit notes and vendor credits, which become credit notes and debit notes, and what they are applied to.

Their files do not say what of a note was applied to which document. They say its balance, and name one document: what
the balance lacks of the total counts as applied to that.
"""

from types import MappingProxyType

from domain.imports import references
from domain.imports.cells import amount, written
from domain.imports.references import Reference
from domain.imports.translation import THING, Cells, ForeignFile, Say, line, said
from domain.imports.zoho_documents import (
    CUSTOMER,
    IS_MEANT_TWICE,
    VENDOR,
    credit,
    document_file,
    status_of,
    with_vendor,
)
from domain.values import replace

_CREDIT_STATUS = status_of("Credit Note Status", "Status")
_VENDOR_STATUS = status_of("Vendor Credit Status", "Status")
_INVOICE = Reference("invoice_number", ("invoice_id",), "Invoice", references.invoices_by_number)
_BILL = Reference("bill_number", ("bill_id",), "Bill", references.bills_of_vendors)
_DISCOUNT = line("discount")
_corrected_bill = said("Associated Bill Number", "Reference Bill#")


def _as_issued(file: ForeignFile) -> ForeignFile:
    """A note that is issued keeps its prices: a line without discount says that it has none, for else it would follow
    the discounts of what it corrects."""
    discount = file.columns[_DISCOUNT]
    return replace(file, columns={**file.columns, _DISCOUNT: lambda cells: discount(cells) or "0"})


CREDIT_NOTES = _as_issued(
    document_file(
        "credit_note",
        ("credit_note", "credit_notes"),
        {
            "credit_note_number": said("Credit Note Number"),
            "date": said("Credit Note Date"),
            "reference_number": said("Reference#"),
            "invoice_number": said("Associated Invoice Number"),
        },
        party=CUSTOMER,
        references=(_INVOICE,),
        status=_CREDIT_STATUS,
        afterwards={"VOID": "void_credit_note"},
        identity=("CreditNotes ID", "Credit Note ID", "Credit Note Number"),
    )
)
VENDOR_CREDITS = replace(
    _as_issued(
        document_file(
            "debit_note",
            ("vendor_credit", "vendor_credits"),
            {
                "reference_number": said("Vendor Credit Number"),
                "allow_duplicate_reference": IS_MEANT_TWICE,
                "date": said("Vendor Credit Date"),
                "bill_number": with_vendor(_corrected_bill),
                line("itc_eligibility"): credit,
                line("itc_blocked_reason"): said("ITC Blocked Reason"),
            },
            party=VENDOR,
            references=(_BILL,),
            status=_VENDOR_STATUS,
            afterwards={"VOID": "void_debit_note"},
            identity=("Vendor Credit ID", "Vendor Credit Number"),
        )
    ),
    known_by="reference_number",
)

NOTES: tuple[ForeignFile, ...] = (CREDIT_NOTES, VENDOR_CREDITS)
"""The notes, after the documents that they correct."""


def _used(cells: Cells) -> str:
    """What of a note is used up there."""
    return written(amount(said("Total")(cells)) - amount(said("Balance")(cells))) if said("Balance")(cells) else ""


def _amount(cells: Cells) -> str:
    """What is applied: as much as both have left of a note that is used up, as its total may be rounded off here."""
    return _used(cells) if amount(said("Balance")(cells)) else ""


def _applied(
    file: ForeignFile, operation: str, ends: tuple[Reference, Reference], columns: dict[str, Say], named: Say
) -> ForeignFile:
    """The notes of a file that are used up in part or in full, as they are applied; ``named`` is the document's number.

    ``ends`` are the note and the document that it settles.
    """
    status = file.columns["status"]

    def left_out(cells: Cells) -> str | None:
        if named(cells) and "," not in named(cells):
            return None
        which = "names several documents" if named(cells) else "names no document"
        return f"{_used(cells)} of it is used up there, but it {which}: apply or refund it here."

    return ForeignFile(
        names=file.names,
        part="applied",
        reads=lambda cells: bool(_used(cells)) and status(cells) == "APPROVED",
        operation=operation,
        identity=file.identity,
        columns=MappingProxyType({**columns, "amount": _amount}),
        references=ends,
        left_out=left_out,
    )


_settled_invoice = said("Applied Invoice Number", "Associated Invoice Number")


def _day_of_credit(cells: Cells) -> str:
    """The note's own day, which is never before that of what it corrects; of another invoice the day is not known."""
    return "" if said("Applied Invoice Number")(cells) else said("Credit Note Date")(cells)


APPLIED: tuple[ForeignFile, ...] = (
    _applied(
        CREDIT_NOTES,
        "apply_credit_note_to_invoice",
        (Reference("credit_note_number", (THING,), "Credit note", references.credit_notes_by_number), _INVOICE),
        {
            "credit_note_number": said("Credit Note Number"),
            "invoice_number": _settled_invoice,
            "date": _day_of_credit,
        },
        _settled_invoice,
    ),
    _applied(
        VENDOR_CREDITS,
        "apply_debit_note_to_bill",
        (Reference("debit_note_number", (THING,), "Debit note", references.debit_notes_of_vendors), _BILL),
        {
            "debit_note_number": with_vendor(said("Vendor Credit Number")),
            "bill_number": with_vendor(_corrected_bill),
            "date": said("Vendor Credit Date"),
        },
        _corrected_bill,
    ),
)
"""What was applied, after the payments, which say more exactly what they settle."""
