"""Bank and cash accounts: their numbers in the chart, their particulars, and which one is the primary."""

from typing import Any

import pytest

from domain.books import Books
from domain.errors import Duplicate, Failed, Invalid, InvalidState, NotFound, VersionMismatch
from domain.ledger import accounts
from domain.ledger.accounts import ACCOUNTS, AccountRole, by_role
from domain.ledger.bank_accounts import BANK_ACCOUNTS
from domain.ledger.chart import seed_chart
from handlers import bank_accounts as handlers
from tests.domain.conftest import body_of, trail


async def opened(books: Books, name: str, **values: Any) -> dict[str, Any]:
    reply = await handlers.create_bank_account(books, {"name": name, **values})
    return dict(body_of(reply)["bank_account"])


async def changed(books: Books, account: dict[str, Any], **values: Any) -> dict[str, Any]:
    reply = await handlers.update_bank_account(books, account["account_id"], values)
    return dict(body_of(reply)["bank_account"])


async def listed(books: Books, **query: bool) -> list[dict[str, Any]]:
    reply = await handlers.list_bank_accounts(books, {"active_only": True, "include_cash": True, **query})
    return list(body_of(reply)["bank_accounts"])


async def test_bank_and_cash_accounts_are_listed_by_code(books: Books) -> None:
    await seed_chart(books)
    assert [(row["code"], row["account_type"], row["is_primary"]) for row in await listed(books)] == [
        ("1000", "CASH", False),
        ("1010", "CASH", False),
        ("1100", "BANK", True),
    ]


async def test_a_bank_account_has_particulars_and_the_next_free_code(books: Books) -> None:
    await seed_chart(books)
    account = await opened(
        books, "HDFC current account", bank_name="HDFC Bank", ifsc="HDFC0000060", account_number="50200012345678"
    )
    assert account.pop("account_id").startswith("acc_")
    del account["created_time"], account["last_modified_time"]
    assert account == {
        "name": "HDFC current account",
        "code": "1110",
        "account_type": "BANK",
        "schedule_iii_head": None,
        "parent_id": None,
        "description": None,
        "is_system": False,
        "bank_name": "HDFC Bank",
        "account_number": "50200012345678",
        "ifsc": "HDFC0000060",
        "upi_id": None,
        "currency_code": "INR",
        "is_active": True,
        "is_primary": False,
        "current_balance": 0,
        "version": 1,
    }


async def test_codes_go_by_tens_then_by_ones_then_get_longer(books: Books) -> None:
    await seed_chart(books)
    assert (await opened(books, "Till", account_type="CASH"))["code"] == "1020"
    given = [(await opened(books, f"Bank {number}"))["code"] for number in range(100)]
    assert given[:9] == ["1110", "1120", "1130", "1140", "1150", "1160", "1170", "1180", "1190"]
    assert given[9:11] == ["1101", "1102"]
    assert given[98:] == ["1199", "110100"]
    assert len(set(given)) == 100


async def test_a_code_that_is_sent_wins(books: Books) -> None:
    await seed_chart(books)
    assert (await opened(books, "SBI", code="1105"))["code"] == "1105"


@pytest.mark.parametrize(
    ("values", "field"),
    [({"code": "4010"}, "code"), ({"name": "petty CASH"}, "name")],
)
async def test_code_and_name_are_the_charts(books: Books, values: dict[str, str], field: str) -> None:
    await seed_chart(books)
    with pytest.raises(Duplicate) as refused:
        await opened(books, **{"name": "SBI", **values})
    assert refused.value.field == field


async def test_the_currency_must_be_known(books: Books) -> None:
    with pytest.raises(Invalid) as refused:
        await opened(books, "Nostro", currency_code="XXX")
    assert refused.value.field == "currency_code"
    assert (await opened(books, "Export earnings", currency_code="USD"))["currency_code"] == "USD"


async def test_only_one_account_is_primary(books: Books) -> None:
    await seed_chart(books)
    bank = (await by_role(books, [AccountRole.BANK]))[AccountRole.BANK]
    account = await opened(books, "HDFC current account", is_primary=True)
    assert [row["account_id"] for row in await listed(books) if row["is_primary"]] == [account["account_id"]]
    unset, created = sorted(await trail(books), key=lambda row: str(row["action"]), reverse=True)
    assert (unset["action"], unset["entity_id"], unset["entity_ref"]) == ("ACCOUNT_UPDATED", bank, "Bank account")
    assert unset["changes"] == {"is_primary_bank": {"old": True, "new": False}}
    assert (created["action"], created["event_type"]) == ("ACCOUNT_CREATED", "ACCOUNT_CREATED")
    back = await accounts.amend(books, BANK_ACCOUNTS, bank, {"is_primary_bank": True})
    assert back.version == 3
    assert [row["account_id"] for row in await listed(books) if row["is_primary"]] == [bank]


async def test_the_primary_account_stays_in_use(books: Books) -> None:
    await seed_chart(books)
    account = await opened(books, "HDFC current account", is_primary=True)
    with pytest.raises(InvalidState):
        await changed(books, account, is_active=False)
    with pytest.raises(InvalidState):
        await accounts.archive(books, account["account_id"])
    await changed(books, account, is_primary=False)
    assert (await changed(books, account, is_active=False))["is_active"] is False
    with pytest.raises(InvalidState):
        await changed(books, account, is_primary=True)


async def test_an_update_changes_what_is_sent_and_null_clears(books: Books) -> None:
    account = await opened(books, "SBI", bank_name="State Bank of India", upi_id="sahyadri@sbi", ifsc="SBIN0000300")
    later = await changed(books, account, upi_id=None, name="SBI Fort")
    assert later == {**account, "upi_id": None, "name": "SBI Fort", "version": 2}
    assert (await trail(books))[-1]["changes"] == {
        "name": {"old": "SBI", "new": "SBI Fort"},
        "upi_id": {"old": "sahyadri@sbi", "new": None},
    }


async def test_an_account_with_particulars_stays_one_that_holds_money(books: Books) -> None:
    account = await opened(books, "SBI", bank_name="State Bank of India")
    with pytest.raises(InvalidState) as refused:
        await accounts.amend(books, ACCOUNTS, account["account_id"], {"account_type": "OTHER_CURRENT_ASSET"})
    assert refused.value.field == "account_type"


async def test_the_system_bank_account_keeps_its_code(books: Books) -> None:
    await seed_chart(books)
    bank = (await by_role(books, [AccountRole.BANK]))[AccountRole.BANK]
    with pytest.raises(InvalidState):
        await handlers.update_bank_account(books, bank, {"code": "1105"})
    await handlers.update_bank_account(books, bank, {"name": "HDFC current account", "ifsc": "HDFC0000060"})


async def test_other_accounts_are_no_bank_accounts(books: Books) -> None:
    await seed_chart(books)
    sales = (await by_role(books, [AccountRole.SALES]))[AccountRole.SALES]
    for key in (sales, "acc_nowhere"):
        with pytest.raises(NotFound):
            await handlers.update_bank_account(books, key, {"bank_name": "HDFC Bank"})


async def test_another_version_is_not_changed(books: Books) -> None:
    account = await opened(books, "SBI")
    books.expected_versions = frozenset({2})
    with pytest.raises(VersionMismatch):
        await changed(books, account, bank_name="State Bank of India")


async def test_the_list_leaves_out_cash_and_shows_what_is_not_in_use_when_asked(books: Books) -> None:
    await seed_chart(books)
    old = await opened(books, "Old bank")
    await changed(books, old, is_active=False)

    assert [row["code"] for row in await listed(books)] == ["1000", "1010", "1100"]
    assert [row["code"] for row in await listed(books, include_cash=False)] == ["1100"]
    assert [row["code"] for row in await listed(books, include_cash=False, active_only=False)] == ["1100", "1110"]


async def test_a_bank_account_is_part_of_one_of_its_class(books: Books) -> None:
    await seed_chart(books)
    bank = (await by_role(books, [AccountRole.BANK]))[AccountRole.BANK]
    sales = (await by_role(books, [AccountRole.SALES]))[AccountRole.SALES]

    assert (await opened(books, "Overdraft", parent_id=bank))["parent_id"] == bank
    with pytest.raises(Failed) as refused:
        await opened(books, "Not so", parent_id=sales)
    assert refused.value.field == "parent_id"
