"""One request, one transaction: opens the books, runs the handler, commits, replies.

``begin`` → idempotency key → handler → what happened → kept answer → ``commit``. A refusal rolls the books back, yet
the answer to a keyed request is kept. Transactions that wait for each other (deadlock) start over.
"""

import asyncio
import inspect
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from psycopg import errors as pg

from domain import happenings
from domain.books import MAIL_RECIPIENTS_PER_DAY, Books, to_the_microsecond
from domain.errors import Forbidden, Invalid, OrganizationMissing, RateLimited, Refusal, Unavailable
from domain.statements import from_json
from domain.values import replace
from handlers.replies import SUCCESS, File, Reply
from server import clock
from server.answering import patience, rehearsing
from server.answering.idempotency import Key, key_of
from server.contract.bodies import Bodies
from server.contract.codec import encode
from server.contract.echoes import Echo
from server.contract.received import details_of, tell_received
from server.edge.etags import etag_of, parse_if_match
from server.edge.problems import problem
from server.exchange import Call
from server.exports.making import Exports
from server.jobs.deferring import Defer
from server.postgres import sessions
from server.postgres.constraints import refusal_of
from server.postgres.database import Connection, Database, Transaction
from server.printing.printing import Asker, Printing
from server.sealing import Sealer
from server.storage.pictures import Pictures
from server.storage.uploads import Uploads

_ATTEMPTS = 3
_ALONE = 3
"""Members of an envelope with one resource and nothing else."""
_ORGANIZATION_ID = re.compile(r"org_[0-9a-z]{26}", re.ASCII)

_IS_MEMBER = """
select organization.is_sandbox, member.role, organization.clock_offset
  from memberships as member
  join organizations as organization on organization.id = member.organization_id
 where member.organization_id = %s
   and member.user_id = %s
   and member.is_active
"""


class Answerer:
    """Carries out the calls that the edge has admitted."""

    def __init__(
        self,
        database: Database,
        *,
        bodies: Bodies,
        defer: Defer,
        uploads: Uploads,
        exports: Exports,
        printing: Printing,
        sealer: Sealer,
        timeout_seconds: float,
        mail_recipients_per_day: int = MAIL_RECIPIENTS_PER_DAY,
        allow_insecure_webhooks: bool = False,
    ) -> None:
        self._database = database
        self._uploads = uploads
        self._bodies = bodies
        self._defer = defer
        self._sealer = sealer
        self._timeout_seconds = timeout_seconds
        self._mail_recipients_per_day = mail_recipients_per_day
        self._allow_insecure_webhooks = allow_insecure_webhooks
        self._exports = exports
        self._pictures = Pictures()
        self._printing = printing

    async def __call__(self, call: Call) -> Reply:
        """Answer one call. Raises Refusal when the books do not carry it out."""
        organization_id = _organization_of(call)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                if call.spooled is not None and "picture" in call.operation.takes:
                    call.picture = await self._pictures.of(call.spooled)
                reply = await patience.answered(partial(self._with_retries, call, organization_id))
                if reply.printed is not None:
                    return await self._printing.reply(reply.printed, _asker(call, organization_id))
                if reply.pages is not None:  # the books are closed while they are rendered
                    return replace(reply, pages=None, file=await self._exports.rendered(reply.pages))
                return reply
        except Refusal as refusal:
            tell_received(refusal, call)
            raise
        except TimeoutError:
            raise Unavailable("The request took too long and was given up.", headers={"Retry-After": "5"}) from None
        finally:
            if call.upload is not None:
                await self._uploads.settle(call.upload, organization_id, call.identity.user_id)

    async def _with_retries(self, call: Call, organization_id: str) -> Reply:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._once(call, organization_id)
            except (pg.DeadlockDetected, pg.SerializationFailure):
                if attempt == _ATTEMPTS:
                    raise Unavailable("The books are busy; try again.", headers={"Retry-After": "1"}) from None
            except pg.IntegrityError as violation:
                # A twin with the same key committed between our look and our lock: the next attempt replays it.
                # Any other was found at the commit, by a deferred trigger.
                if violation.diag.constraint_name != "idempotency_keys_pkey" or attempt == _ATTEMPTS:
                    raise refusal_of(violation) or violation from None
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, call: Call, organization_id: str) -> Reply:
        key = key_of(call, organization_id)
        opened = self._database.opened(organization_id=organization_id, user_id=call.identity.user_id)
        async with opened as transaction:
            books = _books(call, transaction.connection, organization_id)
            if organization_id and call.identity.organization_id is None:
                books.go_by(await _take_role(call, transaction.connection, organization_id))
                books.scopes, books.role = call.identity.scopes, call.identity.role
            elif call.identity.is_sandbox:
                await books.go_by_own_clock()
            books.link_with = self._uploads.files.link
            books.seal_with = self._sealer.seal
            books.allow_insecure_webhooks = self._allow_insecure_webhooks
            books.settled_after_seconds = sessions.settled_after(self._timeout_seconds)
            books.mail_recipients_per_day = self._mail_recipients_per_day
            if call.operation.method == "GET":
                books.snapshot_with = transaction.snapshot
            else:
                books.begin_with = transaction.begin
            call.exchange.organization_id = organization_id or None
            if call.spooled is not None and call.picture is None and call.upload is None:
                call.upload = await self._uploads.stow(call.spooled, organization_id, transaction.connection)
            if key is None:
                return await self._carry_out_unkeyed(call, books, transaction)
            await transaction.begin()
            kept = await key.claim(transaction.connection, self._sealer)
            if kept is not None and kept.status >= 400:
                call.exchange.error_code = from_json(kept.payload or b"")["code"]
            return kept or await self._carry_out_once(call, books, key)

    async def _carry_out(self, call: Call, books: Books) -> Reply:
        """Run the handler, write what happened and defer jobs. Raises Refusal, also for what a constraint refuses."""
        offered: dict[str, Any] = {
            "books": books,
            "bodies": self._bodies,
            "identity": call.identity,
            "query": call.query,
            "body": call.body,
            "upload": call.upload,
            "picture": call.picture,
            "key": next(iter(call.path.values()), ""),
            **call.path,
        }
        operation = call.operation
        try:
            if isinstance(call.body, Echo):
                now = await _shown_now(call, offered)
                changes = call.body.changes(from_json(encode(now.body))[call.body.rules.singular])
                if changes is None:
                    books.expect_version("It", now.version or 0)
                    return now
                offered["body"] = changes
            reply = await operation.handler(**{name: offered[name] for name in operation.takes})
            await happenings.record(books)
            if books.jobs:
                await self._defer(books.connection, books.jobs)
        except pg.IntegrityError as violation:
            refusal = refusal_of(violation)
            if refusal is None:
                raise
            raise refusal from None
        if reply.export is not None:
            made = await self._exports.made(reply.export)
            is_file = isinstance(made, File)
            reply = replace(reply, export=None, **{"file" if is_file else "pages": made})
        reply = _answered(reply, books)
        if call.exchange.rehearsal is not None:
            await rehearsing.compare(call.exchange.rehearsal, reply, books)
        return reply

    async def _carry_out_unkeyed(self, call: Call, books: Books, transaction: Transaction) -> Reply:
        """Run the handler of a call that came without a key; what is a rehearsal only is undone."""
        rehearsal = call.exchange.rehearsal
        if rehearsal is None:
            books.finish_with = transaction.finish
            return await self._carry_out(call, books)
        await transaction.begin()
        reply = await self._carry_out(call, books)
        if rehearsal.expected is None:
            await transaction.undo()
        return reply

    async def _carry_out_once(self, call: Call, books: Books, key: Key) -> Reply:
        """Run the handler under a savepoint and keep its answer, whether it is a success or a refusal."""
        connection = books.connection
        await connection.execute("savepoint work", prepare=False)
        try:
            reply = await self._carry_out(call, books)
        except (Forbidden, RateLimited, rehearsing.Different):
            raise  # what the token may not do, or not yet, is never kept, wherever it is found out
        except Refusal as refusal:
            await connection.execute("rollback to savepoint work", prepare=False)
            tell_received(refusal, call)
            call.exchange.error_code = refusal.code
            reply = Reply(refusal.status, problem(refusal, call.exchange.request_id), dict(refusal.headers))
        return await key.keep(connection, reply, self._sealer)


def _answered(reply: Reply, books: Books) -> Reply:
    """The reply with what it warns of; its entity tag is that of the next read, which shows the resource alone."""
    body, headers = reply.body, reply.headers
    if body is None:
        return reply
    is_more = books.cautions or reply.secret or body["message"] != SUCCESS or len(body) > _ALONE
    if reply.version is not None and is_more:
        name, resource = next((name, each) for name, each in body.items() if name not in ("code", "message"))
        if reply.secret is not None:
            resource = {member: value for member, value in resource.items() if member != reply.secret}
        alone = {"code": 0, "message": SUCCESS, name: resource}
        headers = {**headers, "ETag": etag_of(reply.version, encode(alone)).decode()}
    elif not books.cautions:
        return reply
    warnings = {"warnings": [caution.told() for caution in books.cautions]} if books.cautions else {}
    return replace(reply, body={**body, **warnings}, headers=headers)


async def _shown_now(call: Call, offered: Mapping[str, Any]) -> Reply:
    """What a call changes, as it is shown now."""
    reader = call.operation.reader
    assert reader is not None, "only what is shown can be sent back"
    names = inspect.signature(reader).parameters
    return await reader(**{name: offered[name] for name in names})


def _organization_of(call: Call) -> str:
    """The organization whose books are meant; empty for the few calls about the caller alone."""
    in_query, in_header = call.query.pop("organization_id", None), call.headers.get(b"x-aibooks-org")
    header = in_header.decode("latin-1") if in_header else None
    named = in_query or header
    if in_query and header and in_query != header:
        message, field = "The query and X-AIBooks-Org name different organizations.", "organization_id"
        raise Invalid(message, field=field, details=details_of(field, in_query))
    own = call.identity.organization_id
    if own is not None:
        if named is not None and named != own:
            raise Forbidden("auth.org_mismatch", "The token belongs to another organization.")
        return own
    if named is None and "identity" not in call.operation.takes:
        raise OrganizationMissing("Say which organization is meant: ?organization_id= or the header X-AIBooks-Org.")
    if named is not None and not _ORGANIZATION_ID.fullmatch(named):
        raise _not_a_member()
    return named or ""


async def _take_role(call: Call, connection: Connection, organization_id: str) -> timedelta | None:
    """Have a token of all organizations do what its user may in this one; return how far ahead its clock was set.

    Raises Forbidden.
    """
    cursor = await connection.execute(_IS_MEMBER, (organization_id, call.identity.user_id))
    row = await cursor.fetchone()
    if row is None:
        raise _not_a_member()
    if row[0] != call.identity.is_sandbox:
        raise Forbidden("auth.org_mismatch", "A live token does not open a sandbox, nor a test token live books.")
    call.identity = call.identity.in_role(row[1])
    call.identity.need(call.operation.scopes)
    offset: timedelta | None = row[2]
    return offset


def _not_a_member() -> Forbidden:
    return Forbidden("auth.no_membership", "The token's user is no active member of this organization.")


def _books(call: Call, connection: Connection, organization_id: str) -> Books:
    return Books(
        connection=connection,
        organization_id=organization_id,
        user_id=call.identity.user_id,
        now=to_the_microsecond(clock.now()),
        request_id=call.exchange.request_id,
        origin=_origin(call),
        scopes=call.identity.scopes,
        role=call.identity.role,
        expected_versions=parse_if_match(call.headers.get(b"if-match")),
        explain_with=refusal_of,
    )


def _asker(call: Call, organization_id: str) -> Asker:
    return Asker(
        organization_id=organization_id,
        user_id=call.identity.user_id,
        now=clock.now(),
        if_none_match=call.headers.get(b"if-none-match", b""),
        cache_control=call.headers.get(b"cache-control", b""),
    )


def _origin(call: Call) -> dict[str, str]:
    agent = call.headers.get(b"user-agent", b"").decode("latin-1")
    return {
        "ip": call.exchange.client_address,
        "user_agent": agent[:200],
        "source": call.exchange.source,
        "token_kind": call.identity.kind,
    }
