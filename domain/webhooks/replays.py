"""What has been told already, told to an endpoint once more: a range of the feed, by places or by times."""

from datetime import datetime

from domain import events
from domain.books import Books
from domain.errors import Expired, Invalid, Required
from domain.statements import Statement
from domain.values import Struct
from domain.webhooks import endpoints, lanes
from domain.webhooks.deliveries import note, told
from domain.webhooks.lanes import delivery_of

MOST_REPLAYED = 10_000
"""How many events one replay sends; what a range holds beyond that is replayed by another call."""

_EVERYTHING = "*"

_OLDEST = Statement(
    """
select place.sequence, event.occurred_at
  from event_sequence as place
  join events as event using (organization_id)
 where place.organization_id = %(organization_id)s
   and event.id = place.event_id
 order by place.sequence
 limit 1
"""
)
_RANGE = Statement(
    """
select place.sequence,
       place.previous_sequence,
       event.id,
       event.event_type,
       event.entity_type,
       event.entity_id,
       event.occurred_at,
       event.summary
  from event_sequence as place
  join events as event
    on event.organization_id = place.organization_id
   and event.id = place.event_id
 where place.organization_id = %(organization_id)s
   and place.sequence between %(first)s and %(last)s
   and (%(since)s::timestamptz is null or event.occurred_at >= %(since)s)
   and (%(until)s::timestamptz is null or event.occurred_at <= %(until)s)
   and (%(event_types)s::text[] is null or event.event_type = any(%(event_types)s))
 order by place.sequence
 limit %(row_limit)s
"""
)


class Range(Struct, frozen=True, kw_only=True):
    """What is to be told again, both ends included: places of the feed, or times."""

    from_sequence: int | None = None
    to_sequence: int | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None


class Replay(Struct, frozen=True):
    """What is told again: how many events, and the places of the first and the last one (``None`` of none)."""

    endpoint_id: str
    from_sequence: int | None
    to_sequence: int | None
    count: int
    has_more: bool


async def replay(books: Books, endpoint_id: str, wanted: Range) -> Replay:
    """Have a range of the feed sent to an endpoint once more, as far as it subscribes to it. Locks the endpoint.

    What is still to be sent for the first time is left out. Raises: NotFound, VersionMismatch, InvalidState for an
    endpoint that is switched off, Required, Invalid, and Expired for what is kept no more.
    """
    _check(wanted)
    endpoint = told(await endpoints.locked(books, endpoint_id))
    last = await events.last_place(books)
    if wanted.from_sequence is not None and wanted.from_sequence > last + 1:
        raise Invalid(f"The feed has come to {last}.", field="from_sequence")
    await _check_is_kept(books, wanted, last)
    rows = await books.load(
        events.Event,
        _RANGE,
        first=wanted.from_sequence or 1,
        last=min(wanted.to_sequence or last, endpoint.reached),
        since=wanted.from_time,
        until=wanted.to_time,
        event_types=None if _EVERYTHING in endpoint.events else endpoint.events,
        row_limit=MOST_REPLAYED + 1,
    )
    again, has_more = rows[:MOST_REPLAYED], len(rows) > MOST_REPLAYED
    if again:
        deliveries = [
            delivery_of(books, event, endpoint_id=endpoint.id, payload=endpoint.payload, is_replay=True)
            for event in again
        ]
        await lanes.add(books, endpoint.id, deliveries)
    first, final = (again[0].sequence, again[-1].sequence) if again else (None, None)
    note(books, endpoint, "REPLAYED", count=len(again), from_sequence=first, to_sequence=final)
    return Replay(endpoint.id, first, final, len(again), has_more)


def _check(wanted: Range) -> None:
    """Check that a range is said in one way. Raises: Required, Invalid."""
    is_by_place = wanted.from_sequence is not None
    if not is_by_place and wanted.from_time is None:
        raise Required("Say where to begin: from_sequence, or from_time.", field="from_sequence")
    other = ("from_time", "to_time") if is_by_place else ("to_sequence",)
    for name in other:
        if getattr(wanted, name) is not None:
            raise Invalid("A range is said by places or by times, not by both.", field=name)
    ends = ("from_sequence", "to_sequence") if is_by_place else ("from_time", "to_time")
    first, last = (getattr(wanted, name) for name in ends)
    if last is not None and last < first:
        raise Invalid("The range ends before it begins.", field=ends[1])


async def _check_is_kept(books: Books, wanted: Range, last: int) -> None:
    """Raise Expired where the range begins before the oldest event that is kept, and some before it are not."""
    row = await books.row(_OLDEST)
    oldest = last + 1 if row is None else row["sequence"]
    is_behind = wanted.from_sequence is not None and wanted.from_sequence < oldest
    if wanted.from_time is not None:
        is_behind = oldest > 1 and (row is None or wanted.from_time < row["occurred_at"])
    if is_behind:
        message = f"Events up to {oldest - 1} are kept no more, so they cannot be told again."
        raise Expired(message, details={"oldest_sequence": oldest})
