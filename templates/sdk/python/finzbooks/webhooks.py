"""Is this webhook from FinzBooks, unchanged, and not older than five minutes? And what does it tell?"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping

from finzbooks.errors import InvalidSignature
from finzbooks.exact import parse
from finzbooks.models import EVENTS, WebhookEvent

TOLERANCE_SECONDS = 300


def unwrap(body: bytes, headers: Mapping[str, str], secret: str) -> WebhookEvent:
    """Return the event of a webhook whose signature is good; raises InvalidSignature.

    ``body`` is what arrived, before anything parsed it; ``headers`` may be spelt in any case. Either scheme will do.
    """
    if not verify(body, headers, secret):
        raise InvalidSignature("The signature is not of this body and secret, or is older than five minutes.")
    told = parse(body)
    return EVENTS.get(told["event_type"], WebhookEvent)(told)


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Say whether a webhook is signed with the secret, by whichever of the two schemes its headers have."""
    said = {name.lower(): value for name, value in headers.items()}
    if "webhook-signature" in said:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        key, moment, signatures = (said.get(name, "") for name in names)
        return verify_standard(body, key, moment, signatures, secret)
    return verify_aibooks(body, said.get("x-aibooks-signature", ""), secret)


def verify_aibooks(body: bytes, signature: str, secret: str) -> bool:
    """X-AIBooks-Signature: t=<unix>,v1=<hex>; while a secret is being replaced there are two v1."""
    parts = [part.partition("=") for part in signature.split(",")]
    moment = next((value for name, _, value in parts if name == "t"), "")
    expected = hmac.digest(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hex()
    given = [value for name, _, value in parts if name == "v1"]
    return _is_recent(moment) and any(_is_equal(expected, each) for each in given)


def verify_standard(body: bytes, key: str, moment: str, signatures: str, secret: str) -> bool:
    """Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature (v1,<base64>, divided by spaces)."""
    try:
        signing_key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return False
    digest = hmac.digest(signing_key, f"{key}.{moment}.".encode() + body, hashlib.sha256)
    expected = "v1," + base64.b64encode(digest).decode()
    return _is_recent(moment) and any(_is_equal(expected, each) for each in signatures.split(" "))


def _is_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())  # takes the same time wherever they differ


def _is_recent(moment: str) -> bool:
    if not (moment.isascii() and moment.isdecimal()):
        return False
    return abs(time.time() - int(moment[:12])) <= TOLERANCE_SECONDS
