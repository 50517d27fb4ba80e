"""What documents that the e-invoice portal registers can do besides: be registered, cancelled there, and looked up."""

from typing import Any

from domain.books import Books
from domain.documents.kinds import Kind
from domain.einvoice import asking
from handlers.replies import Reply, shown
from handlers.shapes.einvoices import einvoice_shown


class EinvoiceHandlers:
    """The operations of one kind of document."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    async def get(self, books: Books, key: str) -> Reply:
        """Show how a document stands with the portal."""
        return _shown(await asking.show(books, self._kind, key))

    async def register(self, books: Books, key: str) -> Reply:
        """Have a document registered."""
        return _shown(await asking.register(books, self._kind, key))

    async def cancel(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Have its registration cancelled."""
        reason, remarks = body["reason"], body["remarks"]
        return _shown(await asking.cancel(books, self._kind, key, reason=reason, remarks=remarks))


def _shown(standing: asking.Standing) -> Reply:
    return shown("einvoice", einvoice_shown(standing), version=standing.head.version)
