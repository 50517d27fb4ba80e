"""The process that PlutoPrint renders in: HTML comes in, PDFs go out, one after the other, until the input ends.

It is run as a file, by ``adapters.plutoprint`` alone, and imports nothing of ours. A frame is four bytes that say how
long what follows is; a question has two, the job as JSON and the HTML; an answer one, which begins with ``+`` or ``-``.
"""

import io
import json
import os
import queue
import resource
import signal
import sys
import threading
from contextlib import suppress
from typing import Any, BinaryIO

import plutoprint

_LENGTH_BYTES = 4
_MOST_MEMORY_BYTES = 2 * 1024**3
_PAPER = {"A4": plutoprint.PAGE_SIZE_A4, "A4 across": plutoprint.PAGE_SIZE_A4.landscape()}


class _Nothing(plutoprint.ResourceFetcher):
    """Fetches nothing; ``data:`` URLs are read without it."""

    def fetch_url(self, url: str) -> plutoprint.ResourceData:
        raise plutoprint.Error("Nothing is fetched.")


def main() -> None:
    """Answer question after question; end at once when whoever asks is gone, even amidst a render."""
    with suppress(ValueError, OSError):  # a system that knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints must not get among the answers
    questions: queue.Queue[tuple[bytes, bytes]] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, questions), daemon=True).start()
    while True:
        job, html = questions.get()
        answer = _answer(json.loads(job), html)
        answers.write(len(answer).to_bytes(_LENGTH_BYTES) + answer)
        answers.flush()


def _listen(line: BinaryIO, questions: "queue.Queue[tuple[bytes, bytes]]") -> None:
    while True:
        try:
            questions.put((_frame(line), _frame(line)))
        except EOFError:
            os._exit(0)


def _frame(line: BinaryIO) -> bytes:
    length = line.read(_LENGTH_BYTES)
    content = line.read(int.from_bytes(length))
    if len(length) < _LENGTH_BYTES or len(content) < int.from_bytes(length):
        raise EOFError
    return content


def _answer(job: dict[str, Any], html: bytes) -> bytes:
    signal.setitimer(signal.ITIMER_REAL, job["seconds"])  # nobody catches its signal, so it ends the process
    try:
        return b"+" + _rendered(job, html.decode())
    except (plutoprint.Error, MemoryError) as reason:
        return b"-" + str(reason).encode(errors="replace")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _rendered(job: dict[str, Any], html: str) -> bytes:
    book = plutoprint.Book(_PAPER[job["page"]], plutoprint.PAGE_MARGINS_NONE)
    book.custom_resource_fetcher = _Nothing()
    book.load_html(html)
    for datum, value in (
        (plutoprint.PDF_METADATA_TITLE, job["title"]),
        (plutoprint.PDF_METADATA_CREATION_DATE, job["made_at"]),
        (plutoprint.PDF_METADATA_MODIFICATION_DATE, job["made_at"]),
    ):
        book.set_metadata(datum, value)
    pages = io.BytesIO()
    book.write_to_pdf_stream(pages)
    return pages.getvalue()


if __name__ == "__main__":
    main()
