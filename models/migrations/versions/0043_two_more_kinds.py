"""Debit notes to customers and delivery challans, and what their numbers begin with."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

BEFORE = ("INVOICE", "BILL", "ESTIMATE", "SALES_ORDER", "PURCHASE_ORDER", "CREDIT_NOTE", "DEBIT_NOTE")
ADDED = ("CUSTOMER_DEBIT_NOTE", "DELIVERY_CHALLAN")
PURPOSES = "challan_purpose in ('JOB_WORK', 'SUPPLY_ON_APPROVAL', 'LIQUID_GAS', 'OTHER')"

# As for a new branch: all but the primary one have their number in the word, which gives way to it.
PREFIXES = """
update branches as branch
   set prefixes = jsonb_build_object('customer_debit_note', left('CDN', 5 - length(place)) || place || '/{FY}/',
                                     'delivery_challan', 'DC' || place || '/{FY}/')
                  || branch.prefixes,
       series = (select coalesce(jsonb_agg('{"customer_debit_note": null, "delivery_challan": null}'::jsonb || further
                                           order by position), '[]')
                   from jsonb_array_elements(branch.series) with ordinality as each (further, position))
  from (select organization_id, id,
               case when is_primary then '' else (row_number() over (partition by organization_id
                                                                     order by is_primary desc, id))::text end as place
          from branches) as numbered
 where numbered.organization_id = branch.organization_id
   and numbered.id = branch.id
"""
UNPREFIXED = """
update branches as branch
   set prefixes = branch.prefixes - array['customer_debit_note', 'delivery_challan'],
       series = (select coalesce(jsonb_agg(further - array['customer_debit_note', 'delivery_challan']
                                           order by position), '[]')
                   from jsonb_array_elements(branch.series) with ordinality as each (further, position))
"""


def upgrade() -> None:
    """Add the kinds, the purpose of a challan, and a series of each kind to every branch."""
    op.add_column("documents", sa.Column("challan_purpose", sa.Text(collation="C"), nullable=True))
    op.create_check_constraint(op.f("documents_challan_purpose_check"), "documents", PURPOSES)
    _take_kinds(*BEFORE, *ADDED)
    _write_branches(PREFIXES)


def downgrade() -> None:
    """Take them away; documents of these kinds have to go before."""
    _write_branches(UNPREFIXED)
    _take_kinds(*BEFORE)
    op.drop_constraint("documents_challan_purpose_check", "documents")
    op.drop_column("documents", "challan_purpose")


def _take_kinds(*kinds: str) -> None:
    op.drop_constraint("documents_kind_check", "documents")
    words = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("documents_kind_check"), "documents", f"kind in ({words})")


def _write_branches(statement: str) -> None:
    op.execute("alter table branches no force row level security")  # the owner of the table writes every tenant's
    op.execute(statement)
    op.execute("alter table branches force row level security")
