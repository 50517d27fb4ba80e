"""Forms with a file as they arrive: what is not right is refused at once, and nothing of it is left."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import Caller, Firm
from tests.server.filing import (
    BODY_LIMIT,
    LIMIT,
    PDF,
    call,
    data,
    firm,
    nothing_is_left,
    place,
    send,
)
from tests.server.trade import a_customer, count_of

__all__ = ["call", "data", "firm", "place"]


def a_form(*parts: tuple[str, bytes], end: bytes = b"--b--\r\n") -> bytes:
    return b"".join(b"--b\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n" for head, body in parts) + end


def a_field(name: str, value: str) -> tuple[str, bytes]:
    return f'Content-Disposition: form-data; name="{name}"', value.encode()


A_FILE = ('Content-Disposition: form-data; name="file"; filename="a.pdf"', PDF)
A_TYPE = a_field("entity_type", "CONTACT")


@pytest.mark.parametrize(
    ("parts", "status", "code", "field"),
    [
        ([A_TYPE, A_FILE], 400, "validation.required_field", "entity_id"),
        ([A_TYPE, a_field("entity_id", "ct_x")], 400, "validation.required_field", "file"),
        ([A_TYPE, a_field("entity_id", "ct_x"), a_field("file", "text")], 400, "validation.invalid_value", "file"),
        ([A_TYPE, a_field("entity_id", "ct_x"), A_FILE, A_FILE], 400, "validation.invalid_value", "file"),
        ([A_TYPE, A_TYPE, a_field("entity_id", "ct_x"), A_FILE], 400, "validation.invalid_value", "entity_type"),
        ([A_TYPE, a_field("entity_id", "ct_x"), A_FILE, a_field("more", "x")], 422, "validation.failed", "more"),
        ([a_field("entity_type", "COW"), a_field("entity_id", "x"), A_FILE], 400, "validation.invalid_value",
         "entity_type"),
        ([A_TYPE, a_field("entity_id", "ct_x"), a_field("description", "a\x00b"), A_FILE], 400,
         "validation.invalid_value", "description"),
        ([A_TYPE, ('Content-Disposition: form-data; name="entity_id"', b"\xff"), A_FILE], 400,
         "validation.invalid_value", "entity_id"),
        ([A_TYPE, a_field("entity_id", "ct_x"), A_FILE], 404, "not_found.resource", "entity_id"),
        ([("Content-Type: text/plain", b"no name")], 422, "validation.failed", None),
        ([a_field(f"f{number}", "x") for number in range(30)], 422, "validation.failed", None),
        ([a_field("entity_id", "x" * 70_000), A_FILE], 413, "request.too_large", None),
    ],
)  # fmt: skip
async def test_a_form_that_is_not_right_is_refused(
    call: Caller, firm: Firm, data: Path, parts: Any, status: int, code: str, field: str | None
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    reply = await call("POST", "/attachments", content=a_form(*parts), headers=headers)

    assert (reply.status_code, reply.json()["code"], reply.json().get("field")) == (status, code, field), reply.text
    assert nothing_is_left(data, firm)


@pytest.mark.parametrize("content", [a_form(A_TYPE, A_FILE, end=b""), b"garbage", b"", b"--b\r\nno colon\r\n\r\n--b--"])
async def test_a_broken_form_is_refused(call: Caller, firm: Firm, data: Path, content: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    reply = await call("POST", "/attachments", content=content, headers=headers)

    assert (reply.status_code, reply.json()["code"]) == (422, "validation.failed")
    assert nothing_is_left(data, firm)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "multipart/form-data",
        "multipart/mixed; boundary=b",
        f"multipart/form-data; boundary={'x' * 71}",
    ],
)
async def test_other_media_types_are_refused(call: Caller, content_type: str) -> None:
    reply = await call("POST", "/attachments", content=a_form(A_FILE), headers={"Content-Type": content_type})

    assert (reply.status_code, reply.json()["code"]) == (415, "request.unsupported_media_type")


async def test_a_file_over_the_limit_is_refused_while_it_arrives(call: Caller, firm: Firm, data: Path) -> None:
    """Without a Content-Length the server counts; what it had of the file is gone."""
    customer, sent = await a_customer(call), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield a_form(A_TYPE, a_field("entity_id", customer), end=b"--b\r\n") + A_FILE[0].encode() + b"\r\n\r\n%PDF-"
        for _ in range(200):
            sent += 64 * 1024
            yield b"x" * 64 * 1024
            await asyncio.sleep(0)

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    reply = await call("POST", "/attachments", content=endless(), headers=headers)

    assert (reply.status_code, reply.json()["code"]) == (413, "request.too_large")
    assert nothing_is_left(data, firm)
    assert count_of(firm, "unclaimed_files") == 0
    large = await send(call, customer, b"%PDF-" + bytes(LIMIT))
    assert large.status_code == 413
    assert (await send(call, customer, (b"%PDF-" + bytes(LIMIT))[:LIMIT])).status_code == 201, "the limit itself"


async def test_a_caller_who_hangs_up_leaves_nothing(call: Caller, firm: Firm, data: Path) -> None:
    host, port = call.urls[0].removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /api/public/v1/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {firm.token}\r\n"
    writer.write(f"{head}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 900000\r\n\r\n".encode())
    writer.write(a_form(A_TYPE, end=b"--b\r\n") + A_FILE[0].encode() + b"\r\n\r\n%PDF-" + b"x" * 500_000)
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    await asyncio.sleep(0.3)

    assert nothing_is_left(data, firm)


async def test_other_bodies_have_a_limit_of_their_own(call: Caller) -> None:
    reply = await call(
        "POST", "/contacts", content=b" " * (BODY_LIMIT + 1), headers={"Content-Type": "application/json"}
    )

    assert (reply.status_code, reply.json()["code"]) == (413, "request.too_large")
    assert str(BODY_LIMIT) in reply.json()["message"]
