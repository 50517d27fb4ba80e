"""What a handler may ask of the contract: whether a part of its body is a body that another operation takes."""

from typing import Any, Protocol


class Bodies(Protocol):
    """The JSON bodies of the contract's operations, by operation id."""

    def checked(self, operation_id: str, body: Any, *, within: str) -> Any:
        """Return ``body`` if the operation takes it.

        Raises what its schema refuses, fields named as inside the member ``within`` of the body that was sent.
        """

    def taken_from(self, operation_id: str, shown: Any) -> Any:
        """Return what an answer holds that the operation takes as well: all of its members that are not null."""
