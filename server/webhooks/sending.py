"""One attempt: the body out of the event as it was, signed anew, and what came back."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from adapters.outbound import Answer, OutboundClient, OutboundFailure
from domain.webhooks.endpoints import purpose_of
from domain.webhooks.outcomes import Answered
from domain.webhooks.serving import Attempt, Ended, Taken
from domain.webhooks.signatures import signed_headers
from domain.webhooks.switching_off import Served
from server.contract.codec import encode
from server.sealing import Sealer, Unsealable

USER_AGENT = "FinzBooks-Webhooks"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f]")
KEPT_BYTES = 2048
"""How much of an answer is kept."""

_log = logging.getLogger("finzbooks.webhooks")

Clock = Callable[[], datetime]
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends deliveries of any organization."""

    client: OutboundClient
    sealer: Sealer
    clock: Clock
    is_insecure_allowed: bool = False

    async def attempt(self, organization_id: str, endpoint: Served, taken: Taken) -> Ended:
        """Make one attempt. Whatever it comes to is told, and nothing is raised."""
        began_at, body = self.clock(), body_of(organization_id, taken)
        said: dict[str, str] = {}
        try:
            said = self._headers(endpoint, taken, body, began_at)
            answer = await self.client.post(
                endpoint.url, body=body, headers=said, is_insecure_allowed=self.is_insecure_allowed
            )
        except OutboundFailure as failure:
            told: Told = {
                "error_code": failure.kind,
                "error_message": str(failure),
                "milliseconds": failure.milliseconds,
            }
        except Unsealable as failure:
            told = {"error_code": "SECRET_UNREADABLE", "error_message": str(failure), "milliseconds": 0}
        except Exception:
            _log.exception("Unhandled error in delivery %s", taken.id)
            message = "Something went wrong on our side."
            told = {"error_code": "SERVER_ERROR", "error_message": message, "milliseconds": 0}
        else:
            return self._answered(answer, taken, _attempt(endpoint, said, body, began_at, _told(answer)))
        return Ended(
            taken=taken,
            attempt=_attempt(endpoint, said, body, began_at, told),
            answered=Answered(response_status=None),
        )

    def _headers(self, endpoint: Served, taken: Taken, body: bytes, at: datetime) -> dict[str, str]:
        """What is said above the body. Raises Unsealable."""
        purpose, secrets = purpose_of(endpoint.id), [endpoint.secret_sealed]
        if endpoint.previous_secret_sealed and endpoint.previous_secret_until and at < endpoint.previous_secret_until:
            secrets.append(endpoint.previous_secret_sealed)
        return {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "X-AIBooks-Event": taken.event_type,
            **signed_headers(
                body,
                delivery_id=taken.id,
                timestamp=int(at.timestamp()),
                secrets=[self.sealer.unseal(each, purpose) for each in secrets],
            ),
        }

    def _answered(self, answer: Answer, taken: Taken, attempt: Attempt) -> Ended:
        wish = retry_after(answer.headers, self.clock())
        return Ended(taken=taken, attempt=attempt, answered=Answered(response_status=answer.status, retry_after=wish))


def body_of(organization_id: str, taken: Taken) -> bytes:
    """Return what is posted: the event as it was, the same at each attempt."""
    return encode(
        {
            "event_type": taken.event_type,
            "delivery_id": taken.id,
            "event_id": taken.event_id,
            "occurred_at": taken.occurred_at,
            "org_id": organization_id,
            "data": taken.summary,
        }
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return for how long ``Retry-After`` asks to be left alone, in seconds or up to a date; else nothing."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal() and said.isascii():
        return timedelta(seconds=min(int(said[:9]), 999_999_999))
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now


def _told(answer: Answer) -> Told:
    text = _CONTROL.sub("\ufffd", answer.body[:KEPT_BYTES].decode("utf-8", "replace"))
    return {
        "response_status": answer.status,
        "response_headers": {name: _IN_A_LINE.sub(" ", value) for name, value in answer.headers.items()},
        "response_body": text,
        "milliseconds": answer.milliseconds,
    }


def _attempt(endpoint: Served, headers: Mapping[str, str], body: bytes, began_at: datetime, told: Told) -> Attempt:
    return Attempt(began_at=began_at, url=endpoint.url, request_headers=headers, request_body=body.decode(), **told)
