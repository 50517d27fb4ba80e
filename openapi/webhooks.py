"""Makes of the families of events what is told to webhooks: a schema of the bodies and a webhook for each of them.

OpenAPI 3.0.3 knows no webhooks; ``x-webhooks`` is where tools look for them, written as those of 3.1 are.
"""

from collections.abc import Iterator

from openapi.fragments import Json

ALL = "*"
"""What subscribes to every event, also to those that will come."""

NAMES = "WebhookEventName"
"""The schema whose values are the names of all events that are told, and ``ALL``."""

_SCHEMAS = "#/components/schemas/"


def add_webhooks(source: Json) -> None:
    """Put the webhooks, their bodies and the names of all events into the fragments, in place of the families."""
    families, groups = source.pop("x-event-families"), source.pop("x-event-verbs")
    shared = source.pop("x-every-webhook")
    schemas, told = source["components"]["schemas"], dict[str, list[str]]()
    source["x-webhooks"] = {}
    for family in families:
        words = family["of"].lower()
        told[words] = list(_names(family, groups))
        name = _pascal(words) + "Event"
        assert name not in schemas, f"{name} is the name of two schemas"
        schemas[name] = _body(family, told[words], shared["body"])
        source["x-webhooks"][f"{words}_events"] = {"post": _webhook(family, name, told[words], shared)}
    schemas[NAMES]["enum"] = [*(name for names in told.values() for name in names), ALL]


def _names(family: Json, groups: Json) -> Iterator[str]:
    yield from family.get("names", ())
    for verbs in (family.get("verbs", ()), *(groups[group] for group in family.get("also", ()))):
        yield from (f"{family['of']}_{verb}" for verb in verbs)


def _body(family: Json, names: list[str], shared: Json) -> Json:
    about = {"description": "What happened.", "type": "string", "enum": names, "example": names[0]}
    return {
        "description": f"What a webhook is told of {family['things']}.",
        "type": "object",
        "additionalProperties": False,
        "x-required-except": [],
        "properties": {"event_type": about, **shared, "data": family["data"]},
    }


def _webhook(family: Json, name: str, names: list[str], shared: Json) -> Json:
    events = ", ".join(f"`{each}`" for each in names)
    return {
        "operationId": f"told_of_{family['of'].lower()}_events",
        "tags": ["webhooks"],
        "summary": f"What happens to {family['things']}",
        "description": f"{shared['description']} Events: {events}.",
        "security": [],
        "parameters": shared["parameters"],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{name}"}}}},
        "responses": shared["responses"],
    }


def _pascal(words: str) -> str:
    return "".join(word.capitalize() for word in words.split("_"))
