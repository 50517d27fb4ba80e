"""The demo organization, its token and its owner's password, provided once: a second start finds them as they are.

Neither can be read from its hash, so both are kept in ``demo.env``, a file that only its owner reads. Whoever loses the
file is given others.
"""

import os
import secrets
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from domain import happenings
from domain.access import credentials, members, tokens
from domain.access.tokens import Wish
from domain.books import Books
from domain.errors import NotFound
from domain.organization import open_organization
from domain.statements import Statement
from server import desk
from server.demo.founding import found_demo
from server.demo.masters import USER
from server.demo.papers import keep_delivery_note
from server.demo.webhooks import tell_the_till
from server.passwords import hash_of, is_right
from server.settings import Settings

TOKEN_NAME = "demo"  # noqa: S105  # what the token is called, not the token
_TOKEN, _URL = "AIBOOKS_TOKEN", "AIBOOKS_URL"
_EMAIL, _PASSWORD = "FINZBOOKS_DEMO_EMAIL", "FINZBOOKS_DEMO_PASSWORD"  # names of variables

# Two servers that start at once on one database: the second waits, longer than for other locks, and finds what the
# first has written.
_PATIENTLY = Statement("set local lock_timeout = '2min'")
_ALONE = Statement("select pg_advisory_xact_lock(hashtextextended('finzbooks demo', 0))")
# The first organization of its user; a later one is not ours.
_ORGANIZATION_OF = Statement(
    """
select membership.organization_id
  from memberships as membership
  join users on users.id = membership.user_id
 where lower(users.email) = lower(%(email)s)
 order by membership.created_at, membership.organization_id
 limit 1
"""
)


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo as it stands after a start. ``new_token`` and ``new_password`` are None if the kept ones are good."""

    organization_id: str
    is_new: bool
    new_token: str | None
    new_password: str | None = None


async def provide(settings: Settings, url: str) -> Demo:
    """Make sure that the database at ``url`` has the demo organization, and ``demo.env`` a token that opens it."""
    noted = _read(env_file(settings))
    kept, password = noted.get(_TOKEN, ""), noted.get(_PASSWORD, "")

    async def act(books: Books) -> Demo:
        demo = await _provided(books, kept)
        return replace(demo, new_password=await _new_password(books, password))

    demo = await desk.in_one_transaction(url, act)
    if demo.is_new:
        await keep_delivery_note(settings, url, demo.organization_id)
        await tell_the_till(settings, url, demo.organization_id)
    values = {
        _TOKEN: demo.new_token or kept,
        _URL: api_url(settings),
        _EMAIL: USER["email"],
        _PASSWORD: demo.new_password or password,
    }
    _write(env_file(settings), values)
    return demo


def env_file(settings: Settings) -> Path:
    """Where the token is kept."""
    return settings.data_directory / "demo.env"


def kept_token(settings: Settings) -> str:
    """Return the token in ``demo.env``."""
    return _read(env_file(settings))[_TOKEN]


def kept_sign_in(settings: Settings) -> tuple[str, str]:
    """Return with what the demo's owner signs in: the e-mail address, and the password in ``demo.env``."""
    noted = _read(env_file(settings))
    return noted[_EMAIL], noted[_PASSWORD]


def api_url(settings: Settings) -> str:
    """Return the address of the API."""
    return f"{settings.public_url}/api/public/v1"


async def _provided(books: Books, kept: str) -> Demo:
    await books.run(_PATIENTLY)
    await books.row(_ALONE)
    organization_id = await books.value(_ORGANIZATION_OF, email=USER["email"])
    if organization_id is None:
        opened = await found_demo(books)
        return Demo(opened.organization_id, is_new=True, new_token=await _minted(opened))
    if await _opens(books, kept, organization_id):
        return Demo(organization_id, is_new=False, new_token=None)
    opened = await open_organization(books, organization_id)
    return Demo(organization_id, is_new=False, new_token=await _minted(opened))


async def _opens(books: Books, token: str, organization_id: str) -> bool:
    """Say whether this is a good token of the organization."""
    if not tokens.is_well_formed(token):
        return False
    try:
        row = await tokens.find_token(books, token)
    except NotFound:
        return False
    has_ended = row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= books.now)
    return row.organization_id == organization_id and not has_ended


async def _minted(opened: Books) -> str:
    user = await members.find_user(opened, USER["email"])
    token, _ = await tokens.mint(opened, Wish(user.id, TOKEN_NAME))
    await happenings.record(opened)
    return token


async def _new_password(books: Books, kept: str) -> str | None:
    """Give the demo's owner a password, unless the kept one is theirs."""
    known = await credentials.find(books, USER["email"])
    assert known is not None, "the demo has an owner"
    if kept and is_right(kept, known.password_hash):
        return None
    password = secrets.token_urlsafe(15)
    user = await members.find_user(books, known.user_id)
    await credentials.keep(books, user, hash_of(credentials.checked(password, user)))
    return password


def _read(file: Path) -> dict[str, str]:
    """Return what a file of ``NAME=value`` lines holds; nothing if there is no file."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _write(file: Path, values: dict[str, str]) -> None:
    """Replace the file at one stroke, closed to all but its owner."""
    if _read(file) == values:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")  # made with mode 0600
    with os.fdopen(number, "w", encoding="utf-8") as written:
        written.writelines(f"{variable}={value}\n" for variable, value in values.items())
    Path(name).replace(file)
