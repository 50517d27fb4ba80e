"""The processes under the supervisor: ``web`` answers requests on the shared socket, ``jobs`` carries out jobs.

``socket`` answers on a socket of its own, as the simulated portal does.
"""

import asyncio
import gc
import logging
import pkgutil
import resource
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn

from server import logs
from server.answering import patience
from server.edge.crowd import ConnectionLimits
from server.processes.lifeline import FINISH_SECONDS, Lifeline
from server.processes.listening import QUEUE_LENGTH
from server.settings import Settings

_OTHER_FILES = 256
"""Files that a worker may have open beside its connections: those to the database, uploads, what is sent."""

_ARRIVAL_SECONDS = 0.05
"""In which those who have just been accepted become connections."""

_log = logging.getLogger("finzbooks.server")


def main(arguments: Sequence[str], lifeline: Lifeline, sockets: Sequence[socket.socket]) -> None:
    """Run ``web application``, ``jobs entry`` or ``socket entry``: the function ``module:name`` that returns an
    application for the one socket; the function that carries out jobs; the function that answers on a socket.
    """
    kind, entry = arguments
    _call_this_process(kind)
    function = pkgutil.resolve_name(entry)
    if not lifeline.take_settings():
        return
    match kind:
        case "web":
            (listener,) = sockets
            _answer_requests(function, listener, lifeline)
        case "jobs":
            _settle()
            lifeline.say_ready()
            function()
        case "socket":
            (listener,) = sockets
            lifeline.say_ready()
            function(listener)


def _call_this_process(kind: str) -> None:
    """Let ``ps -o comm`` and ``top`` tell the processes apart, where the system knows such names (Linux)."""
    with suppress(OSError):
        Path("/proc/self/comm").write_text(f"finzbooks-{kind}", encoding="ascii")


def _settle() -> None:
    """What the application is made of stays: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


class _Server(uvicorn.Server):
    """Uvicorn's server, which says when it is ready."""

    def __init__(self, config: uvicorn.Config, lifeline: Lifeline) -> None:
        super().__init__(config)
        self._lifeline = lifeline

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual, then tell the supervisor."""
        await super().startup(sockets)
        _settle()
        self._lifeline.say_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nobody any more, then tell those who are connected, also the ones that have just come."""
        patience.end()
        for server in self.servers:
            server.close()
        await asyncio.sleep(_ARRIVAL_SECONDS)
        await super().shutdown(sockets)


def _answer_requests(application: Callable[[], Any], listener: socket.socket, lifeline: Lifeline) -> None:
    from server.edge.connections import connection_class  # not before there are stand-ins for what Connexion imports

    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    config = uvicorn.Config(
        application,
        factory=True,
        loop="uvloop",
        http=connection_class(_limits(settings)),
        ws="none",
        lifespan="on",  # a start that fails must end the process, not leave it answering 500
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=QUEUE_LENGTH,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=FINISH_SECONDS,
    )
    _Server(config, lifeline).run(sockets=[listener])


def _limits(settings: Settings) -> ConnectionLimits:
    return ConnectionLimits(
        connections=_room_for(settings.connections),
        per_address=settings.connections_per_address,
        trusted=settings.trusted_proxies,
        head_bytes=settings.head_limit_bytes,
        head_lines=settings.head_limit_lines,
        head_seconds=settings.head_timeout_seconds,
    )


def _room_for(connections: int) -> int:
    """Have the system allow so many connections, or as many as it does; those that it queued come all at once."""
    wanted = connections + QUEUE_LENGTH + _OTHER_FILES
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return connections
    if allowed < wanted:
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    if allowed - _OTHER_FILES < connections:
        _log.warning("The system allows %d open files: too few for %d connections.", allowed, connections)
    return min(connections, max(10, allowed - _OTHER_FILES))
