"""Serving an endpoint, round by round: what came of attempts is written, what is new planned, what is due taken.

Each round is one transaction, and none is open while something is sent.

A run serves an endpoint alone: it is noted there, for a while that each round prolongs. What it has taken is out of
others' reach for as long. Who dies in between leaves both, and after that while another run sends it again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.books import Books
from domain.errors import Expired
from domain.events import Feed, WantedEvents, feed
from domain.statements import Statement, as_rows
from domain.values import Struct, replace
from domain.webhooks import lanes
from domain.webhooks.lanes import delivery_of
from domain.webhooks.outcomes import Answered, DeliveryStatus, Trouble, after, is_given_up, verdict
from domain.webhooks.switching_off import FAILING, GONE, Served, switch_off

LEASE = timedelta(seconds=30)
"""How long what a run has taken is out of others' reach. An attempt begins within the first ten seconds or not at all,
and has an answer ten seconds later."""

MOST_PLANNED = 500
"""How many events are planned in one round."""

MOST_AT_ONCE = 8
"""How many are sent to one endpoint at a time."""

MOST_AHEAD = 32
"""How many are taken ahead of being sent; of one that fails no more than are sent at once."""

Jitter = Callable[[], int]
"""Gives another number of thousandths each time, which is added to a pause."""

Holder = tuple[str | None, datetime | None]
"""The run that serves an endpoint, and from when on others may take it for lost."""


class Taken(Struct, frozen=True, kw_only=True):
    """A delivery that is to be sent now."""

    id: str
    lane: str
    event_id: str
    event_type: str
    occurred_at: datetime
    summary: Mapping[str, Any]
    failure_count: int
    is_test: bool


class Attempt(Struct, frozen=True, kw_only=True):
    """What was sent and what came back, for the record: ``request_headers`` hold signatures, and no secret."""

    began_at: datetime
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    response_status: int | None = None
    response_headers: Mapping[str, str] | None = None
    response_body: str | None = None
    milliseconds: int
    error_code: str | None = None
    error_message: str | None = None


class Ended(Struct, frozen=True, kw_only=True):
    """An attempt that has ended. Without one the delivery was taken and not sent, and is due at once."""

    taken: Taken
    attempt: Attempt | None = None
    answered: Answered | None = None


class Round(Struct, frozen=True, kw_only=True):
    """A round: the endpoint, what is to be sent now, and whether there is more to plan.

    Without an endpoint the run is over: it is off, gone, left alone for a while, or another's.
    """

    endpoint: Served | None = None
    taken: list[Taken]
    has_more: bool = False


EVERYTHING = "*"

_LOCK = Statement(
    f"""
select {", ".join(Served.__struct_fields__)}
  from webhook_endpoints
 where organization_id = %(organization_id)s
   and id = %(id)s
   for update
"""  # noqa: S608  # names of columns only
)
_KEEP = Statement(
    """
update webhook_endpoints
   set failing_since = %(failing_since)s,
       last_failed_at = %(last_failed_at)s,
       paused_until = %(paused_until)s,
       reached = %(reached)s,
       pumped_by = %(run)s,
       pumped_until = %(until)s
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
_RECORD = Statement(
    """
with result as (
  select *
    from json_to_recordset(%(results)s)
      as told(id text, is_attempt boolean, status text, next_at timestamptz, began_at timestamptz, url text,
              request_headers json, request_body text, response_status smallint, response_headers json,
              response_body text, milliseconds integer, error_code text, error_message text)
), ended as (
  update webhook_deliveries as delivery
     set status = result.status,
         attempt_count = attempt_count + is_attempt::integer,
         failure_count = failure_count + (is_attempt and result.status <> 'DELIVERED')::integer,
         next_at = result.next_at,
         taken_by = null,
         ended_at = case when result.status <> 'PENDING' then %(now)s::timestamptz end
    from result
   where delivery.organization_id = %(organization_id)s
     and delivery.id = result.id
     and delivery.taken_by = %(run)s
  returning delivery.id, delivery.attempt_count
)
insert into webhook_attempts (organization_id, delivery_id, number, began_at, url, request_headers, request_body,
                              response_status, response_headers, response_body, milliseconds, error_code, error_message)
select %(organization_id)s, id, ended.attempt_count, began_at, url, request_headers, request_body, response_status,
       response_headers, response_body, milliseconds, error_code, error_message
  from ended
  join result using (id)
 where is_attempt
"""
)


async def turn(
    books: Books,
    endpoint_id: str,
    *,
    run: str,
    ended: Sequence[Ended] = (),
    in_flight: int = 0,
    room: int = MOST_AHEAD,
    jitter: Jitter = lambda: 0,
) -> Round:
    """Do one round for the run ``run``: write what ``ended``, plan, and take up to ``room`` beside ``in_flight``.

    An endpoint that says it is gone, or has failed for too long, is switched off instead. With nothing left to do the
    run gives it back. Locks the endpoint.
    """
    endpoint = await books.load_one(Served, _LOCK, id=endpoint_id)
    if ended:
        await _record(books, endpoint_id, ended, run=run, jitter=jitter)
    if endpoint is None:
        return Round(taken=[])
    answers = [each.answered for each in ended if each.answered is not None]
    trouble = after(_trouble_of(endpoint), answers, now=books.real_now)
    reason = _why_off(endpoint, trouble, answers)
    if reason is not None:
        await switch_off(books, endpoint, reason, trouble)
    is_ours = endpoint.pumped_by == run
    is_resting = trouble.paused_until is not None and trouble.paused_until > books.real_now
    goes_on = is_ours and room > 0 and endpoint.is_active and reason is None and not is_resting
    reached, has_more = await _plan(books, endpoint) if goes_on else (endpoint.reached, False)
    most = (room if trouble.failing_since is None else min(room, MOST_AT_ONCE - in_flight)) if goes_on else 0
    until = books.real_now + LEASE
    taken = [Taken(**row) for row in await lanes.take(books, endpoint.id, run=run, until=until, most=most)]
    if not is_ours:
        holder: Holder = (endpoint.pumped_by, endpoint.pumped_until)
    else:
        holder = (run, until) if taken or has_more or in_flight else (None, None)
    await _keep(books, endpoint.id, trouble, reached, holder)
    return Round(endpoint=endpoint if goes_on else None, taken=taken, has_more=has_more)


async def _record(books: Books, endpoint_id: str, ended: Sequence[Ended], *, run: str, jitter: Jitter) -> None:
    """Write attempts and outcomes; what was cancelled meanwhile, or taken by another run, stays as it is."""
    results = [_result(each, books.real_now, jitter()) for each in ended]
    await books.run(_RECORD, results=as_rows(results), run=run, now=books.real_now)
    over = {each["id"] for each in results if each["status"] != DeliveryStatus.PENDING}
    await lanes.lead(books, endpoint_id, [each.taken.lane for each in ended if each.taken.id in over])


def _result(ended: Ended, now: datetime, jitter: int) -> dict[str, Any]:
    taken, attempt, answered = ended.taken, ended.attempt, ended.answered
    if attempt is None or answered is None:
        return {"id": taken.id, "is_attempt": False, "status": DeliveryStatus.PENDING.value, "next_at": now}
    is_test, count = taken.is_test, taken.failure_count
    became = verdict(answered, failure_count=count, is_test=is_test, now=now, jitter=jitter)
    told = {name: getattr(attempt, name) for name in attempt.__struct_fields__}
    return {"id": taken.id, "is_attempt": True, "status": became.status, "next_at": became.next_at, **told}


def _trouble_of(endpoint: Served) -> Trouble:
    return Trouble(endpoint.failing_since, endpoint.last_failed_at, endpoint.paused_until)


def _why_off(endpoint: Served, trouble: Trouble, answers: Sequence[Answered]) -> str | None:
    if not endpoint.is_active:
        return None
    if any(each.is_gone for each in answers):
        return GONE
    return FAILING if answers and is_given_up(trouble) else None


async def _plan(books: Books, endpoint: Served) -> tuple[int, bool]:
    """Plan what has happened since; return the place in the feed that is reached, and whether there is more."""
    told = await _feed(books, endpoint)
    if told.events:
        planned = [
            delivery_of(books, event, endpoint_id=endpoint.id, payload=endpoint.payload, is_replay=False)
            for event in told.events
        ]
        await lanes.add(books, endpoint.id, planned)
    return told.after, told.has_more


async def _feed(books: Books, endpoint: Served) -> Feed:
    """What the endpoint wants of the feed; what is kept no more cannot be told."""
    names = () if EVERYTHING in endpoint.events else tuple(endpoint.events)
    wanted = WantedEvents(after=endpoint.reached, limit=MOST_PLANNED, event_types=names)
    try:
        return await feed(books, wanted)
    except Expired:
        return await feed(books, replace(wanted, after=None))


async def _keep(books: Books, endpoint_id: str, trouble: Trouble, reached: int, holder: Holder) -> None:
    run, until = holder
    await books.run(
        _KEEP,
        id=endpoint_id,
        failing_since=trouble.failing_since,
        last_failed_at=trouble.last_failed_at,
        paused_until=trouble.paused_until,
        reached=reached,
        run=run,
        until=until,
    )
