"""Branches have a code, and exchange rates tell who published them."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# As for a new branch: the initials of the name, or of one word its beginning; those that are alike are numbered.
CODES = """
with word as (
  select organization_id, id, found.word[1] as word, found.place
    from branches
   cross join regexp_matches(upper(branch_name), '[A-Z0-9]+', 'g') with ordinality as found (word, place)
), short as (
  select branches.organization_id, branches.id,
         coalesce((select case when count(*) > 1 then string_agg(left(word, 1), '' order by place)
                               filter (where place <= 5)
                               else left(min(word), 3) end
                     from word
                    where word.organization_id = branches.organization_id
                      and word.id = branches.id
                   having count(*) > 0), 'BR') as short
    from branches
), numbered as (
  select organization_id, id, short,
         row_number() over (partition by organization_id, short order by id) as number
    from short
)
update branches
   set code = short || case when number = 1 then '' else '-' || number end
  from numbered
 where branches.organization_id = numbered.organization_id
   and branches.id = numbered.id
"""
CODE_KEY = "branches_code_key"


def upgrade() -> None:
    """Add the columns; each branch gets a code."""
    op.add_column("branches", sa.Column("code", sa.Text(collation="C"), nullable=True))
    op.execute("alter table branches no force row level security")  # the owner of the table writes every tenant's
    op.execute(CODES)
    op.execute("alter table branches force row level security")
    op.alter_column("branches", "code", nullable=False)
    op.create_index(CODE_KEY, "branches", ["organization_id", sa.text("upper(code)")], unique=True)
    op.add_column("exchange_rates", sa.Column("source", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("exchange_rates", "source")
    op.drop_index(CODE_KEY, table_name="branches")
    op.drop_column("branches", "code")
