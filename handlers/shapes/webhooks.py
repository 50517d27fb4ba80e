"""Webhook endpoints and deliveries as JSON; what is said of an endpoint never has its secrets."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, null

from domain.statements import gathered
from domain.webhooks.replays import Range, Replay
from handlers.shapes.shape import TIMES, Shape, same
from models.webhooks import webhook_attempts, webhook_deliveries, webhook_endpoints

ENDPOINT = Shape(
    webhook_endpoints,
    {
        "endpoint_id": "id",
        **same("url", "events", "description", "payload", "is_active", "disabled_reason", "disabled_at"),
        **same("failing_since", "previous_secret_until"),
        "created_by_user_id": "created_by",
        **TIMES,
    },
)

ATTEMPT = Shape(
    webhook_attempts,
    {
        **same("number", "began_at", "url", "request_headers", "request_body"),
        **same("response_status", "response_headers", "response_body"),
        "duration_ms": "milliseconds",
        **same("error_code", "error_message"),
    },
)

_DELIVERY = webhook_deliveries.c

DELIVERY_ROW = Shape(
    webhook_deliveries,
    {
        "delivery_id": "id",
        **same("endpoint_id", "event_type", "event_id", "sequence", "entity_type", "entity_id", "occurred_at"),
        **same("status", "is_replay", "attempt_count"),
        # While it is being sent, the column holds the moment from which on others may take it for lost.
        "next_attempt_at": case((_DELIVERY.taken_by.is_(None), _DELIVERY.next_at), else_=null()),
        "created_time": "created_at",
        **same("ended_at"),
    },
)
"""One in a list."""

DELIVERY = DELIVERY_ROW.also(
    {
        "attempts": gathered(
            webhook_deliveries, webhook_attempts, webhook_attempts.c.delivery_id, ATTEMPT.columns, order="number"
        )
    }
)


def with_secret(endpoint: dict[str, Any], secret: str) -> dict[str, Any]:
    """An endpoint as it is shown once, when its secret is new."""
    return {**endpoint, "secret": secret}


def range_of(body: dict[str, Any]) -> Range:
    """What is to be told again."""
    since, until = (body.get(name) for name in ("from_time", "to_time"))
    return Range(
        from_sequence=body.get("from_sequence"),
        to_sequence=body.get("to_sequence"),
        from_time=datetime.fromisoformat(since) if since else None,
        to_time=datetime.fromisoformat(until) if until else None,
    )


def replay_shown(replay: Replay) -> dict[str, Any]:
    """What is told again."""
    return {name: getattr(replay, name) for name in replay.__struct_fields__}
