"""What holds of the papers themselves: balances, statuses, allocations, taxes, numbers, conversions, notes.

Source: issue 3, and gst-rules, part 19.
"""

import re
from collections import defaultdict
from decimal import Decimal
from typing import Any

from domain.documents.kinds import KIND_NAMED, Effect
from domain.documents.status import after_settling
from tests.scenarios.histories.firms import Firm
from tests.scenarios.histories.plain_postings import HEADS, NOTES, POSTING, paise
from tests.scenarios.histories.tables import NONE, Row, Tables, stands, total_of

_NUMBER = re.compile(r"^(.*?)(\d+)$")

# An accountant's words: a document by what is left of it, what was paid, and what was credited.
_GIVING = {"CREDIT_NOTE": ("ISSUED", "ISSUED", "APPLIED"), "DEBIT_NOTE": ("ISSUED", "ISSUED", "APPLIED")}
_OWED = {"INVOICE": "SENT", "BILL": "OPEN", "CUSTOMER_DEBIT_NOTE": "ISSUED"}
# What each is while nothing, something, and everything of it is settled.
_SETTLED = {**_GIVING, **{kind: (opened, "PARTIALLY_PAID", "PAID") for kind, opened in _OWED.items()}}
_BY_CREDITS = ("INVOICE", "CUSTOMER_DEBIT_NOTE")
_ORDERS = {
    "SALES_ORDER": ("OPEN", "PARTIALLY_INVOICED", "INVOICED"),
    "PURCHASE_ORDER": ("OPEN", "PARTIALLY_BILLED", "BILLED"),
    "DELIVERY_CHALLAN": ("OPEN", "PARTIALLY_INVOICED", "INVOICED"),
}


def statuses_follow(firm: Firm, now: Tables) -> None:
    """The balance follows from the money, and the status from the balance."""
    for head in now["documents"]:
        kind, money = head["kind"], tuple(head[name] for name in _MONEY)
        if head["voided_at"] is not None:
            assert head["status"] == "CANCELLED" and not any(money), f"{head['number']} is void: {money}"
        elif head["approved_at"] is None:
            assert (head["status"], head["journal_id"], any(money[1:])) == ("DRAFT", None, False)
        elif kind in POSTING:
            balance, paid, credited, written_off = money
            assert balance == head["total"] - head["tds_amount"] - paid - credited - written_off
            assert head["status"] == _status_of(kind, *money), f"{head['number']} is {head['status']}: {money}"
            told = after_settling(KIND_NAMED[kind], balance=balance, paid=paid + written_off, credited=credited)
            assert head["status"] == told


_MONEY = ("balance", "payment_made", "amount_credited", "amount_written_off")


def _status_of(kind: str, balance: Decimal, paid: Decimal, credited: Decimal, written_off: Decimal) -> str:
    opened, in_part, in_full = _SETTLED[kind]
    if balance:
        return in_part if paid or credited or written_off else opened
    is_credited = credited and not paid and not written_off
    return "CREDIT_APPLIED" if kind in _BY_CREDITS and is_credited else in_full


def allocations_add_up(firm: Firm, now: Tables) -> None:
    """What was given equals what was taken, on payments, notes and documents; and what was written off is known."""
    paid, credited, given, written_off = (defaultdict[str, Decimal](Decimal) for _ in range(4))
    for each in now["allocations"]:
        if each["unapplied_at"] is not None:
            continue
        if each["is_write_off"]:
            written_off[each["document_id"]] += each["amount"]
            continue
        given[each["payment_id"] or each["note_id"]] += each["amount"]
        if each["refunded_payment_id"] is not None:
            given[each["refunded_payment_id"]] += each["amount"]
        else:
            (paid if each["payment_id"] else credited)[each["document_id"]] += each["amount"]
    for head in now["documents"]:
        own = given[head["id"]] if head["kind"] in NOTES else credited[head["id"]]
        assert (head["payment_made"], head["amount_credited"]) == (paid[head["id"]], own), head["number"]
        assert head["amount_written_off"] == written_off[head["id"]], head["number"]
    for payment in now["payments"]:
        settlement = payment["amount"] + payment["tds_amount"]
        settlement += payment["bank_charges"] if payment["flow"] == "INCOMING" else 0
        left = NONE if payment["voided_at"] else settlement - given[payment["id"]]
        assert payment["unallocated"] == left, payment["number"]
        assert not payment["voided_at"] or not given[payment["id"]]


def taxes_add_up(firm: Firm, now: Tables) -> None:
    """Within a state CGST equals SGST and there is no IGST, between states the reverse; heads are sums of lines."""
    lines = now.by("document_lines", "document_id")
    for head in now["documents"]:
        _check_split(head, "total")
        for line in lines[head["id"]]:
            _check_split({**line, "supply_type": head["supply_type"]}, "amount")
        for name in HEADS:
            assert head[f"{name}_total"] == total_of(lines[head["id"]], f"{name}_amount")
        assert head["taxable_total"] == total_of(lines[head["id"]], "taxable_amount")
        is_anothers = head["is_reverse_charge"] or head["is_tax_paid_by_operator"]
        tax = NONE if is_anothers else total_of([head], *(f"{name}_total" for name in HEADS))
        assert head["total"] == head["taxable_total"] + tax + head["untaxed_charges"] + head["round_off"]
    for expense in now["expenses"]:
        _check_split(expense, "total")
    for payment in now["payments"]:
        _check_split(payment, "amount")
        _check_split(payment, "left")


def cess_is_reckoned_on_value_and_units(firm: Firm, now: Tables) -> None:
    """Per cent of the value and rupees a unit, each rounded by itself: of papers in rupees on prices without tax."""
    lines = now.by("document_lines", "document_id")
    for head in now["documents"]:
        if head["is_inclusive_tax"] or head["exchange_rate"] != 1 or head["parent_id"] or head["tax_as_printed"]:
            continue
        is_taxed = any(head[f"{name}_total"] for name in HEADS)
        for line in lines[head["id"]] if is_taxed else ():
            of_units = paise(line["quantity"] * line["cess_per_unit"])
            assert line["cess_amount"] == paise(line["taxable_amount"] * line["cess_percentage"] / 100) + of_units


def _check_split(row: Row, of: str) -> None:
    cgst, sgst, igst = (row[f"{head}_{of}"] for head in ("cgst", "sgst", "igst"))
    assert cgst == sgst, f"CGST {cgst} and SGST {sgst} differ"
    assert (igst if row["supply_type"] == "INTRA_STATE" else cgst) == 0, f"wrong heads of tax: {row}"


def advances_bear_the_tax_inside(firm: Firm, now: Tables) -> None:
    """The tax in what is left of an advance is that inside it, but for a paisa for each time it was applied."""
    allocations = now.by("allocations", "payment_id")
    refunded = now.by("allocations", "refunded_payment_id")
    for payment in now["payments"]:
        left = total_of([payment], "cgst_left", "sgst_left", "igst_left")
        percent = payment["tax_percentage"] or NONE
        most = payment["unallocated"] * percent / (100 + percent)
        times = 1 + len(allocations[payment["id"]]) + len(refunded[payment["id"]])
        assert left <= most + times * Decimal("0.02"), f"{left} of tax in {payment['unallocated']}"
        if total_of([payment], "cgst_amount", "igst_amount"):
            assert left >= most - times * Decimal("0.02"), f"{left} of tax in {payment['unallocated']}"


def numbers_have_no_gaps(firm: Firm, now: Tables) -> None:
    """Each series counts 1, 2, 3 … in its registration and year, and no number stands twice."""
    series: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for head in now["documents"]:
        if head["number"] is not None and not head["is_opening_balance"]:
            _count(series, head["kind"], head, head["number"])
        if head["self_invoice_number"] is not None:
            _count(series, "SELF_INVOICE", head, head["self_invoice_number"])
    for expense in now["expenses"]:
        if expense["self_invoice_number"] is not None:
            _count(series, "SELF_INVOICE", expense, expense["self_invoice_number"])
    for payment in now["payments"]:
        _count(series, payment["flow"], payment, payment["number"])
    for key, numbers in series.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), f"{key}: {sorted(numbers)}"


def _count(series: dict[tuple[str, ...], list[int]], kind: str, row: Row, number: str) -> None:
    found = _NUMBER.match(number)
    assert found and len(number) <= 16, number
    series[kind, row["number_scope"], row["financial_year"], found[1]].append(int(found[2]))


def conversions_add_up(firm: Firm, now: Tables) -> None:
    """Of each line so much is converted as stands on what was made of it; the status of an order follows."""
    heads, made = {row["id"]: row for row in now["documents"]}, defaultdict[Any, Decimal](Decimal)
    for line in now["document_lines"]:
        if line["source_line_id"] is not None and heads[line["document_id"]]["voided_at"] is None:
            made[line["source_id"], line["source_line_id"]] += line["quantity"]
    for line in now["document_lines"]:
        assert line["converted_quantity"] == made[line["document_id"], line["id"]]
    for key, lines in now.by("document_lines", "document_id").items():
        kind, status = heads[key]["kind"], heads[key]["status"]
        if KIND_NAMED[kind].effect is Effect.NONE and status not in ("DRAFT", "CANCELLED"):
            _check_order(kind, status, lines)


def _check_order(kind: str, status: str, lines: list[Row]) -> None:
    is_begun = any(line["converted_quantity"] for line in lines)
    is_done = all(line["converted_quantity"] == line["quantity"] for line in lines)
    if kind == "ESTIMATE":
        assert (status == "CONVERTED") == is_begun
    else:
        assert status == _ORDERS[kind][is_begun + is_done]


def notes_stay_within_their_original(firm: Firm, now: Tables) -> None:
    """The notes on a document never come to more than it: before rounding off, after it, and in any head of tax."""
    heads = {row["id"]: row for row in now["documents"]}
    noted: dict[str, list[Row]] = defaultdict(list)
    for head in now["documents"]:
        if head["parent_id"] is not None and stands(head):
            assert heads[head["parent_id"]]["voided_at"] is None, "a note on nothing"
        if head["parent_id"] is not None and stands(head) and head["kind"] in NOTES:
            noted[head["parent_id"]].append(head)
    for key, notes in noted.items():
        original = heads[key]
        worth = sum(note["total"] - note["round_off"] for note in notes)
        assert worth <= original["total"] - original["round_off"]
        for name in ("total", "cgst_total", "sgst_total", "igst_total", "cess_total", "tds_amount"):
            assert sum(note[name] for note in notes) <= original[name], name
    _check_quantities(now, heads)


def _check_quantities(now: Tables, heads: dict[str, Row]) -> None:
    """No more of a line goes back by quantity than was supplied; lines that nothing tells apart count as one."""
    back: dict[str, Decimal] = defaultdict(Decimal)
    for line in now["document_lines"]:
        if line["corrected_line_id"] is not None and stands(heads[line["document_id"]]):
            back[line["corrected_line_id"]] += line["quantity"]
    by_id = {line["id"]: line for line in now["document_lines"]}
    for key, quantity in back.items():
        line = by_id[key]
        alike = [
            other["quantity"]
            for other in now["document_lines"]
            if (other["document_id"], other["item_id"], other["rate"])
            == (line["document_id"], line["item_id"], line["rate"])
        ]
        assert quantity <= sum(alike)
