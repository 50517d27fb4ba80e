"""Passwords by argon2id (RFC 9106, 4, the second recommended choice): hashed and tried in threads, a few at a time."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Each takes 64 MiB for as long as it lasts.
_AT_ONCE = 2
_hasher = PasswordHasher()


def hash_of(password: str) -> str:
    """Return how a password is kept."""
    return _hasher.hash(password)


class Passwords:
    """Tries passwords without holding anybody else up."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def hashed(self, password: str) -> str:
        """Return how a password is kept."""
        async with self._places:
            return await asyncio.to_thread(hash_of, password)

    async def is_right(self, password: str, kept: str | None) -> bool:
        """Say whether a password is the one that is kept; where none is, that takes as long as if one were."""
        async with self._places:
            is_same = await asyncio.to_thread(is_right, password, kept or _nobodys())
        return is_same and kept is not None


def is_right(password: str, kept: str | None) -> bool:
    """Say whether a password is the one that is kept, and take as long as that takes."""
    if kept is None:
        return False
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return hash_of("of nobody")
