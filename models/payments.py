"""Money received and paid, and what it settled."""

from sqlalchemy import CheckConstraint, Column, Computed, Date, ForeignKey, Index, text

from models.schema import (
    ExchangeRate,
    Key,
    Percent,
    change_number,
    flag,
    instant,
    key,
    labels,
    money,
    one_of,
    refers_to,
    tenant_table,
    verbatim,
    versioned,
    words,
)

PAYMENT_MODES = ("BANK", "CASH", "UPI", "CHEQUE", "CARD", "OTHER")

# What a payment settles: income tax that the customer withheld, and what his bank kept, are paid as well; the charges
# of our own bank are a cost.
SETTLEMENT = "amount + tds_amount + case flow when 'INCOMING' then bank_charges else 0 end"

# Nothing is ever taken out: a deleted payment keeps its number, marked and reversed.
payments = tenant_table(
    "payments",
    key("flow"),
    key("payment_type"),
    key("status"),
    key("branch_id"),
    key("contact_id"),
    words("contact_name", optional=False),
    # A receipt, refund or payment voucher stands once in its registration and year (CGST Rules, rules 50 to 52).
    key("number"),
    Column("number_key", Key, Computed("upper(number)", persisted=True)),
    key("number_scope"),
    key("financial_year"),
    Column("dated_on", Date, nullable=False),
    key("mode"),
    words("reference_number"),
    key("paid_through_account_id"),
    key("currency_code"),
    Column("exchange_rate", ExchangeRate, nullable=False),
    money("amount"),
    money("bank_charges"),
    money("tds_amount"),
    key("tds_section", optional=True),
    # What is not applied to any document yet, and the tax inside it.
    money("unallocated"),
    money("cgst_left"),
    money("sgst_left"),
    money("igst_left"),
    # Tax inside an advance for services (CGST Act, section 13(2)), as it was received.
    flag("is_service_advance"),
    Column("tax_id", Key, ForeignKey("taxes.id")),
    Column("tax_percentage", Percent),
    key("place_of_supply", optional=True),
    key("supply_type", optional=True),
    money("cgst_amount"),
    money("sgst_amount"),
    money("igst_amount"),
    words("description"),
    labels("tags"),
    verbatim("custom_fields", optional=False),
    key("journal_id", optional=True),
    instant("voided_at", optional=True),
    # The day of the reverses, where they are not on the days of what they reverse.
    Column("voided_on", Date),
    words("void_reason"),
    instant("deleted_at", optional=True),
    key("created_by"),
    *versioned(),
    change_number(),
    refers_to("branches", "branch_id"),
    refers_to("contacts", "contact_id"),
    refers_to("accounts", "paid_through_account_id"),
    one_of("flow", "INCOMING", "OUTGOING"),
    one_of("payment_type", "REGULAR", "ADVANCE", "REFUND"),
    one_of("mode", *PAYMENT_MODES),
    one_of("supply_type", "INTRA_STATE", "INTER_STATE"),
    CheckConstraint("exchange_rate > 0", name="exchange_rate"),
    CheckConstraint("amount >= 0 and bank_charges >= 0 and tds_amount >= 0", name="amount"),
    CheckConstraint(f"{SETTLEMENT} > 0 and unallocated between 0 and {SETTLEMENT}", name="unallocated"),
    CheckConstraint(
        "cgst_left between 0 and cgst_amount and sgst_left between 0 and sgst_amount"
        " and igst_left between 0 and igst_amount and cgst_left + sgst_left + igst_left <= unallocated",
        name="tax_left",
    ),
    CheckConstraint(
        "cgst_amount + sgst_amount + igst_amount = 0 or is_service_advance and flow = 'INCOMING'"
        " and payment_type = 'ADVANCE' and exchange_rate = 1",
        name="advance",
    ),
    CheckConstraint("payment_type <> 'REFUND' or unallocated = 0 and tds_amount = 0", name="refund"),
    CheckConstraint(
        "status = case when voided_at is not null then 'CANCELLED' when unallocated = 0 then 'APPLIED'"
        f" when unallocated = {SETTLEMENT} then 'UNAPPLIED' else 'PARTIALLY_APPLIED' end",
        name="status",
    ),
    CheckConstraint("voided_at is null or unallocated = 0", name="voided_at"),
    CheckConstraint("deleted_at is null or voided_at is not null", name="deleted_at"),
    Index("payments_dated_on_idx", "organization_id", "dated_on", "id"),
    Index("payments_modified_at_idx", "organization_id", "modified_at", "id"),
    Index("payments_change_number_idx", "organization_id", "change_number", "id"),
    Index("payments_contact_id_idx", "organization_id", "contact_id", "dated_on", "id"),
    Index(
        "payments_number_key",
        "organization_id",
        "flow",
        "number_scope",
        "financial_year",
        "number_key",
        unique=True,
    ),
)
Index(
    "payments_voided_at_idx",
    payments.c.organization_id,
    payments.c.voided_at,
    postgresql_where=text("voided_at is not null"),
)
Index(
    "payments_voided_on_idx",
    payments.c.organization_id,
    payments.c.voided_on,
    postgresql_where=text("voided_on is not null"),
)
Index(
    "payments_open_idx",
    payments.c.organization_id,
    payments.c.contact_id,
    postgresql_where=text("unallocated > 0"),
)

# An amount that a payment or a note gives and a document, or an advance that is paid back, takes; or that is written
# off a document. It is in the currency of both; taking it back leaves the row, marked.
allocations = tenant_table(
    "allocations",
    key("payment_id", optional=True),
    key("note_id", optional=True),
    key("document_id", optional=True),
    key("refunded_payment_id", optional=True),
    flag("is_write_off", default=False),
    money("amount"),
    # The tax of the advance that went with it.
    money("cgst_amount"),
    money("sgst_amount"),
    money("igst_amount"),
    Column("applied_on", Date, nullable=False),
    key("journal_id", optional=True),
    instant("created_at"),
    key("created_by"),
    instant("unapplied_at", optional=True),
    key("unapplied_by", optional=True),
    refers_to("payments", "payment_id"),
    refers_to("documents", "note_id"),
    refers_to("documents", "document_id"),
    refers_to("payments", "refunded_payment_id"),
    CheckConstraint("num_nonnulls(payment_id, note_id) + is_write_off::int = 1", name="source"),
    CheckConstraint("num_nonnulls(document_id, refunded_payment_id) = 1", name="target"),
    CheckConstraint("refunded_payment_id is null or payment_id <> refunded_payment_id", name="refunded"),
    CheckConstraint("note_id <> document_id", name="note"),
    CheckConstraint("not is_write_off or document_id is not null", name="write_off"),
    CheckConstraint(
        "amount > 0 and cgst_amount >= 0 and sgst_amount >= 0 and igst_amount >= 0"
        " and cgst_amount + sgst_amount + igst_amount <= amount",
        name="amount",
    ),
    CheckConstraint("(unapplied_at is null) = (unapplied_by is null)", name="unapplied"),
    # What was settled after a day, or told since an instant, stood open then: reports look for these rows alone.
    Index("allocations_applied_on_idx", "organization_id", "applied_on"),
    Index("allocations_created_at_idx", "organization_id", "created_at"),
    Index(
        "allocations_unapplied_at_idx",
        "organization_id",
        "unapplied_at",
        postgresql_where=text("unapplied_at is not null"),
    ),
)
for _column in ("payment_id", "note_id", "document_id", "refunded_payment_id"):
    Index(
        f"allocations_{_column}_idx",
        allocations.c.organization_id,
        allocations.c[_column],
        postgresql_where=text(f"{_column} is not null"),
    )
