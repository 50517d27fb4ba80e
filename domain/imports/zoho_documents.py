"""Zoho Books' documents: one row a line, the head's columns on each."""

from collections.abc import Sequence
from types import MappingProxyType

from domain.imports import references as find
from domain.imports.cells import amount, written
from domain.imports.kinds import STATUS
from domain.imports.references import Reference
from domain.imports.translation import Cells, ForeignFile, Say, changed, line, said
from domain.imports.zoho_values import account_name, not_nought, state, treatment

_STATUSES = MappingProxyType(
    {
        **dict.fromkeys(("DRAFT", "PENDING_APPROVAL", "PENDING APPROVAL", "REJECTED"), "DRAFT"),
        **dict.fromkeys(("VOID", "CANCELLED"), "VOID"),
        **dict.fromkeys(("ACCEPTED", "INVOICED"), "ACCEPTED"),
        "DECLINED": "DECLINED",
    }
)
_LEAST_CHARGE = 1
"""An adjustment of less than a rupee is the rounding off."""

_LINE_REFERENCES = (
    Reference("item_name", ("line_items", "item_id"), "Item", find.items_by_name, is_optional=True),
    Reference("account_name", ("line_items", "account_id"), "Account", find.accounts_by_name),
    Reference("tax_percentage", ("line_items", "tax_id"), "Tax of the rate", find.taxes_by_rate),
)
CUSTOMER = Reference("customer_name", ("customer_id",), "Customer", find.customers)
VENDOR = Reference("vendor_name", ("vendor_id",), "Vendor", find.vendors)


IS_MEANT_TWICE = said("Allow Duplicate Reference")
"""No column of theirs: the owner adds it where one number of a vendor stands for two papers."""


def status_of(*headers: str) -> Say:
    """Whether a document is a draft, void, or in force."""
    return changed(lambda text: _STATUSES.get(text.upper(), "APPROVED"), *headers)


def is_in_force(status: Say) -> Say:
    """Whether a document is approved as it is taken over: all are but drafts, also those that are voided afterwards."""
    return lambda cells: "false" if status(cells) == "DRAFT" else "true"


def exchange_rate(cells: Cells) -> str:
    """The exchange rate of a document that is not in rupees."""
    return "" if said("Currency Code")(cells) in ("", "INR") else said("Exchange Rate")(cells)


def with_vendor(number: Say) -> Say:
    """A number of a vendor's paper as it is found here: with the vendor's name before it."""
    vendor = said("Vendor Name")
    return lambda cells: f"{vendor(cells)} {number(cells)}" if number(cells) else ""


def _is_free_of_tax(cells: Cells) -> bool:
    return not not_nought(_tax(cells))


_tax = said("Item Tax %", "Tax Percentage", "Item Tax1 %")


def _category(cells: Cells) -> str:
    """Why a line without tax bears none; an export bears none whatever its rate is."""
    name = said("Item Tax", "Tax Name", "Item Tax1")(cells).lower()
    if not _is_free_of_tax(cells):
        return ""
    if "non-gst" in name or "non gst" in name or "out of scope" in name:
        return "NON_GST"
    if said("Item Tax Exemption Reason", "Item Exemption Code", "Exemption Reason")(cells):
        return "EXEMPT"
    is_abroad = treatment(said("GST Treatment")(cells)) in ("OVERSEAS", "SEZ")
    return "NIL_RATED" if (name or _tax(cells)) and not is_abroad else ""


def _with_tax_abroad(cells: Cells) -> str:
    is_abroad = treatment(said("GST Treatment")(cells)) in ("OVERSEAS", "SEZ")
    return "true" if is_abroad and not _is_free_of_tax(cells) else ""


def _is_on_the_whole(cells: Cells) -> bool:
    return said("Discount Type")(cells).lower().replace(" ", "_") == "entity_level"


def _line_discount(cells: Cells) -> str:
    return "" if _is_on_the_whole(cells) else not_nought(said("Discount Amount")(cells))


def _whole_discount(header: str, unless: str | None = None) -> Say:
    def say(cells: Cells) -> str:
        is_said = _is_on_the_whole(cells) and not (unless and not_nought(said(unless)(cells)))
        return not_nought(said(header)(cells)) if is_said else ""

    return say


def _charges(cells: Cells) -> str:
    """Shipping that bears no tax of its own, and what was added besides; smaller amounts are the rounding off."""
    shipping = said("Shipping Charge")(cells) if not not_nought(said("Shipping Charge Tax %")(cells)) else ""
    adjustment = amount(said("Adjustment")(cells))
    return written(amount(shipping) + (adjustment if adjustment >= _LEAST_CHARGE else 0))


def _round_off(cells: Cells) -> str:
    """What the paper itself adds or takes off to reach its total, nought too: it is not reckoned anew here."""
    adjustment = amount(said("Adjustment")(cells))
    rounded = amount(said("Round Off", "Rounding")(cells))
    return f"{rounded + (adjustment if abs(adjustment) < _LEAST_CHARGE else 0):f}"


def _taxed_shipping(cells: Cells) -> Sequence[Cells]:
    tax, charge = not_nought(said("Shipping Charge Tax %")(cells)), not_nought(said("Shipping Charge")(cells))
    if not (tax and charge):
        return ()
    code = said("Shipping Charge SAC Code")(cells) or "996511"
    return (
        {
            line("name"): "Shipping charges",
            line("quantity"): "1",
            line("rate"): charge,
            line("hsn_or_sac"): code,
            "tax_percentage": tax,
        },
    )


def _cannot_be_booked(cells: Cells) -> str | None:
    adjustment = said("Adjustment")(cells)
    if amount(adjustment) <= -_LEAST_CHARGE:
        return f"Its adjustment of {adjustment} takes off more than a rounding; give it as a discount."
    is_after_tax = said("Is Discount Before Tax")(cells).lower() == "false"
    if is_after_tax and any(not_nought(said(header)(cells)) for header in _DISCOUNTS):
        return "Its discount is taken after tax, and would lessen the tax here."
    return None


_DISCOUNTS = ("Discount Amount", "Entity Discount Amount", "Entity Discount Percent", "Discount")


def _balance(status: str) -> Say:
    """What is open of a document that is in force."""
    say = status_of(status)
    return lambda cells: said("Balance")(cells) if say(cells) == "APPROVED" else ""


def is_reverse_charge(cells: Cells) -> str:
    """Whether the recipient pays the tax."""
    return "true" if said("Reverse Charge Tax Name")(cells) else ""


_HEAD: dict[str, Say] = {
    "gst_treatment": changed(treatment, "GST Treatment"),
    "gst_no": said("GST Identification Number (GSTIN)"),
    "currency_code": said("Currency Code"),
    "exchange_rate": exchange_rate,
    "is_inclusive_tax": said("Is Inclusive Tax"),
    "discount_percent": _whole_discount("Entity Discount Percent"),
    "discount": _whole_discount("Entity Discount Amount", unless="Entity Discount Percent"),
    "untaxed_charges": _charges,
    "round_off": _round_off,
    "terms": said("Terms & Conditions"),
}
_LINE: dict[str, Say] = {
    "item_name": said("Item Name"),
    line("name"): said("Item Name", "Item Desc", "Description", "Account"),
    line("description"): said("Item Desc", "Description"),
    line("hsn_or_sac"): said("HSN/SAC"),
    line("quantity"): said("Quantity", "QuantityOrdered"),
    line("unit"): said("Usage unit"),
    line("rate"): said("Item Price", "Rate"),
    line("discount"): _line_discount,
    "tax_percentage": changed(not_nought, "Item Tax %", "Tax Percentage", "Item Tax1 %"),
    line("tax_category"): _category,
    "account_name": changed(account_name, "Account"),
}
_SALE: dict[str, Say] = {
    "customer_name": said("Customer Name"),
    "place_of_supply": changed(state, "Place of Supply(With State Code)", "Place of Supply"),
    "is_export_with_payment": _with_tax_abroad,
    "salesperson_name": said("Sales person"),
    "notes": said("Notes"),
}
_PURCHASE: dict[str, Say] = {
    "vendor_name": said("Vendor Name"),
    "place_of_supply": changed(state, "Destination of Supply"),
    "notes": said("Vendor Notes", "Notes"),
}


INVOICES = ForeignFile(
    names=("invoice", "invoices"),
    operation="create_invoice",
    identity=("Invoice ID", "Invoice Number"),
    columns=MappingProxyType(
        {
            "invoice_number": said("Invoice Number"),
            "date": said("Invoice Date"),
            "due_date": said("Due Date"),
            "reference_number": said("PurchaseOrder", "Reference#"),
            "is_reverse_charge": is_reverse_charge,
            **_SALE,
            **_HEAD,
            "status": status_of("Invoice Status"),
            "auto_approve": is_in_force(status_of("Invoice Status")),
            **_LINE,
        }
    ),
    references=(CUSTOMER, *_LINE_REFERENCES),
    orders=(STATUS,),
    left_out=_cannot_be_booked,
    more_lines=_taxed_shipping,
    known_by="invoice_number",
    afterwards=MappingProxyType({"VOID": "void_invoice"}),
    total=("Total",),
    open_amount=_balance("Invoice Status"),
)


_any_tax = said("Item Tax %", "Tax Percentage", "Item Tax1 %", "Tax %", "Reverse Charge Tax Rate")


def credit(cells: Cells) -> str:
    """What became of the credit there; where nothing is said of it, the rules decide.

    Credit that was taken there is not barred here by its age, and what was not taken for another reason than section
    17(5) is part of the cost.
    """
    word = said("ITC Eligibility")(cells).lower()
    if "17" in word:
        return "BLOCKED"
    if not not_nought(_any_tax(cells)):
        return ""
    return "NONE" if word.startswith("ineligible") else "ELIGIBLE" if word.startswith("eligible") else ""


def _section(cells: Cells) -> str | None:
    section = said("TDS Section", "TDS Section Code", "TDS Name")(cells)
    if not_nought(said("TDS Amount")(cells)) and section:
        return f"Tax is withheld under '{section}'; choose the section of list_tds_sections."
    return None


BILLS = ForeignFile(
    names=("bill", "bills"),
    operation="create_bill",
    identity=("Bill ID", "Bill Number"),
    columns=MappingProxyType(
        {
            "reference_number": said("Bill Number"),
            "allow_duplicate_reference": IS_MEANT_TWICE,
            "date": said("Bill Date"),
            "due_date": said("Due Date"),
            "is_reverse_charge": is_reverse_charge,
            **_PURCHASE,
            **_HEAD,
            "tds_amount": changed(not_nought, "TDS Amount"),
            "status": status_of("Bill Status"),
            "auto_approve": is_in_force(status_of("Bill Status")),
            **_LINE,
            line("itc_eligibility"): credit,
            line("itc_blocked_reason"): said("ITC Blocked Reason"),  # theirs does not say it; the owner adds the column
        }
    ),
    references=(VENDOR, *_LINE_REFERENCES),
    orders=(STATUS,),
    left_out=_cannot_be_booked,
    to_note=_section,
    known_by="reference_number",
    afterwards=MappingProxyType({"VOID": "void_bill"}),
    total=("Total",),
    open_amount=_balance("Bill Status"),
)


def document_file(
    noun: str,
    names: tuple[str, ...],
    head: dict[str, Say],
    *,
    party: Reference,
    status: Say,
    afterwards: dict[str, str],
    identity: tuple[str, ...],
    references: Sequence[Reference] = (),
) -> ForeignFile:
    """A document of one side: its own columns, and those that all have."""
    of_side = _SALE if party is CUSTOMER else _PURCHASE
    return ForeignFile(
        names=names,
        operation=f"create_{noun}",
        identity=identity,
        columns=MappingProxyType(
            {**head, **of_side, **_HEAD, "status": status, "auto_approve": is_in_force(status), **_LINE}
        ),
        references=(party, *references, *_LINE_REFERENCES),
        orders=(STATUS,),
        left_out=_cannot_be_booked,
        more_lines=_taxed_shipping,
        known_by=f"{noun}_number",
        afterwards=MappingProxyType(afterwards),
        total=("Total",),
    )


ESTIMATES = document_file(
    "estimate",
    ("estimate", "estimates", "quote", "quotes"),
    {
        "estimate_number": said("Estimate Number", "Quote Number"),
        "date": said("Estimate Date", "Quote Date"),
        "expiry_date": said("Expiry Date"),
        "reference_number": said("Reference#", "PurchaseOrder"),
    },
    party=CUSTOMER,
    status=status_of("Estimate Status", "Quote Status"),
    afterwards={"ACCEPTED": "accept_estimate", "DECLINED": "decline_estimate", "VOID": "void_estimate"},
    identity=("Estimate ID", "Quote ID", "Estimate Number", "Quote Number"),
)
SALES_ORDERS = document_file(
    "sales_order",
    ("sales_order", "sales_orders", "salesorder"),
    {
        "sales_order_number": said("SalesOrder Number", "Sales Order Number"),
        "date": said("Order Date"),
        "shipment_date": said("Expected Shipment Date"),
        "reference_number": said("Reference#"),
    },
    party=CUSTOMER,
    status=status_of("Status", "Sales Order Status"),
    afterwards={"VOID": "void_sales_order"},
    identity=("SalesOrder ID", "SalesOrder Number", "Sales Order Number"),
)
PURCHASE_ORDERS = document_file(
    "purchase_order",
    ("purchase_order", "purchase_orders", "purchaseorder"),
    {
        "purchase_order_number": said("Purchase Order Number"),
        "date": said("Purchase Order Date"),
        "expected_delivery_date": said("Delivery Date", "Expected Arrival Date"),
        "reference_number": said("Reference#", "Reference No"),
    },
    party=VENDOR,
    status=status_of("Purchase Order Status", "Status"),
    afterwards={"VOID": "void_purchase_order"},
    identity=("Purchase Order ID", "Purchase Order Number"),
)

DOCUMENTS: tuple[ForeignFile, ...] = (ESTIMATES, SALES_ORDERS, PURCHASE_ORDERS, INVOICES, BILLS)
"""The documents, those first to which others refer."""
