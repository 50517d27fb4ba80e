"""All documents in one set of tables: head, lines, and the links between documents."""

from sqlalchemy import CheckConstraint, Column, Computed, Date, ForeignKey, Index, Integer, text

from models.einvoices import EINVOICE_STATUSES
from models.eway_bills import EWAY_BILL_STATUSES
from models.masters import GST_TREATMENTS
from models.schema import (
    ExchangeRate,
    Key,
    Percent,
    Quantity,
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

DOCUMENT_KINDS = (
    "INVOICE",
    "BILL",
    "ESTIMATE",
    "SALES_ORDER",
    "PURCHASE_ORDER",
    "CREDIT_NOTE",
    "DEBIT_NOTE",
    "CUSTOMER_DEBIT_NOTE",
    "DELIVERY_CHALLAN",
)
CHALLAN_PURPOSES = ("JOB_WORK", "SUPPLY_ON_APPROVAL", "LIQUID_GAS", "OTHER")

documents = tenant_table(
    "documents",
    key("kind"),
    key("status"),
    key("branch_id"),
    key("contact_id"),
    words("contact_name", optional=False),
    # ``number_scope`` is the registration (or, without one, the branch) within which a number may stand once a
    # financial year (rule 46(b)), whatever its case; row-level security can use an index on a column only, not on
    # upper(number); absent where the other side numbers the document.
    key("number", optional=True),
    Column("number_key", Key, Computed("upper(number)", persisted=True)),
    key("number_scope", optional=True),
    Column("series_name", Key, nullable=False, server_default=text("'default'")),
    key("financial_year"),
    Column("dated_on", Date, nullable=False),
    Column("due_on", Date),
    Column("payment_terms", Integer),
    # The vendor's numbers are compared in capitals and without blanks around them; one may be meant to stand twice.
    key("reference_number", optional=True),
    Column("reference_key", Key, Computed("nullif(upper(btrim(reference_number)), '')", persisted=True)),
    flag("is_duplicate_meant", default=False),
    key("place_of_supply"),
    key("supply_type"),
    key("gst_treatment"),
    key("gst_no", optional=True),
    key("currency_code"),
    Column("exchange_rate", ExchangeRate, nullable=False),
    flag("is_inclusive_tax"),
    flag("is_reverse_charge"),
    flag("is_export_with_payment"),
    flag("is_export_tax_claimed", default=False),
    # Through which electronic commerce operator it was sold (CGST Act, sections 9(5) and 52), and whether he owes the
    # tax; where we are the operator, who supplied.
    key("ecommerce_operator_gst_no", optional=True),
    key("ecommerce_section", optional=True),
    key("ecommerce_supplier_gst_no", optional=True),
    flag("is_tax_paid_by_operator", default=False),
    # The papers with which an export passed customs.
    key("shipping_bill_number", optional=True),
    Column("shipping_bill_on", Date),
    key("port_code", optional=True),
    # An invoice of an input service distributor: tax alone, by head on its lines (CGST Rules, rule 54(1)).
    flag("is_isd_invoice", default=False),
    flag("is_opening_balance"),
    # Meant to be dated in a period whose return is filed: it goes into the next one under its own date.
    flag("is_late_entry", default=False),
    money("discount", optional=True),
    Column("discount_percent", Percent),
    money("sub_total"),
    money("discount_total"),
    money("taxable_total"),
    money("cgst_total"),
    money("sgst_total"),
    money("igst_total"),
    money("cess_total"),
    money("tax_total"),
    money("untaxed_charges"),
    # The rounding off that the paper has of its own; absent where it is reckoned.
    money("round_off_said", optional=True),
    # The heads of tax as a supplier printed them, where they are not as reckoned.
    verbatim("tax_as_printed"),
    money("round_off"),
    money("total"),
    money("payment_made"),
    money("amount_credited"),
    money("amount_written_off", default=0),
    money("balance"),
    verbatim("taxes", optional=False),
    verbatim("billing_address"),
    verbatim("shipping_address"),
    # Who made the sale: one of the list, else a name in words.
    key("salesperson_id", optional=True),
    words("salesperson_name"),
    words("notes"),
    words("terms"),
    labels("tags"),
    verbatim("custom_fields", optional=False),
    # What a note corrects, and why (CGST Act, section 34): in its maker's words, and in those of the GST portal.
    key("parent_id", optional=True),
    words("reason"),
    key("gst_reason", optional=True),
    flag("is_without_gst", default=False),
    # The invoice or bill that a note corrects, where it is not in the books.
    key("original_invoice_number", optional=True),
    Column("original_invoice_on", Date),
    money("original_invoice_total", optional=True),
    # Why goods leave on a delivery challan (CGST Rules, rule 55(1)): the natures 9 to 12 of table 13 of GSTR-1.
    key("challan_purpose", optional=True),
    # Income tax withheld from the vendor: it is owed to the government, so not part of the balance.
    key("tds_section", optional=True),
    Column("tds_percent", Percent),
    money("tds_amount", default=0),
    key("self_invoice_number", optional=True),
    Column("self_invoice_key", Key, Computed("upper(self_invoice_number)", persisted=True)),
    key("journal_id", optional=True),
    instant("approved_at", optional=True),
    instant("voided_at", optional=True),
    # The day on which the reverse stands in the ledger; absent where that is its own date.
    Column("voided_on", Date),
    words("void_reason"),
    # Whether the e-invoice portal has registered it (CGST Rules, rule 48(4)); see models/einvoices.py.
    key("einvoice_status", optional=True),
    key("irn", optional=True),
    # The e-way bill under which its goods travel (CGST Rules, rule 138); see models/eway_bills.py.
    key("eway_bill_status", optional=True),
    key("eway_bill_number", optional=True),
    instant("eway_bill_valid_until", optional=True),
    key("created_by"),
    *versioned(),
    change_number(),
    refers_to("branches", "branch_id"),
    refers_to("contacts", "contact_id"),
    refers_to("salespersons", "salesperson_id"),
    refers_to("documents", "parent_id"),
    one_of("kind", *DOCUMENT_KINDS),
    one_of("challan_purpose", *CHALLAN_PURPOSES),
    one_of("einvoice_status", *EINVOICE_STATUSES),
    one_of("eway_bill_status", *EWAY_BILL_STATUSES),
    CheckConstraint(
        "(irn is not null) = (einvoice_status is not null and einvoice_status = any ('{REGISTERED,CANCELLED}'))",
        name="irn",
    ),
    one_of("supply_type", "INTRA_STATE", "INTER_STATE"),
    one_of("gst_treatment", *GST_TREATMENTS),
    one_of("ecommerce_section", "SECTION_52", "SECTION_9_5"),
    CheckConstraint("length(number) between 1 and 16 or number_scope is null", name="number"),
    CheckConstraint("length(self_invoice_number) <= 16", name="self_invoice_number"),
    CheckConstraint("(voided_at is not null) = (status = 'CANCELLED')", name="voided_at"),
    CheckConstraint("discount is null or discount_percent is null", name="discount"),
    CheckConstraint("exchange_rate > 0", name="exchange_rate"),
    CheckConstraint(
        "balance = total - tds_amount - payment_made - amount_credited - amount_written_off or journal_id is null"
        " or voided_at is not null",
        name="balance",
    ),
    CheckConstraint("tds_amount >= 0 and tds_amount <= total", name="tds_amount"),
    CheckConstraint(
        "balance >= 0 and payment_made >= 0 and amount_credited >= 0 and amount_written_off >= 0", name="settled"
    ),
    CheckConstraint("tax_total = cgst_total + sgst_total + igst_total + cess_total", name="tax_total"),
    CheckConstraint(
        "total = taxable_total + untaxed_charges + round_off + "
        "case when is_reverse_charge or is_export_tax_claimed or is_tax_paid_by_operator then 0 else tax_total end",
        name="total",
    ),
    Index("documents_dated_on_idx", "organization_id", "kind", "dated_on", "id"),
    # What the clock makes overdue or expired (domain/documents/lapses.py).
    Index(
        "documents_due_on_idx",
        "organization_id",
        "due_on",
        "id",
        postgresql_where=text("due_on is not null and status = any ('{SENT,OPEN,ISSUED,PARTIALLY_PAID}')"),
    ),
    Index("documents_modified_at_idx", "organization_id", "kind", "modified_at", "id"),
    Index("documents_change_number_idx", "organization_id", "kind", "change_number", "id"),
    Index("documents_contact_id_idx", "organization_id", "contact_id", "kind", "dated_on", "id"),
    Index(
        "documents_self_invoice_key",
        "organization_id",
        "number_scope",
        "financial_year",
        "self_invoice_key",
        unique=True,
        postgresql_where=text("self_invoice_key is not null"),
    ),
)
Index(
    "documents_number_key",
    documents.c.organization_id,
    documents.c.kind,
    documents.c.number_scope,
    documents.c.financial_year,
    documents.c.number_key,
    unique=True,
    postgresql_where=text("number_key is not null and number_scope is not null"),
)
Index(
    "documents_open_idx",
    documents.c.organization_id,
    documents.c.contact_id,
    documents.c.kind,
    postgresql_where=text("balance > 0 and journal_id is not null"),
)
# What waits for the portal, of all organizations.
Index(
    "documents_einvoice_pending_idx",
    documents.c.approved_at,
    documents.c.organization_id,
    documents.c.id,
    postgresql_where=text("einvoice_status = 'PENDING'"),
)
Index(
    "documents_voided_at_idx",
    documents.c.organization_id,
    documents.c.voided_at,
    postgresql_where=text("voided_at is not null"),
)
Index(
    "documents_voided_on_idx",
    documents.c.organization_id,
    documents.c.voided_on,
    postgresql_where=text("voided_on is not null"),
)
Index(
    "documents_opening_idx",
    documents.c.organization_id,
    documents.c.contact_id,
    postgresql_where=text("is_opening_balance and journal_id is not null and voided_at is null"),
)
Index(
    "documents_parent_id_idx",
    documents.c.organization_id,
    documents.c.parent_id,
    postgresql_where=text("parent_id is not null"),
)
# What the statement of tax on reverse charge follows since the books began.
Index(
    "documents_reverse_charge_idx",
    documents.c.organization_id,
    documents.c.dated_on,
    postgresql_where=text("is_reverse_charge"),
)
Index(
    "documents_salesperson_id_idx",
    documents.c.organization_id,
    documents.c.salesperson_id,
    postgresql_where=text("salesperson_id is not null"),
)
# The same paper of a vendor twice: the number in a financial year; without one, the same vendor, date and total.
Index(
    "documents_vendor_paper_key",
    documents.c.organization_id,
    documents.c.kind,
    documents.c.reference_key,
    documents.c.financial_year,
    documents.c.contact_id,
    unique=True,
    postgresql_where=text(
        "kind = any ('{BILL,DEBIT_NOTE}') and reference_key is not null and voided_at is null"
        " and not is_duplicate_meant"
    ),
)
Index(
    "documents_bill_key",
    documents.c.organization_id,
    documents.c.contact_id,
    documents.c.dated_on,
    documents.c.total,
    unique=True,
    postgresql_where=text("kind = 'BILL' and reference_key is null and voided_at is null and not is_duplicate_meant"),
)

# Keyed by document first: the lines of a document lie together, and one index serves both look-ups.
document_lines = tenant_table(
    "document_lines",
    key("document_id"),
    key("id"),
    Column("position", Integer, nullable=False),
    key("item_id", optional=True),
    key("account_id"),
    words("name", optional=False),
    words("description"),
    key("hsn_or_sac", optional=True),
    Column("quantity", Quantity, nullable=False),
    words("unit"),
    key("unit_code", optional=True),
    Column("rate", Quantity, nullable=False),
    money("discount", optional=True),
    Column("discount_percent", Percent),
    Column("tax_id", Key, ForeignKey("taxes.id")),
    words("tax_name"),
    key("tax_category"),
    Column("tax_percentage", Percent, nullable=False),
    Column("cess_percentage", Percent, nullable=False),
    Column("cess_per_unit", Quantity, nullable=False, server_default=text("0")),
    money("item_total"),
    money("taxable_amount"),
    money("cgst_amount"),
    money("sgst_amount"),
    money("igst_amount"),
    money("cess_amount"),
    # The heads of tax that a line of an input service distributor's invoice passes on.
    verbatim("distributed_tax"),
    key("cost_center_id", optional=True),
    key("itc_eligibility", optional=True),
    words("itc_blocked_reason"),
    # Of an order's line: how much of it has been converted. Of a converted line: the line it came from.
    Column("converted_quantity", Quantity, nullable=False, server_default=text("0")),
    key("source_id", optional=True),
    key("source_line_id", optional=True),
    # Of a note's line: the line of the original of which it takes back so much, and which way the goods go.
    key("corrected_line_id", optional=True),
    flag("is_restocked", default=False),
    key("stock_direction", optional=True),
    refers_to("documents", "document_id"),
    refers_to("items", "item_id"),
    refers_to("accounts", "account_id"),
    refers_to("cost_centers", "cost_center_id"),
    one_of("tax_category", "TAXABLE", "EXEMPT", "NIL_RATED", "NON_GST"),
    one_of("itc_eligibility", "ELIGIBLE", "BLOCKED", "POS_RESTRICTED", "TIME_BARRED", "NONE"),
    CheckConstraint("discount is null or discount_percent is null", name="discount"),
    one_of("stock_direction", "SALES_RETURN_IN", "PURCHASE_RETURN_OUT"),
    CheckConstraint("is_restocked = (stock_direction is not null)", name="is_restocked"),
    CheckConstraint("converted_quantity between 0 and quantity", name="converted_quantity"),
    Index("document_lines_item_id_idx", "organization_id", "item_id"),
    keyed_by=("document_id", "id"),
)

# What became of what: an order of an estimate, invoices of an order (in parts), bills of a purchase order.
document_links = tenant_table(
    "document_links",
    key("source_id"),
    key("target_id"),
    key("relation"),
    instant("created_at"),
    refers_to("documents", "source_id"),
    refers_to("documents", "target_id"),
    one_of("relation", "CONVERTED"),
    Index("document_links_target_id_idx", "organization_id", "target_id"),
    keyed_by=("source_id", "target_id", "relation"),
)

# A due date that has passed, once it was told: whatever crashes, and however many workers run, its key lets nobody tell
# it twice.
lapses = tenant_table(
    "lapses",
    key("document_id"),
    Column("due_on", Date, nullable=False),
    instant("lapsed_at"),
    refers_to("documents", "document_id"),
    keyed_by=("document_id", "due_on"),
)
