"""Versions and entity tags: what one has seen is what one changes, and what has not changed is not sent again."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.running import Caller, Firm, shown
from tests.server.conftest import Standing
from tests.server.trade import a_customer, a_draft, an_invoice, count_of, trial_balance
from tests.walking import CHANGES_OF_ONE, ON_ONE, OPERATIONS, Operation, an_example, populate

PLAIN = {"Accept-Encoding": "identity"}
STRONG = re.compile(r'"[\x21\x23-\x7e]+"')
TAGGED = [each for each in ON_ONE if each.method == "GET" and "304" in each.document["responses"]]
CHANGING = {each.path: each for each in OPERATIONS if each.method == "PUT"}
A_PICTURE = "image/png"
CHANGEABLE = [
    each for each in TAGGED if each.path in CHANGING and A_PICTURE not in each.document["responses"]["200"]["content"]
]
"""What tells its version; another picture has another tag (``test_pictures``)."""


def path_of(operation: Operation, ids: dict[str, str]) -> str:
    """The path of an operation on what the firm has."""
    return operation.path.replace(f"{{{operation.parameter}}}", ids[operation.parameter or ""])


def version_of(reply: httpx.Response) -> int:
    """The version that an answer shows: a PDF tells it in a header, all else in the body."""
    said = reply.headers.get("X-AIBooks-Version")
    return int(said) if said else int(shown(reply)["version"])


def assert_mismatch(reply: httpx.Response) -> None:
    assert (reply.status_code, reply.json()["code"]) == (412, "conflict.version_mismatch"), reply.text


def assert_unchanged(reply: httpx.Response, tag: str) -> None:
    """304: no body, the same tag, and still the limit and the request's id."""
    assert (reply.status_code, reply.content) == (304, b"")
    assert reply.headers["ETag"] == tag
    assert "X-Request-Id" in reply.headers
    assert "X-RateLimit-Limit" in reply.headers


@pytest.mark.parametrize("operation", TAGGED, ids=[each.id for each in TAGGED])
async def test_what_has_not_changed_is_not_sent_again(standing: Standing, operation: Operation) -> None:
    call, path = replace(standing.call, headers=PLAIN), path_of(operation, standing.ids)
    first = await call("GET", path)
    tag = first.headers["ETag"]
    assert STRONG.fullmatch(tag), "strong"
    assert first.headers["Content-Type"] == A_PICTURE or version_of(first) >= 1

    for seen in (tag, f"W/{tag}", "*", f'"other", {tag}'):
        assert_unchanged(await call("GET", path, headers={"If-None-Match": seen}), tag)
    for unseen in ('"other"', '"1"', f'"x{tag[1:]}'):
        other = await call("GET", path, headers={"If-None-Match": unseen})
        assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("operation", CHANGEABLE, ids=[each.id for each in CHANGEABLE])
async def test_a_change_gives_another_tag_and_the_next_version(call: Caller, firm: Firm, operation: Operation) -> None:
    ids = await populate(call, firm)
    path = path_of(operation, ids)
    before = await call("GET", path)

    changed = await call(
        "PUT", path, an_example(CHANGING[operation.path], ids), headers={"If-Match": before.headers["ETag"]}
    )

    assert changed.status_code == 200, changed.text
    assert shown(changed)["version"] == shown(before)["version"] + 1
    assert changed.headers["ETag"] != before.headers["ETag"]
    after = await call("GET", path, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, shown(after)) == (200, shown(changed))
    for seen in (changed, after):  # each tag of the version stands for it, whatever answer it came with
        again = await call("PUT", path, {}, headers={"If-Match": seen.headers["ETag"]})
        assert (again.status_code, shown(again)) == (200, shown(after)), again.text


@pytest.mark.parametrize("operation", CHANGES_OF_ONE, ids=[each.id for each in CHANGES_OF_ONE])
async def test_every_change_honours_if_match(standing: Standing, operation: Operation) -> None:
    """A tag of another version, weak or strong, and one that is none of ours match nothing, and nothing is done."""
    call, firm = standing.call, standing.firm
    path, body = path_of(operation, standing.ids), an_example(operation, standing.ids)
    before = count_of(firm, "activity")

    for tag in ('"99"', 'W/"99"', '"other"', '"99-0123456789abcdef", "98"'):
        assert_mismatch(await call(operation.method, path, body, headers={"If-Match": tag}))
    for malformed in ("1", '"1', "'1'", '"1" "2"'):
        reply = await call(operation.method, path, body, headers={"If-Match": malformed})
        assert (reply.status_code, reply.json()["field"]) == (400, "If-Match")

    assert count_of(firm, "activity") == before


async def test_the_version_alone_or_any_of_a_list_will_do(call: Caller, firm: Firm) -> None:
    key = await a_customer(call)
    path = f"/contacts/{key}"

    for version, tag in enumerate(('"1"', '"99", "2"', "*", 'W/"4"', 'W/"5-0123456789abcdef"'), start=1):
        reply = await call("PUT", path, {"notes": f"Note {version}"}, headers={"If-Match": tag})
        assert (reply.status_code, shown(reply)["version"]) == (200, version + 1)


async def test_without_if_match_the_last_change_wins(call: Caller) -> None:
    path = f"/contacts/{await a_customer(call)}"

    for version in (2, 3):
        assert shown(await call("PUT", path, {"notes": str(version)}))["version"] == version


async def test_a_change_of_nothing_keeps_version_and_tag(call: Caller) -> None:
    path = f"/contacts/{await a_customer(call)}"
    before = await call("GET", path)

    same = await call("PUT", path, {"contact_name": shown(before)["contact_name"]})

    assert (same.content, same.headers["ETag"]) == (before.content, before.headers["ETag"])


async def race(call: Caller, method: str, path: str, bodies: list[Any], tag: str | None) -> list[httpx.Response]:
    """Send all at once, over both processes."""
    headers = {"If-Match": tag} if tag else {}
    return await asyncio.gather(*(call(method, path, body, headers=headers) for body in bodies))


async def test_of_parallel_changes_of_one_version_exactly_one_wins(call: Caller) -> None:
    """No update is lost: the others are told."""
    path = f"/contacts/{await a_customer(call)}"
    tag = (await call("GET", path)).headers["ETag"]

    replies = await race(call, "PUT", path, [{"notes": f"Writer {n}"} for n in range(8)], tag)

    (won,) = [reply for reply in replies if reply.status_code == 200]
    for lost in replies:
        if lost is not won:
            assert_mismatch(lost)
    assert shown(await call("GET", path)) == shown(won)


async def test_parallel_changes_without_if_match_all_come_in_one_after_another(call: Caller) -> None:
    """Each merges into what the one before has left: different fields all survive."""
    path = f"/contacts/{await a_customer(call)}"
    bodies = [{"notes": "Pays late"}, {"payment_terms": 30}, {"company_name": "Deccan"}, {"phone": "020-1"},
              {"custom_fields": {"a": "1"}}, {"custom_fields": {"b": "2"}}]  # fmt: skip

    replies = await race(call, "PUT", path, bodies, None)

    assert sorted(shown(reply)["version"] for reply in replies) == [2, 3, 4, 5, 6, 7]
    contact = shown(await call("GET", path))
    assert [contact[name] for name in ("notes", "payment_terms", "company_name", "phone")] == [
        "Pays late", 30, "Deccan", "020-1",
    ]  # fmt: skip
    assert contact["custom_fields"] == {"a": "1", "b": "2"}


async def test_of_parallel_changes_of_a_drafts_lines_exactly_one_wins(call: Caller) -> None:
    customer = await a_customer(call)
    path = f"/invoices/{await a_draft(call, customer)}"
    tag = (await call("GET", path)).headers["ETag"]
    lines = an_invoice(customer)["line_items"]
    bodies = [{"line_items": lines * number} for number in range(2, 8)]

    replies = await race(call, "PUT", path, bodies, tag)

    (won,) = [reply for reply in replies if reply.status_code == 200]
    assert {reply.status_code for reply in replies} == {200, 412}
    assert (await call("GET", path)).json() == won.json()


async def test_approving_honours_what_was_seen(call: Caller, firm: Firm) -> None:
    """Nobody approves an amount that was changed under their eyes."""
    customer = await a_customer(call)
    path = f"/invoices/{await a_draft(call, customer)}"
    seen = (await call("GET", path)).headers["ETag"]
    await call("PUT", path, {"line_items": an_invoice(customer)["line_items"] * 2})

    assert_mismatch(await call("POST", f"{path}/approve", headers={"If-Match": seen}))

    fresh = (await call("GET", path)).headers["ETag"]
    approved = await call("POST", f"{path}/approve", headers={"If-Match": fresh})
    assert (approved.status_code, shown(approved)["version"]) == (200, 3)
    assert_mismatch(await call("POST", f"{path}/void", headers={"If-Match": fresh}))
    voided = await call("POST", f"{path}/void", headers={"If-Match": approved.headers["ETag"]})
    assert (voided.status_code, shown(voided)["version"]) == (200, 4)
    assert trial_balance(firm) == 0


async def test_changing_and_approving_at_once_never_post_what_nobody_saw(call: Caller, firm: Firm) -> None:
    """Either the change comes first, or it is refused because the invoice is posted."""
    customer = await a_customer(call)
    doubled = {"line_items": an_invoice(customer)["line_items"] * 2}
    for _ in range(6):
        path = f"/invoices/{await a_draft(call, customer)}"
        approved, changed = await asyncio.gather(call("POST", f"{path}/approve"), call("PUT", path, doubled))

        assert approved.status_code == 200
        assert changed.status_code in (200, 409)
        total = 2000 if changed.status_code == 200 else 1000
        assert shown(approved)["total"] == total
        assert shown(await call("GET", path))["total"] == total


async def test_lists_and_deletions_have_no_tag(call: Caller) -> None:
    key = await a_customer(call)

    assert "ETag" not in (await call("GET", "/contacts")).headers
    assert "ETag" not in (await call("DELETE", f"/contacts/{key}")).headers


async def test_caches_may_not_mix_organizations(call: Caller, firm: Firm) -> None:
    reply = await call("GET", f"/branches/{firm.branch_id}")

    assert reply.headers["Cache-Control"] == "private, no-cache"
    assert {"authorization", "x-aibooks-org"} <= {name.strip().lower() for name in reply.headers["Vary"].split(",")}
