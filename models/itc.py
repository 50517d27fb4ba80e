"""Adjustments of input tax credit: what was reversed or reclaimed, why, and where GSTR-3B shows it."""

from sqlalchemy import CheckConstraint, Column, Date, Index, text

from models.schema import instant, key, money, one_of, refers_to, tenant_table, versioned, words

# An adjustment is never changed but for its voiding, which reverses its journal; the row stays.
itc_adjustments = tenant_table(
    "itc_adjustments",
    key("kind"),
    key("reason"),
    # Where GSTR-3B shows it, by the law as it was when it was entered: 4(B)(1), 4(B)(2) or 4(D)(1).
    key("gstr3b_table"),
    Column("dated_on", Date, nullable=False),
    key("branch_id"),
    money("igst_amount"),
    money("cgst_amount"),
    money("sgst_amount"),
    money("cess_amount"),
    money("total"),
    key("account_id"),
    key("bill_id", optional=True),
    key("reversal_id", optional=True),
    words("notes"),
    key("journal_id"),
    instant("voided_at", optional=True),
    key("created_by"),
    *versioned(),
    refers_to("branches", "branch_id"),
    refers_to("accounts", "account_id"),
    refers_to("documents", "bill_id"),
    refers_to("itc_adjustments", "reversal_id"),
    refers_to("journals", "journal_id"),
    one_of("kind", "REVERSAL", "RECLAIM"),
    CheckConstraint("reversal_id is null or kind = 'RECLAIM'", name="reversal_id"),
    CheckConstraint(
        "igst_amount >= 0 and cgst_amount >= 0 and sgst_amount >= 0 and cess_amount >= 0 and total > 0",
        name="amounts",
    ),
    CheckConstraint("total = igst_amount + cgst_amount + sgst_amount + cess_amount", name="total"),
    Index("itc_adjustments_dated_on_idx", "organization_id", "dated_on", "id"),
    Index("itc_adjustments_reason_idx", "organization_id", "reason", "branch_id", "account_id"),
)
Index(
    "itc_adjustments_reversal_id_idx",
    itc_adjustments.c.organization_id,
    itc_adjustments.c.reversal_id,
    postgresql_where=text("reversal_id is not null"),
)
