"""What the audit trail shows of a change: the contract's names, also of columns that were called otherwise once."""

from typing import Any

import handlers.invoices  # noqa: F401  # enters the names of invoices
from handlers.shapes.activity import changes_shown


def test_a_column_that_was_renamed_is_shown_by_the_name_of_today() -> None:
    changes: dict[str, Any] = {"amount_paid": {"old": 0, "new": 590}, "due_on": {"old": None, "new": "2026-12-01"}}

    assert changes_shown("INVOICE", changes) == {
        "payment_made": {"old": 0, "new": 590},
        "due_date": {"old": None, "new": "2026-12-01"},
    }
