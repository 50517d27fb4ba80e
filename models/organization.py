"""The organization itself, its branches, and the look-up lists that it owns."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Interval,
    LargeBinary,
    SmallInteger,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.schema import (
    ExchangeRate,
    Key,
    document,
    flag,
    instant,
    key,
    metadata,
    money,
    one_of,
    refers_to,
    tenant_table,
    versioned,
    words,
)

# Keyed by its own id: the organization is the tenant. Row-level security compares ``id``.
organizations = Table(
    "organizations",
    metadata,
    Column("id", Key, primary_key=True),
    words("name", optional=False),
    words("legal_name"),
    key("gst_no", optional=True),
    key("pan", optional=True),
    key("registration_type"),
    key("state_code"),
    document("address"),
    Column("fiscal_year_start_month", SmallInteger, nullable=False),
    Column("locked_until", Date),
    key("currency_code"),
    key("time_zone"),
    money("aggregate_turnover", optional=True),
    words("lut_number"),
    Column("lut_valid_until", Date),
    flag("is_round_off_enabled"),
    # What becomes of an invoice beyond the customer's credit limit.
    Column("credit_limit_action", Key, nullable=False, server_default=text("'WARN'")),
    # What is printed on its documents.
    key("default_template"),
    key("accent_colour", optional=True),
    flag("is_upi_qr_printed", default=True),
    words("signatory_name"),
    words("declaration"),
    words("terms"),
    words("footer"),
    document("bank_details"),
    document("logo"),
    document("signature"),
    # Whether and when customers are reminded of what is due.
    Column(
        "payment_reminders",
        JSONB,
        nullable=False,
        server_default=text("""'{"is_enabled": false, "days": [1, 7, 30], "subject": null, "body_html": null}'"""),
    ),
    flag("is_sandbox"),
    # Whether e-invoices go to the simulator of the portal, as those of a sandbox do: so in the demo.
    flag("is_portal_simulated", default=False),
    key("live_organization_id", optional=True),
    # By how much a sandbox's clock is ahead of the real one; absent where it was not set.
    Column("clock_offset", Interval),
    # When a sandbox was last emptied; absent where it never was.
    instant("emptied_at", optional=True),
    *versioned(),
    one_of("registration_type", "REGULAR", "COMPOSITION", "UNREGISTERED", "SEZ"),
    one_of("credit_limit_action", "WARN", "REFUSE"),
    CheckConstraint("fiscal_year_start_month between 1 and 12", name="fiscal_year_start_month"),
    CheckConstraint("(registration_type = 'UNREGISTERED') = (gst_no is null)", name="gst_no"),
    CheckConstraint("is_sandbox = (live_organization_id is not null)", name="is_sandbox"),
    CheckConstraint("clock_offset is null or is_sandbox", name="clock_offset"),
    CheckConstraint("emptied_at is null or is_sandbox", name="emptied_at"),
    info={"tenant": True},
)
Index(
    "organizations_live_organization_id_key",
    organizations.c.live_organization_id,
    unique=True,
    postgresql_where=text("live_organization_id is not null"),
)
Index("organizations_clock_offset_idx", organizations.c.id, postgresql_where=text("clock_offset is not null"))

branches = tenant_table(
    "branches",
    words("branch_name", optional=False),
    key("code"),
    flag("is_primary"),
    key("gst_no", optional=True),
    key("state_code"),
    document("address"),
    words("phone"),
    words("email"),
    words("signatory_name"),
    words("declaration"),
    words("terms"),
    words("footer"),
    document("bank_details"),
    key("default_template", optional=True),
    key("accent_colour", optional=True),
    Column("is_upi_qr_printed", Boolean),
    document("logo"),
    document("signature"),
    flag("is_einvoicing_enabled"),
    document("prefixes", optional=False),
    # Further number series by their names, each with prefixes of its own for some kinds.
    Column("series", JSONB, nullable=False, server_default=text("'[]'")),
    flag("is_active"),
    *versioned(),
)
Index("branches_name_key", branches.c.organization_id, text("lower(branch_name)"), unique=True)
Index("branches_code_key", branches.c.organization_id, text("upper(code)"), unique=True)
Index(
    "branches_primary_key",
    branches.c.organization_id,
    unique=True,
    postgresql_where=text("is_primary"),
)

# What is printed as a logo or signature, by the hash of its bytes; whose they are tells of them in ``logo`` and
# ``signature``: hash, sides in pixels and size.
pictures = tenant_table(
    "pictures",
    Column("png", LargeBinary, nullable=False),
    instant("created_at"),
    CheckConstraint("length(png) between 1 and 2000000", name="png"),
)

# The last number given in each series. The row stays locked until the posting commits, so numbers have no gaps.
number_counters = tenant_table(
    "number_counters",
    key("branch_id"),
    key("document_kind"),
    key("prefix"),
    Column("last_number", Integer, nullable=False),
    refers_to("branches", "branch_id"),
    CheckConstraint("last_number >= 0", name="last_number"),
    keyed_by=("branch_id", "document_kind", "prefix"),
    postgresql_with={"fillfactor": "50"},
)

cost_centers = tenant_table(
    "cost_centers",
    words("name", optional=False),
    key("code", optional=True),
    flag("is_active"),
    *versioned(),
    Index("cost_centers_code_key", "organization_id", "code", unique=True, postgresql_where=text("code is not null")),
)
Index("cost_centers_name_key", cost_centers.c.organization_id, text("lower(name)"), unique=True)

currencies = Table(
    "currencies",
    metadata,
    Column("code", Key, primary_key=True),
    words("name", optional=False),
    words("symbol", optional=False),
    Column("decimal_places", SmallInteger, nullable=False),
)

exchange_rates = tenant_table(
    "exchange_rates",
    key("currency_code"),
    Column("rated_on", Date, nullable=False),
    Column("rate", ExchangeRate, nullable=False),
    words("source"),
    instant("created_at"),
    CheckConstraint("rate > 0", name="rate"),
    Index("exchange_rates_day_key", "organization_id", "currency_code", "rated_on", unique=True),
)
