"""Structured logs: one JSON object a line. No tokens, no bodies, no query strings."""

import logging
import os
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from time import gmtime, strftime, time_ns

import msgspec
from msgspec import UNSET, Struct, UnsetType

from domain.access.tokens import without_tokens
from server.exchange import Exchange

WriteLine = Callable[[bytes], object]

_encoder = msgspec.json.Encoder()


def to_standard_error(line: bytes) -> None:
    """Write a line in one system call, so that the lines of several processes never mix.

    One that cannot be written, because the disk is full, is lost: no caller shall suffer for it.
    """
    with suppress(OSError):
        os.write(2, line)


class _RequestLine(Struct):
    """The members of an exchange's line, in their order; those of its caller only where it has one."""

    time: str
    level: str
    message: str
    request_id: str
    method: str
    path: str
    status: int
    duration_ms: float
    client: str
    token_id: str | UnsetType = UNSET
    organization_id: str | UnsetType | None = UNSET


def request_line(exchange: Exchange, *, method: str, path: str, seconds: float) -> bytes:
    """Return the one log line of an exchange; ``path`` is shown only where no route was found."""
    identity, status = exchange.identity, exchange.status
    line = _RequestLine(
        _now(),
        "error" if status >= 500 else "info",
        "request",
        exchange.request_id,
        method,
        exchange.route or without_tokens(path[:200]),
        status,
        int(seconds * 1_000_000) / 1000,
        exchange.client_address,
        UNSET if identity is None else identity.token_id,
        UNSET if identity is None else identity.organization_id,
    )
    return _encoder.encode(line) + b"\n"


class JsonFormatter(logging.Formatter):
    """Formats records of Python's logging as the same kind of line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON, with its traceback if it has one."""
        line: dict[str, object] = {
            "time": _now(),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            "logger": record.name,
        }
        request_id = getattr(record, "request_id", None)
        if request_id is not None:
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[0] is not None:
            line["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return _encoder.encode(line).decode()


def configure(level: str = "INFO") -> None:
    """Send everything that is logged in this process to standard error, as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # The request line above and the supervisor say it better, once.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    # They tell each process which jobs there are.
    for registering in ("procrastinate.blueprints", "procrastinate.periodic"):
        logging.getLogger(registering).setLevel(logging.WARNING)


def _now() -> str:
    seconds, milliseconds = divmod(time_ns() // 1_000_000, 1000)
    return f"{_to_the_second(seconds)}.{milliseconds:03}Z"


@lru_cache(maxsize=1)
def _to_the_second(seconds: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(seconds))
