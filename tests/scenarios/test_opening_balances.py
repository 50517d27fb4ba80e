"""A firm brings its balances forward: bank and capital as one entry, the customer's debt as an invoice."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.books import Books
from domain.errors import Failed, NotFound, PeriodLocked, Refusal, VersionMismatch
from handlers import journals
from handlers import opening_balances as handlers
from tests.domain.conftest import body_of, trail
from tests.domain.founded import a_firm
from tests.scenarios.builders import a_customer, a_line, an_approved_invoice, on, trial_balance
from tests.scenarios.entries import credit, debit, lock, with_ids

BANK, CAPITAL, STOCK = "1100", "3010", "1310"


async def brought_forward(books: Books, *lines: dict[str, Any], date: str = "2026-03-31") -> dict[str, Any]:
    """Send opening balances, each line naming its account by number."""
    reply = await handlers.update_opening_balances(books, {"date": date, "balances": await with_ids(books, lines)})
    return dict(body_of(reply)["opening_balances"])


async def shown(books: Books) -> dict[str, Any]:
    return dict(body_of(await handlers.get_opening_balances(books))["opening_balances"])


async def refused(books: Books, kind: type[Refusal], *lines: dict[str, Any], **said: Any) -> Refusal:
    with pytest.raises(kind) as caught:
        await brought_forward(books, *lines, **said)
    return caught.value


async def test_before_any_are_entered_there_are_none(books: Books) -> None:
    assert await shown(books) == {
        "date": None,
        "journal_id": None,
        "balances": [],
        "difference": 0,
        "open_difference": 0,
        "version": 1,
    }


async def test_what_balances_leaves_no_difference(books: Books) -> None:
    opened = await brought_forward(books, debit(BANK, "250000"), credit(CAPITAL, "250000"))

    assert (opened["difference"], opened["open_difference"]) == (0, 0)
    assert await trial_balance(books) == {"Bank account": "250000.00", "Capital": "-250000.00"}


async def test_the_difference_ends_at_nought_when_the_open_documents_are_there(books: Books) -> None:
    """Bank 250,000 and stock 40,000 against capital 301,800: the missing 11,800 are owed by a customer."""
    opened = await brought_forward(books, debit(BANK, "250000"), debit(STOCK, "40000"), credit(CAPITAL, "301800"))
    assert (opened["difference"], opened["open_difference"]) == (11800, 11800)

    customer = await a_customer(books)
    await an_approved_invoice(
        books, customer, a_line("10000.00"), is_opening_balance=True, number="OLD-17", dated_on=on("2026-03-01")
    )

    assert (await shown(books))["open_difference"] == 0
    assert await trial_balance(books) == {
        "Bank account": "250000.00",
        "Trade receivables": "11800.00",
        "Stock in hand": "40000.00",
        "Capital": "-301800.00",
    }


async def test_a_mere_balance_stands_to_the_paisa(connection: AsyncConnection[Any]) -> None:
    """1,500.50 without tax stays; 675 with 18 % are 796.50, and rounded off to 797 like every invoice."""
    books = await a_firm(connection, is_round_off_enabled=True)
    customer = await a_customer(books)
    mere = a_line("1500.50", None, tax_category="NON_GST")
    totals = [
        (await an_approved_invoice(books, customer, line, is_opening_balance=True, number=number)).head.total
        for number, line in (("OB-1", mere), ("OLD-1", a_line("675.00")))
    ]

    assert totals == [Decimal("1500.50"), 797]


async def test_balances_are_shown_by_number_and_name(books: Books) -> None:
    opened = await brought_forward(books, credit(CAPITAL, "250000.50"), debit(BANK, "250000"))

    assert opened["date"] == "2026-03-31"
    assert [(row["account_code"], row["account_name"], row["debit"], row["credit"]) for row in opened["balances"]] == [
        ("1100", "Bank account", 250000, 0),
        ("3010", "Capital", 0, Decimal("250000.50")),
    ]
    assert opened["difference"] == Decimal("0.50")
    assert await shown(books) == opened


async def test_sent_again_the_old_entry_is_reversed_and_the_new_one_stands(books: Books) -> None:
    first = await brought_forward(books, debit(BANK, "250000"))
    second = await brought_forward(books, debit(BANK, "260000"), credit(CAPITAL, "260000"), date="2026-04-01")

    assert await trial_balance(books) == {"Bank account": "260000.00", "Capital": "-260000.00"}
    assert (second["date"], second["difference"]) == ("2026-04-01", 0)
    assert second["version"] > first["version"]
    old = body_of(await journals.get_journal(books, first["journal_id"]))["journal"]
    assert (old["is_reversed"], old["source_type"]) == (True, "OPENING_BALANCE")


async def test_none_at_all_takes_them_back(books: Books) -> None:
    await brought_forward(books, debit(BANK, "250000"))
    cleared = await brought_forward(books)

    assert await trial_balance(books) == {}
    assert (cleared["date"], cleared["balances"], cleared["open_difference"]) == (None, [], 0)
    again = await brought_forward(books, debit(BANK, "5"))
    assert again["difference"] == -5


async def test_the_same_once_more_is_no_change(books: Books) -> None:
    first = await brought_forward(books, debit(BANK, "250000"), credit(CAPITAL, "250000"))
    before = len(await trail(books))
    again = await brought_forward(books, credit(CAPITAL, "250000"), debit(BANK, "250000"))

    assert again == first
    assert len(await trail(books)) == before


@pytest.mark.parametrize("code", ["1200", "2010", "1320", "2110"])
async def test_what_contacts_owe_comes_as_documents(books: Books, code: str) -> None:
    refusal = await refused(books, Failed, debit(BANK, "5"), debit(code, "5"))

    assert refusal.field == "balances[1].account_id"
    assert "is_opening_balance" in refusal.message


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (debit("3900", "5"), "balances[1].account_id"),
        (debit(BANK, "5"), "balances[1].account_id"),
        (debit(CAPITAL, "5", credit=Decimal(5)), "balances[1].debit"),
        (debit(CAPITAL, "0"), "balances[1].debit"),
    ],
    ids=["the difference itself", "an account twice", "both sides", "neither"],
)
async def test_what_makes_no_sense_is_refused(books: Books, line: dict[str, Any], field: str) -> None:
    assert (await refused(books, Failed, debit(BANK, "5"), line)).field == field


async def test_the_account_has_to_be_there(books: Books) -> None:
    with pytest.raises(NotFound) as caught:
        await handlers.update_opening_balances(
            books, {"date": "2026-03-31", "balances": [{"account_id": "acc_nowhere", "debit": 5}]}
        )

    assert caught.value.field == "balances[0].account_id"


async def test_neither_the_old_date_nor_the_new_one_may_be_locked(books: Books) -> None:
    await brought_forward(books, debit(BANK, "250000"))
    await lock(books, "2026-03-31")

    await refused(books, PeriodLocked, debit(BANK, "260000"), date="2026-04-01")
    await refused(books, PeriodLocked)
    assert await trial_balance(books) == {"Bank account": "250000.00", "Opening balance difference": "-250000.00"}


async def test_another_version_is_not_replaced(books: Books) -> None:
    await brought_forward(books, debit(BANK, "250000"))
    books.expected_versions = frozenset({1})

    await refused(books, VersionMismatch, debit(BANK, "260000"))


async def test_they_are_not_taken_back_as_a_journal(books: Books) -> None:
    opened = await brought_forward(books, debit(BANK, "250000"))
    with pytest.raises(Refusal, match="send the opening balances anew"):
        await journals.delete_journal(books, opened["journal_id"])


async def test_what_changed_is_told(books: Books) -> None:
    await brought_forward(books, debit(BANK, "250000"))
    told = (await trail(books))[-1]

    assert (told["action"], told["entity_id"]) == ("OPENING_BALANCES_UPDATED", books.organization_id)
    assert set(told["changes"]) == {"entry_on", "balances", "difference"}
