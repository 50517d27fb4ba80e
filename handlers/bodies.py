"""What handlers ask of bodies: the day in one, and whether a part of one is a body that another operation takes."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol


def day_in(body: Mapping[str, Any]) -> date | None:
    """Return the member ``date`` of a body, if it says one."""
    said = body.get("date")
    return None if said is None else date.fromisoformat(said)


class Bodies(Protocol):
    """The JSON bodies of the contract's operations, by operation id."""

    def checked(self, operation_id: str, body: Any, *, within: str | None = None) -> Any:
        """Return ``body`` if the operation takes it.

        Raises what its schema refuses, fields named as inside the member ``within`` of the body that was sent, or as in
        a body of its own.
        """

    def taken_from(self, operation_id: str, shown: Any) -> Any:
        """Return what an answer holds that the operation takes as well: all of its members that are not null."""
