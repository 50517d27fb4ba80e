"""Is this webhook from FinzBooks, unchanged, and not older than five minutes?

In your receiver: take the body as raw bytes, before anything parses it, and call one of the two functions.
By hand: python verify.py aibooks SECRET SIGNATURE < body
    or: python verify.py standard SECRET ID TIMESTAMP SIGNATURE < body
"""

import base64
import hashlib
import hmac
import sys
import time

TOLERANCE = 300


def verify_aibooks(body: bytes, signature: str, secret: str) -> bool:
    """X-AIBooks-Signature: t=<unix>,v1=<hex>, while a secret is replaced with two v1."""
    parts = [part.partition("=") for part in signature.split(",")]
    moment = next((value for name, _, value in parts if name == "t"), "")
    expected = hmac.digest(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hex()
    given = [value for name, _, value in parts if name == "v1"]
    return _is_recent(moment) and any(_equal(expected, each) for each in given)


def verify_standard(body: bytes, key: str, moment: str, signatures: str, secret: str) -> bool:
    """Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature (v1,<base64>, divided by spaces)."""
    signing_key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(signing_key, f"{key}.{moment}.".encode() + body, hashlib.sha256)
    expected = "v1," + base64.b64encode(digest).decode()
    return _is_recent(moment) and any(_equal(expected, each) for each in signatures.split(" "))


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())  # takes the same time wherever they differ


def _is_recent(moment: str) -> bool:
    return moment.isascii() and moment.isdecimal() and abs(time.time() - int(moment[:12])) <= TOLERANCE


if __name__ == "__main__":
    scheme, own_secret, *headers = sys.argv[1:]
    raw_body = sys.stdin.buffer.read()
    if scheme == "aibooks":
        is_good = verify_aibooks(raw_body, headers[0], own_secret)
    else:
        is_good = verify_standard(raw_body, headers[0], headers[1], headers[2], own_secret)
    print("good" if is_good else "bad")
    sys.exit(not is_good)
