"""How money was paid, as JSON."""

from typing import Any

_ALSO_TAKEN = {"BANK_TRANSFER": "BANK"}


def mode_said(mode: str) -> str:
    """The mode that the books keep for one that a caller sends: BANK_TRANSFER is taken as BANK."""
    return _ALSO_TAKEN.get(mode, mode)


def with_mode(query: dict[str, Any]) -> dict[str, Any]:
    """A query with the mode that it asks for, if it does, as the books keep it."""
    return {**query, "mode": mode_said(query["mode"])} if query.get("mode") else query
