"""The catalogue of GST rates and the currencies of ISO 4217, as they stood when this migration was written.

The rows stand beside it: a migration must do tomorrow what it does today, so it reads no code that changes. A later
rate is a later migration.
"""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TAXES = sa.table(
    "taxes",
    sa.column("id", sa.Text),
    sa.column("tax_name", sa.Text),
    sa.column("shape", sa.Text),
    *(sa.column(name, sa.Numeric) for name in ("tax_percentage", "cgst", "sgst", "igst", "cess")),
    sa.column("effective_from", sa.Date),
    sa.column("effective_to", sa.Date),
)
CURRENCIES = sa.table(
    "currencies",
    sa.column("code", sa.Text),
    sa.column("name", sa.Text),
    sa.column("symbol", sa.Text),
    sa.column("decimal_places", sa.SmallInteger),
)
READERS: dict[type, Callable[[str], object]] = {sa.Numeric: Decimal, sa.Date: date.fromisoformat, sa.SmallInteger: int}


def upgrade() -> None:
    """Insert the rows."""
    op.bulk_insert(TAXES, _rows(TAXES))
    op.bulk_insert(CURRENCIES, _rows(CURRENCIES))


def downgrade() -> None:
    """Remove the rows."""
    op.execute(CURRENCIES.delete())
    op.execute(TAXES.delete())


def _rows(table: sa.TableClause) -> list[dict[str, object]]:
    with Path(__file__).with_name(f"0007_{table.name}.csv").open(encoding="utf-8", newline="") as lines:
        return [{name: _value(table.c[name], text) for name, text in row.items()} for row in csv.DictReader(lines)]


def _value(column: sa.ColumnElement[object], text: str) -> object:
    return READERS.get(type(column.type), str)(text) if text else None
