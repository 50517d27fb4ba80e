"""What happens to money: payments and advances, applied, taken back, refunded, voided."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from domain.payments import applying, recording, voiding
from domain.payments.meeting import Ask
from tests.scenarios.builders import gst
from tests.scenarios.histories.history import Chance, History, called, open_balance
from tests.scenarios.histories.tables import Row

Json = dict[str, Any]

_SETTLED_BY = {"INCOMING": ("INVOICE", "CUSTOMER_DEBIT_NOTE"), "OUTGOING": ("BILL",)}
_PAID_BACK_BY = {"OUTGOING": ("CREDIT_NOTE", "INCOMING"), "INCOMING": ("DEBIT_NOTE", "OUTGOING")}


async def pay(history: History, chance: Chance) -> None:
    """Pay open documents of a contact, with charges of the bank and tax withheld."""
    flow = chance.one_of(["INCOMING", "OUTGOING"])
    documents = history.documents(*_SETTLED_BY[flow], where=open_balance)
    first = chance.one_of(documents)
    asks = _asks(history, chance, [row for row in documents if row["contact_id"] == first["contact_id"]], first)
    total = sum((ask.amount for ask in asks), Decimal(0))
    said: Json = {"flow": flow, "contact_id": first["contact_id"], "amount": chance.one_of([total, total + 100])}
    said |= _rate(history, chance, first["currency_code"])
    if chance.rarely(4):
        said["bank_charges"] = Decimal("11.80")
    if chance.rarely(4):
        said |= {"tds_amount": min(Decimal("10.00"), total), "amount": said["amount"] - min(Decimal("10.00"), total)}
    await _record(history, chance, said, asks)


async def pay_in_advance(history: History, chance: Chance) -> None:
    """Pay for what is to come; for services of ours with the tax inside."""
    flow = chance.one_of(["INCOMING", "OUTGOING"])
    contacts = history.firm.customers if flow == "INCOMING" else history.firm.vendors
    contact = chance.mostly_first(contacts)
    amount = Decimal(chance.one_of(["1180", "500", "33.33", "0.05", "99999.99"]))
    said: Json = {"flow": flow, "contact_id": contact.id, "amount": amount, "payment_type": "ADVANCE"}
    said |= _rate(history, chance, contact.currency_code)
    is_received_in_rupees = flow == "INCOMING" and contact.currency_code == "INR"
    if chance.rarely(2) and (is_received_in_rupees or chance.rarely(8)):
        said |= {"is_service_advance": True} | ({"tax_id": gst("5")} if chance.rarely(3) else {})
    await _record(history, chance, said, [])


async def refund(history: History, chance: Chance) -> None:
    """Pay back what is left of notes and advances of a contact."""
    flow = chance.one_of(["OUTGOING", "INCOMING"])
    kind, received = _PAID_BACK_BY[flow]
    notes = history.documents(kind, where=open_balance)
    advances = history.now.where("payments", lambda row: row["flow"] == received and row["unallocated"])
    first = chance.one_of([*advances, *notes])
    of_same = [row for row in (*advances, *notes) if row["contact_id"] == first["contact_id"]]
    asks = _asks(history, chance, of_same, first)
    total = sum((ask.amount for ask in asks), Decimal(0))
    said: Json = {"flow": flow, "contact_id": first["contact_id"], "amount": total, "payment_type": "REFUND"}
    said |= _rate(history, chance, first["currency_code"])
    if chance.rarely(6):
        said["bank_charges"] = Decimal("5.90")
    await _record(history, chance, said, asks)


async def apply(history: History, chance: Chance) -> None:
    """Apply what is left of a payment to open documents."""
    payment = chance.one_of(history.now.where("payments", lambda row: bool(row["unallocated"])))
    documents = history.documents(*_SETTLED_BY[payment["flow"]], where=open_balance)
    alike = [row for row in documents if row["contact_id"] == payment["contact_id"]]
    first = chance.one_of(documents if chance.rarely(8) else alike)
    asks = _asks(history, chance, alike, first, most=payment["unallocated"])
    day = chance.day() if chance.rarely(3) else None
    history.tell(f"apply {called(payment)}, {_told(history, asks)}, on {day or 'the usual day'}")
    await applying.apply(history.books, payment["id"], asks, on=day)


async def unapply(history: History, chance: Chance) -> None:
    """Take back some of what a payment was applied to."""
    applied = history.now.where("allocations", lambda row: row["payment_id"] and not row["unapplied_at"])
    first = chance.one_of(applied)
    same = [row for row in applied if row["payment_id"] == first["payment_id"]]
    meant = [row["id"] for row in same if row is first or chance.rarely(2)]
    history.tell(f"take back {len(meant)} of {len(same)} allocations of {_payment(history, first['payment_id'])}")
    await applying.unapply(history.books, first["payment_id"], meant)


async def take_back(history: History, chance: Chance) -> None:
    """Void or delete a payment."""
    payment = chance.one_of(history.now["payments"])
    if chance.rarely(3):
        history.tell(f"delete {called(payment)}")
        await voiding.delete(history.books, payment["id"])
    else:
        history.tell(f"void {called(payment)}")
        await voiding.void(history.books, payment["id"], reason=None)


def _asks(
    history: History, chance: Chance, candidates: Sequence[Row], first: Row, *, most: Decimal | None = None
) -> list[Ask]:
    """What to apply to which: to the first, and perhaps to others."""
    meant = [first, *(row for row in candidates if row is not first and chance.rarely(3))]
    asks = []
    for index, row in enumerate(meant):
        left = row["unallocated"] if "unallocated" in row else row["balance"]
        amount = chance.amount(left if most is None else min(left, most))
        is_paper = "unallocated" not in row
        target = {"documents": {row["kind"]: row["id"]}} if is_paper else {"payment_id": row["id"]}
        asks.append(Ask(f"allocations[{index}]", amount, **target))
    return asks


def _rate(history: History, chance: Chance, currency: str) -> Json:
    if currency == "INR":
        return {}
    rate = {"exchange_rate": Decimal(chance.one_of(["85", "79.99", "84.00755"]))} if chance.rarely(2) else {}
    return {"currency_code": currency, **rate}


async def _record(history: History, chance: Chance, said: Json, asks: Sequence[Ask]) -> None:
    if chance.rarely(3):
        said["dated_on"] = chance.day()
    if chance.rarely(8):
        said["branch_id"] = history.firm.branches[1]
    told = ", ".join(f"{name} {value}" for name, value in said.items() if not name.endswith("_id"))
    history.tell(f"payment of {history.name(said['contact_id'])}: {told}; {_told(history, asks)}")
    await recording.record(history.books, said, asks)


def _told(history: History, asks: Sequence[Ask]) -> str:
    names = {row["id"]: called(row) for row in (*history.now["documents"], *history.now["payments"])}
    return ", ".join(f"{ask.amount} to {names[ask.target_id]}" for ask in asks) or "on account"


def _payment(history: History, key: str) -> str:
    return called(next(row for row in history.now["payments"] if row["id"] == key))
