"""What the simulated portal knows of e-way bills, beside its registrations."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.simulator.register import Register

Json = dict[str, Any]

_FIRST_NUMBER = 181000000001


@dataclass(frozen=True, slots=True, kw_only=True)
class Waybill:
    """An e-way bill: its status is ACT, CNL or CLS, ``vehicles`` are what it travelled by, the last last."""

    number: int
    gstin: str
    irn: str | None
    document: str
    document_type: str
    document_number: str
    distance: int
    is_over_dimensional: bool
    made_at: datetime
    valid_until: datetime | None
    status: str = "ACT"
    vehicles: list[Json] = field(default_factory=list)


class Waybills:
    """The e-way bills in a register."""

    def __init__(self, register: Register) -> None:
        self.register = register

    def next_number(self) -> int:
        """Return the next number, of twelve digits."""
        return self.register.next_number("e-way bill", _FIRST_NUMBER)

    def keep(self, bill: Waybill) -> None:
        """Write one, new or changed."""
        ends = bill.valid_until.isoformat() if bill.valid_until else None
        whole = {
            "document_type": bill.document_type,
            "document_number": bill.document_number,
            "distance": bill.distance,
            "is_over_dimensional": bill.is_over_dimensional,
            "made_at": bill.made_at.isoformat(),
            "valid_until": ends,
            "status": bill.status,
            "vehicles": bill.vehicles,
        }
        self.register.connection.execute(
            "insert or replace into waybills (number, organization, since, gstin, irn, document, whole)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (bill.number, *self.register.books, bill.gstin, bill.irn, bill.document, json.dumps(whole)),
        )

    def by_number(self, number: int) -> Waybill | None:
        """Find one."""
        found = self._all("number = ?", number)
        return found[0] if found else None

    def of_document(self, gstin: str, document: str) -> Waybill | None:
        """Find the last one of a document of a registration, but for cancelled ones."""
        found = [bill for bill in self._all("document = ?", document) if bill.gstin == gstin and bill.status != "CNL"]
        return found[-1] if found else None

    def of_irn(self, irn: str) -> Waybill | None:
        """Find the last one of a registered e-invoice, but for cancelled ones."""
        found = [bill for bill in self._all("irn = ?", irn) if bill.status != "CNL"]
        return found[-1] if found else None

    def _all(self, condition: str, value: Any) -> list[Waybill]:
        query = (
            "select number, gstin, irn, document, whole from waybills"  # noqa: S608  # conditions of ours
            f" where organization = ? and since = ? and {condition} order by number"
        )
        values = (*self.register.books, value)
        return [_bill(*row) for row in self.register.connection.execute(query, values).fetchall()]


def _bill(number: int, gstin: str, irn: str | None, document: str, whole: str) -> Waybill:
    said = json.loads(whole)
    made_at, ends = said.pop("made_at"), said.pop("valid_until")
    return Waybill(
        number=number,
        gstin=gstin,
        irn=irn,
        document=document,
        made_at=datetime.fromisoformat(made_at),
        valid_until=datetime.fromisoformat(ends) if ends else None,
        **said,
    )
