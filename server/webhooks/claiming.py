"""Who looks for endpoints that have something to be told, in all organizations, and takes them for a run.

One statement, which asks the indexes three questions for each endpoint that is on: is the feed numbered beyond what is
planned, is there an event without a number, is a delivery due? Whoever asks has what he finds for himself.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import new_id
from domain.webhooks.serving import LEASE
from server.postgres.pool import Pool, lent

_CLAIM = """
with waiting as (
  select endpoint.organization_id, endpoint.id
    from webhook_endpoints as endpoint
    left join event_frontiers as frontier on frontier.organization_id = endpoint.organization_id
   where endpoint.is_active
     and (endpoint.pumped_until is null or endpoint.pumped_until <= coalesce(%(now)s, now()))
     and (endpoint.paused_until is null or endpoint.paused_until <= coalesce(%(now)s, now()))
     and (%(with_failing)s or endpoint.failing_since is null)
     and (endpoint.reached < frontier.sequence
          or exists (select
                       from events
                      where organization_id = endpoint.organization_id
                        and (change_number, position)
                            > (coalesce(frontier.change_number, -1), coalesce(frontier.position, 0))
                        and change_number < change_mark())
          or exists (select
                       from webhook_deliveries
                      where organization_id = endpoint.organization_id
                        and endpoint_id = endpoint.id
                        and next_at <= coalesce(%(now)s, now())))
   order by endpoint.failing_since is not null, random()
   limit %(most)s
     for update of endpoint skip locked
)
update webhook_endpoints as endpoint
   set pumped_by = %(run)s, pumped_until = coalesce(%(now)s, now()) + %(lease)s
  from waiting
 where endpoint.organization_id = waiting.organization_id
   and endpoint.id = waiting.id
returning endpoint.organization_id, endpoint.id, endpoint.failing_since is not null
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An endpoint that a run has for itself."""

    organization_id: str
    endpoint_id: str
    run: str
    is_failing: bool


async def claim(pool: Pool, *, most: int, with_failing: bool, now: datetime | None = None) -> list[Claim]:
    """Take up to ``most`` endpoints that have something to be told, those that fail last of all or not.

    ``now`` absent: as the database's clock says.
    """
    run = new_id("run")
    values = {"now": now, "most": most, "with_failing": with_failing, "run": run, "lease": LEASE}
    async with lent(pool) as connection:
        rows = await (await connection.execute(_CLAIM, values)).fetchall()
    return [Claim(organization_id, key, run, is_failing) for organization_id, key, is_failing in rows]
