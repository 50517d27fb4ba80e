"""Connexion's error handling, entered only when there is an error: the stock one wraps every request beforehand."""

from connexion.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from server.exchange import exchange_of


class Errors(ExceptionMiddleware):  # type: ignore[misc]  # Connexion has no types
    """Passes requests straight on; hands what was raised to the stock middleware, and so to the error handlers."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(_raise_again)
        self._next = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry a request through. An error after the answer has begun cannot be told any more; the server ends it."""
        if scope["type"] != "http":
            await self._next(scope, receive, send)
            return
        try:
            if (refusal := scope["state"].get("refused_with")) is not None:
                raise refusal  # nothing but a refusal can come of what was sent
            await self._next(scope, receive, send)
        except Exception as error:
            if exchange_of(scope).status:
                raise
            scope["state"]["error"] = error
            await super().__call__(scope, receive, send)


async def _raise_again(scope: Scope, _receive: Receive, _send: Send) -> None:
    raise scope["state"]["error"]
