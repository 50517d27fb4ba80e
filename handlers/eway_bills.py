"""The e-way bills of documents with which goods move, the same for every kind."""

from typing import Any

from domain.books import Books
from domain.documents.kinds import Kind
from domain.eway_bills import asking, changing, reading
from handlers.replies import Reply
from handlers.shapes.eway_bills import bill_shown, need_shown, said


class EwayBillHandlers:
    """The operations on the e-way bill of one kind of document."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    async def get(self, books: Books, key: str) -> Reply:
        """Show the last one, and whether one is needed."""
        return await self._shown(books, key)

    async def request(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Ask the portal for one."""
        await asking.ask(books, self._kind, key, said(body))
        return await self._shown(books, key)

    async def cancel(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Ask the portal to cancel it."""
        await changing.cancel(books, self._kind, key, said(body))
        return await self._shown(books, key)

    async def update_vehicle(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Tell the portal by what the goods travel on."""
        await changing.update_vehicle(books, self._kind, key, said(body))
        return await self._shown(books, key)

    async def extend(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Ask the portal for more time."""
        await changing.extend(books, self._kind, key, said(body))
        return await self._shown(books, key)

    async def close(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Tell the portal that the goods have arrived."""
        await changing.close(books, self._kind, key, said(body))
        return await self._shown(books, key)

    async def _shown(self, books: Books, key: str) -> Reply:
        carried = await reading.carried(books, self._kind, key)
        bill = None if carried.bill is None else bill_shown(carried.bill, carried.requests)
        body = {"code": 0, "message": "success", "eway_bill": bill, "need": need_shown(carried.need)}
        return Reply(200, body, version=carried.version)
