"""Signing in at the portal for an errand: who does, with which session, and what an unanswered call leaves in doubt."""

import base64
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from adapters.einvoice_portal import TOKEN_ENDED, Credentials, PortalRefused, Session
from adapters.eway_portal import SESSION_ENDED
from adapters.portal_calls import PortalAway
from domain.books import Books
from domain.einvoice import credentials as kept
from server.einvoicing.portals import Access, NoPortal, Portals
from server.sealing import Sealer, Unsealable
from server.simulator import clients as simulated
from server.simulator.clients import Client

Open = Callable[[], AbstractAsyncContextManager[Books]]
"""Opens the organization's books for one transaction."""
Answer = TypeVar("Answer")

_SIMULATED_USER = "sandbox"
_ENDED = TOKEN_ENDED | SESSION_ENDED


class Who(Protocol):
    """For whom the portal is asked: a registration, and what is kept of how it signs in."""

    @property
    def gst_no(self) -> str:
        """The registration."""

    @property
    def is_simulated(self) -> bool:
        """Whether the simulated portal is asked."""

    @property
    def is_in_doubt(self) -> bool:
        """Whether something was sent before whose answer is not known."""

    @property
    def user_name(self) -> str | None:
        """Its user."""

    @property
    def sealed_password(self) -> str | None:
        """Its password."""

    @property
    def sealed_session(self) -> str | None:
        """The session that it has."""

    @property
    def ahead(self) -> timedelta:
        """By how much the clock of its books is ahead of the real one, which the simulated portal goes by as well."""

    @property
    def organization_id(self) -> str:
        """Whose books they are."""

    @property
    def begun_at(self) -> datetime | None:
        """When the books began anew, if ever; the simulated portal knows nothing of what was before."""


@dataclass
class AtPortal:
    """One errand at the portal. ``is_in_doubt``: something was sent whose answer is not known, now or before."""

    who: Who
    open_books: Open
    portals: Portals
    sealer: Sealer
    session: Session | None = None

    def __post_init__(self) -> None:
        """Begin with the doubt of the attempt before."""
        self.is_in_doubt = self.who.is_in_doubt

    async def in_doubt_unless_answered(self, call: Awaitable[Answer]) -> Answer:
        """Wait for the answer to what is sent; without one it is in doubt. Raises as the call does."""
        try:
            return await call
        except PortalAway as away:
            self.is_in_doubt = self.is_in_doubt or away.may_have_arrived
            raise

    async def with_session(
        self, access: Access, who: Credentials, act: Callable[[Session], Awaitable[Answer]]
    ) -> Answer:
        """Act in the session that is kept, or a new one; once more in a new one where the portal knows it no more."""
        session = self.session or self._kept_session() or await self._sign_in(access, who)
        self.session = session
        try:
            return await act(session)
        except PortalRefused as refused:
            if not refused.is_among(_ENDED):
                raise
        self.session = await self._sign_in(access, who)
        return await act(self.session)

    async def _sign_in(self, access: Access, who: Credentials) -> Session:
        session = await access.portal.authenticate(who)
        sealed = self.sealer.seal(_written(session), self._purpose("session"))
        async with self.open_books() as books:
            await kept.keep_session(books, self.who.gst_no, sealed, ends_at=session.ends_at)
        return session

    def _kept_session(self) -> Session | None:
        if self.who.sealed_session is None:
            return None
        try:
            return _read(self.sealer.unseal(self.who.sealed_session, self._purpose("session")))
        except (Unsealable, ValueError, KeyError):
            return None

    def access(self) -> tuple[Access, Credentials]:
        """Return the portal and who signs in there. Raises NoPortal."""
        errand = self.who
        access = self.portals.simulated() if errand.is_simulated else self.portals.live()
        user, password = errand.user_name, errand.sealed_password
        if user is None or password is None:
            if not errand.is_simulated:
                raise NoPortal(f"Nobody has said with which user and password {errand.gst_no} signs in at the portal.")
            user, opened = _SIMULATED_USER, _SIMULATED_USER
        else:
            try:
                opened = self.sealer.unseal(password, self._purpose("password"))
            except Unsealable as fault:
                raise NoPortal(f"The password of {errand.gst_no} cannot be opened: {fault}") from None
        return access, Credentials(
            client_id=_simulated(errand) if errand.is_simulated else access.client_id,
            client_secret=access.client_secret,
            gst_no=errand.gst_no,
            user_name=user,
            password=opened,
        )

    def _purpose(self, what: str) -> str:
        return purpose_of(what, self.who.gst_no)


def _simulated(who: Who) -> str:
    return simulated.client_id(Client(who.organization_id, who.begun_at, who.ahead))


def purpose_of(what: str, gst_no: str) -> str:
    """What a sealed password or session is bound to."""
    return f"einvoice {what} {gst_no}"


def _written(session: Session) -> str:
    key = base64.b64encode(session.key).decode()
    return json.dumps({"token": session.token, "key": key, "ends_at": session.ends_at.isoformat()})


def _read(text: str) -> Session:
    said = json.loads(text)
    return Session(said["token"], base64.b64decode(said["key"]), datetime.fromisoformat(said["ends_at"]))
