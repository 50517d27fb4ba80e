"""Which operation a request is for: literal segments before parameters, on the percent-encoded path as it was sent.

This takes the place of Connexion's routing middleware, whose cost grows with the number of operations.
"""

from dataclasses import dataclass, field
from typing import Any

from connexion.middleware.abstract import AbstractRoutingAPI, RoutedMiddleware, SpecMiddleware
from connexion.operations import AbstractOperation
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import MethodNotAllowed, RouteNotFound
from server.contract.binding import refuse_unbound_functions
from server.contract.parameters import percent_decoded
from server.exchange import exchange_of


@dataclass(slots=True)
class Route:
    """A path of the contract: its template, the names of its parameters and the ids of its operations by method."""

    template: str
    names: list[str]
    operations: dict[str, str] = field(default_factory=dict)
    allow: str = ""


@dataclass(slots=True)
class _Node:
    """A position in the tree of paths."""

    literals: "dict[str, _Node]" = field(default_factory=dict)
    parameter: "_Node | None" = None
    route: Route | None = None


class RouteTable:
    """All paths of the contract. Paths without parameters are found in one look-up."""

    def __init__(self) -> None:
        self._literal: dict[bytes, Route] = {}
        self._root = _Node()

    def add(self, template: str, method: str, operation_id: str) -> None:
        """Add an operation; HEAD comes with GET."""
        route = self._route(template)
        route.operations[method] = operation_id
        if method == "GET":
            route.operations.setdefault("HEAD", operation_id)
        route.allow = ", ".join(sorted(route.operations))

    def find(self, path: bytes) -> tuple[Route, dict[str, str]]:
        """Return the route of a raw path and its parameters. Raises RouteNotFound, or Invalid for broken escapes."""
        if route := self._literal.get(path):
            return route, {}
        if b"%" not in path:
            segments = percent_decoded(path, what="The path").split("/")
        else:
            segments = [percent_decoded(each, what="The path") for each in path.split(b"/")]
        values: list[str] = []
        found = _descend(self._root, segments, 1, values)
        if found is None:
            raise RouteNotFound("No such path in this API.")
        return found, dict(zip(found.names, values, strict=True))

    def _route(self, template: str) -> Route:
        segments = template.split("/")[1:]
        node = self._root
        for segment in segments:
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        if node.route is None:
            node.route = Route(template, [each[1:-1] for each in segments if each.startswith("{")])
            if not node.route.names:
                self._literal[template.encode()] = node.route
        return node.route


def _descend(node: _Node, segments: list[str], depth: int, values: list[str]) -> Route | None:
    """Walk the tree, the literal child first; ``values`` collects the parameters."""
    if depth == len(segments):
        return node.route
    segment = segments[depth]
    literal = node.literals.get(segment)
    if literal and (found := _descend(literal, segments, depth + 1, values)):
        return found
    if node.parameter and segment:
        values.append(segment)
        if found := _descend(node.parameter, segments, depth + 1, values):
            return found
        values.pop()
    return None


class _RoutingAPI(AbstractRoutingAPI[str]):  # type: ignore[misc]  # Connexion has no types
    """Fills the table from the specification, through Connexion's resolver (so a missing handler fails here)."""

    def __init__(self, specification: Specification, *, table: RouteTable, **options: Any) -> None:
        self.table = table
        self.full_ids: list[str] = []
        super().__init__(specification, **options)

    def make_operation(self, operation: AbstractOperation) -> str:
        """Return the operation's id as Connexion knows it, with its module."""
        full_id: str = operation.operation_id
        return full_id

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        return path, operation.operation_id

    def _add_operation_internal(self, method: str, path: str, operation: str, name: str | None = None) -> None:
        self.full_ids.append(operation)
        self.table.add(self.base_path + path, method.upper(), _id_in_contract(operation))


class Routing(SpecMiddleware):  # type: ignore[misc]  # Connexion has no types
    """Finds the operation and leaves its id in the exchange, for the ``Routed`` middlewares that follow."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.table = RouteTable()

    def add_api(self, specification: Specification, **options: Any) -> None:
        """Take in the contract. Raises ResolverError or SpecMistake where it and the handlers differ."""
        refuse_unbound_functions(_RoutingAPI(specification, table=self.table, **options).full_ids)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request. Raises RouteNotFound or MethodNotAllowed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        route, values = self.table.find(scope.get("raw_path") or scope["path"].encode())
        exchange = exchange_of(scope)
        exchange.route = route.template
        exchange.operation_id = route.operations.get(scope["method"])
        if exchange.operation_id is None:
            raise MethodNotAllowed(f"{route.template} takes {route.allow}.", headers={"Allow": route.allow})
        scope["path_params"] = values
        await self.app(scope, receive, send)


class Routed(RoutedMiddleware[Any]):  # type: ignore[misc]  # Connexion has no types
    """A middleware that has an ASGI app for each operation, and hands the request to the one that was found."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self._by_id: dict[str | None, ASGIApp] = {}

    def add_api(self, specification: Specification, **options: Any) -> None:
        """Take in the contract."""
        api = super().add_api(specification, **options)
        self._by_id = {_id_in_contract(full_id): operation for full_id, operation in api.operations.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the operation's app: everything that routing lets through is for an operation."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self._by_id[exchange_of(scope).operation_id](scope, receive, send)


def _id_in_contract(full_id: str) -> str:
    """Return the id that the contract gives to an operation: Connexion puts the handler's module before it."""
    return full_id.rpartition(".")[2]
