"""Branches as JSON."""

from handlers.shapes.shape import TIMES, Shape, same
from models.organization import branches

BRANCH = Shape(
    branches,
    {
        "branch_id": "id",
        **same(
            "branch_name",
            "is_primary",
            "gst_no",
            "state_code",
            "address",
            "phone",
            "email",
            "signatory_name",
            "declaration",
            "bank_details",
            "is_einvoicing_enabled",
            "prefixes",
            "is_active",
        ),
        **TIMES,
    },
)
