"""Changes that are tried before they are made: what one comes to, and whether it still comes to the same.

A digest covers the answer and everything that happened in the books, but for what is new with each try: ids, instants
and the number that a series gives. So a change that was looked at and agreed to is made as it was seen, or not at all.
"""

import hashlib
import re
from typing import Any

from domain.books import Books
from domain.errors import VersionMismatch
from domain.happenings import Happening
from domain.statements import from_json
from handlers.replies import Reply
from server.contract.codec import encode
from server.exchange import Rehearsal

_CHECK_NOW = "set constraints all immediate"
"""What is else checked at the commit, which a rehearsal does not come to."""

_NEW_EACH_TIME = re.compile(r"[a-z]{1,6}_[0-9a-z]{26}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")


class Different(VersionMismatch):
    """The change would not come to what was expected of it."""


async def compare(rehearsal: Rehearsal, reply: Reply, books: Books) -> None:
    """Note what a change has come to. Raises: Different where something else was expected."""
    if rehearsal.expected is None:
        await books.connection.execute(_CHECK_NOW, prepare=False)
    rehearsal.effects = tuple(_effect(happening) for happening in books.recorded)
    rehearsal.digest = _digest(reply, books.recorded)
    if rehearsal.expected is not None and rehearsal.expected != rehearsal.digest:
        raise Different("What this changes has changed itself since it was shown; nothing was carried out.")


def _effect(happening: Happening) -> str:
    return happening.action if happening.reference is None else f"{happening.action} {happening.reference}"


def _digest(reply: Reply, happened: list[Happening]) -> str:
    answer = {} if reply.body is None else from_json(encode(reply.body))
    numbers = {f"{name}_number" for name in answer} | {"number"}
    events = [[each.action, each.entity_type, each.entity_id, each.changes] for each in happened]
    lasting = [_lasting(answer, numbers), _lasting(from_json(encode(events)), numbers)]
    return hashlib.sha256(encode(lasting)).hexdigest()[:32]


def _lasting(value: Any, numbers: set[str]) -> Any:
    """Return a value without what is new each time."""
    if isinstance(value, dict):
        return {name: _lasting(each, numbers) for name, each in sorted(value.items()) if name not in numbers}
    if isinstance(value, list):
        return [_lasting(each, numbers) for each in value]
    if isinstance(value, str) and _NEW_EACH_TIME.fullmatch(value):
        return ""
    return value
