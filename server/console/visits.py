"""One visit to a page: who has signed in, in which organization they are, what they filled in, and what they may do."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.responses import Response
from starlette.types import Scope

from domain.access import credentials, second_factor
from domain.access.credentials import Known
from domain.access.identity import Identity
from domain.access.places import Place
from domain.access.scopes import FULL_ACCESS
from domain.access.sessions import Session
from domain.access.tokens import CALLS_PER_MINUTE
from domain.books import Books
from domain.errors import Refusal
from server import clock
from server.console.inner import Answer, InnerApi
from server.console.showing import away, shown
from server.exchange import Exchange
from server.mail.post import KEY_OF_LINKS
from server.oauth.browsers import Browsers
from server.oauth.doorkeeping import STEWARD, Doorkeeper
from server.passwords import Passwords
from server.printing.printing import Printing
from server.sealing import Sealer
from server.settings import Settings

TRIES_PER_ADDRESS, TRIES_PER_ACCOUNT, CODES_PER_ACCOUNT = 30, 10, 5
"""Passwords and codes that may be tried in a minute."""

DONE = {
    "saved": "Saved.",
    "removed": "Removed.",
    "signed-out": "You have signed out.",
    "founded": "The organization is founded.",
    "sandbox": "This is the sandbox: nothing here leaves the machine.",
    "ended": "Signed out there.",
    "others-ended": "All other browsers are signed out.",
    "password": "Your password is changed, and all other browsers are signed out.",
    "factor-removed": "Signing in asks for no codes any more.",
    "reset": "Your password is set. Sign in with it.",
    "invited": "The invitation is on its way.",
    "uninvited": "The invitation is taken back.",
    "joined": "You are a member now.",
    "member-removed": "They are a member no longer.",
    "left": "You are a member of those books no longer.",
    "all-ended": "All sessions, apps and tokens have ended. If a password was lost too, set another one.",
    "clock": "The clock is set.",
    "emptied": "The sandbox is as at first.",
    "app-out": "The app is let in no more.",
}
"""What a page says on top after something was done, by the word in its address; pages add theirs."""


class WrongCode(Refusal):
    """No code of now, or one that was used already."""

    status = 403
    code = "auth.wrong_code"

    def __init__(self) -> None:
        super().__init__("This is not the code of now. Each works once: wait for the next one.", field="code")


class WrongPassword(Refusal):
    """The password that was asked for again is another."""

    status = 403
    code = "auth.wrong_password"

    def __init__(self) -> None:
        super().__init__("This is not your password.", field="password")


@dataclass(frozen=True, slots=True)
class Means:
    """What pages work with: one for the whole process."""

    api: InnerApi
    doorkeeper: Doorkeeper
    browsers: Browsers
    passwords: Passwords
    printing: Printing
    scope_words: Mapping[str, str]
    sealer: Sealer
    settings: Settings
    event_names: Sequence[str]

    def link_key(self) -> bytes:
        """Return the key by which mailed links are made."""
        return self.sealer.key_for(KEY_OF_LINKS)


@dataclass(slots=True)
class Visit:
    """A request for a page. ``fields`` are those of the form that was sent, each with all of its values.

    ``place`` is the organization whose page it is; ``places`` are all that the user may go to.
    """

    means: Means
    scope: Scope
    exchange: Exchange
    path: Mapping[str, str]
    query: Mapping[str, str]
    session: Session | None = None
    key: str | None = None
    place: Place | None = None
    places: Sequence[Place] = ()
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    raw_body: bytes = b""
    nav: Sequence[Any] = ()

    @property
    def user(self) -> Session:
        """Return who has signed in; pages that are open to everybody ask ``session``."""
        assert self.session is not None, "only pages that are open to all are shown to strangers"
        return self.session

    @property
    def here(self) -> Place:
        """Return the organization whose page it is."""
        assert self.place is not None, "the path names no organization"
        return self.place

    @property
    def base(self) -> str:
        """Return where the pages of this organization begin."""
        return f"/console/{self.here.id}"

    @property
    def today(self) -> date:
        """Return the day by the clock of the organization whose page it is."""
        return self.here.day_at(clock.now())

    def filled(self, name: str) -> str:
        """Return a field of the form, without blanks at its ends; empty if it was not filled in."""
        return next(iter(self.fields.get(name, ())), "").strip()

    def secret(self, name: str) -> str:
        """Return a password of the form, with every blank that was typed."""
        return next(iter(self.fields.get(name, ())), "")

    def version(self) -> int | None:
        """Return the version of what the form was shown of."""
        given = self.filled("version")
        return int(given) if given.isdigit() and len(given) < 10 else None

    def books(self) -> AbstractAsyncContextManager[Books]:
        """Open a transaction on the user's own account, and on the people of the organization whose page it is."""
        return self.means.doorkeeper.books(
            self.exchange,
            role=STEWARD,
            user_id=self.user.user_id,
            organization_id=self.place.id if self.place else "",
        )

    async def get(self, path: str, /, **query: Any) -> Any:
        """Return what a GET of the API answers. Raises its refusals."""
        return (await self.call("GET", path, query=query)).json()

    async def look(self, path: str, /, **query: Any) -> tuple[Any, Refusal | None]:
        """Return what a GET answers to what somebody has filled in, or nothing and what is wrong with that."""
        try:
            return await self.get(path, **query), None
        except Refusal as refusal:
            if refusal.status not in (400, 422):
                raise
            return None, refusal

    async def organization(self) -> Any:
        """Return the organization whose page it is, as the API shows it."""
        return (await self.get(f"/organizations/{self.here.id}"))["organization"]

    async def send(self, method: str, path: str, body: Any = None, /, *, version: int | None = None) -> Any:
        """Carry out a call that changes something, once for each form that was shown. Raises its refusals."""
        headers = {}
        if method == "POST" and self.filled("key"):
            headers["Idempotency-Key"] = self.filled("key")
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return (await self.call(method, path, body=body, headers=headers)).json()

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make a call of the API in this organization. Raises its refusals."""
        sent = {**({"X-AIBooks-Org": self.place.id} if self.place else {}), **(headers or {})}
        return await self.means.api.call(
            self.scope, self.exchange, self._identity(), method, path, query=query, body=body, headers=sent
        )

    def _identity(self) -> Identity:
        session = Identity(
            token_id=f"session:{self.user.id_hash.hex()[:26]}",
            kind="SESSION",
            user_id=self.user.user_id,
            organization_id=None,
            scopes=frozenset((FULL_ACCESS,)),
            tier="DEFAULT",
            calls_per_minute=CALLS_PER_MINUTE["PARTNER"],
            expires_at=None,
            is_sandbox=self.place.is_sandbox if self.place else False,
        )
        return session if self.place is None else session.in_role(self.place.role)

    async def count_try(self, email: str) -> None:
        """Count a password that is tried. Raises RateLimited."""
        account = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]
        await self.means.doorkeeper.count(f"sign-in:{self.exchange.client_address}", TRIES_PER_ADDRESS, self.exchange)
        await self.means.doorkeeper.count(f"sign-in:{account}", TRIES_PER_ACCOUNT, self.exchange)

    async def known_by_password(self, email: str) -> Known | None:
        """Return whose address this is, if the form has their password; that takes as long where it is nobody's.

        Raises RateLimited.
        """
        await self.count_try(email)
        async with self.means.doorkeeper.books(self.exchange) as books:
            known = await credentials.find(books, email)
        tried = credentials.composed(self.secret("password"))
        is_right = await self.means.passwords.is_right(tried, None if known is None else known.password_hash)
        return known if is_right else None

    async def count_code(self, user_id: str) -> None:
        """Count a code that is tried. Raises RateLimited."""
        await self.means.doorkeeper.count(f"code:{self.exchange.client_address}", TRIES_PER_ADDRESS, self.exchange)
        await self.means.doorkeeper.count(f"code:{user_id}", CODES_PER_ACCOUNT, self.exchange)

    async def takes_code(self, books: Books, user_id: str, code: str) -> bool:
        """Say whether a code is right, which it is once; nobody is asked who has no second factor."""
        factor = await second_factor.find(books, user_id)
        if factor is None or factor.confirmed_at is None:
            return True
        secret = self.means.sealer.unseal(factor.sealed_secret, purpose_of(user_id))
        return await second_factor.take(books, factor, secret, code)

    async def prove(self) -> None:
        """Have the user's password again, and a code where there is a second factor: for dangerous forms.

        Raises: WrongPassword, WrongCode, RateLimited.
        """
        if await self.known_by_password(self.user.email) is None:
            raise WrongPassword
        if self.user.has_second_factor:
            await self.count_code(self.user.user_id)
            async with self.means.doorkeeper.books(self.exchange) as books:
                is_right = await self.takes_code(books, self.user.user_id, self.filled("code"))
            if not is_right:
                raise WrongCode

    @property
    def own_key(self) -> str:
        """Return what the browser holds."""
        assert self.key is not None, "the service gives every browser a key"
        return self.key

    def page(
        self,
        template: str,
        /,
        *,
        status: int = 200,
        refusal: Refusal | None = None,
        leads_to: str | None = None,
        **facts: Any,
    ) -> Response:
        """Show a template. ``refusal`` is told on top, and by the field that it names; its status is answered.

        ``leads_to`` is an address of others at which the form may end, besides with us.

        Templates also see ``visit``, ``here``, ``user``, ``nav``, ``done``, ``proof`` and ``form_key``.
        """
        common = {
            "visit": self,
            "here": self.place,
            "user": self.session,
            "nav": self.nav,
            "done": DONE.get(self.query.get("done", "")),
            "proof": self.means.browsers.proof(self.own_key),
            "form_key": secrets.token_urlsafe(16),
            "refusal": refusal,
        }
        answered = status if refusal is None else max(refusal.status, 400)
        return shown(template, {**common, **facts}, status=answered, leads_to=leads_to)

    def go(self, path: str, done: str = "") -> Response:
        """Send the browser to a page of ours, which says what was done."""
        return away(f"{path}{'&' if '?' in path else '?'}done={done}" if done else path)


def purpose_of(user_id: str) -> str:
    """For what the secret of a second factor is sealed."""
    return f"second factor of {user_id}"
