"""Every error as the contract's flat JSON: refusals, routing, validation, security, and what nobody foresaw."""

import logging
from typing import Any

import psycopg
from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from psycopg import errors as pg
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests
from starlette.exceptions import HTTPException

from domain.access.tokens import without_tokens
from domain.errors import Failed, Forbidden, RateLimited, Refusal, Unauthenticated, Unavailable
from domain.statements import from_json
from server.contract.codec import encode
from server.edge.compression import compressed, is_compressed_for
from server.exchange import Door, Exchange, exchange_of

_logger = logging.getLogger("finzbooks.server")
_DATABASE_IS_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    pg.ReadOnlySqlTransaction,  # it has become a standby, or somebody has closed it
    pg.IdleInTransactionSessionTimeout,
    pg.TransactionTimeout,
    PoolTimeout,
    PoolClosed,
    TooManyRequests,
)


class ClientGone(Refusal):
    """The caller hung up before its request was complete: nobody will read the answer."""

    status = 499
    code = "request.abandoned"


class BodyLate(Failed):
    """A body that was not complete in time; the contract counts it with those that are not whole."""

    def __init__(self, seconds: float) -> None:
        message = f"The body was not complete after {seconds:g} seconds; nothing was carried out."
        super().__init__(message, headers={"Connection": "close"})


class Unreadable(Refusal):
    """What a connection has sent, so that nothing more can be understood on it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, headers={"Connection": "close"})


class Malformed(Unreadable):
    """What was sent is no HTTP, or not in the order that HTTP asks for."""

    status = 400
    code = "request.malformed"


class HeadLate(Unreadable):
    """The request line and the header lines were not complete in time."""

    status = 408
    code = "request.timeout"


class HeadTooLarge(Unreadable):
    """The request line and the header lines are longer, or more, than the server reads."""

    status = 431
    code = "request.headers_too_large"


class ServerError(Refusal):
    """Something that nobody foresaw; the log has it, the caller has the request id."""

    status = 500
    code = "server.error"


class Problems:
    """Connexion's error handler. It counts callers without identity at the door before it answers them."""

    def __init__(self, door: Door, *, resource_metadata: str) -> None:
        self._door = door
        self._resource_metadata = resource_metadata

    async def answer(self, request: ConnexionRequest, error: Exception) -> ConnexionResponse:
        """Answer any exception that came out of the stack."""
        exchange = exchange_of(request.scope)
        refusal = refusal_of(error, exchange)
        if 400 <= refusal.status < 499 and exchange.identity is None and exchange.rate is None:
            refusal = await self._counted(refusal, exchange)
        exchange.error_code = refusal.code
        body = encode(problem(refusal, exchange.request_id)) + b"\n"
        headers = {"Cache-Control": "no-store"} | self._challenge(refusal, exchange) | refusal.headers
        if is_compressed_for(exchange.headers, body):
            body, headers = await compressed(body), {**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return ConnexionResponse(status_code=refusal.status, mimetype="application/json", headers=headers, body=body)

    def _challenge(self, refusal: Refusal, exchange: Exchange) -> dict[str, str]:
        """Say with which token it would be carried out, and where one is to be had (RFC 6750, 3; RFC 9728, 5.1).

        Where the user's role stands in the way no token would do, so that no app asks for another.
        """
        lacks_scope = refusal.code == "auth.insufficient_scope" and "role" not in (refusal.details or {})
        if refusal.status != 401 and not lacks_scope:
            return {}
        error = "insufficient_scope" if lacks_scope else "invalid_token"
        told = {
            "error": "" if refusal.code == "auth.missing_token" else error,
            "scope": " ".join((refusal.details or {})["required"] if lacks_scope else exchange.scopes),
            "resource_metadata": self._resource_metadata,
        }
        return {"WWW-Authenticate": "Bearer " + ", ".join(f'{name}="{each}"' for name, each in told.items() if each)}

    async def _counted(self, refusal: Refusal, exchange: Exchange) -> Refusal:
        """Count a call that was not admitted; too many make the answer 429, a counter out of reach changes nothing."""
        try:
            if not await self._is_known(exchange):
                await self._door.stranger(exchange)
        except RateLimited as too_many:
            exchange.is_noted = False  # whoever has a token that is good no longer could fill the log with it
            return too_many
        except Exception as error:
            refusal_of(error, exchange)
        return refusal

    async def _is_known(self, exchange: Exchange) -> bool:
        """Count a call by its token, if it has a good one and went astray before anybody looked at it."""
        authorization = exchange.headers.get(b"authorization")
        if authorization is None or exchange.operation_id is not None:
            return False
        try:
            await self._door.admit(authorization=authorization, scopes=(), exchange=exchange)
        except (Unauthenticated, Forbidden):
            return False
        return True


def problem(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """Return the contract's error object. Control characters that a caller sent do not go back in words and field.

    Nor do tokens that were sent where none belongs: answers to keyed requests are kept.
    """
    shown = {**refusal.told(), "details": refusal.details, "request_id": request_id}
    found = {name: value for name, value in shown.items() if value is not None}
    text = encode(found).decode()
    if "aibk_" not in text:
        return found
    clean: dict[str, Any] = from_json(without_tokens(text))
    return clean


def help_link(code: str) -> str:
    """Return the header ``Link`` of a refusal: where its code is explained (RFC 8288; relative to what was called)."""
    return f'</docs/errors/{code}>; rel="help"'


def refusal_of(error: Exception, exchange: Exchange) -> Refusal:
    """Turn any exception into a refusal; what is the server's own fault is logged with its traceback."""
    if isinstance(error, BodyLate):
        _logger.warning("A caller is too slow: %s", error.message, extra={"request_id": exchange.request_id})
    if isinstance(error, Refusal):
        return error
    if isinstance(error, _DATABASE_IS_AWAY):
        _logger.error("The database is away: %s", error, extra={"request_id": exchange.request_id})
        return Unavailable("The server is busy or its database is away. Try again.", headers={"Retry-After": "2"})
    if isinstance(error, ProblemException | HTTPException) and error.status_code == 401:
        return Unauthenticated("auth.missing_token", "A bearer token is needed.")
    _logger.error("Unhandled error", exc_info=error, extra={"request_id": exchange.request_id})
    return ServerError("Something went wrong on our side. Tell us the request_id.")
