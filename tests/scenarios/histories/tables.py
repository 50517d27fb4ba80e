"""A firm's tables as they stand, read in one statement: those that matter row by row, and a digest of all."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.statements import Statement, from_json
from models.schema import metadata

Row = dict[str, Any]
"""A row by the names of its columns: numbers are exact, dates and instants are text."""
NONE = Decimal(0)

_READ = (
    "documents",
    "document_lines",
    "payments",
    "allocations",
    "expenses",
    "expense_lines",
    "itc_adjustments",
    "bills_of_entry",
    "bill_of_entry_lines",
    "journals",
    "journal_lines",
    "account_balances",
    "cost_center_balances",
)
_OF_PEOPLE = frozenset({"account_links"})
"""Tables that name an organization, but that the server's role does not see: no history of the books changes them."""

_TENANT_TABLES = sorted(
    name for name, table in metadata.tables.items() if "organization_id" in table.c and name not in _OF_PEOPLE
)
_ROWS = ", ".join(
    f"'{name}', (select coalesce(json_agg(row order by row::text), '[]') from {name} as row"
    " where organization_id = %(organization_id)s)"
    for name in _READ
)
_DIGEST = " || ".join(
    f"coalesce((select md5(string_agg(row::text, '' order by row::text)) from {name} as row"
    " where organization_id = %(organization_id)s), '-')"
    for name in _TENANT_TABLES
)
_LOOK = Statement(
    f"select json_build_object({_ROWS})::text as rows, md5({_DIGEST}) as digest,"
    " (select locked_until::text from organizations where id = %(organization_id)s) as locked_until"
)
_DIGEST_ONLY = Statement(f"select md5({_DIGEST})")


@dataclass(frozen=True, repr=False)
class Tables:
    """All rows of the tables that matter, and the digest of every table."""

    rows: dict[str, list[Row]]
    digest: str
    locked_until: str | None

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]

    def where(self, table: str, condition: Callable[[Row], bool]) -> list[Row]:
        """The rows that a condition holds of."""
        return [row for row in self.rows[table] if condition(row)]

    def by(self, table: str, *columns: str) -> dict[Any, list[Row]]:
        """The rows in groups."""
        groups: dict[Any, list[Row]] = defaultdict(list)
        for row in self.rows[table]:
            groups[row[columns[0]] if len(columns) == 1 else tuple(row[name] for name in columns)].append(row)
        return groups


async def look(books: Books) -> Tables:
    """Read the tables."""
    row = await books.row(_LOOK)
    assert row is not None
    return Tables(from_json(row["rows"]), row["digest"], row["locked_until"])


async def digest(books: Books) -> str:
    """The digest of every table."""
    return str(await books.value(_DIGEST_ONLY))


def stands(head: Row) -> bool:
    return head["approved_at"] is not None and head["voided_at"] is None


def total_of(rows: Iterable[Row], *names: str) -> Decimal:
    return sum((row[name] for row in rows for name in names), NONE)
