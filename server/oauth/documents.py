"""Fetching the documents in which apps describe themselves: seldom, with limits, and never inside a transaction."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from adapters.outbound import Answer, OutboundClient, OutboundFailure
from domain.access.oauth import clients, documents
from domain.access.oauth.authorizing import NotOurs
from domain.access.oauth.clients import Client
from domain.access.oauth.documents import NotDescribed
from server.exchange import Exchange
from server.oauth.doorkeeping import Doorkeeper

_PER_ADDRESS, _PER_HOST = 20, 60
"""How often in a minute somebody may have us ask, and how often one host is asked for all."""

_SUCCESS = 200
_NOT_NOW = (408, 425, 429)


class Silent(Exception):
    """There is no answer at present; the message is a sentence that says why."""


class Documents:
    """What apps say of themselves. The client is made at the first need, in the loop that it belongs to."""

    def __init__(
        self, doorkeeper: Doorkeeper, make_client: Callable[[], OutboundClient], *, is_insecure_allowed: bool = False
    ) -> None:
        self._doorkeeper = doorkeeper
        self._make_client = make_client
        self._is_insecure_allowed = is_insecure_allowed
        self._client: OutboundClient | None = None
        self._renewing: dict[str, asyncio.Task[None]] = {}

    async def look_up(self, client_id: str, exchange: Exchange) -> None:
        """Have what is kept of an app be what its document says, or said not long ago. Raises: NotOurs, RateLimited.

        An app with an id of ours has none.
        """
        if not documents.is_address(client_id):
            return
        kept, now = await self._kept(client_id, exchange)
        if _needs_nothing(kept, now):
            return
        await self._doorkeeper.count(f"documents:{exchange.client_address}", _PER_ADDRESS, exchange)
        await self._doorkeeper.count(f"documents-of:{documents.host_of(client_id)}", _PER_HOST, exchange)
        renewing = self._renewing.get(client_id)
        if renewing is None:
            renewing = self._renewing[client_id] = asyncio.create_task(self._renewed(client_id, exchange))
            renewing.add_done_callback(lambda _: self._renewing.pop(client_id, None))
        try:
            await asyncio.shield(renewing)
        except Silent as silent:
            if kept is not None and kept.fresh_until is not None and now < kept.fresh_until + documents.SILENT_LIFE:
                return
            raise _not_ours(client_id, str(silent)) from None
        except NotDescribed as wrong:
            raise _not_ours(client_id, str(wrong)) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _kept(self, client_id: str, exchange: Exchange) -> tuple[Client | None, datetime]:
        async with self._doorkeeper.books(exchange) as books:
            return await clients.find_kept(books, client_id), books.now

    async def _renewed(self, client_id: str, exchange: Exchange) -> None:
        """Fetch the document and keep it, unless somebody has since the caller looked. Raises: Silent, NotDescribed."""
        kept, now = await self._kept(client_id, exchange)
        if _needs_nothing(kept, now):
            return
        client = await self._fetched(client_id, now)
        async with self._doorkeeper.books(exchange) as books:
            await documents.keep(books, client)

    async def _fetched(self, address: str, now: datetime) -> Client:
        """Return what the document says now. Raises: Silent, NotDescribed."""
        try:
            answer = await self._ask(address)
        except OutboundFailure as failure:
            raise (NotDescribed if failure.kind in _FOR_GOOD else Silent)(str(failure)) from None
        if answer.status >= 500 or answer.status in _NOT_NOW:
            raise Silent(f"Its host answers {answer.status}.")
        if answer.status != _SUCCESS:
            raise NotDescribed(f"Its host answers {answer.status} instead of 200.")
        return documents.described(address, answer.body, answer.headers, now=now)

    async def _ask(self, address: str) -> Answer:
        if self._client is None:
            self._client = self._make_client()
        return await self._client.get(
            address, headers={"Accept": "application/json"}, is_insecure_allowed=self._is_insecure_allowed
        )


_FOR_GOOD = ("FORBIDDEN_URL", "FORBIDDEN_ADDRESS", "TLS_FAILED", "BAD_ANSWER")
"""What no waiting mends: where it leads is not called, is not proven, or answers what is no document."""


def _needs_nothing(kept: Client | None, now: datetime) -> bool:
    """Whether what is kept counts as it is: it is good still, or the operator has removed the app."""
    return kept is not None and (not kept.is_active or (kept.fresh_until is not None and now < kept.fresh_until))


def _not_ours(client_id: str, why: str) -> NotOurs:
    return NotOurs("invalid_client", f"What {documents.host_of(client_id)} says of this app is not accepted. {why}")
