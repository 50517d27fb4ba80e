"""What notes can do beside other documents: be applied, and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from domain.books import Books
from domain.documents import crediting
from domain.documents.kinds import KIND_NAMED, Kind
from domain.errors import Failed, Refusal, Required
from handlers.bodies import day_in
from handlers.documents import DocumentHandlers
from handlers.replies import Reply


class NoteHandlers(DocumentHandlers):
    """The operations of one kind of note."""

    async def create(self, books: Books, body: dict[str, Any]) -> Reply:
        """Write a note, and post it unless its maker wants to look at it first."""
        with self._as_said(body):
            return await super().create(books, body)

    async def update(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Change what was sent."""
        with self._as_said(body):
            return await super().update(books, key, body)

    @contextmanager
    def _as_said(self, body: dict[str, Any]) -> Iterator[None]:
        """Let refusals call the contact by the name under which it was said."""
        field, alias = self._kind.field_of("contact_id"), self._kind.contact_alias
        try:
            yield
        except Refusal as refusal:
            if refusal.field == field and alias in body and field not in body:
                refusal.field = alias
            raise

    async def apply(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Apply what is left of a note to one document."""
        target, amount, on = self._target(body), body.get("amount"), day_in(body)
        document_id = body[target.field_of("id")]
        paper = await crediting.apply(books, self._kind, key, document_id, amount=amount, on=on, target=target)
        return self._shown(books, paper)

    def _target(self, body: dict[str, Any]) -> Kind:
        """The kind of what a note is applied to. Raises Required where nothing is named, Failed where two are."""
        kinds = [KIND_NAMED[name] for name in self._kind.settles]
        named = [kind for kind in kinds if body.get(kind.field_of("id"))]
        if not named:
            raise Required(
                f"Say the {' or '.join(kind.title.lower() for kind in kinds)}.", field=kinds[0].field_of("id")
            )
        if len(named) > 1:
            fields = " or ".join(kind.field_of("id") for kind in named)
            raise Failed(f"Send {fields}: a note is applied to one at a time.", field=named[1].field_of("id"))
        return named[0]

    async def unapply(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Take back what a note was applied to."""
        return self._shown(books, await crediting.unapply(books, self._kind, key, body["allocation_ids"]))
