"""The contract's operations, called from within: what another program's records are made by."""

import inspect
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.books import Books
from domain.imports.columns import Body, Column
from domain.imports.translation import THING
from handlers.replies import Reply
from openapi.bundle import bundle, operations_of
from openapi.fragments import CONTROLLER
from server.contract.sheets import RowRules
from server.exchange import Handler


@dataclass(frozen=True, slots=True)
class Made:
    """What an operation has made: its id, what people call it, and its total if it is a document."""

    id: str
    number: str | None
    total: Any


class Operation:
    """One operation: the rules of its body, and its handler, which the contract names."""

    def __init__(self, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
        module, name = operation[CONTROLLER], operation["operationId"]
        self._handler: Handler = pkgutil.resolve_name(f"{module}:{name}")
        self._takes = inspect.signature(self._handler).parameters.keys()
        content = operation.get("requestBody", {}).get("content", {})
        self._rules = RowRules(content["application/json"]["schema"], schemas) if content else None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The members of its body that a cell can hold."""
        return self._rules.columns if self._rules else ()

    async def make(self, books: Books, body: Body) -> Made:
        """Make what the body says, or do it to what it names. Raises: what the contract and the books refuse."""
        key = body.pop(THING, "")
        if self._rules is not None:
            self._rules.check(body)
        reply = await self._call(books=books, query={}, body=body, **self._named(key))
        assert reply.body is not None, "what is made is shown"
        singular, resource = next((name, each) for name, each in reply.body.items() if isinstance(each, Mapping))
        names = (f"{singular}_number", f"{singular}_name", "name", "reference_number")
        number = next((resource[name] for name in names if resource.get(name)), None)
        return Made(resource[f"{singular}_id"], number, resource.get("total"))

    async def follow(self, books: Books, key: str) -> None:
        """Do what follows with the thing of this id. Raises: what the books refuse."""
        await self._call(books=books, query={}, body=None, **self._named(key))

    def _named(self, key: str) -> dict[str, str]:
        return {name: key for name in self._takes if name == "key" or name.endswith("_id")}

    async def _call(self, **offered: Any) -> Reply:
        return await self._handler(**{name: offered[name] for name in self._takes})


class Operations:
    """All operations of the contract by their ids, bound when they are first asked for."""

    def __init__(self) -> None:
        spec = bundle()
        self._schemas = spec["components"]["schemas"]
        self._known = {each["operationId"]: each for item in spec["paths"].values() for _, each in operations_of(item)}
        self._bound: dict[str, Operation] = {}

    def has(self, operation_id: str) -> bool:
        """Whether the contract has the operation."""
        return operation_id in self._known

    def get(self, operation_id: str) -> Operation:
        """Return the operation of this id."""
        if operation_id not in self._bound:
            self._bound[operation_id] = Operation(self._known[operation_id], self._schemas)
        return self._bound[operation_id]
