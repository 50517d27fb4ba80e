"""Lanes: what waits for an endpoint goes one after the other for each thing that events are about.

The first that waits in a lane has the moment at which it is due, those behind it have none. So what is due is found
without walking through what waits, and a unique index sees to it that two of one thing are never on their way at once.
Whoever adds or ends something first locks the endpoint's row.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.books import Books
from domain.events import Event
from domain.ids import new_uuid
from domain.statements import Statement, as_rows, insertion
from domain.values import Struct
from models.webhooks import webhook_deliveries

WHOLE = "SUMMARY"
"""An endpoint that is sent all of an event, and not its id alone."""


class Delivery(Struct, frozen=True, kw_only=True):
    """An event that is to be sent to an endpoint; ``sequence`` is its place in the feed, ``None`` of a test."""

    id: str
    endpoint_id: str
    lane: str
    sequence: int | None = None
    previous_sequence: int | None = None
    event_id: str
    event_type: str
    entity_type: str
    entity_id: str
    occurred_at: datetime
    summary: Mapping[str, Any]
    status: str = "PENDING"
    is_replay: bool = False
    created_at: datetime


def delivery_of(books: Books, event: Event, *, endpoint_id: str, payload: str, is_replay: bool) -> Delivery:
    """Return the delivery of an event as it was, in the lane of its entity; ``payload``: SUMMARY or ID_ONLY."""
    return Delivery(
        id=new_uuid(),
        endpoint_id=endpoint_id,
        lane=event.entity_id,
        sequence=event.sequence,
        previous_sequence=event.previous_sequence,
        event_id=event.id,
        event_type=event.event_type,
        entity_type=event.entity_type,
        entity_id=event.entity_id,
        occurred_at=event.occurred_at,
        summary=event.summary if payload == WHOLE else {"id": event.entity_id},
        is_replay=is_replay,
        created_at=books.real_now,
    )


_INSERTION = Statement(insertion(webhook_deliveries, Delivery))

# Each lane is asked for its first one alone, however many wait in it.
_LEAD = Statement(
    """
update webhook_deliveries as delivery
   set next_at = %(at)s
  from unnest(%(lanes)s::text[]) as free(lane)
 cross join lateral (select id
                       from webhook_deliveries
                      where organization_id = %(organization_id)s
                        and endpoint_id = %(endpoint_id)s
                        and lane = free.lane
                        and status = 'PENDING'
                        and next_at is null
                      order by position
                      limit 1) as first
 where delivery.organization_id = %(organization_id)s
   and delivery.id = first.id
   and not exists (select
                     from webhook_deliveries as head
                    where head.organization_id = %(organization_id)s
                      and head.endpoint_id = %(endpoint_id)s
                      and head.lane = free.lane
                      and head.next_at is not null)
"""
)
_TAKE = Statement(
    """
with due as (
  select id
    from webhook_deliveries
   where organization_id = %(organization_id)s
     and endpoint_id = %(endpoint_id)s
     and next_at <= %(now)s
   order by next_at
   limit %(most)s
)
update webhook_deliveries as delivery
   set next_at = %(until)s, taken_by = %(run)s
  from due
 where delivery.organization_id = %(organization_id)s
   and delivery.id = due.id
returning delivery.id, lane, event_id, event_type, occurred_at, summary, failure_count, sequence is null as is_test
"""
)
_CANCEL = Statement(
    """
update webhook_deliveries
   set status = 'CANCELLED', next_at = null, taken_by = null, ended_at = %(at)s
 where organization_id = %(organization_id)s
   and endpoint_id = %(endpoint_id)s
   and status = 'PENDING'
"""
)


async def add(books: Books, endpoint_id: str, deliveries: Sequence[Delivery]) -> None:
    """Have these wait for an endpoint that is locked, each behind what waits of the same thing."""
    await books.run(_INSERTION, rows=as_rows(deliveries))
    await lead(books, endpoint_id, [each.lane for each in deliveries])


async def lead(books: Books, endpoint_id: str, lanes: Sequence[str]) -> None:
    """Have the first one due that waits in each of these lanes, where none is."""
    await books.run(_LEAD, endpoint_id=endpoint_id, lanes=sorted(set(lanes)), at=books.real_now)


async def take(books: Books, endpoint_id: str, *, run: str, until: datetime, most: int) -> list[dict[str, Any]]:
    """Take up to ``most`` that are due out of others' reach, ``until`` a moment at which they are due again."""
    if most <= 0:
        return []
    values = {"endpoint_id": endpoint_id, "run": run, "until": until, "most": most, "now": books.real_now}
    return await books.rows(_TAKE, **values)


async def cancel(books: Books, endpoint_id: str) -> int:
    """Give up all that waits for an endpoint; return how many those are."""
    return await books.run(_CANCEL, endpoint_id=endpoint_id, at=books.real_now)
