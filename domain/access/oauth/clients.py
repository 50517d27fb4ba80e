"""OAuth apps: who they are, how they prove it, and where their users may be sent back to."""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import bindparam, insert, select

from domain.access import tokens
from domain.access.oauth.refusals import UnknownClient
from domain.books import Books, found, refusing
from domain.errors import Invalid, InvalidState, Required
from domain.ids import new_id
from domain.statements import Statement, columns_of
from domain.values import Struct, asdict
from models.oauth import oauth_clients

SECRET = "aibk_ocs_"  # noqa: S105  # how a client's secret begins
TIERS = ("DEFAULT", "PARTNER")

MOST_REDIRECTS = 20
_LONGEST_URI = 2000
_LONGEST_NAME = 80

# A visible character of ASCII, but for those that browsers and parsers read differently.
_PLAIN_URI = re.compile(r"[!$-;=?-Z\[\]_a-z~]+", re.ASCII)
_WEB = re.compile(r"https://[a-z0-9][a-z0-9.-]*[a-z0-9](:[0-9]{1,5})?(/[^@]*|\?[^@]*)?", re.ASCII)
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(?::([0-9]{1,5}))?((?:[/?].*)?)", re.ASCII)
# A name in reverse that belongs to the app's maker (RFC 8252, 7.1): a scheme without a dot could be anybody's.
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/[^@]*", re.ASCII)


class Client(Struct, frozen=True):
    """An app. Its id is ``app_…``, or the https address of its metadata document, which was
    ``fetched_at`` some time and counts while it is ``fresh_until`` then.

    One without a ``secret_hash`` is public: it runs where no secret can be kept, and proves itself by PKCE alone.
    ``organization_id`` says whose app it is; absent: the operator's or a stranger's.
    """

    id: str
    name: str
    client_uri: str | None
    secret_hash: bytes | None
    redirect_uris: list[str]
    organization_id: str | None
    tier: str
    is_active: bool
    created_at: datetime
    fetched_at: datetime | None = None
    fresh_until: datetime | None = None

    @property
    def is_public(self) -> bool:
        """Whether anybody could call himself so."""
        return self.secret_hash is None


class Wish(Struct, frozen=True):
    """What a new app shall be; an ``id`` that is given is refused a second time."""

    name: str
    redirect_uris: Sequence[str]
    is_public: bool
    client_uri: str | None = None
    organization_id: str | None = None
    tier: str = "DEFAULT"
    id: str | None = None


class RegisteredBefore(InvalidState):
    """The wish came a second time, and the secret that was shown the first time is shown never again."""

    def __init__(self) -> None:
        super().__init__("The app was registered before, and its secret shown then. If it was lost, renew it.")


_INSERT = Statement(insert(oauth_clients).values({name: bindparam(name) for name in Client.__struct_fields__}))
_KEPT = select(*columns_of(oauth_clients, Client))
_FIND_KEPT = Statement(_KEPT.where(oauth_clients.c.id == bindparam("id")))
_GOOD = _KEPT.where(oauth_clients.c.is_active)
_FIND = Statement(_GOOD.where(oauth_clients.c.id == bindparam("id")))
_LIST = Statement(_GOOD.order_by(oauth_clients.c.created_at, oauth_clients.c.id).limit(10_000))
_OF_ORGANIZATION = Statement(
    _GOOD.where(oauth_clients.c.organization_id == bindparam("organization_id"))
    .order_by(oauth_clients.c.created_at, oauth_clients.c.id)
    .limit(1000)
)
_NEW_SECRET = Statement(
    "update oauth_clients set secret_hash = %(secret_hash)s where id = %(id)s and secret_hash is not null"
)
_SWITCH_OFF = Statement("update oauth_clients set is_active = false where id = %(id)s")


async def add(books: Books, wish: Wish) -> tuple[Client, str | None]:
    """Register an app; return it with its secret, this once, or with none if it is public.

    Raises: Required, Invalid for a name, an address or a tier that cannot be.
    """
    secret = None if wish.is_public else tokens.new_token(SECRET)
    client = Client(
        id=wish.id or new_id("app"),
        name=checked_name(wish.name),
        client_uri=wish.client_uri and _checked_home(wish.client_uri),
        secret_hash=None if secret is None else tokens.hash_of(secret),
        redirect_uris=checked_redirects(wish.redirect_uris, is_public=wish.is_public),
        organization_id=wish.organization_id,
        tier=_checked_tier(wish.tier),
        is_active=True,
        created_at=books.real_now,
    )
    with refusing({"oauth_clients_pkey": RegisteredBefore()}):
        await books.run(_INSERT, **asdict(client))
    return client, secret


async def find(books: Books, client_id: str) -> Client | None:
    """Return the app with this id, if there is one and it has not been removed."""
    return await books.load_one(Client, _FIND, id=client_id)


async def find_kept(books: Books, client_id: str) -> Client | None:
    """Return the app with this id, also one that was removed."""
    return await books.load_one(Client, _FIND_KEPT, id=client_id)


async def list_clients(books: Books) -> list[Client]:
    """Return all apps, the earliest first."""
    return await books.load(Client, _LIST)


async def of_organization(books: Books) -> list[Client]:
    """Return the apps of the organization of the books, the earliest first."""
    return await books.load(Client, _OF_ORGANIZATION)


async def renew_secret(books: Books, client_id: str) -> str:
    """Give a confidential app another secret and return it, this once. Raises NotFound."""
    secret = tokens.new_token(SECRET)
    changed = await books.run(_NEW_SECRET, id=client_id, secret_hash=tokens.hash_of(secret))
    found(changed or None, "Confidential client", client_id, field="client")
    return secret


async def switch_off(books: Books, client: Client) -> None:
    """Let an app in no more; its grants are revoked by who removes it."""
    await books.run(_SWITCH_OFF, id=client.id)


async def authenticated(books: Books, client_id: str, secret: str | None) -> Client:
    """Return the app that calls, once it has proved itself. Raises UnknownClient.

    A confidential app must send its secret; a public one must send none.
    """
    client = await find(books, client_id)
    if client is None:
        raise UnknownClient
    if client.secret_hash is None:
        if secret:
            raise UnknownClient("This client is public and has no secret.")
        return client
    if not secret or not hmac.compare_digest(tokens.hash_of(secret), client.secret_hash):
        raise UnknownClient
    return client


def may_return_to(client: Client, uri: str) -> bool:
    """Say whether users of the app may be sent to ``uri``: it is registered, to the letter.

    Only the port of a loopback address is free, because a program on one's own machine takes what it gets.
    Source: RFC 9700, 4.1.3; RFC 8252, 7.3.
    """
    return any(uri == registered or _differ_by_port(registered, uri) for registered in client.redirect_uris)


def checked_redirects(uris: Sequence[str], *, is_public: bool) -> list[str]:
    """Return addresses that an app may register. Raises Required, Invalid."""
    own = list(dict.fromkeys(uris))
    if not own:
        raise Required("An app needs an address that its users are sent back to.", field="redirect_uris")
    if len(own) > MOST_REDIRECTS:
        raise Invalid(f"An app has at most {MOST_REDIRECTS} addresses.", field="redirect_uris")
    for uri in own:
        if not is_redirect(uri, is_public=is_public):
            raise Invalid(
                f"'{uri[:200]}' is no address to send users back to: https://…, http://127.0.0.1/… on one's own "
                "machine, or for a public app a scheme of its own with a dot in it; without fragment and user name.",
                field="redirect_uris",
            )
    return own


def checked_name(name: str) -> str:
    """Return a name that can be shown to people. Raises Required, Invalid."""
    name = name.strip()
    if not name:
        raise Required("An app needs a name, which its users are shown.", field="name")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A name is one line of at most {_LONGEST_NAME} characters.", field="name")
    return name


def place_of(uri: str) -> str:
    """What of an address says where it leads: the host, or the scheme of an app on one's own machine."""
    parts = urlsplit(uri)
    return parts.netloc or f"{parts.scheme}:"


def is_redirect(uri: str, *, is_public: bool) -> bool:
    """Say whether it is an address that an app may have its users sent back to."""
    if len(uri) > _LONGEST_URI or not _PLAIN_URI.fullmatch(uri):
        return False
    if _LOOPBACK.fullmatch(uri):
        return _has_port_in_range(uri)
    if uri.startswith("https://"):
        return bool(_WEB.fullmatch(uri)) and _has_port_in_range(uri)
    return is_public and bool(_OWN_SCHEME.fullmatch(uri))


def _has_port_in_range(uri: str) -> bool:
    try:
        return urlsplit(uri).port != 0
    except ValueError:
        return False


def _differ_by_port(registered: str, uri: str) -> bool:
    if not _PLAIN_URI.fullmatch(uri):
        return False
    ours, theirs = _LOOPBACK.fullmatch(registered), _LOOPBACK.fullmatch(uri)
    if ours is None or theirs is None or not _has_port_in_range(uri):
        return False
    return (ours[1], ours[3]) == (theirs[1], theirs[3])


def is_home(uri: str) -> bool:
    """Say whether it is an address that an app may call its own page."""
    return len(uri) <= _LONGEST_URI and bool(_PLAIN_URI.fullmatch(uri) and _WEB.fullmatch(uri))


def _checked_home(uri: str) -> str:
    if not is_home(uri):
        raise Invalid("The app's own page is an https:// address.", field="client_uri")
    return uri


def _checked_tier(tier: str) -> str:
    if tier not in TIERS:
        raise Invalid(f"'{tier}' is not a tier of apps; there are {', '.join(TIERS)}.", field="tier")
    return tier
