"""The seam between the HTTP edge and the books: what the edge knows of a call, and what it asks of the rest.

The edge (routing, security, validation, dispatch) fills these values. It is given a ``Door``, which says who is
calling, and an ``Answer``, which carries the call out; it knows neither tokens nor tables.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from domain.values import Struct, field
from handlers.replies import Reply

if TYPE_CHECKING:
    from starlette.types import Scope

    from domain.access.identity import Identity
    from domain.attachments import Upload
    from domain.pictures import Picture

Handler = Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file that has arrived: where it lies for now, and what the caller said of it."""

    path: Path
    filename: str
    size_bytes: int
    sha256: str


class RateState(Struct, frozen=True):
    """How much of a rate limit is left after this call; ``reset_at`` is in Unix seconds."""

    limit: int
    remaining: int
    reset_at: int
    window_seconds: int


class Rehearsal(Struct):
    """A change that is tried before it is made.

    Without ``expected`` it is undone in the end. With it, it is made only if it comes to just what was expected: the
    ``digest`` of an earlier try. ``effects`` are what happened in the books, by name and reference.
    """

    expected: str | None = None
    digest: str = ""
    effects: tuple[str, ...] = ()


class Exchange(Struct):
    """One HTTP exchange, from its first byte to its log line.

    ``headers`` has lower-case names; a header sent several times is one value joined with commas (RFC 9110, 5.3).
    ``route`` is the path template, once routing has found it, and ``scopes`` what the operation asks for.
    ``bearer`` is whose token it came with, good or not, and ``organization_id`` whose books it opened, once that is
    known; ``is_noted`` says whether it goes into the log that callers read, with the ``error_code`` of its answer.
    ``source`` is what the call came by, as the trail tells it. An exchange that a page of ours begins for somebody who
    has signed in has its ``identity`` from the beginning, that of an agent that only tries a change its ``rehearsal``;
    one that ``is_counted`` belongs to a call that was counted when it came.
    """

    request_id: str
    started: float
    client_address: str
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    identity: "Identity | None" = None
    rate: RateState | None = None
    operation_id: str | None = None
    scopes: tuple[str, ...] = ()
    route: str | None = None
    status: int = 0
    bearer: "Identity | None" = None
    organization_id: str | None = None
    error_code: str | None = None
    is_noted: bool = True
    source: str = "PUBLIC_API"
    rehearsal: Rehearsal | None = None
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract, bound to its handler; ``takes`` are the handler's parameter names."""

    id: str
    method: str
    path: str
    scopes: tuple[str, ...]
    handler: Handler
    takes: frozenset[str]
    reader: Handler | None = None
    """Shows what the operation changes, where what was shown may be sent back."""


class Call(Struct):
    """A call that passed the edge: authenticated, counted against its limit, and valid by the contract.

    ``spooled`` is the file that came with it, ``upload`` the same once it is in the storage, or ``picture`` what was
    drawn of it.
    """

    operation: Operation
    exchange: Exchange
    identity: "Identity"
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any
    raw_body: bytes
    raw_query: bytes
    headers: Mapping[bytes, bytes]
    spooled: "Spooled | None" = None
    upload: "Upload | None" = None
    picture: "Picture | None" = None


class Door(Protocol):
    """Who may come in, and how often."""

    async def admit(self, *, authorization: bytes | None, scopes: tuple[str, ...], exchange: Exchange) -> "Identity":
        """Return who is calling and set ``exchange.rate``. Raises a refusal of status 401, 403 or 429."""

    async def stranger(self, exchange: Exchange) -> None:
        """Count a call without identity by its address and set ``exchange.rate``. Raises a refusal of status 429."""


Answer = Callable[[Call], Awaitable[Reply]]

Note = Callable[[Exchange, str, bytes, float], None]
"""Takes note of an exchange that is over: its method, its path without the query, and how many seconds it took."""


def exchange_of(scope: "Scope") -> Exchange:
    """Return the exchange that the outermost middleware put into an ASGI scope."""
    exchange: Exchange = scope["state"]["exchange"]
    return exchange
