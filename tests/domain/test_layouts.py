"""Each layout has a place for every type of account that belongs into it, and only one."""

from collections import Counter

import pytest

from domain.ledger.account_types import CLASS_OF, MONEY_TYPES, AccountClass, AccountType
from domain.reports.layouts import BALANCE_SHEET, CASH_FLOW, PROFIT_AND_LOSS, TITLES, TRIAL_BALANCE, Layout
from domain.reports.tree import Carried

_RESULT = {each for each in AccountType if CLASS_OF[each] in (AccountClass.INCOME, AccountClass.EXPENSE)}
_STANDING = set(AccountType) - _RESULT

LAYOUTS = [
    (TRIAL_BALANCE, set(AccountType), {Carried.EARLIER_YEARS}),
    *[(layout, _RESULT, set()) for layout in PROFIT_AND_LOSS.values()],
    *[(layout, _STANDING, {Carried.EARLIER_YEARS, Carried.THIS_PERIOD}) for layout in BALANCE_SHEET.values()],
    (CASH_FLOW, _STANDING - MONEY_TYPES, {Carried.THIS_PERIOD, Carried.WITHOUT_MONEY}),
]


@pytest.mark.parametrize(("layout", "types", "carried"), LAYOUTS)
def test_every_type_has_one_place(layout: Layout, types: set[AccountType], carried: set[Carried]) -> None:
    heads = [head for part in layout.parts for head in part.heads]

    assert Counter(each for head in heads for each in head.types) == Counter(types)
    assert Counter(each for head in heads for each in head.carries) == Counter(carried)
    assert max(Counter(head.key for head in heads).values()) == 1
    assert max(Counter(part.key for part in layout.parts).values()) == 1


def test_every_type_has_a_title() -> None:
    assert set(TITLES) == set(AccountType)
