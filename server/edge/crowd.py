"""Who is connected to this worker, and who has to go when there are too many.

A connection waits when no request of it is under way: it says nothing, says it slowly, or is kept for the next request.
When a limit is reached, the oldest that waits and has not been used since it was last looked at makes room, so that
silent connections keep nobody out; only where all are at work is a new one refused.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Protocol

from server.settings import Network

_QUIET_SECONDS = 10
"""The log tells of refused and ended connections at most so often: an attacker shall not fill it."""

_log = logging.getLogger("finzbooks.connections")


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What connections may be and do; sizes in bytes, times in seconds.

    ``trusted`` are the networks of proxies, which carry the calls of many: no limit per address is theirs.
    """

    connections: int = 1000
    per_address: int = 250
    trusted: tuple[Network, ...] = ()
    head_bytes: int = 64 * 1024
    head_lines: int = 100
    head_seconds: float = 10
    reading_seconds: float = 30


class Connected(Protocol):
    """A connection, as far as the crowd knows it; ``was_used`` is set by each request, and unset by our looks."""

    was_used: bool

    def is_waiting(self) -> bool:
        """Tell whether no request is under way."""

    def hang_up(self) -> None:
        """End it."""


_Queue = OrderedDict[Connected, None]


class Crowd:
    """All connections of one worker, the oldest first, those with a second chance last. A request costs us nothing."""

    def __init__(self, limits: ConnectionLimits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._places: dict[Connected, str] = {}
        self._all: _Queue = OrderedDict()
        self._at: dict[str, _Queue] = {}
        self._ended = self._refused = 0
        self._told_at = -float(_QUIET_SECONDS)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._all)

    def enter(self, connection: Connected, address: str) -> bool:
        """Take a connection in; say False if there is no room and all others are at work."""
        place = _place_of(address, self._limits.trusted)
        at_place = self._at.get(place, OrderedDict())
        if place and len(at_place) >= self._limits.per_address:
            has_room = self._make_room(at_place)
        else:
            has_room = len(self) < self._limits.connections or self._make_room(self._all)
        if not has_room:
            self._refused += 1
            self._tell()
            return False
        self._places[connection] = place
        self._all[connection] = None
        self._at.setdefault(place, OrderedDict())[connection] = None
        return True

    def leave(self, connection: Connected) -> None:
        """Forget a connection; again is as good."""
        place = self._places.pop(connection, None)
        if place is None:
            return
        del self._all[connection]
        at_place = self._at[place]
        del at_place[connection]
        if not at_place:
            del self._at[place]

    def _make_room(self, queue: _Queue) -> bool:
        """End one that waits; say whether there was one."""
        for _ in range(2 * len(queue)):
            first = next(iter(queue))
            if first.is_waiting() and not first.was_used:
                self.leave(first)
                first.hang_up()
                self._ended += 1
                self._tell()
                return True
            first.was_used = False
            queue.move_to_end(first)
        return False

    def _tell(self) -> None:
        now = self._clock()
        if now - self._told_at < _QUIET_SECONDS:
            return
        _log.warning(
            "Connections are at their limit: %d that waited were ended to make room, %d new ones were refused.",
            self._ended, self._refused,
        )  # fmt: skip
        self._told_at, self._ended, self._refused = now, 0, 0


@lru_cache(maxsize=4096)
def _place_of(address: str, trusted: tuple[Network, ...]) -> str:
    """Return what counts as one address: of IPv6 the network of a household; empty for those without a limit."""
    try:
        sent_from = ip_address(address)
    except ValueError:  # a Unix socket
        return ""
    mapped = getattr(sent_from, "ipv4_mapped", None)
    sent_from = mapped or sent_from
    if any(sent_from in network for network in trusted):
        return ""
    return str(sent_from) if sent_from.version == 4 else sent_from.exploded[:19]
