"""Organizations as JSON."""

from handlers.shapes.shape import TIMES, Shape, same
from models.organization import organizations

ORGANIZATION = Shape(
    organizations,
    {
        "organization_id": "id",
        **same(
            "name",
            "legal_name",
            "gst_no",
            "pan",
            "registration_type",
            "state_code",
            "address",
            "fiscal_year_start_month",
            "aggregate_turnover",
            "lut_number",
            "lut_valid_until",
            "is_round_off_enabled",
            "credit_limit_action",
            "default_template",
            "accent_colour",
            "is_upi_qr_printed",
            "signatory_name",
            "declaration",
            "terms",
            "footer",
            "bank_details",
            "logo",
            "signature",
            "payment_reminders",
            "currency_code",
            "time_zone",
            "is_sandbox",
        ),
        "lock_date": "locked_until",
        **TIMES,
    },
)
