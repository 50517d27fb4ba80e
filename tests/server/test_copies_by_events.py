"""A copy that begins with a full walk and then follows the events holds what the server holds, whatever happens.

The client reads again each thing that an event names, and forgets what is no more. Histories are chosen by chance, from
a seed that a failure tells; one variant has four who write at the same time.
"""

import asyncio
from random import Random
from typing import Any

import pytest

from tests.running import Caller
from tests.server.following import follow
from tests.server.trade import Json, an_invoice

LISTS = {"CONTACT": "contacts", "ITEM": "items", "INVOICE": "invoices", "PAYMENT": "payments"}
ADDED_UP = ("outstanding_receivable", "outstanding_payable", "unused_credits_receivable", "unused_credits_payable")
"""Figures of a contact that are sums of its documents, read off them each time: no event of the contact tells them."""

Copy = dict[tuple[str, str], Json]


async def reading(call: Caller, entity_type: str, key: str, copy: Copy) -> None:
    """Read a thing into the copy, or take it out where it is no more."""
    reply = await call("GET", f"/{LISTS[entity_type]}/{key}")
    if reply.status_code == 404:
        copy.pop((entity_type, key), None)
        return
    assert reply.status_code == 200, reply.text
    row = next(value for value in reply.json().values() if isinstance(value, dict))
    copy[entity_type, key] = {name: value for name, value in row.items() if name not in ADDED_UP}


async def walked(call: Caller) -> Copy:
    """All that the lists hold."""
    copy: Copy = {}
    for entity_type, name in LISTS.items():
        asked: Json = {"per_page": 200}
        while True:
            body = (await call("GET", f"/{name}", params=asked)).json()
            for row in body[name]:
                await reading(call, entity_type, row[f"{entity_type.lower()}_id"], copy)
            if not body["page_context"]["has_more_page"]:
                break
            asked["cursor"] = body["page_context"]["next_cursor"]
    return copy


async def caught_up(call: Caller, copy: Copy, place: str, *, without: int | None = None) -> tuple[list[Json], str]:
    """Read again what the events behind a place name; ``without`` leaves one of them out."""
    events, place = await follow(call, place)
    named = [event for number, event in enumerate(events) if number != without]
    for entity_type, key in dict.fromkeys((event["entity_type"], event["entity_id"]) for event in named):
        if entity_type in LISTS:
            await reading(call, entity_type, key, copy)
    return events, place


class Writer:
    """Somebody who does this and that; what the books refuse is left."""

    def __init__(self, call: Caller, seed: int) -> None:
        self.call, self.random = call, Random(seed)
        self.known: dict[str, list[str]] = {name: [] for name in LISTS.values()}

    async def write(self, steps: int) -> None:
        """Take so many steps."""
        await self.add_contact()
        acts = (self.add_contact, self.add_item, self.add_invoice, self.add_invoice, self.change, self.approve,
                self.approve, self.pay, self.pay, self.void, self.delete, self.delete)  # fmt: skip
        for _ in range(steps):
            await self.random.choice(acts)()

    async def add_contact(self) -> None:
        """A customer in Maharashtra."""
        name = f"Party {self.random.random()}"
        await self._added("contacts", {"contact_name": name, "billing_address": {"state_code": "IN-MH"}})

    async def add_item(self) -> None:
        """An item of some price."""
        await self._added("items", {"item_name": f"Thing {self.random.random()}", "rate": self.random.randint(1, 99)})

    async def add_invoice(self) -> None:
        """A draft of 1,000 rupees."""
        await self._added("invoices", an_invoice(self._one("contacts") or ""))

    async def change(self) -> None:
        """Other words in a contact or an invoice."""
        name = self.random.choice(("contacts", "invoices"))
        await self._asked("PUT", f"/{name}/{self._one(name)}", {"notes": f"Note {self.random.random()}"})

    async def approve(self) -> None:
        """One of the invoices."""
        await self._asked("POST", f"/invoices/{self._one('invoices')}/approve")

    async def pay(self) -> None:
        """A part of an invoice, or all of it."""
        key = self._one("invoices")
        read = await self.call("GET", f"/invoices/{key}")
        if read.status_code != 200:
            return
        amount = self.random.choice((400, 1000))
        allocation = [{"invoice_id": key, "amount": amount}]
        money = {"flow": "INCOMING", "contact_id": read.json()["invoice"]["customer_id"], "amount": amount}
        await self._added("payments", {**money, "allocations": allocation})

    async def void(self) -> None:
        """An invoice or a payment."""
        name = self.random.choice(("invoices", "payments"))
        await self._asked("POST", f"/{name}/{self._one(name)}/void")

    async def delete(self) -> None:
        """Anything."""
        name = self.random.choice(list(self.known))
        await self._asked("DELETE", f"/{name}/{self._one(name)}")

    def _one(self, name: str) -> str | None:
        return self.random.choice(self.known[name]) if self.known[name] else None

    async def _added(self, name: str, body: Json) -> None:
        reply = await self._asked("POST", f"/{name}", body)
        if reply.status_code == 201:
            shown = next(value for value in reply.json().values() if isinstance(value, dict))
            self.known[name].append(shown[f"{name[:-1]}_id"])

    async def _asked(self, method: str, path: str, body: Json | None = None) -> Any:
        reply = await self.call(method, path, body)
        assert reply.status_code < 500, reply.text
        return reply


def differing(copy: Copy, other: Copy) -> set[tuple[str, str]]:
    """The things of which two copies do not hold the same."""
    return {thing for thing in copy.keys() | other.keys() if copy.get(thing) != other.get(thing)}


async def begun(call: Caller) -> tuple[Copy, str]:
    """A copy by a full walk, and the place of the feed from before it."""
    first = (await call("GET", "/events")).json()["page_context"]
    return await walked(call), str(first["last_sequence"])


@pytest.mark.parametrize("seed", range(3))
async def test_it_holds_the_same_after_any_history(call: Caller, seed: int) -> None:
    writer = Writer(call, seed)
    await writer.write(10)
    copy, place = await begun(call)
    for _ in range(2):
        await writer.write(20)
        _, place = await caught_up(call, copy, place)
        assert differing(copy, await walked(call)) == set(), f"seed {seed}"


async def test_it_holds_the_same_though_four_write_at_once(call: Caller) -> None:
    writers = [Writer(call, 100 + number) for number in range(4)]
    writing = asyncio.gather(*(writer.write(20) for writer in writers))
    copy, place = await begun(call)
    while not writing.done():
        _, place = await caught_up(call, copy, place)
    await writing
    await caught_up(call, copy, place)
    assert differing(copy, await walked(call)) == set()


async def test_a_copy_that_misses_an_event_is_told_apart(call: Caller) -> None:
    """The property can fail: without the one event of a thing the copy differs in just that thing."""
    copy, place = await begun(call)
    await Writer(call, 7).write(0)
    (events, _) = await caught_up(call, copy, place, without=0)
    assert differing(copy, await walked(call)) == {("CONTACT", events[0]["entity_id"])}
