"""Each layout has a place for every type of account that belongs into it, and only one."""

from collections import Counter

import pytest

from domain.ledger.account_types import CLASS_OF, MONEY_TYPES, AccountClass, AccountType
from domain.ledger.schedule_iii import FITTING, PrescribedHead
from domain.reports.layouts import (
    BALANCE_SHEET,
    CASH_FLOW,
    PROFIT_AND_LOSS,
    SCHEDULE_III,
    TITLES,
    TRIAL_BALANCE,
    Layout,
)
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


_SIDES = {
    AccountClass.ASSET: ("NON_CURRENT_ASSETS", "CURRENT_ASSETS"),
    AccountClass.LIABILITY: ("SHARE_APPLICATION_MONEY", "NON_CURRENT_LIABILITIES", "CURRENT_LIABILITIES"),
    AccountClass.EQUITY: ("SHAREHOLDERS_FUNDS", "SHARE_APPLICATION_MONEY"),
    AccountClass.INCOME: ("REVENUE_FROM_OPERATIONS", "OTHER_INCOME", "EXCEPTIONAL_ITEMS", "EXTRAORDINARY_ITEMS"),
    AccountClass.EXPENSE: ("EXPENSES", "EXCEPTIONAL_ITEMS", "EXTRAORDINARY_ITEMS", "TAX_EXPENSE"),
}
_PRESCRIBED = (BALANCE_SHEET[SCHEDULE_III], PROFIT_AND_LOSS[SCHEDULE_III])


def test_the_prescribed_statements_have_each_head_once_in_the_order_of_the_law() -> None:
    heads = [head.key for layout in _PRESCRIBED for part in layout.parts for head in part.heads]

    assert heads == list(PrescribedHead)


@pytest.mark.parametrize("account_type", AccountType)
def test_the_heads_that_fit_a_type_are_of_its_side_and_its_own_is_among_them(account_type: AccountType) -> None:
    parts = [part for layout in _PRESCRIBED for part in layout.parts]
    of_side = {head.key for part in parts if part.key in _SIDES[CLASS_OF[account_type]] for head in part.heads}
    (default,) = [head.key for part in parts for head in part.heads if account_type in head.types]

    assert default in FITTING[account_type]
    assert of_side >= FITTING[account_type]
