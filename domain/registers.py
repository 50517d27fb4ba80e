"""Master lists (contacts, items, accounts, branches, cost centres): each is a row of data and a few functions."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Table, bindparam

from domain.books import Books, found
from domain.errors import InUse
from domain.happenings import Happening, Parent, difference, told_of
from domain.ids import new_id
from domain.pages import Columns
from domain.statements import Statement, as_rows, columns_of, insertion, of_tenant, replacement, tenant_select
from domain.values import Struct, replace


class VersionedRow(Struct, frozen=True, kw_only=True):
    """What every row of a register has: an id that is unique in the organization, a version from 1 on, two instants."""

    id: str
    version: int
    created_at: datetime
    modified_at: datetime


Row = TypeVar("Row", bound=VersionedRow)
Merge = Callable[[Any, Any], Any]
Rule = Callable[[Books, Any], Awaitable[Any]]
Following = Callable[[Any, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Register(Generic[Row]):
    """One master list.

    ``row`` is the struct of its rows; ``title`` the field people know a row by; ``rules`` run in order
    before each write, and each returns the row, completed or unchanged, or refuses; ``merging`` tells how fields that
    do not simply replace what is stored are put together with it; ``in_use`` gives a row if the books refer to the id.
    ``following`` adds to what is said of a stored row the fields that were taken from it and so change with it.
    ``rules_of_deletion`` refuse what may not be deleted; ``told`` are the fields that integrators are told as well,
    ``untold`` those that nobody is, the trail's readers neither.
    ``parent_of`` tells what a row belongs to, ``in_trail`` the verbs that the audit trail has for others (an event
    CREATED is an entry ADDED).
    """

    noun: str
    entity_type: str
    prefix: str
    table: Table
    row: type[Row]
    title: str
    rules: tuple[Rule, ...] = ()
    merging: Mapping[str, Merge] = field(default_factory=dict)
    following: Following | None = None
    in_use: tuple[Statement, ...] = ()
    rules_of_deletion: tuple[Rule, ...] = ()
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    parent_of: Callable[[Any], Parent] | None = None
    in_trail: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def locking(self) -> Statement:
        """Select one row by id and lock it until the transaction ends."""
        columns = columns_of(self.table, self.row)
        query = tenant_select(self.table, *columns).where(self.table.c.id == bindparam("id"))
        return Statement(query.with_for_update())

    @cached_property
    def insertion(self) -> Statement:
        """Insert rows."""
        return Statement(insertion(self.table, self.row))

    @cached_property
    def replacement(self) -> Statement:
        """Overwrite one row with its next version."""
        return Statement(replacement(self.table, self.row))

    @cached_property
    def deletion(self) -> Statement:
        """Delete one row by id."""
        return Statement(self.table.delete().where(of_tenant(self.table), self.table.c.id == bindparam("id")))

    @cached_property
    def changeable(self) -> tuple[str, ...]:
        """The fields whose changes the audit trail tells."""
        return told_of(self.row, *self.untold)


async def add(books: Books, register: Register[Row], values: Mapping[str, Any], *, key: str | None = None) -> Row:
    """Add a row with the given fields; the others take their defaults. ``key`` is its id, if it has one already."""
    make: Callable[..., Row] = register.row
    row = make(id=key or new_id(register.prefix), version=1, created_at=books.now, modified_at=books.now, **values)
    row = await _completed(books, register, row)
    await books.run(register.insertion, rows=as_rows([row]))
    _note(books, register, row, "CREATED")
    return row


async def amend(
    books: Books, register: Register[Row], key: str, values: Mapping[str, Any], *, verb: str = "UPDATED"
) -> Row:
    """Change the given fields of a row, and nothing else. Locks the row.

    Raises: NotFound, VersionMismatch, and what the register's rules refuse.
    """
    stored = await _locked(books, register, key)
    if register.following is not None:
        values = register.following(stored, values)
    changed = replace(stored, **{name: _merged(register, stored, name, values[name]) for name in values})
    completed = await _completed(books, register, changed)
    if completed == stored:
        return stored
    version = stored.version + 1
    completed = replace(completed, version=version, modified_at=books.now)
    await books.run(register.replacement, rows=as_rows([completed]))
    _note(books, register, completed, verb, difference(stored, completed, register.changeable))
    return completed


async def touch(books: Books, register: Register[Row], row: Row, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Count a change of what is shown with a row but kept elsewhere as one of the row."""
    touched = replace(row, version=row.version + 1, modified_at=books.now)
    await books.run(register.replacement, rows=as_rows([touched]))
    _note(books, register, touched, "UPDATED", {name: dict(change) for name, change in changes.items()})


async def archive(books: Books, register: Register[Row], key: str) -> Row:
    """Hide a row from search and from new documents; what refers to it stays."""
    return await amend(books, register, key, {"status": "INACTIVE"}, verb="ARCHIVED")


async def delete(books: Books, register: Register[Row], key: str) -> Row:
    """Remove a row that nothing refers to. Locks the row.

    Raises: NotFound, VersionMismatch, InUse, and what the register's rules of deletion refuse.
    """
    stored = await _locked(books, register, key)
    for rule in register.rules_of_deletion:
        await rule(books, stored)
    for use in register.in_use:
        if await books.row(use, id=key) is not None:
            raise InUse(f"{register.noun} '{key}' is referred to in the books; archive it instead.")
    await books.run(register.deletion, id=key)
    _note(books, register, stored, "DELETED")
    return stored


def members(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Merge objects: what was not sent stays."""
    return {**old, **new}


async def read(books: Books, statement: Statement, noun: str, key: str) -> dict[str, Any]:
    """Return one row as ``statement`` (see ``reading``) selects it. Raises NotFound."""
    return found(await books.row(statement, id=key), noun, key)


def reading(table: Table, columns: Columns, always: ColumnElement[bool] | None = None) -> Statement:
    """The statement that selects ``columns`` of one row by id, if it is of those that a list ``always`` shows."""
    by_id = table.c.id == bindparam("id")
    return Statement(tenant_select(table, *columns).where(by_id if always is None else by_id & always))


async def _locked(books: Books, register: Register[Row], key: str) -> Row:
    stored = found(await books.load_one(register.row, register.locking, id=key), register.noun, key)
    books.expect_version(register.noun, stored.version)
    return stored


async def _completed(books: Books, register: Register[Row], row: Row) -> Row:
    for rule in register.rules:
        row = await rule(books, row)
    return row


def _merged(register: Register[Row], stored: Row, name: str, value: Any) -> Any:
    old = getattr(stored, name)
    merge = register.merging.get(name)
    return value if merge is None or old is None or value is None else merge(old, value)


def _note(
    books: Books, register: Register[Row], row: Row, verb: str, changes: dict[str, dict[str, Any]] | None = None
) -> None:
    title = getattr(row, register.title)
    happening = Happening(
        action=f"{register.entity_type}_{register.in_trail.get(verb, verb)}",
        event=f"{register.entity_type}_{verb}",
        parent=register.parent_of(row) if register.parent_of else None,
        entity_type=register.entity_type,
        entity_id=row.id,
        reference=None if title is None else str(title),
        changes=changes or {},
        summary={name: getattr(row, name) for name in register.told},
    )
    books.happened(happening)
