"""Statements as trees: sections of groups of accounts, each with its total, parts under the accounts they belong to.

Whatever a statement has in its columns are ``Figures``; totals are sums column by column.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum

from domain.money import ZERO
from domain.reports.balances import Account
from domain.values import Struct

Figures = tuple[Decimal, ...]
"""Amounts in rupees, one for each column; those of the time that is compared with stand last."""


class Carried(Enum):
    """What is carried under a head from elsewhere in the books than its own accounts' balances."""

    EARLIER_YEARS = "EARLIER_YEARS"
    """The results of all earlier financial years."""
    THIS_PERIOD = "THIS_PERIOD"
    """The result of the period: of a day, of its financial year so far."""
    WITHOUT_MONEY = "WITHOUT_MONEY"
    """What moved between assets and the result without money, such as depreciation."""


class Row(Struct, frozen=True):
    """A line of a statement: an account, or a result that is no account's, as ``carried`` says.

    ``depth`` tells how deep it lies under other accounts, from nought; ``with_parts`` are the figures together with
    those of the accounts below, ``None`` where there are none.
    """

    title: str
    figures: Figures
    account: Account | None = None
    carried: Carried | None = None
    depth: int = 0
    with_parts: Figures | None = None


class Group(Struct, frozen=True):
    """Accounts of a type, or of a head of a prescribed layout."""

    key: str
    title: str
    rows: tuple[Row, ...]
    total: Figures


class Section(Struct, frozen=True):
    """A main part of a statement; one that ``is_result`` has no groups and shows what those above come to."""

    key: str
    title: str
    groups: tuple[Group, ...]
    total: Figures
    is_result: bool = False


def added(figures: Iterable[Figures], columns: int) -> Figures:
    """Return the sums column by column."""
    sums = [ZERO] * columns
    for each in figures:
        for place, amount in enumerate(each):
            sums[place] += amount
    return tuple(sums)


def group_of(key: str, title: str, rows: Sequence[Row], columns: int) -> Group:
    """Return a group of these rows, with its total."""
    return Group(key, title, tuple(rows), added((row.figures for row in rows), columns))


def section_of(key: str, title: str, groups: Sequence[Group], columns: int) -> Section:
    """Return a section of these groups, with its total."""
    return Section(key, title, tuple(groups), added((group.total for group in groups), columns))


def rows_of(accounts: Iterable[Account], figures: Mapping[str, Figures], columns: int) -> list[Row]:
    """Return the accounts that have figures, each after the one it is part of; those stand, too, whose parts have some.

    ``accounts`` come in the order in which they are shown. A part whose parent is not among them stands by itself.
    """
    nothing = (ZERO,) * columns
    placed = _placed(accounts)
    below: dict[str, list[Figures]] = defaultdict(list)
    rows: list[Row] = []
    for account, depth, above in reversed(placed):
        own, parts = figures.get(account.id, nothing), below[account.id]
        whole = added((own, *parts), columns)
        if not parts and not any(own):
            continue
        rows.append(Row(account.name, own, account, None, depth, whole if parts else None))
        if above is not None:
            below[above].append(whole)
    return rows[::-1]


def _placed(accounts: Iterable[Account]) -> list[tuple[Account, int, str | None]]:
    """Each account with its depth and the one above it, parents first: without recursion, for chains may be long."""
    inside = {account.id: account for account in accounts}
    parts: dict[str | None, list[Account]] = defaultdict(list)
    for account in inside.values():
        parts[account.parent_id if account.parent_id in inside else None].append(account)
    placed: list[tuple[Account, int, str | None]] = []
    waiting: list[tuple[Account, int, str | None]] = [(each, 0, None) for each in reversed(parts[None])]
    while waiting:
        account, depth, above = waiting.pop()
        placed.append((account, depth, above))
        waiting.extend((each, depth + 1, account.id) for each in reversed(parts[account.id]))
    assert len(placed) == len(inside), "no account is part of itself"
    return placed
