"""The demo organization and its token, provided once: a second start finds both and changes nothing.

The token cannot be read from its hash, so it is kept in ``demo.env``, a file that only its owner reads. Whoever loses
the file is given another token.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from domain import happenings
from domain.access import members, tokens
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
from server.settings import Settings

TOKEN_NAME = "demo"  # noqa: S105  # what the token is called, not the token
_TOKEN, _URL = "AIBOOKS_TOKEN", "AIBOOKS_URL"

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
    """The demo as it stands after a start. ``token`` is None if the kept one is still good."""

    organization_id: str
    is_new: bool
    new_token: str | None


async def provide(settings: Settings, url: str) -> Demo:
    """Make sure that the database at ``url`` has the demo organization, and ``demo.env`` a token that opens it."""
    kept = _read(env_file(settings)).get(_TOKEN, "")

    async def act(books: Books) -> Demo:
        return await _provided(books, kept)

    demo = await desk.in_one_transaction(url, act)
    if demo.is_new:
        await keep_delivery_note(settings, url, demo.organization_id)
        await tell_the_till(settings, url, demo.organization_id)
    _write(env_file(settings), {_TOKEN: demo.new_token or kept, _URL: api_url(settings)})
    return demo


def env_file(settings: Settings) -> Path:
    """Where the token is kept."""
    return settings.data_directory / "demo.env"


def kept_token(settings: Settings) -> str:
    """Return the token in ``demo.env``."""
    return _read(env_file(settings))[_TOKEN]


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
