"""What is sent to endpoints beside what happens by itself: tests, what is asked for once more, and what is replayed.

What waits for an endpoint stands in lanes, so whoever adds some first locks the endpoint.
"""

from typing import Any

from domain.books import Books, found
from domain.errors import InvalidState
from domain.happenings import Happening
from domain.ids import new_id, new_uuid
from domain.pages import Listing, equal_to, on_days
from domain.statements import Statement
from domain.values import Struct
from domain.webhooks import endpoints, lanes
from domain.webhooks.endpoints import ENDPOINTS, Endpoint
from domain.webhooks.lanes import Delivery
from models.webhooks import webhook_deliveries

TEST = "ENDPOINT_TEST"
DELIVERY_NOUN = "Delivery"

DELIVERY_LISTING = Listing(
    name="webhook_deliveries",
    table=webhook_deliveries,
    filters={
        **equal_to(webhook_deliveries, "endpoint_id", "status", "event_type", "entity_id"),
        **on_days(webhook_deliveries.c.created_at),
    },
    orders={"created_time": webhook_deliveries.c.id},
)


_FIND = Statement(
    """
select endpoint_id, lane, event_type, status
  from webhook_deliveries
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
_AGAIN = Statement(
    """
update webhook_deliveries
   set status = 'PENDING', failure_count = 0, ended_at = null
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)


class _Found(Struct, frozen=True):
    endpoint_id: str
    lane: str
    event_type: str
    status: str


async def test(books: Books, endpoint_id: str) -> str:
    """Send a test to an endpoint and return the id of its delivery. Locks the endpoint.

    Raises: NotFound, VersionMismatch, and InvalidState for one that is switched off.
    """
    endpoint = told(await endpoints.locked(books, endpoint_id))
    key = new_uuid()
    delivery = Delivery(
        id=key,
        endpoint_id=endpoint.id,
        lane=key,
        event_id=new_id("evt"),
        event_type=TEST,
        entity_type=ENDPOINTS.entity_type,
        entity_id=endpoint.id,
        occurred_at=books.real_now,
        summary={"id": endpoint.id, "is_test": True},
        created_at=books.real_now,
    )
    await lanes.add(books, endpoint.id, [delivery])
    note(books, endpoint, "TESTED")
    return key


async def redeliver(books: Books, key: str) -> None:
    """Send what has ended once more, under its id. Locks its endpoint.

    Raises: NotFound, VersionMismatch (of the endpoint), and InvalidState for what is on its way already and where the
    endpoint is switched off or gone.
    """
    delivery = found(await books.load_one(_Found, _FIND, id=key), DELIVERY_NOUN, key)
    endpoint = await books.load_one(Endpoint, ENDPOINTS.locking, id=delivery.endpoint_id)
    if endpoint is None:
        raise InvalidState("Its endpoint was deleted, so there is nowhere to send it to.")
    books.expect_version(ENDPOINTS.noun, endpoint.version)
    told(endpoint)
    delivery = found(await books.load_one(_Found, _FIND, id=key), DELIVERY_NOUN, key)  # as the lock found it
    if delivery.status == "PENDING":
        raise InvalidState("It is on its way already.")
    await books.run(_AGAIN, id=key)
    await lanes.lead(books, endpoint.id, [delivery.lane])
    summary = {"endpoint_id": endpoint.id}
    books.happened(
        Happening("WEBHOOK_DELIVERY_REDELIVERED", "WEBHOOK_DELIVERY", key, delivery.event_type, summary=summary)
    )


def told(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that is told what happens. Raises InvalidState for one that is switched off."""
    if not endpoint.is_active:
        raise InvalidState(f"The endpoint is switched off ({endpoint.disabled_reason}); switch it on first.")
    return endpoint


def note(books: Books, endpoint: Endpoint, verb: str, **summary: Any) -> None:
    """Note in the trail what was done with an endpoint without changing it."""
    books.happened(
        Happening(
            f"{ENDPOINTS.entity_type}_{verb}", ENDPOINTS.entity_type, endpoint.id, endpoint.description, summary=summary
        )
    )
