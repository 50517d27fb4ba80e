"""Which PDFs are kept no longer: those that are due, and the oldest of an organization that has too many."""

from server.postgres import sessions

# The bytes go as those of deleted attachments do: their row says that nobody claims them.
_GIVE_UP = """
with gone as (
  delete from renders
   where (organization_id, id) in (select organization_id, id
                                     from (select organization_id,
                                                  id,
                                                  due_at,
                                                  sum(size_bytes) over (partition by organization_id
                                                                            order by due_at desc, id desc) as taken
                                             from renders) as kept
                                    where due_at < now()
                                       or taken > %(room_bytes)s
                                    order by due_at
                                    limit 5000)
  returning organization_id, id
)
insert into unclaimed_files (organization_id, id, due_at)
select organization_id, id, now()
  from gone
    on conflict do nothing
"""


async def give_up_renders(url: str, *, room_bytes: int) -> int:
    """Forget PDFs of every organization, and say how many; their bytes are removed by ``remove_unclaimed``."""
    async with await sessions.connect(url, sessions.HOUSEKEEPING) as connection:
        return (await connection.execute(_GIVE_UP, {"room_bytes": room_bytes})).rowcount
