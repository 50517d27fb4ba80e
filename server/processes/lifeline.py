"""What the supervisor and its children have agreed on: a socket pair, of which each of them holds one end.

The supervisor sends the child its settings as one line of JSON; a byte from the child says that it is ready. The end of
the stream tells the supervisor that the child has ended, and the child that the supervisor is gone, however it went:
then the child stops as well.
"""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Mapping

FINISH_SECONDS = 6
"""How long requests that are being answered may take to finish after a stop; the supervisor waits a little longer."""

_READY = b"r"


def told(settings: Mapping[str, str]) -> bytes:
    """Return what tells a child the environment variables that it lacks."""
    return json.dumps(settings).encode() + b"\n"


class Lifeline:
    """The child's end."""

    def __init__(self, line: socket.socket) -> None:
        self._socket = line

    def take_settings(self) -> bool:
        """Wait for the settings and put them into the environment; return False if the supervisor is gone."""
        with self._socket.makefile("rb") as lines:
            line = lines.readline()
        if not line:
            return False
        os.environ.update(json.loads(line))
        threading.Thread(target=self._stop_with_supervisor, daemon=True).start()
        return True

    def say_ready(self) -> None:
        """Tell the supervisor that this child does its work now."""
        self._socket.send(_READY)

    def _stop_with_supervisor(self) -> None:
        while self._socket.recv(64):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(FINISH_SECONDS + 1)
        os._exit(1)
