"""The test token with which somebody who has signed in tries the API out: one for a browser and a sandbox at a time.

It is derived from what the browser holds and a key of the installation. So another tab, or the same one a day later,
is given the same token as long as that is good, although nothing but its hash is kept.
"""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta

from domain.access import sessions, tokens
from domain.access.tokens import TokenRow, Wish
from domain.books import Books
from domain.errors import InvalidState
from domain.statements import Statement
from domain.values import Struct

NAME = "Trying out in a browser"
LIFE = timedelta(hours=12)
MOST = 50
"""So many may a browser have in a sandbox in one session, one after the other as they end or are revoked."""

_LEAST_LEFT = timedelta(minutes=30)
"""What ends sooner makes way for the next one."""

_FIND = Statement(f"select {', '.join(TokenRow.__struct_fields__)} from tokens where id = any(%(ids)s)")  # noqa: S608


class _Turn(Struct, frozen=True):
    """One of the tokens that a browser may have in a sandbox, minted or not."""

    wish: Wish
    token: str


async def test_token(books: Books, user_id: str, *, browser: str, key: bytes) -> tuple[str, TokenRow]:
    """Return the token of a user for the sandbox of the books, minted if there is none that is good for a while.

    ``browser`` is what the browser holds for its session, ``key`` one of the installation. It may do what the user's
    role allows. Raises: what ``tokens.mint`` refuses, among it MintedBefore if another tab was quicker, and
    InvalidState for too many.
    """
    turns = list(_turns(books, user_id, browser, key))
    rows = await books.load(TokenRow, _FIND, ids=[tokens.id_of(each.wish) for each in turns])
    minted = {row.id: row for row in rows}
    for turn in turns:
        row = minted.get(tokens.id_of(turn.wish))
        if row is None:
            return await tokens.mint(books, turn.wish)
        if _is_good(books, row) and row.token_hash == tokens.hash_of(turn.token):
            return turn.token, row
    raise InvalidState("This browser had too many tokens for trying out. Sign out and in again, or make one by hand.")


def _turns(books: Books, user_id: str, browser: str, key: bytes) -> Iterator[_Turn]:
    held = sessions.hash_of(browser).hex()
    for number in range(MOST):
        name = f"{number} {books.organization_id} {browser}"
        digest = hmac.digest(key, name.encode(), hashlib.sha256)
        once = f"to try out {number} {books.organization_id} {held}"
        wish = Wish(user_id, NAME, expires_at=books.real_now + LIFE, once=once, digest=digest)
        yield _Turn(wish, tokens.token_from(tokens.SANDBOX_PAT, digest))


def _is_good(books: Books, row: TokenRow) -> bool:
    return row.revoked_at is None and row.expires_at is not None and row.expires_at > books.real_now + _LEAST_LEFT
