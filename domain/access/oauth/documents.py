"""Apps that nobody registered: their id is the address of a document in which they describe themselves.

Source: draft-ietf-oauth-client-id-metadata-document. What the document says is believed of the app and of nobody else,
and it is kept for as long as it allows, within limits.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from domain.access.oauth import clients
from domain.access.oauth.clients import Client
from domain.books import Books
from domain.errors import Refusal
from domain.statements import Statement
from domain.values import asdict

USUAL_LIFE = timedelta(hours=1)
SHORTEST_LIFE, LONGEST_LIFE = timedelta(minutes=5), timedelta(days=1)
"""However often or seldom its maker would have it asked for."""

SILENT_LIFE = timedelta(days=1)
"""How long a document that is past its time counts on while its host gives no answer."""

_LONGEST_ADDRESS = 500
# In the form in which it is compared and called: no port that goes without saying, no query, nothing to be resolved.
_ADDRESS = re.compile(r"https://[a-z0-9][a-z0-9.-]*[a-z0-9](:([1-9][0-9]{0,4}))?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]+)")
_MOST_PORT, _USUAL_PORT = 65535, 443
_DOTS = re.compile(r"/(\.|%2[eE]){1,2}(/|$)")
_JSON = re.compile(r"application/([a-z0-9.-]+\+)?json\s*(;|$)", re.ASCII | re.IGNORECASE)
_MAX_AGE = re.compile(r"max-age=\"?([0-9]{1,9})", re.ASCII)
_NOT_KEPT = re.compile(r"\bno-(store|cache)\b", re.ASCII)


class NotDescribed(Exception):
    """A document that describes no app which we let in; the message is a sentence that says why."""


_KEEP = Statement(
    """
insert into oauth_clients as kept
       (id, name, client_uri, secret_hash, redirect_uris, organization_id, tier, is_active, created_at, fetched_at,
        fresh_until)
values (%(id)s, %(name)s, %(client_uri)s, %(secret_hash)s, %(redirect_uris)s, %(organization_id)s, %(tier)s,
        %(is_active)s, %(created_at)s, %(fetched_at)s, %(fresh_until)s)
    on conflict (id)
    do update set name = excluded.name, client_uri = excluded.client_uri, redirect_uris = excluded.redirect_uris,
                  fetched_at = excluded.fetched_at, fresh_until = excluded.fresh_until
"""
)


def is_address(client_id: str) -> bool:
    """Say whether an app calls itself by the address of its document; such a one is written in one way only."""
    found = _ADDRESS.fullmatch(client_id) if len(client_id) <= _LONGEST_ADDRESS else None
    if found is None or _DOTS.search(found[3]):
        return False
    port = int(found[2] or 0)
    return port <= _MOST_PORT and port != _USUAL_PORT


def host_of(address: str) -> str:
    """Return the host, by which people know whose the document is."""
    return urlsplit(address).netloc


def described(address: str, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Client:
    """Return the app that a document describes which was read ``now``. Raises NotDescribed.

    It is public whatever it says: it has no way to prove itself to us but PKCE.
    """
    if not _JSON.match(headers.get("content-type", "")):
        raise NotDescribed("It is no JSON by its content type.")
    said = _object(body)
    if said.get("client_id") != address:
        raise NotDescribed("It is about another client_id than its own address.")
    if said.get("token_endpoint_auth_method", "none") != "none" or "client_secret" in said:
        raise NotDescribed("It is about an app that would prove itself; only token_endpoint_auth_method none is taken.")
    if "grant_types" in said and "authorization_code" not in _texts(said["grant_types"]):
        raise NotDescribed("It asks for no authorization_code.")
    return Client(
        id=address,
        name=_name(said.get("client_name"), address),
        client_uri=_home(said.get("client_uri"), address),
        secret_hash=None,
        redirect_uris=_redirects(said.get("redirect_uris")),
        organization_id=None,
        tier="DEFAULT",
        is_active=True,
        created_at=now,
        fetched_at=now,
        fresh_until=now + life_of(headers.get("cache-control", "")),
    )


def life_of(cache_control: str) -> timedelta:
    """Return for how long a document counts that came with this header."""
    told = cache_control.lower()
    if _NOT_KEPT.search(told):
        return SHORTEST_LIFE
    age = _MAX_AGE.search(told)
    return USUAL_LIFE if age is None else min(max(timedelta(seconds=int(age[1])), SHORTEST_LIFE), LONGEST_LIFE)


async def keep(books: Books, client: Client) -> None:
    """Keep what a document said, in the place of what it said before; an app that was removed stays so."""
    await books.run(_KEEP, **asdict(client))


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise NotDescribed("It is no JSON.") from None
    if not isinstance(said, dict):
        raise NotDescribed("It is no object of JSON.")
    return said


def _redirects(said: object) -> list[str]:
    """Return the addresses that we send people to; others are left out, so that no app is shut out by one of many."""
    good = [uri for uri in _texts(said) if clients.is_redirect(uri, is_public=True)]
    if not good:
        raise NotDescribed("It names no address in redirect_uris that people are sent back to.")
    if len(good) > clients.MOST_REDIRECTS:
        raise NotDescribed(f"It names more than {clients.MOST_REDIRECTS} redirect_uris.")
    return list(dict.fromkeys(good))


def _texts(said: object) -> list[str]:
    return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []


def _name(said: object, address: str) -> str:
    """Return the name that can be shown to people: what it calls itself, or else its host."""
    try:
        return clients.checked_name(said if isinstance(said, str) else "")
    except Refusal:
        return host_of(address)


def _home(said: object, address: str) -> str | None:
    """Return its own page, if that is where the document is: nobody may point to the page of somebody else."""
    if not isinstance(said, str) or not clients.is_home(said):
        return None
    return said if urlsplit(said).netloc == host_of(address) else None
