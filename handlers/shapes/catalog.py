"""Items and taxes as JSON."""

from domain.catalog import tax_percentage
from handlers.shapes.shape import TIMES, Shape, same
from models.masters import items, taxes

ITEM = Shape(
    items,
    {
        "item_id": "id",
        **same(
            "item_name",
            "sku",
            "item_type",
            "hsn_or_sac",
            "unit",
            "unit_code",
            "rate",
            "purchase_rate",
            "tax_id",
            "cess_per_unit",
            "account_id",
            "purchase_account_id",
            "description",
            "status",
        ),
        "tax_percentage": tax_percentage(),
        **TIMES,
    },
)

TAX = Shape(
    taxes,
    {
        "tax_id": "id",
        **same("name", "shape", "tax_percentage", "cgst", "sgst", "igst", "cess", "effective_from", "effective_to"),
    },
)
