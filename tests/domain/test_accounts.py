"""The chart of accounts: what is seeded, what may change, who is whose parent, and balances."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.errors import Duplicate, Failed, Invalid, InvalidState, NotFound, Refusal, VersionMismatch
from domain.ids import new_id
from domain.ledger import accounts
from domain.ledger.account_types import CLASS_OF, AccountType
from domain.ledger.accounts import ACCOUNTS, Account, AccountRole, by_role
from domain.ledger.chart import chart_rows, seed_chart
from domain.statements import Statement
from domain.values import replace
from handlers import accounts as handlers
from models.masters import ACCOUNT_TYPES
from tests.domain.conftest import NOW, NOW_TEXT, body_of, open_books, trail, turn_to

POSTED = Statement(
    """
with journal as (
  insert into journals (organization_id, id, entry_on, branch_id, source_type, line_count, total, posted_at, posted_by)
  select %(organization_id)s, %(id)s, %(day)s, id, 'MANUAL', 2, %(amount)s, %(now)s, 'usr_test'
    from branches
   where organization_id = %(organization_id)s
   limit 1
)
select 1
"""
)
LINES = Statement(
    """
insert into journal_lines (organization_id, journal_id, position, account_id, entry_on, branch_id, debit, credit)
select %(organization_id)s, journal.id, line.position, line.account_id, journal.entry_on, journal.branch_id,
       line.debit, line.credit
  from journals as journal,
       (values (1, %(debited)s, %(amount)s::numeric, 0), (2, %(credited)s, 0, %(amount)s::numeric))
         as line(position, account_id, debit, credit)
 where journal.organization_id = %(organization_id)s
   and journal.id = %(id)s
"""
)


async def posted(books: Books, *, debited: str, credited: str, amount: str, day: date = date(2026, 11, 20)) -> None:
    """Post a journal of two lines."""
    key = new_id("je")
    await books.run(POSTED, id=key, day=day, amount=Decimal(amount), now=NOW)
    await books.run(LINES, id=key, debited=debited, credited=credited, amount=Decimal(amount))


async def an_account(books: Books, code: str = "5215", name: str = "Godown rent", **values: Any) -> Account:
    return await registers.add(books, ACCOUNTS, {"code": code, "name": name, "account_type": "EXPENSE", **values})


async def changed(books: Books, account: Account, **values: Any) -> Account:
    return await accounts.amend(books, ACCOUNTS, account.id, values)


async def the(books: Books, role: AccountRole) -> str:
    return (await by_role(books, [role]))[role]


async def page(books: Books, **query: Any) -> dict[str, Any]:
    reply = await handlers.list_accounts(books, {"per_page": 200, "status": "ACTIVE", **query})
    return dict(body_of(reply))


async def codes(books: Books, **query: Any) -> list[str]:
    return [row["code"] for row in (await page(books, **query))["accounts"]]


async def shown(books: Books, account_id: str) -> dict[str, Any]:
    reply = await handlers.get_account(books, account_id)
    return dict(body_of(reply)["account"])


def test_the_types_are_those_of_the_table() -> None:
    assert tuple(AccountType) == ACCOUNT_TYPES
    assert set(CLASS_OF) == set(AccountType)


def test_the_seeded_chart_has_each_role_once_and_no_code_or_name_twice() -> None:
    rows = chart_rows(NOW)
    assert sorted(row.role for row in rows if row.role) == sorted(AccountRole)
    assert len({row.code for row in rows}) == len({row.name.lower() for row in rows}) == len({row.id for row in rows})
    assert [row.code for row in rows] == sorted(row.code for row in rows)
    assert all(row.is_system == (row.role is not None) for row in rows)
    assert [row.name for row in rows if row.is_primary_bank] == ["Bank account"]


def test_the_codes_of_the_contracts_examples_are_free() -> None:
    rows = chart_rows(NOW)
    assert {"5215", "1110"}.isdisjoint(row.code for row in rows)
    assert {"Godown rent", "Rent of godowns", "HDFC current account"}.isdisjoint(row.name for row in rows)


async def test_a_seeded_chart_is_listed_by_code_with_nothing_in_it(books: Books) -> None:
    seeded = await seed_chart(books)
    rows = (await page(books))["accounts"]
    assert [row["code"] for row in rows] == [row.code for row in seeded]
    assert {row["current_balance"] for row in rows} == {Decimal("0")}
    assert await trail(books) == []


async def test_pages_of_the_chart_meet(books: Books) -> None:
    everything = [row.code for row in await seed_chart(books)]
    first = await page(books, per_page=40)
    assert first["page_context"]["has_more_page"]
    rest = await page(books, per_page=200, cursor=first["page_context"]["next_cursor"])
    assert [row["code"] for row in first["accounts"] + rest["accounts"]] == everything


async def test_each_filter_of_the_list_works(books: Books) -> None:
    await seed_chart(books)
    assert await codes(books, account_type="CASH") == ["1000", "1010"]
    assert await codes(books, search="INPUT c") == ["1410", "1440"]
    assert await codes(books, search="1410") == ["1410"]
    assert await codes(books, search="%") == []
    assert await codes(books, last_modified_after=NOW) == []
    own = await an_account(books)
    await accounts.archive(books, own.id)
    assert own.code not in await codes(books)
    assert await codes(books, status="INACTIVE") == [own.code]
    assert own.code in await codes(books, status="ALL")


async def test_the_accounts_of_roles_are_found_and_remembered(books: Books) -> None:
    rows = {row.role: row.id for row in await seed_chart(books) if row.role}
    assert await by_role(books, AccountRole) == rows
    await books.run(Statement("update accounts set role = null where organization_id = %(organization_id)s"))
    assert await by_role(books, [AccountRole.SALES]) == {AccountRole.SALES: rows["sales"]}


async def test_each_organization_has_accounts_of_its_own_in_the_roles(books: Books) -> None:
    await seed_chart(books)
    ours = await the(books, AccountRole.SALES)
    others = await open_books(books.connection)
    await seed_chart(others)
    assert await the(others, AccountRole.SALES) != ours
    assert await the(books, AccountRole.SALES) == ours


async def test_a_new_account_is_shown_in_the_words_of_the_contract(books: Books) -> None:
    reply = await handlers.create_account(
        books, {"code": "5215", "name": "Godown rent", "account_type": "EXPENSE", "description": "Rent of godowns"}
    )
    assert reply.status == 201
    account = body_of(reply)["account"]
    assert reply.headers["Location"] == f"/api/public/v1/accounts/{account['account_id']}"
    assert account.pop("account_id").startswith("acc_")
    assert account == {
        "code": "5215",
        "name": "Godown rent",
        "account_type": "EXPENSE",
        "schedule_iii_head": None,
        "parent_id": None,
        "description": "Rent of godowns",
        "currency_code": "INR",
        "is_active": True,
        "is_system": False,
        "current_balance": Decimal("0"),
        "version": 1,
        "created_time": NOW_TEXT,
        "last_modified_time": NOW_TEXT,
    }


async def test_the_balance_is_debits_less_credits_of_all_months(books: Books) -> None:
    await seed_chart(books)
    bank, sales = await the(books, AccountRole.BANK), await the(books, AccountRole.SALES)
    await posted(books, debited=bank, credited=sales, amount="1180.50")
    await posted(books, debited=bank, credited=sales, amount="20.00", day=date(2026, 4, 1))
    await posted(books, debited=sales, credited=bank, amount="100.25")
    assert (await shown(books, bank))["current_balance"] == Decimal("1100.25")
    assert (await shown(books, sales))["current_balance"] == Decimal("-1100.25")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "5210", "name": "Another"}, "code"),
        ({"code": "5999", "name": "OFFICE RENT"}, "name"),
    ],
)
async def test_code_and_name_are_unique(books: Books, values: dict[str, str], field: str) -> None:
    await seed_chart(books)
    with pytest.raises(Duplicate) as refused:
        await an_account(books, **values)
    assert refused.value.field == field
    assert "5210 Office rent" in refused.value.message


async def test_an_account_may_keep_its_own_code_and_name(books: Books) -> None:
    account = await an_account(books)
    assert (await changed(books, account, code="5215", name="GODOWN RENT")).name == "GODOWN RENT"


async def test_the_currency_must_be_known(books: Books) -> None:
    with pytest.raises(Invalid) as refused:
        await an_account(books, currency_code="XXX")
    assert refused.value.field == "currency_code"
    assert (await an_account(books, currency_code="USD")).currency_code == "USD"


async def test_a_parent_of_the_same_class_is_accepted(books: Books) -> None:
    parent = await an_account(books)
    child = await an_account(books, "5216", "Godown in Bhiwandi", account_type="OTHER_EXPENSE", parent_id=parent.id)
    assert (await shown(books, child.id))["parent_id"] == parent.id
    assert (await changed(books, child, parent_id=None)).parent_id is None


async def test_a_parent_must_exist(books: Books) -> None:
    with pytest.raises(NotFound) as refused:
        await an_account(books, parent_id="acc_nowhere")
    assert refused.value.field == "parent_id"


async def test_the_parent_cannot_be_another_organizations(books: Books) -> None:
    parent = await an_account(books)
    others = await open_books(books.connection)
    with pytest.raises(NotFound):
        await an_account(others, parent_id=parent.id)
    await turn_to(books)


async def test_a_parent_of_another_class_is_refused(books: Books) -> None:
    parent = await an_account(books)
    with pytest.raises(Failed) as refused:
        await an_account(books, "4999", "Godown let", account_type="INCOME", parent_id=parent.id)
    assert refused.value.field == "parent_id"


async def test_an_archived_parent_is_refused(books: Books) -> None:
    parent = await an_account(books)
    await accounts.archive(books, parent.id)
    with pytest.raises(Failed) as refused:
        await an_account(books, "5216", "Godown in Bhiwandi", parent_id=parent.id)
    assert refused.value.field == "parent_id"


@pytest.mark.parametrize("generations", [1, 2, 3])
async def test_an_account_is_never_part_of_itself(books: Books, generations: int) -> None:
    first = account = await an_account(books, "5600", "Generation 0")
    for number in range(1, generations):
        account = await an_account(books, f"560{number}", f"Generation {number}", parent_id=account.id)
    with pytest.raises(Failed) as refused:
        await changed(books, first, parent_id=account.id)
    assert refused.value.field == "parent_id"


@pytest.mark.parametrize(
    ("values", "field"),
    [({"account_type": "OTHER_INCOME"}, "account_type"), ({"code": "4011"}, "code"), ({"is_active": False}, None)],
)
async def test_postings_can_rely_on_a_system_account(books: Books, values: dict[str, Any], field: str | None) -> None:
    await seed_chart(books)
    with pytest.raises(InvalidState) as refused:
        await accounts.amend(books, ACCOUNTS, await the(books, AccountRole.SALES), values)
    assert refused.value.field == field


async def test_a_system_account_cannot_be_archived_but_renamed(books: Books) -> None:
    await seed_chart(books)
    sales = await the(books, AccountRole.SALES)
    with pytest.raises(InvalidState):
        await accounts.archive(books, sales)
    renamed = await accounts.amend(books, ACCOUNTS, sales, {"name": "Sale of goods", "description": "All of it"})
    assert (renamed.name, renamed.role) == ("Sale of goods", "sales")


async def test_the_type_of_an_account_with_entries_stays(books: Books) -> None:
    await seed_chart(books)
    account = await an_account(books)
    await changed(books, account, account_type="OTHER_EXPENSE")
    bank = await the(books, AccountRole.BANK)
    await posted(books, debited=account.id, credited=bank, amount="500.00")
    await posted(books, debited=bank, credited=account.id, amount="500.00")
    with pytest.raises(InvalidState) as refused:
        await changed(books, account, account_type="EXPENSE")
    assert refused.value.field == "account_type"
    assert (await changed(books, account, name="Rent of godowns")).name == "Rent of godowns"


async def test_a_parent_keeps_its_class(books: Books) -> None:
    parent = await an_account(books)
    await an_account(books, "5216", "Godown in Bhiwandi", parent_id=parent.id)
    with pytest.raises(InvalidState) as refused:
        await changed(books, parent, account_type="INCOME")
    assert refused.value.field == "account_type"
    assert (await changed(books, parent, account_type="OTHER_EXPENSE")).account_type == "OTHER_EXPENSE"


async def test_an_account_is_archived_whatever_its_balance(books: Books) -> None:
    await seed_chart(books)
    account = await an_account(books)
    await posted(books, debited=account.id, credited=await the(books, AccountRole.BANK), amount="500.00")
    reply = await handlers.archive_account(books, account.id)
    archived = body_of(reply)["account"]
    assert (archived["is_active"], archived["current_balance"]) == (False, Decimal("500.00"))
    again = await accounts.archive(books, account.id)
    assert again.version == 2
    back = await changed(books, account, is_active=True)
    assert (back.is_active, back.version) == (True, 3)
    actions = [row["action"] for row in await trail(books)]
    assert actions == ["ACCOUNT_CREATED", "ACCOUNT_ARCHIVED", "ACCOUNT_UPDATED"]


async def test_parts_are_archived_before_the_whole_and_come_back_after_it(books: Books) -> None:
    whole = await an_account(books)
    part = await an_account(books, "5216", "Godown in Bhiwandi", parent_id=whole.id)
    with pytest.raises(InvalidState):
        await accounts.archive(books, whole.id)
    await accounts.archive(books, part.id)
    await accounts.archive(books, whole.id)
    with pytest.raises(Failed):
        await changed(books, part, is_active=True)
    assert (await changed(books, part, name="Bhiwandi")).name == "Bhiwandi"


async def test_an_update_changes_what_is_sent_and_is_recorded(books: Books) -> None:
    account = await an_account(books, description="Rent of godowns")
    later = replace(account, name="Rent", version=2)
    assert await changed(books, account, name="Rent") == later
    created, updated = await trail(books)
    assert (created["action"], created["event_type"]) == ("ACCOUNT_CREATED", "ACCOUNT_CREATED")
    assert (updated["action"], updated["event_type"]) == ("ACCOUNT_UPDATED", "ACCOUNT_UPDATED")
    assert (updated["entity_id"], updated["entity_ref"]) == (account.id, "Rent")
    assert updated["changes"] == {"name": {"old": "Godown rent", "new": "Rent"}}


async def test_an_update_that_changes_nothing_is_none(books: Books) -> None:
    account = await an_account(books)
    assert await changed(books, account, name="Godown rent") == account
    assert len(await trail(books)) == 1


@pytest.mark.parametrize("versions", [frozenset({2}), frozenset()])
async def test_another_version_is_not_changed(books: Books, versions: frozenset[int]) -> None:
    account = await an_account(books)
    books.expected_versions = versions
    with pytest.raises(VersionMismatch):
        await changed(books, account, name="Rent")
    with pytest.raises(VersionMismatch):
        await accounts.archive(books, account.id)
    books.expected_versions = frozenset({1})
    assert (await changed(books, account, name="Rent")).version == 2


async def test_what_is_not_there_is_not_found(books: Books) -> None:
    missing: list[Refusal] = []
    for attempt in (
        handlers.get_account(books, "acc_nowhere"),
        handlers.update_account(books, "acc_nowhere", {"name": "Rent"}),
        handlers.archive_account(books, "acc_nowhere"),
    ):
        with pytest.raises(NotFound) as refused:
            await attempt
        missing.append(refused.value)
    assert [refusal.field for refusal in missing] == [None, None, None]
