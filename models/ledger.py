"""The double-entry ledger: journals and their lines, appended and never changed, and the balances they add up to."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, SmallInteger, text

from models.schema import instant, key, money, one_of, refers_to, tenant_table, words

JOURNAL_SOURCES = (
    "MANUAL",
    "DOCUMENT",
    "PAYMENT",
    "EXPENSE",
    "OPENING_BALANCE",
    "ITC_ADJUSTMENT",
    "BILL_OF_ENTRY",
)

# A correction is a journal that reverses another; the app's role may not update or delete either table.
journals = tenant_table(
    "journals",
    Column("entry_on", Date, nullable=False),
    key("branch_id"),
    key("source_type"),
    key("source_id", optional=True),
    key("reference", optional=True),
    words("narration"),
    # Whom an entry by hand concerns as a whole; what others post names contacts on its lines.
    key("contact_id", optional=True),
    key("reverses_id", optional=True),
    # What the lines must come to: the database refuses a journal whose lines do not.
    Column("line_count", Integer, nullable=False),
    money("total"),
    instant("posted_at"),
    key("posted_by"),
    refers_to("branches", "branch_id"),
    refers_to("journals", "reverses_id"),
    refers_to("contacts", "contact_id"),
    CheckConstraint("line_count >= 2 and total > 0", name="lines"),
    one_of("source_type", *JOURNAL_SOURCES),
    Index("journals_entry_on_idx", "organization_id", "entry_on", "id"),
    Index("journals_source_id_idx", "organization_id", "source_id"),
    Index("journals_posted_at_idx", "organization_id", "posted_at"),
    Index("journals_contact_id_idx", "organization_id", "contact_id", postgresql_where=text("contact_id is not null")),
    Index(
        "journals_reverses_id_key",
        "organization_id",
        "reverses_id",
        unique=True,
        postgresql_where=text("reverses_id is not null"),
    ),
)

journal_lines = tenant_table(
    "journal_lines",
    key("journal_id"),
    Column("position", Integer, nullable=False),
    key("account_id"),
    Column("entry_on", Date, nullable=False),
    key("branch_id"),
    key("contact_id", optional=True),
    key("cost_center_id", optional=True),
    words("description"),
    money("debit"),
    money("credit"),
    # No foreign key to the journal: the trigger that checks the lines looks each journal up once, not once a line.
    # Nor to the account: the same trigger carries each line to its account's balance, which has one (decision 0006).
    CheckConstraint("debit >= 0 and credit >= 0 and (debit = 0) <> (credit = 0)", name="one_side"),
    Index("journal_lines_account_id_idx", "organization_id", "account_id", "entry_on", "journal_id"),
    keyed_by=("journal_id", "position"),
)

# Kept by a trigger on journal_lines, in the same transaction, so that a report's cost does not grow with the age of
# the books. Each is of a third of a month, from the 1st, 11th or 21st on. ``slot`` spreads simultaneous postings over
# several rows; readers add the slots up. Those of months long past are folded into slot 0 (decision 0032).
account_balances = tenant_table(
    "account_balances",
    key("account_id"),
    key("branch_id"),
    Column("begins_on", Date, nullable=False),
    Column("slot", SmallInteger, nullable=False),
    money("debit"),
    money("credit"),
    refers_to("accounts", "account_id"),
    keyed_by=("account_id", "branch_id", "begins_on", "slot"),
    postgresql_with={"fillfactor": "70"},
)

# The same for the lines that name a cost centre; what has none is the account's balance less all of these.
cost_center_balances = tenant_table(
    "cost_center_balances",
    key("cost_center_id"),
    key("account_id"),
    key("branch_id"),
    Column("begins_on", Date, nullable=False),
    Column("slot", SmallInteger, nullable=False),
    money("debit"),
    money("credit"),
    # That the account is there is what account_balances guarantees, to which the same trigger carries the same line.
    refers_to("cost_centers", "cost_center_id"),
    keyed_by=("cost_center_id", "account_id", "branch_id", "begins_on", "slot"),
    postgresql_with={"fillfactor": "70"},
)
