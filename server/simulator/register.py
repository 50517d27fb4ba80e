"""What the simulated portal has registered: rows in SQLite, so that it survives the process as the real one would."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]

_TABLES = """
create table if not exists registered (
  irn          text primary key,
  ack_number   integer not null,
  gstin        text not null,
  document     text not null unique,
  said         text not null,
  answer       text not null,
  acknowledged text not null,
  cancelled    text
);
create table if not exists sessions (
  token text primary key,
  gstin text not null,
  user  text not null,
  key   blob not null,
  ends  text not null
);
"""
_FIRST_ACK_NUMBER = 112610000000000


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
    """The rows in the file at ``path``; ``:memory:`` keeps them for the life of the process."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.executescript("pragma journal_mode = wal;" + _TABLES)

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for further tables of the portal's."""
        return self._connection

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

    def next_ack_number(self) -> int:
        """Return the next acknowledgement number."""
        (last,) = self._connection.execute("select max(ack_number) from registered").fetchone()
        return int(last or _FIRST_ACK_NUMBER) + 1

    def add(self, irn: str, document: str, said: Json, answer: Json, at: datetime) -> None:
        """Register a document."""
        gstin = said["SellerDtls"]["Gstin"]
        row = (irn, answer["AckNo"], gstin, document, json.dumps(said), json.dumps(answer), at.isoformat())
        self._connection.execute(
            "insert into registered (irn, ack_number, gstin, document, said, answer, acknowledged)"
            " values (?, ?, ?, ?, ?, ?, ?)",
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
        self._connection.execute("update registered set cancelled = ? where irn = ?", (at.isoformat(), irn))

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
        query = f"select {columns} from registered where {condition}"  # noqa: S608  # conditions of ours
        row = self._connection.execute(query, (value,)).fetchone()
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
