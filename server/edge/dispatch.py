"""The last step of the edge: check the request against its operation, have it answered, write the reply."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from connexion.middleware.abstract import RoutedAPI
from connexion.operations import AbstractOperation
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from handlers.replies import Reply
from server.contract.binding import parameters_of, reader_of, scopes_of
from server.contract.codec import encode
from server.contract.parameters import ParameterGroups, SpecMistake
from server.edge.arrival import BodyLimits, check_encoding, read_body
from server.edge.compression import compressed, is_compressed_for
from server.edge.etags import etag_of, is_unchanged
from server.edge.forms import Spool, read_form
from server.edge.routing import Routed
from server.edge.sending import send_file
from server.edge.validation import OperationRules, check_accept
from server.exchange import Answer, Call, Exchange, Operation, exchange_of


class BoundOperation:
    """An operation with its compiled rules: an ASGI app of its own."""

    def __init__(
        self, operation: Operation, rules: OperationRules, answer: Answer, *, limits: BodyLimits, spool: Spool | None
    ) -> None:
        if rules.form is not None and spool is None:
            raise SpecMistake(f"{operation.id}: there is no place for files to arrive.")
        self.operation = operation
        self._rules = rules
        self._answer = answer
        self._limits = limits
        self._spool = rules.form.limited(spool) if rules.form is not None and spool is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request through: accept, parameters, body, answer, reply."""
        exchange = exchange_of(scope)
        headers, rules = exchange.headers, self._rules
        assert exchange.identity is not None, "the security middleware comes first, on every operation"
        check_accept(headers, rules.offered)
        path, query = rules.check_parameters(scope["path_params"], scope["query_string"], headers)
        call = Call(
            operation=self.operation,
            exchange=exchange,
            identity=exchange.identity,
            path=path,
            query=query,
            body=None,
            raw_body=b"",
            raw_query=scope["query_string"],
            headers=headers,
        )
        try:
            await self._read_body(call, receive)
            reply = await self._answer(call)
        finally:
            if call.spooled is not None:
                await asyncio.to_thread(call.spooled.path.unlink, missing_ok=True)
        await _send_reply(send, reply, exchange, is_read=not rules.reads_body)

    async def _read_body(self, call: Call, receive: Receive) -> None:
        """Read the body into the call, and check it. Raises the contract's refusals."""
        rules = self._rules
        if rules.reads_body and b"content-encoding" in call.headers:
            check_encoding(call.headers)
        if rules.form is not None:
            assert self._spool is not None, "an operation with files is not bound without a spool"
            form = await read_form(receive, call.headers, file_field=rules.form.file_field, spool=self._spool)
            call.spooled = form.file
            call.body = rules.form.check(form)
        elif rules.reads_body:
            call.raw_body = await read_body(receive, call.headers, self._limits)
            call.body = rules.check_body(call.raw_body, call.headers)


class _DispatchAPI(RoutedAPI[BoundOperation]):  # type: ignore[misc]  # Connexion has no types
    """Compiles each operation once, when the stack is built."""

    def __init__(
        self, specification: Specification, *, answer: Answer, limits: BodyLimits, spool: Spool | None, **options: Any
    ) -> None:
        super().__init__(specification, **options)
        self._answer = answer
        self._limits = limits
        self._spool = spool
        self._groups = ParameterGroups(specification.raw["components"].get("schemas", {}))
        self.add_paths()
        del self.specification  # twice the contract, which is all in the rules now

    def make_operation(self, operation: AbstractOperation) -> BoundOperation:
        """Bind one operation: its handler, its scopes, its rules."""
        contract = self.specification.raw
        path_item = contract["paths"][operation.path]
        authored = path_item[operation.method]
        method = operation.method.upper()
        shared, components = path_item.get("parameters", []), contract["components"]
        rules = OperationRules(method, authored, shared, components, self._groups)
        bound = Operation(
            id=authored["operationId"],
            method=method,
            path=self.base_path + operation.path,
            scopes=scopes_of(authored, contract),
            handler=operation.function,
            takes=parameters_of(operation.function, authored["operationId"], frozenset(rules.path.parameters)),
            reader=reader_of(path_item) if method == "PUT" else None,
        )
        return BoundOperation(bound, rules, self._answer, limits=self._limits, spool=self._spool)


class Dispatch(Routed):
    """Takes the place of Connexion's validation, context and operation layers."""

    def __init__(self, app: ASGIApp, *, answer: Answer, limits: BodyLimits, spool: Spool | None = None) -> None:
        super().__init__(app)
        self.api_cls = partial(_DispatchAPI, answer=answer, limits=limits, spool=spool)


_VARY = b"Authorization, X-AIBooks-Org, Accept-Encoding"
_NOT_KEPT = {b"cache-control": b"no-store"}
_WITHOUT_BODY: Mapping[int, Mapping[bytes, bytes]] = {302: {b"content-length": b"0"}, 304: {}}
"""What a handler answers without a body, by its status, and the headers that go with it."""


async def _send_reply(send: Send, reply: Reply, exchange: Exchange, *, is_read: bool) -> None:
    """Write a reply: a file, no more than headers, or a line of JSON."""
    if reply.file is not None and is_read and _is_at_hand(reply, exchange):
        reply.file.content.close()
        await _send(send, 304, _encoded(reply.headers), b"")
    elif reply.file is not None:
        await send_file(send, reply.file, {**_NOT_KEPT, **_encoded(reply.headers)}, exchange.headers)
    elif reply.status in _WITHOUT_BODY:
        headers = {**_WITHOUT_BODY[reply.status], **_encoded(reply.headers)}
        await _send(send, reply.status, headers, b"")
    else:
        await _send_json(send, reply, exchange, is_read=is_read)


def _is_at_hand(reply: Reply, exchange: Exchange) -> bool:
    """Whether the caller has the file already, if it has a tag."""
    tag = reply.headers.get("ETag", "").encode()
    return bool(tag) and is_unchanged(exchange.headers.get(b"if-none-match", b""), tag)


async def _send_json(send: Send, reply: Reply, exchange: Exchange, *, is_read: bool) -> None:
    """Write a line of JSON, in gzip where that is worth it, with its entity tag, or 304 if the caller has it."""
    payload = reply.payload or (b"" if reply.body is None else encode(reply.body))
    status, is_compressed = reply.status, is_compressed_for(exchange.headers, payload)
    if reply.version is None:
        headers = dict(_NOT_KEPT)
    else:
        etag = reply.headers.pop("ETag", "").encode() or etag_of(reply.version, payload)
        if is_compressed:
            etag = b"W/" + etag
        headers = {b"cache-control": b"private, no-cache", b"etag": etag, b"vary": _VARY}
        if is_read and is_unchanged(exchange.headers.get(b"if-none-match", b""), etag):
            status, payload = 304, b""
    headers |= _encoded(reply.headers)
    if status not in (204, 304):
        if not payload.endswith(b"\n"):  # a file that was kept ends as it was answered
            payload += b"\n"
        if is_compressed:
            headers[b"content-encoding"], payload = b"gzip", await compressed(payload)
        headers[b"content-type"], headers[b"content-length"] = b"application/json", b"%d" % len(payload)
    await _send(send, status, headers, payload)


async def _send(send: Send, status: int, headers: Mapping[bytes, bytes], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
    await send({"type": "http.response.body", "body": body})


def _encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    return {name.lower().encode("latin-1"): value.encode("latin-1") for name, value in headers.items()}
