"""Seals what must be kept secret in the database: AES-GCM with a key of this installation, bound to what it is for."""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable

from domain.errors import Unavailable
from server.kept_secrets import kept_secret
from server.settings import Settings

Seal = Callable[[str, str], str]
"""Seals a text for a purpose, such as the registration whose password it is."""

_NONCE_BYTES = 12
_FILE = "secrets.key"


class Unsealable(Exception):
    """What is kept was sealed with another key, or for another purpose."""


class Sealer:
    """Seals and opens with the key of this installation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key: bytes | None = None

    def seal(self, text: str, purpose: str) -> str:
        """Return the text sealed, different each time."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # not in a worker that seals nothing

        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(
            nonce + AESGCM(self._own_key()).encrypt(nonce, text.encode(), purpose.encode())
        ).decode()

    def unseal(self, text: str, purpose: str) -> str:
        """Return what was sealed for this purpose. Raises Unsealable."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        content = base64.b64decode(text)
        try:
            opened = AESGCM(self._own_key()).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], purpose.encode())
        except InvalidTag:
            raise Unsealable("It was sealed with another FINZBOOKS_SECRETS_KEY.") from None
        return opened.decode()

    def key_for(self, purpose: str) -> bytes:
        """Return a key of 256 bits for this purpose alone, the same on every machine that has the same secret."""
        return hmac.digest(self._own_key(), f"key for {purpose}".encode(), hashlib.sha256)

    def _own_key(self) -> bytes:
        if self._key is None:
            said = self._settings.secrets_key
            self._key = base64.b64decode(said) if said else self._kept()
        return self._key

    def _kept(self) -> bytes:
        try:
            return kept_secret(self._settings.data_directory / _FILE)
        except OSError as reason:
            message = f"The secret of this installation cannot be kept: {reason.strerror}."
            raise Unavailable(message, headers={"Retry-After": "60"}) from reason
