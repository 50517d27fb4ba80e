"""With which user and password a registration signs in at the portal; the password is sealed before it gets here."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam

from domain.books import Books
from domain.errors import NotFound
from domain.happenings import Happening
from domain.statements import Statement, as_rows, columns_of, insertion, tenant_select
from domain.values import Struct
from models.einvoices import einvoice_credentials, einvoice_sessions
from models.organization import branches

_ENTITY = "EINVOICE_CREDENTIALS"
_NOUN = "E-invoice credentials"


class Credentials(Struct, frozen=True, kw_only=True):
    """Those of one registration."""

    gst_no: str
    user_name: str
    sealed_password: str
    version: int
    created_at: datetime
    modified_at: datetime


_ALL = Statement(
    tenant_select(einvoice_credentials, *columns_of(einvoice_credentials, Credentials)).order_by(
        einvoice_credentials.c.gst_no
    )
)
_ONE = Statement(
    tenant_select(einvoice_credentials, *columns_of(einvoice_credentials, Credentials)).where(
        einvoice_credentials.c.gst_no == bindparam("gst_no")
    )
)
_LOCK = Statement("select pg_advisory_xact_lock(hashtextextended('einvoice credentials', 0) # hashtext(%(of)s))")
_WRITE = Statement(
    insertion(einvoice_credentials, Credentials)
    + "\n    on conflict (organization_id, gst_no) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in ("user_name", "sealed_password", "version", "modified_at"))
)
_IS_OWN = Statement(tenant_select(branches, branches.c.id).where(branches.c.gst_no == bindparam("gst_no")).limit(1))
_SESSION = Statement(
    tenant_select(einvoice_sessions, einvoice_sessions.c.sealed_session).where(
        einvoice_sessions.c.gst_no == bindparam("gst_no"), einvoice_sessions.c.ends_at > bindparam("now")
    )
)
_EMPTIED_AT = Statement("select emptied_at from organizations where id = %(organization_id)s")
_KEEP_SESSION = Statement(
    """
insert into einvoice_sessions (organization_id, gst_no, sealed_session, ends_at)
values (%(organization_id)s, %(gst_no)s, %(sealed_session)s, %(ends_at)s)
    on conflict (organization_id, gst_no)
    do update set sealed_session = excluded.sealed_session, ends_at = excluded.ends_at
"""
)
_END_SESSION = Statement(
    "delete from einvoice_sessions where organization_id = %(organization_id)s and gst_no = %(gst_no)s"
)


async def list_credentials(books: Books) -> list[Credentials]:
    """Return those of all registrations."""
    return await books.load(Credentials, _ALL)


async def credentials_of(books: Books, gst_no: str) -> Credentials | None:
    """Return those of a registration, ``None`` where nobody has said them."""
    return await books.load_one(Credentials, _ONE, gst_no=gst_no)


async def has_credentials(books: Books, gst_no: str) -> bool:
    """Say whether somebody has said them."""
    return await credentials_of(books, gst_no) is not None


async def enter(books: Books, gst_no: str, *, user_name: str, sealed_password: str) -> Credentials:
    """Put these in the place of what stood before; the session that was given to those ends.

    Raises: NotFound where no branch has the GSTIN, VersionMismatch.
    """
    if await books.value(_IS_OWN, gst_no=gst_no) is None:
        raise NotFound("Registration", gst_no, field="gstin")
    await books.row(_LOCK, of=books.organization_id)
    before = await credentials_of(books, gst_no)
    books.expect_version(_NOUN, before.version if before else 1)
    entered = Credentials(
        gst_no=gst_no,
        user_name=user_name,
        sealed_password=sealed_password,
        version=before.version + 1 if before else 1,
        created_at=before.created_at if before else books.now,
        modified_at=books.now,
    )
    await books.run(_WRITE, rows=as_rows([entered]))
    await books.run(_END_SESSION, gst_no=gst_no)
    _tell(books, gst_no, "UPDATED" if before else "CREATED", before.user_name if before else None, user_name)
    return entered


async def sealed_session(books: Books, gst_no: str) -> str | None:
    """Return the session that the portal has given to a registration, sealed, while it lasts."""
    session: str | None = await books.value(_SESSION, gst_no=gst_no, now=books.now)
    return session


async def begun_at(books: Books) -> datetime | None:
    """Return when these books began anew, if ever: a simulated portal forgets what was before."""
    emptied_at: datetime | None = await books.value(_EMPTIED_AT)
    return emptied_at


async def keep_session(books: Books, gst_no: str, session: str, *, ends_at: datetime) -> None:
    """Keep a session for all who ask the portal after us; of two at once the later stays, and both are good."""
    await books.run(_KEEP_SESSION, gst_no=gst_no, sealed_session=session, ends_at=ends_at)


def _tell(books: Books, gst_no: str, verb: str, old: str | None, new: str) -> None:
    """The password is told of nowhere."""
    changes: dict[str, dict[str, Any]] = {"user_name": {"old": old, "new": new}} if old != new else {}
    books.happened(Happening(f"{_ENTITY}_{verb}", _ENTITY, gst_no, gst_no, changes))
