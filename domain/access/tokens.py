"""Bearer tokens: how they are made, recognised, and kept (as a hash only)."""

import hashlib
import secrets
import string
import zlib
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from domain.access.identity import Identity
from domain.ids import new_id
from domain.statements import Statement, columns_of
from models.access import tokens

_ALPHABET = string.digits + string.ascii_letters
_SECRET_LENGTH = 32
_CHECKSUM_LENGTH = 6
_SHOWN_LENGTH = 8
PREFIXES = ("aibk_pat_test_", "aibk_pat_", "aibk_oat_")

CALLS_PER_MINUTE = {"DEFAULT": 600, "PARTNER": 3000}


@dataclass(frozen=True, slots=True)
class TokenRow:
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
        )


FIND_BY_HASH = Statement(select(*columns_of(tokens, TokenRow)).where(tokens.c.token_hash == bindparam("token_hash")))
INSERT = Statement(insert(tokens).values({field.name: bindparam(field.name) for field in fields(TokenRow)}))


def new_token(prefix: str) -> str:
    """Make a token: its prefix, 190 random bits, and a checksum."""
    body = prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
    return body + _checksum(body)


def is_well_formed(token: str) -> bool:
    """Say whether ``token`` has a known prefix, the right length and the right checksum, without a look-up."""
    prefix = next((prefix for prefix in PREFIXES if token.startswith(prefix)), None)
    if prefix is None or len(token) != len(prefix) + _SECRET_LENGTH + _CHECKSUM_LENGTH:
        return False
    return token.isascii() and _checksum(token[:-_CHECKSUM_LENGTH]) == token[-_CHECKSUM_LENGTH:]


def hash_of(token: str) -> bytes:
    """The form in which a token is kept; a plain hash is enough for 190 random bits."""
    return hashlib.sha256(token.encode()).digest()


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
    prefix = next(prefix for prefix in PREFIXES if token.startswith(prefix))
    return TokenRow(
        id=new_id("tok"),
        token_hash=hash_of(token),
        shown_prefix=token[: len(prefix) + _SHOWN_LENGTH],
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


def _checksum(body: str) -> str:
    remainder, text = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        remainder, digit = divmod(remainder, len(_ALPHABET))
        text = _ALPHABET[digit] + text
    return text
