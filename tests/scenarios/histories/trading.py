"""What happens to documents: drafted, approved, changed, answered, converted, corrected, voided, deleted."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from domain.contacts import Contact
from domain.documents import bulk, crediting, lifecycle, write_offs
from domain.documents.conversion import convert
from domain.documents.kinds import KIND_NAMED, Effect, Kind, Side
from domain.errors import Refusal
from tests.scenarios.builders import gst
from tests.scenarios.histories.history import Chance, History, called, open_balance
from tests.scenarios.histories.tables import Row

Json = dict[str, Any]

_RATES = ("100", "249.99", "33.33", "0.05", "1234.56", "99999.99", "0")
_QUANTITIES = ("1", "2", "3", "10", "0.5", "7.125")
_TAXES = ("18", "5", "12")
_CESSES = ("0.335", "2.5", "4.17", "0.000001")
_ACCOUNTS = {Side.SALE: ("4530", "4020"), Side.PURCHASE: ("5240", "1540", "5030")}
_ITC: tuple[Json, ...] = (
    {},
    {},
    {"itc_eligibility": "BLOCKED", "itc_blocked_reason": "17(5)(b)(i)"},
    {"itc_eligibility": "ELIGIBLE"},
    {"itc_eligibility": "NONE"},
)
_ON_A_LINE: tuple[Json, ...] = (
    {"discount": Decimal("3.33")},
    {"discount_percent": Decimal("12.5")},
    {"discount_percent": Decimal(100)},
)
_ON_ALL: tuple[Json, ...] = (
    {"discount_percent": Decimal(10)},
    {"discount": Decimal("7.77")},
    {"untaxed_charges": Decimal("50.50")},
    {"is_inclusive_tax": True},
    {"place_of_supply": "IN-KA"},
    {"reference_number": "PO-7"},
)
_OPERATOR = "29AABCF8078M1C8"
_ON_SALES: tuple[Json, ...] = (
    {"is_export_with_payment": True},
    {"is_reverse_charge": True},
    {"ecommerce_operator_gst_no": _OPERATOR, "ecommerce_section": "SECTION_52"},
    {"ecommerce_operator_gst_no": _OPERATOR, "ecommerce_section": "SECTION_9_5"},
)
_ON_PURCHASES: tuple[Json, ...] = (
    {"is_reverse_charge": True},
    {"tds_percent": Decimal(10)},
    {"tds_amount": Decimal("20.00")},
    {"round_off": Decimal("0.37")},
)
_OFFERS = ("SALES_ORDER", "ESTIMATE", "PURCHASE_ORDER", "DELIVERY_CHALLAN")
_NOTES = ("CREDIT_NOTE", "DEBIT_NOTE", "CUSTOMER_DEBIT_NOTE")
_OWED = ("INVOICE", "BILL", "CUSTOMER_DEBIT_NOTE")
_CHARGING_NOTHING = frozenset(("UNREGISTERED", "COMPOSITION", "OVERSEAS"))


async def sell(history: History, chance: Chance) -> None:
    """Write an invoice."""
    await _write(history, chance, KIND_NAMED["INVOICE"])


async def buy(history: History, chance: Chance) -> None:
    """Enter a bill."""
    await _write(history, chance, KIND_NAMED["BILL"])


async def offer(history: History, chance: Chance) -> None:
    """Write an estimate or an order."""
    await _write(history, chance, KIND_NAMED[chance.one_of(_OFFERS)])


async def write_free_note(history: History, chance: Chance) -> None:
    """Write a note on nothing in particular."""
    await _write(history, chance, KIND_NAMED[chance.one_of(_NOTES)])


async def correct(history: History, chance: Chance) -> None:
    """Write a note on an invoice or bill, on some of its lines."""
    original = chance.one_of(history.documents("INVOICE", "BILL", where=lambda row: bool(row["journal_id"])))
    kind = chance.mostly_first([kind for kind in KIND_NAMED.values() if kind.corrects == original["kind"]])
    noted = _taken_back if kind.takes_back else _charged
    lines = [noted(chance, line) for line in _lines_of(history, original) if not chance.rarely(4)]
    said: Json = {"contact_id": original["contact_id"], "parent_id": original["id"]}
    said |= {"is_without_gst": True} if kind.takes_back and chance.rarely(6) else {}
    day = chance.day()
    if day.isoformat() >= original["dated_on"] or chance.rarely(8):
        said["dated_on"] = day
    if said.get("is_without_gst"):
        lines = [{**line, "tax_id": None} for line in lines]
    await _write_said(history, chance, kind, said, lines, of=f" on {called(original)}")


def _taken_back(chance: Chance, line: Row) -> Json:
    names = ("item_id", "account_id", "name", "hsn_or_sac", "rate", "tax_id", "discount_percent")
    quantity = chance.one_of([line["quantity"], line["quantity"] / 2, Decimal(1)])
    if chance.rarely(2):
        of_line = {"name": line["name"], "item_id": line["item_id"], "corrected_line_id": line["id"]}
        return {**of_line, "quantity": quantity.quantize(Decimal("0.001"))}
    return {**{name: line[name] for name in names}, "quantity": quantity.quantize(Decimal("0.001"))}


def _charged(chance: Chance, line: Row) -> Json:
    """What was charged too little for a line: more of it, a higher price, or an amount in words."""
    of_line = {"name": line["name"], "item_id": line["item_id"], "quantity": chance.one_of([line["quantity"], 3])}
    words = {"name": "Prices of this year", "rate": Decimal("75.50"), "hsn_or_sac": line["hsn_or_sac"]}
    return chance.one_of([of_line, {**of_line, "rate": Decimal("12.35")}, {**words, "tax_id": line["tax_id"]}])


async def approve(history: History, chance: Chance) -> None:
    """Approve a draft, or (rarely) try it with something else."""
    drafts = history.documents(where=lambda row: row["status"] == "DRAFT")
    head = chance.one_of(history.documents()) if chance.rarely(8) else chance.mostly_first(drafts[::-1])
    history.tell(f"approve {called(head)} of {history.name(head['contact_id'])}")
    await lifecycle.approve(history.books, KIND_NAMED[head["kind"]], head["id"])


async def amend(history: History, chance: Chance) -> None:
    """Change a draft, what is open, or (rarely) anything."""
    changeable = history.documents(where=lambda row: row["status"] in KIND_NAMED[row["kind"]].statuses.editable)
    head = chance.one_of(history.documents() if chance.rarely(8) else changeable)
    kind, lines = KIND_NAMED[head["kind"]], [{"id": line["id"]} for line in _lines_of(history, head)]
    said: Json = {}
    if chance.rarely(3):
        said["dated_on"] = chance.day()
    if chance.rarely(3):
        said["contact_id"] = _contact(history, chance, kind).id
    if chance.rarely(3):
        said |= _particulars(chance, kind)
    sent: list[Json] | None = None
    if not said or chance.rarely(2):
        sent = [{**line, "quantity": Decimal(chance.one_of(_QUANTITIES))} for line in lines if not chance.rarely(4)]
        sent += [_line(history, chance, kind, is_taxed=True)] if not sent or chance.rarely(4) else []
    history.tell(f"change {called(head)}: {_told(said)} {_told_lines(sent or [])}")
    await lifecycle.amend(history.books, kind, head["id"], said, sent)


async def void(history: History, chance: Chance) -> None:
    """Void a document, every other time one that is settled or made of another, if there is one."""
    approved = history.documents(where=lambda row: bool(row["approved_at"]) or chance.rarely(8))
    made = {line["document_id"] for line in history.now["document_lines"] if line["source_id"]}
    settled = ("payment_made", "amount_credited", "amount_written_off")
    entangled = [row for row in approved if row["id"] in made or any(row[name] for name in settled)]
    head = chance.mostly_first(entangled[::-1]) if entangled and chance.rarely(2) else chance.one_of(approved)
    history.tell(f"void {called(head)}")
    await lifecycle.void(history.books, KIND_NAMED[head["kind"]], head["id"], reason="A mistake")


async def delete(history: History, chance: Chance) -> None:
    """Delete a draft, or (rarely) try it with something else."""
    head = chance.one_of(history.documents(where=lambda row: row["status"] == "DRAFT" or chance.rarely(16)))
    history.tell(f"delete {called(head)} of {history.name(head['contact_id'])}")
    await lifecycle.delete(history.books, KIND_NAMED[head["kind"]], head["id"])


async def answer(history: History, chance: Chance) -> None:
    """Accept or decline an estimate."""
    head = chance.one_of(history.documents("ESTIMATE"))
    verb = chance.one_of(["ACCEPTED", "DECLINED"])
    history.tell(f"{called(head)} is {verb.lower()}")
    await lifecycle.answer(history.books, KIND_NAMED["ESTIMATE"], head["id"], verb)


async def make(history: History, chance: Chance) -> None:
    """Convert an estimate or an order, whole or in parts."""
    source = chance.one_of(history.documents(*_OFFERS, where=lambda row: row["status"] != "DRAFT" or chance.rarely(8)))
    kind = KIND_NAMED[source["kind"]]
    target = KIND_NAMED[chance.one_of(kind.becomes)]
    wanted = None
    if chance.rarely(2):
        lines = [line for line in _lines_of(history, source) if not chance.rarely(4)]
        wanted = [_part(chance, line) for line in lines]
    said = {"dated_on": chance.day()} if chance.rarely(4) else {}
    history.tell(f"make {target.title.lower()} of {called(source)}: {_told_lines(wanted) if wanted else 'all'}")
    await convert(history.books, kind, source["id"], target, wanted=wanted, said=said)


def _part(chance: Chance, line: Row) -> Json:
    left = line["quantity"] - line["converted_quantity"]
    quantity = chance.one_of([left, left / 2, left / 3, Decimal(1), left + 1]).quantize(Decimal("0.000001"))
    return {"id": line["id"], "quantity": max(quantity, Decimal("0.000001"))}


async def apply_note(history: History, chance: Chance) -> None:
    """Apply a note to an open document, mostly of the same contact."""
    note = chance.one_of(history.documents("CREDIT_NOTE", "DEBIT_NOTE", where=open_balance))
    kind = KIND_NAMED[note["kind"]]
    candidates = history.documents(*kind.settles, where=open_balance)
    alike = [row for row in candidates if row["contact_id"] == note["contact_id"]]
    document = chance.one_of(candidates if chance.rarely(8) else alike)
    amount = None if chance.rarely(2) else chance.amount(min(note["balance"], document["balance"]))
    day = chance.day() if chance.rarely(3) else None
    history.tell(f"apply {amount or 'all'} of {called(note)} to {called(document)} on {day or 'the usual day'}")
    target = KIND_NAMED[document["kind"]]
    await crediting.apply(history.books, kind, note["id"], document["id"], amount=amount, on=day, target=target)


async def unapply_note(history: History, chance: Chance) -> None:
    """Take back what notes were applied to."""
    applied = history.now.where("allocations", lambda row: row["note_id"] and not row["unapplied_at"])
    first = chance.one_of(applied)
    meant = [row["id"] for row in applied if row is first or (row["note_id"] == first["note_id"] and chance.rarely(2))]
    note = history.documents(where=lambda row: row["id"] == first["note_id"])[0]
    history.tell(f"take back {len(meant)} allocations of {called(note)}")
    await crediting.unapply(history.books, KIND_NAMED[note["kind"]], note["id"], meant)


async def write_off(history: History, chance: Chance) -> None:
    """Write off an open invoice or bill, whole or in part."""
    head = chance.one_of(history.documents(*_OWED, where=lambda row: open_balance(row) or chance.rarely(16)))
    amount = None if chance.rarely(2) else chance.amount(head["balance"])
    day = chance.day() if chance.rarely(3) else None
    history.tell(f"write {amount or 'all'} of {called(head)} off on {day or 'the usual day'}")
    kind = KIND_NAMED[head["kind"]]
    await write_offs.write_off(history.books, kind, head["id"], amount=amount, on=day, reason=None)


async def cancel_write_off(history: History, chance: Chance) -> None:
    """Take back what was written off."""
    written_off = history.documents(*_OWED, where=lambda row: row["amount_written_off"] or chance.rarely(16))
    head = chance.one_of(written_off)
    history.tell(f"take back what was written off {called(head)}")
    await write_offs.cancel(history.books, KIND_NAMED[head["kind"]], head["id"])


async def write_many(history: History, chance: Chance) -> None:
    """Write several invoices or bills at once, some of them wrong."""
    kind = KIND_NAMED[chance.one_of(["INVOICE", "BILL"])]
    drafts = [_drafted(history, chance, kind) for _ in range(1 + chance.number(4))]
    rows = [bulk.Said(said, lines, is_opened=not chance.rarely(3)) for said, lines in drafts]
    if chance.rarely(3):
        rows.insert(0, bulk.Said({"contact_id": "ct_nobody"}, rows[0].lines, is_opened=True))
    together = chance.rarely(3)
    history.tell(f"write {len(rows)} {kind.plural} at once" + (", all or nothing" if together else ""))
    outcomes = await bulk.create(history.books, kind, rows, is_all_or_nothing=together)
    refused = [outcome.message for outcome in outcomes if isinstance(outcome, Refusal)]
    history.tell(f"{history.sentence}; {len(refused)} refused: {' '.join(refused)}")
    assert not (together and refused) or len(refused) == len(rows), "all or nothing is neither"


async def _write(history: History, chance: Chance, kind: Kind) -> None:
    said, lines = _drafted(history, chance, kind)
    await _write_said(history, chance, kind, said, lines)


async def _write_said(
    history: History, chance: Chance, kind: Kind, said: Json, lines: Sequence[Json], *, of: str = ""
) -> None:
    is_opened = not chance.rarely(4)
    verb = kind.statuses.verb.lower() if is_opened else "drafted"
    party = f"{history.name(said['contact_id'])}{of}"
    history.tell(f"{kind.title.lower()} of {party}, {verb}: {_told(said)} {_told_lines(lines)}")
    write = lifecycle.draft_and_approve if is_opened else lifecycle.draft
    await write(history.books, kind, said, lines)


def _drafted(history: History, chance: Chance, kind: Kind) -> tuple[Json, list[Json]]:
    contact = _contact(history, chance, kind)
    said: Json = {"contact_id": contact.id, "dated_on": chance.day()}
    while chance.rarely(2):
        said |= _particulars(chance, kind)
    if chance.rarely(6):
        said["branch_id"] = history.firm.branches[1]
    if contact.currency_code != "INR" and chance.rarely(3):
        said["exchange_rate"] = Decimal(chance.one_of(["90", "81.2345", "0.0071"]))
    if chance.rarely(16) and kind.effect is not Effect.NONE:
        said |= {"is_opening_balance": True, "number": f"OLD-{len(history.now['documents'])}"}
    is_taxed = not _is_untaxed(history, kind, contact) or bool(said.get("is_reverse_charge"))
    return said, [_line(history, chance, kind, is_taxed=is_taxed) for _ in range(1 + chance.number(3))]


def _contact(history: History, chance: Chance, kind: Kind) -> Contact:
    firm = history.firm
    usual = firm.customers if kind.side is Side.SALE else firm.vendors
    return chance.one_of([*firm.contacts.values()]) if chance.rarely(24) else chance.mostly_first(usual)


def _is_untaxed(history: History, kind: Kind, contact: Contact) -> bool:
    if kind.side is Side.SALE:
        return "composition" in history.firm.name
    return contact.gst_treatment in _CHARGING_NOTHING


def _particulars(chance: Chance, kind: Kind) -> Json:
    return chance.one_of((*_ON_ALL, *(_ON_SALES if kind.side is Side.SALE else _ON_PURCHASES)))


def _line(history: History, chance: Chance, kind: Kind, *, is_taxed: bool) -> Json:
    firm = history.firm
    line: Json = {"name": "Furniture", "hsn_or_sac": "940360", "rate": Decimal(chance.one_of(_RATES))}
    line |= {"quantity": Decimal(chance.one_of(_QUANTITIES))}
    if is_taxed != chance.rarely(20):
        cess = {"cess": "12"} if chance.rarely(6) else {}
        line["tax_id"] = gst("28", **cess) if cess else gst(chance.one_of(_TAXES))
        line |= {"cess_per_unit": Decimal(chance.one_of(_CESSES))} if chance.rarely(6) else {}
    if chance.rarely(6):
        line = {"item_id": chance.one_of(firm.items).id, "quantity": line["quantity"]}
    elif chance.rarely(8):
        line = {**line, "tax_id": None, "tax_category": "EXEMPT"}
    if chance.rarely(6):
        line |= chance.one_of(_ON_A_LINE)
    if chance.rarely(6):
        line["account_id"] = firm.account[chance.one_of(_ACCOUNTS[kind.side])]
    if chance.rarely(6):
        line["cost_center_id"] = firm.cost_center
    if kind.side is Side.PURCHASE:
        line |= chance.one_of(_ITC) if chance.rarely(3) else {}
    return line


def _lines_of(history: History, head: Row) -> list[Row]:
    lines = history.now.where("document_lines", lambda line: line["document_id"] == head["id"])
    return sorted(lines, key=lambda line: int(line["position"]))


def _told(said: Json) -> str:
    return ", ".join(f"{name} {value}" for name, value in said.items() if not name.endswith("_id"))


def _told_lines(lines: Sequence[Json]) -> str:
    shown = (
        "quantity",
        "rate",
        "tax_id",
        "cess_per_unit",
        "discount",
        "discount_percent",
        "tax_category",
        "itc_eligibility",
    )
    return "; ".join(
        " ".join(f"{name} {line[name]}" for name in shown if line.get(name)) or "as it was" for line in lines
    )
