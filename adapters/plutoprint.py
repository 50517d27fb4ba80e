"""Renders with PlutoPrint, in processes of its own: the event loop is not held, and memory is given back with them.

A process is started when it is needed, renders many PDFs, and is replaced after so many, when it dies, and when it is
too slow. It ends with us, however we go.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from adapters.fonts import fontconfig
from adapters.pdf import MOST_PDF_BYTES, Page, RenderFailed

RENDERS_OF_A_PROCESS = 200
"""After so many it is replaced, so that what a render leaves in memory does not add up."""

IDLE_SECONDS = 300
"""After which a process that nobody needs is ended: it takes some 60 MB."""

_LENGTH_BYTES = 4
_CHILD = Path(__file__).with_name("plutoprint_child.py")


class _Gone(RenderFailed):
    """The process has ended."""


class PlutoPrint:
    """A renderer. It starts as many processes as there are renders at a time; ``seconds`` is what a render may take."""

    name = f"PlutoPrint {version('plutoprint')}"

    def __init__(
        self, directory: Path, *, seconds: float, command: Sequence[str] = (sys.executable, "-I", str(_CHILD))
    ) -> None:
        self._directory = directory
        self._seconds = seconds
        self._command = command
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()

    async def render(self, html: str, *, title: str, made_at: datetime, page: Page = Page.A4) -> bytes:
        """Return the PDF. Raises RenderFailed. When it is cancelled, the process is ended."""
        job = {
            "title": title,
            "made_at": f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "page": page.value,
            "seconds": self._seconds + 1,
        }
        question = (json.dumps(job).encode(), html.encode())
        try:
            answer = await self._asked(question)
        except _Gone:
            answer = await self._asked(question)  # it may have ended while it was idle, or have had too much in memory
        if not answer.startswith(b"+%PDF-"):
            raise RenderFailed(f"PlutoPrint made no PDF: {answer[1:300].decode(errors='replace')}")
        return answer[1:]

    async def _asked(self, question: tuple[bytes, bytes]) -> bytes:
        """Return the answer of one process. Raises RenderFailed."""
        child = await self._child()
        self._busy.add(child)
        answer = b""
        try:
            answer = await child.ask(*question)
        finally:
            self._busy.discard(child)
            if answer and child.renders < RENDERS_OF_A_PROCESS:
                child.rest(self._retire)
                self._idle.append(child)
            else:
                await child.end()
        return answer

    async def close(self) -> None:
        """End all processes."""
        for child in (*self._idle, *self._busy):
            await child.end()
        self._idle.clear()

    async def _child(self) -> "_Child":
        while self._idle:
            child = self._idle.pop()
            if child.take():
                return child
            await child.end()
        fonts = fontconfig(self._directory)
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env={
                    "PATH": os.environ.get("PATH", os.defpath),
                    "LANG": "C.UTF-8",
                    "FONTCONFIG_FILE": str(fonts),
                },
                start_new_session=True,
            )
        except OSError as reason:
            raise RenderFailed(f"PlutoPrint cannot be started: {reason.strerror}.") from reason
        return _Child(process)

    def _retire(self, child: "_Child") -> None:
        """End a process that has been idle for long; what remains of it is waited for later."""
        self._idle.remove(child)
        child.kill()


class _Child:
    """One process, and how many PDFs it has made."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._until_retired: asyncio.TimerHandle | None = None
        self.renders = 0

    async def ask(self, *frames: bytes) -> bytes:
        """Send a question and return the answer. Raises RenderFailed when the process ends over it."""
        self.renders += 1
        line, answers = self._process.stdin, self._process.stdout
        assert line is not None
        assert answers is not None
        try:
            line.writelines([part for frame in frames for part in (len(frame).to_bytes(_LENGTH_BYTES), frame)])
            await line.drain()
            length = int.from_bytes(await answers.readexactly(_LENGTH_BYTES))
            if length > MOST_PDF_BYTES:
                raise RenderFailed(f"The PDF would be over {MOST_PDF_BYTES >> 20} MiB.")
            return await answers.readexactly(length)
        except (ConnectionError, asyncio.IncompleteReadError):
            raise _Gone("PlutoPrint's process ended over these pages.") from None

    def take(self) -> bool:
        """Take it out of its rest; tell whether it still lives."""
        if self._until_retired is not None:
            self._until_retired.cancel()
        return self._process.returncode is None

    def rest(self, retire: Callable[["_Child"], None]) -> None:
        """Have it retired unless it is taken before."""
        self._until_retired = asyncio.get_running_loop().call_later(IDLE_SECONDS, retire, self)

    def kill(self) -> None:
        """End it, whatever it does."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def end(self) -> None:
        """End it and wait for that."""
        self.take()
        if self._process.returncode is None:
            self.kill()
        await self._process.wait()
