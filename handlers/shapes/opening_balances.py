"""Opening balances as JSON."""

from collections.abc import Mapping
from typing import Any

from domain.ledger.opening_balances import OpeningBalances
from domain.values import asdict
from handlers.shapes.journals import JOURNAL_LINE


def lines_said(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The balances of a body: each an account, and a debit or a credit."""
    return [JOURNAL_LINE.values(line) for line in body["balances"]]


def opening_balances(value: OpeningBalances) -> dict[str, Any]:
    """The opening balances under the contract's names."""
    shown = asdict(value)
    return {"date": shown.pop("entry_on"), **shown}
