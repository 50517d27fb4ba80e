"""From an app's question to its answer: the user, signed in by the console, consents or refuses, and is sent back."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response

from domain.access import sessions
from domain.access.oauth import authorizing, clients, grants, metadata
from domain.access.oauth.authorizing import NotOurs, Pending, Question
from domain.access.oauth.clients import Client
from domain.access.oauth.refusals import Refused
from domain.access.sessions import Session
from domain.books import Books
from server.exchange import Exchange
from server.oauth.browsers import Browsers
from server.oauth.documents import Documents
from server.oauth.doorkeeping import Doorkeeper
from server.oauth.forms import fields_of
from server.oauth.offering import ALL, shown_choices, shown_scopes
from server.oauth.showing import away, sent_to, shown

Fields = Mapping[str, str]

_PAGES_PER_MINUTE = 120
_SIGN_IN = "/console/sign-in"
_QUERY = re.compile(r"[!$-;=?-Z\[\]_a-z~]{0,8000}", re.ASCII)
_UNPROVEN = (
    "Anybody can write a program that gives itself this name: let it in only if you have just started it yourself.",
    "Nobody has registered this app with us. What it is called is what the address above says of it: let it in only if "
    "you know that address, and have begun this yourself.",
)


class Answered(NotOurs):
    """The question was answered before, in another session, or a while ago."""

    def __init__(self) -> None:
        super().__init__("invalid_request", "This was answered before, or a while has passed. Begin again in the app.")


class Consenting:
    """The pages of ``/oauth``. ``words`` say in an accountant's words what a scope allows."""

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        browsers: Browsers,
        documents: Documents,
        *,
        issuer: str,
        words: Mapping[str, str],
    ) -> None:
        self._doorkeeper = doorkeeper
        self._documents = documents
        self._browsers = browsers
        self._issuer = issuer
        self._words = words

    async def authorize(self, query: bytes, exchange: Exchange) -> Response:
        """Show what an app asks for, to somebody who has signed in. Raises NotOurs where nobody may be sent back."""
        await self._doorkeeper.count(f"pages:{exchange.client_address}", _PAGES_PER_MINUTE, exchange)
        fields = _read(query)
        await self._documents.look_up(fields.get("client_id", ""), exchange)
        async with self._doorkeeper.books(exchange) as books:
            client = await authorizing.asker(books, fields)
            try:
                question = authorizing.question_of(client, fields, issuer=self._issuer)
                key = self._browsers.key_of(exchange)
                session = await sessions.find(books, key) if key is not None else None
                if session is None or key is None:
                    return away(f"{_SIGN_IN}?next={quote(f'{metadata.AUTHORIZE}?{query.decode()}', safe='')}")
                return await self._asked(books, client, question, session, key, query.decode())
            except Refused as refusal:
                if client.fetched_at is not None:
                    # Anybody has such an address: nobody is led to it before having agreed (RFC 9700, 4.11.2).
                    raise NotOurs(refusal.code, refusal.message) from None
                return self._refused(fields["redirect_uri"], fields.get("state"), refusal)

    async def sign_out(self, fields: Fields, exchange: Exchange) -> Response:
        """End the session, and let somebody else sign in. Raises NotOurPage."""
        key, query = self._browsers.holder(fields, exchange), _checked_query(fields.get("continue", ""))
        async with self._doorkeeper.books(exchange) as books:
            session = await sessions.find(books, key)
            if session is not None:
                await sessions.end(books, session)
        return away(f"{metadata.AUTHORIZE}?{query}")

    async def decide(self, fields: Fields, exchange: Exchange) -> Response:
        """Take the answer of the user, once, and send them back with it. Raises NotOurPage, NotOurs."""
        key = self._browsers.holder(fields, exchange)
        async with self._doorkeeper.books(exchange) as books:
            session = await sessions.find(books, key)
            if session is None:
                raise Answered
            pending = await authorizing.pending(books, fields.get("request", ""), session.id_hash)
            client = None if pending is None else await clients.find(books, pending.client_id)
            if pending is None or client is None:
                raise Answered
            books.user_id = session.user_id
            if fields.get("decision") != "allow":
                await authorizing.decline(books, pending)
                return self._refused(pending.redirect_uri, pending.state, Refused("access_denied", "The user refused."))
            return await self._let_in(books, pending, client, session, fields.get("organization", ""))

    async def _let_in(self, books: Books, pending: Pending, client: Client, session: Session, chosen: str) -> Response:
        if not chosen:
            raise NotOurs("invalid_request", "No books were chosen. Begin again in the app.")
        organization_id = None if chosen == ALL else chosen
        try:
            code = await authorizing.consent(
                books, pending, client, user_id=session.user_id, organization_id=organization_id
            )
        except Refused as refusal:
            return self._refused(pending.redirect_uri, pending.state, refusal)
        if code is None:
            raise Answered
        return self._answered(pending.redirect_uri, pending.state, code)

    async def _asked(
        self, books: Books, client: Client, question: Question, session: Session, key: str, query: str
    ) -> Response:
        """Ask the user, unless they allowed an app that proves itself as much before. Raises Refused."""
        choices = await authorizing.choices(books, session.user_id, question)
        handle = await authorizing.ask(books, question, session.id_hash)
        held = await grants.of_user(books, session.user_id)
        if authorizing.remembered(held, question, client, choices) is not None:
            pending = await authorizing.pending(books, handle, session.id_hash)
            assert pending is not None and question.organization_id is not None, "it was asked just now"
            books.user_id = session.user_id
            return await self._let_in(books, pending, client, session, question.organization_id)
        facts = {
            "app": client.name,
            "client_uri": client.client_uri,
            "place": clients.place_of(question.redirect_uri),
            "choices": shown_choices(choices, question),
            **shown_scopes(choices, question, self._words),
            "described_at": client.id if client.fetched_at is not None else None,
            "is_unproven": client.is_public,
            "unproven": _UNPROVEN[client.fetched_at is not None],
            "who": session.email,
            "request": handle,
            "continue": query,
            "token": self._browsers.proof(key),
        }
        return shown("consent.html", facts, leads_to=question.redirect_uri)

    def _answered(self, redirect_uri: str, state: str | None, code: str) -> Response:
        return sent_to(redirect_uri, {"code": code, "state": state, "iss": self._issuer})

    def _refused(self, redirect_uri: str, state: str | None, refusal: Refused) -> Response:
        told = {"error": refusal.code, "error_description": refusal.message, "state": state, "iss": self._issuer}
        return sent_to(redirect_uri, told)


def _read(query: bytes) -> dict[str, str]:
    """Return the fields of a query. Raises NotOurs: what cannot be read proves nothing."""
    try:
        return fields_of(query)
    except Refused as refusal:
        raise NotOurs(refusal.code, refusal.message) from None


def _checked_query(query: str) -> str:
    """Return what stands after our own address, and so leads nowhere else. Raises NotOurs."""
    if not _QUERY.fullmatch(query):
        raise NotOurs("invalid_request", "The address is broken. Begin again in the app.")
    return query
