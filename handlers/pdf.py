"""Many documents on paper at once."""

from typing import Any

from domain.books import Books
from domain.documents.printing import prints
from handlers.papers import wanted_paper
from handlers.replies import Reply, printed_together


async def get_pdf(books: Books, query: dict[str, Any]) -> Reply:
    """Put several documents and payments on paper."""
    papers = await prints.of_many(books, query["documents"], wanted_paper(query))
    return printed_together(papers, query["format"], is_saved=query["download"])
