"""What can be imported, as data: the names that its columns may give, further headers, and how records are made."""

from collections.abc import Mapping

from domain.addresses import PARTS
from domain.imports import references
from domain.imports.cells import Reading
from domain.imports.columns import LINES, Column
from domain.imports.references import Reference

STATUS = Column(("status",), Reading.WORD)
"""What a document is in another program: what follows once it is made depends on it."""

_ADDRESS_PARTS = {**{part: part for part in PARTS}, "state": "state_code", "pincode": "zip", "code": "zip"}
CONTACT_ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("name", "customer_name", "vendor_name"), "contact_name"),
    "type": "contact_type",
    "gstin": "gst_no",
    "pan_no": "pan",
    "state": "place_of_contact",
    **{
        f"{kind}_{said}": f"{kind}_address.{part}"
        for kind in ("billing", "shipping")
        for said, part in _ADDRESS_PARTS.items()
    },
}
ITEM_ALIASES: Mapping[str, str] = {
    "name": "item_name",
    "type": "item_type",
    **dict.fromkeys(("hsn", "sac", "hsn/sac"), "hsn_or_sac"),
    **dict.fromkeys(("price", "selling_price"), "rate"),
    **dict.fromkeys(("cost_price", "purchase_price"), "purchase_rate"),
    **dict.fromkeys(("gst_rate", "gst_%", "tax_%"), "tax_percentage"),
}
_SALE_ALIASES: Mapping[str, str] = {
    "customer": "customer_name",
    "gstin": "gst_no",
    "qty": f"{LINES}.quantity",
    **dict.fromkeys(("price", "item_price"), f"{LINES}.rate"),
    **dict.fromkeys(("hsn", "sac", "hsn/sac"), f"{LINES}.hsn_or_sac"),
    "line_discount": f"{LINES}.discount",
    "line_discount_percent": f"{LINES}.discount_percent",
    **dict.fromkeys(("gst_rate", "gst_%", "tax_%"), "tax_percentage"),
}
_OF_AN_INVOICE = dict.fromkeys(("invoice_no", "invoice#"), "invoice_number")
INVOICE_ALIASES: Mapping[str, str] = {
    "number": "invoice_number",
    **_OF_AN_INVOICE,
    "invoice_date": "date",
    **_SALE_ALIASES,
}
CUSTOMER_DEBIT_NOTE_ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("number", "debit_note_number", "debit_note_no"), "customer_debit_note_number"),
    "debit_note_date": "date",
    **_OF_AN_INVOICE,
    **_SALE_ALIASES,
}

ITEM_REFERENCES = (
    Reference("tax_percentage", ("tax_id",), "Tax of the rate", references.taxes_by_rate),
    Reference("tax_name", ("tax_id",), "Tax", references.taxes_by_name),
    Reference("account_code", ("account_id",), "Account", references.accounts_by_code),
    Reference("account_name", ("account_id",), "Account", references.accounts_by_name),
    Reference("purchase_account_code", ("purchase_account_id",), "Account", references.accounts_by_code),
    Reference("purchase_account_name", ("purchase_account_id",), "Account", references.accounts_by_name),
)
INVOICE_REFERENCES = (
    Reference("customer_name", ("customer_id",), "Customer", references.customers),
    Reference("branch_name", ("branch_id",), "Branch", references.branches),
    Reference("salesperson", ("salesperson_id",), "Salesperson", references.salespersons),
    Reference("sku", (LINES, "item_id"), "Item with the SKU", references.items_by_sku),
    Reference("item_name", (LINES, "item_id"), "Item", references.items_by_name),
    Reference("tax_percentage", (LINES, "tax_id"), "Tax of the rate", references.taxes_by_rate),
    Reference("tax_name", (LINES, "tax_id"), "Tax", references.taxes_by_name),
    Reference("account_code", (LINES, "account_id"), "Account", references.accounts_by_code),
    Reference("account_name", (LINES, "account_id"), "Account", references.accounts_by_name),
    Reference("cost_center_code", (LINES, "cost_center_id"), "Cost centre", references.cost_centers_by_code),
    Reference("cost_center_name", (LINES, "cost_center_id"), "Cost centre", references.cost_centers_by_name),
)
CUSTOMER_DEBIT_NOTE_REFERENCES = (
    Reference("invoice_number", ("invoice_id",), "Invoice", references.invoices_by_number),
    *INVOICE_REFERENCES,
)
