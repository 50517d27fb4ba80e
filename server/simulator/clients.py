"""Who calls the simulated portal: a client id says whose books they are, since when, and how far ahead their clock.

What is registered is known to the same books alone: to those of live organizations, of their sandboxes, and of a
sandbox before it was emptied, one number may stand for different documents.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_SIMULATED = re.compile(r"simulated (\S*) since (\d{1,17}) ahead (-?\d{1,12})", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)


class Client(NamedTuple):
    """Whose books they are, when they began anew, if ever, and how far their clock is ahead of the real one."""

    organization_id: str = ""
    begun_at: datetime | None = None
    ahead: timedelta = timedelta()


class Known(NamedTuple):
    """What the portal reads in a client id; ``since`` are microseconds, and 0 for books that never began anew."""

    organization_id: str = ""
    since: int = 0
    ahead: timedelta = timedelta()


def client_id(client: Client) -> str:
    """Return the id by which these books are known to the simulated portal."""
    since = 0 if client.begun_at is None else (client.begun_at - datetime.fromtimestamp(0, UTC)) // _MICROSECOND
    return f"simulated {client.organization_id} since {since} ahead {round(client.ahead.total_seconds())}"


def known_by(client_id: str) -> Known:
    """Return what a client id says; all others are one, whose clock is the real one."""
    said = _SIMULATED.fullmatch(client_id)
    return Known(said[1], int(said[2]), timedelta(seconds=int(said[3]))) if said else Known()
