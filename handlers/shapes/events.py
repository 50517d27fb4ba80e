"""Events as JSON, as the feed tells them and as webhooks carry them."""

from typing import Any

from domain.events import Event, Feed, WantedEvents


def wanted_of(query: dict[str, Any]) -> WantedEvents:
    """What is asked for; ``cursor`` is ``after`` as the feed itself wrote it."""
    cursor = query.get("cursor")
    return WantedEvents(
        after=int(cursor) if cursor is not None else query.get("after"),
        limit=query["limit"],
        place_field="after" if cursor is None else "cursor",
        event_types=tuple(query.get("event_type", ())),
        entity_type=query.get("entity_type"),
        entity_id=query.get("entity_id"),
    )


def event_shown(event: Event, organization_id: str) -> dict[str, Any]:
    """An event with what integrators are told of it."""
    return {
        "event_id": event.id,
        "sequence": event.sequence,
        "previous_sequence_of_entity": event.previous_sequence,
        "event_type": event.event_type,
        "entity_type": event.entity_type,
        "entity_id": event.entity_id,
        "org_id": organization_id,
        "occurred_at": event.occurred_at,
        "data": event.summary,
    }


def place_shown(feed: Feed, limit: int) -> dict[str, Any]:
    """Where a stretch of the feed ends, and where to go on."""
    return {
        "per_page": limit,
        "has_more_page": feed.has_more,
        "next_cursor": str(feed.after),
        "oldest_sequence": feed.oldest,
        "last_sequence": feed.last,
    }
