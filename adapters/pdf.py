"""HTML to PDF: what a renderer is, which one this installation has, and how many pages are made at once.

wkhtmltopdf where it is installed, PlutoPrint otherwise, so that a bare machine prints as well. HTML is rendered in a
process of its own, sees our fonts and ``data:`` URLs alone, and the same HTML becomes the same bytes.
"""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

MOST_AT_ONCE = 2
"""Renders of one process at a time: each keeps a core busy."""

MOST_WAITING = 40
"""Callers who wait for their turn; whoever comes then is told to come again."""

MOST_HTML_BYTES = 16 * 1024 * 1024
MOST_PDF_BYTES = 128 * 1024 * 1024

_LOOK_SECONDS = 5
"""How long an installed program may take to say that it works."""


class RenderFailed(Exception):
    """The renderer could make no PDF of the HTML."""


class RendererAway(RenderFailed):
    """There is no renderer, or no room for it to work in; the message says what to do."""


class RendererBusy(RenderFailed):
    """Others are being rendered, and it took too long until it was this one's turn."""


class RendererSlow(RenderFailed):
    """The time limit of a render is over; its process has been ended."""


class Page(Enum):
    """The paper: A4, upright or across."""

    A4 = "A4"
    A4_ACROSS = "A4 across"


class Renderer(Protocol):
    """Makes PDFs of HTML. ``name`` says which engine does, in which version, because each makes other bytes."""

    name: str

    async def render(self, html: str, *, title: str, made_at: datetime, page: Page = Page.A4) -> bytes:
        """Return the PDF of a complete HTML document without margins of its own; ``made_at`` is its creation date.

        Millimetres of CSS are those of the paper. Raises RenderFailed.
        """

    async def close(self) -> None:
        """End what runs."""


class _InTurn:
    """A renderer that renders a few at a time, each within a time limit."""

    def __init__(self, engine: Renderer, *, seconds: float, wait_seconds: float) -> None:
        self.name = engine.name
        self._engine = engine
        self._seconds = seconds
        self._wait_seconds = wait_seconds
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._waiting = 0

    async def render(self, html: str, *, title: str, made_at: datetime, page: Page = Page.A4) -> bytes:
        """Wait for a turn, then render. Raises RendererBusy, RendererSlow, RendererAway, RenderFailed."""
        if len(html) > MOST_HTML_BYTES:
            raise RenderFailed(f"The pages are over {MOST_HTML_BYTES >> 20} MiB of HTML.")
        async with self._turn():
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._engine.render(html, title=title, made_at=made_at, page=page)
            except TimeoutError:
                raise RendererSlow(f"{self.name} had not finished after {self._seconds:g} s.") from None
            except OSError as reason:
                told = reason.strerror or type(reason).__name__
                raise RendererAway(f"{self.name} cannot keep what it works with: {told}. Try again later.") from reason

    async def close(self) -> None:
        """End what runs."""
        await self._engine.close()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise RendererBusy("Too many pages wait to be rendered.")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._turns.acquire()
        except TimeoutError:
            raise RendererBusy(f"Others were being rendered for {self._wait_seconds:g} s.") from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()


class _None:
    """What stands in for a renderer where there is none."""

    name = "none"

    def __init__(self, advice: str) -> None:
        self._advice = advice

    async def render(self, html: str, *, title: str, made_at: datetime, page: Page = Page.A4) -> bytes:
        """Say what to do. Raises RendererAway."""
        raise RendererAway(self._advice)

    async def close(self) -> None:
        """Nothing runs."""


def renderer_of(choice: str, *, directory: Path, seconds: float, wait_seconds: float) -> Renderer:
    """Return the renderer of a choice: ``pdfkit``, ``plutoprint``, or ``auto``, which takes the first that works.

    In ``directory`` they keep what they know of the fonts, from the first render on: to start they need no room. One
    render takes ``seconds`` at most, and waits for ``wait_seconds`` until it begins. Starts a program for a moment, so
    it blocks.
    """
    for name in ("pdfkit", "plutoprint") if choice == "auto" else (choice,):
        engine = _ENGINES[name](directory, seconds)
        if engine is not None:
            return _InTurn(engine, seconds=seconds, wait_seconds=wait_seconds)
    return _None(_ADVICE[choice])


def _pdfkit(directory: Path, seconds: float) -> Renderer | None:
    program = shutil.which("wkhtmltopdf")
    version = program and _version_of(program)
    if not (program and version):
        return None
    from adapters.wkhtmltopdf import WkHtmlToPdf  # only here: not everyone has a use for it

    return WkHtmlToPdf(program, directory, version=version, cpu_seconds=seconds)


def _version_of(program: str) -> str | None:
    """Return what an installed program calls itself, ``None`` if it does not start."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, timeout=_LOOK_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.decode(errors="replace").strip()[:50] if answer.returncode == 0 else None


def _plutoprint(directory: Path, seconds: float) -> Renderer | None:
    if find_spec("plutoprint") is None:
        return None
    from adapters.plutoprint import PlutoPrint

    return PlutoPrint(directory, seconds=seconds)


_ENGINES: Mapping[str, Callable[[Path, float], Renderer | None]] = {"pdfkit": _pdfkit, "plutoprint": _plutoprint}

_ADVICE: Mapping[str, str] = {
    "auto": "No PDF renderer is installed here: install wkhtmltopdf, or the Python package plutoprint.",
    "pdfkit": "wkhtmltopdf is not installed here, or does not start: install it, or set FINZBOOKS_PDF_RENDERER=auto.",
    "plutoprint": "The Python package plutoprint is not installed here: run 'make run', or set "
    "FINZBOOKS_PDF_RENDERER=auto.",
}
