"""A lost laptop: everything that opens a user's account ends at once, wherever it is, or in books that they leave."""

from collections.abc import Sequence

from domain.access import security_events, sessions, tokens
from domain.access.oauth import grants, revoking
from domain.access.telling import tell
from domain.books import Books
from domain.organization import sandbox_id_of
from domain.statements import Statement
from domain.values import Struct


class Revoked(Struct, frozen=True):
    """How much has ended: browsers, apps and personal access tokens."""

    sessions: int
    grants: int
    tokens: int


class _Ended(Struct, frozen=True):
    """A personal access token that was revoked."""

    id: str
    organization_id: str | None
    name: str
    shown_prefix: str


_REVOKE_TOKENS = Statement(
    "select id, organization_id, name, shown_prefix from revoke_personal_tokens(%(user_id)s, %(now)s)"
)

_REVOKE_TOKENS_OF_MEMBER = Statement(
    """
update tokens
   set revoked_at = %(now)s
 where user_id = %(user_id)s
   and kind = 'PAT'
   and organization_id in (%(organization_id)s, %(sandbox_id)s)
   and revoked_at is null
returning id, organization_id, name, shown_prefix
"""
)


async def revoke_all(books: Books, user_id: str) -> Revoked:
    """Sign a user out of every browser, end what apps were allowed, and revoke every personal access token.

    Every server refuses at the next call. The trails of the organizations tell of tokens and apps, and the user is
    told by mail. The server itself may not: only the roles that answer for accounts.
    """
    browsers = await sessions.end_all(books, user_id)
    apps = await revoking.revoke_of_user(books, user_id)
    ended = await books.load(_Ended, _REVOKE_TOKENS, user_id=user_id, now=books.real_now)
    await _tell(books, ended, user_id)
    revoked = Revoked(browsers, apps, len(ended))
    await security_events.record(
        books, user_id, "ALL_REVOKED", sessions=str(browsers), grants=str(apps), tokens=str(len(ended))
    )
    return revoked


async def revoke_of_member(books: Books, user_id: str) -> None:
    """End what apps were allowed and the access tokens that a user who leaves has of the books and their sandbox."""
    await grants.revoke_of_member(books, user_id)
    ended = await books.load(
        _Ended,
        _REVOKE_TOKENS_OF_MEMBER,
        user_id=user_id,
        sandbox_id=sandbox_id_of(books.organization_id),
        now=books.real_now,
    )
    await _tell(books, ended, user_id)


async def _tell(books: Books, ended: Sequence[_Ended], user_id: str) -> None:
    for token in ended:
        happening = tokens.revocation_of(token.id, token.name, token.shown_prefix)
        await tell(books, token.organization_id, happening, actor=user_id)
