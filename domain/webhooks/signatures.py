"""Signatures of deliveries: ours, which is made as Stripe makes its own, and that of Standard Webhooks.

Both are an HMAC-SHA256 over the raw body and the moment of the attempt, so a receiver can tell that it is from us, that
nobody changed it, and that nobody keeps it and sends it later. While an old secret still counts there are two.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def signed_headers(body: bytes, *, delivery_id: str, timestamp: int, secrets: Sequence[str]) -> dict[str, str]:
    """Return the headers by which a receiver knows a delivery and believes it, signed with each of the secrets.

    A secret is ``whsec_`` and the base64 of its bytes; ``timestamp`` is in Unix seconds.
    """
    assert secrets, "an endpoint has a secret"
    moment = str(timestamp)
    ours = (_mac(secret.encode(), f"{moment}.".encode() + body).hex() for secret in secrets)
    standard = (_mac(_bytes_of(secret), f"{delivery_id}.{moment}.".encode() + body) for secret in secrets)
    return {
        "X-AIBooks-Delivery": delivery_id,
        "X-AIBooks-Timestamp": moment,
        "X-AIBooks-Signature": ",".join((f"t={moment}", *(f"v1={each}" for each in ours))),
        "webhook-id": delivery_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(each).decode()}" for each in standard),
    }


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)


def _bytes_of(secret: str) -> bytes:
    """The bytes that a secret stands for. Raises ValueError for what is none of ours."""
    if not secret.startswith(PREFIX):
        raise ValueError("a secret of a webhook begins with whsec_")
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a secret of a webhook is base64 behind whsec_") from None
