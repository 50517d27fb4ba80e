"""The webhook of the demo: an endpoint with what was sent to it, switched off, so that nothing is sent anywhere."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain import happenings
from domain.access import members
from domain.books import Books
from domain.organization import open_organization
from domain.statements import Statement, as_json
from domain.webhooks import deliveries, endpoints, replays
from domain.webhooks.replays import Range
from server import desk
from server.demo.masters import USER
from server.sealing import Sealer
from server.settings import Settings

_URL = "https://hooks.sahyadri.example/books"
_ENDPOINT = {
    "url": _URL,
    "events": ["INVOICE_PAID", "COMMENT_CREATED", "RECURRING_CREATED"],
    "description": "Tells the till in Pune.",
}
_AGENT = {"Content-Type": "application/json", "User-Agent": "FinzBooks-Webhooks"}

_WAITING = Statement(
    """
select id, event_id, event_type, occurred_at, summary
  from webhook_deliveries
 where organization_id = %(organization_id)s
   and endpoint_id = %(endpoint_id)s
   and status = 'PENDING'
 order by position
"""
)
_END = Statement(
    """
update webhook_deliveries
   set status = 'DELIVERED', attempt_count = 1, next_at = null, ended_at = %(at)s
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
_ATTEMPT = Statement(
    """
insert into webhook_attempts (organization_id, delivery_id, number, began_at, url, request_headers, request_body,
                              response_status, response_headers, response_body, milliseconds)
values (%(organization_id)s, %(id)s, 1, %(at)s, %(url)s, %(request_headers)s::json, %(request_body)s, 200,
        '{"content-type": "text/plain"}', 'ok', 84)
"""
)


async def tell_the_till(settings: Settings, url: str, organization_id: str) -> None:
    """Add the endpoint, with a test and some events as if they had been delivered."""

    async def act(books: Books) -> None:
        user = await members.find_user(books, USER["email"])
        opened = replace(
            await open_organization(books, organization_id), user_id=user.id, seal_with=Sealer(settings).seal
        )
        endpoint, _ = await endpoints.add(opened, _ENDPOINT)
        await deliveries.test(opened, endpoint.id)
        await replays.replay(opened, endpoint.id, Range(from_sequence=1))
        for waiting in await opened.rows(_WAITING, endpoint_id=endpoint.id):
            await _deliver(opened, waiting)
        await endpoints.amend(opened, endpoint.id, {"is_active": False})
        await happenings.record(opened)

    await desk.in_one_transaction(url, act)


async def _deliver(books: Books, waiting: Mapping[str, Any]) -> None:
    body = {
        "event_type": waiting["event_type"],
        "delivery_id": waiting["id"],
        "event_id": waiting["event_id"],
        "occurred_at": waiting["occurred_at"],
        "org_id": books.organization_id,
        "data": waiting["summary"],
    }
    headers = {**_AGENT, "X-AIBooks-Event": waiting["event_type"], "X-AIBooks-Delivery": waiting["id"]}
    await books.run(_END, id=waiting["id"], at=books.now)
    await books.run(
        _ATTEMPT,
        id=waiting["id"],
        at=books.now,
        url=_URL,
        request_headers=as_json(headers),
        request_body=as_json(body),
    )
