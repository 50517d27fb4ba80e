"""What people add to the entries of the books: comments, and files with the bytes in storage that nobody claims."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index

from models.schema import instant, key, tenant_table, versioned, words

comments = tenant_table(
    "comments",
    key("entity_type"),
    key("entity_id"),
    words("entity_ref"),
    words("body", optional=False),
    key("author_user_id"),
    *versioned(),
    Index("comments_entity_id_idx", "organization_id", "entity_id", "id"),
)

# The bytes are in the file storage under the organization's and the attachment's id.
attachments = tenant_table(
    "attachments",
    key("entity_type"),
    key("entity_id"),
    words("entity_ref"),
    words("filename", optional=False),
    key("content_type"),
    Column("size_bytes", BigInteger, nullable=False),
    key("sha256"),
    words("description"),
    key("uploaded_by_user_id"),
    *versioned(),
    CheckConstraint("size_bytes > 0", name="size_bytes"),
    Index("attachments_entity_id_idx", "organization_id", "entity_id", "id"),
)

# Bytes that no attachment claims: not yet, because they are being uploaded, or no more, because it was deleted.
# Whoever claims bytes deletes their row; what is left when it is due is removed from the storage.
unclaimed_files = tenant_table(
    "unclaimed_files",
    instant("due_at"),
    Index("unclaimed_files_due_at_idx", "due_at"),
)
