"""Who may call an operation, as the contract's security requirement of it says; the door decides."""

from functools import partial
from typing import Any

from connexion.middleware.abstract import RoutedAPI
from connexion.operations import AbstractOperation
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from server.contract.parameters import SpecMistake
from server.edge.routing import Routed
from server.exchange import Door, exchange_of


class Admission:
    """The way into one operation, with the scopes that it asks for: an ASGI app of its own."""

    def __init__(self, app: ASGIApp, *, door: Door, scopes: tuple[str, ...]) -> None:
        self._app = app
        self._door = door
        self._scopes = scopes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the caller admitted. Raises the door's refusals."""
        exchange = exchange_of(scope)
        exchange.scopes = self._scopes
        exchange.identity = await self._door.admit(
            authorization=exchange.headers.get(b"authorization"), scopes=self._scopes, exchange=exchange
        )
        await self._app(scope, receive, send)


class _SecurityAPI(RoutedAPI[Admission]):  # type: ignore[misc]  # Connexion has no types
    """Reads each operation's requirement, as Connexion resolves it, when the stack is built."""

    def __init__(self, specification: Specification, *, door: Door, **options: Any) -> None:
        super().__init__(specification, **options)
        self._door = door
        self.add_paths()
        del self.specification  # twice the contract

    def make_operation(self, operation: AbstractOperation) -> Admission:
        """Bind the scopes of one operation: personal access tokens and OAuth tokens alike go to the door."""
        required = [each for requirement in operation.security for each in requirement.items()]
        if len(operation.security) != 1 or len(required) != 1:
            raise SpecMistake(f"{operation.operation_id}: exactly one security requirement is expected.")
        ((scheme, scopes),) = required
        if operation.security_schemes[scheme]["type"] != "oauth2":
            raise SpecMistake(f"{operation.operation_id}: only a security scheme of type oauth2 can be checked.")
        return Admission(self.next_app, door=self._door, scopes=tuple(scopes))


class Security(Routed):
    """Takes the place of Connexion's security middleware, which makes a request object for every call."""

    def __init__(self, app: ASGIApp, *, door: Door) -> None:
        super().__init__(app)
        self.api_cls = partial(_SecurityAPI, door=door)
