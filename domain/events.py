"""The feed of what happened: each event of an organization in one dense sequence; nobody who follows it misses one.

An event gets its place once its transaction has ended: in the order of transactions and, within one, of writing.
``number_events`` in the database gives the places; whoever reads the feed asks for it first.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.books import Books
from domain.errors import Expired, Invalid
from domain.statements import Statement
from domain.values import Struct

HANDFUL = 5_000
"""How many events are numbered, and how many places looked through, at a time."""

_NUMBER = Statement("select number_events(%(organization_id)s, %(handful)s)")
_OLDEST = Statement("select min(sequence) from event_sequence where organization_id = %(organization_id)s")

# A filter looks through a handful of places at most, so that a rare event does not make a call read all that is kept.
# What another caller has numbered meanwhile comes next time, or it would be told twice.
_PAGE = Statement(
    """
with place as (
  select sequence, previous_sequence, event_id
    from event_sequence
   where organization_id = %(organization_id)s
     and sequence > %(after)s
     and sequence <= %(last)s
   order by sequence
   limit %(handful)s
)
select place.sequence,
       place.previous_sequence,
       event.id,
       event.event_type,
       event.entity_type,
       event.entity_id,
       event.occurred_at,
       event.summary
  from place
  join events as event
    on event.organization_id = %(organization_id)s
   and event.id = place.event_id
 where (%(event_types)s::text[] is null or event.event_type = any(%(event_types)s))
   and (%(entity_type)s::text is null or event.entity_type = %(entity_type)s)
   and (%(entity_id)s::text is null or event.entity_id = %(entity_id)s)
 order by place.sequence
 limit %(row_limit)s
"""
)


class Event(Struct, frozen=True):
    """Something that happened, at its place; ``previous_sequence`` is that of what last happened to the same entity."""

    sequence: int
    previous_sequence: int | None
    id: str
    event_type: str
    entity_type: str
    entity_id: str
    occurred_at: datetime
    summary: Mapping[str, Any]


class WantedEvents(Struct, frozen=True, kw_only=True):
    """What somebody who follows asks for; ``after`` is the place he has come to, ``None`` the oldest that is kept.

    ``place_field`` is what the place was sent as.
    """

    after: int | None
    limit: int
    place_field: str = "after"
    event_types: tuple[str, ...] = ()
    entity_type: str | None = None
    entity_id: str | None = None


class Feed(Struct, frozen=True):
    """A stretch of the feed.

    ``after`` is the place to go on from, ``last`` the newest one, ``oldest`` the first that is kept (one more than
    ``last`` where nothing is).
    """

    events: list[Event]
    after: int
    last: int
    oldest: int

    @property
    def has_more(self) -> bool:
        """Whether there is something behind this stretch already."""
        return self.after < self.last


async def feed(books: Books, wanted: WantedEvents) -> Feed:
    """Return the events after a place, oldest first.

    Raises: Invalid for a place that was never given, Expired for one that is behind what is kept.
    """
    last = await last_place(books)
    after = wanted.after
    if after is not None and after > last:
        raise Invalid(f"The feed has come to {last}; {after} is not of these books.", field=wanted.place_field)
    oldest: int = (await books.value(_OLDEST)) or last + 1
    if after is None:
        after = oldest - 1
    if after < oldest - 1:
        message = f"Events up to {oldest - 1} are kept no more: walk through the lists anew, and go on from there."
        raise Expired(message, details={"oldest_sequence": oldest})
    if after == last:
        return Feed([], after, last, oldest)
    found = await books.load(
        Event,
        _PAGE,
        after=after,
        last=last,
        handful=HANDFUL,
        event_types=list(wanted.event_types) or None,
        entity_type=wanted.entity_type,
        entity_id=wanted.entity_id,
        row_limit=wanted.limit,
    )
    reached = found[-1].sequence if len(found) == wanted.limit else min(after + HANDFUL, last)
    return Feed(found, reached, last, oldest)


async def last_place(books: Books) -> int:
    """Give the next handful of events their places and return the newest one; 0 before anything happened."""
    last: int = await books.value(_NUMBER, handful=HANDFUL)
    return last
