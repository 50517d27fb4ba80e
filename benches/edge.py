"""What the edge costs: microseconds of CPU a request, ours against a bare Starlette route, in one run.

Both answer in this process, without a server or a database: fifty rows to a GET with five parameters, and a POST of
1.5 KB with ten lines, as the contract's invoices take them. The bare route stands among 150 others, reads the same
query and body with the same codec, writes the same JSON, and checks nothing; ours adds a token (from a stub's memory),
scopes, validation, error mapping, entity tags, rate-limit headers, a log line and metrics. "noted" is ours with the log
that callers can read: a note of each call, and the JSON of all notes; what PostgreSQL and the socket take is not in it.

Run: python -m benches.edge
"""

import asyncio
import os
import sys
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Scope

from domain.access.identity import Identity
from domain.statements import as_rows
from handlers.replies import Reply, created, page
from openapi.bundle import bundle
from server.app import create_app
from server.contract.codec import decode_plain, encode
from server.edge.forms import Spool
from server.edge.request_log import RequestLog
from server.exchange import Call, Exchange, Note
from server.postgres.database import Database
from server.settings import Settings
from server.tally import Tally
from tests.server.edge_app import StubDoor, fifty_rows

_ROUNDS = 60
_REQUESTS = 300
_BASE = "/api/public/v1"
_QUERY = b"per_page=50&status=SENT&date_from=2026-04-01&search=ravi&currency_code=INR"
_PLACEBO_ROUTES = 150


def main() -> None:
    """Measure in turns, so that a slow moment of the machine hits both, and print the medians."""
    asyncio.run(_measure())


async def _measure() -> None:
    rows = fifty_rows()
    log = RequestLog(Database("postgresql:///none", Settings()), Tally(1))
    apps = {"bare": _bare(rows), "edge": _edge(rows, None), "noted": _edge(rows, log.note)}
    requests = {"GET": (_scope("GET", _QUERY), b""), "POST": (_scope("POST", b""), _body())}
    times: dict[tuple[str, str], list[float]] = {(app, method): [] for app in apps for method in requests}
    for _ in range(_ROUNDS):
        for app_name, app in apps.items():
            for method, (scope, body) in requests.items():
                times[app_name, method].append(await _microseconds(app, scope, body, log))
    for method in requests:
        bare, edge = median(times["bare", method]), median(times["edge", method])
        noted = median(times["noted", method])
        sys.stdout.write(f"{method:5} bare {bare:6.1f} µs   edge {edge:6.1f} µs   ratio {bare / edge:.2f}")
        sys.stdout.write(f"   noted {noted:6.1f} µs ({noted / edge:.3f} of edge)\n")


async def _microseconds(app: ASGIApp, scope: Scope, body: bytes, log: RequestLog) -> float:
    """Return the CPU time of one request, averaged over many."""
    status = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    started = process_time()
    for _ in range(_REQUESTS):
        await app(dict(scope), receive, send)
    while batch := log.taken():
        as_rows(batch)
    spent = process_time() - started
    assert status in (200, 201), status
    return spent / _REQUESTS * 1e6


def _bare(rows: list[dict[str, Any]]) -> ASGIApp:
    """Return two bare routes in the middle of as many others as the contract has."""

    async def list_invoices(request: Request) -> Response:
        dict(request.query_params)
        return Response(encode({"code": 0, "message": "success", "invoices": rows}), media_type="application/json")

    async def create_invoice(request: Request) -> Response:
        body = decode_plain(await request.body())
        answer = {"code": 0, "message": "success", "invoice": {"invoice_id": "inv_1", "version": 1, **body}}
        return Response(encode(answer), 201, media_type="application/json")

    def placebos(first: int) -> list[Route]:
        numbers = range(first, first + _PLACEBO_ROUTES // 2)
        return [Route(f"{_BASE}/other_{number}/{{id}}", list_invoices) for number in numbers]

    ours = [
        Route(f"{_BASE}/invoices", list_invoices, methods=["GET"]),
        Route(f"{_BASE}/invoices", create_invoice, methods=["POST"]),
    ]
    return Starlette(routes=[*placebos(0), *ours, *placebos(1000)])


class _Door(StubDoor):
    """Admits as the stub does, and says whose token it was."""

    async def admit(self, *, authorization: bytes | None, scopes: tuple[str, ...], exchange: Exchange) -> Identity:
        """Admit ``Bearer good``."""
        identity = await super().admit(authorization=authorization, scopes=scopes, exchange=exchange)
        exchange.bearer = identity
        return identity


def _edge(rows: list[dict[str, Any]], note: Note | None) -> ASGIApp:
    sink = os.open(os.devnull, os.O_WRONLY)

    async def answer(call: Call) -> Reply:
        if call.body is None:
            return page("invoices", rows, per_page=call.query["per_page"], next_cursor=None)
        return created("invoice", {"invoice_id": "inv_1", "version": 1, **call.body}, location="/invoices/inv_1")

    async def ready() -> bool:
        return True

    return create_app(
        spec=bundle(),
        door=_Door(),
        answer=answer,
        ready=ready,
        write_line=lambda line: os.write(sink, line),
        spool=Spool(Path(os.devnull), limit_bytes=0),
        note=note,
    )


def _scope(method: str, query: bytes) -> Scope:
    path = f"{_BASE}/invoices"
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": [
            (b"host", b"localhost:8000"),
            (b"user-agent", b"bench"),
            (b"accept", b"application/json"),
            (b"authorization", b"Bearer good"),
            (b"content-type", b"application/json"),
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }


def _body() -> bytes:
    """Return an invoice of ten lines, about 1.5 KB."""
    line = {"item_id": "it_01jd0000000000000000000042", "quantity": 2.5, "rate": 1180.05, "discount": 10.25}
    invoice = {
        "customer_id": "ct_01jd0000000000000000000042",
        "date": "2026-11-21",
        "reference_number": "PO/2026/881",
        "place_of_supply": "IN-KA",
        "gst_treatment": "REGISTERED",
        "billing_address": {"attention": "Ravi Traders", "zip": "560050"},
        "line_items": [line | {"discount": 10.25 + number} for number in range(10)],
        "notes": "Thank you. " * 25,
    }
    return msgspec.json.encode(invoice)


if __name__ == "__main__":
    main()
