"""Users, memberships, tokens; organizations, branches and their look-up lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "branches",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("branch_name", sa.Text(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("gst_no", sa.Text(collation="C"), nullable=True),
        sa.Column("state_code", sa.Text(collation="C"), nullable=False),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("signatory_name", sa.Text(), nullable=True),
        sa.Column("declaration", sa.Text(), nullable=True),
        sa.Column("bank_details", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("is_einvoicing_enabled", sa.Boolean(), nullable=False),
        sa.Column("prefixes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("branches_pkey")),
    )
    op.create_index(
        "branches_name_key",
        "branches",
        ["organization_id", sa.literal_column("lower(branch_name)")],
        unique=True,
    )
    op.create_index(
        "branches_primary_key",
        "branches",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("is_primary"),
    )
    op.create_table(
        "call_counts",
        sa.Column("caller", sa.Text(collation="C"), nullable=False),
        sa.Column("window_number", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("window_seconds", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("caller", name=op.f("call_counts_pkey")),
        postgresql_with={"fillfactor": "50"},
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "cost_centers",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("cost_centers_pkey")),
    )
    op.create_index(
        "cost_centers_code_key",
        "cost_centers",
        ["organization_id", "code"],
        unique=True,
        postgresql_where=sa.text("code is not null"),
    )
    op.create_index(
        "cost_centers_name_key",
        "cost_centers",
        ["organization_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "currencies",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("decimal_places", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("currencies_pkey")),
    )
    op.create_table(
        "exchange_rates",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("currency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=20, scale=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rate > 0", name=op.f("exchange_rates_rate_check")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("exchange_rates_pkey")),
    )
    op.create_index(
        "exchange_rates_day_key",
        "exchange_rates",
        ["organization_id", "currency_code", "rated_on"],
        unique=True,
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=True),
        sa.Column("gst_no", sa.Text(collation="C"), nullable=True),
        sa.Column("pan_no", sa.Text(collation="C"), nullable=True),
        sa.Column("registration_type", sa.Text(collation="C"), nullable=False),
        sa.Column("state_code", sa.Text(collation="C"), nullable=False),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("fiscal_year_start_month", sa.SmallInteger(), nullable=False),
        sa.Column("locked_until", sa.Date(), nullable=True),
        sa.Column("currency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("time_zone", sa.Text(collation="C"), nullable=False),
        sa.Column("aggregate_turnover", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("lut_number", sa.Text(), nullable=True),
        sa.Column("lut_valid_until", sa.Date(), nullable=True),
        sa.Column("is_round_off_enabled", sa.Boolean(), nullable=False),
        sa.Column("default_template", sa.Text(collation="C"), nullable=False),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False),
        sa.Column("live_organization_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(registration_type = 'UNREGISTERED') = (gst_no is null)", name=op.f("organizations_gst_no_check")
        ),
        sa.CheckConstraint(
            "registration_type in ('REGULAR', 'COMPOSITION', 'UNREGISTERED', 'SEZ')",
            name=op.f("organizations_registration_type_check"),
        ),
        sa.CheckConstraint(
            "fiscal_year_start_month between 1 and 12",
            name=op.f("organizations_fiscal_year_start_month_check"),
        ),
        sa.CheckConstraint(
            "is_sandbox = (live_organization_id is not null)", name=op.f("organizations_is_sandbox_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("organizations_pkey")),
    )
    op.create_index(
        "organizations_live_organization_id_key",
        "organizations",
        ["live_organization_id"],
        unique=True,
        postgresql_where=sa.text("live_organization_id is not null"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("users_pkey")),
    )
    op.create_index("users_email_key", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "memberships",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('OWNER', 'ADMIN', 'STAFF', 'VIEWER')", name=op.f("memberships_role_check")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("memberships_organization_id_fkey")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("memberships_user_id_fkey")),
        sa.PrimaryKeyConstraint("organization_id", "user_id", name=op.f("memberships_pkey")),
    )
    op.create_index("memberships_user_id_idx", "memberships", ["user_id"], unique=False)
    op.create_table(
        "number_counters",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("branch_id", sa.Text(collation="C"), nullable=False),
        sa.Column("document_kind", sa.Text(collation="C"), nullable=False),
        sa.Column("prefix", sa.Text(collation="C"), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number >= 0", name=op.f("number_counters_last_number_check")),
        sa.ForeignKeyConstraint(
            ["organization_id", "branch_id"],
            ["branches.organization_id", "branches.id"],
            name=op.f("number_counters_organization_id_branch_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "branch_id", "document_kind", "prefix", name=op.f("number_counters_pkey")
        ),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("shown_prefix", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("organization_id", sa.Text(collation="C"), nullable=True),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tier", sa.Text(collation="C"), nullable=False),
        sa.Column("calls_per_minute", sa.Integer(), nullable=False),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('PAT', 'OAUTH')", name=op.f("tokens_kind_check")),
        sa.CheckConstraint("tier in ('DEFAULT', 'PARTNER', 'CUSTOM')", name=op.f("tokens_tier_check")),
        sa.CheckConstraint("calls_per_minute between 1 and 100000000", name=op.f("tokens_calls_per_minute_check")),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("tokens_token_hash_check")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("tokens_organization_id_fkey")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("tokens_user_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("tokens_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("tokens_token_hash_key")),
    )
    op.create_index("tokens_user_id_idx", "tokens", ["user_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("exchange_rates")
    op.drop_table("currencies")
    op.drop_table("cost_centers")
    op.drop_table("number_counters")
    op.drop_table("branches")
    op.drop_table("call_counts")
    op.drop_table("tokens")
    op.drop_table("memberships")
    op.drop_table("organizations")
    op.drop_table("users")
