"""Confirmations: that a caller has seen what a change comes to, signed, for a quarter of an hour, and kept nowhere.

One is bound to who asked, for which organization, with which tool and arguments, and to the digest of what was shown.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from domain.values import Struct
from server import clock

GOOD_SECONDS = 15 * 60
_PREFIX = "cf_"
_EXPIRES, _NONCE, _DIGEST, _MAC = 5, 6, 16, 16
_CANONICAL = msgspec.json.Encoder(decimal_format="number", order="sorted")


class Bound(Struct, frozen=True):
    """What a confirmation is for."""

    subject: str
    organization_id: str
    tool: str
    arguments: dict[str, Any]


class NotConfirmed(Exception):
    """A confirmation that is for something else, too old, or none at all; the message says which."""


class Confirmations:
    """Gives confirmations and reads them, with a key that all workers have."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._key = key

    def give(self, bound: Bound, digest: str) -> str:
        """Return the confirmation of what has this digest; no two are alike."""
        expires = int(clock.seconds()) + GOOD_SECONDS
        told = expires.to_bytes(_EXPIRES) + secrets.token_bytes(_NONCE) + bytes.fromhex(digest)
        return _PREFIX + base64.urlsafe_b64encode(told + self._mac(bound, told)).decode().rstrip("=")

    def digest_of(self, confirmation: str, bound: Bound) -> str:
        """Return what was shown when it was given. Raises NotConfirmed."""
        content = _content(confirmation)
        told, mac = content[:-_MAC], content[-_MAC:]
        if not hmac.compare_digest(mac, self._mac(bound, told)):
            raise NotConfirmed("The confirmation is for other arguments, another organization or another user.")
        if int.from_bytes(told[:_EXPIRES]) < clock.seconds():
            raise NotConfirmed("The confirmation is older than a quarter of an hour.")
        return told[_EXPIRES + _NONCE :].hex()

    def _mac(self, bound: Bound, told: bytes) -> bytes:
        meant = _CANONICAL.encode([bound.subject, bound.organization_id, bound.tool, bound.arguments])
        return hmac.digest(self._key(), hashlib.sha256(meant).digest() + told, hashlib.sha256)[:_MAC]


def key_of(confirmation: str) -> bytes:
    """Return the idempotency key of what a confirmation confirms."""
    return b"mcp-" + hashlib.sha256(confirmation.encode()).hexdigest()[:40].encode()


def _content(confirmation: str) -> bytes:
    try:
        coded = confirmation.removeprefix(_PREFIX).encode("ascii")
        content = base64.b64decode(coded + b"=" * (-len(coded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        content = b""
    if not confirmation.startswith(_PREFIX) or len(content) != _EXPIRES + _NONCE + _DIGEST + _MAC:
        raise NotConfirmed("This is no confirmation: send what the preview gave, whole.")
    return content
