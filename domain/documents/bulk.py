"""Many new documents in one request: each is refused alone, and those that are not are written together."""

from collections.abc import Sequence
from contextlib import suppress

from domain.books import Books
from domain.cautions import Caution
from domain.documents import credit_limits, writing
from domain.documents.circumstances import Asked, Circumstances, Surroundings, around
from domain.documents.credit_limits import Drafted
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
from domain.values import Struct

MOST_ROWS = 50
Outcome = Paper | Refusal


class Said(Struct, frozen=True):
    """What was said of one document and of its lines, and whether it is approved at once."""

    values: Values
    lines: Sequence[LineValues]
    is_opened: bool


class NotCreated(Failed):
    """A row that could have been created, had all others been, and they were to be created together or not at all."""

    def __init__(self) -> None:
        super().__init__("Not created: another row was refused, and all_or_nothing is set.")


class Row(Struct, frozen=True):
    """What became of a row, and what is odd about it if it was taken."""

    outcome: Outcome
    cautions: list[Caution]


async def create(books: Books, kind: Kind, rows: Sequence[Said | Refusal], *, is_all_or_nothing: bool) -> list[Row]:
    """Create a document of each row; return each, or why it was refused, in order.

    A row that is a refusal already stays one. Locks contacts whose limit refuses, the number series, then balances.
    """
    attempts = await _reckoned(books, kind, rows)
    drafts = [attempt.draft for attempt in attempts]
    outcomes: list[Outcome] = await _written(books, kind, drafts, is_all_or_nothing=is_all_or_nothing)
    failed = sum(isinstance(outcome, Refusal) for outcome in outcomes)
    counts = {"count": len(rows) - failed, "failed": failed, "batch_size": len(rows)}
    if counts["count"]:
        books.happened(Happening(f"{kind.name}_BULK_CREATED", kind.name, books.request_id, None, {}, counts))
    return [
        Row(outcome, [] if isinstance(outcome, Refusal) else attempt.cautions)
        for outcome, attempt in zip(outcomes, attempts, strict=True)
    ]


class _Attempt(Struct):
    """A row worked out: its document, what that depends on (``None``: it is refused), and what is odd about it."""

    draft: Opened | Paper | Refusal
    facts: Circumstances | None
    cautions: list[Caution]

    @property
    def is_opened(self) -> bool:
        """Whether it is to be approved."""
        return isinstance(self.draft, Opened)

    @property
    def drafted(self) -> Drafted | None:
        """The document with what it depends on, unless it is refused."""
        if isinstance(self.draft, Refusal) or self.facts is None:
            return None
        return _paper(self.draft).head, self.facts


async def _reckoned(books: Books, kind: Kind, rows: Sequence[Said | Refusal]) -> list[_Attempt]:
    asked = {index: asked_by(row.values, row.lines) for index, row in enumerate(rows) if not isinstance(row, Refusal)}
    surroundings = await around(books, list(asked.values()))
    attempts = [
        _Attempt(row, None, [])
        if isinstance(row, Refusal)
        else await _attempted(books, kind, row, asked[index], surroundings)
        for index, row in enumerate(rows)
    ]
    heads = {row: each.drafted[0] for row, each in enumerate(attempts, 1) if each.drafted}
    twins = repeated(kind, heads) | await twins_of(books, kind, list(heads.values()))
    for attempt in attempts:
        if attempt.drafted:
            attempt.draft = twins.get(attempt.drafted[0].id, attempt.draft)
    await _keep_within_limits(books, kind, attempts)
    return attempts


async def _keep_within_limits(books: Books, kind: Kind, attempts: Sequence[_Attempt]) -> None:
    """Refuse, or warn of, what goes beyond a credit limit together with the rows before it, drafts after all others."""
    opened_first = sorted(attempts, key=lambda attempt: not attempt.is_opened)
    await credit_limits.lock(books, kind, [each.drafted for each in attempts if each.is_opened and each.drafted])
    beyond = await credit_limits.exceeding(books, kind, [each.drafted for each in opened_first if each.drafted])
    for attempt in attempts:
        refusal = beyond.get(attempt.drafted[0].id) if attempt.drafted else None
        if refusal is None or attempt.facts is None:
            continue
        if attempt.is_opened and attempt.facts.refuses_over_limit:
            attempt.draft = refusal
        else:
            attempt.cautions.append(refusal.as_caution())


def _paper(draft: Opened | Paper) -> Paper:
    return draft.paper if isinstance(draft, Opened) else draft


async def _attempted(books: Books, kind: Kind, row: Said, asked: Asked, surroundings: Surroundings) -> _Attempt:
    with books.warned_apart() as cautions:
        try:
            facts, items = surroundings.of(kind, asked)
            paper = await reckon(books, kind, row.values, row.lines, None, facts, items)
            draft = await opened(books, kind, paper, facts) if row.is_opened else paper
        except Refusal as refusal:
            return _Attempt(refusal, None, [])
        return _Attempt(draft, facts, cautions)


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
    """Write drafts, those to be approved last, and return all in their order."""
    openings = [draft for draft in drafts if isinstance(draft, Opened)]
    papers = [draft for draft in drafts if isinstance(draft, Paper)]
    for paper in papers:
        note(books, kind, paper.head, "CREATED")
    if papers:
        await writing.insert(books, papers)
    for opening in openings:
        note(books, kind, opening.paper.head, "CREATED")
    for opening in openings:
        note(books, kind, opening.paper.head, kind.statuses.verb)
    numbered = iter(await writing.insert_posted(books, kind, openings) if openings else ())
    return [draft if isinstance(draft, Paper) else next(numbered) for draft in drafts]
