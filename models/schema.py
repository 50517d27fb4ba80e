"""The shared vocabulary of the tables: metadata, column types, and what every tenant table begins with."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

# Byte order, whatever the database's locale is: ids sort by time, and the database moves without re-indexing.
Key = Text(collation="C")
Money = Numeric(18, 2)
Quantity = Numeric(18, 6)
ExchangeRate = Numeric(20, 10)
Percent = Numeric(6, 3)
Instant = DateTime(timezone=True)


def key(name: str, *, optional: bool = False) -> Column[Any]:
    """An id, or another word that machines compare."""
    return Column(name, Key, nullable=optional)


def words(name: str, *, optional: bool = True) -> Column[Any]:
    """Free text as a person wrote it."""
    return Column(name, Text, nullable=optional)


def money(name: str, *, optional: bool = False, default: int | None = None) -> Column[Any]:
    """An amount in rupees (or the document's currency), to the paisa."""
    return Column(name, Money, nullable=optional, server_default=None if default is None else text(str(default)))


def flag(name: str, *, default: bool | None = None) -> Column[Any]:
    """A claim that is true or false."""
    return Column(name, Boolean, nullable=False, server_default=None if default is None else text(str(default).lower()))


def instant(name: str, *, optional: bool = False) -> Column[Any]:
    """A moment, in UTC."""
    return Column(name, Instant, nullable=optional)


def document(name: str, *, optional: bool = True) -> Column[Any]:
    """A JSON object."""
    return Column(name, JSONB, nullable=optional)


def verbatim(name: str, *, optional: bool = True) -> Column[Any]:
    """A JSON value that stays as it was written: what we answered when we wrote it is what is read."""
    return Column(name, JSON, nullable=optional)


def labels(name: str) -> Column[Any]:
    """A list of short words."""
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'"))


def one_of(column: str, *values: str) -> CheckConstraint:
    """The closed set of values that ``column`` may take.

    As one array: PostgreSQL reads each constraint anew in every statement, and a list after ``in`` word by word.
    """
    return CheckConstraint(f"{column} = any ('{{{','.join(values)}}}')", name=column)


def refers_to(table: str, column: str) -> ForeignKeyConstraint:
    """A reference to a row of the same organization."""
    return ForeignKeyConstraint(["organization_id", column], [f"{table}.organization_id", f"{table}.id"])


def tenant_table(name: str, *items: Any, keyed_by: tuple[str, ...] = ("id",), **options: Any) -> Table:
    """A table of one organization's rows: its keys lead with ``organization_id``, and row-level security guards it.

    ``keyed_by`` names the rest of the primary key; ``id`` is added as a column when it stands there first.
    """
    own = [key("organization_id")] + ([key("id")] if "id" not in _column_names(items) and "id" in keyed_by else [])
    return Table(
        name,
        metadata,
        *own,
        *items,
        PrimaryKeyConstraint("organization_id", *keyed_by),
        info={"tenant": True},
        **options,
    )


def _column_names(items: tuple[Any, ...]) -> set[str]:
    return {item.name for item in items if isinstance(item, Column)}


def versioned() -> tuple[Column[Any], ...]:
    """What every resource that can change carries: a version from 1, and when it was made and last changed."""
    return (
        Column("version", Integer, nullable=False),
        instant("created_at"),
        instant("modified_at"),
    )


def change_number() -> Column[Any]:
    """The number of the transaction that last wrote the row, which a trigger gives; 0 for what was there before."""
    return Column("change_number", BigInteger, nullable=False, server_default=text("0"))
