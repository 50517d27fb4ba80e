"""Documents and their lines as JSON: one table of names for all kinds."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from domain.books import Books
from domain.documents.document import Document, Line, Paper
from domain.documents.kinds import KIND_NAMED, Kind
from domain.documents.reading import LAST_MADE, LINKS, SHOWN_OTHERWISE, lines_of
from domain.documents.status import status_column, status_today
from domain.errors import Failed
from handlers.shapes.shape import TIMES, Shape, same
from models.documents import document_lines, documents

LINE = Shape(
    document_lines,
    {
        "line_item_id": "id",
        **same(
            "item_id",
            "account_id",
            "name",
            "description",
            "hsn_or_sac",
            "quantity",
            "unit",
            "rate",
            "discount",
            "discount_percent",
            "tax_id",
            "tax_name",
            "tax_category",
            "tax_percentage",
            "cess_percentage",
            "cess_per_unit",
            "taxable_amount",
            "cgst_amount",
            "sgst_amount",
            "igst_amount",
            "cess_amount",
            "item_total",
            "cost_center_id",
        ),
    },
)

PURCHASE_LINE = LINE.also(same("itc_eligibility", "itc_blocked_reason"))
BILL_LINE = PURCHASE_LINE.also(same("distributed_tax"))
_TAKEN_BACK = {
    "corrected_line_item_id": "corrected_line_id",
    "restock": "is_restocked",
    "stock_direction": "stock_direction",
}
NOTE_LINE = LINE.also(_TAKEN_BACK)
PURCHASE_NOTE_LINE = BILL_LINE.also(_TAKEN_BACK)
CONVERTED = same("converted_quantity")
"""What a line has besides, of which something else can be made."""

_SHARED = {
    **same("branch_id", "series_name"),
    "date": "dated_on",
    **same(
        "reference_number",
        "place_of_supply",
        "supply_type",
        "gst_treatment",
        "gst_no",
        "currency_code",
        "exchange_rate",
        "is_inclusive_tax",
        "is_reverse_charge",
        "discount",
        "discount_percent",
        "sub_total",
        "discount_total",
        "taxable_total",
        "cgst_total",
        "sgst_total",
        "igst_total",
        "cess_total",
        "tax_total",
        "untaxed_charges",
        "round_off",
        "total",
        "taxes",
        "notes",
        "terms",
        "tags",
        "custom_fields",
    ),
    **TIMES,
}
SALE_FIELDS = {"customer_id": "contact_id", "customer_name": "contact_name"} | same(
    "is_export_with_payment",
    "is_export_tax_claimed",
    "ecommerce_operator_gst_no",
    "ecommerce_section",
    "ecommerce_supplier_gst_no",
    "is_tax_paid_by_operator",
    "billing_address",
    "shipping_address",
    "salesperson_id",
    "salesperson_name",
)
PURCHASE_FIELDS = {"vendor_id": "contact_id", "vendor_name": "contact_name"}
LATE_FIELDS = same("is_late_entry")
"""What a kind has besides that a GSTR-1 shows."""
VENDORS_PAPER_FIELDS = {"allow_duplicate_reference": "is_duplicate_meant"}
"""What a kind has besides whose reference is the number of a vendor's paper."""
EXPORT_FIELDS = {"shipping_bill_date": "shipping_bill_on"} | same("shipping_bill_number", "port_code")
ISD_FIELDS = same("is_isd_invoice")
TERMS_FIELDS = same("payment_terms")
SETTLED_FIELDS = {
    "approved_time": "approved_at",
    "voided_time": "voided_at",
    **same("is_opening_balance", "balance", "payment_made", "amount_credited", "journal_id", "void_reason"),
}
WRITTEN_OFF_FIELDS = {"write_off_amount": "amount_written_off"}
"""What a kind has besides whose balance can be written off."""
EINVOICE_FIELDS = same("einvoice_status", "irn")
"""What a kind has besides that the e-invoice portal registers."""
EWAY_BILL_FIELDS = same("eway_bill_status", "eway_bill_number", "eway_bill_valid_until")
"""What a kind has besides with which goods move."""

REASON_FIELDS = same("reason", "gst_reason")
ORIGINAL_FIELDS = {"original_invoice_date": "original_invoice_on"} | same(
    "original_invoice_number", "original_invoice_total"
)
"""What a note has besides whose original may be in no books."""
NOTE_FIELDS = REASON_FIELDS | ORIGINAL_FIELDS | same("is_without_gst")
CHALLAN_FIELDS = same("challan_purpose")
WITHHELD_FIELDS = same("tds_section", "tds_percent", "tds_amount")
OPENED_FIELDS = {"opened_time": "approved_at", "voided_time": "voided_at", "void_reason": "void_reason"}


class DocumentShape:
    """The names of one kind of document.

    ``columns`` select its head, ``whole_columns`` its lines as well, ``linked_columns`` also what it was made of and
    what was made of it.

    Each shape enters itself into ``SHAPES``, where the audit trail finds the names of every kind.
    """

    def __init__(self, kind: Kind, *own: Mapping[str, str], line: Shape = LINE) -> None:
        fields = {f"{kind.series}_id": "id", kind.number_field: "number", "status": "status"}
        if kind.due_field is not None:
            fields[kind.due_field] = "due_on"
        for names in (*own, _SHARED):
            fields.update(names)
        self._kind = kind
        self._line = line
        self._names = tuple(fields)
        self._values = attrgetter(*fields.values())
        self._line_values = attrgetter(*line.attributes.values())
        self._head = Shape(documents, fields)
        otherwise = {name: SHOWN_OTHERWISE[column] for name, column in fields.items() if column in SHOWN_OTHERWISE}
        self.columns = Shape(documents, {**fields, **otherwise, "status": status_column(kind)}).columns
        self.whole_columns = (*self.columns, lines_of(line.columns).label("line_items"))
        self._links = kind.links
        self._last_made = {KIND_NAMED[name].converted_field: name for name in kind.becomes}
        self.linked_columns = (
            *self.whole_columns,
            *(LINKS[name].label(name) for name in self._links),
            *(LAST_MADE[name].label(field) for field, name in self._last_made.items()),
        )
        self.attributes = dict(fields)
        self.children = {"line_items": line}
        SHAPES[kind.name] = self

    def said(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a body says of the document, by our own names. Raises Failed where two names say different contacts."""
        said, alias = self._head.values(body), self._kind.contact_alias
        if alias is None or body.get(alias) is None:
            return said
        if said.setdefault("contact_id", body[alias]) != body[alias]:
            field = self._kind.field_of("contact_id")
            raise Failed(f"{field} and {alias} are two names of one thing; send one of them.", field=alias)
        return said

    def lines_said(self, body: Mapping[str, Any]) -> Sequence[dict[str, Any]] | None:
        """What a body says of the lines; ``None`` when it says nothing of them."""
        lines = body.get("line_items")
        return None if lines is None else [self._line.values(line) for line in lines]

    def shown(self, books: Books, paper: Paper) -> dict[str, Any]:
        """A document with its lines."""
        head: Document = paper.head
        fields = dict(zip(self._names, self._values(head), strict=True))
        fields["status"] = status_today(self._kind, head, books.today)
        fields["line_items"] = [self._line_shown(line) for line in paper.lines]
        fields |= {name: getattr(paper, name) for name in self._links}
        fields |= {field: paper.last_made(name) for field, name in self._last_made.items()}
        return fields

    def _line_shown(self, line: Line) -> dict[str, Any]:
        return dict(zip(self._line.attributes, self._line_values(line), strict=True))


SHAPES: dict[str, DocumentShape] = {}
"""The shape of each kind of document by the kind's name."""
