"""The calls of the reference, carried out as a reader copies them, and what they are answered.

``python -m tests.reference --write`` carries all out and keeps their answers in ``templates/portal/answers``, where
the pages take them from; the test compares them. What differs from run to run is compared by its form only, and what
has the same form is not written anew.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from contract_tests.plots import AT_A_PORTAL
from server.portal.answers import Kept
from server.settings import DatabaseUrl
from tests.guides import formed, json_text
from tests.running import BASE, Caller, Firm, found, open_sandbox, shown
from tests.sent_goods import sent
from tests.server.einvoicing import switch_on
from tests.server.sandboxes import set_clock
from tests.server.test_audit import prepared
from tests.walking import A_PICTURE, OPERATIONS, OTHER_IDS, Operation, populate, sheet_of

Ids = dict[str, str]

WRITE = "FINZBOOKS_KEEP_ANSWERS"
"""Set by ``--write``: answers are kept instead of compared."""

DAY = "2026-11-30T10:00:00+05:30"
"""When the books stand in which all is carried out: so that no figure depends on the day of the test."""

FIRST = (
    *("create_branch", "create_bank_account", "create_cost_center", "create_exchange_rate", "create_salesperson"),
    *("create_bill_of_entry", "create_gst_return", "import_contacts", "import_items", "import_invoices"),
)
"""What can be made once only, and is there in books that have one of everything: carried out in new ones."""

UNDATED = ("set_sandbox_clock", "reset_sandbox")
"""What is done to a sandbox in which nothing has a date."""

ASKED = ("eway_bill", "eway_bill/cancel", "einvoice")
"""The ends of paths by which a portal is asked, or no more before it answers; in this order."""

EXCEPTED = {
    each.id: f"It changes what a government's portal has registered; {AT_A_PORTAL[end]} has one that answers."
    for each in OPERATIONS
    if each.method == "POST" and (end := each.path.partition("}/")[2]) in AT_A_PORTAL.keys() - ASKED
}
"""Calls that cannot succeed by themselves, and why; their pages show the contract's example of an answer."""

_SENT_OFF = [each for each in OPERATIONS if each.method == "POST" and each.path.partition("}/")[2] in ASKED]

_MAKE = ("create_", "upload_", "import_")
_LEAVE_IT = ("bulk_", "update_", "delete_", "archive_", "send_", "confirm_", "issue_")
"""How the operations begin that make something, and that leave things as they were, in what matters here."""

_ROWS = 2
"""How many rows of a list are shown."""

_CALL = re.compile(r"operation `(\w+)`.*?^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARIABLE = re.compile(r"\$([A-Z][A-Z_]*[A-Z])((?:_\d)?)\b")
_TRAILER = r"\n%{http_code} %{content_type}"
_CUT = re.compile(r'"~(\d+)~"')
_SHOWN_AS = (
    (r"whsec_[A-Za-z0-9+/=_-]+", "whsec_…"),
    (r"\baibk_(\w+?)_[A-Za-z0-9]{8,}", r"aibk_\1_…"),
    (r"\bowner\d+@", "owner@"),
)
"""What no page shows as it came: secrets, and the number that tells the owners of the tests' firms apart."""


@dataclass(frozen=True)
class Books:
    """Books of their own for some calls, with the ids that these name."""

    call: Caller
    firm: Firm
    ids: Ids


def calls_on(page: str) -> dict[str, str]:
    """Return the shell's command of each operation on a page of the reference, by the operation's id."""
    return dict(_CALL.findall(page))


def turns() -> Iterator[list[Operation]]:
    """Yield operations that do not get in each other's way in the same books.

    First all that read; then all that makes something new; then what leaves a thing as it was for the others; then
    the others one after the other, of each kind.
    """
    yield [each for each in OPERATIONS if each.method == "GET" or each.id in EXCEPTED]
    apart = {*FIRST, *UNDATED, *EXCEPTED, *(each.id for each in _SENT_OFF)}
    left = [each for each in OPERATIONS if each.method != "GET" and each.id not in apart]
    for verbs in (_MAKE, _LEAVE_IT):
        yield [each for each in left if each.id.startswith(verbs)]
    seen: Counter[str] = Counter()
    found: dict[int, list[Operation]] = {}
    for each in left:
        if not each.id.startswith((*_MAKE, *_LEAVE_IT)):
            found.setdefault(seen[each.collection], []).append(each)
            seen[each.collection] += 1
    yield from found.values()


async def carried_out(caller: Caller, database: DatabaseUrl, commands: dict[str, str], folder: Path) -> dict[str, Kept]:
    """Carry out all commands, and return what each was answered as the reference shows it."""
    by_id = {each.id: each for each in OPERATIONS}
    answers: dict[str, Kept] = {}
    for names in (UNDATED, FIRST):
        books = await _new_books(caller, database)
        if names is FIRST:
            await set_clock(books.call, now=DAY)
        for name in names:
            answers[name] = await _answer(books, by_id[name], commands[name], folder)
    for operations in turns():
        books = await _new_books(caller, database)
        await set_clock(books.call, now=DAY)
        books = Books(books.call, books.firm, {**books.ids, **await _populated(books)})
        for each in operations:
            answers[each.id] = await _answer(books, each, commands[each.id], folder)
    answers |= await _sent_off(await _new_books(caller, database), commands, folder)
    return {each.id: answers[each.id] for each in OPERATIONS}


async def _sent_off(books: Books, commands: dict[str, str], folder: Path) -> dict[str, Kept]:
    """Ask a portal about papers, which is not there to answer; e-invoicing begins when they are approved."""
    await set_clock(books.call, now=DAY)
    books = Books(books.call, books.firm, await sent(books.call, books.firm))
    answers = {}
    for end in ASKED:
        if end == "einvoice":
            await switch_on(books.call, books.firm)
        for each in _SENT_OFF:
            if each.path.partition("}/")[2] == end:
                answers[each.id] = await _answer(books, each, commands[each.id], folder)
    return answers


async def _new_books(caller: Caller, database: DatabaseUrl) -> Books:
    """A new sandbox, in which there is what each has at first."""
    sandbox = await open_sandbox(await found(database))
    call = caller.with_token(sandbox.token)
    taxes = (await call("GET", "/taxes", params={"shape": "INTRA_STATE"})).json()["taxes"]
    ids = {"tax_id": next(each["tax_id"] for each in taxes if each["tax_percentage"] == 18)}
    return Books(call, sandbox, {**ids, "branch_id": sandbox.branch_id, "organization_id": sandbox.organization_id})


async def _populated(books: Books) -> Ids:
    """One of everything; and under names of their own, what a page means by them."""
    ids = await populate(books.call, books.firm)
    return {**ids, "document_id": ids["source_id"], "document_id_2": ids["payment_id"]}


async def _answer(books: Books, operation: Operation, command: str, folder: Path) -> Kept:
    """Carry out one command."""
    known = {**books.ids, **await _particular(books, operation)}
    named = {
        f"{name}{number}": known.get(f"{name}{number}".lower()) or known[name.lower()]
        for name, number in _VARIABLE.findall(command)
        if not name.startswith("AIBOOKS_")
    }
    (folder / "file").write_bytes(sheet_of(operation).get("content", A_PICTURE))
    (folder / ".curlrc").write_text(f'write-out = "{_TRAILER}"\n')
    access = {"AIBOOKS_URL": books.call.urls[0] + BASE, "AIBOOKS_TOKEN": books.firm.token}
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-eu", "-c", command),
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "CURL_HOME": str(folder), **access, **named},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, wrong = await shell.communicate()
    assert (shell.returncode, wrong) == (0, b""), f"{operation.id}: {wrong.decode()}"
    text, _, trailer = out.decode().rpartition("\n")
    status, _, media = trailer.partition(" ")
    return Kept(status, media.partition(";")[0], _readable(text, books) if text else "")


async def _particular(books: Books, operation: Operation) -> Ids:
    """Return the ids that an operation means in particular: of a thing that is as it has to be."""
    ids = books.ids
    known = {name: ids[other] for name, other in OTHER_IDS.get(operation.collection, {}).items() if other in ids}
    if operation.path.startswith("/gst/returns/{") and operation.method == "GET":
        filed = await books.call("GET", "/gst/returns", params={"status": "FILED"})
        return {**known, "return_id": filed.json()["gst_returns"][0]["return_id"]}
    if not operation.parameter or operation.method == "GET" or operation.id in EXCEPTED or operation in _SENT_OFF:
        return known
    path, _ = await prepared(books.call, operation, ids)
    on_one = re.fullmatch(operation.path.replace(f"{{{operation.parameter}}}", "([^/]+)"), path)
    assert on_one is not None
    if operation.id.startswith(("convert_", "update_")) and "line_item_id" in str(operation.document["requestBody"]):
        read = shown(await books.call("GET", f"{operation.collection}/{on_one[1]}"))
        known["line_item_id"] = read["line_items"][0]["line_item_id"]
    return {**known, operation.parameter: on_one[1]}


def _readable(text: str, books: Books) -> str:
    """Return a JSON answer as a page shows it: of a long list its first rows; no secrets, the usual address."""
    answer = json_text(_cut(json.loads(text, parse_float=Decimal)))
    for pattern, word in _SHOWN_AS:
        answer = re.sub(pattern, word, answer)
    return _CUT.sub(r"… \1 more", answer).replace(books.call.urls[0], "http://localhost:8000")


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cut(each) for name, each in value.items()}
    if not isinstance(value, list):
        return value
    left = len(value) - _ROWS
    return [_cut(each) for each in value[:_ROWS]] + ([f"~{left}~"] if left > 0 else [])


def form(answer: Kept) -> tuple[str, str, str]:
    """Return an answer without what differs from run to run."""
    return answer.status, answer.media, formed(answer.text)


if __name__ == "__main__":
    import os
    import sys

    import pytest

    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.reference --write")
    os.environ[WRITE] = "1"
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/server/test_reference.py"]))
