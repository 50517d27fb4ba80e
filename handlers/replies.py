"""The envelopes of the contract: what every successful answer looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers: a status, a JSON object (``None``: no body) and extra headers.

    ``payload`` is the body as bytes where it has been encoded already, to be kept or replayed as it is.
    """

    status: int
    body: Mapping[str, Any] | None
    headers: dict[str, str] = field(default_factory=dict)
    payload: bytes | None = None


def shown(singular: str, value: Mapping[str, Any], *, message: str = "success") -> Reply:
    """Answer 200 with one resource under its singular name."""
    return Reply(200, {"code": 0, "message": message, singular: value})


def created(singular: str, value: Mapping[str, Any], *, location: str) -> Reply:
    """Answer 201 with the new resource and, in ``Location``, the path to read it again."""
    return Reply(201, {"code": 0, "message": "success", singular: value}, {"Location": location})


def listed(plural: str, rows: Sequence[Mapping[str, Any]]) -> Reply:
    """Answer 200 with a whole look-up list, which is not paginated."""
    return Reply(200, {"code": 0, "message": "success", plural: rows})


def page(plural: str, rows: Sequence[Mapping[str, Any]], *, per_page: int, next_cursor: str | None) -> Reply:
    """Answer 200 with one page of a list; ``next_cursor`` is ``None`` on the last one."""
    context = {"per_page": per_page, "has_more_page": next_cursor is not None, "next_cursor": next_cursor}
    return Reply(200, {"code": 0, "message": "success", plural: rows, "page_context": context})


def gone(message: str) -> Reply:
    """Answer 200 to a deletion."""
    return Reply(200, {"code": 0, "message": message})
