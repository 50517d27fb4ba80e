"""The pages of webhook endpoints: which there are, how they fare, making and changing them."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from domain.books import INDIA
from domain.errors import Invalid, Refusal
from server import clock
from server.console.developer.readers import LISTENERS, OWNERS
from server.console.developer.sparklines import Spark, spark
from server.console.forms import Field
from server.console.inner import Answer
from server.console.meanwhile import version_of
from server.console.pages import Page
from server.console.visits import DONE, Visit

DONE["endpoint-deleted"] = "The endpoint is deleted: nothing more is sent there."
DONE["kept-secret"] = "This was done before. The secret was shown then, and is shown never again."

PATH = "/console/{organization}/webhooks"
STATUSES = ("PENDING", "DELIVERED", "FAILED", "CANCELLED")
PAYLOADS = [("SUMMARY", "The id and what it is about"), ("ID_ONLY", "The id alone")]
_COMPARED = (
    Field("url", "Address"),
    Field("description", "What it is for"),
    Field("events", "What it is told"),
    Field("payload", "What a delivery holds", "choice", PAYLOADS),
    Field("is_active", "It is told what happens", "tick"),
)
_EVERYTHING = "*"
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


async def listed(visit: Visit) -> Response:
    """Show the endpoints with how the last deliveries to each went."""
    endpoints = (await visit.get("/webhooks/endpoints", per_page=200))["endpoints"]
    deliveries = (await visit.get("/webhooks/deliveries", per_page=200))["deliveries"]
    sparks = {each["endpoint_id"]: _spark(deliveries, each["endpoint_id"]) for each in endpoints}
    return visit.page("developer/webhooks.html", endpoints=endpoints, sparks=sparks, is_owner=_is_owner(visit))


async def asked(visit: Visit) -> Response:
    """Show the form for a new endpoint."""
    return _form(visit, {"reach": "all", "payload": "SUMMARY"}, ())


async def made(visit: Visit) -> Response:
    """Make an endpoint, and show its secret on the page that answers."""
    filled, events = _filled(visit)
    try:
        answer = await visit.call("POST", "/webhooks/endpoints", body=_said(filled, events), headers=_key(visit))
    except Refusal as refusal:
        return _form(visit, filled, events, refusal)
    return _told(visit, answer)


async def shown(visit: Visit) -> Response:
    """Show an endpoint, its deliveries, and what can be done with it."""
    return await _one(visit)


async def edited(visit: Visit) -> Response:
    """Show the form that changes an endpoint."""
    found = (await visit.get(f"/webhooks/endpoints/{visit.path['endpoint']}"))["endpoint"]
    filled = {**found, "reach": "all" if _EVERYTHING in found["events"] else "chosen"}
    return _form(visit, filled, found["events"])


async def changed(visit: Visit) -> Response:
    """Change an endpoint, unless somebody else did meanwhile."""
    filled, events = _filled(visit)
    key = visit.path["endpoint"]
    body = {**_said(filled, events), "is_active": bool(visit.filled("is_active"))}
    try:
        await visit.send("PUT", f"/webhooks/endpoints/{key}", body, version=visit.version() or 0)
    except Refusal as refusal:
        stored = (await visit.get(f"/webhooks/endpoints/{key}"))["endpoint"]
        version = version_of(stored, refusal, visit.version())
        kept = {"endpoint_id": key, "version": version, "is_active": body["is_active"]}
        return _form(visit, {**filled, **kept}, events, refusal, stored=stored)
    return visit.go(f"{visit.base}/webhooks/{key}", "saved")


async def acted(visit: Visit) -> Response:
    """Do what a form of an endpoint's page asks for."""
    acts = {"test": _test, "replay": _replay, "roll": _roll, "delete": _delete}
    try:
        act = acts.get(visit.filled("do"))
        if act is None:
            raise Invalid("The page asks for what there is not.", field="do")
        return await act(visit, f"/webhooks/endpoints/{visit.path['endpoint']}")
    except Refusal as refusal:
        return await _one(visit, refusal)


async def _test(visit: Visit, path: str) -> Response:
    sent = (await visit.send("POST", f"{path}/test"))["delivery"]
    return visit.go(f"{visit.base}/deliveries/{sent['delivery_id']}")


async def _replay(visit: Visit, path: str) -> Response:
    bounds: dict[str, Any] = {}
    for name in ("from_sequence", "to_sequence"):
        if visit.filled(name):
            bounds[name] = _number(visit.filled(name), name)
    for name in ("from_time", "to_time"):
        if visit.filled(name):
            bounds[name] = _instant(visit.filled(name), name)
    told = (await visit.send("POST", f"{path}/replay", bounds))["replay"]
    return await _one(visit, replay=told)


async def _roll(visit: Visit, path: str) -> Response:
    await visit.prove()
    return _told(visit, await visit.call("POST", f"{path}/rotate_secret", headers=_key(visit)))


async def _delete(visit: Visit, path: str) -> Response:
    await visit.prove()
    await visit.send("DELETE", path)
    return visit.go(f"{visit.base}/webhooks", "endpoint-deleted")


async def _one(visit: Visit, refusal: Refusal | None = None, replay: Any = None) -> Response:
    key = visit.path["endpoint"]
    endpoint = (await visit.get(f"/webhooks/endpoints/{key}"))["endpoint"]
    status = visit.query.get("status", "")
    page = await visit.get(
        "/webhooks/deliveries",
        endpoint_id=key,
        status=status if status in STATUSES else None,
        cursor=visit.query.get("cursor") or None,
        per_page=30,
    )
    return visit.page(
        "developer/webhook.html",
        refusal=refusal,
        endpoint=endpoint,
        deliveries=page["deliveries"],
        cursor=page["page_context"]["next_cursor"],
        spark=_spark(page["deliveries"], key),
        statuses=[("", "Any"), *((each, each.capitalize()) for each in STATUSES)],
        wanted=status,
        left=_left(endpoint["previous_secret_until"]),
        replay=replay,
        do=visit.filled("do"),
        filled={name: visit.filled(name) for name in ("from_sequence", "to_sequence", "from_time", "to_time")},
        is_owner=_is_owner(visit),
    )


def _told(visit: Visit, answer: Answer) -> Response:
    """Show the secret of an endpoint, unless the form was sent before."""
    endpoint = answer.json()["endpoint"]
    if "idempotent-replayed" in answer.headers:
        return visit.go(f"{visit.base}/webhooks/{endpoint['endpoint_id']}", "kept-secret")
    return visit.page("developer/webhook_secret.html", endpoint=endpoint)


def _form(
    visit: Visit, filled: Mapping[str, Any], events: Sequence[str], refusal: Refusal | None = None, stored: Any = None
) -> Response:
    known = {"endpoint_id": "", "url": "", "description": "", "is_active": True, "version": 0, **filled}
    names = [each for each in visit.means.event_names if each != _EVERYTHING]
    return visit.page(
        "developer/webhook_form.html",
        refusal=refusal,
        filled=known,
        ticked=events,
        names=names,
        payloads=PAYLOADS,
        fields=_COMPARED,
        values={**filled, "events": _named(_said(filled, events)["events"])} if stored else {},
        found=stored and {**stored, "events": _named(stored["events"])},
    )


def _named(events: Sequence[str]) -> str:
    """Say in a line what an endpoint is told."""
    return (
        "everything" if _EVERYTHING in events else ", ".join(each.replace("_", " ").lower() for each in sorted(events))
    )


def _filled(visit: Visit) -> tuple[dict[str, str], Sequence[str]]:
    names = ("url", "description", "payload", "reach")
    return {name: visit.filled(name) for name in names}, tuple(visit.fields.get("events", ()))


def _said(filled: Mapping[str, str], events: Sequence[str]) -> dict[str, Any]:
    return {
        "url": filled["url"],
        "description": filled["description"] or None,
        "payload": filled["payload"],
        "events": [_EVERYTHING] if filled["reach"] == "all" else list(events),
    }


def _key(visit: Visit) -> dict[str, str]:
    return {"Idempotency-Key": visit.filled("key")} if visit.filled("key") else {}


def _number(text: str, field: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Invalid("A place is a number.", field=field)
    return int(text)


def _instant(text: str, field: str) -> str:
    """Return what a field for a moment holds, which is Indian time, as the contract writes instants."""
    try:
        return f"{datetime.fromisoformat(text).replace(tzinfo=INDIA).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except ValueError:
        raise Invalid("This is no moment.", field=field) from None


def _left(until: str | None) -> str:
    """Say how long the secret of before is good for; nothing if it is not."""
    if until is None:
        return ""
    minutes = int((datetime.fromisoformat(until) - clock.now()).total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes > 0 else ""


def _spark(deliveries: Sequence[Mapping[str, Any]], key: str) -> Spark:
    return spark([each for each in deliveries if each["endpoint_id"] == key])


def _is_owner(visit: Visit) -> bool:
    return visit.here.role in OWNERS


PAGES = (
    Page(PATH, listed, heading="Developer", label="Webhooks", roles=LISTENERS),
    Page(f"{PATH}/new", asked, made, roles=OWNERS),
    Page(f"{PATH}/{{endpoint}}/edit", edited, changed, roles=OWNERS),
    Page(f"{PATH}/{{endpoint}}/do", act=acted, roles=OWNERS),
    Page(f"{PATH}/{{endpoint}}", shown, roles=LISTENERS),
)
