"""A document as a return shows it, and a hash of that: two that are alike show the same.

Names of contacts and the like, which no return has, are kept with it for people and leave the hash as it is.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.gst.returns.advances import Advance, AdvanceTable
from domain.gst.returns.inward import Inward
from domain.gst.returns.sections import Section
from domain.gst.returns.sums import OutwardSum
from domain.gst.returns.supplies import Outward
from domain.statements import as_json
from domain.values import Struct, asdict, field, replace

_UNTOLD = frozenset(("contact_id", "contact_name", "branch_id", "why", "document_id", "paper"))
_HASHED_BYTES = 16


class Shown(Struct, frozen=True, kw_only=True):
    """What a return tells of one document: its rows of supplies or purchases, what is added up, and of an advance.

    ``document_id`` is that of the document, expense, bill of entry, adjustment or advance; what moved of an advance
    later on has the period behind it (``pay_…/112026``), for each period tells that anew.
    """

    document_id: str
    document_type: str
    number: str | None
    dated_on: date
    outward: list[Outward] = field(default_factory=list)
    sums: list[OutwardSum] = field(default_factory=list)
    advances: list[Advance] = field(default_factory=list)
    inward: list[Inward] = field(default_factory=list)

    @property
    def section(self) -> str:
        """The main one that it stands in: that of its taxed lines, where it has any."""
        for row in self.outward:
            if row.section is not Section.NIL:
                return row.section
        if self.outward:
            return Section.NIL
        return self.advances[0].table if self.advances else self.inward[0].table

    @property
    def hash(self) -> str:
        """The hash of what the return tells."""
        told = [sorted(as_json(_told(row)) for row in rows) for rows in (self.outward, self.sums, self.advances)]
        bought = sorted(as_json([row.table, row.is_interstate, row.rate, row.worth]) for row in self.inward)
        text = as_json([self.number, self.dated_on, *told, bought])
        return hashlib.blake2b(text.encode(), digest_size=_HASHED_BYTES).hexdigest()

    def of_sections(self, *sections: Section) -> "Shown":
        """The same with the rows of some tables only, and nothing that is added up."""
        return replace(self, outward=[row for row in self.outward if row.section in sections], sums=[], advances=[])


def as_shown(
    outward: Iterable[Outward] = (),
    sums: Iterable[tuple[str, OutwardSum]] = (),
    advances: Iterable[Advance] = (),
    inward: Iterable[Inward] = (),
    *,
    period: str = "",
) -> list[Shown]:
    """Gather the rows of a return by their documents, in the order in which these come first."""
    gathered: dict[str, Shown] = {}
    for supplied in outward:
        _place(gathered, supplied.document_id, supplied.kind, supplied.number, supplied.dated_on).outward.append(
            supplied
        )
    for document_id, added in sums:
        gathered[document_id].sums.append(added)
    for advance in advances:
        key = advance.payment_id if advance.table is AdvanceTable.RECEIVED else f"{advance.payment_id}/{period}"
        _place(gathered, key, "PAYMENT", advance.number, advance.received_on).advances.append(advance)
    for bought in inward:
        paper = bought.paper
        _place(gathered, paper.document_id, paper.kind, paper.number, paper.dated_on).inward.append(bought)
    return list(gathered.values())


def turned(rows: Sequence[Outward]) -> list[Outward]:
    """The same rows taken back: what was added is taken off."""
    return [replace(row, sign=-row.sign) for row in rows]


def turned_moves(moved: Sequence[Advance]) -> list[Advance]:
    """The same moves of advances taken back."""
    return [replace(row, sign=-row.sign) for row in moved]


def turned_sums(sums: Sequence[OutwardSum]) -> list[OutwardSum]:
    """The same sums taken back."""
    return [replace(row, sign=-row.sign) for row in sums]


def _place(gathered: dict[str, Shown], key: str, kind: str, number: str | None, on: date) -> Shown:
    if key not in gathered:
        gathered[key] = Shown(document_id=key, document_type=kind, number=number, dated_on=on)
    return gathered[key]


def _told(row: Outward | OutwardSum | Advance) -> dict[str, Any]:
    """The members that a return has, numbers without the zeros that a scale adds."""
    return {name: _plain(value) for name, value in asdict(row).items() if name not in _UNTOLD}


def _plain(value: Any) -> Any:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
