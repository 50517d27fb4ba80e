"""A history: steps by chance, each told as a sentence, carried out or refused, and everything checked after each.

The chance of a step is a few bytes, so that a failing history shrinks to few steps with small choices.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from psycopg import AsyncConnection, IntegrityError

from domain import happenings
from domain.books import Books
from domain.errors import Refusal
from domain.statements import Statement
from server.postgres.constraints import refusal_of
from tests.domain.conftest import turn_to
from tests.scenarios.histories import invariants
from tests.scenarios.histories.firms import Firm
from tests.scenarios.histories.tables import Row, Tables, digest, look

Option = TypeVar("Option")

DAYS = ("2026-11-21", "2026-11-20", "2026-11-05", "2026-10-31", "2026-12-05", "2026-03-15")
"""Today, earlier, later, and in the year before."""
_PAISA = Decimal("0.01")
_USUAL = 10
"""How many of the acts, the first of them, take the place of one that cannot be done."""
_BEGIN = Statement("savepoint step")
_UNDO = Statement("rollback to savepoint step")
_KEEP = Statement("release savepoint step")
# What is checked at commit is checked now.
_COMMIT_CHECKS = Statement("set constraints all immediate")
_LATER_CHECKS = Statement("set constraints all deferred")


class NothingToDo(Exception):
    """A step that needs something which is not there."""


class Chance:
    """Choices out of bytes; when they are used up, always the first. The first option is the plainest."""

    def __init__(self, numbers: bytes) -> None:
        self._numbers = iter(numbers)

    def number(self, below: int) -> int:
        """A number from nought up."""
        return next(self._numbers, 0) % below

    def one_of(self, options: Sequence[Option]) -> Option:
        """One of the options. Raises NothingToDo if there is none."""
        if not options:
            raise NothingToDo
        return options[self.number(len(options))]

    def rarely(self, one_in: int = 4) -> bool:
        """Once in so many times."""
        return self.number(one_in) == one_in - 1

    def mostly_first(self, options: Sequence[Option]) -> Option:
        """The first option, or sometimes any."""
        return self.one_of(options if self.rarely(4) else options[:1])

    def day(self) -> date:
        """A day, mostly today."""
        return date.fromisoformat(self.one_of(DAYS) if self.rarely(2) else DAYS[0])

    def amount(self, left: Decimal) -> Decimal:
        """All that is left, half of it, some of it, a paisa, or (rarely) a paisa too much; never nought."""
        some = left * (self.number(256) + 1) / 257
        chosen = self.one_of([left, left / 2, some, some, some, _PAISA, left, left + _PAISA])
        return max(chosen.quantize(_PAISA), _PAISA)


@dataclass(frozen=True)
class Step:
    """What is tried, and the chance that decides the particulars."""

    act: str
    numbers: bytes


@dataclass
class History:
    """A firm's books, its tables as they stand, and the story so far."""

    firm: Firm
    books: Books
    now: Tables
    story: list[str] = field(default_factory=list)
    sentence: str = ""

    def tell(self, sentence: str) -> None:
        """Say what is tried now."""
        self.sentence = sentence

    def documents(self, *kinds: str, where: Callable[[Row], bool] = lambda row: True) -> list[Row]:
        """Documents of these kinds (any, if none is named), oldest first."""
        return self.now.where("documents", lambda row: (not kinds or row["kind"] in kinds) and where(row))

    def name(self, contact_id: str) -> str:
        """What a contact is called."""
        return self.firm.contacts[contact_id].contact_name


Act = Callable[[History, Chance], Awaitable[None]]


def called(row: Mapping[str, Any]) -> str:
    """What people call a document or payment."""
    return f"{row.get('kind', 'payment').lower().replace('_', ' ')} {row['number'] or 'without number'}"


def open_balance(row: Row) -> bool:
    """Whether a posted document has something left."""
    return bool(row["approved_at"] and not row["voided_at"] and row["balance"])


async def begin(connection: AsyncConnection[Any], firm: Firm) -> History:
    """Open the books of a firm to which nothing has happened."""
    books = replace(firm.books, connection=connection, happenings=[], jobs=[])
    await turn_to(books)
    return History(firm, books, await look(books))


async def take(history: History, acts: Mapping[str, Act], step: Step) -> None:
    """Carry a step out, and check everything. What is refused, or cannot be done, must have changed nothing."""
    books = history.books
    await books.run(_BEGIN)
    try:
        refusal = await _attempt(history, acts, step)
    except Exception as error:
        history.story.append(_line(history, f" – {error!r}"))
        raise
    history.story.append(_line(history, "" if refusal is None else f" – refused: {refusal.message}"))
    if refusal is not None:
        await books.run(_UNDO)
        books.happenings, books.jobs = [], []
    await books.run(_KEEP)
    after = await look(books)
    assert refusal is None or after.digest == history.now.digest, "what is refused changes nothing"
    invariants.check(history.firm, history.now, after)
    history.now = after


async def _attempt(history: History, acts: Mapping[str, Act], step: Step) -> Refusal | None:
    """Try it; return why it was refused, if it was."""
    books = history.books
    try:
        await _act(history, acts, step)
        await happenings.record(books)
        await books.run(_COMMIT_CHECKS)
        await books.run(_LATER_CHECKS)
    except Refusal as refusal:
        if not isinstance(refusal.__context__, IntegrityError):
            assert await digest(books) == history.now.digest, f"half is done, although: {refusal.message}"
        return refusal
    except IntegrityError as violation:
        known = refusal_of(violation)
        if known is None:
            raise
        return known
    return None


async def _act(history: History, acts: Mapping[str, Act], step: Step) -> None:
    """Act, or, where there is nothing to do it with, take the next act that can be done."""
    names = [*acts]
    first = names.index(step.act)
    for name in (step.act, *names[:_USUAL][first % _USUAL :], *names):
        with suppress(NothingToDo):
            await acts[name](history, Chance(step.numbers))
            return


def _line(history: History, outcome: str) -> str:
    return f"{len(history.story) + 1:2}. {history.sentence}{outcome}"
