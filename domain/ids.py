"""Identifiers: a prefix that says what is meant, and 26 characters that sort by the time they were made.

They are TypeIDs: a UUIDv7 (RFC 9562: 48 bits of milliseconds, then version, variant and 74 bits) in Crockford's base32,
lower case. The milliseconds fill exactly the first ten characters. The next four, with version and variant among
them, count the ids that a process made within one millisecond (RFC 9562, 6.2, method 1), so its ids rise without a
break, also when the clock steps back. The last twelve are random: 60 bits that are new in every id.
"""

import hashlib
import os
import threading
import time
from datetime import datetime
from io import StringIO
from uuid import UUID

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(high + low for high in _DIGITS for low in _DIGITS)
_LOW_MASK = (1 << 62) - 1
_VARIANT = 2 << 62

_LAST_COUNT = (1 << 14) - 1
_VERSION_AND_BIT_13 = "ef"
_BIT_2_VARIANT_BITS_1_AND_0 = "89abrstv"

_RANDOM_CHARACTERS = 12
_DRAWN_BYTES = 500 * _RANDOM_CHARACTERS
"""So much is asked of the operating system at once: a call of it takes longer than all the rest of an id."""

_EACH_BYTE_AS_DIGIT = _DIGITS.encode() * 8


class _Clock:
    """The last moment and count this process gave out, and random characters to come."""

    __slots__ = ("count", "drawn", "lock", "milliseconds", "moment")

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start anew, so that a forked child never draws the same characters as its parent."""
        self.lock = threading.Lock()
        self.milliseconds = 0
        self.moment = ""
        self.count = 0
        self.drawn = StringIO()

    def fresh(self) -> str:
        """Return twelve random characters."""
        characters = self.drawn.read(_RANDOM_CHARACTERS)
        if not characters:
            self.drawn = StringIO(os.urandom(_DRAWN_BYTES).translate(_EACH_BYTE_AS_DIGIT).decode())
            characters = self.drawn.read(_RANDOM_CHARACTERS)
        return characters


_clock = _Clock()
os.register_at_fork(after_in_child=_clock.forget)


def new_id(prefix: str) -> str:
    """Return a new id such as ``inv_01k9x2…``; each is greater than all that this process made before."""
    clock, now = _clock, time.time_ns() // 1_000_000
    with clock.lock:
        if now > clock.milliseconds:
            _set_moment(now)
        elif clock.count < _LAST_COUNT:
            clock.count += 1
        else:
            _set_moment(clock.milliseconds + 1)
        moment, count, random = clock.moment, clock.count, clock.fresh()
    return (
        f"{prefix}_{moment}{_VERSION_AND_BIT_13[count >> 13]}{_PAIRS[count >> 3 & 1023]}"
        f"{_BIT_2_VARIANT_BITS_1_AND_0[count & 7]}{random}"
    )


def first_id(prefix: str, instant: datetime) -> str:
    """Return what stands before all ids that were made at ``instant`` or later, and behind those made before."""
    return f"{prefix}_{_ten_characters(int(instant.timestamp() * 1000))}"


def new_uuid() -> str:
    """Return a new UUIDv7 as RFC 9562 writes it, for what others expect to be one; it rises as ``new_id`` does."""
    bits = 0
    for digit in new_id("")[1:]:
        bits = bits << 5 | _DIGITS.index(digit)
    return str(UUID(int=bits))


def fixed_id(prefix: str, name: str) -> str:
    """Return the id that ``name`` has on every installation: a UUIDv8 from its SHA-256, for rows that are seeded."""
    digest = int.from_bytes(hashlib.sha256(f"{prefix}:{name}".encode()).digest()[:16], "big")
    tail = 8 << 76 | digest & (0xFFF << 64) | _VARIANT | digest & _LOW_MASK
    return f"{prefix}_{_ten_characters(digest >> 80)}{_sixteen_characters(tail)}"


def _set_moment(milliseconds: int) -> None:
    _clock.milliseconds = milliseconds
    _clock.moment = _ten_characters(milliseconds)
    _clock.count = 0


def _ten_characters(bits: int) -> str:
    return "".join([_PAIRS[bits >> shift & 1023] for shift in (40, 30, 20, 10, 0)])


def _sixteen_characters(bits: int) -> str:
    pairs = _PAIRS
    return (
        f"{pairs[bits >> 70]}{pairs[bits >> 60 & 1023]}{pairs[bits >> 50 & 1023]}{pairs[bits >> 40 & 1023]}"
        f"{pairs[bits >> 30 & 1023]}{pairs[bits >> 20 & 1023]}{pairs[bits >> 10 & 1023]}{pairs[bits & 1023]}"
    )
