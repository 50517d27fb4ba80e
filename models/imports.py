"""What was taken over from another program's files, so that a second run takes over only the rest."""

from models.schema import instant, key, tenant_table

# Appended only: written in the transaction of the thing itself, so it is there if and only if the thing is.
imported_records = tenant_table(
    "imported_records",
    key("source"),
    key("file"),
    key("record"),
    key("entity_id"),
    instant("imported_at"),
    keyed_by=("source", "file", "record"),
)
