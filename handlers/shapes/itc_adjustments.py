"""Adjustments of input tax credit as JSON."""

from handlers.shapes.shape import TIMES, Shape, same
from models.itc import itc_adjustments

ITC_ADJUSTMENT = Shape(
    itc_adjustments,
    {
        "itc_adjustment_id": "id",
        "date": "dated_on",
        **same(
            "kind",
            "reason",
            "gstr3b_table",
            "branch_id",
            "igst_amount",
            "cgst_amount",
            "sgst_amount",
            "cess_amount",
            "total",
            "account_id",
            "bill_id",
            "reversal_id",
            "notes",
            "journal_id",
        ),
        "is_voided": itc_adjustments.c.voided_at.is_not(None),
        "voided_time": "voided_at",
        **TIMES,
    },
)
