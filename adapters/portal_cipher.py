"""How the e-invoice and e-way bill portal wraps what is said: RSA to sign in, then AES with the key of the session.

Source: the API pages of NIC's sandbox (auth 1.04, core 1.03). The ciphers are the portal's choice, inside TLS.
"""

import base64
import binascii
import json
import os
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_BYTES = 32
_BLOCK_BITS = 128


class Unreadable(Exception):
    """What came is not wrapped as the portal wraps what it says, or not with this key."""


def new_key() -> bytes:
    """Return a key for a session, which the portal seals its own with."""
    return os.urandom(KEY_BYTES)


def sealed_for_portal(said: dict[str, Any], public_key: bytes) -> str:
    """Return what signs in, readable for the portal alone; ``public_key`` is a PEM."""
    key = serialization.load_pem_public_key(public_key)
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("the portal's public key is no RSA key")
    text = base64.b64encode(json.dumps(said).encode())
    # PKCS #1 v1.5 is what the portal reads.
    return base64.b64encode(key.encrypt(text, padding.PKCS1v15())).decode()


def sealed(content: bytes, key: bytes) -> str:
    """Return bytes wrapped with the key of a session."""
    padder = PKCS7(_BLOCK_BITS).padder()
    padded = padder.update(content) + padder.finalize()
    encryptor = _cipher(key).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def opened(text: str, key: bytes) -> bytes:
    """Return what was wrapped with the key. Raises Unreadable."""
    try:
        decryptor = _cipher(key).decryptor()
        padded = decryptor.update(base64.b64decode(text, validate=True)) + decryptor.finalize()
        unpadder = PKCS7(_BLOCK_BITS).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except (ValueError, binascii.Error):
        raise Unreadable("What the portal said cannot be opened with the key of the session.") from None


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    # Electronic code book is weak, and what the portal asks for; TLS is what protects the call.
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
