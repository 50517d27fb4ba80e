"""Who calls the simulated portal: a client whose id says how far the clock of its sandbox is ahead of the real one."""

from datetime import timedelta

_NAME = "simulated"
_AHEAD = f"{_NAME} ahead "


def client_id(ahead: timedelta) -> str:
    """Return the id of a client whose clock is so far ahead."""
    seconds = round(ahead.total_seconds())
    return f"{_AHEAD}{seconds}" if seconds else _NAME


def ahead_of(client_id: str) -> timedelta:
    """Return how far ahead the clock of a client is; that of any other is the real one."""
    said = client_id.removeprefix(_AHEAD)
    is_told = client_id.startswith(_AHEAD) and said.removeprefix("-").isdecimal() and said.isascii()
    return timedelta(seconds=int(said[:12])) if is_told else timedelta()
