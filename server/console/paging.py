"""Lists that go on: the way to the page after the one that is shown."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode


def following(asked: Mapping[str, Any], cursor: str | None) -> str | None:
    """Return the query of the page that begins at a cursor, of what was ``asked``; nothing where the list ends."""
    if not cursor:
        return None
    return f"?{urlencode({name: value for name, value in {**asked, 'cursor': cursor}.items() if value})}"


def cursor_of(answer: Mapping[str, Any] | None) -> str | None:
    """Return where the list of an answer goes on, if it does."""
    context = (answer or {}).get("page_context") or {}
    cursor: str | None = context.get("next_cursor")
    return cursor
