"""What is checked after each step of any history: all laws, and that what was posted stays."""

from collections.abc import Callable
from typing import Any

from tests.scenarios.histories import ledger_laws, paper_laws
from tests.scenarios.histories.firms import Firm
from tests.scenarios.histories.tables import Row, Tables

LAWS: tuple[Callable[[Firm, Tables], None], ...] = (
    ledger_laws.journals_balance,
    ledger_laws.balances_are_kept,
    ledger_laws.reversals_mirror,
    ledger_laws.control_accounts_agree,
    paper_laws.statuses_follow,
    paper_laws.allocations_add_up,
    paper_laws.taxes_add_up,
    paper_laws.cess_is_reckoned_on_value_and_units,
    paper_laws.advances_bear_the_tax_inside,
    paper_laws.numbers_have_no_gaps,
    paper_laws.conversions_add_up,
    paper_laws.notes_stay_within_their_original,
    ledger_laws.papers_posted_what_they_should,
    ledger_laws.rupees_gain_nothing,
)


def check(firm: Firm, before: Tables, after: Tables) -> None:
    """Everything."""
    for law in LAWS:
        law(firm, after)
    check_only_appended(before, after)


def check_only_appended(before: Tables, after: Tables) -> None:
    """What was posted stays as it is, and what is new lies after the lock date."""
    for table in ("journals", "journal_lines"):
        known = {_key(row): row for row in after[table]}
        for row in before[table]:
            assert known[_key(row)] == row, f"a row of {table} has changed: {row}"
    old = {row["id"] for row in before["journals"]}
    for journal in after["journals"]:
        if journal["id"] not in old and before.locked_until is not None:
            assert journal["entry_on"] > before.locked_until, f"posted in the locked period: {journal}"


def _key(row: Row) -> tuple[Any, ...]:
    return (row["id"],) if "id" in row else (row["journal_id"], row["position"])
