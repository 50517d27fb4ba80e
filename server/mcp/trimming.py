"""What the API answers, made short for those who read every word: what is empty is left out, and long lists are cut."""

from collections.abc import Mapping, Sequence
from typing import Any

_TOLD = (
    *("date", "period", "form", "status", "contact_name", "contact_type", "customer_id", "customer_name"),
    *("vendor_id", "vendor_name", "contact_id", "gst_no", "due_date", "reference_number", "total", "balance"),
    *("flow", "payment_type", "mode", "amount", "unallocated_amount", "currency_code", "item_name", "item_type"),
    *("hsn_or_sac", "unit", "rate", "tax_id", "tax_name", "tax_percentage", "shape", "account_code", "account_name"),
    *("code", "name", "account_type", "current_balance", "bank_name", "state", "state_code"),
    *("is_primary", "is_default"),
    *("memo", "source_type", "source_id", "frequency", "next_due_date", "gstin", "arn", "lock_date", "email"),
)
"""What a row of a list tells of a thing, besides its id and number, in this order."""

_NEW_EACH_TIME = frozenset(
    ("journal_id", "line_item_id", "allocation_id", "version", "created_time", "last_modified_time", "approved_time")
)
"""What a preview does not tell, because it will be another."""

_FOR_MACHINES = frozenset(("drill_down", "generated_time", "depth"))
"""What reports tell pages that show them."""


def pruned(value: Any, rows: int | None = None) -> Any:
    """Return a value without what is null or empty; of each list at most so many rows, and how many there are more."""
    if isinstance(value, Mapping):
        members = {name: pruned(each, rows) for name, each in value.items() if name not in _FOR_MACHINES}
        return {name: each for name, each in members.items() if not _is_empty(each)}
    if isinstance(value, list):
        kept = [pruned(each, rows) for each in value[:rows]]
        left = len(value) - len(kept)
        return [*kept, f"… {left} more"] if left else kept
    return value


def row_of(kind: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row of a list tells of a thing: its id, its number, and the usual."""
    names = (f"{kind}_id", f"{kind}_number", "account_id", "return_id", *_TOLD)
    told = {name: shown[name] for name in names if name in shown and not _is_empty(shown[name])}
    return told if len(told) > 1 else pruned(shown)


def previewed(kind: str, shown: Mapping[str, Any], *, is_new: bool) -> Any:
    """Return what a change comes to, without what only its being made will tell."""
    untold = _NEW_EACH_TIME | ({f"{kind}_id"} if is_new else set())
    return _without(shown, untold)


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _without(each, names) for name, each in value.items() if name not in names}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without(each, names) for each in value]
    return value


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)
