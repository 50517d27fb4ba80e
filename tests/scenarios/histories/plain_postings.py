"""What each paper ought to have posted: a second, plain reading of the rules, that shares no code with the books.

Amounts are rupees by account, debits positive. Source: gst-rules, part 16; CGST Rules, rule 34 for tax in rupees.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from tests.scenarios.histories.tables import Row

Amounts = dict[str, Decimal]
"""Rupees by account."""
HEADS = ("cgst", "sgst", "igst", "cess")
SALES = frozenset(("INVOICE", "CREDIT_NOTE", "CUSTOMER_DEBIT_NOTE", "ESTIMATE", "SALES_ORDER", "DELIVERY_CHALLAN"))
POSTING = ("INVOICE", "BILL", "CREDIT_NOTE", "DEBIT_NOTE", "CUSTOMER_DEBIT_NOTE")
NOTES = frozenset(("CREDIT_NOTE", "DEBIT_NOTE"))
"""What gives back: a debit note to a customer asks for more, as an invoice does."""
_PAISA = Decimal("0.01")
_HUNDRED = Decimal(100)


def paise(amount: Decimal) -> Decimal:
    """To the paisa, half a paisa away from nought."""
    return amount.quantize(_PAISA, ROUND_HALF_UP)


def without_noughts(amounts: Mapping[str, Decimal]) -> Amounts:
    """Only the accounts that something stands on."""
    return {account: amount for account, amount in amounts.items() if amount}


def line_taxes(line: Row, rate: Decimal, value: Decimal) -> dict[str, Decimal]:
    """The tax of a line in rupees, by head: in another currency anew on the value in rupees."""
    taxes = {head: line.get(f"{head}_amount") or Decimal(0) for head in HEADS}
    if rate == 1:
        return taxes
    half = line["tax_percentage"] / 2
    percents = {"cgst": half, "sgst": half, "igst": line["tax_percentage"], "cess": line["cess_percentage"]}
    anew = {head: paise(value * percents[head] / _HUNDRED) if tax else tax for head, tax in taxes.items()}
    if taxes["cess"] and line["quantity"] is not None:
        anew["cess"] += paise(line["quantity"] * line["cess_per_unit"])
    return anew


def of_document(head: Row, lines: Iterable[Row], role: Mapping[str, str]) -> Amounts:
    """The journal of a posted document."""
    rate = Decimal(head["exchange_rate"])
    posted: dict[str, Decimal] = defaultdict(Decimal)
    is_sale = head["kind"] in SALES
    control = role["accounts_receivable" if is_sale else "accounts_payable"]
    owed = paise((head["total"] - head["tds_amount"]) * rate)
    if head["is_opening_balance"]:
        posted[role["opening_balance_difference"]] += -owed if is_sale else owed
    else:
        _add_lines(posted, head, lines, role)
        posted[role["tds_payable"]] -= paise(head["total"] * rate) - owed
        charges = role["other_charges_income" if is_sale else "purchases"]
        sign = -1 if is_sale else 1
        posted[charges] += sign * paise(head["untaxed_charges"] * rate)
    if is_sale:
        posted[control] += owed
    else:
        posted[control] -= owed
    if head["kind"] in NOTES:
        posted = defaultdict(Decimal, {account: -amount for account, amount in posted.items()})
    posted[role["round_off"]] -= sum(posted.values(), Decimal(0))
    return without_noughts(posted)


def _add_lines(posted: dict[str, Decimal], head: Row, lines: Iterable[Row], role: Mapping[str, str]) -> None:
    rate, is_reverse = Decimal(head["exchange_rate"]), head["is_reverse_charge"] or head["is_tax_paid_by_operator"]
    for line in lines:
        value = paise(line["taxable_amount"] * rate)
        taxes = line_taxes(line, rate, value)
        if head["kind"] in SALES:
            posted[line["account_id"]] -= value
            for tax_head, tax in taxes.items():
                posted[role[f"output_{tax_head}"]] -= Decimal(0) if is_reverse else tax
        else:
            add_cost(posted, line, value, taxes, role, is_reverse=is_reverse)


def add_cost(
    posted: dict[str, Decimal],
    line: Row,
    value: Decimal,
    taxes: Mapping[str, Decimal],
    role: Mapping[str, str],
    *,
    is_reverse: bool,
) -> None:
    """Something bought: its value, its tax as credit or as cost, and on reverse charge the same tax owed."""
    posted[line["account_id"]] += value
    for head, tax in taxes.items():
        is_credit = line["itc_eligibility"] == "ELIGIBLE"
        posted[role[f"input_{head}"] if is_credit else line["account_id"]] += tax
        if is_reverse:
            posted[role[f"rcm_output_{head}"]] -= tax


def of_expense(head: Row, lines: Iterable[Row], role: Mapping[str, str]) -> Amounts:
    """What stands of an expense."""
    posted: dict[str, Decimal] = defaultdict(Decimal)
    rate = Decimal(head["exchange_rate"])
    for line in lines:
        value = paise(line["taxable_amount"] * rate)
        taxes = line_taxes(line, rate, value)
        add_cost(posted, line, value, taxes, role, is_reverse=head["is_reverse_charge"])
    posted[head["paid_through_account_id"]] -= paise(head["total"] * rate)
    posted[role["round_off"]] -= sum(posted.values(), Decimal(0))
    return without_noughts(posted)


def of_payment(payment: Row, allocations: Iterable[Row], role: Mapping[str, str]) -> Amounts:
    """What stands of a payment, but for the accounts of contacts and the exchange difference."""
    posted: dict[str, Decimal] = defaultdict(Decimal)
    rate = Decimal(payment["exchange_rate"])
    amount, charges, tds = (paise(payment[name] * rate) for name in ("amount", "bank_charges", "tds_amount"))
    posted[role["bank_charges"]] += charges
    if payment["flow"] == "INCOMING":
        posted[payment["paid_through_account_id"]] += amount
        posted[role["tds_receivable"]] += tds
    else:
        posted[payment["paid_through_account_id"]] -= amount + charges
        posted[role["tds_payable"]] -= tds
    for head in ("cgst", "sgst", "igst"):
        posted[role[f"output_{head}"]] -= payment[f"{head}_amount"]
    for each in allocations:
        for head in ("cgst", "sgst", "igst"):
            posted[role[f"output_{head}"]] += each[f"{head}_amount"]
    return without_noughts(posted)


def of_adjustment(adjustment: Row, role: Mapping[str, str]) -> Amounts:
    """What stands of a reversal or reclaim of input tax credit."""
    sign = 1 if adjustment["kind"] == "REVERSAL" else -1
    posted = {role[f"input_{head}"]: -sign * adjustment[f"{head}_amount"] for head in HEADS}
    posted[adjustment["account_id"]] = -sum(posted.values(), Decimal(0))
    return without_noughts(posted)


def of_bill_of_entry(entry: Row, lines: Iterable[Row], role: Mapping[str, str]) -> Amounts:
    """What stands of a bill of entry."""
    posted: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        taxes = {head: line[f"{head}_amount"] for head in ("igst", "cess")}
        add_cost(posted, line, line["customs_duty"], taxes, role, is_reverse=False)
    posted[role["customs_payable"]] -= entry["total"]
    return without_noughts(posted)
