"""``finzbooks serve``: starts the database, the workers and the job worker, keeps them alive, and stops them all.

Nothing survives the supervisor: its children hold a line to it (``lifeline``), PostgreSQL has a guard. First of all it
starts the nursery, which imports what the children need while the database is made ready, and then forks them.
"""

import asyncio
import fcntl
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import NoReturn

from server import tally
from server.postgres import private as postgres
from server.postgres.place import PostgresError
from server.processes.lifeline import FINISH_SECONDS, told
from server.processes.listening import CannotListen, bound, close_the_door, refuse_callers
from server.processes.nursery import Forked, Nursery, NurseryFailed
from server.settings import Settings

APP = "server.main:application"
JOB_WORKER = "server.processes.worker:main"
SIMULATOR = "server.simulator.main:answer_in_data_directory"

STOP_SECONDS = FINISH_SECONDS + 1.5
"""After which a child that was asked to stop is killed."""

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0
_STEADY_SECONDS = 10.0  # a child that did its work for so long was well: its next failure counts as the first
_FAILED_STARTS_LIMIT = 5  # a child that never got ready so often never will; whoever started us is to hear of it

_log = logging.getLogger("finzbooks.supervisor")

Step = Callable[[Settings], None]


class CannotServe(Exception):
    """The server cannot start here; the message is one line and says what to do."""


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep alive: its name in messages, and the arguments of ``server.processes.child``.

    One that answers requests inherits the ``listener``, and has a ``place`` of its own for its metrics. One that
    answers beside them inherits ``own``, a socket of its own.
    """

    name: str
    arguments: tuple[str, str]
    listener: socket.socket | None = None
    place: int = 0
    own: socket.socket | None = None

    @property
    def inherits(self) -> list[socket.socket]:
        """The sockets that it is given."""
        return [each for each in (self.listener, self.own) if each is not None]


def serve(
    settings: Settings,
    *,
    prepare: Sequence[Step] = (),
    announce: Step = lambda settings: None,
    app: str = APP,
    job_worker: str = JOB_WORKER,
    with_parent: bool = False,
) -> int:
    """Serve until a signal or a failure, and return the exit code.

    ``prepare`` runs before the first worker starts, ``announce`` when all children are ready; both get the settings
    with the database's URL in them. With ``with_parent`` the end of our parent process ends us too.
    Raises CannotServe and PostgresError.
    """
    with (
        _left_on_signals(),
        _alone(settings.data_directory),
        _bound(settings) as listener,
        tally.shared_file(settings.workers) as memory,
        _simulated(settings) as simulator,
    ):
        children = [Child(f"worker {place + 1}", ("web", app), listener, place) for place in range(settings.workers)]
        children.append(Child("job worker", ("jobs", job_worker)))
        if simulator is not None:
            host, place = simulator.getsockname()
            settings = replace(settings, portal_simulator_url=f"http://{host}:{place}")
            children.append(Child("portal simulator", ("socket", SIMULATOR), own=simulator))
        nursery = Nursery([app, job_worker, SIMULATOR], {**os.environ, tally.MEMORY: str(memory)}, keeps=[memory])
        with closing(nursery), postgres.database(settings) as url:
            is_private = settings.database_url is None
            settings = replace(settings, database_url=url)
            for step in prepare:
                step(settings)
            try:
                nursery.wait_until_ready()
            except NurseryFailed as failure:
                raise CannotServe(str(failure)) from failure
            counted = tally.tally_of({tally.MEMORY: str(memory)})
            supervision = _Supervision(settings, children, nursery, announce, counted)
            watches = [supervision.keep_database()] if is_private else []
            if with_parent:
                watches.append(supervision.stop_with_parent(os.getppid()))
            return asyncio.run(supervision.run(watches))


@contextmanager
def _left_on_signals() -> Iterator[None]:
    """Turn a stop during the preparations into an orderly end, as Ctrl-C is one already."""
    before = {stop: signal.signal(stop, _leave) for stop in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)


def _leave(signal_number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + signal_number)


@contextmanager
def _alone(data_directory: Path) -> Iterator[None]:
    """Be the only server on a data directory."""
    data_directory.mkdir(parents=True, exist_ok=True)
    with (data_directory / "serve.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotServe(
                f"FinzBooks already runs on {data_directory} (process {file.read().strip()}). "
                "Stop it, or set FINZBOOKS_DATA_DIRECTORY and PORT."
            ) from None
        with suppress(OSError):  # the lock holds without a note of whose it is, as on a full disk
            file.truncate(0)
            os.write(file.fileno(), str(os.getpid()).encode())  # at once: nothing is left to fail at the end
        yield


@contextmanager
def _bound(settings: Settings) -> Iterator[socket.socket]:
    try:
        with bound(settings) as listener:
            yield listener
    except CannotListen as refused:
        raise CannotServe(str(refused)) from refused


@contextmanager
def _simulated(settings: Settings) -> Iterator[socket.socket | None]:
    """Open a socket for the simulated portal, which only this machine reaches; none where another one is set."""
    if settings.portal_simulator_url:
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as simulator:
        yield simulator


class _Supervision:
    """The children of one server, from their settings to their end."""

    def __init__(
        self,
        settings: Settings,
        children: Sequence[Child],
        nursery: Nursery,
        announce: Step,
        counted: tally.Tally,
    ) -> None:
        self._settings = settings
        self._children = children
        self._nursery = nursery
        self._announce = announce
        self._counted = counted
        self._answering: set[str] = set()
        self._closing: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._waited_for = {child.name for child in children}
        self._exit_code = 0

    async def run(self, watches: Sequence[Coroutine[None, None, None]]) -> int:
        """Keep all children alive, and ``watches`` beside them, until we are told to stop."""
        loop = asyncio.get_running_loop()
        for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(stop, self._stopping.set)
        async with asyncio.TaskGroup() as tasks:
            for child in self._children:
                tasks.create_task(self._keep_alive(child))
            for watch in watches:
                tasks.create_task(watch)
        return self._exit_code

    async def keep_database(self) -> None:
        """Start the private PostgreSQL again when it has ended as a whole; a lost session it mends itself."""
        while not self._stopping.is_set():
            if not postgres.is_running(self._settings):
                _log.error("PostgreSQL ended; it is started again.")
                try:
                    await asyncio.to_thread(postgres.start_again, self._settings)
                except PostgresError as refusal:  # sessions of the old one may take a moment to end
                    _log.error("%s", refusal)
            await self._pause(1.0)

    async def stop_with_parent(self, parent: int) -> None:
        """Stop when another process has become our parent, because the one that started us is gone."""
        while not self._stopping.is_set():
            if os.getppid() != parent:
                self._stopping.set()
            await self._pause(0.5)

    async def _keep_alive(self, child: Child) -> None:
        pause = 0.0
        failed_starts = 0
        while not self._stopping.is_set():
            served_seconds = await self._live(child)
            if self._stopping.is_set():
                return
            failed_starts = failed_starts + 1 if served_seconds is None else 0
            if failed_starts == _FAILED_STARTS_LIMIT:
                _log.error("The %s failed to start %d times; giving up.", child.name, failed_starts)
                self._exit_code = 1
                self._stopping.set()
                return
            pause = pause_after(served_seconds, pause)
            _log.warning("The %s starts again in %.1f s.", child.name, pause)
            await self._pause(pause)

    async def _live(self, child: Child) -> float | None:
        """Have a child made and see it to its end; return for how many seconds it did its work, ``None``: never."""
        listener = child.listener
        try:
            process = self._nursery.fork(*child.arguments, inherits=child.inherits)
        except NurseryFailed as failure:
            _log.error("%s", failure)
            return None
        if listener is not None:
            self._answering.add(child.name)
        with process.line:
            process.line.setblocking(False)
            ending = asyncio.create_task(self._hear(child, process.line))
            await self._until_it_ends(child, process, ending)
        if listener is not None:
            self._counted.end_what_was_under_way(child.place)
            self._answering.discard(child.name)
            if not self._answering:
                refuse_callers(listener)
        return ending.result()

    async def _hear(self, child: Child, line: socket.socket) -> float | None:
        """Give a child its settings and listen to it until it ends; return how long it was ready, ``None`` if never."""
        loop, ready_at = asyncio.get_running_loop(), None
        with suppress(ConnectionError):  # it has ended with something unread
            await loop.sock_sendall(line, told({**self._settings.as_environment(), tally.PLACE: str(child.place)}))
            if await loop.sock_recv(line, 1):
                ready_at = time.monotonic()
                self._tell_when_all_are_ready(child)
                await loop.sock_recv(line, 1)
        return None if ready_at is None else time.monotonic() - ready_at

    def _tell_when_all_are_ready(self, child: Child) -> None:
        self._waited_for.discard(child.name)
        if not self._waited_for:
            self._waited_for.add("nothing any more")
            self._announce(self._settings)

    async def _until_it_ends(self, child: Child, process: Forked, ending: "asyncio.Task[float | None]") -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((ending, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if ending.done() and ending.exception() is None:
            _log.error("The %s ended with code %s.", child.name, _code_of(process))
            return
        if child.listener is not None:
            await self._door_closed(child.listener)
        process.terminate()
        await asyncio.wait((ending,), timeout=STOP_SECONDS)
        if not ending.done():
            _log.warning("The %s did not stop within %.1f s and was killed.", child.name, STOP_SECONDS)
            process.kill()
        await ending
        _code_of(process)

    async def _door_closed(self, listener: socket.socket) -> None:
        """Close the door before anybody is told to leave, once for all."""
        if self._closing is None:
            self._closing = asyncio.create_task(close_the_door(listener))
        await self._closing

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until we stop."""
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((stopping,), timeout=seconds)
        stopping.cancel()


def pause_after(served_seconds: float | None, last_pause: float) -> float:
    """Return how long to wait before a child starts again: longer each time, unless it was well in between."""
    is_well = served_seconds is not None and served_seconds >= _STEADY_SECONDS
    if is_well or not last_pause:
        return _FIRST_PAUSE_SECONDS
    return min(last_pause * 2, _LONGEST_PAUSE_SECONDS)


def _code_of(process: Forked) -> int | None:
    """Return the exit code of a process whose lifeline has ended, and see to it that the rest of it ends, too."""
    try:
        return process.wait(1)
    except TimeoutError:
        process.kill()
        return process.wait()
