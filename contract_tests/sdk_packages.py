"""The packages for callers as the tests use them: made once a run, the Python one imported from where it was made."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from openapi.sdk.packages import PYTHON, write

Handle = Callable[[httpx.Request, "Onward"], httpx.Response]
Onward = Callable[[httpx.Request], httpx.Response]


@contextmanager
def python_package(folder: Path) -> Iterator[tuple[Path, Any]]:
    """Write the Python package; yield where it is, and its module."""
    place = write(folder, PYTHON)
    sys.path.insert(0, str(place))
    try:
        yield place, importlib.import_module("finzbooks")
    finally:
        sys.path.remove(str(place))
        for name in [name for name in sys.modules if name.split(".")[0] == "finzbooks"]:
            del sys.modules[name]


class Between(httpx.BaseTransport):
    """Stands between a client and the real server, and may do otherwise with what passes."""

    def __init__(self, handle: Handle) -> None:
        self._handle, self._real = handle, httpx.HTTPTransport()
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Keep the request, and answer as the handler wants."""
        self.seen.append(request)
        answer = self._handle(request, self._real.handle_request)
        answer.read()
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._real.close()
