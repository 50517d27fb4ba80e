"""Balances of an older version are added up anew from the lines by the migrations that keep them otherwise."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from server.postgres import migrations
from server.settings import DatabaseUrl
from tests.conftest import OldDatabase

# Triggers and references rest meanwhile, so that a line needs nothing but its account and its cost centre.
_ROWS = """
set session_replication_role = replica;
insert into accounts (organization_id, id, code, name, account_type, currency_code, is_active, is_system,
                      is_primary_bank, version, created_at, modified_at)
select 'org_' || firm, 'acc_rent', '5210', 'Rent', 'EXPENSE', 'INR', true, false, false, 1, now(), now()
  from generate_series(1, 2) as firm;
insert into cost_centers (organization_id, id, name, is_active, version, created_at, modified_at)
select 'org_' || firm, 'cc_shop', 'Shop', true, 1, now(), now()
  from generate_series(1, 2) as firm;
insert into journal_lines (organization_id, journal_id, position, account_id, entry_on, branch_id, cost_center_id,
                           debit, credit)
select 'org_' || firm, 'je_' || day, 1, 'acc_rent', ('2026-10-' || day)::date, 'br_1',
       case when day in ('05', '31') then 'cc_shop' end, day::numeric, 0
  from generate_series(1, 2) as firm, unnest('{01,05,10,11,20,21,30,31}'::text[]) as day;
insert into account_balances (organization_id, account_id, branch_id, month, slot, debit, credit)
select organization_id, account_id, branch_id, '2026-10-01', 7, sum(debit), 0
  from journal_lines
 group by organization_id, account_id, branch_id;
set session_replication_role = origin;
"""


def kept(connection: psycopg.Connection[Any], table: str) -> list[tuple[str, int]]:
    """What is kept of the first firm: by the first day, the debit."""
    query = f"select * from {table} where organization_id = 'org_1' order by 1, 2, 3, 4, 5"
    cursor = connection.cursor(row_factory=dict_row)
    rows = cursor.execute(query.encode()).fetchall()
    return [(str(row.get("begins_on", row.get("month"))), int(row["debit"])) for row in rows]


def test_balances_are_kept_for_thirds_of_months_and_for_cost_centers(old_database: OldDatabase) -> None:
    url: DatabaseUrl = old_database("0040")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_ROWS.encode())
        migrations.upgrade(url)

        assert kept(connection, "account_balances") == [("2026-10-01", 16), ("2026-10-11", 31), ("2026-10-21", 82)]
        assert kept(connection, "cost_center_balances") == [("2026-10-01", 5), ("2026-10-21", 31)]
