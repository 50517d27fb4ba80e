"""What the running statements of a registration stood at when its books began, as its owner copies it from the portal.

Source: GSTN advisories of 31-08-2023 (reversals that can be reclaimed) and 23-08-2024 (reverse charge), which asked
every taxpayer for these openings.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam

from domain.books import Books
from domain.errors import Invalid
from domain.gst.rates import GST_BEGAN_ON
from domain.gst.returns.amounts import HEADS, Tax
from domain.gst.returns.statements import StatementName
from domain.happenings import Happening, difference
from domain.money import ZERO
from domain.statements import Statement, as_rows, columns_of, insertion, tenant_select
from domain.values import Struct, replace
from models.returns import gst_opening_balances

NOUN = "Opening balances of GST"


class GstOpeningBalances(Struct, frozen=True, kw_only=True):
    """The openings of one registration at the end of a day, in rupees; ``None`` of a day: none were entered."""

    gstin: str
    as_of_on: date | None = None
    reclaim_igst: Decimal = ZERO
    reclaim_cgst: Decimal = ZERO
    reclaim_sgst: Decimal = ZERO
    reclaim_cess: Decimal = ZERO
    reverse_charge_igst: Decimal = ZERO
    reverse_charge_cgst: Decimal = ZERO
    reverse_charge_sgst: Decimal = ZERO
    reverse_charge_cess: Decimal = ZERO
    version: int = 1
    created_at: datetime | None = None
    modified_at: datetime | None = None

    @classmethod
    def of(cls, gstin: str, as_of_on: date, openings: Mapping[StatementName, Tax]) -> "GstOpeningBalances":
        """The openings of a registration, said by statement."""
        amounts = {f"{name.lower()}_{head}": getattr(tax, head) for name, tax in openings.items() for head in HEADS}
        return replace(cls(gstin=gstin, as_of_on=as_of_on), **amounts)

    @property
    def by_statement(self) -> Mapping[StatementName, Tax]:
        """The opening of each statement."""
        return {
            name: Tax(**{head: getattr(self, f"{name.lower()}_{head}") for head in HEADS}) for name in StatementName
        }

    def told(self, name: StatementName) -> dict[str, Decimal]:
        """The opening of a statement as the trail tells it, by head as the contract names them."""
        tax = self.by_statement[name]
        return {f"{head}_amount": getattr(tax, head) for head in HEADS}


_ENTERED = ("as_of_on", *(f"{name.lower()}_{head}" for name in StatementName for head in HEADS))

_ONE = Statement(
    tenant_select(gst_opening_balances, *columns_of(gst_opening_balances, GstOpeningBalances)).where(
        gst_opening_balances.c.gstin == bindparam("gstin")
    )
)
_LOCK = Statement("select pg_advisory_xact_lock(hashtextextended('gst opening balances', 0) # hashtext(%(of)s))")
_WRITE = Statement(
    insertion(gst_opening_balances, GstOpeningBalances)
    + "\n    on conflict (organization_id, gstin) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in (*_ENTERED, "version", "modified_at"))
)


async def standing(books: Books, gstin: str) -> GstOpeningBalances:
    """Return the openings of a registration as they stand: nothing of no day where none were entered."""
    return await books.load_one(GstOpeningBalances, _ONE, gstin=gstin) or GstOpeningBalances(gstin=gstin)


async def enter(books: Books, said: GstOpeningBalances) -> GstOpeningBalances:
    """Put these openings in the place of what stood before. Locks the openings.

    Raises: Invalid for a day before GST began or after today, VersionMismatch when the caller has seen others than
    those that stand.
    """
    if said.as_of_on is None or not GST_BEGAN_ON <= said.as_of_on <= books.today:
        raise Invalid(f"The day lies between {GST_BEGAN_ON} and today.", field="date")
    await books.row(_LOCK, of=books.organization_id)
    stored = await standing(books, said.gstin)
    books.expect_version(NOUN, stored.version)
    entered = replace(
        said, version=stored.version + 1, created_at=stored.created_at or books.now, modified_at=books.now
    )
    changes = _changes(stored, entered)
    if not changes:
        return stored
    await books.run(_WRITE, rows=as_rows([entered]))
    books.happened(
        Happening(
            action="GST_OPENING_BALANCES_UPDATED",
            entity_type="GST_OPENING_BALANCES",
            entity_id=said.gstin,
            reference=said.gstin,
            changes=changes,
            summary={"date": said.as_of_on},
        )
    )
    return entered


def _changes(stored: GstOpeningBalances, entered: GstOpeningBalances) -> dict[str, dict[str, Any]]:
    """What the trail tells: the day, and each statement whole."""
    openings = {name.lower(): {"old": stored.told(name), "new": entered.told(name)} for name in StatementName}
    changed = {name: change for name, change in openings.items() if change["old"] != change["new"]}
    return {**difference(stored, entered, ("as_of_on",)), **changed}
