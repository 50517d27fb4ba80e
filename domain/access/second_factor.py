"""A second factor at sign-in: codes of an authenticator app (TOTP, RFC 6238), and ten codes for when it is lost.

Codes have six digits and thirty seconds, by HMAC-SHA-1, which is what all apps know. A code works once, and so does any
earlier one; the clock of a telephone may be one step off. After ten wrong ones in a row no code is taken for an hour.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import quote

from domain.books import Books
from domain.statements import Statement, as_array
from domain.values import Struct

STEP_SECONDS = 30
DIGITS = 6
SKEW_STEPS = 1
RECOVERY_CODES = 10
MOST_WRONG = 10
PAUSE = timedelta(hours=1)

_SECRET_BYTES = 20
_RECOVERY_BYTES = 10


class Factor(Struct, frozen=True):
    """What is kept of a second factor; ``confirmed_at`` absent: it was shown, and is not asked for yet.

    ``last_step`` is that of the last code that was taken. ``paused_until``: no code is taken before.
    """

    user_id: str
    sealed_secret: str
    confirmed_at: datetime | None
    last_step: int
    wrong: int
    paused_until: datetime | None


_FIND = Statement(
    "select user_id, sealed_secret, confirmed_at, last_step, wrong, paused_until\n"
    "  from second_factors\n"
    " where user_id = %(user_id)s"
)
_BEGIN = Statement(
    """
insert into second_factors as stored (user_id, sealed_secret, created_at, last_step, wrong)
values (%(user_id)s, %(sealed_secret)s, %(now)s, 0, 0)
    on conflict (user_id) do update
   set sealed_secret = excluded.sealed_secret,
       created_at    = excluded.created_at,
       last_step     = 0,
       wrong         = 0,
       paused_until  = null
 where stored.confirmed_at is null
"""
)
_CONFIRM = Statement(
    "update second_factors set confirmed_at = %(now)s where user_id = %(user_id)s and confirmed_at is null"
)
# Of two that bring one code at once, the second finds the step taken.
_TAKE = Statement(
    """
update second_factors
   set last_step = %(step)s, wrong = 0
 where user_id = %(user_id)s
   and last_step < %(step)s
   and (paused_until is null or paused_until <= %(now)s)
"""
)
_WRONG = Statement(
    """
update second_factors
   set wrong        = case when wrong + 1 >= %(most)s then 0 else wrong + 1 end,
       paused_until = case when wrong + 1 >= %(most)s then %(until)s else paused_until end
 where user_id = %(user_id)s
"""
)
_REMOVE = Statement("delete from second_factors where user_id = %(user_id)s")
_FORGET_CODES = Statement("delete from recovery_codes where user_id = %(user_id)s")
_KEEP_CODES = Statement(
    "insert into recovery_codes (user_id, code_hash) select %(user_id)s, decode(unnest(%(hashes)s::text[]), 'hex')"
)
_USE_CODE = Statement("delete from recovery_codes where user_id = %(user_id)s and code_hash = %(code_hash)s")
_LEFT = Statement("select count(*) from recovery_codes where user_id = %(user_id)s")


def new_secret() -> str:
    """Return a secret as authenticator apps take it: base32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def code_of(secret: str, step: int) -> str:
    """Return the code of a step. Source: RFC 4226, 5.3; RFC 6238, 4.2."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the step that a code is of, if it is of this one or a neighbour of it."""
    this = int(now.timestamp()) // STEP_SECONDS
    typed = "".join(code.split())
    steps = range(this - SKEW_STEPS, this + SKEW_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(code_of(secret, step).encode(), typed.encode())), None)


def address_of(secret: str, account: str, issuer: str) -> str:
    """Return what an authenticator app reads off the picture (Key URI Format)."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}"


async def find(books: Books, user_id: str) -> Factor | None:
    """Return the second factor of a user, confirmed or not."""
    return await books.load_one(Factor, _FIND, user_id=user_id)


async def begin(books: Books, user_id: str, sealed_secret: str) -> bool:
    """Keep a secret that is shown now; a confirmed one stays, and then it is said that nothing was kept."""
    return bool(await books.run(_BEGIN, user_id=user_id, sealed_secret=sealed_secret, now=books.real_now))


async def confirm(books: Books, factor: Factor, secret: str, code: str) -> list[str] | None:
    """Ask for the factor from now on, where the code shows that the app has the secret.

    Return the recovery codes, this once; none where the code is wrong.
    """
    if not await take(books, factor, secret, code) or not await books.run(
        _CONFIRM, user_id=factor.user_id, now=books.real_now
    ):
        return None
    return await renew_recovery(books, factor.user_id)


async def take(books: Books, factor: Factor, secret: str, code: str) -> bool:
    """Take a code, or a recovery code, once; say whether it was right. A wrong one is counted."""
    step = step_of(secret, code, books.real_now)
    if step is not None and await books.run(_TAKE, user_id=factor.user_id, step=step, now=books.real_now):
        return True
    if await books.run(_USE_CODE, user_id=factor.user_id, code_hash=_hash_of(code)):
        return True
    await books.run(_WRONG, user_id=factor.user_id, most=MOST_WRONG, until=books.real_now + PAUSE)
    return False


async def renew_recovery(books: Books, user_id: str) -> list[str]:
    """Return ten new recovery codes, this once; the old ones are good no longer."""
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    await books.run(_FORGET_CODES, user_id=user_id)
    await books.run(_KEEP_CODES, user_id=user_id, hashes=as_array([_hash_of(code).hex() for code in codes]))
    return codes


async def recovery_left(books: Books, user_id: str) -> int:
    """Return how many recovery codes are left."""
    return int(await books.value(_LEFT, user_id=user_id))


async def remove(books: Books, user_id: str) -> bool:
    """Ask for no second factor any more; say whether there was one."""
    await books.run(_FORGET_CODES, user_id=user_id)
    return bool(await books.run(_REMOVE, user_id=user_id))


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _hash_of(code: str) -> bytes:
    """80 random bits need no slow hash."""
    return hashlib.sha256("".join(each for each in code.lower() if each.isalnum()).encode()).digest()
