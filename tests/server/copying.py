"""A client that keeps a copy of all lists: it walks them once, and reads again what the events behind that name.

Which lists there are, and which kinds of things events are about, is read off the contract, so that a list that is new
is either kept by the events of its kind or has its reason in ``NOT_KEPT``.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contract_tests.spec import SCHEMAS, SPEC
from openapi.bundle import resolve
from tests.running import Caller, shown
from tests.server.following import follow
from tests.walking import OPERATIONS

Json = dict[str, Any]
Thing = tuple[str, str]
Copy = dict[Thing, Json]
"""What is held, by the path of the list and the id."""

_AT_ONCE = 8
_MOST_SECONDS = 20

TOLD_OF = set(SCHEMAS["ActivityEntityType"]["x-extensible-enum"])
"""The kinds of things that events are about."""

FAMILIES = {name.removesuffix("_events").upper() for name in SPEC["x-webhooks"]} - {"BATCH", "ENDPOINT"}
"""The same as webhooks have them; a batch is told under the kind of what it made, a test under nothing."""

_WHOLE = {"per_page": 200, "status": "ALL", "include_cash": True, "active_only": False}
"""What lists are asked for that leave something out if they are not."""

NOT_KEPT = {
    "/activity": "the audit trail: it grows by a row with each event",
    "/taxes": "rates of the law, which nobody changes",
    "/webhooks/deliveries": "how events are sent; an event of each would be another delivery",
}
"""Lists that no event tells of, and why."""

NOT_LISTED = {
    "EINVOICE_CREDENTIALS": "one a registration, read as a whole",
    "GST_OPENING_BALANCES": "one a registration, read as a whole",
    "MEMBER": "people and their rights are managed on the command line",
    "OAUTH_GRANT": "each user reads their own",
    "OPENING_BALANCES": "one a firm, read as a whole; its journals are kept",
    "TOKEN": "tokens are managed on the command line",
    "WEBHOOK_DELIVERY": NOT_KEPT["/webhooks/deliveries"],
}
"""Kinds of things that events are about and no list holds, and why."""

_SUM = "a sum over other things, read off them each time; their events tell of it"
_SIGNED = "signed anew for each answer"
_OTHERS = "how another thing stands or is called now, read off it each time; its own events tell of it"
DERIVED = {
    "outstanding_receivable": _SUM,
    "outstanding_payable": _SUM,
    "unused_credits_receivable": _SUM,
    "unused_credits_payable": _SUM,
    "current_balance": _SUM,
    "download_url": _SIGNED,
    "lines.account_name": _OTHERS,
    **{
        f"{link}.{name}": _OTHERS
        for link in ("converted_from", "converted_to")
        for name in ("document_number", "status", "total")
    },
}
"""Fields, also inside of others, that change without an event of the thing that shows them, and why."""


@dataclass(frozen=True)
class Kept:
    """A list of which a copy is kept."""

    path: str
    parameter: str
    asked: tuple[tuple[str, Any], ...] = (("per_page", 200),)

    @property
    def entity_type(self) -> str:
        """The kind of thing that events call what is in it; empty where none is about them."""
        noun = self.parameter.removesuffix("_id").upper()
        found = [each for each in sorted(TOLD_OF, key=len) if each == noun or each.endswith(f"_{noun}")]
        return found[0] if found else ""


def _lists() -> Iterable[Kept]:
    reads = {each.path: each for each in OPERATIONS if each.method == "GET"}
    for path, listing in reads.items():
        for other in reads.values():
            if other.path == f"{path}/{{{other.parameter}}}" and not listing.parameter and other.parameter:
                known = [resolve(SPEC, each) for each in listing.document["parameters"]]
                limited = {each["name"] for each in known if "default" in each["schema"]}
                asked = ((name, value) for name, value in _WHOLE.items() if name in limited)
                yield Kept(path, other.parameter, tuple(asked))


LISTS = [each for each in _lists() if each.path not in NOT_KEPT]
BY_DATA = {"mail_id": "/mails"}
"""What the data of an event names besides its own thing, and the list that holds it."""


def named_by(event: Json) -> list[Thing]:
    """The things that an event is about."""
    own = [(each.path, event["entity_id"]) for each in LISTS if each.entity_type == event["entity_type"]]
    return own + [(path, event["data"][name]) for name, path in BY_DATA.items() if name in event["data"]]


class Follower:
    """Somebody who keeps a copy."""

    def __init__(self, call: Caller) -> None:
        self.call = call
        self.copy: Copy = {}
        self.place = "0"

    async def begin(self) -> None:
        """Remember the place of the feed, then walk all lists."""
        self.place = str((await self.call("GET", "/events")).json()["page_context"]["last_sequence"])
        self.copy = await walked(self.call)

    async def catch_up(self) -> set[str]:
        """Read again what the events behind the place name; return the ids of what they were about."""
        events, self.place = await follow(self.call, self.place)
        await self.take(events)
        return {event["entity_id"] for event in events}

    async def catch_up_for_good(self) -> None:
        """Go on until an event comes that is younger than all others, which waits for what is being committed."""
        last = (await self.call.made("/contacts", {"contact_name": "The last one"}))["contact_id"]
        async with asyncio.timeout(_MOST_SECONDS):
            while last not in await self.catch_up():
                pass

    async def take(self, events: Iterable[Json]) -> None:
        """Read again what some events name, and the journals that it has posted, though no list holds it."""
        events = list(events)
        things = [thing for event in events for thing in named_by(event)]
        journals = await _together(dict.fromkeys(event["entity_id"] for event in events), self._journals_of)
        posted = [("/journals", key) for keys in journals for key in keys]
        for thing, row in await _all_read(self.call, dict.fromkeys([*things, *posted])):
            if row is None:
                self.copy.pop(thing, None)
            else:
                self.copy[thing] = row

    async def _journals_of(self, source_id: str) -> list[str]:
        return await _ids(self.call, Kept("/journals", "journal_id"), source_id=source_id)


async def walked(call: Caller) -> Copy:
    """All that the lists hold."""
    things = [(each.path, key) for each in LISTS for key in await _ids(call, each)]
    return {thing: row for thing, row in await _all_read(call, things) if row is not None}


async def _ids(call: Caller, kept: Kept, **asked: Any) -> list[str]:
    """The ids of a walk to the end."""
    asked = dict(kept.asked) | asked
    ids: list[str] = []
    while True:
        reply = await call("GET", kept.path, params=asked)
        assert reply.status_code == 200, f"{kept.path}: {reply.text}"
        body = reply.json()
        ids += [row[kept.parameter] for row in next(value for value in body.values() if isinstance(value, list))]
        if not body.get("page_context", {}).get("has_more_page"):
            return ids
        asked["cursor"] = body["page_context"]["next_cursor"]


async def _all_read(call: Caller, things: Iterable[Thing]) -> list[tuple[Thing, Json | None]]:
    """Each thing as it is shown now; ``None`` for one that is no more."""

    async def read(thing: Thing) -> tuple[Thing, Json | None]:
        path, key = thing
        reply = await call("GET", f"{path}/{key}")
        assert reply.status_code in (200, 404), reply.text
        if reply.status_code == 404:
            return thing, None
        return thing, _own(shown(reply))

    return await _together(things, read)


def _own(value: Any, way: str = "") -> Any:
    """A value without what is derived in it."""
    if isinstance(value, list):
        return [_own(each, way) for each in value]
    if isinstance(value, dict):
        return {name: _own(each, f"{way}{name}.") for name, each in value.items() if f"{way}{name}" not in DERIVED}
    return value


async def _together(values: Iterable[Any], ask: Any) -> list[Any]:
    """The answers for some values, a few asked for at the same time."""
    limit = asyncio.Semaphore(_AT_ONCE)

    async def asked(value: Any) -> Any:
        async with limit:
            return await ask(value)

    return list(await asyncio.gather(*(asked(value) for value in values)))


def differing(copy: Copy, other: Copy) -> dict[Thing, list[str]]:
    """The things of which two copies do not hold the same, with the fields in which they differ."""
    found: dict[Thing, list[str]] = {}
    for thing in copy.keys() | other.keys():
        one, two = copy.get(thing), other.get(thing)
        if one is None or two is None:
            found[thing] = ["missing" if one is None else "gone"]
        elif one != two:
            found[thing] = sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))
    return found
