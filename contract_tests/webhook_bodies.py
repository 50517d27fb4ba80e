"""What the contract says webhooks are told, by the name of the event, and how what is told is held against it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from contract_tests.spec import SCHEMAS, SPEC, Node, inside, validator
from server.settings import DatabaseUrl
from tests.running import rows

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
    _validator(body["event_type"]).validate(body)


def assert_told_rightly(event_type: str, summary: Mapping[str, Any], occurred_at: str) -> None:
    """Raise what is wrong with an event of the books as the data of a delivery."""
    assert event_type in SCHEMA_OF, f"{event_type} is told and not in the contract"
    body = {
        "event_type": event_type,
        "delivery_id": "019c9e7d-8c7d-7be3-8b8a-84d8c3d9d21f",
        "event_id": "evt_01kar7v3fxe7srq2mv8cx0a1ev",
        "occurred_at": occurred_at,
        "org_id": "org_01kar7v3fxe7srq2mv8cx0a1aa",
        "data": summary,
    }
    assert_told_so(body)


def assert_all_told_rightly(url: DatabaseUrl, organization_id: str | None = None) -> int:
    """Raise what is wrong with any event of an organization, or of all; return how many names they have."""
    query = "select event_type, summary, occurred_at from events where %s::text is null or organization_id = %s"
    events = rows(url, query, organization_id, organization_id)
    for each in events:
        assert_told_rightly(each["event_type"], each["summary"], each["occurred_at"].isoformat())
    return len({each["event_type"] for each in events})


@cache
def _validator(event_type: str) -> jsonschema_rs.Draft202012Validator:
    return validator(SCHEMA_OF[event_type])
