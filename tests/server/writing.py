"""Somebody who writes into the books by chance: every operation of the contract that changes something, in any order.

An operation that is new is among them by itself. What the books refuse is left.
"""

from collections import Counter, defaultdict
from random import Random
from typing import Any

import httpx

from contract_tests.plots import AT_A_PORTAL
from contract_tests.spec import inside
from tests.running import Caller, Form, shown
from tests.server.copying import LISTS, Copy
from tests.walking import MUTATING, Operation, an_example, sheet_of

Json = dict[str, Any]

ACTS = [each for each in MUTATING if each.path.partition("}/")[2] not in AT_A_PORTAL]
"""All but what needs a portal that answers."""

_OFTEN = ("create_", "approve_", "apply_", "convert_", "void_")
_LEAVES_THE_FIRST = ("archive_", "delete_")
_TRIES = 6
_DIFFERENT = {
    **dict.fromkeys(("name", "contact_name", "item_name", "salesperson_name"), "Another {}"),
    **dict.fromkeys(("code", "bill_of_entry_number"), "{}"),
    **dict.fromkeys(("reference_number", "notes", "description"), "ANO/{}"),
    "invoice_prefix": "A{}/{{FY}}/",
}
_RENAMED = ("notes", "contact_name", "item_name", "salesperson_name")
_LIST_OF = {each.parameter: each.path for each in LISTS}
_SETTLED = {
    "open_invoice_id": "/invoices",
    "credited_invoice_id": "/invoices",
    "debited_bill_id": "/bills",
    "open_customer_debit_note_id": "/customer_debit_notes",
}
_MEANT = {**_SETTLED, "customer_id": "/contacts", "vendor_id": "/contacts", "entity_id": "/invoices"}


class Writer:
    """One who writes; ``first`` has an id for each field that takes one, of things that stay."""

    def __init__(self, call: Caller, first: dict[str, str], seed: int) -> None:
        self.call, self.first, self.random = call, first, Random(seed)
        self.things: dict[str, list[str]] = defaultdict(list)
        self.deck: list[Operation] = []
        self.done: Counter[str] = Counter()

    def learn(self, copy: Copy) -> None:
        """Know what there is."""
        self.things = defaultdict(list)
        for path, key in sorted(copy):
            self.things[path].append(key)

    async def write(self, steps: int) -> None:
        """Take so many steps: each operation comes once, the frequent ones twice, in any order, and then all again."""
        for _ in range(steps):
            if not self.deck:
                self.deck = [*ACTS, *(each for each in ACTS if each.id.startswith(_OFTEN))]
                self.random.shuffle(self.deck)
            await self._try(self.deck.pop())

    async def _try(self, operation: Operation) -> None:
        """Do it to one thing after the other until the books take it."""
        for key in self._keys(operation):
            path = operation.path.replace(f"{{{operation.parameter}}}", key)
            body = await self._body(operation, key)
            sheet = sheet_of(operation)
            reply = await self.call(operation.method, path, body, **sheet)
            assert reply.status_code < 500, f"{operation.id}: {reply.text}"
            if reply.is_success:
                self.done[operation.id] += 1
                self._learn_of(operation, reply)
                return

    def _keys(self, operation: Operation) -> list[str]:
        if not operation.parameter:
            return [""] * _TRIES
        keys = self.things[operation.collection] or [self.first[operation.parameter]]
        if operation.id.startswith(_LEAVES_THE_FIRST):
            keys = [each for each in keys if each not in self.first.values()]
        return self.random.sample(keys, min(_TRIES, len(keys)))

    async def _body(self, operation: Operation, key: str) -> Any:
        ids = {name: self._another(name, first) for name, first in self.first.items()}
        if operation.id.startswith(("convert_", "unapply_")):
            reply = await self.call("GET", f"{operation.collection}/{key}")
            read = shown(reply) if reply.is_success else {}
            if operation.id.startswith("convert_"):
                return self._a_part(read)
            for each in self.random.sample(read.get("allocations", []), min(1, len(read.get("allocations", [])))):
                ids |= {name: each["allocation_id"] for name in ids if name.endswith("allocation_id")}
        body = an_example(operation, ids)
        if body is None or isinstance(body, Form):
            return body
        return self._varied(operation, body)

    def _varied(self, operation: Operation, body: Json) -> Json:
        """An example with other words and amounts."""
        media = operation.document["requestBody"]["content"]["application/json"]
        for name in inside(media["schema"]).get("properties", {}):
            if name in body or (operation.method == "PUT" and name in _RENAMED):
                self._make_different(body, name)
            elif name == "auto_approve":
                body[name] = self.random.random() < 0.6
        if operation.id == "create_payment" and self.random.random() < 0.4:
            del body["allocations"]
        return body

    def _a_part(self, read: Json) -> Json:
        """What is made of a document: all of it, or one of a line."""
        lines = [{"line_item_id": each["line_item_id"], "quantity": 1} for each in read.get("line_items", [])]
        return self.random.choice(({}, {"line_items": lines[:1]})) if lines else {}

    def _make_different(self, body: Json, name: str) -> None:
        number = self.random.randrange(1000, 9999)
        if name in _DIFFERENT:
            body[name] = _DIFFERENT[name].format(number)
        elif name == "rate_date":
            body[name] = f"2026-{self.random.randint(4, 10):02}-{self.random.randint(1, 28):02}"
        elif name == "period":
            body[name] = f"{self.random.randint(4, 9):02}2026"
        elif name == "allocations":
            for each in body[name]:
                each["amount"] = self.random.choice((100, 500))

    def _another(self, name: str, first: str) -> str:
        """Now and then another thing than the first of its kind; of what is to be settled, mostly."""
        others = self.things[_MEANT.get(name) or _LIST_OF.get(name, "")]
        chance = 0.7 if name in _SETTLED else 0.2
        return self.random.choice(others) if others and self.random.random() < chance else first

    def _learn_of(self, operation: Operation, reply: httpx.Response) -> None:
        parameter = {each.path: each.parameter for each in LISTS}.get(operation.path)
        if parameter and reply.status_code == 201:
            key = shown(reply).get(parameter)
            self.things[operation.path] += [key] if key else []
