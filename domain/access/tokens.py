"""Bearer tokens: how they are made, recognised, and kept (as a hash only)."""

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, bindparam, func, insert, literal_column, or_, select, update

from domain import organization
from domain.access import members, roles, scopes
from domain.access.identity import Identity
from domain.books import Books, found, refusing, to_the_microsecond
from domain.errors import Forbidden, Invalid, InvalidState, Required
from domain.happenings import Happening
from domain.ids import fixed_id, new_id
from domain.statements import Statement, columns_of
from domain.values import Struct, asdict, replace
from models.access import tokens, users

_ALPHABET = string.digits + string.ascii_letters
_SECRET_LENGTH = 32
_CHECKSUM_LENGTH = 6
_SHOWN_LENGTH = 8
_LONGEST_NAME = 200
_WHOLE = re.compile(r"aibk_[a-z]+_(?:test_)?[0-9A-Za-z]{20,}")
"""A token, also a mistyped one; not what is shown of one, to know it by."""

PAT, SANDBOX_PAT = "aibk_pat_", "aibk_pat_test_"
ACCESS, REFRESH = "aibk_oat_", "aibk_ort_"
PREFIXES = (SANDBOX_PAT, PAT, ACCESS)
"""How tokens begin that open the API; a refresh token opens nothing."""

CALLS_PER_MINUTE = {"DEFAULT": 600, "PARTNER": 3000}
CUSTOM = "CUSTOM"
MOST_CALLS_PER_MINUTE = 100_000_000


class TokenRow(Struct, frozen=True):
    """A token as it is stored; the token itself is nowhere but with its bearer."""

    id: str
    token_hash: bytes
    shown_prefix: str
    name: str
    kind: str
    user_id: str
    organization_id: str | None
    scopes: list[str]
    tier: str
    calls_per_minute: int
    is_sandbox: bool
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime
    client_id: str | None = None
    grant_id: str | None = None
    generation: int | None = None

    def identity(self) -> Identity:
        """What the token says about its bearer."""
        return Identity(
            token_id=self.id,
            kind=self.kind,
            user_id=self.user_id,
            organization_id=self.organization_id,
            scopes=frozenset(self.scopes),
            tier=self.tier,
            calls_per_minute=self.calls_per_minute,
            expires_at=self.expires_at,
            is_sandbox=self.is_sandbox,
            client_id=self.client_id,
            grant_id=self.grant_id,
        )


class Wish(Struct, frozen=True):
    """What a new token shall be: absent ``scopes`` are all that the role allows, an absent ``expires_at`` is never.

    ``calls_per_minute`` absent: as many as the tier has; given without a tier, the tier is CUSTOM. ``once`` names the
    wish: another of the same name is refused. ``digest`` is what the token is derived from; absent, it is drawn.
    """

    user_id: str
    name: str
    scopes: Sequence[str] | None = None
    tier: str | None = None
    calls_per_minute: int | None = None
    expires_at: datetime | None = None
    once: str | None = None
    digest: bytes | None = None


class ListedToken(Struct, frozen=True):
    """A token as its keepers see it in a list."""

    id: str
    shown_prefix: str
    name: str
    email: str
    organization_id: str | None
    scopes: list[str]
    calls_per_minute: int
    is_sandbox: bool
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


class MintedBefore(InvalidState):
    """The wish came a second time, and what was shown the first time is shown never again."""

    def __init__(self) -> None:
        super().__init__("The token was made and shown before. If it was lost, revoke it and make another one.")


# The server's role may not read the table; the function gives the one row of a hash.
FIND_BY_HASH = Statement(
    select(*(literal_column(name) for name in TokenRow.__struct_fields__)).select_from(
        func.token_of(bindparam("token_hash"))
    )
)
INSERT = Statement(insert(tokens).values({name: bindparam(name) for name in TokenRow.__struct_fields__}))
_LIST = Statement(
    select(*(users.c.email if name == "email" else tokens.c[name] for name in ListedToken.__struct_fields__))
    .join(users, users.c.id == tokens.c.user_id)
    .where(
        tokens.c.organization_id.is_not_distinct_from(
            func.coalesce(bindparam("bound_to", type_=Text), tokens.c.organization_id)
        )
    )
    .where(tokens.c.user_id == func.coalesce(bindparam("user_id", type_=Text), tokens.c.user_id))
    .where(tokens.c.grant_id.is_(None))
    .order_by(tokens.c.created_at.desc(), tokens.c.id.desc())
    .limit(10_000)
)
_FIND = Statement(
    select(*columns_of(tokens, TokenRow)).where(
        tokens.c.grant_id.is_(None),
        or_(
            tokens.c.id == bindparam("key"),
            tokens.c.shown_prefix == bindparam("key"),
            tokens.c.token_hash == bindparam("token_hash"),
        ),
    )
)
_REVOKE = Statement(
    update(tokens)
    .where(tokens.c.id == bindparam("id"), tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)


async def mint(books: Books, wish: Wish) -> tuple[str, TokenRow]:
    """Make a token for the organization of the books; return the token itself, this once, and what is kept of it.

    In a sandbox it is a test token. Raises: Forbidden unless the user is an active member whose role allows as much,
    and what ``_sane`` refuses.
    """
    owner = await organization.current(books)
    member = await members.find_member(books, wish.user_id)
    if member is None or not member.is_active:
        raise Forbidden("auth.no_membership", f"'{wish.user_id}' is no active member of {owner.name}.")
    token, row = await _mint(books, wish, held=[member.role], organization_id=owner.id, is_sandbox=owner.is_sandbox)
    books.happened(Happening("TOKEN_CREATED", "TOKEN", row.id, f"{row.name} ({row.shown_prefix})"))
    return token, row


async def mint_for_user(books: Books, wish: Wish, *, is_sandbox: bool = False) -> tuple[str, TokenRow]:
    """Make a token for all organizations of its user, or for the sandboxes of all; each call names one.

    In each it does what the user's role there allows. Raises: NotFound for the user, Forbidden for one without a
    membership or for what no role of theirs allows anywhere, and what ``_sane`` refuses.
    """
    user = await members.find_user(books, wish.user_id)
    held = await members.roles_of(books, user.id)
    if not held:
        raise Forbidden("auth.no_membership", f"{user.email} is no active member of any organization.")
    return await _mint(books, wish, held=held, organization_id=None, is_sandbox=is_sandbox)


async def list_tokens(
    books: Books, *, organization_id: str | None = None, user_id: str | None = None
) -> list[ListedToken]:
    """Return personal access tokens, the newest first: all, or only those bound to an organization or of a user."""
    return await books.load(ListedToken, _LIST, bound_to=organization_id, user_id=user_id)


async def find_token(books: Books, key: str) -> TokenRow:
    """Return the personal access token that has the id, the shown first characters or the whole text ``key``.

    Raises: NotFound, and Invalid when more than one token begins like this.
    """
    rows = await books.load(TokenRow, _FIND, key=key, token_hash=hash_of(key))
    if len(rows) > 1:
        raise Invalid("More than one token begins like this; give its id.", field="token")
    shown = key if len(key) <= len(SANDBOX_PAT) + _SHOWN_LENGTH else f"{key[: len(PAT)]}…"
    return found(next(iter(rows), None), "Token", shown, field="token")


async def revoke(books: Books, token: TokenRow) -> TokenRow:
    """End a token: the next call with it is refused. Raises InvalidState if it was revoked before.

    The books are on the token's organization, if it is bound to one.
    """
    if not await books.run(_REVOKE, id=token.id, now=books.real_now):
        raise InvalidState(f"Token {token.shown_prefix}… has been revoked already.", field="token")
    if token.organization_id is not None:
        books.happened(revocation_of(token.id, token.name, token.shown_prefix))
    return replace(token, revoked_at=books.real_now)


def revocation_of(token_id: str, name: str, shown_prefix: str) -> Happening:
    """Return what the trail tells of a token that was ended."""
    return Happening("TOKEN_REVOKED", "TOKEN", token_id, f"{name} ({shown_prefix})")


def id_of(wish: Wish) -> str:
    """Return the id that a token has, or will have, whose wish has a name."""
    assert wish.once is not None, "others get an id that nobody knows before"
    return fixed_id("tok", f"{wish.user_id} {wish.once}")


def new_token(prefix: str) -> str:
    """Make a token: its prefix, 190 random bits, and a checksum."""
    return _whole(prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH)))


def token_from(prefix: str, digest: bytes) -> str:
    """Make the token that a digest of 256 bits stands for: the same digest, the same token."""
    return _whole(prefix + _in_alphabet(int.from_bytes(digest), _SECRET_LENGTH))


def is_well_formed(token: str, prefixes: Sequence[str] = PREFIXES) -> bool:
    """Say whether ``token`` has a known prefix, the right length and the right checksum, without a look-up."""
    prefix = next((prefix for prefix in prefixes if token.startswith(prefix)), None)
    if prefix is None or len(token) != len(prefix) + _SECRET_LENGTH + _CHECKSUM_LENGTH:
        return False
    return token.isascii() and _checksum(token[:-_CHECKSUM_LENGTH]) == token[-_CHECKSUM_LENGTH:]


def hash_of(token: str) -> bytes:
    """The form in which a token is kept; a plain hash is enough for 190 random bits."""
    return hashlib.sha256(token.encode()).digest()


def without_tokens(text: str) -> str:
    """Return a text without the tokens that somebody put where none belongs, for what is kept or logged of it."""
    return _WHOLE.sub("aibk_…", text) if "aibk_" in text else text


def shown_of(token: str) -> str:
    """What is shown of a token, to know it by: its prefix and its first characters."""
    prefix = next(prefix for prefix in (*PREFIXES, REFRESH) if token.startswith(prefix))
    return token[: len(prefix) + _SHOWN_LENGTH]


def minted(
    token: str,
    *,
    name: str,
    user_id: str,
    organization_id: str | None,
    scopes: list[str],
    tier: str,
    calls_per_minute: int,
    is_sandbox: bool,
    expires_at: datetime | None,
    now: datetime,
) -> TokenRow:
    """The row that is kept of a personal access token."""
    return TokenRow(
        id=new_id("tok"),
        token_hash=hash_of(token),
        shown_prefix=shown_of(token),
        name=name,
        kind="PAT",
        user_id=user_id,
        organization_id=organization_id,
        scopes=scopes,
        tier=tier,
        calls_per_minute=calls_per_minute,
        is_sandbox=is_sandbox,
        expires_at=expires_at,
        revoked_at=None,
        created_at=now,
    )


async def _mint(
    books: Books, wish: Wish, *, held: Sequence[str], organization_id: str | None, is_sandbox: bool
) -> tuple[str, TokenRow]:
    """Mint for a user who has the roles ``held`` where the token is good."""
    wish = _sane(books, replace(wish, scopes=_all_of(held)) if wish.scopes is None else wish)
    assert wish.scopes is not None, "it was said, or is what the roles allow"
    assert wish.tier is not None and wish.calls_per_minute is not None, "a sane wish says how many calls"
    _check_roles(wish.scopes, held)
    prefix = SANDBOX_PAT if is_sandbox else PAT
    token = new_token(prefix) if wish.digest is None else token_from(prefix, wish.digest)
    row = minted(
        token,
        name=wish.name,
        user_id=wish.user_id,
        organization_id=organization_id,
        scopes=list(wish.scopes),
        tier=wish.tier,
        calls_per_minute=wish.calls_per_minute,
        is_sandbox=is_sandbox,
        expires_at=wish.expires_at,
        now=books.real_now,
    )
    if wish.once is not None:
        row = replace(row, id=id_of(wish))
    with refusing({"tokens_pkey": MintedBefore()}):
        await books.run(INSERT, **asdict(row))
    return token, row


def _all_of(held: Sequence[str]) -> Sequence[str]:
    allowed = dict.fromkeys(scope for role in held for scope in roles.scopes_of(role))
    return (scopes.FULL_ACCESS,) if scopes.FULL_ACCESS in allowed else tuple(allowed)


def _check_roles(wanted: Sequence[str], held: Sequence[str]) -> None:
    refused = roles.beyond(wanted, held)
    if refused:
        titles = " or ".join(roles.TITLES[role] for role in held)
        raise Forbidden(
            "auth.insufficient_scope",
            f"The user's role, {titles}, does not allow {', '.join(refused)}.",
            details={"required": list(refused), "role": held[0]},
        )


def _sane(books: Books, wish: Wish) -> Wish:
    """Complete the wish. Raises Required or Invalid for a name, scopes, a tier, a limit or an end that cannot be."""
    name = wish.name.strip()
    if not name:
        raise Required("A token needs a name, to know it by.", field="name")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A name is one line of at most {_LONGEST_NAME} characters.", field="name")
    wanted = wish.scopes or ()
    strange = scopes.unknown(wanted)
    if strange or not wanted:
        raise Invalid(
            f"No such scope: {', '.join(strange) or 'none given'}. One is AIBooks.invoices.READ.", field="scopes"
        )
    if wish.expires_at is not None and wish.expires_at <= books.real_now:
        raise Invalid(f"{wish.expires_at:%Y-%m-%d %H:%M} is past; the token would never work.", field="expires_at")
    tier, calls = _limit(wish)
    return replace(
        wish,
        name=name,
        scopes=tuple(dict.fromkeys(wanted)),
        tier=tier,
        calls_per_minute=calls,
        expires_at=wish.expires_at and to_the_microsecond(wish.expires_at),
    )


def _limit(wish: Wish) -> tuple[str, int]:
    tier = wish.tier or ("DEFAULT" if wish.calls_per_minute is None else CUSTOM)
    if tier not in (*CALLS_PER_MINUTE, CUSTOM):
        raise Invalid(f"'{tier}' is not a tier; there are {', '.join((*CALLS_PER_MINUTE, CUSTOM))}.", field="tier")
    calls = CALLS_PER_MINUTE.get(tier) if wish.calls_per_minute is None else wish.calls_per_minute
    if calls is None:
        raise Required("The tier CUSTOM needs a number of calls a minute.", field="calls_per_minute")
    if not 1 <= calls <= MOST_CALLS_PER_MINUTE:
        raise Invalid(f"Calls a minute are from 1 to {MOST_CALLS_PER_MINUTE:,}.", field="calls_per_minute")
    return tier, calls


def _whole(body: str) -> str:
    return body + _checksum(body)


def _checksum(body: str) -> str:
    return _in_alphabet(zlib.crc32(body.encode()), _CHECKSUM_LENGTH)


def _in_alphabet(number: int, length: int) -> str:
    remainder, text = number, ""
    for _ in range(length):
        remainder, digit = divmod(remainder, len(_ALPHABET))
        text = _ALPHABET[digit] + text
    return text
