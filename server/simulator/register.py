"""What the simulated portal has registered: rows in SQLite, so that it survives the process as the real one would."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]

_TABLES = """
create table if not exists registrations (
  organization text not null,
  since        integer not null,
  irn          text not null,
  ack_number   integer not null,
  gstin        text not null,
  document     text not null,
  said         text not null,
  answer       text not null,
  acknowledged text not null,
  cancelled    text,
  primary key (organization, since, irn),
  unique (organization, since, document)
);
create table if not exists waybills (
  number       integer primary key,
  organization text not null,
  since        integer not null,
  gstin        text not null,
  irn          text,
  document     text not null,
  whole        text not null
);
create table if not exists numbers (
  kind text primary key,
  last integer not null
);
drop table if exists registered;
drop table if exists eway_bills;
create table if not exists sessions (
  token text primary key,
  gstin text not null,
  user  text not null,
  key   blob not null,
  ends  text not null
);
"""
_OWN = "organization = ? and since = ?"
_FIRST_ACK_NUMBER = 112610000000001


@dataclass(frozen=True, slots=True)
class Entry:
    """One registered document: what was said of it, and what the portal answered."""

    irn: str
    gstin: str
    said: Json
    answer: Json
    acknowledged_at: datetime
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session of a registration."""

    token: str
    gstin: str
    user: str
    key: bytes
    ends_at: datetime


class Register:
    """The rows in the file at ``path``; ``:memory:`` keeps them for the life of the process.

    ``books`` are those of whoever asks, by organization and since when: no others are seen.
    """

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.executescript("pragma journal_mode = wal;" + _TABLES)
        self.books = ("", 0)

    def of(self, organization_id: str, since: int) -> "Register":
        """Return the same as other books see it."""
        theirs = copy(self)
        theirs.books = (organization_id, since)
        return theirs

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for the e-way bills."""
        return self._connection

    def forget_earlier(self) -> None:
        """Forget what was registered before these books began anew."""
        with self.transaction():
            for table in ("registrations", "waybills"):
                self._connection.execute(
                    f"delete from {table} where organization = ? and since < ?",  # noqa: S608  # names of ours
                    self.books,
                )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing, one caller after the other."""
        self._connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def next_number(self, kind: str, first: int) -> int:
        """Return the next number of its kind, which nothing had before, also nothing that is forgotten."""
        (number,) = self._connection.execute(
            "insert into numbers (kind, last) values (?, ?)"
            " on conflict (kind) do update set last = last + 1 returning last",
            (kind, first),
        ).fetchone()
        return int(number)

    def next_ack_number(self) -> int:
        """Return the next acknowledgement number."""
        return self.next_number("acknowledgement", _FIRST_ACK_NUMBER)

    def add(self, irn: str, document: str, said: Json, answer: Json, at: datetime) -> None:
        """Register a document."""
        gstin = said["SellerDtls"]["Gstin"]
        row = (*self.books, irn, answer["AckNo"], gstin, document, json.dumps(said), json.dumps(answer), at.isoformat())
        self._connection.execute(
            "insert into registrations"
            " (organization, since, irn, ack_number, gstin, document, said, answer, acknowledged)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )

    def by_irn(self, irn: str) -> Entry | None:
        """Find a document by its IRN."""
        return self._one("irn = ?", irn)

    def by_document(self, document: str) -> Entry | None:
        """Find it by what the IRN is made of."""
        return self._one("document = ?", document)

    def cancel(self, irn: str, at: datetime) -> None:
        """Mark a registration as cancelled."""
        self._connection.execute(
            f"update registrations set cancelled = ? where {_OWN} and irn = ?",  # noqa: S608  # a condition of ours
            (at.isoformat(), *self.books, irn),
        )

    def sign_in(self, session: SignedIn) -> None:
        """Keep a session."""
        row = (session.token, session.gstin, session.user, session.key, session.ends_at.isoformat())
        self._connection.execute("insert into sessions values (?, ?, ?, ?, ?)", row)

    def session(self, token: str) -> SignedIn | None:
        """Find a session by its token."""
        row = self._connection.execute("select * from sessions where token = ?", (token,)).fetchone()
        if row is None:
            return None
        found, gstin, user, key, ends = row
        return SignedIn(found, gstin, user, key, datetime.fromisoformat(ends))

    def end_sessions(self) -> None:
        """Forget all sessions, as if they had ended."""
        self._connection.execute("delete from sessions")

    def _one(self, condition: str, value: str) -> Entry | None:
        columns = "irn, gstin, said, answer, acknowledged, cancelled"
        query = f"select {columns} from registrations where {_OWN} and {condition}"  # noqa: S608  # conditions of ours
        row = self._connection.execute(query, (*self.books, value)).fetchone()
        if row is None:
            return None
        irn, gstin, said, answer, acknowledged, cancelled = row
        return Entry(
            irn,
            gstin,
            json.loads(said),
            json.loads(answer),
            datetime.fromisoformat(acknowledged),
            datetime.fromisoformat(cancelled) if cancelled else None,
        )
