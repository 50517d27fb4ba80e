"""Sends calls, and sends them again where that is safe: the same idempotency key, after as long as the server asks."""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypedDict, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx

from finzbooks.errors import FinzBooksError, Unreachable, error_of
from finzbooks.exact import as_text, parse, written
from finzbooks.model import File, Meta, Model, Page

TOKEN, URL = "AIBOOKS_TOKEN", "AIBOOKS_URL"
LOCAL = "http://localhost:8000"
API = "/api/public/v1"
AGENT = "finzbooks-python/@VERSION@"

Answer = TypeVar("Answer", bound=Model)
Paged = TypeVar("Paged", bound=Page[Any])
Client = TypeVar("Client")
Pause = TypeVar("Pause")
_Outcome = httpx.Response | httpx.RequestError
Upload = bytes | Path | tuple[str, bytes]
"""A file to send: bytes, bytes with a name, or where they lie."""

_KEY = "Idempotency-Key"
_NOT_CARRIED_OUT = frozenset((429, 503))
_MAYBE_CARRIED_OUT = frozenset((500, 502, 504))
_IN_PROGRESS = "idempotency.in_progress"
_LONGEST_WAIT_SECONDS = 90.0


class Options(TypedDict, total=False):
    """What may be said of one call alone."""

    idempotency_key: str
    """Made up for each call that takes one, if not said: the tries of a call are one call."""
    if_match: str | int
    """Change exactly this version: its number, or its entity tag."""
    if_none_match: str
    """Raise NotModified if the entity tag is still this one."""
    organization: str
    """Id of the organization, for a token of several."""
    timeout_seconds: float
    max_tries: int
    headers: Mapping[str, str]


class Request(NamedTuple):
    """One call: what of it does not change from try to try."""

    method: str
    path: str
    query: Mapping[str, object] | None = None
    body: object = None
    """Sent as JSON; None sends no body."""
    content: tuple[str, bytes] | None = None
    """A media type, and what is sent as it."""
    form: tuple[Mapping[str, object], Upload] | None = None
    takes_key: bool = False


class _Prepared(NamedTuple):
    sent: dict[str, Any]
    max_tries: int
    may_repeat: bool


class Settings:
    """Where is called, for whom, and how patiently; what is not said comes from the environment."""

    def __init__(self, token: str | None, url: str | None, organization: str | None, max_tries: int) -> None:
        self.token = token or os.environ.get(TOKEN, "")
        if not self.token:
            raise ValueError(f"Say which token to call with, or set {TOKEN}.")
        url = (url or os.environ.get(URL) or LOCAL).rstrip("/")
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"{url!r} is not where a server is: it begins with https:// or http://.")
        self.url = url if re.search(r"[^/:]/[^/]", url.partition("://")[2]) else url + API
        self.organization = organization
        self.max_tries = max_tries

    def prepared(self, request: Request, options: Options) -> _Prepared:
        """Return a call as httpx takes it, with its idempotency key."""
        headers = {"User-Agent": AGENT, "Accept": "*/*", **options.get("headers", {})}
        headers["Authorization"] = f"Bearer {self.token}"
        organization = options.get("organization", self.organization)
        if organization:
            headers["X-AIBooks-Org"] = organization
        if request.takes_key:
            headers.setdefault(_KEY, options.get("idempotency_key") or f"sdk-{uuid4()}")
        if "if_match" in options:
            version = options["if_match"]
            headers["If-Match"] = f'"{version}"' if isinstance(version, int) else version
        if "if_none_match" in options:
            headers["If-None-Match"] = options["if_none_match"]
        sent: dict[str, Any] = {"method": request.method, "url": self.url + request.path, "headers": headers}
        if request.query:
            sent["params"] = [(name, _in_query(value)) for name, value in request.query.items() if value is not None]
        if "timeout_seconds" in options:
            sent["timeout"] = options["timeout_seconds"]
        _add_body(sent, request)
        may_repeat = request.method == "GET" or _KEY in headers
        return _Prepared(sent, max(options.get("max_tries", self.max_tries), 1), may_repeat)


def path(template: str, *ids: str) -> str:
    """Put ids into a path; raises ValueError for what is none, and would make it the path of something else."""
    if wrong := [each for each in ids if each in ("", ".", "..")]:
        raise ValueError(f"{wrong[0]!r} is no id.")
    return template.format(*(quote(each, safe="") for each in ids))


class _Caller(Generic[Client, Pause]):
    """What both ways of calling share: how they are set up."""

    def __init__(
        self,
        token: str | None = None,
        *,
        url: str | None = None,
        organization: str | None = None,
        max_tries: int = 4,
        timeout_seconds: float = 60,
        http_client: Client | None = None,
        pause: Callable[[float], Pause] | None = None,
    ) -> None:
        self._settings = Settings(token, url, organization, max_tries)
        self._http = http_client or self._connections(timeout_seconds)
        self._pause = pause or self._sleep

    def _connections(self, timeout_seconds: float) -> Client:
        raise NotImplementedError

    def _sleep(self, seconds: float) -> Pause:
        raise NotImplementedError


class Sync(_Caller[httpx.Client, None]):
    """Calls, one after the other."""

    def _connections(self, timeout_seconds: float) -> httpx.Client:
        return httpx.Client(timeout=timeout_seconds)

    def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(self, request: Request, options: Options | None = None) -> httpx.Response:
        """Return the answer to a call, which may be one that this version does not know; raises ApiError."""
        prepared = self._settings.prepared(request, options or {})
        for tried in count(1):
            try:
                outcome: _Outcome = self._http.request(**prepared.sent)
            except httpx.RequestError as failure:
                outcome = failure
            wait = _wait(prepared, tried, outcome)
            if wait is None:
                break
            self._pause(wait)
        return _checked(outcome)

    def answer(self, model: type[Answer], request: Request, options: Options | None = None) -> Answer:
        """Return what was answered to a call."""
        return _read(model, self.send(request, options))

    def page(self, model: type[Paged], request: Request, options: Options | None = None) -> Paged:
        """Return a page that can be iterated on."""
        page = self.answer(model, request, options)
        page._more = lambda cursor: self.page(model, _turned(request, cursor), options)
        return page

    def file(self, request: Request, options: Options | None = None) -> File:
        """Return bytes."""
        return _file(self.send(request, options))


class Async(_Caller[httpx.AsyncClient, Awaitable[None]]):
    """Calls, many at a time."""

    def _connections(self, timeout_seconds: float) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=timeout_seconds)

    def _sleep(self, seconds: float) -> Awaitable[None]:
        return asyncio.sleep(seconds)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(self, request: Request, options: Options | None = None) -> httpx.Response:
        """Return the answer to a call, which may be one that this version does not know; raises ApiError."""
        prepared = self._settings.prepared(request, options or {})
        for tried in count(1):
            try:
                outcome: _Outcome = await self._http.request(**prepared.sent)
            except httpx.RequestError as failure:
                outcome = failure
            wait = _wait(prepared, tried, outcome)
            if wait is None:
                break
            await self._pause(wait)
        return _checked(outcome)

    async def answer(self, model: type[Answer], request: Request, options: Options | None = None) -> Answer:
        """Return what was answered to a call."""
        return _read(model, await self.send(request, options))

    async def page(self, model: type[Paged], request: Request, options: Options | None = None) -> Paged:
        """Return a page that can be iterated on."""
        page = await self.answer(model, request, options)
        page._more = lambda cursor: self.page(model, _turned(request, cursor), options)
        return page

    async def file(self, request: Request, options: Options | None = None) -> File:
        """Return bytes."""
        return _file(await self.send(request, options))


def _add_body(sent: dict[str, Any], request: Request) -> None:
    media, content = "", b""
    if request.form is not None:
        fields, upload = request.form
        sent["data"] = {name: _in_query(value) for name, value in fields.items()}
        sent["files"] = {"file": _named(upload)}
        return
    if request.content is not None:
        media, content = request.content
    elif request.body is not None:
        media, content = "application/json", written(request.body).encode()
    if media:
        sent["content"] = content
        sent["headers"]["Content-Type"] = media


def _named(upload: Upload) -> tuple[str, bytes]:
    if isinstance(upload, Path):
        return upload.name, upload.read_bytes()
    return ("file", upload) if isinstance(upload, bytes) else upload


def _in_query(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(_in_query, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(as_text(value))


def _wait(prepared: _Prepared, tried: int, outcome: _Outcome) -> float | None:
    """Return for how many seconds to wait before the next try; None if there is to be none."""
    if tried >= prepared.max_tries:
        return None
    backoff = min(0.5 * 2.0 ** (tried - 1), 8.0)
    if isinstance(outcome, httpx.RequestError):
        return backoff if prepared.may_repeat or isinstance(outcome, httpx.ConnectError) else None
    if not (_is_not_carried_out(outcome) or (outcome.status_code in _MAYBE_CARRIED_OUT and prepared.may_repeat)):
        return None
    asked = _asked_for(outcome.headers)
    wait = backoff if asked is None else asked
    return wait if wait <= _LONGEST_WAIT_SECONDS else None


def _is_not_carried_out(answer: httpx.Response) -> bool:
    """Say whether it is right to ask again: also while an earlier try, whose answer was lost, is being carried out."""
    if answer.status_code == 409:
        return (_members(answer) or {}).get("code") == _IN_PROGRESS
    return answer.status_code in _NOT_CARRIED_OUT


def _asked_for(headers: httpx.Headers) -> float | None:
    """Return the seconds of ``Retry-After``, which is a number or a date."""
    text = headers.get("Retry-After", "")
    if text.isdecimal():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - parsedate_to_datetime(headers["Date"])).total_seconds(), 0.0)
    except (ValueError, KeyError, TypeError):
        return None


def _checked(outcome: _Outcome) -> httpx.Response:
    """Return a good answer; raises ApiError or Unreachable."""
    if isinstance(outcome, httpx.RequestError):
        raise Unreachable(f"No answer: {str(outcome) or type(outcome).__name__}.") from outcome
    if outcome.is_success:
        return outcome
    raise error_of(outcome.status_code, _members(outcome) or {}, outcome.headers)


def _members(answer: httpx.Response) -> dict[str, Any] | None:
    """Return the JSON object that was answered; None if it is none, as from somebody in between."""
    try:
        body = parse(answer.content)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _read(model: type[Answer], answer: httpx.Response) -> Answer:
    members = _members(answer)
    if members is None:
        raise FinzBooksError(f"{answer.url} answered {answer.status_code} without a JSON object: is it the API?")
    made = model(members)
    made._meta = Meta(answer.status_code, answer.headers)
    return made


def _turned(request: Request, cursor: str) -> Request:
    return request._replace(query={**(request.query or {}), "cursor": cursor})


def _file(answer: httpx.Response) -> File:
    named = re.search(r'filename="((?:[^"\\]|\\.)*)"', answer.headers.get("Content-Disposition", ""))
    media = answer.headers.get("Content-Type", "application/octet-stream").partition(";")[0]
    return File(answer.content, media, named[1] if named else None)
