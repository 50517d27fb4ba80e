"""Calls of the API that a page makes for whoever has signed in: the whole way through the edge, without the network.

So a form can do what a call can, no more: it is counted, validated, held to the user's scopes, kept against repetition
and written into the trail like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Scope

from domain.access.identity import Identity
from domain.errors import Refusal
from domain.statements import from_json
from server.contract.codec import encode
from server.edge.within import answered
from server.exchange import Exchange


class Members(dict[str, Any]):
    """An object of JSON of which every member may be asked for."""

    def __missing__(self, name: str) -> None:
        """Return nothing for a member that was left out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered; refusals are raised instead. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """Return the body, with numbers as decimals; members that were left out are None."""
        return _open(from_json(self.content)) if self.content else None


class InnerApi:
    """The API below a page: ``app`` is what stands behind the pages, ``base_path`` where the contract begins."""

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self._app = app
        self.base_path = base_path

    async def call(
        self,
        outer: Scope,
        exchange: Exchange,
        identity: Identity,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make one call below ``base_path`` and return its answer. ``body`` is JSON, or bytes, sent as they are.

        Raises: what the operation refuses, as the domain's Refusal or one of the edge.
        """
        content = body if isinstance(body, bytes) else b"" if body is None else encode(body)
        sent = {**_told_on(exchange), **_encoded(headers or {}), b"content-length": b"%d" % len(content)}
        if body is not None:
            sent.setdefault(b"content-type", b"application/json")
        inner = Exchange(
            request_id=exchange.request_id,
            started=perf_counter(),
            client_address=exchange.client_address,
            headers=sent,
            identity=identity,
            source="CONSOLE",
        )
        full = self.base_path + path
        scope = {
            **outer,
            "method": method,
            "path": full,
            "raw_path": quote(full, safe="/:@!$&'()*+,;=-._~%").encode(),
            "query_string": urlencode(
                {name: each for name, each in (query or {}).items() if each is not None}
            ).encode(),
            "headers": list(sent.items()),
            "state": {**outer.get("state", {}), "exchange": inner},
            "extensions": {},
        }
        status, answer_headers, answer = await answered(self._app, scope, content)
        plain = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer_headers.items()}
        if status >= _REFUSED:
            raise _kept(status, from_json(answer), plain)
        return Answer(status, plain, answer)


_REFUSED = 400


def _kept(status: int, problem: Mapping[str, Any], headers: Mapping[str, str]) -> Refusal:
    """Return a refusal that came as an answer: that to a keyed call is kept, so it is not raised."""
    again = {name.title(): value for name, value in headers.items() if name == "retry-after"}
    refusal = _of_status(status)(
        problem["message"], field=problem.get("field"), details=problem.get("details"), headers=again
    )
    refusal.code = problem["code"]
    return refusal


@cache
def _of_status(status: int) -> type[Refusal]:
    return type("KeptRefusal", (Refusal,), {"status": status})


def _open(value: Any) -> Any:
    if isinstance(value, dict):
        return Members((name, _open(each)) for name, each in value.items())
    return [_open(each) for each in value] if isinstance(value, list) else value


def _told_on(exchange: Exchange) -> dict[bytes, bytes]:
    agent = exchange.headers.get(b"user-agent")
    return {} if agent is None else {b"user-agent": agent}


def _encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    return {name.lower().encode("latin-1"): value.encode("latin-1") for name, value in headers.items()}
