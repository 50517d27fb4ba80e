"""What a session of ours with PostgreSQL is: its role and its limits, set by SQL and looked at before it is used.

Not by the connection string's ``options``: a pooler in front may drop those without a word, and the session would be
the tables' owner's, without any limit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from psycopg import AsyncConnection, AsyncCursor, OperationalError
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from server.settings import Settings

# A server that has vanished without a word is given up after seconds; libpq would wait for a quarter of an hour.
_TO_NOTICE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
_STATE = """
select current_user::text, pg_backend_pid() || ' since ' || pg_postmaster_start_time(),
       role.rolsuper or role.rolbypassrls,
       pg_is_in_recovery() or current_setting('transaction_read_only')::boolean, {settings}
  from pg_roles as role
 where role.rolname = current_user
"""


class RoleIsNotBound(Exception):
    """The server's role could read every tenant's rows, so the server does not start."""


class SessionNotOurs(Exception):
    """A session that is not as we set it: something in between keeps or mixes sessions of several clients."""


class ReadOnly(OperationalError):
    """A database that takes no changes: a standby, or one that somebody has closed."""


@dataclass(frozen=True)
class Session:
    """A role, and the settings that a session has under it; ``is_writing`` if it changes what is followed.

    Without a role the session has the rights of the tables' owner.
    """

    role: str | None
    settings: Mapping[str, str]
    is_writing: bool = True

    async def configure(self, connection: AsyncConnection[Any]) -> str:
        """Set the session up, see that it is so, and return what tells its backend from all others.

        Raises: ReadOnly, SessionNotOurs, and RoleIsNotBound when the role could bypass row-level security.
        """
        wanted = {**self.settings, **({"role": self.role} if self.role else {})}
        names = list(wanted)
        setting = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in wanted.items())
        looking = ", ".join(f"current_setting('{name}')" for name in names)
        cursor: AsyncCursor[tuple[Any, ...]] = connection.cursor(row_factory=tuple_row)
        await cursor.execute(f"select {setting}", prepare=False)
        was_set = await cursor.fetchone()
        await cursor.execute(_STATE.format(settings=looking), prepare=False)
        found = await cursor.fetchone()
        assert was_set is not None and found is not None, "each statement gives one row"
        user, backend, is_unbound, is_read_only, *are = found
        self.check(user=user, are=are, were_set=was_set)
        if is_read_only:
            raise ReadOnly("The database takes no changes.")
        if self.role and is_unbound:
            raise RoleIsNotBound("The role of the server's connections could bypass row-level security.")
        if self.is_writing:
            await cursor.execute("select renew_change_shift()", prepare=False)
        name: str = backend
        return name

    def check(self, *, user: str, are: Sequence[str], were_set: Sequence[str]) -> None:
        """See that a session is what it was set to. Raises SessionNotOurs."""
        if list(are) != list(were_set) or (self.role and user != self.role):
            raise SessionNotOurs(f"The session is {user}'s or has other limits than were set; is a pooler in between?")


def of_requests(settings: Settings) -> Session:
    """The session of those who carry out requests."""
    return Session(
        "finzbooks_app",
        {
            "timezone": "UTC",
            "statement_timeout": f"{settings.statement_timeout_seconds}s",
            "idle_in_transaction_session_timeout": f"{settings.idle_in_transaction_timeout_seconds}s",
            "lock_timeout": "5s",
            # Every statement goes by organization and key, so one plan fits all values; planning anew at each call
            # would cost as much as running.
            "plan_cache_mode": "force_generic_plan",
            # What is asked for often lies in memory: looking a key up beats reading a table of a few pages through,
            # which foreign keys would do for every line of a document.
            "random_page_cost": "1.1",
        },
    )


def of_counting(settings: Settings) -> Session:
    """The session that counts calls: they wait for each other's counts, so one that does not come soon is given up."""
    requests = of_requests(settings)
    return Session(requests.role, {**requests.settings, "synchronous_commit": "off", "statement_timeout": "2s"})


QUEUE = Session("finzbooks_app", {"timezone": "UTC"})
"""What keeps the queue of jobs."""

JOB_SECONDS = 60
"""How long a job may take, from when it tells the time until it has committed what it writes in books."""

JOB = Session("finzbooks_app", {"timezone": "UTC", "statement_timeout": f"{JOB_SECONDS}s", "lock_timeout": "30s"})
"""A job that writes in an organization's books."""

_LATE_SECONDS = 10
"""For what no limit sees: a commit on its way, and the time that a busy process told from what it heard before."""

DOORKEEPING = Session("finzbooks_doorkeeper", {"timezone": "UTC", "statement_timeout": f"{JOB_SECONDS}s"})
"""A job that tells users of their accounts."""

HOUSEKEEPING = Session("finzbooks_housekeeper", {"timezone": "UTC", "statement_timeout": "60s"}, is_writing=False)
"""What looks after all organizations."""

FIGURES = Session(
    "finzbooks_housekeeper", {"timezone": "UTC", "statement_timeout": "2s", "lock_timeout": "1s"}, is_writing=False
)
"""What reads figures for metrics."""

OPERATOR = Session(None, {"timezone": "UTC", "lock_timeout": "10s"})
"""The operator's commands, with the rights of the tables' owner."""


def settled_after(request_seconds: float) -> int:
    """Return after how many seconds nothing that began is still to be committed: the longest of requests and jobs."""
    return ceil(max(request_seconds, JOB_SECONDS)) + _LATE_SECONDS


async def time_of(connection: AsyncConnection[Any]) -> datetime:
    """Return what the database's clock says."""
    cursor: AsyncCursor[tuple[datetime]] = connection.cursor(row_factory=tuple_row)
    row = await (await cursor.execute("select clock_timestamp()")).fetchone()
    assert row is not None, "one row comes"
    return row[0]


def options_of(session: Session) -> str:
    """Return the same for libpq's ``options``: for programs of others, which have no SQL sent first."""
    assert session.role is not None, "the owner needs no options"
    return " ".join(f"-c {name}={value}" for name, value in {"role": session.role, **session.settings}.items())


def conninfo(url: str, application_name: str = "finzbooks") -> str:
    """Return what libpq is told of a connection to ``url``, which may name several servers."""
    return make_conninfo(url, application_name=application_name, **_TO_NOTICE)


async def connect(
    url: str, session: Session, *, application_name: str = "finzbooks", **options: Any
) -> AsyncConnection[Any]:
    """Return a connection of its own, without a pool, whose transactions are begun by hand."""
    connection = await AsyncConnection.connect(conninfo(url, application_name), autocommit=True, **options)
    try:
        await session.configure(connection)
    except BaseException:
        await connection.close()
        raise
    return connection
