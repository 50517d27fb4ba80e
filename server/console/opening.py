"""What a figure opens: the page that shows what the API's ``drill_down`` names."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

COLLECTIONS = {
    "invoices": "Invoices",
    "credit_notes": "Credit notes",
    "customer_debit_notes": "Debit notes to customers",
    "estimates": "Estimates",
    "sales_orders": "Sales orders",
    "delivery_challans": "Delivery challans",
    "bills": "Bills",
    "expenses": "Expenses",
    "debit_notes": "Debit notes to vendors",
    "purchase_orders": "Purchase orders",
    "payments": "Payments",
    "journals": "Journals",
}
"""Resources that have a page, each by its path in the API."""

REPORTS = ("trial_balance", "ledger", "ar_aging", "ap_aging", "outstanding_receivables", "outstanding_payables")
"""Reports that have a page whose figures open what is behind them."""


def singular(collection: str) -> str:
    """Return what the API calls one of a collection."""
    return collection.removesuffix("s")


def page_of(base: str, drill_down: Mapping[str, Any] | None) -> str | None:
    """Return the console's page below ``base`` of what stands behind a figure, if it has one."""
    if not drill_down:
        return None
    parts = drill_down["path"].strip("/").split("/")
    query = {name: value for name, value in (drill_down["query"] or {}).items() if value is not None}
    asked = f"?{urlencode(query)}" if query else ""
    if parts[0] == "reports" and len(parts) == 2 and parts[1] in REPORTS:
        return f"{base}/reports/{parts[1]}{asked}"
    if parts[0] in COLLECTIONS and len(parts) <= 2:
        return f"{base}/books/{'/'.join(parts)}{asked}"
    return None
