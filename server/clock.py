"""The one clock: the database's, as this process last heard it tell the time.

Windows of calls, ends of tokens and instants in the books are compared with what PostgreSQL wrote, so a machine whose
own clock is wrong, or several whose clocks differ, must change nothing. Each call is counted before it is carried out,
and the count tells the time; in between this process only counts seconds.
"""

from datetime import UTC, datetime
from time import monotonic, time

_told_at, _heard_at = time(), monotonic()


def heard(unix_seconds: float) -> None:
    """Take note of the time that the database told just now."""
    global _told_at, _heard_at
    _told_at, _heard_at = unix_seconds, monotonic()


def seconds() -> float:
    """Return the time in Unix seconds."""
    return _told_at + monotonic() - _heard_at


def now() -> datetime:
    """Return the time as an instant in UTC."""
    return datetime.fromtimestamp(seconds(), UTC)
