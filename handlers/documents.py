"""What every document can do, once: list, get, create, update, approve, void, delete, and show its number series."""

from collections.abc import Sequence
from typing import Any

from domain import pages
from domain.books import Books
from domain.documents import bulk, lifecycle, listing, numbering, reading, write_offs
from domain.documents.document import Paper
from domain.documents.kinds import Kind
from domain.documents.printing import prints
from domain.errors import Failed, Refusal
from domain.mails.queueing import mail_document
from handlers.bodies import Bodies, day_in
from handlers.mailing import queued
from handlers.papers import wanted_paper
from handlers.registers import wanted_page
from handlers.replies import Reply, created, gone, listed, page, printed, shown
from handlers.shapes.documents import DocumentShape


class DocumentHandlers:
    """The operations of one kind of document; approving one as it is created needs the scope to change it as well."""

    def __init__(self, kind: Kind, shape: DocumentShape) -> None:
        self._kind = kind
        self._shape = shape
        self._singular = kind.series
        self._plural = kind.plural
        self._listing = listing.listing_of(kind)
        self._one = reading.showing(shape.linked_columns)

    async def list(self, books: Books, query: dict[str, Any]) -> Reply:
        """Show one page, with lines if they are asked for."""
        wanted = wanted_page(query)
        columns = self._shape.whole_columns if query.get("include") == "line_items" else self._shape.columns
        found = await pages.page(books, self._listing, columns, wanted)
        return page(self._plural, found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor, mark=found.mark)

    async def get(self, books: Books, key: str) -> Reply:
        """Show one document with its lines."""
        document, version = await reading.show(books, self._one, self._kind, key)
        return shown(self._singular, document, version=version)

    async def pdf(self, books: Books, key: str, query: dict[str, Any]) -> Reply:
        """Put one document on paper."""
        paper = await prints.of(books, self._kind.name, key, wanted_paper(query))
        return printed(paper, is_saved=query["download"])

    async def create(self, books: Books, body: dict[str, Any]) -> Reply:
        """Write a draft, and approve it at once if that is asked for."""
        said = self._said(books, body)
        write = lifecycle.draft_and_approve if said.is_opened else lifecycle.draft
        paper = await write(books, self._kind, said.values, said.lines)
        location = f"/api/public/v1/{self._plural}/{paper.head.id}"
        return created(self._singular, self._shape.shown(books, paper), location=location)

    async def create_many(self, books: Books, bodies: Bodies, body: dict[str, Any]) -> Reply:
        """Write up to fifty, each refused alone; answer what became of each, in order."""
        rows = body[self._plural]
        if not 1 <= len(rows) <= bulk.MOST_ROWS:
            raise Failed(f"Send 1 to {bulk.MOST_ROWS} {self._plural}.", field=self._plural)
        said = [self._row_said(books, bodies, row) for row in rows]
        together = bool(body.get("all_or_nothing"))
        outcomes = await bulk.create(books, self._kind, said, is_all_or_nothing=together)
        return Reply(200, self._counted([self._outcome(books, outcome) for outcome in outcomes]))

    def _said(self, books: Books, body: dict[str, Any]) -> bulk.Said:
        """What the body of a new document says. Raises Forbidden where approving it at once needs a further scope."""
        is_opened = body.get("auto_approve", self._kind.opens_at_once)
        if is_opened and not self._kind.opens_at_once:
            books.need(f"{self._kind.scope}.UPDATE")
        return bulk.Said(self._shape.said(body), self._shape.lines_said(body) or [], is_opened)

    def _row_said(self, books: Books, bodies: Bodies, row: Any) -> bulk.Said | Refusal:
        """What one row of many says, held to the contract of creating one alone. Raises Forbidden, as for one."""
        try:
            body = bodies.checked(f"create_{self._singular}", row)
        except Refusal as refusal:
            return refusal
        return self._said(books, body)

    def _outcome(self, books: Books, row: bulk.Row) -> dict[str, Any]:
        outcome, warnings = row.outcome, [caution.told() for caution in row.cautions]
        if isinstance(outcome, Refusal):
            return {"ok": False, self._singular: None, "error": outcome.told(), "warnings": warnings}
        return {"ok": True, self._singular: self._shape.shown(books, outcome), "error": None, "warnings": warnings}

    def _counted(self, results: Sequence[dict[str, Any]]) -> dict[str, Any]:
        succeeded = sum(result["ok"] for result in results)
        summary = {"total": len(results), "succeeded": succeeded, "failed": len(results) - succeeded}
        noun = self._plural.replace("_", " ")
        message = f"{succeeded} of {len(results)} {noun} created."
        return {"code": 0, "message": message, "summary": summary, "results": results}

    async def update(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Change what was sent."""
        said, lines = self._shape.said(body), self._shape.lines_said(body)
        return self._shown(books, await lifecycle.amend(books, self._kind, key, said, lines))

    async def approve(self, books: Books, key: str) -> Reply:
        """Give the draft its number and post it to the ledger."""
        return self._shown(books, await lifecycle.approve(books, self._kind, key))

    async def void(self, books: Books, key: str, body: dict[str, Any] | None) -> Reply:
        """Reverse the posting; the number stays used."""
        said = body or {}
        paper = await lifecycle.void(books, self._kind, key, reason=said.get("reason"), on=day_in(said))
        return self._shown(books, paper)

    async def email(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Queue a mail with it; its status stays as it is."""
        return await queued(books, await mail_document(books, self._kind, key, body))

    async def write_off(self, books: Books, key: str, body: dict[str, Any] | None) -> Reply:
        """Give up what is still open, or a part of it."""
        said = body or {}
        amount, on, reason = said.get("amount"), day_in(said), said.get("reason")
        paper = await write_offs.write_off(books, self._kind, key, amount=amount, on=on, reason=reason)
        return self._shown(books, paper)

    async def cancel_write_off(self, books: Books, key: str) -> Reply:
        """Open again what was written off."""
        return self._shown(books, await write_offs.cancel(books, self._kind, key))

    async def delete(self, books: Books, key: str) -> Reply:
        """Remove a draft."""
        await lifecycle.delete(books, self._kind, key)
        return gone(f"{self._kind.title} deleted.")

    async def series(self, books: Books) -> Reply:
        """Show the number series of every branch."""
        rows = [
            {
                "branch_id": each.branch_id,
                "branch_name": each.branch_name,
                "series_name": each.series_name,
                "document_type": self._kind.name,
                "prefix": each.prefix,
                "financial_year": each.financial_year,
                "last_number": each.last_number,
                f"next_{self._kind.number_field}": each.next_number,
            }
            for each in await numbering.series(books, self._kind)
        ]
        return listed("series", rows)

    def _shown(self, books: Books, paper: Paper) -> Reply:
        return shown(self._singular, self._shape.shown(books, paper))
