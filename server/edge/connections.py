"""One connection: uvicorn's protocol on httptools, with limits on heads and silence, and refusals in JSON.

A head is the request line with the header lines. It is bounded in size, lines and time before anybody knows who is
calling; what cannot be read as HTTP becomes a request of its own, which the application refuses (``refused_with``).
"""

import asyncio
import re
from asyncio import TimerHandle
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from domain.errors import Refusal, Unavailable
from domain.ids import new_id
from server.contract.codec import encode
from server.edge.crowd import ConnectionLimits, Crowd
from server.edge.problems import HeadLate, HeadTooLarge, Malformed, help_link, problem

LAST_REQUEST_SECONDS = 0.5
"""How long a kept connection stays open for one more request while the server stops."""

_MOST_WAITING = 64
"""Requests that may be sent before the first of them is answered."""

_SILENCE_SECONDS = 0.25
"""After a refusal: whoever sent nothing for so long has sent all."""

_MOST_LOOKS = 12
"""How often we look for that."""

_UPGRADE = re.compile(rb"(?<=\r\n)upgrade(?=:)", re.IGNORECASE)

_NOT_UNDERSTOOD = "This is no HTTP/1.1 that the server understands."


def connection_class(limits: ConnectionLimits) -> Any:
    """Return what uvicorn takes as ``http``: connections that share one crowd."""
    return partial(Connection, limits=limits, crowd=Crowd(limits))


class Connection(HttpToolsProtocol):
    """One connection of a caller. Most requests arrive whole, so the usual way sets no timer and looks at no header."""

    def __init__(self, *arguments: Any, limits: ConnectionLimits, crowd: Crowd, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limits = limits
        self._crowd = crowd
        self._chunk = 0
        self._unread = 0
        self._in_head = False
        self._head_timer: TimerHandle | None = None
        self._reader_timer: TimerHandle | None = None
        self._refusal: Refusal | None = None
        self._has_sent_more = False
        self._is_stopping = self._is_lost = False
        self.was_used = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Take the connection in, or refuse it at once."""
        super().connection_made(transport)
        if self._crowd.enter(self, self.client[0] if self.client else ""):
            self._expect_head()
            return
        self._refusal = Unavailable("The server has no room for more connections.", headers={"Retry-After": "1"})
        self._write_answer(self._refusal, new_id("req"))
        self.hang_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        self._is_lost = True
        self._crowd.leave(self)
        self._unset_keepalive_if_required()
        for timer in (self._head_timer, self._reader_timer):
            if timer is not None:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse what came, if it is still listened to, and see that a head ends some day."""
        if self._is_refused():
            self._has_sent_more = True
            return
        if b"pgrade" in data[: self._limits.head_bytes] and (self._in_head or self.is_waiting()):
            data = _without_upgrade(data)
        self._chunk = len(data)
        self._unread += self._chunk
        super().data_received(data)
        if self._is_refused():
            return
        if self._unread > self._limits.head_bytes or (self._in_head and len(self.headers) > self._limits.head_lines):
            self._refuse(self._too_large())
        elif self._head_timer is None and (self._in_head or self.is_waiting()):
            self._expect_head()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """Begin to answer. Raises HeadTooLarge and Malformed, which come back by ``send_400_response``."""
        if self._unread + self._chunk > self._limits.head_bytes or len(self.headers) > self._limits.head_lines:
            self._check_head()
        if len(self.pipeline) >= _MOST_WAITING:
            self._refusal = Malformed(f"More than {_MOST_WAITING} requests came before their answers were read.")
            raise self._refusal
        super().on_headers_complete()
        self._in_head = False
        self._unread = 0
        self._stop_waiting_for_head()
        self.was_used = True
        if self._is_stopping:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body, whose own limits are those of its operation."""
        self._unread = 0
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Wait for the next request, or begin with the one that is there."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._see_out()

    def send_400_response(self, msg: str) -> None:
        """Refuse what httptools could not parse, or what we have made it stop at."""
        refusal, self._refusal = self._refusal, None
        self._refuse(refusal or Malformed(_NOT_UNDERSTOOD))

    def is_waiting(self) -> bool:
        """Tell whether no request is under way."""
        cycle = self._latest()
        return cycle is None or cycle.response_complete

    def timeout_keep_alive_handler(self) -> None:
        """End a connection that was kept and not used."""
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection once what has been written is read, or nobody reads on."""
        if self._is_lost:
            return
        self._stop_waiting_for_head()
        if not self.transport.is_closing():
            self.transport.close()
        self._see_out()

    def pause_writing(self) -> None:
        """Have an eye on a caller who does not read its answer."""
        super().pause_writing()
        self._see_out()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        if self._reader_timer is not None and not self.transport.is_closing():
            self._reader_timer.cancel()
            self._reader_timer = None

    def shutdown(self) -> None:
        """Let the answer under way be the last, or the next one, if the caller is about to ask for it."""
        self._is_stopping = True
        if not self.is_waiting() and not self.cycle.response_started:
            self.cycle.keep_alive = False
        self.loop.call_later(LAST_REQUEST_SECONDS, self._stop)

    def _is_refused(self) -> bool:
        return self._refusal is not None

    def _latest(self) -> RequestResponseCycle | None:
        """Return the last request and its answer; before the first there is none, whatever uvicorn declares."""
        return self.cycle

    def _stop(self) -> None:
        if self.is_waiting():
            self.hang_up()
        else:
            self.cycle.keep_alive = False

    def _expect_head(self) -> None:
        self._head_timer = self.loop.call_later(self._limits.head_seconds, self._give_head_up)

    def _stop_waiting_for_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_head_up(self) -> None:
        """End a connection whose head is late; who has sent a part of one is told why."""
        self._head_timer = None
        if self._in_head:
            self._refuse(HeadLate(f"The head of the request was not complete after {self._limits.head_seconds:g} s."))
        elif self.is_waiting():
            self.hang_up()

    def _check_head(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self._limits.head_bytes or len(self.headers) > self._limits.head_lines:
            self._refusal = self._too_large()
            raise self._refusal

    def _too_large(self) -> Refusal:
        limits = self._limits
        return HeadTooLarge(f"The head is over the limit of {limits.head_bytes} bytes or {limits.head_lines} lines.")

    def _refuse(self, refusal: Refusal) -> None:
        """Answer what was sent with a refusal, after the answers that are due before it, and listen no more."""
        self._refusal = refusal
        self._stop_waiting_for_head()
        before = self._latest()
        if not self._in_head and before is not None and before.more_body:
            self._break_off(before, refusal)
            return
        if not self._in_head:
            self.on_message_begin()
        self._describe()
        self.scope["state"]["refused_with"] = refusal
        cycle = RequestResponseCycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=False,
            on_response=self.on_response_complete,
        )
        self.cycle = cycle
        self._listen_out(partial(_end_body, cycle))
        if before is None or before.response_complete:
            self._start_asgi_task(cycle, self.app)
        else:
            self.pipeline.appendleft((cycle, self.app))

    def _describe(self) -> None:
        """Fill in what is known of a request that was not understood to its end; a log line shows nothing more."""
        path = self.url.partition(b"?")[0]
        self.scope["method"] = self.parser.get_method().decode() if self.url else "-"
        self.scope["path"] = path.decode("latin-1") or "-"
        self.scope["raw_path"] = path
        self.scope["query_string"] = b""

    def _listen_out(self, then: Callable[[], None], looks_left: int = _MOST_LOOKS) -> None:
        """Let a refused caller finish what it sends, so that hanging up does not lose its answer on the way."""

        def look() -> None:
            if self._has_sent_more and looks_left and not self._is_lost:
                self._listen_out(then, looks_left - 1)
            else:
                then()

        self._has_sent_more = False
        self.loop.call_later(_SILENCE_SECONDS, look)

    def _break_off(self, cycle: RequestResponseCycle, refusal: Refusal) -> None:
        """End a request whose body cannot be read on; it is answered if its answer has not begun."""
        cycle.keep_alive = False
        if self.pipeline:
            return  # others are answered first; then this one waits for its body, and is late
        if not cycle.response_started:
            exchange = cycle.scope["state"].get("exchange")
            self._write_answer(refusal, new_id("req") if exchange is None else exchange.request_id)
            self._listen_out(self.hang_up)
        elif cycle.response_complete:
            self.hang_up()

    def _write_answer(self, refusal: Refusal, request_id: str) -> None:
        """Write an answer in which the application has no part."""
        body = encode(problem(refusal, request_id)) + b"\n"
        headers = {
            **refusal.headers,
            "Cache-Control": "no-store",
            "Link": help_link(refusal.code),
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            "X-Request-Id": request_id,
        }
        lines = [f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}"]
        lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def _see_out(self, left_before: int = -1) -> None:
        """Look now and then whether the caller reads what was written; drop the connection where it does not."""
        if self._reader_timer is not None and left_before < 0:
            return
        left = self.transport.get_write_buffer_size()
        if left_before >= 0 and left >= left_before:
            self._reader_timer = None
            self.transport.abort()
            return
        self._reader_timer = self.loop.call_later(self._limits.reading_seconds, self._see_out, left)


def _without_upgrade(data: bytes) -> bytes:
    """Let a head offer no other protocol: we speak none, and httptools would take the body for the other one's.

    Java's own client offers HTTP/2 in this way (RFC 7540, 3.2) with each first request that is not encrypted.
    """
    head, end, body = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"x-upgrade", head) + end + body


def _end_body(cycle: RequestResponseCycle) -> None:
    """Have the application hear that nothing more comes."""
    cycle.more_body = False
    cycle.message_event.set()
