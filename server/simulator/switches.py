"""Switches: how the simulated portal misbehaves next, for those who test what becomes of it."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_LARGE = 9 * 1024 * 1024


class Fault(StrEnum):
    """How a call goes wrong: before anything was done, or after all was."""

    AWAY = "AWAY"
    SLOW = "SLOW"
    RUBBISH = "RUBBISH"
    RESET = "RESET"
    LARGE = "LARGE"
    RESET_AFTER = "RESET_AFTER"
    SLOW_AFTER = "SLOW_AFTER"
    RUBBISH_AFTER = "RUBBISH_AFTER"
    FORGED = "FORGED"
    TOKEN_ENDED = "TOKEN_ENDED"  # noqa: S105  # a word of ours, no secret

    @property
    def is_after(self) -> bool:
        """Whether the portal has done what it was asked for."""
        return self in (Fault.RESET_AFTER, Fault.SLOW_AFTER, Fault.RUBBISH_AFTER)


@dataclass(slots=True)
class Switches:
    """What the next ``times`` calls of ``path`` (all, if empty) meet, and how many hours the portal's clock is on."""

    fault: Fault | None = None
    times: int = 0
    path: str = ""
    seconds: float = 30.0
    hours_on: float = 0.0

    def put(self, said: dict[str, Any]) -> None:
        """Set what is said, and all else back."""
        fault = said.get("fault")
        self.fault = Fault(fault) if fault else None
        self.times = int(said.get("times", 1)) if fault else 0
        self.path = str(said.get("path", ""))
        self.seconds = float(said.get("seconds", 30))
        self.hours_on = float(said.get("hours_on", 0))

    def taken(self, path: str) -> Fault | None:
        """Return what this call meets."""
        if self.fault is None or self.times <= 0 or not path.endswith(self.path or path):
            return None
        self.times -= 1
        return self.fault

    async def spoilt(self, fault: Fault) -> Response:
        """Return what is answered instead of an answer, after a while where it is slow."""
        if fault in (Fault.SLOW, Fault.SLOW_AFTER):
            await asyncio.sleep(self.seconds)
        if fault in (Fault.RESET, Fault.RESET_AFTER):
            return BrokenOff()
        if fault is Fault.LARGE:
            return Response(b"x" * _LARGE, media_type="text/plain")
        if fault is Fault.AWAY:
            return Response("<html><body>Service unavailable</body></html>", 503, media_type="text/html")
        return Response('{"Status": 1, "Data": "not what', media_type="application/json")


class BrokenOff(Response):
    """An answer that promises more than comes, after which the connection ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin, and break off."""
        headers = [(b"content-length", b"1000"), (b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"Stat', "more_body": False})
