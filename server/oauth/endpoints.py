"""What apps ask for: tokens (RFC 6749), that they end (RFC 7009), and what one is good for (RFC 7662)."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from starlette.responses import Response

from domain.access import leaks
from domain.access.oauth import clients, exchanging, introspecting, metadata, refreshing, revoking
from domain.access.oauth.clients import Client
from domain.access.oauth.exchanging import Ended
from domain.access.oauth.introspecting import Described
from domain.access.oauth.issuing import Pair
from domain.access.oauth.refusals import Refused, UnknownClient
from domain.access.tokens import CALLS_PER_MINUTE
from domain.books import Books
from server.contract.codec import encode
from server.exchange import Exchange
from server.oauth.doorkeeping import STEWARD, Doorkeeper
from server.oauth.forms import needed

Fields = Mapping[str, str]

_NOT_BASIC = "The header Authorization is not HTTP Basic."

_REPORTS_PER_MINUTE = 60
"""From one address; a scanner that finds more waits."""

NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Endpoints:
    """The endpoints without pages; each is given the fields of a form and answers JSON."""

    def __init__(self, doorkeeper: Doorkeeper, *, key: Callable[[], bytes], issuer: str) -> None:
        self._doorkeeper = doorkeeper
        self._key = key
        self._issuer = issuer

    async def token(self, fields: Fields, exchange: Exchange) -> Response:
        """Give tokens for a code or a refresh token. Raises Refused."""
        kind = needed(fields, "grant_type")
        if kind not in ("authorization_code", "refresh_token"):
            raise Refused("unsupported_grant_type", "grant_type is authorization_code or refresh_token.")
        async with self._doorkeeper.books(exchange) as books:
            client = await self._caller(books, fields, exchange)
            give = self._exchange if kind == "authorization_code" else self._refresh
            given = await give(books, client, fields)
        if isinstance(given, Ended):  # now that it has been committed
            raise Refused("invalid_grant", given.message)
        return answer(200, _shown_pair(given))

    async def revoke(self, fields: Fields, exchange: Exchange) -> Response:
        """End what a token belongs to; an unknown one is no error (RFC 7009, 2.2). Raises Refused."""
        token = needed(fields, "token")
        async with self._doorkeeper.books(exchange) as books:
            await revoking.revoke_token(books, await self._caller(books, fields, exchange), token)
        return Response(status_code=200, headers=NOT_KEPT)

    async def introspect(self, fields: Fields, exchange: Exchange) -> Response:
        """Tell a confidential app what one of its tokens is good for. Raises Refused."""
        token = needed(fields, "token")
        async with self._doorkeeper.books(exchange) as books:
            client = await self._caller(books, fields, exchange)
            if client.is_public:
                raise UnknownClient("Only a client that proves itself by its secret is told.")
            found = await introspecting.introspect(books, client, token)
        return answer(200, {"active": False} if found is None else self._shown_token(found))

    async def report(self, fields: Fields, exchange: Exchange) -> Response:
        """End a token that anybody found in public, and say the same of every text. Raises Refused, RateLimited."""
        await self._doorkeeper.count(f"report:{exchange.client_address}", _REPORTS_PER_MINUTE, exchange)
        token = needed(fields, "token")
        async with self._doorkeeper.books(exchange) as books:
            row = await leaks.reported(books, token.strip())
        if row is not None:
            opened = self._doorkeeper.books(
                exchange, role=STEWARD, user_id=row.user_id, organization_id=row.organization_id or ""
            )
            async with opened as books:
                await leaks.end_personal(books, row)
        return Response(status_code=200, headers=NOT_KEPT)

    async def _exchange(self, books: Books, client: Client, fields: Fields) -> Pair | Ended:
        return await exchanging.exchange(
            books,
            client,
            code=needed(fields, "code"),
            redirect_uri=needed(fields, "redirect_uri"),
            verifier=needed(fields, "code_verifier"),
            resource=self._resource(fields),
            key=self._key(),
        )

    async def _refresh(self, books: Books, client: Client, fields: Fields) -> Pair | Ended:
        wanted = fields.get("scope")
        return await refreshing.refresh(
            books,
            client,
            token=needed(fields, "refresh_token"),
            wanted=None if wanted is None else wanted.split(" "),
            resource=self._resource(fields),
            key=self._key(),
        )

    async def _caller(self, books: Books, fields: Fields, exchange: Exchange) -> Client:
        """Return the app that calls, after counting the call.

        Anybody can call himself as a public app does, so those are counted by address, too: none uses up another's.
        """
        client_id, secret = _credentials(exchange.headers.get(b"authorization"), fields)
        client = await clients.authenticated(books, client_id, secret)
        counted = f"client:{client.id} {exchange.client_address}" if client.is_public else f"client:{client.id}"
        await self._doorkeeper.count(counted, CALLS_PER_MINUTE[client.tier], exchange)
        return client

    def _resource(self, fields: Fields) -> str | None:
        wanted = fields.get("resource")
        if wanted is None:
            return None
        known = metadata.known_resource(self._issuer, wanted)
        if known is None:
            raise Refused("invalid_target", "resource names nothing of ours.")
        return known

    def _shown_token(self, token: Described) -> dict[str, Any]:
        shown = {
            "active": True,
            "iss": self._issuer,
            "sub": token.user_id,
            "client_id": token.client_id,
            "org_id": token.organization_id,
            "scope": " ".join(token.scopes),
            "aud": token.resource,
            "token_type": "Bearer" if token.kind == "OAUTH" else None,
            "iat": int(token.created_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
        }
        return {name: value for name, value in shown.items() if value is not None}


def answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return JSON that nobody keeps."""
    return Response(encode(body) + b"\n", status, {**NOT_KEPT, **(headers or {})}, media_type="application/json")


def _shown_pair(pair: Pair) -> dict[str, Any]:
    return {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "token_type": "Bearer",
        "expires_in": pair.expires_in,
        "scope": " ".join(pair.scopes),
    }


def _credentials(authorization: bytes | None, fields: Fields) -> tuple[str, str | None]:
    """Return who calls and with which secret: in the body or by HTTP Basic, not by both (RFC 6749, 2.3.1)."""
    if authorization is None:
        client_id = fields.get("client_id")
        if client_id is None:
            raise UnknownClient("Say which client calls: client_id, or HTTP Basic.")
        return client_id, fields.get("client_secret")
    if "client_secret" in fields:
        raise Refused("invalid_request", "The client proves itself twice, by HTTP Basic and in the body.")
    scheme, _, coded = authorization.partition(b" ")
    try:
        client_id, colon, secret = base64.b64decode(coded.strip(), validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise UnknownClient(_NOT_BASIC) from None
    if scheme.lower() != b"basic" or not colon:
        raise UnknownClient(_NOT_BASIC)
    client_id = unquote_plus(client_id)
    if fields.get("client_id", client_id) != client_id:
        raise Refused("invalid_request", "HTTP Basic and client_id name different clients.")
    if "\x00" in client_id:
        raise UnknownClient
    return client_id, unquote_plus(secret)
