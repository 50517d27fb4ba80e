"""Sends a call, and sends it again where that is safe: the same key, after as long as the server asks."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from email.utils import parsedate_to_datetime
from uuid import uuid4

import httpx
from httpx import QueryParams

from server.client.options import Call
from server.client.place import Place

KEY = "Idempotency-Key"
_NOT_CARRIED_OUT = frozenset((429, 503))
"""What these refuse was not begun, so that any call may be sent again."""

_MAYBE_CARRIED_OUT = frozenset((500, 502, 504))
_LONGEST_WAIT_SECONDS = 90
_TIMEOUT_SECONDS = 60

Pause = Callable[[float], None]


class Unreachable(Exception):
    """The server gave no answer; says why."""


def new_key() -> str:
    """Return a key that no other call has."""
    return f"cli-{uuid4()}"


def send(call: Call, place: Place, *, tries: int, pause: Pause = time.sleep) -> httpx.Response:
    """Return the answer to a call, of the last try if it was tried several times. Raises Unreachable."""
    with httpx.Client(timeout=_TIMEOUT_SECONDS, headers={"Authorization": f"Bearer {place.token}"}) as client:
        for tried in range(1, max(tries, 1) + 1):
            is_last = tried >= tries
            try:
                answer = _sent(client, call, place.url)
            except httpx.TransportError as failure:
                if is_last or not (_is_repeatable(call) or isinstance(failure, httpx.ConnectError)):
                    raise Unreachable(
                        f"{place.url} does not answer: {str(failure) or type(failure).__name__}."
                    ) from failure
                pause(_backoff(tried))
                continue
            wait = _wait(answer, call, tried)
            if is_last or wait is None:
                break
            pause(wait)
    return answer


def _sent(client: httpx.Client, call: Call, url: str) -> httpx.Response:
    with ExitStack() as opened:
        files = [(name, (path.name, opened.enter_context(path.open("rb")))) for name, path in call.files]
        return client.request(
            call.method,
            url + call.path,
            params=QueryParams(tuple(call.query)),
            headers=call.headers,
            content=call.body,
            data=dict(call.form) or None,
            files=files or None,
        )


def _is_repeatable(call: Call) -> bool:
    """Say whether a call that may have been carried out can be sent again without doing anything twice."""
    return call.method == "GET" or KEY in call.headers


def _wait(answer: httpx.Response, call: Call, tried: int) -> float | None:
    """Return for how many seconds to wait before the call is sent again; None if it is not to be."""
    may_repeat = answer.status_code in _MAYBE_CARRIED_OUT and _is_repeatable(call)
    if answer.status_code not in _NOT_CARRIED_OUT and not may_repeat:
        return None
    asked = _asked_for(answer)
    wait = _backoff(tried) if asked is None else asked
    return wait if wait <= _LONGEST_WAIT_SECONDS else None


def _asked_for(answer: httpx.Response) -> float | None:
    """Return the seconds of ``Retry-After``, which is a number or a date."""
    text = answer.headers.get("Retry-After", "")
    if text.isdecimal():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - parsedate_to_datetime(answer.headers["Date"])).total_seconds(), 0)
    except (ValueError, KeyError, TypeError):
        return None


def _backoff(tried: int) -> float:
    return float(min(0.5 * 2 ** (tried - 1), 8))
