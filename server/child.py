"""The processes under the supervisor: ``web`` answers requests on the shared socket, ``jobs`` carries out jobs.

Each holds one end of a socket pair, the supervisor the other. A byte tells the supervisor that the child is ready; the
end of the stream tells the child that the supervisor is gone, however it went, and the child then stops as well.
"""

import gc
import os
import pkgutil
import signal
import socket
import sys
import threading
import time
import warnings

import uvicorn

from server import logs
from server.settings import Settings

LIFELINE = "FINZBOOKS_LIFELINE"
"""The environment variable that holds the number of the child's end of the socket pair."""

FINISH_SECONDS = 6
"""How long requests that are being answered may take to finish after a stop; the supervisor waits a little longer."""

QUEUE_LENGTH = 1024
"""Connections that the system keeps waiting before it refuses more."""


def main(arguments: list[str]) -> None:
    """Run ``web app listener`` or ``jobs entry``; the first and the last are ``module:name``."""
    lifeline = socket.socket(fileno=int(os.environ.pop(LIFELINE)))
    threading.Thread(target=_stop_with_supervisor, args=(lifeline,), daemon=True).start()
    # Connexion imports Starlette's test client along with its application, and with it advice on testing.
    warnings.filterwarnings("ignore", message="Using `httpx`", module=r"connexion\.")
    match arguments:
        case ["web", app, listener]:
            _answer_requests(app, socket.socket(fileno=int(listener)), lifeline)
        case ["jobs", entry]:
            carry_out_jobs = pkgutil.resolve_name(entry)
            lifeline.send(b"r")
            carry_out_jobs()
        case _:
            raise SystemExit("server.child is started by the supervisor.")


class _Server(uvicorn.Server):
    """Uvicorn's server, which says when it is ready."""

    def __init__(self, config: uvicorn.Config, lifeline: socket.socket) -> None:
        super().__init__(config)
        self._lifeline = lifeline

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual, then tell the supervisor."""
        await super().startup(sockets)
        # What the application is made of stays: the collector of garbage need not look through it again and again.
        gc.collect()
        gc.freeze()
        self._lifeline.send(b"r")


def _answer_requests(app: str, listener: socket.socket, lifeline: socket.socket) -> None:
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    config = uvicorn.Config(
        app,
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


def _stop_with_supervisor(lifeline: socket.socket) -> None:
    while lifeline.recv(64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(FINISH_SECONDS + 1)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
