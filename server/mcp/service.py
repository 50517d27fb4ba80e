"""The way in to ``/mcp``: one message a POST, a JSON answer, and nothing kept between two of them."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.access.identity import Identity
from domain.access.oauth import metadata
from domain.errors import Forbidden, MethodNotAllowed, Refusal, Unauthenticated
from server.contract.codec import NotJson, decode, encode
from server.edge.arrival import BodyLimits, check_encoding, read_body
from server.edge.problems import problem, refusal_of
from server.edge.validation import check_accept, check_content_type
from server.exchange import Door, Exchange, exchange_of
from server.mcp.catalogue import Catalogue
from server.mcp.confirming import Confirmations
from server.mcp.inside import Inside, Whole
from server.mcp.messages import (
    HEADER_MISMATCH,
    IN_BATCHES,
    INVALID_PARAMS,
    INVALID_REQUEST,
    MOST_IN_A_BATCH,
    PARSE_ERROR,
    STATELESS,
    UNSUPPORTED_VERSION,
    VERSIONS,
    Request,
    RpcError,
    answered,
    refused,
    request_of,
)
from server.mcp.methods import Methods
from server.mcp.tools import Toolbox
from server.mcp.writing import Writing

_ANY = "*"
_VERSION = b"mcp-protocol-version"
_META_VERSION = "io.modelcontextprotocol/protocolVersion"
_META_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
_CODED = (b"=?base64?", b"?=")
_SERVER_FAULT = -32603
_NOT_KEPT = {"Cache-Control": "no-store"}


class Mcp:
    """Answers agents, and passes all other requests on."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        whole: Whole,
        door: Door,
        catalogue: Catalogue,
        key: Callable[[], bytes],
        issuer: str,
        origins: Sequence[str],
        limits: BodyLimits,
    ) -> None:
        self.app = app
        self._whole = whole
        self._door = door
        self._catalogue = catalogue
        self._methods = Methods(Toolbox(catalogue, Writing(Confirmations(key)), public_url=issuer))
        self._public_url = issuer
        self._metadata = metadata.resource_metadata_url(issuer, metadata.MCP)
        self._origins = frozenset((*origins, issuer))
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one POST. Raises the refusals that concern the whole of it, such as that of a bad token."""
        if scope["type"] != "http" or scope["path"] != metadata.MCP:
            await self.app(scope, receive, send)
            return
        exchange = exchange_of(scope)
        exchange.route = metadata.MCP
        if scope["method"] != "POST":
            raise MethodNotAllowed(f"{metadata.MCP} takes POST.", headers={"Allow": "POST"})
        check_accept(exchange.headers)
        check_content_type(exchange.headers)
        check_encoding(exchange.headers)
        identity = await self._admitted(exchange)
        text = await read_body(receive, exchange.headers, self._limits)
        inside = Inside(self._whole, self._catalogue, scope, exchange, identity, public_url=self._public_url)
        response = await self._answered(text, inside, exchange)
        await response(scope, receive, send)

    async def _admitted(self, exchange: Exchange) -> Identity:
        """Return who calls, after counting the call; who has no token is told where to get one (RFC 9728, 5.1)."""
        authorization = exchange.headers.get(b"authorization")
        try:
            identity = await self._door.admit(authorization=authorization, scopes=(), exchange=exchange)
        except Unauthenticated as refusal:
            error = "" if refusal.code == "auth.missing_token" else 'error="invalid_token", '
            refusal.headers["WWW-Authenticate"] = f'Bearer {error}resource_metadata="{self._metadata}"'
            raise
        return identity

    async def _answered(self, text: bytes, inside: Inside, exchange: Exchange) -> Response:
        try:
            self._check_origin(exchange)
            message = decode(text)
            if isinstance(message, list):
                return await self._batch(message, inside, exchange)
        except NotJson as reason:
            error = RpcError(PARSE_ERROR, f"This is no JSON that is read here: {reason}.")
            return _json(refused(error, None), error.status)
        except RpcError as error:
            return _json(refused(error, None), error.status)
        status, told, headers = await self._single(message, inside, exchange)
        return Response(status_code=status, headers=headers) if told is None else _json(told, status, headers)

    def _check_origin(self, exchange: Exchange) -> None:
        """Refuse pages of other origins than those that may call the API: a name could be bound anew to this machine.

        Tokens come in a header that a page must set itself, so with ``*`` no origin is worse than another.
        """
        origin = exchange.headers.get(b"origin")
        if origin is not None and _ANY not in self._origins and origin.decode("latin-1") not in self._origins:
            raise RpcError(INVALID_REQUEST, "Pages of this origin may not call.", status=403)

    async def _batch(self, messages: list[Any], inside: Inside, exchange: Exchange) -> Response:
        """Answer several messages, which only one revision has."""
        if exchange.headers.get(_VERSION, IN_BATCHES.encode()) != IN_BATCHES.encode():
            raise RpcError(INVALID_REQUEST, "This revision of the protocol has no batches.")
        if not 0 < len(messages) <= MOST_IN_A_BATCH:
            raise RpcError(INVALID_REQUEST, f"A batch has 1 to {MOST_IN_A_BATCH} messages.")
        told = [(await self._single(message, inside, exchange))[1] for message in messages]
        answers = [each for each in told if each is not None]
        return _json(answers, 200) if answers else Response(status_code=202)

    async def _single(
        self, message: Any, inside: Inside, exchange: Exchange
    ) -> tuple[int, dict[str, Any] | None, dict[str, str]]:
        """Return the status, the answer (``None`` to a notification) and further headers."""
        key: str | int | None = None
        try:
            request = request_of(message)
            key = request.id
            is_stateless = _is_stateless(request, exchange.headers)
            if key is None:
                return 202, None, {}
            result = await self._methods.answer(request, inside, is_stateless=is_stateless)
        except RpcError as error:
            is_by_handshake = key is not None and exchange.headers.get(_VERSION) != STATELESS.encode()
            return 200 if is_by_handshake else error.status, refused(error, key), {}
        except Forbidden as lacking:
            return self._lacking(lacking, key, exchange)
        except Exception as error:  # as the edge does it: logged, and told without its particulars
            refusal = refusal_of(error, exchange)
            return refusal.status, refused(_fault(refusal, exchange), key), {}
        return 200, answered(request, result), {}

    def _lacking(
        self, lacking: Forbidden, key: str | int | None, exchange: Exchange
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Say which scope is lacking, so that an app can ask its user for it (RFC 6750, 3.1)."""
        scope = " ".join((lacking.details or {}).get("required", ()))
        challenge = f'Bearer error="insufficient_scope", scope="{scope}", resource_metadata="{self._metadata}"'
        return 403, refused(_fault(lacking, exchange), key), {"WWW-Authenticate": challenge}


def _is_stateless(request: Request, headers: Mapping[bytes, bytes]) -> bool:
    """Tell which way a request speaks. Raises RpcError for a revision that is not spoken here, or half of one."""
    meta = request.params.get("_meta")
    meta = meta if isinstance(meta, dict) else {}
    header = headers.get(_VERSION, b"").decode("latin-1")
    named = header or meta.get(_META_VERSION) or IN_BATCHES
    if named not in VERSIONS and request.method != "initialize":
        told = {"supported": list(VERSIONS), "requested": str(named)[:100]}
        raise RpcError(UNSUPPORTED_VERSION, "This revision of the protocol is not spoken here.", told)
    if named != STATELESS or request.id is None:
        return False
    if not isinstance(meta.get(_META_VERSION), str) or not isinstance(meta.get(_META_CAPABILITIES), dict):
        raise RpcError(INVALID_PARAMS, f"params._meta must have {_META_VERSION} and {_META_CAPABILITIES}.")
    _check_headers(request, headers, meta[_META_VERSION])
    return True


def _check_headers(request: Request, headers: Mapping[bytes, bytes], version: str) -> None:
    """Refuse headers that say another thing than the body: somebody on the way may have gone by them."""
    name = request.params.get("name") if request.method == "tools/call" else None
    told_name = _plain(headers.get(b"mcp-name")) if isinstance(name, str) else name
    told = (headers.get(_VERSION), headers.get(b"mcp-method"), told_name)
    if told != (version.encode(), request.method.encode(), name):
        raise RpcError(HEADER_MISMATCH, "MCP-Protocol-Version, Mcp-Method and Mcp-Name must say what the body says.")


def _plain(header: bytes | None) -> str | None:
    """Return what a header says, which is coded where it is no plain ASCII."""
    if header is None or not (header.startswith(_CODED[0]) and header.endswith(_CODED[1])):
        return None if header is None else header.decode("latin-1")
    try:
        return base64.b64decode(header[len(_CODED[0]) : -len(_CODED[1])], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _fault(refusal: Refusal, exchange: Exchange) -> RpcError:
    """Note a refusal of the whole request, and return it as the protocol's error with the contract's own as data."""
    exchange.error_code = refusal.code
    code = INVALID_REQUEST if refusal.status < 500 else _SERVER_FAULT
    return RpcError(code, refusal.message, problem(refusal, exchange.request_id))


def _json(body: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(encode(body), status, {**_NOT_KEPT, **(headers or {})}, media_type="application/json")
