"""The two running statements of the portal, by head: what it lets be reclaimed, and credited of reverse charge. Pure.

Electronic credit reversal and re-claimed statement = opening + Σ 4(B)(2) - Σ 4(D)(1); RCM liability/ITC statement =
opening + Σ 3.1(d) - Σ 4(A)(2) - Σ 4(A)(3). A GSTR-3B that reclaims or credits more than stands there is refused.
Source: GSTN advisories of 31-08-2023, 23-08-2024 and 29-12-2025.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from domain.gst.returns.amounts import HEADS, NO_TAX, Tax, tax_of
from domain.gst.returns.inward import ON_REVERSE_CHARGE, Inward, InwardTable
from domain.values import Struct


class StatementName(StrEnum):
    """Which of the two."""

    RECLAIM = "RECLAIM"
    REVERSE_CHARGE = "REVERSE_CHARGE"


class _Tables(Struct, frozen=True):
    title: str
    adding: tuple[InwardTable, ...]
    taking: tuple[InwardTable, ...]


STATEMENTS: Mapping[StatementName, _Tables] = MappingProxyType(
    {
        StatementName.RECLAIM: _Tables(
            "Credit reversed that can be reclaimed", (InwardTable.REVERSED_FOR_A_TIME,), (InwardTable.RECLAIMED,)
        ),
        StatementName.REVERSE_CHARGE: _Tables(
            "Tax paid on reverse charge of which credit can be taken", (InwardTable.REVERSE_CHARGE,), ON_REVERSE_CHARGE
        ),
    }
)
"""The tables of GSTR-3B that add to each statement, and those that take off it."""


class Movement(Struct, frozen=True, kw_only=True):
    """A statement in one month, or in any days: what it stood at, what came and went, what it stands at."""

    month: date | None
    opening: Tax
    added: Tax
    taken: Tax

    @property
    def closing(self) -> Tax:
        """What it stands at in the end."""
        return self.opening + self.added - self.taken


class RunningStatement(Struct, frozen=True, kw_only=True):
    """A statement over some days: all of them together, and month by month."""

    name: StatementName
    whole: Movement
    months: list[Movement]

    @property
    def title(self) -> str:
        """What it tells."""
        return STATEMENTS[self.name].title


class Shortfall(Struct, frozen=True, kw_only=True):
    """Where a return takes more of a head than the statement has: ``available`` before it, and ``taken`` by it."""

    name: StatementName
    head: str
    available: Tax
    taken: Tax

    @property
    def message(self) -> str:
        """What the portal would refuse, with the amounts."""
        available, taken = getattr(self.available, self.head), getattr(self.taken, self.head)
        adding, taking = (" and ".join(tables) for tables in _NAMES[self.name])
        return (
            f"{self.head.upper()}: {taking} takes {taken}, but the statement has {available} with {adding} of this"
            " period. The portal refuses it (GSTN advisory of 29-12-2025)."
        )


_NAMES = {name: (tables.adding, tables.taking) for name, tables in STATEMENTS.items()}


def movement_of(name: StatementName, opening: Tax, inward: Iterable[Inward], *, month: date | None = None) -> Movement:
    """Return what these figures do to a statement that stands at ``opening``."""
    figures = list(inward)
    tables = STATEMENTS[name]
    added = tax_of(each.worth.tax for each in figures if each.table in tables.adding)
    taken = tax_of(each.worth.tax for each in figures if each.table in tables.taking)
    return Movement(month=month, opening=opening, added=added, taken=taken)


def running(name: StatementName, opening: Tax, before: Iterable[Inward], within: Sequence[Inward]) -> RunningStatement:
    """Return a statement over the days of ``within``; ``before`` are the figures between its opening and these days."""
    whole = movement_of(name, movement_of(name, opening, before).closing, within)
    months: list[Movement] = []
    for month in sorted({each.paper.dated_on.replace(day=1) for each in within}):
        stood = months[-1].closing if months else whole.opening
        of_month = [each for each in within if each.paper.dated_on.replace(day=1) == month]
        months.append(movement_of(name, stood, of_month, month=month))
    moving = [month for month in months if month.added != NO_TAX or month.taken != NO_TAX]
    return RunningStatement(name=name, whole=whole, months=moving)


def shortfalls(openings: Mapping[StatementName, Tax], inward: Sequence[Inward]) -> list[Shortfall]:
    """Return where a return with these figures takes more than its statements have; the portal refuses it then.

    ``openings`` are what the statements stood at before the period; less than nought has to be made good first.
    """
    found = []
    for name, opening in openings.items():
        moved = movement_of(name, opening, inward)
        available = moved.opening + moved.added
        found += [
            Shortfall(name=name, head=head, available=available, taken=moved.taken)
            for head in HEADS
            if (getattr(moved.taken, head) > getattr(available, head) and getattr(moved.taken, head) > 0)
            or getattr(available, head) < 0
        ]
    return found
