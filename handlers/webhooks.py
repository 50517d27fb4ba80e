"""Webhook endpoints, what was sent to them, and what is to be sent again."""

from typing import Any

from domain import pages, registers
from domain.books import Books
from domain.webhooks import deliveries, endpoints, replays
from domain.webhooks.deliveries import DELIVERY_LISTING, DELIVERY_NOUN
from domain.webhooks.endpoints import ENDPOINT_LISTING, ENDPOINTS
from handlers.registers import RegisterHandlers, wanted_page
from handlers.replies import Reply, created, gone, page, shown
from handlers.shapes.webhooks import DELIVERY, DELIVERY_ROW, ENDPOINT, range_of, replay_shown, with_secret
from models.webhooks import webhook_deliveries

Body = dict[str, Any]

_endpoints = RegisterHandlers(ENDPOINTS, ENDPOINT_LISTING, ENDPOINT, singular="endpoint", plural="endpoints")
_ENDPOINT = registers.reading(ENDPOINTS.table, ENDPOINT.columns)
_ONE_DELIVERY = registers.reading(webhook_deliveries, DELIVERY.columns)

list_webhook_endpoints = _endpoints.list
get_webhook_endpoint = _endpoints.get


async def create_webhook_endpoint(books: Books, body: Body) -> Reply:
    """Have events told to an address; the secret is shown this once."""
    endpoint, secret = await endpoints.add(books, ENDPOINT.values(body))
    fresh = with_secret(await registers.read(books, _ENDPOINT, ENDPOINTS.noun, endpoint.id), secret)
    reply = created("endpoint", fresh, location=f"/api/public/v1/webhooks/endpoints/{endpoint.id}")
    return reply.with_secret("secret")


async def update_webhook_endpoint(books: Books, endpoint_id: str, body: Body) -> Reply:
    """Change what was sent; that may be to switch it off or on."""
    await endpoints.amend(books, endpoint_id, ENDPOINT.values(body))
    return await _endpoints.get(books, endpoint_id)


async def delete_webhook_endpoint(books: Books, endpoint_id: str) -> Reply:
    """Tell it nothing more."""
    await endpoints.delete(books, endpoint_id)
    return gone("Webhook endpoint deleted.")


async def rotate_webhook_secret(books: Books, endpoint_id: str) -> Reply:
    """Give it a new secret, which is shown this once."""
    _, secret = await endpoints.rotate_secret(books, endpoint_id)
    fresh = with_secret(await registers.read(books, _ENDPOINT, ENDPOINTS.noun, endpoint_id), secret)
    return shown("endpoint", fresh).with_secret("secret")


async def test_webhook_endpoint(books: Books, endpoint_id: str) -> Reply:
    """Send a test to it alone."""
    return await get_webhook_delivery(books, await deliveries.test(books, endpoint_id))


async def replay_webhook_endpoint(books: Books, endpoint_id: str, body: Body) -> Reply:
    """Tell it again what happened."""
    return shown("replay", replay_shown(await replays.replay(books, endpoint_id, range_of(body))))


async def list_webhook_deliveries(books: Books, query: Body) -> Reply:
    """Show one page, newest first."""
    wanted = wanted_page(query)
    found = await pages.page(books, DELIVERY_LISTING, DELIVERY_ROW.columns, wanted)
    return page("deliveries", found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor)


async def get_webhook_delivery(books: Books, delivery_id: str) -> Reply:
    """Show one with its attempts."""
    return shown("delivery", await registers.read(books, _ONE_DELIVERY, DELIVERY_NOUN, delivery_id))


async def redeliver_webhook_delivery(books: Books, delivery_id: str) -> Reply:
    """Send one once more."""
    await deliveries.redeliver(books, delivery_id)
    return await get_webhook_delivery(books, delivery_id)
