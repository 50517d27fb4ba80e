"""What the database knows of its own state, for metrics: queues, lags, outcomes, connections. One statement asks all.

It is asked once for all who want to know within ``KEPT_SECONDS``, and given up after ``PATIENCE_SECONDS``: the page of
metrics takes no token, so it must cost the same however often it is called, and come when the database is away.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.postgres import sessions

KEPT_SECONDS = 5.0
PATIENCE_SECONDS = 3.0

_log = logging.getLogger("finzbooks.metrics")

Sample = tuple[tuple[str, ...], float]
"""Labels and a value."""

# Each part says the name of a figure, its labels and its value. What is counted as it happens stands in
# ``outcome_counts``; all else is read off tables that keep little, by their indexes. The times in a sandbox whose clock
# was set tell nothing.
_FIGURES = """
with job as materialized (
  select job.id, job.queue_name, job.scheduled_at,
         case when job.status = 'todo' and job.scheduled_at > now() then 'scheduled'
              when job.status = 'todo' then 'waiting'
              when job.status = 'doing' and worker.last_heartbeat >= now() - interval '60 seconds' then 'running'
              when job.status = 'doing' then 'stalled'
              else 'failed'
         end as state
    from procrastinate_jobs as job
    left join procrastinate_workers as worker on worker.id = job.worker_id
   where job.status in ('todo', 'doing', 'failed', 'aborted')
), queue as (
  select queue_name, min(id) filter (where scheduled_at is null) as first_id, min(scheduled_at) as first_at
    from job
   where state = 'waiting'
   group by queue_name
), shifted as (
  select id from organizations where clock_offset is not null
), watched as materialized (
  select distinct organization_id
    from webhook_endpoints
   where is_active
     and organization_id not in (select id from shifted)
)
select 'jobs' as name, array[queue_name::text, state] as labels, count(*)::float8 as value
  from job
 group by queue_name, state
 union all
select 'job_lag', array[queue.queue_name::text],
       extract(epoch from now() - least(queue.first_at, (select min(at)
                                                           from procrastinate_events
                                                          where job_id = queue.first_id)))::float8
  from queue
 union all
select 'workers', '{}', count(*)::float8
  from procrastinate_workers
 where last_heartbeat >= now() - interval '60 seconds'
 union all
select 'outcomes ' || kind, array[name, outcome], number::float8 from outcome_counts
 union all
select 'feed_lag', '{}', coalesce(max(extract(epoch from now() - (
         select event.occurred_at
           from events as event
          where event.organization_id = watched.organization_id
            and (event.change_number, event.position) > (coalesce(frontier.change_number, -1),
                                                         coalesce(frontier.position, 0))
          order by event.change_number, event.position
          limit 1))), 0)::float8
  from watched
  left join event_frontiers as frontier on frontier.organization_id = watched.organization_id
 union all
select 'webhook_lag', '{}', coalesce(extract(epoch from now() - min(delivery.next_at)), 0)::float8
  from webhook_deliveries as delivery
  join webhook_endpoints as endpoint
    on endpoint.organization_id = delivery.organization_id
   and endpoint.id = delivery.endpoint_id
 where delivery.next_at <= now()
   and endpoint.is_active
   and coalesce(endpoint.paused_until, '-infinity') <= now()
 union all
select 'webhook_endpoints', array[state], count(*)::float8
  from (select case when not is_active then 'disabled' when failing_since is not null then 'failing' else 'well' end
          from webhook_endpoints) as endpoint (state)
 group by state
 union all
select 'mail_lag', '{}', coalesce(extract(epoch from now() - min(created_at)), 0)::float8
  from mails
 where next_attempt_at is not null
   and organization_id not in (select id from shifted)
 union all
select 'connections', '{}', sum(numbackends)::float8 from pg_stat_database
 union all
select 'connections_limit', '{}', current_setting('max_connections')::float8
"""


@dataclass(frozen=True)
class Figures:
    """What was found; ``is_up``: the database answered."""

    is_up: bool
    samples: Mapping[str, Sequence[Sample]]


_NONE = Figures(is_up=False, samples={})


class FigureReader:
    """Reads the figures over a connection that lives for one reading."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._turn = asyncio.Lock()
        self._known, self._until = _NONE, 0.0

    async def read(self) -> Figures:
        """Return the figures, at most ``KEPT_SECONDS`` old; those of a database that is away are none."""
        async with self._turn:
            if time.monotonic() >= self._until:
                self._known = await self._asked()
                self._until = time.monotonic() + KEPT_SECONDS
        return self._known

    async def _asked(self) -> Figures:
        samples: dict[str, list[Sample]] = defaultdict(list)
        try:
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                await sessions.connect(self._url, sessions.FIGURES, application_name="finzbooks metrics") as connection,
            ):
                for name, labels, value in await (await connection.execute(_FIGURES)).fetchall():
                    samples[name].append((tuple(labels), value))
        except Exception as failure:
            _log.warning("The database tells no figures: %s", type(failure).__name__)
            return _NONE
        return Figures(is_up=True, samples=samples)
