"""How a statement is laid out: accounts under the heads of a layout, with sub-totals and results on the way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from domain.ledger.account_types import CLASS_OF, AccountClass
from domain.money import ZERO
from domain.reports.balances import Account, UpTo
from domain.reports.comparison import compared_with
from domain.reports.layouts import STANDARD, Head, Layout, Part
from domain.reports.question import Period, Scope
from domain.reports.tree import Carried, Figures, Group, Row, Section, added, group_of, rows_of, section_of
from domain.values import Struct, replace

RESULT_CLASSES = frozenset((AccountClass.INCOME, AccountClass.EXPENSE))
"""The classes of accounts that a financial year begins with at nought."""

_TITLES = {Carried.EARLIER_YEARS: "Profit of earlier years", Carried.THIS_PERIOD: "Net profit"}


class Question(Struct, frozen=True):
    """Which statement is asked for: of what part of the books, under which heads.

    ``times`` are the period and the one that it is compared with, if any.
    """

    scope: Scope
    layout: str
    times: tuple[Period, ...]

    @property
    def previous(self) -> Period | None:
        """The period that it is compared with, if any."""
        return self.times[1] if len(self.times) > 1 else None


def asked(scope: Scope, layout: str = STANDARD) -> Question:
    """Return the question for a statement. Raises Invalid for a period that can be compared with nothing."""
    compared = compared_with(scope.period, scope.compare_with)
    return Question(scope, layout, (scope.period,) if compared is None else (scope.period, compared))


def is_result(account: Account) -> bool:
    """Whether an account counts from the beginning of a financial year: those of income and expense do."""
    return CLASS_OF[account.account_type] in RESULT_CLASSES


def result_of(accounts: Iterable[Account], sums: Mapping[str, UpTo]) -> UpTo:
    """Return what the accounts of income and expense come to together; a profit is a credit."""
    every = [sums[account.id] for account in accounts if is_result(account) and account.id in sums]
    return UpTo(sum((each.debit for each in every), ZERO), sum((each.credit for each in every), ZERO))


def carried_row(what: Carried, figures: Figures) -> Row:
    """Return the line of a result that is carried into a statement."""
    return Row(_TITLES[what], figures, carried=what)


def laid_out(
    layout: Layout,
    accounts: Sequence[Account],
    figures: Mapping[str, Figures],
    *,
    carried: Mapping[Carried, Sequence[Row]],
    columns: int,
) -> tuple[Section, ...]:
    """Put accounts and the lines that are ``carried`` under the heads of a layout; figures are debits where positive.

    Accounts for which the layout has no head are left out, and so is what comes to nought in every column.
    """
    under: dict[str | None, list[Account]] = defaultdict(list)
    for account in accounts:
        under[layout.head_of(account)].append(account)
    sections: list[Section] = []
    result = (ZERO,) * columns
    for part in layout.parts:
        if not part.heads:
            sections.append(Section(part.key, part.title, (), result, is_result=True))
            continue
        groups = [_group(part, head, under[head.key], figures, carried, columns) for head in part.heads]
        shown = [group for group in groups if group.rows or layout.is_prescribed]
        section = section_of(part.key, part.title, shown, columns)
        result = added((result, signed(section.total, -part.sign)), columns)
        sections.append(section)
    return tuple(sections)


def signed(figures: Figures, sign: int) -> Figures:
    """Return figures, or their opposites; never a negative zero."""
    return figures if sign == 1 else tuple(-each or ZERO for each in figures)


def _group(
    part: Part,
    head: Head,
    accounts: Sequence[Account],
    figures: Mapping[str, Figures],
    carried: Mapping[Carried, Sequence[Row]],
    columns: int,
) -> Group:
    more = [row for what in head.carries for row in carried[what] if any(row.figures) or row.with_parts]
    rows = [_signed_row(row, part.sign) for row in (*rows_of(accounts, figures, columns), *more)]
    return group_of(head.key, head.title, rows, columns)


def _signed_row(row: Row, sign: int) -> Row:
    with_parts = None if row.with_parts is None else signed(row.with_parts, sign)
    return replace(row, figures=signed(row.figures, sign), with_parts=with_parts)
