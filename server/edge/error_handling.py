"""Connexion's error handling, entered only when there is an error: the stock one wraps every request beforehand."""

import asyncio

from connexion.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import Unavailable
from server.exchange import exchange_of

_ELSEWHERE = {"Retry-After": "2", "Connection": "close"}


class Errors(ExceptionMiddleware):  # type: ignore[misc]  # Connexion has no types
    """Passes requests straight on; hands what was raised to the stock middleware, and so to the error handlers."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(_raise_again)
        self._next = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry a request through. An error after the answer has begun cannot be told any more; the server ends it.

        A request is cancelled by the server alone, when it stops and has waited long enough: its work is undone.
        """
        if scope["type"] != "http":
            await self._next(scope, receive, send)
            return
        try:
            if (refusal := scope["state"].get("refused_with")) is not None:
                raise refusal  # nothing but a refusal can come of what was sent
            await self._next(scope, receive, send)
        except Exception as error:
            await self._answer(error, scope, receive, send)
        except asyncio.CancelledError:
            stopping = Unavailable("The server stops; this request was given up.", headers=_ELSEWHERE)
            await self._answer(stopping, scope, receive, send)

    async def _answer(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        if exchange_of(scope).status:
            raise error
        scope["state"]["error"] = error
        await super().__call__(scope, receive, send)


async def _raise_again(scope: Scope, _receive: Receive, _send: Send) -> None:
    raise scope["state"]["error"]
