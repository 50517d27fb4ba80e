"""What every master list can do, once: list, get, create, update, archive and delete."""

from typing import Any, Generic

from domain import pages, registers
from domain.books import Books
from domain.pages import Listing, Wanted
from domain.registers import Register, Row
from handlers.replies import Reply, created, gone, page, shown
from handlers.shapes.shape import Shape

_NOT_FILTERS = frozenset(("per_page", "cursor", "sort_column", "sort_order", "include"))


class RegisterHandlers(Generic[Row]):
    """The operations of one register under its names in the contract."""

    def __init__(
        self,
        register: Register[Row],
        listing: Listing,
        shape: Shape,
        *,
        singular: str,
        plural: str,
    ) -> None:
        self._register = register
        self._listing = listing
        self._shape = shape
        self._singular = singular
        self._plural = plural
        self._reading = registers.reading(register.table, shape.columns, listing.always)

    async def list(self, books: Books, query: dict[str, Any]) -> Reply:
        """Show one page of the list."""
        wanted = wanted_page(query)
        found = await pages.page(books, self._listing, self._shape.columns, wanted)
        return page(self._plural, found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor, mark=found.mark)

    async def get(self, books: Books, key: str) -> Reply:
        """Show one row."""
        return await self._shown(books, key)

    async def create(self, books: Books, body: dict[str, Any]) -> Reply:
        """Add a row."""
        row = await registers.add(books, self._register, self._shape.values(body))
        return await self._created(books, row.id)

    async def update(self, books: Books, key: str, body: dict[str, Any]) -> Reply:
        """Change what was sent, and nothing else."""
        await registers.amend(books, self._register, key, self._shape.values(body))
        return await self._shown(books, key)

    async def archive(self, books: Books, key: str) -> Reply:
        """Hide a row from search."""
        await registers.archive(books, self._register, key)
        return await self._shown(books, key)

    async def delete(self, books: Books, key: str) -> Reply:
        """Remove a row that nothing refers to."""
        await registers.delete(books, self._register, key)
        return gone(f"{self._register.noun} deleted.")

    async def _created(self, books: Books, key: str) -> Reply:
        fresh = await registers.read(books, self._reading, self._register.noun, key)
        return created(self._singular, fresh, location=f"/api/public/v1/{self._plural}/{key}")

    async def _shown(self, books: Books, key: str) -> Reply:
        return shown(self._singular, await registers.read(books, self._reading, self._register.noun, key))


def wanted_page(query: dict[str, Any]) -> Wanted:
    """Read the parameters that every list has; all others are filters."""
    order = query.get("sort_order")
    return Wanted(
        filters={
            name: value for name, value in query.items() if name not in _NOT_FILTERS and value not in (None, "ALL")
        },
        per_page=query["per_page"],
        cursor=query.get("cursor"),
        order=query.get("sort_column"),
        is_ascending=None if order is None else order == "ASC",
    )
