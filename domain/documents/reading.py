"""Documents read back in one round trip: to be shown, as JSON that PostgreSQL writes, or to be changed, as values."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, cast, literal_column, select, true
from sqlalchemy.types import Text

from domain.books import Books, found
from domain.documents.circumstances import AROUND_STORED, Circumstances, read_facts
from domain.documents.document import Document, Line, LinkedDocument, NoteAllocation, Paper
from domain.documents.kinds import KIND_NAMED, KINDS, Kind
from domain.documents.status import status_column_of_all
from domain.pages import Columns
from domain.salespersons import name_shown
from domain.statements import Statement, Written, array_of, columns_of, gathered, of_tenant, reader_of, written
from domain.values import Struct
from models.documents import document_lines, document_links, documents
from models.payments import allocations

_is_meant = and_(of_tenant(documents), documents.c.id == bindparam("id"), documents.c.kind == bindparam("kind"))


def lines_of(columns: Columns) -> ColumnElement[Any]:
    """The lines of each document as one JSON array of ``columns``: a column for a selection of documents."""
    return gathered(documents, document_lines, document_lines.c.document_id, columns)


def _linked(here: ColumnElement[Any], there: ColumnElement[Any]) -> ColumnElement[Any]:
    """The documents at the other end of the links of each document, the first made first: as one JSON array."""
    other = documents.alias("linked")
    columns = {
        "document_type": other.c.kind,
        "document_id": other.c.id,
        "document_number": other.c.number,
        "status": status_column_of_all(other),
        "total": other.c.total,
    }
    row, shown = written(other, [column.label(name) for name, column in columns.items()], name="one_linked")
    is_there = and_(other.c.organization_id == document_links.c.organization_id, other.c.id == there)
    return (
        select(array_of(shown, other.c.id))
        .select_from(document_links.join(other, is_there).join(row, true()))
        .where(document_links.c.organization_id == documents.c.organization_id, here == documents.c.id)
        .correlate(documents)
        .scalar_subquery()
    )


CONVERTED_FROM = _linked(document_links.c.target_id, document_links.c.source_id)
"""What each document was made of: a column for a selection of documents."""
CONVERTED_TO = _linked(document_links.c.source_id, document_links.c.target_id)
"""What was made of each document."""


_SETTLED_BY_NOTES = {name: KIND_NAMED[name].field_of("id") for kind in KINDS for name in kind.settles}
"""By the kinds that notes are applied to, what the id of one is called."""


def _applied() -> ColumnElement[Any]:
    """What each note is applied to, the first first: as one JSON array."""
    applied, target = allocations.c, documents.alias("target")
    columns = {
        "allocation_id": applied.id,
        **{name: case((target.c.kind == kind, target.c.id)) for kind, name in _SETTLED_BY_NOTES.items()},
        "document_number": target.c.number,
        "amount": applied.amount,
        "applied_on": applied.applied_on,
    }
    labelled = [column.label(name) for name, column in columns.items()]
    row, shown = written(allocations, labelled, name="one_applied", beside=target)
    is_target = and_(target.c.organization_id == applied.organization_id, target.c.id == applied.document_id)
    return (
        select(array_of(shown, applied.id))
        .select_from(allocations.join(target, is_target).join(row, true()))
        .where(
            applied.organization_id == documents.c.organization_id,
            applied.note_id == documents.c.id,
            applied.unapplied_at.is_(None),
        )
        .correlate(documents)
        .scalar_subquery()
    )


def _last_made(kind: Kind) -> ColumnElement[Any]:
    """The last document of this kind that was made of each document and stands."""
    made = documents.alias("last_made")
    return (
        select(made.c.id)
        .select_from(
            document_links.join(
                made,
                and_(
                    made.c.organization_id == document_links.c.organization_id, made.c.id == document_links.c.target_id
                ),
            )
        )
        .where(
            document_links.c.organization_id == documents.c.organization_id,
            document_links.c.source_id == documents.c.id,
            made.c.kind == kind.name,
            made.c.voided_at.is_(None),
        )
        .order_by(made.c.id.desc())
        .limit(1)
        .correlate(documents)
        .scalar_subquery()
    )


LAST_MADE = {kind.name: _last_made(kind) for kind in KINDS if any(kind.name in each.becomes for each in KINDS)}
"""The last of each kind that a document can become, by the kind's name: columns for a selection of documents."""

SHOWN_OTHERWISE = {"salesperson_name": name_shown(documents)}
"""What is shown instead of a column of the head, by the column's name: it follows another list."""

LINKS = {"converted_from": CONVERTED_FROM, "converted_to": CONVERTED_TO, "allocations": _applied()}
"""What a document is linked to, by the names of its kind's ``links``: columns for a selection of documents."""


def showing(columns: Columns) -> Statement:
    """The statement that selects ``columns`` of one document, and its version."""
    row, shown = written(documents, columns)
    query = select(shown.label("shown"), documents.c.version).select_from(documents.join(row, true()))
    return Statement(query.where(_is_meant))


async def show(books: Books, statement: Statement, kind: Kind, key: str) -> tuple[Written, int]:
    """Return one document as ``statement`` (see ``showing``) selects it, and its version. Raises NotFound."""
    row = found(await books.row(statement, id=key, kind=kind.name), kind.title, key)
    return Written(row["shown"].encode()), row["version"]


def _as_it_is_now(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column of the head, or what is shown in its place (``SHOWN_OTHERWISE``)."""
    return SHOWN_OTHERWISE[column.name].label(column.name) if column.name in SHOWN_OTHERWISE else column


class Links(Struct, frozen=True):
    """What a document is linked to, as it is stored."""

    converted_from: list[LinkedDocument]
    converted_to: list[LinkedDocument]
    allocations: list[NoteAllocation]


STORED_LINKS, LINKS_JSON = written(documents, [column.label(name) for name, column in LINKS.items()], name="links")
"""All of ``LINKS`` as one JSON object: the lateral to join, and its text."""
_LINKS = Statement(
    select(LINKS_JSON.label("links"))
    .select_from(documents.join(STORED_LINKS, true()))
    .where(of_tenant(documents), documents.c.id == bindparam("id"))
)
STORED, STORED_JSON = written(documents, [_as_it_is_now(each) for each in columns_of(documents, Document)], name="head")
"""The head of a document as one JSON object: the lateral to join, and its text."""
LINES_JSON = cast(lines_of(tuple(columns_of(document_lines, Line))), Text)
"""Its lines as one JSON array: a column for a selection of documents."""
_seen = documents.alias("seen")
_WHOLE = (
    select(
        STORED_JSON.label("head"),
        LINES_JSON.label("lines"),
        literal_column(f"({AROUND_STORED})::text").label("facts"),
        # The version as the statement found it, before it waited for its lock.
        select(_seen.c.version)
        .where(_seen.c.organization_id == bindparam("organization_id"), _seen.c.id == bindparam("id"))
        .scalar_subquery()
        .label("seen_version"),
    )
    .select_from(documents.join(STORED, true()))
    .where(_is_meant)
)
_FOR_READING = Statement(
    select(STORED_JSON.label("head"), LINES_JSON.label("lines"))
    .select_from(documents.join(STORED, true()))
    .where(_is_meant)
)
_AS_IT_IS = Statement(_WHOLE)
_FOR_CHANGE = Statement(_WHOLE.with_for_update(of=documents))
read_head = reader_of(Document)
read_lines = reader_of(list[Line])
read_links = reader_of(Links)


async def find_with_facts(books: Books, kind: Kind, key: str) -> tuple[Paper, Circumstances]:
    """Return a document of this kind with its lines and what it depends on, as it is now. Raises NotFound."""
    row = found(await books.row(_AS_IT_IS, id=key, kind=kind.name), kind.title, key)
    return Paper(read_head(row["head"]), read_lines(row["lines"])), read_facts(row["facts"])


async def find_for_change(books: Books, kind: Kind, key: str) -> tuple[Paper, Circumstances]:
    """Return a document of this kind with its lines and what it depends on, locked until the transaction ends.

    Raises: NotFound, VersionMismatch.
    """
    row = found(await books.row(_FOR_CHANGE, id=key, kind=kind.name), kind.title, key)
    head = read_head(row["head"])
    if head.version != row["seen_version"]:
        # Somebody changed it while we waited: the head is new, but the lines are those of before.
        row = found(await books.row(_FOR_CHANGE, id=key, kind=kind.name), kind.title, key)
        head = read_head(row["head"])
    books.expect_version(kind.title, head.version)
    paper = Paper(head, read_lines(row["lines"]))
    if kind.becomes or kind.settles or any(line.source_id for line in paper.lines):
        paper = await with_links(books, paper)
    return paper, read_facts(row["facts"])


async def find(books: Books, kind: Kind, key: str) -> Paper:
    """Return a document of this kind with its lines as it stands, without what it is linked to. Raises NotFound."""
    row = found(await books.row(_FOR_READING, id=key, kind=kind.name), kind.title, key)
    return Paper(read_head(row["head"]), read_lines(row["lines"]))


async def with_links(books: Books, paper: Paper) -> Paper:
    """Return the document with all that it is linked to, as it now stands."""
    links = read_links(await books.value(_LINKS, id=paper.head.id))
    return Paper(paper.head, paper.lines, links.converted_from, links.converted_to, links.allocations)
