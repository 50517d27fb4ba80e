"""Books: one organization's books, opened by one person, for one request.

The only door to a tenant's rows. It supplies the organization to every statement, tells the time, remembers which
version the caller expects, and collects what happened.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection, AsyncRawCursor, AsyncRawServerCursor, IntegrityError
from psycopg.rows import class_row, dict_row, tuple_row

from domain.access import roles
from domain.access.scopes import FULL_ACCESS
from domain.cautions import Caution
from domain.errors import NotFound, Refusal, VersionMismatch
from domain.happenings import Happening
from domain.jobs import Job
from domain.statements import Statement

Row = TypeVar("Row")

INDIA = ZoneInfo("Asia/Kolkata")

Begin = Callable[[], Awaitable[None]]
"""Begins the transaction, if it has not begun."""
Finish = Callable[[str, list[Any]], Awaitable[dict[str, Any] | None]]
"""Runs the text of a statement with its arguments, and commits with it."""
Explain = Callable[[IntegrityError], Refusal | None]
"""Tells which refusal a constraint of the database stands for; ``None`` when it can only be a mistake of ours."""

Seal = Callable[[str, str], str]
"""Seals a text that must be kept secret, for a purpose."""

Snapshot = Callable[[], Awaitable[None]]
"""Opens a transaction that only reads and sees the books as they are at its first statement, until the request ends."""


class Link(Protocol):
    """Makes a link to bytes in the file storage, good for a while from ``now`` (Unix seconds) on."""

    def __call__(self, key: str, *, filename: str, content_type: str, now: int) -> str:
        """Return the URL."""


_CLOCK = Statement("select clock_offset from organizations where id = %(organization_id)s")
_BEGIN_PART = Statement("savepoint part")
_KEEP_PART = Statement("release savepoint part")
_UNDO_PART = Statement("rollback to savepoint part")

FOR_REPORTS = {
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
    "cursor_tuple_fraction": "1",
    "work_mem": "32MB",
}
"""Settings of a transaction that reads ranges of days: a plan fits all keys, but not all ranges, and all is fetched.

What a month's documents are added up by fits into the memory, so that they need not be sorted on the disk."""

_PLAN_FOR_REPORTS = Statement(
    "select " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in FOR_REPORTS.items())
)

SETTLED_AFTER_SECONDS = 610
"""After how long nothing that began is still to be committed, wherever the limits are not known: they are less."""

MAIL_RECIPIENTS_PER_DAY = 500
"""To how many recipients the mails of an organization go on one day, unless the operator sets another limit."""


@dataclass(slots=True)
class Part:
    """A part of a request that can be undone by itself; one that ``is_kept`` no more is undone at its end."""

    is_kept: bool = True


@dataclass(slots=True)
class Books:
    """The books of ``organization_id``, open for one request.

    ``now`` is what their clock says, which is ``ahead`` of the real one in a sandbox whose clock was set, and real
    elsewhere. What is in the books goes by ``now`` and ``today``; what is about the service itself, such as the ends of
    tokens, leases and the moments at which something is tried again, goes by ``real_now``.

    ``scopes`` say what may be done, of which the user's ``role`` has taken the rest. ``expected_versions`` holds the
    versions that ``If-Match`` allows; ``None`` allows any. ``begin_with`` begins the transaction before the first
    statement that needs it; ``None`` where it has begun, or only reads. ``finish_with`` commits together with the last
    statement; ``None`` where something else has to follow it. ``explain_with`` turns a constraint of the database into
    its refusal, for parts that are refused alone. ``link_with`` makes links to files. ``seal_with`` seals what must be
    kept secret. ``snapshot_with`` opens a transaction that only reads; ``None`` where one is open. What began
    ``settled_after_seconds`` ago, a request or a job, has ended, with a commit or without. Mails go to at most
    ``mail_recipients_per_day``. Webhooks lead to this very machine only where ``allow_insecure_webhooks``.
    """

    connection: AsyncConnection[Any]
    organization_id: str
    user_id: str
    now: datetime
    request_id: str
    ahead: timedelta = timedelta()
    origin: dict[str, str] = field(default_factory=dict)
    expected_versions: frozenset[int] | None = None
    scopes: frozenset[str] = frozenset((FULL_ACCESS,))
    role: str | None = None
    begin_with: Begin | None = None
    finish_with: Finish | None = None
    explain_with: Explain | None = None
    link_with: Link | None = None
    snapshot_with: Snapshot | None = None
    seal_with: Seal | None = None
    settled_after_seconds: int = SETTLED_AFTER_SECONDS
    mail_recipients_per_day: int = MAIL_RECIPIENTS_PER_DAY
    allow_insecure_webhooks: bool = False
    happenings: list[Happening] = field(default_factory=list)
    recorded: list[Happening] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)
    today: date = field(init=False)

    def __post_init__(self) -> None:
        """Tell the date in India, where every organization keeps its books."""
        self.today = self.now.astimezone(INDIA).date()

    @property
    def real_now(self) -> datetime:
        """What the real clock says."""
        return self.now - self.ahead

    def in_real_time(self, instant: datetime) -> datetime:
        """Return when an instant of the books' clock comes by the real one, if nobody sets it on meanwhile."""
        return instant - self.ahead

    def go_by(self, offset: timedelta | None) -> None:
        """Go by a clock that is ``offset`` ahead of the real one; ``None`` goes by the real one."""
        real_now, self.ahead = self.real_now, offset or timedelta()
        self.now = to_the_microsecond(real_now + self.ahead)
        self.today = self.now.astimezone(INDIA).date()

    async def go_by_own_clock(self) -> None:
        """Go by the clock of the organization."""
        self.go_by(await self.value(_CLOCK))

    async def rows(self, statement: Statement, **values: Any) -> list[dict[str, Any]]:
        """Run ``statement`` and return its rows as dictionaries."""
        return await (await self._run(dict_row, statement, values)).fetchall()

    async def row(self, statement: Statement, **values: Any) -> dict[str, Any] | None:
        """Run ``statement`` and return its first row, if there is one."""
        return await (await self._run(dict_row, statement, values)).fetchone()

    async def load(self, row: type[Row], statement: Statement, **values: Any) -> list[Row]:
        """Run ``statement`` and return its rows as values of the dataclass ``row``."""
        return await (await self._run(class_row(row), statement, values)).fetchall()

    async def load_one(self, row: type[Row], statement: Statement, **values: Any) -> Row | None:
        """Run ``statement`` and return its first row as a value of the dataclass ``row``, if there is one."""
        return await (await self._run(class_row(row), statement, values)).fetchone()

    async def value(self, statement: Statement, **values: Any) -> Any:
        """Run ``statement`` and return the first column of its first row, or ``None``."""
        first = await (await self._run(tuple_row, statement, values)).fetchone()
        return first[0] if first else None

    async def run(self, statement: Statement, **values: Any) -> int:
        """Run ``statement`` for its effect and return how many rows it touched."""
        return (await self._run(tuple_row, statement, values)).rowcount

    async def look(self, statement: Statement, **values: Any) -> dict[str, Any] | None:
        """Run a ``statement`` that locks nothing, before the transaction begins, and return its first row.

        For what is read once, at the start: a request that then only finishes needs no begin of its own.
        """
        return await (await self._execute(dict_row, statement, values)).fetchone()

    async def finish(self, statement: Statement, **values: Any) -> dict[str, Any] | None:
        """Run the last ``statement`` of the request, which gives rows, and return the first.

        It goes to PostgreSQL together with the commit where nothing else has to follow, so that what it locks is
        locked for as short as can be. Nothing may be run after it.
        """
        if self.finish_with is None:
            return await self.row(statement, **values)
        return await self.finish_with(statement.text, self._arguments(statement, values))

    def keep_open(self) -> None:
        """Say that more follows what else finishes the request, so that it is committed after that."""
        self.finish_with = None

    def need(self, scope: str) -> None:
        """Check a scope that only a part of an operation asks for. Raises Forbidden."""
        roles.check((scope,), scopes=self.scopes, role=self.role)

    def happened(self, happening: Happening) -> None:
        """Note what happened; audit trail and event stream are written with it before the transaction commits."""
        self.happenings.append(happening)

    def ask_for(self, job: Job) -> None:
        """Note a job, in real time; it is put into the queue before the commit, so it exists if that succeeds."""
        self.jobs.append(job)

    def warn(self, caution: Caution) -> None:
        """Note what the answer is to warn of, once."""
        if caution not in self.cautions:
            self.cautions.append(caution)

    @contextmanager
    def warned_apart(self) -> Iterator[list[Caution]]:
        """Note warnings for themselves for a while, such as those of one row of many."""
        outer, self.cautions = self.cautions, []
        try:
            yield self.cautions
        finally:
            self.cautions = outer

    def link(self, key: str, *, filename: str, content_type: str) -> str:
        """Return a URL at which the bytes of a file can be fetched for a while from now on."""
        assert self.link_with is not None, "these books were opened without a file storage"
        return self.link_with(key, filename=filename, content_type=content_type, now=int(self.real_now.timestamp()))

    def seal(self, text: str, purpose: str) -> str:
        """Return a text that must be kept secret as it can be kept, good for one purpose."""
        assert self.seal_with is not None, "these books were opened without a key"
        return self.seal_with(text, purpose)

    def expect_version(self, noun: str, version: int) -> None:
        """Check the caller's ``If-Match``.

        Raises: VersionMismatch when the caller has seen another version than the stored one.
        """
        if self.expected_versions is not None and version not in self.expected_versions:
            raise VersionMismatch(f"{noun} is at version {version}; read it again before changing it.")

    def of_organization(self, organization_id: str) -> "Books":
        """Return books of this organization, in which nothing has happened yet; they go by the real clock."""
        opened = replace(self, organization_id=organization_id, happenings=[], cautions=[])
        opened.go_by(None)
        return opened

    def for_another(self) -> "Books":
        """Return these books for a thing that the caller's ``If-Match`` is not about."""
        return replace(self, expected_versions=None)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """Read by several statements as by one: all see the books as they are at the first, and nothing is written.

        It stays open until the request ends, for what is read batch by batch while a file is written. In a request that
        writes they are planned in the same way, but see what is committed meanwhile: lock first what must not change.
        """
        if self.snapshot_with is not None:
            await self.snapshot_with()
        else:
            await self.run(_PLAN_FOR_REPORTS)
        yield

    async def batches(
        self, row: type[Row], statement: Statement, *, size: int, **values: Any
    ) -> AsyncIterator[list[Row]]:
        """Run ``statement`` and yield its rows as values of ``row``, up to ``size`` at a time, within a snapshot.

        The others stay in the database until it is their turn.
        """
        async with AsyncRawServerCursor(self.connection, "batches", row_factory=class_row(row)) as cursor:
            await cursor.execute(statement.text, self._arguments(statement, values))
            while batch := await cursor.fetchmany(size):
                yield batch

    @asynccontextmanager
    async def part(self) -> AsyncIterator[Part]:
        """Carry out a part of the request that can be refused alone: what it wrote and noted is then undone.

        Raises what it is refused with, also where only a constraint of the database refuses. Parts may stand in parts.
        """
        self.keep_open()
        noted, part = (list(self.happenings), list(self.jobs), list(self.cautions)), Part()
        await self.run(_BEGIN_PART)
        try:
            yield part
        except (Refusal, IntegrityError) as error:
            await self._undo(noted)
            refusal = error if isinstance(error, Refusal) else self.explain_with and self.explain_with(error)
            raise (refusal or error) from None
        if part.is_kept:
            await self.run(_KEEP_PART)
        else:
            await self._undo(noted)

    async def _undo(self, noted: tuple[list[Happening], list[Job], list[Caution]]) -> None:
        await self.run(_UNDO_PART)
        await self.run(_KEEP_PART)
        self.happenings, self.jobs, self.cautions[:] = noted

    async def _run(self, row_factory: Any, statement: Statement, values: dict[str, Any]) -> AsyncRawCursor[Any]:
        if self.begin_with is not None:
            await self.begin_with()
        return await self._execute(row_factory, statement, values)

    async def _execute(self, row_factory: Any, statement: Statement, values: dict[str, Any]) -> AsyncRawCursor[Any]:
        cursor: AsyncRawCursor[Any] = AsyncRawCursor(self.connection, row_factory=row_factory)
        await cursor.execute(statement.text, self._arguments(statement, values))
        return cursor

    def _arguments(self, statement: Statement, given: dict[str, Any]) -> list[Any]:
        return statement.arguments({"organization_id": self.organization_id, "today": self.today, **given})


@contextmanager
def refusing(meanings: Mapping[str, Refusal]) -> Iterator[None]:
    """Run statements that the database may refuse: a violated constraint raises the refusal under its name."""
    try:
        yield
    except IntegrityError as violation:
        refusal = meanings.get(violation.diag.constraint_name or "")
        if refusal is None:
            raise
        raise refusal from None


def to_the_microsecond(instant: datetime) -> datetime:
    """Return the instant, with a microsecond if it has none: so every instant is written with its fraction."""
    return instant if instant.microsecond else instant.replace(microsecond=1)


def found(row: Row | None, noun: str, key: str, *, field: str | None = None) -> Row:
    """Return ``row``, or refuse: missing, foreign and malformed ids are indistinguishable."""
    if row is None:
        raise NotFound(noun, key, field=field)
    return row
