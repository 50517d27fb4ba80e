"""The least server around a posting: the statement that creates and approves an invoice, and nothing else of ours.

It goes over the server's own connections, as one message that is a transaction of its own, with row-level security and
all that the database guarantees. Left out: token, scopes and rate limit, validation, the look-up of what a draft
depends on, the rules, the reply, entity tags, logs and metrics. Run by uvicorn: ``benches.bare_posting:app``, with the
database in ``DATABASE_URL`` and the statement (``posting_statement.catch``) in the file ``POSTING``.
"""

import os
from itertools import count
from pathlib import Path

import msgspec
from starlette.types import Receive, Scope, Send

from benches.posting_statement import PLACE, PostingStatement
from server.postgres.database import Database
from server.settings import Settings

_posting = msgspec.json.decode(Path(os.environ["POSTING"]).read_bytes(), type=PostingStatement)
_database = Database(os.environ["DATABASE_URL"], Settings.from_environment())
_numbers = (f"{os.getpid() % 10_000:04}{number:06}" for number in count(1))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Post an invoice for each POST, whatever the path; any other request only asks whether anybody is there."""
    if scope["type"] == "lifespan":
        await receive()
        await _database.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await _database.close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["method"] == "POST":
        await _post(next(_numbers))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def _post(number: str) -> None:
    arguments = [each.replace(PLACE, number) for each in _posting.arguments]
    opened = _database.opened(organization_id=_posting.organization_id, user_id=_posting.user_id)
    async with opened as transaction:
        await transaction.finish(_posting.text, arguments)
