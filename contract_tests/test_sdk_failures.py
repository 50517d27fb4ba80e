"""The Python SDK against servers that fail: what they do on the wire, and what a caller is told of it."""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from contract_tests.sdk_packages import python_package

Answers = list[bytes | None]
GOOD = b'{"code": 0, "message": "success", "token": {"kind": "PAT", "org_id": "org_1", "scopes": []}}'
PAGE = b"<html><body><h1>500 Internal Server Error</h1></body></html>"
RESET = None


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package."""
    with python_package(tmp_path_factory.mktemp("sdk")) as (_, package):
        yield package


def answer(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """An answer as it goes over the wire; a length that is not the body's breaks off in its midst."""
    said = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    return "\r\n".join([*said, *headers, "", ""]).encode() + body


@contextmanager
def server(answers: Answers) -> Iterator[tuple[str, list[bytes]]]:
    """Answer calls as told, one after the other, the last ones alike; yield where, and the heads of the calls."""
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, answers, heads), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heads
        listening.shutdown(socket.SHUT_RDWR)


def _serve(listening: socket.socket, answers: Answers, heads: list[bytes]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            heads.append(connection.recv(65536))
            told = answers[min(len(heads), len(answers)) - 1]
            if told is RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                connection.sendall(told)


def called(
    sdk: Any, answers: Answers, call: Callable[[Any], Any], **settings: Any
) -> tuple[Any, list[float], list[bytes]]:
    """Make a call; return what came of it, the waits between its tries, and their heads."""
    waits: list[float] = []
    with server(answers) as (url, heads), sdk.FinzBooks("token", url=url, pause=waits.append, **settings) as books:
        try:
            return call(books), waits, heads
        except sdk.FinzBooksError as failure:
            return failure, waits, heads


def who(books: Any) -> Any:
    return books.whoami.whoami()


def create(books: Any) -> Any:
    return books.contacts.create(contact_name="Sharma")


def test_a_page_of_html_is_a_refusal_like_any_other(sdk: Any) -> None:
    failure, waits, heads = called(sdk, [answer("500 Oops", PAGE, "Content-Type: text/html")], who)

    assert isinstance(failure, sdk.ServerError)
    assert (failure.status, failure.code, str(failure)) == (500, "", "The server answered 500.")
    assert (waits, len(heads)) == ([0.5, 1.0, 2.0], 4)


@pytest.mark.parametrize("body", [PAGE, b"", b"[1]", b'"all is well"'])
def test_a_good_status_without_an_object_is_no_answer_of_the_api(sdk: Any, body: bytes) -> None:
    failure, waits, _ = called(sdk, [answer("200 OK", body)], who)

    assert type(failure) is sdk.FinzBooksError
    assert "is it the API?" in str(failure)
    assert waits == []


@pytest.mark.parametrize("first", [RESET, b"", answer("200 OK", GOOD, length=500)])
@pytest.mark.parametrize("call", [who, create])
def test_a_line_that_breaks_is_tried_again(sdk: Any, first: bytes | None, call: Callable[[Any], Any]) -> None:
    good = answer("200 OK", GOOD if call is who else b'{"contact": {"contact_id": "ct_1"}}')
    made, waits, heads = called(sdk, [first, good], call)

    assert isinstance(made, sdk.Model)
    assert waits == [0.5]
    keys = {line for head in heads for line in head.split(b"\r\n") if line.startswith(b"Idempotency-Key: ")}
    assert len(keys) == (0 if call is who else 1)


def test_what_cannot_be_unpacked_is_unreachable(sdk: Any) -> None:
    failure, _, heads = called(sdk, [answer("200 OK", b"no gzip", "Content-Encoding: gzip")], who, max_tries=2)

    assert isinstance(failure, sdk.Unreachable)
    assert len(heads) == 2


def test_a_call_that_still_runs_is_asked_again(sdk: Any) -> None:
    running = json.dumps({"code": "idempotency.in_progress", "message": "It is still running."}).encode()
    twice = json.dumps({"code": "conflict.duplicate", "message": "There is one."}).encode()
    made, waits, _ = called(
        sdk, [answer("409 Conflict", running), answer("200 OK", b'{"contact": {"contact_id": "ct_1"}}')], create
    )
    refused, none, _ = called(sdk, [answer("409 Conflict", twice)], create)

    assert (made.contact.contact_id, waits) == ("ct_1", [0.5])
    assert isinstance(refused, sdk.Conflict)
    assert none == []


def test_redirects_are_not_followed(sdk: Any) -> None:
    with server([answer("200 OK", GOOD)]) as (elsewhere, strangers):
        failure, _, _ = called(sdk, [answer("307 Away", b"", f"Location: {elsewhere}/whoami")], who)

    assert (failure.status, strangers) == (307, [])


def test_a_wait_of_an_hour_is_left_to_the_caller(sdk: Any) -> None:
    failure, waits, _ = called(sdk, [answer("503 Down", b"{}", "Retry-After: 3600")], who)

    assert isinstance(failure, sdk.ServerError)
    assert (failure.headers["Retry-After"], waits) == ("3600", [])


def test_nobody_listens(sdk: Any) -> None:
    waits: list[float] = []
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # a port that is taken, and on which nobody listens
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with sdk.FinzBooks("token", url=url, pause=waits.append) as books, pytest.raises(sdk.Unreachable):
            books.contacts.update("ct_1", notes="It is safe to repeat what never left.")
    assert waits == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("wrong", ["", ".", ".."])
def test_what_would_name_another_path_is_no_id(sdk: Any, wrong: str) -> None:
    with server([answer("200 OK", GOOD)]) as (url, heads), sdk.FinzBooks("token", url=url) as books:
        with pytest.raises(ValueError, match="is no id"):
            books.contacts.delete(wrong)
        assert heads == []


@pytest.mark.parametrize("wrong", ["books.example.in", "localhost:8000", "ftp://books.example.in"])
def test_an_address_that_is_none_is_told_at_once(sdk: Any, wrong: str) -> None:
    for client in (sdk.FinzBooks, sdk.AsyncFinzBooks):
        with pytest.raises(ValueError, match="https://"):
            client("token", url=wrong)


def test_a_cancelled_call_ends_and_is_not_sent_again(sdk: Any) -> None:
    async def cancelled() -> None:
        resting = asyncio.Event()

        async def rest(_: float) -> None:
            resting.set()
            await asyncio.Event().wait()

        with server([answer("503 Busy", b"{}")]) as (url, heads):
            async with sdk.AsyncFinzBooks("token", url=url, pause=rest) as books:
                call = asyncio.create_task(books.whoami.whoami())
                await asyncio.wait_for(resting.wait(), 60)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
            assert len(heads) == 1

    asyncio.run(cancelled())


def test_a_proxy_of_the_environment_is_used(sdk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with server([answer("200 OK", GOOD)]) as (proxy, heads):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        with sdk.FinzBooks("token", url="http://books.invalid") as books:
            assert books.whoami.whoami().token.org_id == "org_1"
    assert heads[0].startswith(b"GET http://books.invalid/api/public/v1/whoami HTTP/1.1\r\n")


def test_a_huge_answer_is_read_to_its_end(sdk: Any) -> None:
    rows = b",".join(b'{"item_id": "it_%d", "rate": 1250.10}' % number for number in range(100_000))
    whole = b'{"items": [' + rows + b'], "page_context": {"has_more_page": false, "next_cursor": null}}'
    page, _, _ = called(sdk, [answer("200 OK", whole)], lambda books: books.items.list())

    assert len(page.rows) == 100_000
    assert str(page.rows[-1].rate) == "1250.10"
