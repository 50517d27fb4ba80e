"""What the accounts stood at when the books began."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.books import Books
from domain.imports import opening_balances as importing
from domain.imports.columns import Body
from domain.imports.running import ImportKind, Sent
from domain.ledger import opening_balances
from handlers.replies import Reply, shown
from handlers.shapes import opening_balances as shapes
from handlers.shapes.imports import shown_report

_IMPORT = ImportKind(
    entity_type="OPENING_BALANCES",
    references=importing.REFERENCES,
    orders=(importing.DATE,),
    aliases=importing.ALIASES,
)


async def get_opening_balances(books: Books) -> Reply:
    """Show them as they stand."""
    return shown("opening_balances", shapes.opening_balances(await opening_balances.standing(books)))


async def update_opening_balances(books: Books, body: dict[str, Any]) -> Reply:
    """Put others in their place."""
    entry_on = date.fromisoformat(body["date"])
    changed = await opening_balances.update(books, entry_on=entry_on, lines=shapes.lines_said(body))
    return shown("opening_balances", shapes.opening_balances(changed))


async def import_opening_balances(books: Books, query: dict[str, Any], body: Sent) -> Reply:
    """Put those of a sheet in their place."""
    books.need("AIBooks.accounts.UPDATE")
    is_dry_run, is_all_or_nothing = query["dry_run"], query["all_or_nothing"]
    report = await importing.run(
        books, _IMPORT, body, _written, is_dry_run=is_dry_run, is_all_or_nothing=is_all_or_nothing
    )
    return shown("import", shown_report(_IMPORT, report, is_dry_run=is_dry_run))


async def _written(books: Books, day: str, balances: Sequence[Body]) -> dict[str, str]:
    said = shapes.lines_said({"balances": list(balances)})
    changed = await opening_balances.update(books, entry_on=date.fromisoformat(day), lines=said)
    return {balance.account_id: balance.account_name for balance in changed.balances}
