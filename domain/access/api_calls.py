"""The log of calls: what each token called in the last seven days, how it was answered, and how long that took.

It holds no body, no query and no header. Calls that open no organization's books stand in nobody's log.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, bindparam, literal_column

from domain import pages
from domain.books import Books, found
from domain.pages import Listing, Wanted, equal_to
from domain.statements import Statement, columns_of, reader_of, tenant_select
from domain.values import Struct
from models.calls import api_calls

KEPT = timedelta(days=7)
PARTS = 16
"""In how many parts the days are written, round and round; more than twice as many as are kept."""


class ApiCall(Struct, frozen=True):
    """One call. ``path`` is without its query, ``duration_us`` are microseconds.

    ``error_code`` is absent where the answer was no refusal.
    """

    at: datetime
    id: str
    token_id: str
    method: str
    path: str
    status: int
    duration_us: int
    request_id: str
    error_code: str | None


class Noted(Struct, frozen=True):
    """A call of any organization as it is written down; ``at`` in microseconds since 1970."""

    organization_id: str
    at: int
    id: str
    token_id: str
    method: str
    path: str
    status: int
    duration_us: int
    request_id: str
    error_code: str | None


class CallPage(Struct, frozen=True):
    """Calls, the last first, and the cursor of those before them, if there are any."""

    calls: Sequence[ApiCall]
    next_cursor: str | None


_COLUMNS = tuple(columns_of(api_calls, ApiCall))
_AGE: ColumnElement[bool] = literal_column(f"api_calls.at > now() - interval '{KEPT.days} days'")
# Written out, so that the index of refusals serves those of 4xx and 5xx.
_CLASSES: dict[str, ColumnElement[bool]] = {
    f"status_{digit}xx": literal_column(f"api_calls.status >= {digit}00 and api_calls.status < {digit + 1}00")
    for digit in range(1, 6)
}
_LISTING = Listing(
    name="api_calls",
    table=api_calls,
    filters={
        **_CLASSES,
        **equal_to(api_calls, "method", "token_id"),
        "since": api_calls.c.at >= bindparam("since", type_=DateTime(timezone=True)),
    },
    orders={"at": api_calls.c.at},
    always=_AGE,
)
_FIND = Statement(
    tenant_select(api_calls, *_COLUMNS)
    .where(api_calls.c.request_id == bindparam("request_id"), _AGE)
    .order_by(api_calls.c.at.desc(), api_calls.c.id.desc())
    .limit(1)
)
_read = reader_of(ApiCall)

NOTE = Statement(
    """
insert into api_calls (organization_id, slot, at, id, token_id, method, path, status, duration_us, request_id,
                       error_code)
select organization_id, (at / 86400000000 %% %(parts)s)::smallint, to_timestamp(at / 1e6), id, token_id, method,
       path, status, duration_us, request_id, error_code
  from json_to_recordset(%(calls)s) as call (organization_id text, at bigint, id text, token_id text,
                                             method text, path text, status smallint, duration_us integer,
                                             request_id text, error_code text)
"""
)
"""Writes calls of any organizations: ``Noted`` as JSON rows. Only the doorkeeper may."""


async def list_calls(
    books: Books,
    *,
    status_class: int | None = None,
    method: str | None = None,
    token_id: str | None = None,
    since: datetime | None = None,
    cursor: str | None = None,
    per_page: int = 50,
) -> CallPage:
    """Return a page of the organization's calls, the last ones first; ``status_class`` is 2 for 200 to 299.

    Raises: Invalid for a cursor of another list.
    """
    filters = {
        "method": method,
        "token_id": token_id,
        "since": since,
        **({} if status_class is None else {f"status_{status_class}xx": True}),
    }
    wanted = Wanted({name: each for name, each in filters.items() if each is not None}, per_page, cursor)
    page = await pages.page(books, _LISTING, _COLUMNS, wanted)
    return CallPage([_read(bytes(row).decode()) for row in page.rows], page.next_cursor)


async def find_call(books: Books, request_id: str) -> ApiCall:
    """Return the call that was answered under a request id, the last one if a caller gave it to several.

    Raises: NotFound, also for what is older than seven days.
    """
    return found(await books.load_one(ApiCall, _FIND, request_id=request_id), "Call", request_id)
