"""An address that goods go to may say whose it is: ``gst_no``, nobody's until now."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

# Documents keep the text that was written, so the new part stands at its end; nobody changed them by this.
ADD_TO_DOCUMENTS = """
update documents
   set shipping_address = (left(rtrim(shipping_address::text), -1) || ',"gst_no"\\:null}')::json
 where json_typeof(shipping_address) = 'object'
"""
ADD_TO_CONTACTS = """
update contacts
   set shipping_address = shipping_address || '{"gst_no": null}'
 where jsonb_typeof(shipping_address) = 'object'
"""
TAKE_FROM_DOCUMENTS = """
update documents
   set shipping_address = (shipping_address::jsonb - 'gst_no')::json
 where json_typeof(shipping_address) = 'object'
"""
TAKE_FROM_CONTACTS = """
update contacts
   set shipping_address = shipping_address - 'gst_no'
 where jsonb_typeof(shipping_address) = 'object'
"""


def upgrade() -> None:
    """Add the part to all that are stored."""
    _rewrite(ADD_TO_DOCUMENTS, ADD_TO_CONTACTS)


def downgrade() -> None:
    """Take it away."""
    _rewrite(TAKE_FROM_DOCUMENTS, TAKE_FROM_CONTACTS)


def _rewrite(*changes: str) -> None:
    """The owner of the tables writes every tenant's, and no change is numbered."""
    for table in ("documents", "contacts"):
        op.execute(f"alter table {table} no force row level security, disable trigger number_change")
    for change in changes:
        op.execute(change)
    for table in ("documents", "contacts"):
        op.execute(f"alter table {table} enable trigger number_change, force row level security")
