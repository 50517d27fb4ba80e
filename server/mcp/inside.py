"""Requests of the API that are made within this process, in the name of whoever calls a tool.

Each goes through the whole stack as if it came from outside: it is admitted, counted, validated, logged and recorded.
The first one is what the call of the tool was counted for when it came, so it does not count once more.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Scope

from domain.access.identity import Identity
from domain.errors import Forbidden
from domain.values import Struct
from server.contract.codec import NotJson, decode, encode
from server.edge.within import answered
from server.exchange import Exchange, Rehearsal
from server.mcp.catalogue import Asked, Catalogue

SOURCE = "MCP"
"""What the audit trail says that a change came by."""

_HANDED_ON = (b"authorization", b"user-agent")
_ENVELOPE = ("code", "message", "page_context", "warnings")


class Refused(Exception):
    """The API did not carry a request out; ``problem`` is its error object."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("message"))
        self.problem = problem


class Told(Struct, frozen=True):
    """What the API answered: a JSON object, or the ``content`` of a file."""

    status: int
    headers: Mapping[bytes, bytes]
    body: dict[str, Any]
    content: bytes

    @property
    def shown(self) -> Any:
        """The one resource, list or report in the envelope."""
        return next((value for name, value in self.body.items() if name not in _ENVELOPE), None)


class Whole:
    """The application of which the tools are a part; it is complete only after they are."""

    stack: ASGIApp


class Inside:
    """Makes requests for one call of a tool; ``organization_id`` goes with each where the caller named one."""

    def __init__(
        self,
        whole: Whole,
        catalogue: Catalogue,
        scope: Scope,
        exchange: Exchange,
        identity: Identity,
        *,
        public_url: str,
    ) -> None:
        self._whole = whole
        self._public_url = public_url
        self._scope = scope
        self._exchange = exchange
        self.catalogue = catalogue
        self.identity = identity
        self.organization_id: str | None = None
        self._is_first = True

    @property
    def request_id(self) -> str:
        """What the call and all requests made for it are found by."""
        return self._exchange.request_id

    def error(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Return an error object for agents: with the page of its code, and details only where they say more."""
        details = told.get("details") or {}
        says_more = len(details.get("errors", ())) > 1 or not details.keys() <= {"errors", "received"}
        error = {name: each for name, each in told.items() if name != "details" or says_more}
        return {**error, "help": f"{self._public_url}/docs/errors/{told['code']}.md", "request_id": self.request_id}

    def need(self, operation_id: str) -> None:
        """Check that the token may carry out an operation. Raises: Forbidden, and Refused where the role may not."""
        try:
            self.identity.need(self.catalogue[operation_id].scopes)
        except Forbidden as lacking:
            _refuse(lacking.told() | {"details": lacking.details})

    async def ask(
        self,
        operation_id: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[bytes, bytes] | None = None,
        rehearsal: Rehearsal | None = None,
    ) -> Told:
        """Carry out an operation. Raises: Refused, and Forbidden where the token lacks a scope."""
        asked = self.catalogue[operation_id]
        payload = b"" if body is None else encode(body)
        scope = self._scope_of(asked, path or {}, query or {}, {**self._headers(payload), **(headers or {})})
        scope["state"] = {"begun_with": {"source": SOURCE, "rehearsal": rehearsal, **self._counted()}}
        status, answer_headers, content = await answered(self._whole.stack, scope, payload)
        is_json = answer_headers.get(b"content-type", b"").startswith(b"application/json")
        told = Told(status, answer_headers, _members(content) if is_json else {}, content)
        if status >= 400:
            _refuse(told.body)
        return told

    def _counted(self) -> dict[str, Any]:
        """What is known of the first request already, because the call that it is made for was admitted."""
        if not self._is_first:
            return {}
        self._is_first = False
        known = {"identity": self.identity, "bearer": self.identity, "rate": self._exchange.rate}
        return {**known, "is_noted": self._exchange.is_noted, "is_counted": True}

    def _headers(self, payload: bytes) -> dict[bytes, bytes]:
        sent = {name: self._exchange.headers[name] for name in _HANDED_ON if name in self._exchange.headers}
        sent[b"x-request-id"] = self._exchange.request_id.encode()
        if payload:
            sent |= {b"content-type": b"application/json", b"content-length": b"%d" % len(payload)}
        return sent

    def _scope_of(
        self, asked: Asked, path: Mapping[str, str], query: Mapping[str, Any], headers: Mapping[bytes, bytes]
    ) -> Scope:
        where = asked.path.format_map({name: quote(value, safe="") for name, value in path.items()})
        wanted = {name: _in_query(value) for name, value in query.items() if value is not None}
        if self.organization_id is not None and "organization_id" in asked.parameters:
            wanted["organization_id"] = self.organization_id
        return {
            **self._scope,
            "method": asked.method,
            "path": where,
            "raw_path": where.encode(),
            "query_string": urlencode(wanted).encode(),
            "headers": list(headers.items()),
        }


def _members(content: bytes) -> dict[str, Any]:
    try:
        members: dict[str, Any] = decode(content)
    except NotJson as reason:  # what the books hold can be longer or deeper than what they take
        raise Refused({"code": "server.error", "message": f"The answer cannot be read: {reason}."}) from None
    return members


def _refuse(problem: Mapping[str, Any]) -> None:
    """Raise a refusal: Forbidden for what another token could do, so that an app asks its user for one."""
    details = problem.get("details") or {}
    if problem.get("code") == "auth.insufficient_scope" and "role" not in details:
        raise Forbidden(problem["code"], problem["message"], details=details)
    raise Refused({name: each for name, each in problem.items() if each is not None})


def _in_query(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
