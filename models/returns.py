"""GST returns: what was filed, byte for byte, and every document as the return showed it."""

from sqlalchemy import CheckConstraint, Column, Date, Index, LargeBinary, text

from models.schema import flag, instant, key, money, one_of, refers_to, tenant_table, verbatim, versioned, words

RETURN_FORMS = ("GSTR1", "IFF", "GSTR1A", "GSTR3B")

# A return of a registration and period. While it is filed, the days up to ``to_on`` are closed to what it shows: the
# deferred trigger on journals reads this table, so that the filing itself is the lock (decision 0035).
return_filings = tenant_table(
    "return_filings",
    key("gstin"),
    key("form"),
    # MMYYYY; of a quarter its last month.
    key("period"),
    key("frequency"),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),
    key("status"),
    key("arn", optional=True),
    Column("filed_on", Date),
    instant("filed_at", optional=True),
    key("filed_by", optional=True),
    # The bytes that were filed, as the portal took them.
    Column("payload", LargeBinary),
    key("payload_sha256", optional=True),
    words("reopen_reason"),
    key("created_by"),
    *versioned(),
    one_of("form", *RETURN_FORMS),
    one_of("frequency", "MONTHLY", "QUARTERLY"),
    one_of("status", "DRAFT", "FILED", "REOPENED"),
    CheckConstraint("from_on <= to_on and length(gstin) = 15 and length(period) = 6", name="period"),
    CheckConstraint(
        "num_nonnulls(arn, filed_on, filed_at, filed_by, payload, payload_sha256)"
        " = case when status = 'DRAFT' then 0 else 6 end",
        name="filed",
    ),
    Index("return_filings_period_key", "organization_id", "gstin", "form", "period", unique=True),
    Index("return_filings_to_on_idx", "organization_id", "to_on", "id"),
)
Index(
    "return_filings_filed_idx",
    return_filings.c.organization_id,
    return_filings.c.to_on,
    return_filings.c.gstin,
    return_filings.c.form,
    postgresql_where=text("status = 'FILED'"),
)
Index(
    "return_filings_arn_key",
    return_filings.c.organization_id,
    return_filings.c.arn,
    unique=True,
    postgresql_where=text("arn is not null"),
)

# What a filed return said of each document (or expense, bill of entry, adjustment, advance): the rows themselves, and
# a hash of them. An amendment is the difference between these and what the document says now.
return_rows = tenant_table(
    "return_rows",
    key("filing_id"),
    key("document_id"),
    key("document_type"),
    key("number", optional=True),
    Column("dated_on", Date, nullable=False),
    # The main section that it stood in, such as b2b or 4A5; and what the return did: showed it, or amended what an
    # earlier one had shown.
    key("section"),
    flag("is_amendment"),
    key("row_hash"),
    verbatim("row", optional=False),
    refers_to("return_filings", "filing_id"),
    Index("return_rows_document_id_idx", "organization_id", "document_id"),
    keyed_by=("filing_id", "document_id"),
)

# What the two running statements of the portal stood at before the books began: credit reversed that can be reclaimed,
# and tax paid on reverse charge of which credit may still be taken. The latter may be below nought.
gst_opening_balances = tenant_table(
    "gst_opening_balances",
    key("gstin"),
    Column("as_of_on", Date, nullable=False),
    *[
        money(f"{statement}_{head}")
        for statement in ("reclaim", "reverse_charge")
        for head in ("igst", "cgst", "sgst", "cess")
    ],
    *versioned(),
    CheckConstraint("length(gstin) = 15", name="gstin"),
    CheckConstraint(
        "reclaim_igst >= 0 and reclaim_cgst >= 0 and reclaim_sgst >= 0 and reclaim_cess >= 0", name="reclaim"
    ),
    keyed_by=("gstin",),
)
