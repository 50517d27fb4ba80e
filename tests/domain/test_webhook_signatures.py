"""Signatures of deliveries, verified by the packages that those who receive them use."""

import base64
import json
import time
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as some
from standardwebhooks import Webhook, WebhookVerificationError
from stripe import SignatureVerificationError, WebhookSignature

from domain.webhooks.signatures import signed_headers

BODY = '{"event_type":"INVOICE_PAID","data":{"customer_name":"श्री ट्रेडर्स"}}'
KEY = "whd_01kar7v3fxe7srq2mv8cx0a1wd"
SECRETS = some.binary(min_size=24, max_size=64).map(lambda raw: "whsec_" + base64.b64encode(raw).decode())
OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="


class Verify(Protocol):
    """Says whether headers are believed, by who has a secret and got a body."""

    def __call__(self, said: dict[str, str], secret: str, body: str = ...) -> bool: ...


def headers(*secrets: str, body: str = BODY, age: int = 0) -> dict[str, str]:
    return signed_headers(body.encode(), delivery_id=KEY, timestamp=int(time.time()) - age, secrets=secrets)


def is_ours(said: dict[str, str], secret: str, body: str = BODY) -> bool:
    try:
        return bool(WebhookSignature.verify_header(body, said["X-AIBooks-Signature"], secret, tolerance=300))
    except SignatureVerificationError:
        return False


def is_standard(said: dict[str, str], secret: str, body: str = BODY) -> bool:
    try:
        Webhook(secret).verify(body, said)
    except WebhookVerificationError:
        return False
    return True


def test_the_headers_are_those_of_the_contract() -> None:
    """Figures made with openssl: ``printf '1764500000.{}' | openssl dgst -sha256 -hmac whsec_…``."""
    assert signed_headers(b"{}", delivery_id=KEY, timestamp=1764500000, secrets=[OLD]) == {
        "X-AIBooks-Delivery": KEY,
        "X-AIBooks-Timestamp": "1764500000",
        "X-AIBooks-Signature": "t=1764500000,v1=098e89c828879392c255fc7ed29f8561bbaa9f445f22618864e06e648cda64c6",
        "webhook-id": KEY,
        "webhook-timestamp": "1764500000",
        "webhook-signature": "v1,oRRZ11j+jW70Rv+D0aaRhY4OYIb0p2ipVM59BV8+nJg=",
    }


@given(SECRETS, some.dictionaries(some.text(some.characters(codec="utf-8")), some.integers(), max_size=4))
def test_both_packages_believe_what_we_sign(secret: str, members: dict[str, int]) -> None:
    body = json.dumps(members, ensure_ascii=False)
    said = headers(secret, body=body)
    assert is_ours(said, secret, body)
    assert is_standard(said, secret, body)


@pytest.mark.parametrize("believes", [is_ours, is_standard])
def test_either_secret_is_good_while_one_takes_the_others_place(believes: Verify) -> None:
    assert believes(headers(NEW, OLD), OLD)
    assert believes(headers(NEW, OLD), NEW)
    assert not believes(headers(NEW), OLD)


@pytest.mark.parametrize("believes", [is_ours, is_standard])
def test_what_was_changed_on_its_way_is_not_believed(believes: Verify) -> None:
    said = headers(NEW)
    assert believes(said, NEW)
    assert not believes(said, NEW, BODY.replace("PAID", "VOID"))
    later = {name: value.replace(said["webhook-timestamp"], str(int(time.time()) + 1)) for name, value in said.items()}
    assert not believes(later, NEW)


@pytest.mark.parametrize("believes", [is_ours, is_standard])
def test_what_is_over_five_minutes_old_is_not_believed(believes: Verify) -> None:
    assert believes(headers(NEW, age=290), NEW)
    assert not believes(headers(NEW, age=310), NEW)


def test_the_standard_signature_belongs_to_the_delivery() -> None:
    said = headers(NEW) | {"webhook-id": "whd_another"}
    assert not is_standard(said, NEW)


@pytest.mark.parametrize("secret", ["", "secret", "whsec", "WHSEC_AAAA", "whsec_A", "whsec_AA AA", "whsec_ä"])
def test_what_is_no_secret_signs_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match=r"secret of a webhook|ASCII"):
        headers(secret)
