"""Telling an organization's trail what was done to a token or a grant, from books that are not its own."""

from domain import happenings
from domain.books import Books
from domain.happenings import Happening
from domain.organization import open_organization


async def tell(books: Books, organization_id: str | None, happening: Happening, *, actor: str) -> None:
    """Note what happened in the trail of the organization; what holds for all organizations stands in none.

    ``actor`` is whose doing it was where the books were opened by nobody.
    """
    if organization_id is None:
        return
    if organization_id == books.organization_id:
        books.happened(happening)
        return
    opened = await open_organization(books, organization_id)
    opened.user_id = books.user_id or actor
    opened.happened(happening)
    await happenings.record(opened)
    await open_organization(books, books.organization_id)
