"""The rows of ``renders``: which papers have been made, and who makes one now.

A claim is a row without bytes. It is good for some seconds; then whoever made it is taken to be dead, and another may
take it over: at worst the same bytes are made twice.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from domain.documents.printing.print import Print
from server.postgres.database import Connection, Database

CLAIM_SECONDS = 10
"""Longer than a page takes when all are busy, and not longer than a caller would wait."""

_FIND = """
select id,
       sha256,
       size_bytes,
       claimed_at < now() - make_interval(secs => %(claim_seconds)s) as is_given_up,
       due_at < now() + interval '1 day' as is_ending
  from renders
 where organization_id = %(organization_id)s
   and document_id = %(document_id)s
   and print_hash = %(print_hash)s
"""
# By the time it is due, whoever claimed it has finished or never will.
_CLAIM = """
insert into renders as claimed
       (organization_id, id, document_id, print_hash, version, paper, template, copies, renderer, claimed_at, due_at)
values (%(organization_id)s, %(id)s, %(document_id)s, %(print_hash)s, %(version)s, %(paper)s, %(template)s, %(copies)s,
        %(renderer)s, now(), now() + interval '1 hour')
    on conflict (organization_id, document_id, print_hash) do update
   set claimed_at = excluded.claimed_at
 where claimed.size_bytes is null
   and claimed.claimed_at < now() - make_interval(secs => %(claim_seconds)s)
returning id
"""
_SETTLE = """
update renders
   set sha256 = %(sha256)s,
       size_bytes = %(size_bytes)s,
       due_at = now() + interval '30 days'
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
# What went before it on the same paper; links to it are good for half an hour.
_SUPERSEDE = """
update renders
   set due_at = now() + interval '1 hour'
 where organization_id = %(organization_id)s
   and document_id = %(document_id)s
   and paper = %(paper)s
   and template = %(template)s
   and copies = %(copies)s
   and renderer = %(renderer)s
   and id <> %(id)s
   and due_at > now() + interval '1 hour'
"""
_RENEW = """
update renders
   set due_at = now() + interval '30 days'
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
_DROP = """
with gone as (
  delete from renders
   where organization_id = %(organization_id)s
     and id = %(id)s
)
insert into unclaimed_files (organization_id, id, due_at)
values (%(organization_id)s, %(id)s, now() + interval '2 minutes')
    on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A row: without ``sha256`` and ``size_bytes`` a claim, which ``is_given_up`` when it is old.

    One that ``is_ending`` is removed within a day unless it is renewed.
    """

    id: str
    sha256: str | None
    size_bytes: int | None
    is_given_up: bool
    is_ending: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one organization, for a user of it."""

    database: Database
    organization_id: str
    user_id: str

    async def find(self, document_id: str, print_hash: str) -> Found | None:
        """Return the row of a paper."""
        values = {**self._own, "document_id": document_id, "print_hash": print_hash, "claim_seconds": CLAIM_SECONDS}
        async with self._connection() as connection, connection.cursor(row_factory=class_row(Found)) as at:
            await at.execute(_FIND, values)
            return await at.fetchone()

    async def claim(self, wanted: Print, print_hash: str, *, row_id: str, renderer: str) -> str | None:
        """Claim a paper and return the id of its row, ``None`` where somebody else has claimed or made it."""
        values = {**self._of(wanted, renderer), "print_hash": print_hash, "version": wanted.version, "id": row_id}
        async with self._connection() as connection:
            cursor = await connection.execute(_CLAIM, {**values, "claim_seconds": CLAIM_SECONDS})
            row = await cursor.fetchone()
        return row[0] if row else None

    async def settle(self, wanted: Print, *, row_id: str, renderer: str, sha256: str, size_bytes: int) -> None:
        """Say that the bytes are there; what stood on the same paper before is removed within the hour."""
        values = {**self._of(wanted, renderer), "id": row_id}
        async with self._connection() as connection:
            done = await connection.execute(_SETTLE, {**values, "sha256": sha256, "size_bytes": size_bytes})
            await connection.execute(_SUPERSEDE if done.rowcount else _DROP, values)

    async def renew(self, row_id: str) -> bool:
        """Keep a paper for another month, and say whether it is still there."""
        async with self._connection() as connection:
            return (await connection.execute(_RENEW, {**self._own, "id": row_id})).rowcount == 1

    async def drop(self, row_id: str) -> None:
        """Forget a paper, whose bytes, if there are any, are then removed."""
        async with self._connection() as connection:
            await connection.execute(_DROP, {**self._own, "id": row_id})

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        opened = self.database.opened(organization_id=self.organization_id, user_id=self.user_id)
        async with opened as transaction:
            yield transaction.connection

    @property
    def _own(self) -> dict[str, Any]:
        return {"organization_id": self.organization_id}

    def _of(self, wanted: Print, renderer: str) -> dict[str, Any]:
        return {
            **self._own,
            "document_id": wanted.document_id,
            "paper": wanted.paper,
            "template": wanted.template,
            "copies": wanted.copies,
            "renderer": renderer,
        }
