"""The nursery: a process that has imported what the others need, and forks one of them whenever it is asked to.

Importing is most of a start, so it is done once, in a process that stays as it is then: without a thread, an event loop
or a connection, so that forking it is safe. What it has imported, the others share in memory. On macOS it imports
nothing, and each child becomes a program of its own.
"""

import gc
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Final, Literal

from server.processes.lifeline import Lifeline
from server.processes.stand_ins import lighten_connexion

_VARIABLE = "FINZBOOKS_NURSERY"
"""The environment variable that holds the number of the nursery's end of the line."""

_SAFE_WAY: Final = "exec" if sys.platform == "darwin" else "fork"

_LONGEST_REQUEST = 65536
_MOST_FILES = 8
_READY, _RUNS, _UNKNOWN = "ready", "runs", "unknown"


class NurseryFailed(Exception):
    """The nursery has ended; what it said about it stands in the log."""


class Nursery:
    """The supervisor's end. It starts another nursery when one has ended; the processes of the old one live on.

    ``keeps`` are open files that each nursery and each process of it has too, under the same numbers.
    """

    def __init__(
        self,
        entries: Sequence[str],
        environment: Mapping[str, str],
        *,
        way: Literal["fork", "exec"] = _SAFE_WAY,
        keeps: Sequence[int] = (),
    ) -> None:
        self._command = [sys.executable, "-m", "server.processes.nursery", way, *entries]
        self._environment = environment
        self._keeps = keeps
        self._open()

    def wait_until_ready(self) -> None:
        """Return when the nursery has imported all ``entries`` (``module:name``). Raises NurseryFailed."""
        self.ask({"say": _READY})

    def fork(self, *arguments: str, inherits: Sequence[socket.socket] = (), log: IO[bytes] | None = None) -> "Forked":
        """Have a process made that carries out ``server.processes.child.main`` with these arguments and sockets.

        What it says goes into ``log``, by default where ours goes. Raises NurseryFailed.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            files = [theirs.fileno(), sys.stderr.fileno() if log is None else log.fileno()]
            files += [each.fileno() for each in inherits]
            try:
                pid = self.ask({"fork": arguments}, files)
            except NurseryFailed:
                self.close()
                self._open()
                pid = self.ask({"fork": arguments}, files)
        return Forked(self, pid, ours)

    def ask(self, request: Mapping[str, Any], files: Sequence[int] = ()) -> Any:
        """Send one request and return its answer, which comes when the nursery is ready. Raises NurseryFailed."""
        try:
            socket.send_fds(self._line, [json.dumps(request).encode()], files)
            return self._hear()
        except ConnectionError:
            raise NurseryFailed("The process from which the workers are made ended at once.") from None

    def close(self) -> None:
        """End the nursery, whatever it does."""
        self._line.close()
        self._process.terminate()
        self._process.wait()

    def _open(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                self._command,
                env={**self._environment, _VARIABLE: str(theirs.fileno())},
                pass_fds=(theirs.fileno(), *self._keeps),
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops the others in order
            )

    def _hear(self) -> Any:
        text = b""
        while not text.endswith(b"\n"):
            piece = self._line.recv(_LONGEST_REQUEST)
            if not piece:
                raise ConnectionResetError("The nursery has ended.")
            text += piece
        return json.loads(text)


@dataclass(frozen=True, slots=True)
class Forked:
    """A process that a nursery has made, and our end of its lifeline, which ends with it."""

    nursery: Nursery
    pid: int
    line: socket.socket

    def send_signal(self, number: int) -> None:
        """Send a signal, if the process is still there: with its nursery, ``wait`` alone gives its number free."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)

    def wait(self, seconds: float = 60) -> int | None:
        """Return the exit code of the ended process, ``None`` if its nursery ended before. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                answer = self.nursery.ask({"poll": self.pid})
            except NurseryFailed:
                return None
            if answer != _RUNS:
                return None if answer == _UNKNOWN else int(answer)
            time.sleep(0.005)
        raise TimeoutError(f"Process {self.pid} has not ended within {seconds} s.")


def main(arguments: Sequence[str]) -> None:
    """Be a nursery (``fork entry …`` or ``exec``), or what one has made of itself (``become``)."""
    gc.disable()  # what is imported stays
    match arguments:
        case ["fork", *entries]:
            lighten_connexion()
            for entry in entries:
                pkgutil.resolve_name(entry)
            gc.freeze()
            _nurse(_become)
        case ["exec", *_]:
            _nurse(_become_anew)
        case ["become", files, *wanted]:
            lighten_connexion()
            _become(wanted, [int(number) for number in files.split(",")])
        case _:
            raise SystemExit("server.processes.nursery is started by the supervisor.")


def _nurse(become: Callable[[list[str], list[int]], None]) -> None:
    """Make children, each of which becomes what it was asked for, until the supervisor is gone."""
    line = socket.socket(fileno=int(os.environ.pop(_VARIABLE)))
    for request, files in _requests(line):
        match request:
            case {"fork": [*arguments]}:
                pid = os.fork()
                if pid == 0:
                    line.close()
                    become(arguments, files)
                    return
                _tell(line, pid)
            case {"say": str(word)}:
                _tell(line, word)
            case {"poll": int(pid)}:
                _tell(line, _poll(pid))
        for number in files:
            os.close(number)


def _become(arguments: list[str], files: list[int]) -> None:
    """Carry out ``child.main``; the first two files are this end of the lifeline, and where to write."""
    from server.processes import child

    lifeline, output, *inherited = files
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)
    sockets = [socket.socket(fileno=number) for number in inherited]
    child.main(arguments, Lifeline(socket.socket(fileno=lifeline)), sockets)


def _become_anew(arguments: list[str], files: list[int]) -> None:
    """Do so in a new program, which imports all by itself: macOS's own libraries do not bear a fork without one."""
    for number in files:
        os.set_inheritable(number, True)
    command = [sys.executable, "-m", "server.processes.nursery", "become", ",".join(map(str, files)), *arguments]
    os.execv(sys.executable, command)  # noqa: S606  # this very interpreter, with arguments of ours


def _requests(line: socket.socket) -> Iterator[tuple[Any, list[int]]]:
    """Yield requests and the files that came with them. The next one is sent after an answer, so each comes alone."""
    while True:
        text, files, _, _ = socket.recv_fds(line, _LONGEST_REQUEST, _MOST_FILES)
        if not text:
            return
        yield json.loads(text), files


def _tell(line: socket.socket, answer: str | int) -> None:
    line.sendall(json.dumps(answer).encode() + b"\n")


def _poll(pid: int) -> str | int:
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return _UNKNOWN
    return os.waitstatus_to_exitcode(status) if ended else _RUNS


if __name__ == "__main__":
    main(sys.argv[1:])
