"""Contacts as JSON."""

from domain.brought_forward import opening_columns
from domain.documents.kinds import Side
from domain.documents.open_amounts import open_amount, unused_credit
from handlers.shapes.shape import TIMES, Shape, same
from models.masters import contacts

CONTACT = Shape(
    contacts,
    {
        "contact_id": "id",
        **same(
            "contact_name",
            "display_name",
            "legal_name",
            "company_name",
            "contact_type",
            "gst_treatment",
            "gst_no",
            "gst_no_status",
            "pan",
            "email",
            "phone",
            "mobile",
            "website",
            "currency_code",
            "payment_terms",
            "credit_limit",
            "place_of_contact",
            "billing_address",
            "shipping_address",
            "contact_persons",
            "notes",
            "tags",
            "custom_fields",
            "status",
        ),
        **opening_columns(),
        "outstanding_receivable": open_amount(Side.SALE),
        "outstanding_payable": open_amount(Side.PURCHASE),
        "unused_credits_receivable": unused_credit(Side.SALE),
        "unused_credits_payable": unused_credit(Side.PURCHASE),
        **TIMES,
    },
)
