"""Documents on paper that have been made: where their bytes are, and of what they were made."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, UniqueConstraint

from models.schema import instant, key, tenant_table

# ``print_hash`` is that of everything printed, so a row never goes stale: another content is another row. Without
# ``size_bytes`` it is a claim: somebody makes the bytes since ``claimed_at``. They are in the file storage under the
# organization's and the row's id, and go when the row is due.
renders = tenant_table(
    "renders",
    key("document_id"),
    key("print_hash"),
    Column("version", Integer, nullable=False),
    key("paper"),
    key("template"),
    Column("copies", Integer, nullable=False),
    key("renderer"),
    key("sha256", optional=True),
    Column("size_bytes", BigInteger),
    instant("claimed_at"),
    instant("due_at"),
    UniqueConstraint("organization_id", "document_id", "print_hash"),
    CheckConstraint("(size_bytes is null) = (sha256 is null) and size_bytes > 0", name="size_bytes"),
    Index("renders_due_at_idx", "due_at"),
)
