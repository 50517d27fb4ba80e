"""What holds of the ledger: it balances, its control accounts are the open papers, and each paper stands on it.

Source: issue 3, and gst-rules, parts 16 and 19.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from tests.scenarios.histories import plain_postings as plain
from tests.scenarios.histories.firms import Firm
from tests.scenarios.histories.plain_postings import NOTES, POSTING, SALES, paise
from tests.scenarios.histories.tables import NONE, Row, Tables, stands, total_of

_CONTROL = ("accounts_receivable", "accounts_payable", "customer_advances", "vendor_advances")


def journals_balance(firm: Firm, now: Tables) -> None:
    """Debits equal credits, and a journal's head says what its lines come to."""
    lines = now.by("journal_lines", "journal_id")
    for journal in now["journals"]:
        mine = lines[journal["id"]]
        debit, credit = total_of(mine, "debit"), total_of(mine, "credit")
        assert debit == credit == journal["total"], f"{journal} does not balance"
        assert len(mine) == journal["line_count"]
        assert {line["entry_on"] for line in mine} == {journal["entry_on"]}


def balances_are_kept(firm: Firm, now: Tables) -> None:
    """The kept balances are the sums of the lines, and the trial balance comes to nought."""
    kept: dict[Any, Decimal] = defaultdict(Decimal)
    for row in now["account_balances"]:
        kept[row["account_id"], row["branch_id"], row["begins_on"]] += row["debit"] - row["credit"]
    posted: dict[Any, Decimal] = defaultdict(Decimal)
    for line in now["journal_lines"]:
        posted[line["account_id"], line["branch_id"], third_of_month(line["entry_on"])] += (
            line["debit"] - line["credit"]
        )
    assert plain.without_noughts(kept) == plain.without_noughts(posted)
    assert sum(kept.values(), NONE) == 0
    of_centers = _of_cost_centers(now["cost_center_balances"], lambda row: str(row["begins_on"]))
    assert of_centers == _of_cost_centers(now["journal_lines"], lambda row: third_of_month(row["entry_on"]))


def third_of_month(day: str) -> str:
    """The first day of the third of a month: the 1st, the 11th or the 21st."""
    return day[:8] + ("01" if day[8:] <= "10" else "11" if day[8:] <= "20" else "21")


def _of_cost_centers(rows: Iterable[Row], begins_on: Callable[[Row], str]) -> dict[Any, tuple[Decimal, Decimal]]:
    sums: dict[Any, tuple[Decimal, Decimal]] = {}
    for row in rows:
        if row["cost_center_id"] is not None:
            key = row["cost_center_id"], row["account_id"], row["branch_id"], begins_on(row)
            debit, credit = sums.get(key, (NONE, NONE))
            sums[key] = debit + row["debit"], credit + row["credit"]
    return sums


def reversals_mirror(firm: Firm, now: Tables) -> None:
    """A reversal swaps debits and credits, on the same day unless somebody chose a later one by hand."""
    lines, journals = now.by("journal_lines", "journal_id"), {row["id"]: row for row in now["journals"]}
    for reversal in now["journals"]:
        if reversal["reverses_id"] is None:
            continue
        original = journals[reversal["reverses_id"]]
        assert _mirrored(lines[reversal["id"]]) == _as_posted(lines[original["id"]])
        if original["source_type"] == "MANUAL":
            assert reversal["entry_on"] >= original["entry_on"]
        else:
            assert reversal["entry_on"] == original["entry_on"]
        assert [reversal[name] for name in _SAME] == [original[name] for name in _SAME]


_SAME = ("branch_id", "source_type", "source_id")
_OF_LINE = ("account_id", "contact_id", "cost_center_id", "branch_id")


def _as_posted(lines: Iterable[Row]) -> list[Any]:
    return sorted(([line[name] for name in _OF_LINE], line["debit"], line["credit"]) for line in map(_filled, lines))


def _mirrored(lines: Iterable[Row]) -> list[Any]:
    return sorted(([line[name] for name in _OF_LINE], line["credit"], line["debit"]) for line in map(_filled, lines))


def _filled(line: Row) -> Row:
    return {name: "" if value is None else value for name, value in line.items()}


def control_accounts_agree(firm: Firm, now: Tables) -> None:
    """What contacts owe, are owed and have advanced on the ledger is what their papers say, contact by contact."""
    expected: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for head in now["documents"]:
        if head["kind"] in POSTING and stands(head):
            rupees = paise(head["balance"] * head["exchange_rate"])
            account = "accounts_receivable" if head["kind"] in SALES else "accounts_payable"
            is_debit = (head["kind"] in SALES) != (head["kind"] in NOTES)
            expected[firm.role[account], head["contact_id"]] += rupees if is_debit else -rupees
    for payment in now["payments"]:
        is_received = (payment["flow"] == "INCOMING") != (payment["payment_type"] == "REFUND")
        tax = sum((payment[f"{head}_left"] for head in ("cgst", "sgst", "igst")), NONE)
        rest = paise(payment["unallocated"] * payment["exchange_rate"]) - tax
        account = firm.role["customer_advances" if is_received else "vendor_advances"]
        expected[account, payment["contact_id"]] += -rest if is_received else rest
    posted: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in now["journal_lines"]:
        if line["account_id"] in {firm.role[name] for name in _CONTROL}:
            posted[line["account_id"], line["contact_id"]] += line["debit"] - line["credit"]
    nonzero = {key: amount for key, amount in posted.items() if amount}
    assert nonzero == {key: amount for key, amount in expected.items() if amount}, "control accounts and open papers"


def papers_posted_what_they_should(firm: Firm, now: Tables) -> None:
    """Each document, payment, expense and adjustment has on the ledger what a plain reading of the rules says."""
    by_source = _posted_by_source(firm, now)
    document_lines = now.by("document_lines", "document_id")
    own = {(line["journal_id"]): line for line in now["journal_lines"]}
    assert own.keys() == {journal["id"] for journal in now["journals"]}
    for head in now["documents"]:
        expected = plain.of_document(head, document_lines[head["id"]], firm.role) if stands(head) else {}
        _check_round_off(firm, head, expected, len(document_lines[head["id"]]))
        expected = {} if head["kind"] not in POSTING else expected
        if head["kind"] in POSTING and stands(head):
            assert _posted(now, [head["journal_id"]]) == expected, f"the journal of {head['number']}"
            expected = {**expected, **_written_off(firm, now, head)}
        _compare(firm, f"{head['kind']} {head['number']}", by_source.pop(head["id"], {}), expected)
    allocations = now.by("allocations", "payment_id")
    for payment in now["payments"]:
        applied = [each for each in allocations[payment["id"]] if each["unapplied_at"] is None]
        expected = plain.of_payment(payment, applied, firm.role) if payment["voided_at"] is None else {}
        _compare(firm, f"payment {payment['number']}", by_source.pop(payment["id"], {}), expected)
    for table, gone_at, read in _OTHERS:
        for row in now[table]:
            expected = read(row, now, firm.role) if row[gone_at] is None else {}
            _compare(firm, f"{table} {row['id']}", by_source.pop(row["id"], {}), expected)
    assert not by_source, f"posted by nothing: {by_source}"


_WRITTEN_OFF = {
    "INVOICE": ("bad_debts", 1),
    "CUSTOMER_DEBIT_NOTE": ("bad_debts", 1),
    "BILL": ("balances_written_back", -1),
}


def _written_off(firm: Firm, now: Tables, head: Row) -> plain.Amounts:
    """What was written off at the document's rate: to the paisa in rupees, in another currency to one paisa each."""
    if not head["amount_written_off"]:
        return {}
    role, sign = _WRITTEN_OFF[head["kind"]]
    lost, account = NONE, firm.role[role]
    for each in now.where("allocations", lambda row: row["document_id"] == head["id"] and row["is_write_off"]):
        if each["unapplied_at"] is None:
            rupees = sign * _posted(now, [each["journal_id"]]).get(account, NONE)
            most = NONE if head["currency_code"] == "INR" else Decimal("0.01")
            assert abs(rupees - each["amount"] * head["exchange_rate"]) <= most, f"{rupees} of {head['number']}"
            lost += rupees
    return {account: sign * lost}


def _expense(row: Row, now: Tables, role: Mapping[str, str]) -> plain.Amounts:
    return plain.of_expense(row, now.where("expense_lines", lambda line: line["expense_id"] == row["id"]), role)


def _adjustment(row: Row, now: Tables, role: Mapping[str, str]) -> plain.Amounts:
    return plain.of_adjustment(row, role)


def _bill_of_entry(row: Row, now: Tables, role: Mapping[str, str]) -> plain.Amounts:
    lines = now.where("bill_of_entry_lines", lambda line: line["bill_of_entry_id"] == row["id"])
    return plain.of_bill_of_entry(row, lines, role)


_Read = Callable[[Row, Tables, Mapping[str, str]], plain.Amounts]
_OTHERS: tuple[tuple[str, str, _Read], ...] = (
    ("expenses", "deleted_at", _expense),
    ("itc_adjustments", "voided_at", _adjustment),
    ("bills_of_entry", "voided_at", _bill_of_entry),
)


def _posted_by_source(firm: Firm, now: Tables) -> dict[str, plain.Amounts]:
    sources = {row["id"]: row["source_id"] for row in now["journals"] if row["source_type"] != "MANUAL"}
    posted: dict[str, plain.Amounts] = defaultdict(lambda: defaultdict(Decimal))
    for line in now["journal_lines"]:
        if line["journal_id"] in sources:
            posted[sources[line["journal_id"]]][line["account_id"]] += line["debit"] - line["credit"]
    return posted


def _posted(now: Tables, journal_ids: list[str | None]) -> plain.Amounts:
    posted: dict[str, Decimal] = defaultdict(Decimal)
    for line in now["journal_lines"]:
        if line["journal_id"] in journal_ids:
            posted[line["account_id"]] += line["debit"] - line["credit"]
    return plain.without_noughts(posted)


def _compare(firm: Firm, what: str, posted: plain.Amounts, expected: plain.Amounts) -> None:
    """Beside the accounts of contacts, which agree as a whole, and what rupees gain or lose on the way."""
    moving = {firm.role[name] for name in (*_CONTROL, "exchange_gain_loss")}
    ours, theirs = (
        {account: amount for account, amount in amounts.items() if amount and account not in moving}
        for amounts in (posted, expected)
    )
    assert ours == theirs, f"{what} has {_named(firm, ours)} on the ledger, and should have {_named(firm, theirs)}"


def _check_round_off(firm: Firm, head: Row, expected: plain.Amounts, lines: int) -> None:
    """In rupees nothing hides in the round-off; in another currency no more than its paise."""
    if head["is_opening_balance"]:
        return
    sign = 1 if (head["kind"] in SALES) == (head["kind"] in NOTES) else -1
    rounded = expected.get(firm.role["round_off"], NONE) - sign * head["round_off"] * head["exchange_rate"]
    rate = Decimal(head["exchange_rate"])
    most = NONE if rate == 1 else (lines * 5 + 3) * Decimal("0.01") * (rate + 1)
    assert not expected or abs(rounded) <= most, f"{rounded} hides in the round-off of {head['number']}"


def rupees_gain_nothing(firm: Firm, now: Tables) -> None:
    """What is in rupees has no exchange difference, and a note in rupees posts nothing when it is applied."""
    gain = firm.role["exchange_gain_loss"]
    abroad = {row["id"] for table in ("documents", "payments") for row in now[table] if row["currency_code"] != "INR"}
    sources = {row["id"]: row for row in now["journals"]}
    for line in now["journal_lines"]:
        source = sources[line["journal_id"]]
        if line["account_id"] == gain and source["source_type"] != "MANUAL":
            assert source["source_id"] in abroad, "an exchange difference in rupees"


def _named(firm: Firm, amounts: plain.Amounts) -> dict[str, str]:
    names = {key: role for role, key in firm.role.items()}
    return {names.get(account, account): str(amount) for account, amount in amounts.items()}
