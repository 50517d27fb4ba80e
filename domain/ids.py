"""Identifiers: a prefix that says what is meant, and 26 characters that sort by the time they were made.

They are TypeIDs: a UUIDv7 (RFC 9562: 48 bits of milliseconds, then version, variant and 74 random bits) in Crockford's
base32, lower case. The milliseconds fill exactly the first ten characters. Inside one millisecond a process counts
the random part up by random steps, so its ids rise without a break, also when the clock steps back.
"""

import hashlib
import os
import threading
import time
from io import BytesIO

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(high + low for high in _DIGITS for low in _DIGITS)
_RANDOM_BITS = 74
_LOW_BITS = 62
_LOW_MASK = (1 << _LOW_BITS) - 1
_VERSION_7 = 7 << 76
_VARIANT = 2 << 62

_FRESH_BYTES = 9
"""Two of the 74 bits are left free, so that counting on cannot overflow within a millisecond."""

_DRAWN_BYTES = 500 * _FRESH_BYTES
"""So much is asked of the operating system at once: a call of it takes longer than all the rest of an id."""


class _Clock:
    """The last moment and random part this process gave out, and random bytes to come."""

    __slots__ = ("drawn", "lock", "milliseconds", "moment", "random")

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start anew, so that a forked child never continues its parent's count, nor draws the same bytes."""
        self.lock = threading.Lock()
        self.milliseconds = 0
        self.moment = ""
        self.random = 0
        self.drawn = BytesIO()

    def fresh(self) -> int:
        """Return 72 random bits."""
        bits = self.drawn.read(_FRESH_BYTES)
        if not bits:
            self.drawn = BytesIO(os.urandom(_DRAWN_BYTES))
            bits = self.drawn.read(_FRESH_BYTES)
        return int.from_bytes(bits, "big")


_clock = _Clock()
os.register_at_fork(after_in_child=_clock.forget)


def new_id(prefix: str) -> str:
    """Return a new id such as ``inv_01k9x2…``; each is greater than all that this process made before."""
    now = time.time_ns() // 1_000_000
    with _clock.lock:
        fresh = _clock.fresh()
        if now > _clock.milliseconds:
            _clock.random = fresh
            _set_moment(now)
        else:
            _clock.random += (fresh & 0xFFFF_FFFF) + 1
            if _clock.random >> _RANDOM_BITS:
                _clock.random = fresh
                _set_moment(_clock.milliseconds + 1)
        moment, random = _clock.moment, _clock.random
    tail = _VERSION_7 | (random >> _LOW_BITS) << 64 | _VARIANT | random & _LOW_MASK
    return f"{prefix}_{moment}{_sixteen_characters(tail)}"


def fixed_id(prefix: str, name: str) -> str:
    """Return the id that ``name`` has on every installation: a UUIDv8 from its SHA-256, for rows that are seeded."""
    digest = int.from_bytes(hashlib.sha256(f"{prefix}:{name}".encode()).digest()[:16], "big")
    tail = 8 << 76 | digest & (0xFFF << 64) | _VARIANT | digest & _LOW_MASK
    return f"{prefix}_{_ten_characters(digest >> 80)}{_sixteen_characters(tail)}"


def _set_moment(milliseconds: int) -> None:
    _clock.milliseconds = milliseconds
    _clock.moment = _ten_characters(milliseconds)


def _ten_characters(bits: int) -> str:
    return "".join([_PAIRS[bits >> shift & 1023] for shift in (40, 30, 20, 10, 0)])


def _sixteen_characters(bits: int) -> str:
    pairs = _PAIRS
    return (
        f"{pairs[bits >> 70]}{pairs[bits >> 60 & 1023]}{pairs[bits >> 50 & 1023]}{pairs[bits >> 40 & 1023]}"
        f"{pairs[bits >> 30 & 1023]}{pairs[bits >> 20 & 1023]}{pairs[bits >> 10 & 1023]}{pairs[bits & 1023]}"
    )
