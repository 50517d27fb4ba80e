"""The one security scheme of the contract, as Connexion's security middleware asks for it."""

from collections.abc import Awaitable, Callable
from typing import Any

from connexion.lifecycle import ConnexionRequest

from server.exchange import Door, exchange_of

Verify = Callable[[ConnexionRequest], Awaitable[dict[str, Any]]]


class BearerTokens:
    """Connexion's handler for ``type: oauth2``: personal access tokens and OAuth tokens alike go to the door."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def get_fn(self, _scheme: dict[str, Any], required_scopes: list[str]) -> Verify:
        """Return the check of one operation, with its scopes bound."""
        scopes = tuple(required_scopes)

        async def verify(request: ConnexionRequest) -> dict[str, Any]:
            exchange = exchange_of(request.scope)
            authorization = exchange.headers.get(b"authorization")
            exchange.identity = await self._door.admit(authorization=authorization, scopes=scopes, exchange=exchange)
            return {"sub": exchange.identity.user_id}

        return verify
