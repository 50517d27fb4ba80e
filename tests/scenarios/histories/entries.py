"""What else happens in the books: expenses, customs, journals by hand, input tax credit, and the lock date."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain import itc_adjustments
from domain.bills_of_entry import life as customs
from domain.expenses import life
from domain.expenses.reckoning import Said
from domain.ledger import manual_journals
from domain.statements import Statement
from tests.scenarios.builders import gst
from tests.scenarios.histories.history import DAYS, Chance, History
from tests.scenarios.histories.tables import Row

Json = dict[str, Any]

_AMOUNTS = ("118", "250.50", "33.33", "0.05", "10000")
_COSTS = ("5210", "5240", "1540", "5270")
_LOCK_DAYS = ("2026-03-31", "2026-10-31", "2026-11-05", "2026-11-20", DAYS[0])
_LOCK = Statement("update organizations set locked_until = %(day)s where id = %(organization_id)s")


async def spend(history: History, chance: Chance) -> None:
    """Enter an expense."""
    said = _spent(history, chance)
    history.tell(f"expense: {_told(said)}")
    await life.record(history.books, said)


async def change_expense(history: History, chance: Chance) -> None:
    """Change an expense: its notes only, or what it posted."""
    expense = chance.one_of(history.now.where("expenses", lambda row: row["deleted_at"] is None))
    if chance.rarely(3):
        said = Said({"notes": "Paid by Meera"}, {}, None)
    elif chance.rarely(2):
        said = Said({"dated_on": chance.day()}, {}, None)
    else:
        said = _spent(history, chance)
    history.tell(f"change the expense of {expense['total']} of {expense['dated_on']}: {_told(said)}")
    await life.amend(history.books, expense["id"], said)


async def delete_expense(history: History, chance: Chance) -> None:
    """Delete an expense."""
    expense = chance.one_of(history.now["expenses"])
    history.tell(f"delete the expense of {expense['total']} of {expense['dated_on']}")
    await life.delete(history.books, expense["id"])


def _spent(history: History, chance: Chance) -> Said:
    firm = history.firm
    head: Json = {"dated_on": chance.day(), "paid_through_account_id": firm.account[chance.one_of(["1100", "1000"])]}
    shared: Json = {"account_id": firm.account[chance.one_of(_COSTS)]}
    is_taxed, is_reverse = chance.rarely(2), chance.rarely(4)
    if chance.rarely(2):
        vendor = chance.one_of(firm.vendors)
        head |= {"contact_id": vendor.id, "currency_code": vendor.currency_code}
        is_taxed = is_taxed and (is_reverse or vendor.gst_treatment == "REGISTERED" or chance.rarely(8))
    if chance.rarely(6):
        head |= {"currency_code": "USD", "exchange_rate": Decimal("83.1415")}
    if is_taxed:
        shared["tax_id"] = gst(chance.one_of(["18", "5", "12"]))
        head |= {"is_reverse_charge": True} if is_reverse else {"is_inclusive_tax": chance.rarely(2)}
    if is_taxed and chance.rarely(4):
        shared["itc_blocked_reason"] = "17(5)(b)(ii)"
    lines = [{"amount": Decimal(chance.one_of(_AMOUNTS))} for _ in range(1 + chance.number(3))]
    return Said(head, shared, lines)


def _told(said: Said) -> str:
    told = [
        f"{name} {value}" for name, value in {**said.head, **said.shared}.items() if not name.endswith("account_id")
    ]
    return ", ".join((*told, *(str(line["amount"]) for line in said.lines or ())))


async def clear_customs(history: History, chance: Chance) -> None:
    """Enter a bill of entry."""
    line: Json = {
        "description": "Tiles",
        "hsn_or_sac": "690721",
        "assessable_value": Decimal(chance.one_of(_AMOUNTS)),
        "customs_duty": Decimal(chance.one_of(_AMOUNTS)),
        "tax_id": gst("18"),
    }
    if chance.rarely(3):
        line |= {"itc_eligibility": "BLOCKED", "itc_blocked_reason": "17(5)(g)"}
    said = {"number": str(4567891 + chance.number(8)), "port_code": "INNSA1", "dated_on": chance.day()}
    history.tell(f"bill of entry {said['number']} of {said['dated_on']}")
    await customs.record(history.books, said, [line])


async def void_customs(history: History, chance: Chance) -> None:
    """Void a bill of entry."""
    entry = chance.one_of(history.now["bills_of_entry"])
    history.tell(f"void bill of entry {entry['number']}")
    await customs.void(history.books, entry["id"], reason=None)


async def enter_journal(history: History, chance: Chance) -> None:
    """Enter a journal by hand, rarely on a control account or out of balance."""
    account, amount = history.firm.account, Decimal(chance.one_of(_AMOUNTS))
    other = account[chance.one_of(["1590", "2180", "1100", "5930"] if not chance.rarely(8) else ["1200", "2010"])]
    credit = amount + Decimal("0.01") if chance.rarely(12) else amount
    lines = [{"account_id": account["5370"], "debit": amount}, {"account_id": other, "credit": credit}]
    day = chance.day()
    history.tell(f"journal of {amount} on {day}")
    await manual_journals.enter(history.books, {"entry_on": day}, lines)


async def take_back_journal(history: History, chance: Chance) -> None:
    """Reverse or delete a journal; mostly one that was entered by hand."""
    by_hand = history.now.where("journals", lambda row: row["source_type"] == "MANUAL" or chance.rarely(16))
    journal = chance.one_of(by_hand)
    if chance.rarely(2):
        day = chance.day() if chance.rarely(2) else None
        history.tell(f"reverse the {journal['source_type']} journal of {journal['total']} on {day or 'the usual day'}")
        await manual_journals.reverse_on(history.books, journal["id"], on=day, narration=None)
    else:
        history.tell(f"delete the {journal['source_type']} journal of {journal['total']}")
        await manual_journals.delete(history.books, journal["id"])


async def reverse_credit(history: History, chance: Chance) -> None:
    """Reverse input tax credit, for good or for a time."""
    reason = chance.one_of(["RULE_37", "RULE_42", "SECTION_17_5", "OTHER"])
    said: Json = {"kind": "REVERSAL", "reason": reason, "dated_on": chance.day(), **_heads(chance, None)}
    if reason in ("RULE_37", "OTHER"):
        said["account_id"] = history.firm.account["1450"]
    history.tell(f"reverse credit under {reason}")
    await itc_adjustments.enter(history.books, said)


async def reclaim_credit(history: History, chance: Chance) -> None:
    """Reclaim credit that was reversed for a time."""
    reversal = chance.one_of(history.now.where("itc_adjustments", lambda row: row["kind"] == "REVERSAL"))
    said: Json = {"kind": "RECLAIM", "dated_on": chance.day(), **_heads(chance, reversal)}
    said |= {"reason": reversal["reason"], "reversal_id": reversal["id"], "branch_id": reversal["branch_id"]}
    history.tell(f"reclaim of {reversal['total']} under {reversal['reason']}")
    await itc_adjustments.enter(history.books, said)


def _heads(chance: Chance, reversal: Row | None) -> Json:
    amount = Decimal(chance.one_of(_AMOUNTS))
    if reversal is None:
        return chance.one_of([{"cgst_amount": amount, "sgst_amount": amount}, {"igst_amount": amount}])
    names = [name for name in ("cgst_amount", "sgst_amount", "igst_amount") if reversal[name]]
    return {name: chance.amount(reversal[name]) for name in names}


async def delete_adjustment(history: History, chance: Chance) -> None:
    """Take back a reversal or a reclaim."""
    adjustment = chance.one_of(history.now["itc_adjustments"])
    history.tell(f"take back the {adjustment['kind'].lower()} of {adjustment['total']}")
    await itc_adjustments.delete(history.books, adjustment["id"])


async def lock(history: History, chance: Chance) -> None:
    """Lock the books up to a day, never an earlier one than before."""
    day = max(
        chance.one_of(["2026-03-31", "2026-10-31", "2026-11-05", "2026-11-20", DAYS[0]]), history.now.locked_until or ""
    )
    history.tell(f"lock the books up to {day}")
    await history.books.run(_LOCK, day=date.fromisoformat(day))
