"""What was bought of each vendor: bills and expenses less debit notes, with the tax that is credited and that not."""

from domain.books import Books
from domain.documents.kinds import Side
from domain.reports.parties import Traders, traded
from domain.reports.question import Period, Scope
from domain.reports.slices import Wanted


async def by_vendor(books: Books, scope: Scope, wanted: Wanted, *, before: Period | None = None) -> Traders:
    """Add up what was bought in a period; expenses that name no vendor stand together."""
    return await traded(books, Side.PURCHASE, scope, wanted, before=before, beside=("EXPENSE",))
