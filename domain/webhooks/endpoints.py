"""Where an organization wants to be told what happens, and the secrets by which it knows that we told it.

A secret is ``whsec_`` and the base64 of 32 random bytes. It is sealed as soon as it is made, told to whoever asked for
it and to nobody else: neither the trail nor the events have it.
"""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from domain import registers
from domain.books import Books, found, to_the_microsecond
from domain.errors import Failed
from domain.events import last_place
from domain.ids import new_id
from domain.pages import Listing, equal_to, modified_after
from domain.registers import Register, VersionedRow
from domain.statements import Statement
from domain.values import replace
from domain.webhooks import lanes
from domain.webhooks.urls import usual_form
from models.webhooks import webhook_endpoints

MOST_ENDPOINTS = 50
"""How many an organization may have, so that no event becomes thousands of calls."""

_SECRET_BYTES = 32
_BOTH_ARE_GOOD = timedelta(hours=24)

_LOCK = Statement("select pg_advisory_xact_lock(hashtextextended('webhook endpoints', 0) # hashtext(%(of)s))")
_COUNT = Statement("select count(*) from webhook_endpoints where organization_id = %(organization_id)s")


class Endpoint(VersionedRow, frozen=True):
    """One address. ``reached`` is the last place of the feed that is planned for it, or that it does not want."""

    url: str
    events: list[str]
    secret_sealed: str
    reached: int
    description: str | None = None
    payload: str = "SUMMARY"
    previous_secret_sealed: str | None = None
    previous_secret_until: datetime | None = None
    is_active: bool = True
    disabled_reason: str | None = None
    disabled_at: datetime | None = None
    created_by: str | None = None
    failing_since: datetime | None = None
    last_failed_at: datetime | None = None
    paused_until: datetime | None = None


async def _switched(books: Books, endpoint: Endpoint) -> Endpoint:
    """Say why it is off where it was switched off; forget its failures where it was switched on again."""
    if endpoint.is_active and endpoint.disabled_reason is not None:
        return replace(
            endpoint,
            disabled_reason=None,
            disabled_at=None,
            failing_since=None,
            last_failed_at=None,
            paused_until=None,
        )
    if not endpoint.is_active and endpoint.disabled_reason is None:
        return replace(endpoint, disabled_reason="MANUAL", disabled_at=books.real_now)
    return endpoint


def _with_the_one_before(stored: Endpoint, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """With a new secret the one that was good so far becomes the one before it."""
    return {**said, "previous_secret_sealed": stored.secret_sealed} if "secret_sealed" in said else said


ENDPOINTS = Register(
    noun="Webhook endpoint",
    entity_type="WEBHOOK_ENDPOINT",
    prefix="wh",
    table=webhook_endpoints,
    row=Endpoint,
    title="description",
    rules=(_switched,),
    following=_with_the_one_before,
    untold=("secret_sealed", "previous_secret_sealed", "reached", "paused_until"),
)

ENDPOINT_LISTING = Listing(
    name="webhook_endpoints",
    table=webhook_endpoints,
    filters={**equal_to(webhook_endpoints, "is_active"), **modified_after(webhook_endpoints)},
    orders={"created_time": webhook_endpoints.c.id},
)


async def add(books: Books, said: Mapping[str, Any]) -> tuple[Endpoint, str]:
    """Add an endpoint that is told what happens from now on; return it with its secret.

    Raises: Invalid for a URL that does not lead out of our own network, Failed for one too many. Locks the list.
    """
    await books.row(_LOCK, of=books.organization_id)
    if await books.value(_COUNT) >= MOST_ENDPOINTS:
        raise Failed(f"An organization has {MOST_ENDPOINTS} webhook endpoints at most; delete one first.")
    key, secret = new_id(ENDPOINTS.prefix), _fresh_secret()
    values = {
        **said,
        "url": _url_of(books, said),
        "secret_sealed": books.seal(secret, purpose_of(key)),
        "created_by": books.user_id,
        "reached": await _end_of_feed(books),
    }
    return await registers.add(books, ENDPOINTS, values, key=key), secret


async def amend(books: Books, key: str, said: Mapping[str, Any]) -> Endpoint:
    """Change what is said; raises as ``add`` and ``registers.amend``."""
    values = {**said, "url": _url_of(books, said)} if "url" in said else said
    return await registers.amend(books, ENDPOINTS, key, values)


async def rotate_secret(books: Books, key: str) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret and return both; the one before stays good for a day. Raises as ``amend``."""
    secret = _fresh_secret()
    values = {
        "secret_sealed": books.seal(secret, purpose_of(key)),
        "previous_secret_until": to_the_microsecond(books.real_now + _BOTH_ARE_GOOD),
    }
    return await registers.amend(books, ENDPOINTS, key, values, verb="SECRET_ROTATED"), secret


async def delete(books: Books, key: str) -> None:
    """Delete an endpoint and cancel what waits for it. Raises: NotFound, VersionMismatch."""
    await registers.delete(books, ENDPOINTS, key)
    await lanes.cancel(books, key)


async def locked(books: Books, key: str) -> Endpoint:
    """Return an endpoint, locked until the transaction ends: who plans deliveries for it does so alone.

    Raises: NotFound, VersionMismatch.
    """
    endpoint = found(await books.load_one(Endpoint, ENDPOINTS.locking, id=key), ENDPOINTS.noun, key)
    books.expect_version(ENDPOINTS.noun, endpoint.version)
    return endpoint


def purpose_of(key: str) -> str:
    """For what the secrets of an endpoint are sealed."""
    return f"webhook {key}"


def _url_of(books: Books, said: Mapping[str, Any]) -> str:
    return usual_form(said["url"], is_insecure_allowed=books.allow_insecure_webhooks)


def _fresh_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


async def _end_of_feed(books: Books) -> int:
    """The place of the newest event, after all that can have one has got it."""
    before, last = -1, 0
    while last != before:
        before, last = last, await last_place(books)
    return last
