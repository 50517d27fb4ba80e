"""The pictures that are printed on documents: the logo and the signature of an organization, or of one of its branches.

What is kept has been drawn anew from what was uploaded. An organization or branch tells of its pictures what they are;
the bytes stand beside, by their hash, once for all that show the same.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from domain import organization
from domain.books import Books, found
from domain.branches import amend_branch
from domain.errors import NotFound
from domain.statements import Statement, tenant_select
from domain.values import Struct
from models.organization import branches, organizations

LOGO, SIGNATURE = "logo", "signature"


class Picture(Struct, frozen=True):
    """A picture as PNG, its sides in pixels; ``sha256`` is the hash of its bytes."""

    png: bytes
    width: int
    height: int
    sha256: str


@dataclass(frozen=True)
class Owner:
    """Whose pictures they are: what selects them by id, and what changes them, with the trail and the version."""

    noun: str
    reading: Statement
    amend: Callable[[Books, str, dict[str, Any]], Awaitable[object]]


async def _amend_organization(books: Books, _: str, values: dict[str, Any]) -> object:
    return await organization.amend(books, values)


OF_ORGANIZATION = Owner(
    noun="Organization",
    reading=Statement(
        select(organizations.c.logo, organizations.c.signature).where(
            organizations.c.id == bindparam("organization_id"), organizations.c.id == bindparam("id")
        )
    ),
    amend=_amend_organization,
)
OF_BRANCH = Owner(
    noun="Branch",
    reading=Statement(
        tenant_select(branches, branches.c.logo, branches.c.signature).where(branches.c.id == bindparam("id"))
    ),
    amend=amend_branch,
)

_KEEPING = Statement(
    """
insert into pictures (organization_id, id, png, created_at)
values (%(organization_id)s, %(id)s, %(png)s, %(now)s)
on conflict (organization_id, id) do nothing
"""
)
_READING = Statement("select png from pictures where organization_id = %(organization_id)s and id = %(id)s")
_FORGETTING = Statement(
    """
delete from pictures
 where organization_id = %(organization_id)s
   and id = %(id)s
   and not exists (select from organizations as owner
                    where owner.id = %(organization_id)s
                      and %(id)s in (owner.logo ->> 'sha256', owner.signature ->> 'sha256'))
   and not exists (select from branches as owner
                    where owner.organization_id = %(organization_id)s
                      and %(id)s in (owner.logo ->> 'sha256', owner.signature ->> 'sha256'))
"""
)


async def put_up(books: Books, owner: Owner, key: str, name: str, picture: Picture) -> None:
    """Give the organization or branch ``key`` this picture as its ``name`` (LOGO or SIGNATURE). Locks the organization.

    Raises: NotFound, VersionMismatch.
    """
    await organization.locked(books)
    before = await _told(books, owner, key, name)
    told = {"sha256": picture.sha256, "width": picture.width, "height": picture.height, "size_bytes": len(picture.png)}
    await owner.amend(books, key, {name: told})
    await books.run(_KEEPING, id=picture.sha256, png=picture.png, now=books.now)
    if before is not None:
        await books.run(_FORGETTING, id=before["sha256"])


async def take_down(books: Books, owner: Owner, key: str, name: str) -> None:
    """Take this picture away. Locks the organization. Raises: NotFound, also where there is none; VersionMismatch."""
    await organization.locked(books)
    before = _there(await _told(books, owner, key, name), name, key)
    await owner.amend(books, key, {name: None})
    await books.run(_FORGETTING, id=before["sha256"])


async def read(books: Books, owner: Owner, key: str, name: str) -> tuple[bytes, str]:
    """Return the picture as PNG, and the hash of its bytes. Raises NotFound, also where there is none."""
    sha256: str = _there(await _told(books, owner, key, name), name, key)["sha256"]
    return await bytes_of(books, sha256), sha256


async def bytes_of(books: Books, sha256: str) -> bytes:
    """Return the bytes of a picture that is told of. Raises NotFound."""
    png: bytes = found(await books.value(_READING, id=sha256), "Picture", sha256)
    return png


async def _told(books: Books, owner: Owner, key: str, name: str) -> dict[str, Any] | None:
    told: dict[str, Any] | None = found(await books.row(owner.reading, id=key), owner.noun, key)[name]
    return told


def _there(told: dict[str, Any] | None, name: str, key: str) -> dict[str, Any]:
    if told is None:
        raise NotFound(f"A {name} of", key)
    return told
