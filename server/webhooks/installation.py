"""The pump as the settings of this installation want it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.outbound import OutboundClient, trusting
from server.jobs.deferring import Defer
from server.postgres import sessions
from server.postgres.pool import Pool
from server.sealing import Sealer
from server.settings import Settings
from server.webhooks.pump import Pump, present
from server.webhooks.sending import Sender

_CONNECTIONS = 4
"""Of those who serve endpoints, however many those are: none is held while something is sent."""


@asynccontextmanager
async def pump_of(settings: Settings, url: str, defer: Defer) -> AsyncIterator[Pump]:
    """Connect, and return a pump that is not yet at work."""
    books, looking = Pool(url, _CONNECTIONS, sessions.JOB), Pool(url, 1, sessions.HOUSEKEEPING)
    client = OutboundClient(tls=trusting(settings.outbound_ca_file))
    sender = Sender(client, Sealer(settings), present, is_insecure_allowed=settings.allow_insecure_webhooks)
    try:
        for pool in (books, looking):
            await pool.open(wait=True, timeout=30)
        yield Pump(books, looking, sender, defer)
    finally:
        await client.aclose()
        for pool in (books, looking):
            await pool.close()
