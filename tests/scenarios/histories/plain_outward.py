"""GSTR-1 by a second, plain reading of the rules over the documents, which shares no code with the books.

What comes out is a flat account of the return: each figure under the words that name it, ``("b2cs", "24", 18,
"camt")``, and what is no figure under the words of its document. Source: gst-rules, parts 8, 9 and 11.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.scenarios.histories.plain_postings import HEADS, line_taxes, paise
from tests.scenarios.histories.tables import NONE, Row, Tables, stands

Account = dict[tuple[Any, ...], Any]
"""Figures and facts by the words that name them."""

STATES = {"IN-GJ": "24", "IN-MH": "27", "IN-KA": "29", "IN-DL": "07", "OVERSEAS": "96"}
"""The states that histories happen in, by the numbers of the portal."""
KEYS = {"cgst": "camt", "sgst": "samt", "igst": "iamt", "cess": "csamt"}
"""The heads of tax, in the portal's words."""
REGISTERED = frozenset(("REGISTERED", "COMPOSITION", "SEZ", "DEEMED_EXPORT", "UIN", "TAX_DEDUCTOR", "TAX_COLLECTOR"))
"""The buyers whose documents are reported one by one, under their numbers."""
SIGNS = {"INVOICE": 1, "CUSTOMER_DEBIT_NOTE": 1, "CREDIT_NOTE": -1}
"""What a supplier writes, and whether it adds to his supplies or takes from them."""
_LETTER = {"CUSTOMER_DEBIT_NOTE": "D", "CREDIT_NOTE": "C"}
_NATURE = {"INVOICE": 1, "CUSTOMER_DEBIT_NOTE": 4, "CREDIT_NOTE": 5}
_LOWERED_ON = "2024-08-01"


def outward(now: Tables, branch_ids: Iterable[str], month: str) -> Account:
    """GSTR-1 of the branches of one registration, for a month (``2026-11``)."""
    told: Account = defaultdict(Decimal)
    branches, heads = set(branch_ids), {row["id"]: row for row in now["documents"]}
    lines = now.by("document_lines", "document_id")
    for head in now["documents"]:
        if head["branch_id"] in branches and head["dated_on"][:7] == month and is_reported(head):
            told["doc_issue", _NATURE[head["kind"]]] += 1
            _tell(told, head, lines[head["id"]], heads)
    for words, amount in advances(now, branches, month).items():
        told["advances", *words] += amount
    return _said(told)


def is_reported(head: Row) -> bool:
    """Whether it is a document of a supply: posted and standing, of our own days, and with its tax."""
    is_supply = head["kind"] in SIGNS and stands(head)
    return is_supply and not head["is_opening_balance"] and not head["is_without_gst"]


def is_export(head: Row) -> bool:
    return bool(head["gst_treatment"] == "OVERSEAS" and head["place_of_supply"] == "OVERSEAS")


def is_zero_rated(head: Row) -> bool:
    return is_export(head) or head["gst_treatment"] == "SEZ"


def is_apart(head: Row, line: Row) -> bool:
    """Whether a line belongs to table 8: nil-rated and exempt ones, but for exports and SEZ, and what bears no GST."""
    category = line["tax_category"]
    return category == "NON_GST" or (category in ("EXEMPT", "NIL_RATED") and not is_zero_rated(head))


def is_paid_by_operator(head: Row) -> bool:
    """Whether an operator of e-commerce pays the tax: table 14(b) and 3.1.1(ii) tell of it, and nothing else does."""
    return bool(head["ecommerce_section"] == "SECTION_9_5")


def rupees(head: Row, line: Row) -> tuple[Decimal, dict[str, Decimal]]:
    """Value and tax of a line in rupees."""
    rate = Decimal(head["exchange_rate"])
    value = paise(line["taxable_amount"] * rate)
    return value, line_taxes(line, rate, value)


def section(head: Row, heads: dict[str, Row]) -> str:
    """The table of a document, by gst-rules 11.1."""
    is_note = head["kind"] != "INVOICE"
    if is_export(head):
        return "cdnur" if is_note else "exp"
    if head["gst_treatment"] in REGISTERED:
        return "cdnr" if is_note else "b2b"
    if _is_big(heads.get(head["parent_id"] or "", head)):
        return "cdnur" if is_note else "b2cl"
    return "b2cs"


def _is_big(source: Row) -> bool:
    limit = Decimal(100_000) if source["dated_on"] >= _LOWERED_ON else Decimal(250_000)
    return bool(source["supply_type"] == "INTER_STATE" and paise(source["total"] * source["exchange_rate"]) > limit)


def _tell(told: Account, head: Row, lines: Iterable[Row], heads: dict[str, Row]) -> None:
    sign, table, place = SIGNS[head["kind"]], section(head, heads), STATES[head["place_of_supply"]]
    half = "hsn_b2b" if head["gst_treatment"] in REGISTERED else "hsn_b2c"
    words = _words(head, table, place)
    for line in lines:
        value, taxes = rupees(head, line)
        if operator := head["ecommerce_operator_gst_no"]:
            part = "paytx" if is_paid_by_operator(head) else "clttx"
            told["supeco", part, operator, "suppval"] += sign * value
            for name in HEADS:
                told["supeco", part, operator, name] += sign * taxes[name]
        if is_paid_by_operator(head):
            continue
        rate = Decimal(0) if line["tax_category"] != "TAXABLE" else Decimal(line["tax_percentage"])
        figures = {"txval": value, **{KEYS[name]: taxes[name] for name in HEADS}}
        for key, amount in figures.items():
            told["hsn", half, line["hsn_or_sac"] or "", rate, key] += sign * amount
        if is_apart(head, line):
            told["nil", _nil_row(head), _NIL[line["tax_category"]]] += sign * value
            continue
        told[words] = _facts(head, table, place) if table != "b2cs" else NONE
        for key, amount in figures.items():
            told[(*words, rate, key)] += amount if table != "b2cs" else sign * amount


_NIL = {"EXEMPT": "expt_amt", "NIL_RATED": "nil_amt", "NON_GST": "ngsup_amt"}


def _nil_row(head: Row) -> str:
    reach = "INTR" if head["supply_type"] == "INTER_STATE" else "INTRA"
    return reach + ("B2B" if head["gst_treatment"] in REGISTERED else "B2C")


def _words(head: Row, table: str, place: str) -> tuple[Any, ...]:
    named = {"b2cs": (place,), "b2b": (head["gst_no"], head["number"]), "cdnr": (head["gst_no"], head["number"])}
    return (table, *named.get(table, (head["number"],)))


def _facts(head: Row, table: str, place: str) -> tuple[Any, ...]:
    """What a table says of a document beside its figures."""
    day, value = head["dated_on"], paise(head["total"] * head["exchange_rate"])
    with_payment, is_reverse = head["is_export_with_payment"], "Y" if head["is_reverse_charge"] else "N"
    special = {"SEZ": "SEWP" if with_payment else "SEWOP", "DEEMED_EXPORT": "DE"}
    kind_of = special.get(head["gst_treatment"], "R")
    if table == "b2b":
        return day, value, place, is_reverse, kind_of
    if table == "cdnr":
        return day, value, place, is_reverse, kind_of, _LETTER[head["kind"]]
    if table == "exp":
        return day, value, "WPAY" if with_payment else "WOPAY"
    if table == "b2cl":
        return day, value, place
    if is_export(head):
        return day, value, _LETTER[head["kind"]], "EXPWP" if with_payment else "EXPWOP", None
    return day, value, _LETTER[head["kind"]], "B2CL", place


def advances(now: Tables, branches: set[str], month: str) -> Account:
    """Tables 11A less 11B: advances for services that came this month, less those that were used or paid back."""
    told: Account = defaultdict(Decimal)
    for payment in now["payments"]:
        if payment["voided_at"] is not None or payment["branch_id"] not in branches:
            continue
        if not any(payment[f"{name}_amount"] for name in ("cgst", "sgst", "igst")):
            continue
        words = STATES[payment["place_of_supply"]], Decimal(payment["tax_percentage"])
        if payment["dated_on"][:7] == month:
            settled = payment["amount"] + payment["tds_amount"] + payment["bank_charges"]
            _add_advance(told, words, payment, settled, 1)
        for each in now["allocations"]:
            is_of_it = payment["id"] in (each["payment_id"], each["refunded_payment_id"])
            if is_of_it and each["unapplied_at"] is None and each["applied_on"][:7] == month:
                _add_advance(told, words, each, each["amount"], -1)
    return told


def _add_advance(told: Account, words: tuple[Any, ...], row: Row, gross: Decimal, sign: int) -> None:
    taxes = {name: row[f"{name}_amount"] for name in ("cgst", "sgst", "igst")}
    told[(*words, "ad_amt")] += sign * (gross - sum(taxes.values(), NONE))
    for name, tax in taxes.items():
        told[(*words, KEYS[name])] += sign * tax


def _said(told: Account) -> Account:
    """Without figures of nought."""
    return {words: said for words, said in told.items() if not (isinstance(said, Decimal) and not said)}
