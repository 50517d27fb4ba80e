"""Opening balances of GST statements as JSON: a member for each statement, with an amount for each head."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.gst.returns.opening_balances import GstOpeningBalances
from domain.gst.returns.statements import StatementName
from handlers.shapes.returns import tax_said, tax_shown


def said_openings(gstin: str, body: Mapping[str, Any]) -> GstOpeningBalances:
    """The openings that a body says of a registration; what it does not say is nought."""
    openings = {name: tax_said(body.get(name.lower()) or {}) for name in StatementName}
    return GstOpeningBalances.of(gstin, date.fromisoformat(body["date"]), openings)


def shown_openings(value: GstOpeningBalances) -> dict[str, Any]:
    """The openings under the contract's names."""
    return {
        "gstin": value.gstin,
        "date": value.as_of_on,
        **{name.lower(): tax_shown(tax) for name, tax in value.by_statement.items()},
        "version": value.version,
        "created_time": value.created_at,
        "last_modified_time": value.modified_at,
    }
