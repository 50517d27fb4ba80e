"""Renders with wkhtmltopdf, driven by pdfkit: a process for each PDF, which neither fetches nor reads anything.

Debian's build is without Qt's patches: it scales everything, repeats no table head and ignores headers and footers, so
pages are split before. Here its scale is undone, and title and instant of making are set.
"""

import asyncio
import os
import re
import secrets
import signal
import tempfile
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pdfkit import PDFKit
from pdfkit.configuration import Configuration

from adapters.fonts import fontconfig
from adapters.pdf import MOST_PDF_BYTES, Page, RenderFailed

_OPTIONS = {
    "quiet": "",
    "encoding": "utf-8",
    "disable-javascript": "",
    "javascript-delay": "0",  # by default it waits 200 ms for scripts
    "disable-local-file-access": "",
    "disable-plugins": "",
    "load-error-handling": "ignore",
    "load-media-error-handling": "ignore",
    "proxy": "http://127.0.0.1:9",  # nobody is there: without it, style sheets, pictures and frames are fetched
    "page-size": "A4",
    "margin-top": "0",
    "margin-right": "0",
    "margin-bottom": "0",
    "margin-left": "0",
}

_UNSCALED = "<style>body{zoom:1.3021}</style>"
"""It makes 76.8 mm of 100 mm, whatever it is told; this makes them 100."""

_SHELL = """
ulimit -t "$1" && ulimit -f "$2" || exit 125
source=$3
shift 3
exec 3<&0
"$@" <"$source" 3<&- &
renderer=$!
{ read -r _ <&3; kill -s KILL -- "-$$"; } >/dev/null 2>&1 &
wait "$renderer"
"""
"""Bounds the processor seconds and the size of files, and ends its process group when its input is closed: by us, or
because we are gone, however we went."""

_BLOCK_BYTES = 512
_CREATED = re.compile(rb"/CreationDate \(D:([^)]*)\)")
_ABOUT = re.compile(rb"\n(\d+) 0 obj\n<<\n(/Title \(\)\n[^>]*>>)\nendobj")
_TRAILER = re.compile(rb"trailer\n<<\n(/Size.*?)>>\nstartxref\n(\d+)\s+%%EOF\s*\Z", re.DOTALL)


class WkHtmlToPdf:
    """A renderer; ``version`` is what the program calls itself, ``cpu_seconds`` what one process may take."""

    def __init__(self, program: str, directory: Path, *, version: str, cpu_seconds: float) -> None:
        self.name = version
        self._program = program
        self._directory = directory
        self._limits = (str(int(cpu_seconds) + 1), str(MOST_PDF_BYTES // _BLOCK_BYTES))

    async def render(self, html: str, *, title: str, made_at: datetime, page: Page = Page.A4) -> bytes:
        """Return the PDF. Raises RenderFailed. When it is cancelled, nothing is left running."""
        with tempfile.TemporaryDirectory(prefix="finzbooks-paper-") as directory:
            place = Path(directory)
            source, target = place / "page.html", place / "page.pdf"
            source.write_text(_prepared(html), encoding="utf-8")
            told = await self._run([str(source), *self._command(html, page, target)], place)
            content = target.read_bytes() if target.is_file() else b""
        if not (content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")):
            # It complains of each thing that it was kept from fetching, and yet makes the whole page.
            raise RenderFailed(f"wkhtmltopdf made no PDF: {told.strip()[-300:] or 'it said nothing'}")
        return _titled(_created(content, made_at), title)

    async def close(self) -> None:
        """Nothing runs between renders."""

    def _command(self, html: str, page: Page, target: Path) -> list[str]:
        """Return the program with its arguments.

        pdfkit takes options out of the HTML's ``meta`` tags, by a prefix that nobody can guess here.
        """
        orientation = "Landscape" if page is Page.A4_ACROSS else "Portrait"
        kit = PDFKit(
            html,
            "string",
            options={**_OPTIONS, "orientation": orientation},
            configuration=Configuration(wkhtmltopdf=self._program, meta_tag_prefix=secrets.token_hex(16)),
        )
        command: list[str] = kit.command(str(target))
        return command

    async def _run(self, arguments: list[str], place: Path) -> str:
        """Run the shell in a process group of its own, and return what is said there.

        It says it to a file: uvloop lets the other end of a pipe live on in the process, so that none is ever read up.
        """
        environment = self._environment(str(place))
        theirs, ours = os.pipe()
        said = place / "said"
        try:
            with said.open("wb") as hears:
                process = await asyncio.create_subprocess_exec(
                    *("/bin/sh", "-c", _SHELL, "sh", *self._limits, *arguments),
                    stdin=theirs,
                    stdout=DEVNULL,
                    stderr=hears,
                    env=environment,
                    cwd=place,
                    start_new_session=True,
                )
        except OSError as reason:
            os.close(ours)
            raise RenderFailed(f"wkhtmltopdf cannot be started: {reason.strerror}.") from reason
        finally:
            os.close(theirs)
        try:
            await process.wait()
        finally:
            os.close(ours)
            await _end(process)
        return said.read_text(errors="replace")

    def _environment(self, place: str) -> dict[str, str]:
        """What the program knows of the machine."""
        fonts = fontconfig(self._directory)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": place,
            "TMPDIR": place,
            "XDG_RUNTIME_DIR": place,
            "FONTCONFIG_FILE": str(fonts),
            "QT_QPA_PLATFORM": "offscreen",
            "QT_HASH_SEED": "0",  # the order of objects in the file follows from it
        }


def _prepared(html: str) -> str:
    head, end, rest = html.partition("</head>")
    return f"{head}{_UNSCALED}{end}{rest}" if end else _UNSCALED + html


def _created(content: bytes, made_at: datetime) -> bytes:
    """Return the PDF with another instant of making in as many bytes, so that no place in the file moves."""
    return _CREATED.sub(lambda found: _instant(made_at, len(found[1])), content, count=1)


def _instant(made_at: datetime, length: int) -> bytes:
    text = f"{made_at.astimezone(UTC):%Y%m%d%H%M%S}Z".ljust(length)[:length]
    return f"/CreationDate (D:{text})".encode()


def _titled(content: bytes, title: str) -> bytes:
    """Return the PDF with a title, which this build leaves empty, as an update at its end (ISO 32000-1, 7.5.6)."""
    about, trailer = _ABOUT.search(content), _TRAILER.search(content)
    if not (title and about and trailer):
        return content
    shown = (b"\xfe\xff" + title.encode("utf-16-be")).hex().encode()
    told = about[2].replace(b"/Title ()", b"/Title <" + shown + b">", 1)
    added = b"%d 0 obj\n<<\n%s\nendobj\n" % (int(about[1]), told)
    index = b"xref\n%d 1\n%010d 00000 n \n" % (int(about[1]), len(content))
    end = b"trailer\n<<\n%s/Prev %s\n>>\nstartxref\n%d\n%%%%EOF\n" % (trailer[1], trailer[2], len(content) + len(added))
    return content + added + index + end


async def _end(process: Process) -> None:
    """End the process group, of which the shell is the first: what it started lives no longer than it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
