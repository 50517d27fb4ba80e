"""JSON-RPC as the protocol uses it: what arrives is told apart, and errors have their codes and statuses."""

from collections.abc import Mapping
from typing import Any

from domain.values import Struct

STATELESS = "2026-07-28"
"""The revision of which each request says everything itself."""

BY_HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26")
"""The revisions that begin with ``initialize``, the newest first."""

IN_BATCHES = "2025-03-26"
"""The one revision that has batches; a client that names none is taken for one of it."""

VERSIONS = (STATELESS, *BY_HANDSHAKE)
MOST_IN_A_BATCH = 20

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022

_STATUSES = {METHOD_NOT_FOUND: 404}
"""Statuses of errors in the stateless revision; all others are 400."""


class RpcError(Exception):
    """What the protocol itself refuses."""

    def __init__(self, code: int, message: str, data: Any = None, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data
        self.status = _STATUSES.get(code, 400) if status is None else status


class Request(Struct, frozen=True):
    """A message: with an ``id`` a request, without one a notification, or an answer to something never asked."""

    method: str
    params: Mapping[str, Any]
    id: str | int | None


def request_of(message: Any) -> Request:
    """Return what a message asks for. Raises RpcError for what is no message."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, "This is no JSON-RPC 2.0 message.")
    method, params, key = message.get("method"), message.get("params", {}), message.get("id")
    if method is None and ("result" in message or "error" in message):
        return Request("", {}, None)
    if not isinstance(method, str) or not isinstance(params, dict):
        raise RpcError(INVALID_REQUEST, "method must be a text, and params an object.")
    if "id" in message and (isinstance(key, bool) or not isinstance(key, str | int)):
        raise RpcError(INVALID_REQUEST, "id must be a text or a whole number.")
    return Request(method, params, key)


def answered(request: Request, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to a request."""
    return {"jsonrpc": "2.0", "id": request.id, "result": result}


def refused(error: RpcError, key: str | int | None) -> dict[str, Any]:
    """Return the answer to what is refused; ``key`` is the request's id, where it has one."""
    told = {"code": error.code, "message": error.message}
    return {"jsonrpc": "2.0", "id": key, "error": told if error.data is None else {**told, "data": error.data}}
