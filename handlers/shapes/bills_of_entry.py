"""Bills of entry and their lines as JSON."""

from domain.pages import Columns
from domain.statements import gathered
from handlers.shapes.shape import TIMES, Shape, same
from models.expenses import bill_of_entry_lines, bills_of_entry

LINE = Shape(
    bill_of_entry_lines,
    {
        "line_item_id": "id",
        **same(
            "account_id",
            "description",
            "hsn_or_sac",
            "assessable_value",
            "customs_duty",
            "quantity",
            "tax_id",
            "tax_name",
            "tax_category",
            "tax_percentage",
            "cess_percentage",
            "cess_per_unit",
            "taxable_amount",
            "igst_amount",
            "cess_amount",
            "itc_eligibility",
            "itc_blocked_reason",
            "cost_center_id",
        ),
    },
)

BILL_OF_ENTRY = Shape(
    bills_of_entry,
    {
        "bill_of_entry_id": "id",
        "bill_of_entry_number": "number",
        "date": "dated_on",
        "voided_time": "voided_at",
        **same(
            "status",
            "branch_id",
            "port_code",
            "bill_id",
            "assessable_total",
            "customs_duty_total",
            "taxable_total",
            "igst_total",
            "cess_total",
            "total",
            "notes",
            "tags",
            "custom_fields",
            "journal_id",
            "void_reason",
        ),
        **TIMES,
    },
)

WHOLE_COLUMNS: Columns = (
    *BILL_OF_ENTRY.columns,
    gathered(bills_of_entry, bill_of_entry_lines, bill_of_entry_lines.c.bill_of_entry_id, LINE.columns).label(
        "line_items"
    ),
)
"""A bill of entry with its lines."""
