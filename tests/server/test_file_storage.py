"""The local storage when something goes wrong: crashes, deletions, a disk that is full or gone."""

import os
from pathlib import Path

from adapters.files import LocalFiles
from server.storage.uploads import remove_stale, remove_unclaimed
from tests.running import Caller, Firm, rows
from tests.server.filing import PDF, Place, attached, call, data, fetch, firm, nothing_is_left, place, send, stored
from tests.server.trade import a_customer, count_of

__all__ = ["call", "data", "firm", "place"]


async def test_deleted_bytes_go_after_the_commit(call: Caller, firm: Firm, data: Path, place: Place) -> None:
    attachment = await attached(call, await a_customer(call))
    key, kept = attachment["attachment_id"], await attached(call, attachment["entity_id"])
    files = LocalFiles(data / "files", url="", secret=b"", link_seconds=900)

    gone = await call("DELETE", f"/attachments/{key}")

    assert gone.json()["message"] == "Attachment deleted."
    assert (await call("GET", f"/attachments/{key}")).status_code == 404
    assert key in stored(data, firm), "until the job worker comes round"
    assert await remove_unclaimed(place[2], files) >= 1
    assert stored(data, firm) == [kept["attachment_id"]]
    assert (await fetch(call, attachment)).status_code == 404
    assert await remove_unclaimed(place[2], files) == 0
    newest = (await call("GET", f"/activity/{key}")).json()["activity"][0]
    assert (newest["action"], newest["entity_ref"]) == ("ATTACHMENT_DELETED", "note.pdf")


async def test_a_crash_between_the_bytes_and_the_commit_leaves_nothing(
    firm: Firm, data: Path, place: Place, tmp_path: Path
) -> None:
    """What such a crash leaves is a row and the bytes; they go when their hour is over."""
    files = LocalFiles(data / "files", url="", secret=b"", link_seconds=900)
    for name, due in (("att_orphan", "now()"), ("att_under_way", "now() + interval '1 hour'")):
        rows(firm.url, f"insert into unclaimed_files values (%s, %s, {due})", firm.organization_id, name)
        source = tmp_path / name
        source.write_bytes(PDF)
        await files.keep(f"{firm.organization_id}/{name}", source, filename="a.pdf", content_type="application/pdf")

    await remove_unclaimed(place[2], files)

    assert stored(data, firm) == ["att_under_way"]


def test_what_a_crash_left_in_the_spool_goes_after_an_hour(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for path in (old, new):
        path.write_bytes(PDF)
    os.utime(old, (0, 0))

    remove_stale(tmp_path)

    assert [each.name for each in tmp_path.iterdir()] == ["new"]


async def test_bytes_that_were_removed_meanwhile_are_not_attached(call: Caller, firm: Firm) -> None:
    """The row that announces them is gone, so an attachment would have no bytes."""
    rows(
        firm.url,
        """
        create or replace function forget_announcement() returns trigger language plpgsql as
          $$ begin return null; end $$;
        create or replace trigger forget before insert on unclaimed_files
          for each row execute function forget_announcement()
        """,
    )
    try:
        reply = await send(call, await a_customer(call))
    finally:
        rows(firm.url, "drop trigger forget on unclaimed_files")

    assert (reply.status_code, reply.json()["code"]) == (503, "server.unavailable")
    assert count_of(firm, "attachments") == 0


async def test_storage_that_is_away_keeps_nothing(call: Caller, firm: Firm, data: Path) -> None:
    """A file stands where the firm's folder would be: the move fails, as on a disk that is full or gone."""
    customer = await a_customer(call)
    (data / "files").mkdir(exist_ok=True)
    folder = data / "files" / firm.organization_id
    folder.write_bytes(b"")
    try:
        reply = await send(call, customer)
    finally:
        folder.unlink()

    assert (reply.status_code, reply.json()["code"]) == (503, "server.unavailable")
    assert reply.headers["Retry-After"] == "10"
    assert nothing_is_left(data, firm)
    assert (await send(call, customer)).status_code == 201, "when it is back, all is well"
