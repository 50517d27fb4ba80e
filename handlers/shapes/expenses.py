"""Expenses and their lines as JSON; what stands on the head of a body holds for all lines of the expense."""

from collections.abc import Mapping
from typing import Any

from domain.expenses.reading import lines_of, of_all_lines, rate_on_reverse_charge
from domain.expenses.reckoning import Said
from domain.pages import Columns
from handlers.shapes.modes import mode_said
from handlers.shapes.shape import TIMES, Shape, same
from models.expenses import expense_lines, expenses

_OF_A_LINE = {
    **same("account_id", "hsn_or_sac", "tax_id", "tax_category"),
    "itc_eligibility": "itc_said",
    **same("itc_blocked_reason", "cost_center_id"),
}
_SHARED_SAID = Shape(expense_lines, {**_OF_A_LINE, "amount": "amount", "rcm_rate": "tax_percentage"})
_LINE_SAID = Shape(
    expense_lines, {"line_item_id": "id", **_OF_A_LINE, **same("amount", "note", "quantity", "cess_per_unit")}
)
EXPENSE_LINE = Shape(
    expense_lines,
    {
        "line_item_id": "id",
        **same(
            "account_id",
            "note",
            "hsn_or_sac",
            "amount",
            "quantity",
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
            "itc_eligibility",
            "itc_blocked_reason",
            "cost_center_id",
        ),
    },
)
_SAID = {
    "date": "dated_on",
    "vendor_id": "contact_id",
    "is_rcm": "is_reverse_charge",
    "allow_duplicate_reference": "is_duplicate_meant",
    **same(
        "branch_id",
        "paid_through_account_id",
        "mode",
        "reference_number",
        "place_of_supply",
        "source_of_supply",
        "gst_treatment",
        "gst_no",
        "currency_code",
        "exchange_rate",
        "is_inclusive_tax",
        "notes",
        "tags",
        "custom_fields",
    ),
}
EXPENSE = Shape(
    expenses,
    {
        "expense_id": "id",
        **_SAID,
        "vendor_name": "contact_name",
        **same("supply_type", "amount", "taxable_total", "cgst_total", "sgst_total", "igst_total", "cess_total"),
        **same("tax_total", "total", "self_invoice_number", "journal_id"),
        **{
            name: of_all_lines(expense_lines.c[name])
            for name in (
                "account_id",
                "hsn_or_sac",
                "tax_id",
                "tax_category",
                "itc_eligibility",
                "itc_blocked_reason",
                "cost_center_id",
            )
        },
        "rcm_rate": rate_on_reverse_charge(),
        **TIMES,
    },
)
_HEAD_SAID = Shape(expenses, _SAID)

COLUMNS: Columns = EXPENSE.columns
"""An expense without its lines."""

WHOLE_COLUMNS: Columns = (
    *COLUMNS,
    lines_of(EXPENSE_LINE.columns).label("line_items"),
)
"""An expense with its lines."""


def expense_said(body: Mapping[str, Any]) -> Said:
    """What a body says of an expense, by our own names."""
    lines, head = body.get("line_items"), _HEAD_SAID.values(body)
    if "mode" in head:
        head["mode"] = mode_said(head["mode"])
    return Said(
        head=head,
        shared=_SHARED_SAID.values(body),
        lines=None if lines is None else [_LINE_SAID.values(line) for line in lines],
    )
