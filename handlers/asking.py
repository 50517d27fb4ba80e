"""The questions of reports that are answered in slices, out of their validated queries."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from domain.books import Books
from domain.reports.named import check_contact, check_item
from domain.reports.question import Scope
from domain.reports.slices import Question

Query = Mapping[str, Any]


def slice_question(
    name: str, days: Callable[[Books, Query], Awaitable[Scope]], *, contact_field: str = "contact_id"
) -> Callable[[Books, Query], Awaitable[Question]]:
    """Return what asks the report ``name``: ``days`` reads its scope, ``contact_field`` is what it calls a contact."""

    async def ask(books: Books, query: Query) -> Question:
        """Raises: what ``days`` raises, NotFound for a contact or item that is not there."""
        question = Question(
            name=name,
            scope=await days(books, query),
            limit=query["limit"],
            cursor=query.get("cursor"),
            by=query.get("by"),
            contact_id=query.get(contact_field),
            item_id=query.get("item_id"),
        )
        await check_contact(books, question.contact_id, field=contact_field)
        await check_item(books, question.item_id, field="item_id")
        return question

    return ask
