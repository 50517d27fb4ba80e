"""The processes under the supervisor: ``web`` answers requests on the shared socket, ``jobs`` carries out jobs."""

import gc
import pkgutil
import socket
import sys
import warnings
from collections.abc import Callable
from typing import Any

import uvicorn

from server import logs
from server.lifeline import FINISH_SECONDS, Lifeline
from server.settings import Settings

QUEUE_LENGTH = 1024
"""Connections that the system keeps waiting before it refuses more."""


def main(arguments: list[str]) -> None:
    """Run ``web application listener`` or ``jobs entry``: the function ``module:name`` that returns an application, the
    number of a socket; the function that carries out jobs.
    """
    lifeline = Lifeline()
    gc.disable()  # until all is there: what is imported stays
    _lighten_connexion()
    kind, entry, *listener = arguments
    function = pkgutil.resolve_name(entry)
    if not lifeline.take_settings():
        return
    match kind, listener:
        case "web", [number]:
            _answer_requests(function, socket.socket(fileno=int(number)), lifeline)
        case "jobs", []:
            _settle()
            lifeline.say_ready()
            function()
        case _:
            raise SystemExit("server.child is started by the supervisor.")


def _lighten_connexion() -> None:
    """Leave out what comes along with Starlette's test client, which Connexion imports: a command line, and advice."""
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # so Python is told that a module cannot be imported
    warnings.filterwarnings("ignore", message="Using `httpx`", module=r"connexion\.")


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


def _answer_requests(application: Callable[[], Any], listener: socket.socket, lifeline: Lifeline) -> None:
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    config = uvicorn.Config(
        application,
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",  # a start that fails must end the process, not leave it answering 500
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=QUEUE_LENGTH,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
        timeout_graceful_shutdown=FINISH_SECONDS,
    )
    _Server(config, lifeline).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1:])
