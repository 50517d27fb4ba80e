"""What of a request is told back where a value of it is refused (``details.received``): short, and never a secret.

A text comes back as it was sent, a list or an object as JSON text; control characters do not go back.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.errors import Invalid, Refusal, printable
from server.contract.codec import encode
from server.exchange import Call

LONGEST = 100
"""Characters of a value that are told."""

_SECRET = re.compile("secret|token|password|passphrase|authorization|credential|verifier|otp", re.IGNORECASE)
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
ABSENT = object()
"""What stands where nothing was sent."""


def details_of(field: str, value: Any) -> dict[str, Any]:
    """The details that tell a refused value, of the field at this path; none where one must not be told."""
    if _SECRET.search(field) or (isinstance(value, dict | list) and any(map(_SECRET.search, _names_in(value)))):
        return {}
    return {"received": _told(value)}


def tell_received(refusal: Refusal, call: Call) -> None:
    """Add to a refused value of a call what was received, where a rule that does not know the request has refused it.

    What was not sent (a default, what is stored) was not received, and is not told.
    """
    if refusal.code != Invalid.code or refusal.field is None or "received" in (refusal.details or {}):
        return
    value = next((each for each in _found(call, refusal.field) if each is not ABSENT), ABSENT)
    if value is not ABSENT:
        refusal.details = {**(refusal.details or {}), **details_of(refusal.field, value)}


def _found(call: Call, field: str) -> Iterator[Any]:
    """What stands at a path in each part of a request."""
    steps = [int(index) if index else name for index, name in _STEP.findall(field)]
    header = call.headers.get(field.lower().encode("latin-1", "replace"))
    yield ABSENT if header is None else header.decode("latin-1")
    for part in (call.body, call.query, call.path):
        yield value_at(part, steps)


def value_at(value: Any, steps: Sequence[str | int]) -> Any:
    """What stands at a path in a value; ``ABSENT`` if nothing does."""
    for step in steps:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else ABSENT
        else:
            value = value.get(step, ABSENT) if isinstance(value, Mapping) else ABSENT
    return value


def _told(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    text = value if isinstance(value, str) else encode(value).decode()
    if isinstance(value, str | list | dict) or len(text) > LONGEST:
        return printable(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
    return value


def _names_in(value: Any) -> Iterator[str]:
    """The names of all members inside a value."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _names_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from _names_in(member)
