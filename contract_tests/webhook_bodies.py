"""What the contract says webhooks are told, by the name of the event, and how what is told is held against it."""

from collections.abc import Mapping
from typing import Any

from contract_tests.spec import SCHEMAS, SPEC, Node, assert_valid, inside

ALL = "*"


def _schemas() -> dict[str, Node]:
    found: dict[str, Node] = {}
    for webhook in SPEC["x-webhooks"].values():
        schema = webhook["post"]["requestBody"]["content"]["application/json"]["schema"]
        for name in inside(schema)["properties"]["event_type"]["enum"]:
            assert name not in found, f"{name} is told in two ways"
            found[name] = schema
    return found


SCHEMA_OF = _schemas()
NAMES = frozenset(SCHEMAS["WebhookEventName"]["enum"]) - {ALL}


def assert_told_so(body: Mapping[str, Any]) -> None:
    """Raise what is wrong with the body of a delivery."""
    assert_valid(SCHEMA_OF[body["event_type"]], body)


def assert_told_rightly(event_type: str, summary: Mapping[str, Any], occurred_at: str) -> None:
    """Raise what is wrong with an event of the books as the data of a delivery."""
    assert event_type in SCHEMA_OF, f"{event_type} is told and not in the contract"
    body = {
        "event_type": event_type,
        "delivery_id": "whd_01kar7v3fxe7srq2mv8cx0a1wd",
        "event_id": "evt_01kar7v3fxe7srq2mv8cx0a1ev",
        "occurred_at": occurred_at,
        "org_id": "org_01kar7v3fxe7srq2mv8cx0a1aa",
        "data": summary,
    }
    assert_told_so(body)
