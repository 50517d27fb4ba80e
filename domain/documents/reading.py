"""Documents read back in one round trip: to be shown, as JSON that PostgreSQL writes, or to be changed, as values."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, cast, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by
from sqlalchemy.types import Text

from domain.books import Books, found
from domain.documents.circumstances import AROUND_STORED, Circumstances, read_facts
from domain.documents.document import Document, Line, Paper
from domain.documents.kinds import Kind
from domain.pages import Columns
from domain.statements import Statement, Written, columns_of, of_tenant, reader_of, written
from models.documents import document_lines, documents

_is_meant = and_(of_tenant(documents), documents.c.id == bindparam("id"), documents.c.kind == bindparam("kind"))


def lines_of(columns: Columns) -> ColumnElement[Any]:
    """The lines of each document as one JSON array of ``columns``: a column for a selection of documents."""
    line = document_lines.c
    row, shown = written(document_lines, columns, name="line")
    objects = func.json_agg(aggregate_order_by(cast(shown, JSON), line.position))
    return (
        select(func.coalesce(objects, literal_column("'[]'::json")))
        .select_from(document_lines.join(row, true()))
        .where(line.organization_id == documents.c.organization_id, line.document_id == documents.c.id)
        .correlate(documents)
        .scalar_subquery()
    )


def showing(columns: Columns) -> Statement:
    """The statement that selects ``columns`` of one document, and its version."""
    row, shown = written(documents, columns)
    query = select(shown.label("shown"), documents.c.version).select_from(documents.join(row, true()))
    return Statement(query.where(_is_meant))


async def show(books: Books, statement: Statement, kind: Kind, key: str) -> tuple[Written, int]:
    """Return one document as ``statement`` (see ``showing``) selects it, and its version. Raises NotFound."""
    row = found(await books.row(statement, id=key, kind=kind.name), kind.title, key)
    return Written(row["shown"].encode()), row["version"]


_HEAD, _HEAD_JSON = written(documents, columns_of(documents, Document), name="head")
_FOR_CHANGE = Statement(
    select(
        _HEAD_JSON.label("head"),
        cast(lines_of(tuple(columns_of(document_lines, Line))), Text).label("lines"),
        literal_column(f"({AROUND_STORED})::text").label("facts"),
    )
    .select_from(documents.join(_HEAD, true()))
    .where(_is_meant)
    .with_for_update(of=documents)
)
_read_head = reader_of(Document)
_read_lines = reader_of(list[Line])


async def find_for_change(books: Books, kind: Kind, key: str) -> tuple[Paper, Circumstances]:
    """Return a document of this kind with its lines and what it depends on, locked until the transaction ends.

    Raises: NotFound, VersionMismatch.
    """
    row = found(await books.row(_FOR_CHANGE, id=key, kind=kind.name), kind.title, key)
    head = _read_head(row["head"])
    books.expect_version(kind.title, head.version)
    return Paper(head, _read_lines(row["lines"])), read_facts(row["facts"])
