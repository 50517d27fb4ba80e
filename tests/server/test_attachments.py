"""Attachments over HTTP with local storage: what is taken, what comes back, and to whom."""

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from adapters.files import LocalFiles
from tests.running import Caller, Firm, found, mint, rows
from tests.server.filing import (
    LIMIT,
    PDF,
    Place,
    attached,
    call,
    data,
    fetch,
    firm,
    nothing_is_left,
    place,
    send,
    stored,
)
from tests.server.trade import a_customer, count_of

__all__ = ["call", "data", "firm", "place"]


async def test_what_is_uploaded_comes_back(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)

    attachment = await attached(call, customer, fields={"description": "Signed by the driver"})

    assert attachment == {
        "attachment_id": attachment["attachment_id"],
        "entity_type": "CONTACT",
        "entity_id": customer,
        "entity_ref": "Deccan Retail",
        "filename": "note.pdf",
        "content_type": "application/pdf",
        "size_bytes": len(PDF),
        "description": "Signed by the driver",
        "download_url": attachment["download_url"],
        "uploaded_by_user_id": firm.owner_id,
        "created_time": attachment["created_time"],
    }
    bytes_back = await fetch(call, attachment)
    assert (bytes_back.status_code, bytes_back.content) == (200, PDF)


async def test_bytes_are_sent_so_that_no_browser_runs_them(call: Caller) -> None:
    attachment = await attached(call, await a_customer(call), filename='चालान "118".pdf')

    headers = (await fetch(call, attachment)).headers

    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith('attachment; filename="')
    assert "filename*=UTF-8''%E0%A4%9A" in headers["Content-Disposition"]
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"].startswith("private, max-age=")
    assert int(headers["Cache-Control"].rpartition("=")[2]) <= 900


async def test_a_part_of_the_bytes_and_only_the_headers(call: Caller) -> None:
    attachment = await attached(call, await a_customer(call))

    part = await fetch(call, attachment, headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, PDF[:8])
    head = await fetch(call, attachment, method="HEAD")
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(len(PDF)))
    assert (await fetch(call, attachment, method="DELETE")).status_code == 405


async def test_the_bytes_decide_the_type_and_the_ending(call: Caller) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(100)

    attachment = await attached(call, await a_customer(call), picture, filename="..\\invoice.pdf")

    assert (attachment["content_type"], attachment["filename"]) == ("image/png", "invoice.pdf.png")


@pytest.mark.parametrize(
    ("content", "filename"),
    [(b"MZ\x90\x00" + bytes(100), "invoice.pdf"), (b"<html><script>", "a.pdf"), (b"<svg onload=x>", "a.png"),
     (b"#!/bin/sh\n", "a.txt"), (os.urandom(500), "a.pdf"), (b"", "a.pdf")],
)  # fmt: skip
async def test_what_could_be_run_is_refused(
    call: Caller, firm: Firm, data: Path, content: bytes, filename: str
) -> None:
    reply = await send(call, await a_customer(call), content, filename=filename)

    assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (400, "validation.invalid_value", "file")
    assert nothing_is_left(data, firm)
    assert stored(data, firm) == []


def forged(link: str, **changes: Any) -> str:
    """A link that says something else under the old signature."""
    start, _, token = link.rpartition("/")
    told, _, signature = token.partition(".")
    key, filename, content_type, expires_at = json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    other = [changes.get("key", key), filename, content_type, changes.get("expires_at", expires_at)]
    return f"{start}/{base64.urlsafe_b64encode(json.dumps(other).encode()).decode().rstrip('=')}.{signature}"


async def test_a_forged_link_leads_nowhere(call: Caller, firm: Firm) -> None:
    attachment = await attached(call, await a_customer(call))
    link = attachment["download_url"]
    for other in (
        forged(link, expires_at=99999999999),
        forged(link, key=f"{firm.organization_id}/att_other"),
        forged(link, key="../files.secret"),
        link + "x",
        link[:-1],
        link.rpartition(".")[0],
        link.rpartition("/")[0] + "/",
        link.rpartition("/")[0] + "/%2e%2e/files.secret",
        link.replace(".", "..", 3),
    ):
        reply = await fetch(call, {"download_url": other})
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found.route"), other


def test_a_link_is_good_for_fifteen_minutes(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path, url="http://here/files", secret=b"s" * 32, link_seconds=900)
    (tmp_path / "org_a").mkdir()
    (tmp_path / "org_a" / "att_b").write_bytes(PDF)
    token = files.link("org_a/att_b", filename="a.pdf", content_type="application/pdf", now=1000).rpartition("/")[2]
    others = LocalFiles(tmp_path, url="http://here/files", secret=b"t" * 32, link_seconds=900)

    assert files.opened(token, now=1000) is not None
    assert files.opened(token, now=1899) is not None
    assert files.opened(token, now=1900) is None
    assert others.opened(token, now=1000) is None, "signed with another secret"


async def test_the_secret_is_for_the_server_alone(call: Caller, data: Path) -> None:
    secret = data / "files.secret"

    assert len(secret.read_bytes()) == 32
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


async def test_the_log_does_not_hold_links(call: Caller, place: Place) -> None:
    attachment = await attached(call, await a_customer(call))
    await fetch(call, attachment)

    assert attachment["download_url"].rpartition("/")[2] not in place[0].log.read_text()


async def test_the_same_key_uploads_once(call: Caller, firm: Firm, data: Path) -> None:
    customer, headers = await a_customer(call), {"Idempotency-Key": "note-118"}
    first = await send(call, customer, headers=headers)

    again = await send(call, customer, headers=headers)
    other_bytes = await send(call, customer, PDF + b"!", headers=headers)
    other_name = await send(call, customer, filename="other.pdf", headers=headers)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    for other in (other_bytes, other_name):
        assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
    assert count_of(firm, "attachments") == 1
    assert count_of(firm, "activity", "action = 'ATTACHMENT_ADDED'") == 1


async def test_a_refusal_is_kept_under_its_key_and_its_bytes_are_not(call: Caller, firm: Firm) -> None:
    for _ in range(2):
        reply = await send(call, "ct_unknown", headers={"Idempotency-Key": "k"})
        assert (reply.status_code, reply.json()["field"]) == (404, "entity_id")
    soon = "due_at < now() + interval '3 minutes'"
    assert count_of(firm, "unclaimed_files") == count_of(firm, "unclaimed_files", soon) > 0


async def test_the_room_of_a_firm_is_limited(call: Caller) -> None:
    customer, large = await a_customer(call), (b"%PDF-" + bytes(LIMIT))[:LIMIT]
    for _ in range(3):
        await attached(call, customer, large)

    reply = await send(call, customer)

    assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (422, "validation.failed", "file")


async def test_a_thing_has_at_most_a_hundred_files(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    await attached(call, customer)
    rows(
        firm.url,
        """
        insert into attachments
        select organization_id, id || number, entity_type, entity_id, entity_ref, filename, content_type, 1, sha256,
               description, uploaded_by_user_id, version, created_at, modified_at
          from attachments, generate_series(2, 100) as number
         where organization_id = %s
        """,
        firm.organization_id,
    )

    reply = await send(call, customer)

    assert (reply.status_code, reply.json()["field"]) == (422, "entity_id")
    assert (await send(call, await a_customer(call, "Sharma"))).status_code == 201


async def test_lists_show_the_files_of_a_thing(call: Caller) -> None:
    one, other = await a_customer(call), await a_customer(call, "Sharma")
    made = [await attached(call, each) for each in (one, other, one)]

    listed = (await call("GET", "/attachments", params={"entity_id": one})).json()["attachments"]

    assert [each["attachment_id"] for each in listed] == [made[2]["attachment_id"], made[0]["attachment_id"]]
    assert [(await fetch(call, each)).content for each in listed] == [PDF, PDF]
    shown = (await call("GET", f"/attachments/{made[0]['attachment_id']}")).json()["attachment"]
    assert {**shown, "download_url": ""} == {**made[0], "download_url": ""}


async def test_each_scope_opens_its_own_operation(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    attachment = await attached(call, customer)
    path = f"/attachments/{attachment['attachment_id']}"
    for held in ("READ", "CREATE", "DELETE"):
        token = await mint(firm.url, firm.owner_id, firm.organization_id, held=[f"AIBooks.attachments.{held}"])
        caller = call.with_token(token)
        assert ((await caller("GET", path)).status_code == 403) == (held != "READ")
        assert ((await send(caller, customer)).status_code == 403) == (held != "CREATE")
        assert ((await caller("DELETE", path)).status_code == 403) == (held != "DELETE")


async def test_files_of_another_firm_are_not_there(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    attachment = await attached(call, customer)
    stranger = call.with_token((await found(firm.url, name="Nilgiri")).token)

    assert (await stranger("GET", f"/attachments/{attachment['attachment_id']}")).status_code == 404
    assert (await stranger("DELETE", f"/attachments/{attachment['attachment_id']}")).status_code == 404
    assert (await send(stranger, customer)).status_code == 404
    assert (await stranger("GET", "/attachments")).json()["attachments"] == []
