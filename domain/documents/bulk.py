"""Many new documents in one request: each is refused alone, and those that are not are written together."""

from collections.abc import Sequence
from contextlib import suppress

from domain.books import Books
from domain.documents import writing
from domain.documents.circumstances import Asked, Surroundings, around
from domain.documents.document import Paper
from domain.documents.drafts import Values, asked_by, reckon
from domain.documents.kinds import Kind
from domain.documents.lifecycle import opened
from domain.documents.lines import LineValues
from domain.documents.telling import note
from domain.documents.uniqueness import repeated, twins_of
from domain.documents.writing import Opened
from domain.errors import Failed, Refusal
from domain.happenings import Happening

MOST_ROWS = 50
Said = tuple[Values, Sequence[LineValues]]
"""What was said of one document, and of its lines."""
Outcome = Paper | Refusal


class NotCreated(Failed):
    """A row that could have been created, had all others been, and they were to be created together or not at all."""

    def __init__(self) -> None:
        super().__init__("Not created: another row was refused, and all_or_nothing is set.")


async def create(
    books: Books, kind: Kind, rows: Sequence[Said | Refusal], *, is_opened: bool, is_all_or_nothing: bool
) -> list[Outcome]:
    """Create a document of each row, approved at once if ``is_opened``; return each, or why it was refused, in order.

    A row that is a refusal already stays one. Locks the number series, then balances.
    """
    drafts = await _reckoned(books, kind, rows, is_opened=is_opened)
    outcomes: list[Outcome] = await _written(books, kind, drafts, is_all_or_nothing=is_all_or_nothing)
    failed = sum(isinstance(outcome, Refusal) for outcome in outcomes)
    counts = {"count": len(rows) - failed, "failed": failed, "batch_size": len(rows)}
    if counts["count"]:
        books.happened(Happening(f"{kind.name}_BULK_CREATED", kind.name, books.request_id, None, {}, counts))
    return outcomes


async def _reckoned(
    books: Books, kind: Kind, rows: Sequence[Said | Refusal], *, is_opened: bool
) -> list[Opened | Paper | Refusal]:
    asked = {index: asked_by(*row) for index, row in enumerate(rows) if not isinstance(row, Refusal)}
    surroundings = await around(books, list(asked.values()))
    drafts = [
        row
        if isinstance(row, Refusal)
        else await _attempted(books, kind, row, asked[index], surroundings, is_opened=is_opened)
        for index, row in enumerate(rows)
    ]
    heads = {row: _paper(draft).head for row, draft in enumerate(drafts, 1) if not isinstance(draft, Refusal)}
    twins = repeated(kind, heads) | await twins_of(books, kind, list(heads.values()))
    return [draft if isinstance(draft, Refusal) else twins.get(_paper(draft).head.id, draft) for draft in drafts]


def _paper(draft: Opened | Paper) -> Paper:
    return draft.paper if isinstance(draft, Opened) else draft


async def _attempted(
    books: Books, kind: Kind, row: Said, asked: Asked, surroundings: Surroundings, *, is_opened: bool
) -> Opened | Paper | Refusal:
    try:
        facts, items = surroundings.of(kind, asked)
        paper = await reckon(books, kind, *row, None, facts, items)
        return await opened(books, kind, paper, facts) if is_opened else paper
    except Refusal as refusal:
        return refusal


async def _written(
    books: Books, kind: Kind, drafts: Sequence[Opened | Paper | Refusal], *, is_all_or_nothing: bool
) -> list[Outcome]:
    """Write the drafts that are none refused; where the database refuses one of them, each by itself."""
    good = [draft for draft in drafts if not isinstance(draft, Refusal)]
    if is_all_or_nothing and len(good) < len(drafts):
        return [draft if isinstance(draft, Refusal) else NotCreated() for draft in drafts]
    with suppress(Refusal):
        async with books.part():
            papers = iter(await _write(books, kind, good))
        return [draft if isinstance(draft, Refusal) else next(papers) for draft in drafts]
    async with books.part() as all_of_them:
        outcomes = [await _written_alone(books, kind, draft) for draft in drafts]
        is_refused = any(isinstance(outcome, Refusal) for outcome in outcomes)
        all_of_them.is_kept = not (is_all_or_nothing and is_refused)
    if all_of_them.is_kept:
        return outcomes
    return [outcome if isinstance(outcome, Refusal) else NotCreated() for outcome in outcomes]


async def _written_alone(books: Books, kind: Kind, draft: Opened | Paper | Refusal) -> Outcome:
    if isinstance(draft, Refusal):
        return draft
    try:
        async with books.part():
            return (await _write(books, kind, [draft]))[0]
    except Refusal as refusal:
        return refusal


async def _write(books: Books, kind: Kind, drafts: Sequence[Opened | Paper]) -> list[Paper]:
    openings = [draft for draft in drafts if isinstance(draft, Opened)]
    papers = [_paper(draft) for draft in drafts]
    for paper in papers:
        note(books, kind, paper.head, "CREATED")
    for opening in openings:
        note(books, kind, opening.paper.head, kind.statuses.verb)
    if openings:
        return await writing.insert_posted(books, kind, openings)
    if papers:
        await writing.insert(books, papers)
    return papers
