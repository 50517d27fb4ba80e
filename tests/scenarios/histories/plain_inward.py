"""GSTR-3B by a second, plain reading of the rules over the documents, which shares no code with the books.

Each figure stands under its table and head: ``("3.1(a)", "txval")``, ``("4(A)(5)", "camt")``. Source: gst-rules, parts
6, 7 and 12.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.scenarios.histories import plain_outward as plain
from tests.scenarios.histories.plain_outward import KEYS, SIGNS, Account, rupees
from tests.scenarios.histories.plain_postings import HEADS
from tests.scenarios.histories.tables import NONE, Row, Tables, stands

Taxes = Mapping[str, Decimal]
_UNREGISTERED = ("UNREGISTERED", "CONSUMER", "OVERSEAS")
_REPORTED_TO = {"COMPOSITION": "comp", "UIN": "uin", **dict.fromkeys(_UNREGISTERED, "unreg")}
_GROSS = ("ELIGIBLE", "BLOCKED")
_DISCLOSED = ("POS_RESTRICTED", "TIME_BARRED")


@dataclass(frozen=True)
class Bought:
    """One line of what was bought, in rupees; what goes back has minus amounts."""

    treatment: str | None
    is_interstate: bool
    is_reverse_charge: bool
    category: str | None
    credit: str | None
    value: Decimal
    taxes: Taxes


def summary(now: Tables, branch_ids: Iterable[str], month: str) -> Account:
    """GSTR-3B of the branches of one registration, for a month (``2026-11``)."""
    told: Account = defaultdict(Decimal)
    branches, duties = set(branch_ids), now.by("bill_of_entry_lines", "bill_of_entry_id")
    _sales(told, now, branches, month)
    for bought in _bought(now, branches, month):
        _purchase(told, bought)
    for entry in now["bills_of_entry"]:
        if _is_meant(entry, branches, month) and entry["voided_at"] is None:
            for line in duties[entry["id"]]:
                taxes = {name: line[f"{name}_amount"] for name in ("igst", "cess")}
                _credit(told, "4(A)(1)", line["itc_eligibility"], taxes)
    for adjustment in now["itc_adjustments"]:
        if _is_meant(adjustment, branches, month) and adjustment["voided_at"] is None:
            taxes = {name: adjustment[f"{name}_amount"] for name in HEADS}
            _add(told, adjustment["gstr3b_table"], taxes)
            if adjustment["kind"] == "RECLAIM":
                _add(told, "4(A)(5)", taxes)
    return {words: amount for words, amount in told.items() if amount}


def _is_meant(row: Row, branches: set[str], month: str) -> bool:
    return row["branch_id"] in branches and row["dated_on"][:7] == month


def _sales(told: Account, now: Tables, branches: set[str], month: str) -> None:
    lines = now.by("document_lines", "document_id")
    for head in now["documents"]:
        if _is_meant(head, branches, month) and plain.is_reported(head):
            for line in lines[head["id"]]:
                _sale(told, head, line, SIGNS[head["kind"]])
    for (_, _, key), amount in plain.advances(now, branches, month).items():
        told["3.1(a)", "txval" if key == "ad_amt" else key] += amount


def _sale(told: Account, head: Row, line: Row, sign: int) -> None:
    value, taxes = rupees(head, line)
    category = line["tax_category"]
    if plain.is_paid_by_operator(head):
        told["3.1.1(ii)", "txval"] += sign * value
    elif category == "NON_GST":
        told["3.1(e)", "txval"] += sign * value
    elif plain.is_zero_rated(head):
        told["3.1(b)", "txval"] += sign * value
        told["3.1(b)", "iamt"] += sign * taxes["igst"]
        told["3.1(b)", "csamt"] += sign * taxes["cess"]
    elif category in ("EXEMPT", "NIL_RATED"):
        told["3.1(c)", "txval"] += sign * value
    else:
        told["3.1(a)", "txval"] += sign * value
        if not head["is_reverse_charge"]:
            _add(told, "3.1(a)", taxes, sign)
            _between_states(told, head, sign * value, sign * taxes["igst"])


def _between_states(told: Account, head: Row, value: Decimal, tax: Decimal) -> None:
    """Table 3.2: what went to other states, to those who take no credit of it."""
    row = _REPORTED_TO.get(head["gst_treatment"])
    if row and head["supply_type"] == "INTER_STATE":
        place = plain.STATES[head["place_of_supply"]]
        told["3.2", row, place, "txval"] += value
        told["3.2", row, place, "iamt"] += tax


def _bought(now: Tables, branches: set[str], month: str) -> Iterator[Bought]:
    lines, costs = now.by("document_lines", "document_id"), now.by("expense_lines", "expense_id")
    for head in now["documents"]:
        if head["kind"] not in ("BILL", "DEBIT_NOTE") or not stands(head) or not _is_meant(head, branches, month):
            continue
        if not head["is_opening_balance"] and not head["is_without_gst"]:
            yield from (_read(head, line, 1 if head["kind"] == "BILL" else -1) for line in lines[head["id"]])
    for head in now["expenses"]:
        if head["deleted_at"] is None and _is_meant(head, branches, month):
            yield from (_read(head, line, 1) for line in costs[head["id"]])


def _read(head: Row, line: Row, sign: int) -> Bought:
    value, taxes = rupees(head, line)
    return Bought(
        head["gst_treatment"],
        head["supply_type"] == "INTER_STATE",
        head["is_reverse_charge"],
        line["tax_category"],
        line["itc_eligibility"],
        sign * value,
        {name: sign * tax for name, tax in taxes.items()},
    )


def _purchase(told: Account, bought: Bought) -> None:
    if bought.is_reverse_charge and bought.category == "TAXABLE":
        told["3.1(d)", "txval"] += bought.value
        _add(told, "3.1(d)", bought.taxes)
        _credit(told, "4(A)(2)" if bought.treatment == "OVERSEAS" else "4(A)(3)", bought.credit, bought.taxes)
        return
    reach = "inter" if bought.is_interstate else "intra"
    if bought.category == "NON_GST":
        told["5 NONGST", reach] += bought.value
    elif bought.treatment == "COMPOSITION" or bought.category in ("EXEMPT", "NIL_RATED"):
        if bought.treatment != "OVERSEAS":
            told["5 GST", reach] += bought.value
    else:
        _credit(told, "4(A)(5)", bought.credit, bought.taxes)


def _credit(told: Account, table: str, state: str | None, taxes: Taxes) -> None:
    """Credit goes in gross; what is blocked goes out again; what the law never gives is only disclosed."""
    if state in _GROSS:
        _add(told, table, taxes)
    if state == "BLOCKED":
        _add(told, "4(B)(1)", taxes)
    if state in _DISCLOSED:
        _add(told, "4(D)(2)", taxes)


def _add(told: Account, table: str, taxes: Taxes, sign: int = 1) -> None:
    for name, tax in taxes.items():
        told[table, KEYS[name]] += sign * (tax or NONE)
