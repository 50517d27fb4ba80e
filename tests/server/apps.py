"""OAuth apps for the tests of the server: registered by the operator, with a user's consent at hand."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain import happenings
from domain.access import tokens
from domain.access.oauth import authorizing, clients
from domain.access.oauth.clients import Client
from domain.statements import Statement
from tests.running import Firm, operators_books

RETURN_TO = "https://partner.example/callback"
READ = "AIBooks.contacts.READ"

_SESSION = Statement(
    """
insert into sessions (id_hash, user_id, created_at, last_seen_at, expires_at)
values (%(id_hash)s, %(user_id)s, %(now)s, %(now)s, %(now)s + interval '1 hour')
"""
)


def challenge_of(verifier: str) -> str:
    """The challenge of a verifier, by S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class App:
    """An app as its maker knows it."""

    firm: Firm
    client: Client
    secret: str | None
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def question(self, **changed: str | None) -> dict[str, str]:
        """The parameters with which it sends a user to be asked; ``None`` leaves one out."""
        usual: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": self.client.redirect_uris[0],
            "scope": READ,
            "state": "as it came",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    async def code(self, *, for_all: bool = False, **changed: str | None) -> str:
        """A code that the firm's owner has consented to, for the firm or for all of theirs."""
        async with operators_books(self.firm.url) as books:
            session = secrets.token_bytes(32)
            await books.run(_SESSION, id_hash=session, user_id=self.firm.owner_id, now=books.now)
            question = authorizing.question_of(self.client, self.question(**changed), issuer="http://localhost:8000")
            pending = await authorizing.pending(books, await authorizing.ask(books, question, session), session)
            assert pending is not None
            chosen = None if for_all else self.firm.organization_id
            code = await authorizing.consent(
                books, pending, self.client, user_id=self.firm.owner_id, organization_id=chosen
            )
            await happenings.record(books)
            assert code is not None
            return code

    def proof(self) -> dict[str, str]:
        """What it proves itself by, in the body of a form."""
        own = {"client_id": self.client.id}
        return own if self.secret is None else {**own, "client_secret": self.secret}

    def exchanging(self, code: str, /, **changed: str | None) -> dict[str, str]:
        """The form that asks for tokens for a code."""
        usual: dict[str, str | None] = {
            **self.proof(),
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uris[0],
            "code_verifier": self.verifier,
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    def refreshing(self, token: str, /, **changed: str | None) -> dict[str, str]:
        """The form that asks for the next pair of tokens."""
        usual: dict[str, str | None] = {**self.proof(), "grant_type": "refresh_token", "refresh_token": token}
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}


async def an_app(
    firm: Firm, *, is_public: bool = False, redirect_uris: tuple[str, ...] = (RETURN_TO,), name: str = "Partner"
) -> App:
    """Register an app."""
    async with operators_books(firm.url) as books:
        client, secret = await clients.add(books, clients.Wish(name, redirect_uris, is_public))
        return App(firm, client, secret)


@dataclass(frozen=True)
class Desk:
    """Where apps ask: the endpoints of one server, or of several in turn."""

    client: httpx.AsyncClient
    urls: tuple[str, ...]

    async def __call__(self, path: str, form: dict[str, str], **options: Any) -> httpx.Response:
        """Send a form."""
        return await self.client.post(f"{self.urls[0]}/oauth/{path}", data=form, **options)

    async def pair(self, app: App, **options: Any) -> dict[str, Any]:
        """A pair of tokens, fresh from a code."""
        reply = await self("token", app.exchanging(await app.code(**options)))
        assert reply.status_code == 200, reply.text
        pair: dict[str, Any] = reply.json()
        return pair


def is_token(text: str, prefix: str) -> bool:
    """Whether a text is a token of this kind, checksum and all."""
    return tokens.is_well_formed(text, (prefix,))


def assert_refused(reply: httpx.Response, word: str, status: int = 400) -> None:
    """The error object of RFC 6749, which nobody keeps."""
    assert (reply.status_code, reply.json()["error"]) == (status, word), reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json()["error_description"]
