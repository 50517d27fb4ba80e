"""What the portal signs: the registered document and the text of its QR code, as JWTs (RS256)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_BEGIN = b"-----BEGIN "


class NotSigned(Exception):
    """A text is not signed by one of the keys, or holds nothing that can be read."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a good signature vouches for: who signed, and the JSON object inside."""

    issuer: str
    content: dict[str, Any]


def keys_in(pem: bytes) -> list[RSAPublicKey]:
    """Return the RSA keys of all certificates and public keys in a file. Raises ValueError for anything else in it."""
    keys = []
    for part in (_BEGIN + each for each in pem.split(_BEGIN)[1:]):
        if part.startswith(_CERTIFICATE):
            key: Any = x509.load_pem_x509_certificate(part).public_key()
        else:
            key = serialization.load_pem_public_key(part)
        if not isinstance(key, RSAPublicKey):
            raise ValueError("a key of the portal is no RSA key")
        keys.append(key)
    return keys


def verified(text: str, keys: Sequence[RSAPublicKey]) -> Signed:
    """Return what a signed text holds. Old keys of the portal stand in ``keys`` too. Raises NotSigned."""
    for key in keys:
        try:
            claims = jwt.decode(text, key, algorithms=["RS256"], options={"verify_aud": False, "verify_exp": False})
        except jwt.InvalidSignatureError:
            continue
        except jwt.PyJWTError as fault:
            raise NotSigned(f"It is no signed text: {fault}.") from None
        return _inside(claims)
    raise NotSigned("None of the portal's keys has signed it.")


def _inside(claims: dict[str, Any]) -> Signed:
    try:
        content = json.loads(claims["data"], parse_float=Decimal)
    except (KeyError, TypeError, ValueError):
        raise NotSigned("The signed text holds no JSON.") from None
    if not isinstance(content, dict):
        raise NotSigned("The signed text holds no object.")
    return Signed(str(claims.get("iss", "")), content)
