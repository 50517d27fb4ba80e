"""An account may say its head in the prescribed statements: which ones fit, which are seeded, and what is refused."""

from importlib import import_module

import pytest

from domain.books import Books
from domain.errors import Failed
from domain.ledger.account_types import AccountType
from domain.ledger.accounts import AccountRole
from domain.ledger.chart import chart_rows, seed_chart
from domain.ledger.schedule_iii import FITTING, PrescribedHead
from handlers import accounts as handlers
from models.masters import SCHEDULE_III_HEADS
from tests.domain.conftest import NOW, trail
from tests.domain.test_accounts import an_account, changed, shown, the


def test_the_prescribed_heads_are_those_of_the_table() -> None:
    assert tuple(PrescribedHead) == SCHEDULE_III_HEADS
    assert set(FITTING) == set(AccountType)


def test_the_seeded_heads_fit_and_a_migration_gives_them_to_older_charts() -> None:
    seeded = {
        (row.code, row.name, row.account_type, row.schedule_iii_head)
        for row in chart_rows(NOW)
        if row.schedule_iii_head
    }
    assert all(head in FITTING[account_type] for _, _, account_type, head in seeded)
    assert set(import_module("models.migrations.versions.0050_prescribed_heads").SEEDED) == seeded


async def test_an_account_says_its_head_of_schedule_iii_and_the_trail_tells_it(books: Books) -> None:
    account = await an_account(books, "5225", "Bonus", schedule_iii_head="EMPLOYEE_BENEFITS_EXPENSE")
    assert (await shown(books, account.id))["schedule_iii_head"] == "EMPLOYEE_BENEFITS_EXPENSE"
    await handlers.update_account(books, account.id, {"schedule_iii_head": None})
    assert (await shown(books, account.id))["schedule_iii_head"] is None
    changes = [row["changes"] for row in await trail(books)]
    assert {"schedule_iii_head": {"old": "EMPLOYEE_BENEFITS_EXPENSE", "new": None}} in changes


async def test_a_system_account_may_stand_under_another_head(books: Books) -> None:
    await seed_chart(books)
    charges = await the(books, AccountRole.BANK_CHARGES)
    assert (await shown(books, charges))["schedule_iii_head"] is None
    await handlers.update_account(books, charges, {"schedule_iii_head": "FINANCE_COSTS"})
    assert (await shown(books, charges))["schedule_iii_head"] == "FINANCE_COSTS"


@pytest.mark.parametrize(
    ("account_type", "head"),
    [
        ("EXPENSE", "OTHER_INCOME"),
        ("EXPENSE", "SHARE_CAPITAL"),
        ("SALES", "OTHER_INCOME"),
        ("OTHER_INCOME", "FINANCE_COSTS"),
        ("CASH", "OTHER_NON_CURRENT_ASSETS"),
        ("FIXED_ASSET", "INVENTORIES"),
        ("OTHER_CURRENT_ASSET", "SHORT_TERM_BORROWINGS"),
        ("LONG_TERM_LIABILITY", "SHARE_CAPITAL"),
        ("GST_LIABILITY", "SHORT_TERM_PROVISIONS"),
        ("RETAINED_EARNINGS", "SHARE_CAPITAL"),
    ],
)
async def test_a_head_that_does_not_fit_the_type_is_refused(books: Books, account_type: str, head: str) -> None:
    with pytest.raises(Failed) as refused:
        await an_account(books, account_type=account_type, schedule_iii_head=head)
    assert refused.value.field == "schedule_iii_head"
    account = await an_account(books, account_type=account_type)
    with pytest.raises(Failed) as refused:
        await changed(books, account, schedule_iii_head=head)
    assert refused.value.field == "schedule_iii_head"


async def test_the_type_changes_together_with_a_head_that_fits_it(books: Books) -> None:
    account = await an_account(books, schedule_iii_head="FINANCE_COSTS")
    with pytest.raises(Failed) as refused:
        await changed(books, account, account_type="OTHER_INCOME")
    assert refused.value.field == "schedule_iii_head"
    both = await changed(books, account, account_type="OTHER_INCOME", schedule_iii_head="OTHER_INCOME")
    assert both.schedule_iii_head == "OTHER_INCOME"
