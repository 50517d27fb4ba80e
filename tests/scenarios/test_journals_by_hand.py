"""What an accountant enters by hand: depreciation, accruals, mistakes, and what is closed to him."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.cost_centers import COST_CENTERS
from domain.errors import Failed, Invalid, InvalidState, NotFound, PeriodLocked, Refusal, VersionMismatch
from domain.ledger import accounts, manual_journals
from domain.ledger.accounts import ACCOUNTS
from handlers import journals as handlers
from models.ledger import JOURNAL_SOURCES
from tests.domain.conftest import body_of, open_books, trail, turn_to
from tests.scenarios.builders import a_customer, a_line, an_approved_invoice, trial_balance
from tests.scenarios.entries import a_journal, credit, debit, lock, the

DEPRECIATION, ACCUMULATED = "5370", "1590"
RENT, RENT_PAYABLE = "5210", "2180"


async def depreciation(books: Books, **said: Any) -> dict[str, Any]:
    """15,000 a month."""
    return await a_journal(books, debit(DEPRECIATION, "15000"), credit(ACCUMULATED, "15000"), **said)


async def listed(books: Books, **query: Any) -> list[dict[str, Any]]:
    reply = await handlers.list_journals(books, {"per_page": 50, **query})
    return list(body_of(reply)["journals"])


async def read(books: Books, key: str) -> dict[str, Any]:
    return dict(body_of(await handlers.get_journal(books, key))["journal"])


async def refused(books: Books, kind: type[Refusal], *lines: dict[str, Any], **said: Any) -> Refusal:
    """Enter what is refused."""
    with pytest.raises(kind) as caught:
        await a_journal(books, *lines, **said)
    return caught.value


async def test_depreciation_of_a_month(books: Books) -> None:
    await depreciation(books)

    assert await trial_balance(books) == {"Accumulated depreciation": "-15000.00", "Depreciation": "15000.00"}


async def test_lines_stand_as_they_were_entered(books: Books) -> None:
    """Two vans on one account: two lines with their texts, not one of the sum."""
    journal = await a_journal(
        books,
        debit(DEPRECIATION, "9000", description="Van MH-12"),
        debit(DEPRECIATION, "6000", description="Van MH-14"),
        credit(ACCUMULATED, "15000"),
        reference_number="JV-11",
        memo="Depreciation for October 2026",
    )

    assert [
        (line["account_name"], line["debit"], line["credit"], line["description"]) for line in journal["lines"]
    ] == [
        ("Depreciation", 9000, 0, "Van MH-12"),
        ("Depreciation", 6000, 0, "Van MH-14"),
        ("Accumulated depreciation", 0, 15000, None),
    ]
    assert [line["line_number"] for line in journal["lines"]] == [1, 2, 3]
    assert (journal["total"], journal["source_type"], journal["source_id"]) == (15000, "MANUAL", None)
    assert (journal["reference_number"], journal["memo"]) == ("JV-11", "Depreciation for October 2026")


async def test_one_paisa_too_little_is_refused_with_the_difference(books: Books) -> None:
    refusal = await refused(books, Failed, debit(DEPRECIATION, "15000.01"), credit(ACCUMULATED, "15000"))

    assert refusal.field == "lines"
    assert "difference is 0.01" in refusal.message
    assert refusal.details == {"difference": Decimal("0.01")}
    assert await trial_balance(books) == {}


@pytest.mark.parametrize("line", [{}, {"debit": Decimal(0)}, {"debit": Decimal(5), "credit": Decimal(5)}])
async def test_a_line_has_either_a_debit_or_a_credit(books: Books, line: dict[str, Any]) -> None:
    both = {"account_id": DEPRECIATION, **line}
    refusal = await refused(books, Failed, credit(ACCUMULATED, "5"), both)

    assert refusal.field == "lines[1].debit"


@pytest.mark.parametrize("code", ["1200", "2010", "1320", "2110"])
async def test_what_contacts_owe_and_advance_is_closed_to_entries_by_hand(books: Books, code: str) -> None:
    """Else the control account would no longer be the sum of the open documents."""
    refusal = await refused(books, Failed, debit(DEPRECIATION, "5"), credit(code, "5"))

    assert refusal.field == "lines[1].account_id"


async def test_another_account_of_receivables_is_closed_as_well(books: Books) -> None:
    values = {"code": "1210", "name": "Doubtful receivables", "account_type": "ACCOUNTS_RECEIVABLE"}
    await registers.add(books, ACCOUNTS, values)

    await refused(books, Failed, debit("1210", "5"), credit(ACCUMULATED, "5"))


async def test_an_amount_more_than_can_be_is_refused(books: Books) -> None:
    most = "9999999999999.99"
    refusal = await refused(
        books, Invalid, debit(DEPRECIATION, most), debit(RENT, "1"), credit(ACCUMULATED, most), credit(RENT, "1")
    )

    assert refusal.field == "total"


async def test_an_account_out_of_use_is_not_found(books: Books) -> None:
    account = await registers.add(books, ACCOUNTS, {"code": "5999", "name": "Old", "account_type": "EXPENSE"})
    await accounts.archive(books, account.id)
    refusal = await refused(books, NotFound, credit(ACCUMULATED, "5"), debit("5999", "5"))

    assert refusal.field == "lines[1].account_id"


@pytest.mark.parametrize("name", ["contact_id", "cost_center_id"])
async def test_what_a_line_names_has_to_be_there(books: Books, name: str) -> None:
    refusal = await refused(books, NotFound, debit(DEPRECIATION, "5", **{name: "x_nowhere"}), credit(ACCUMULATED, "5"))

    assert refusal.field == f"lines[0].{name}"


async def test_a_branch_has_to_be_there(books: Books) -> None:
    refusal = await refused(books, NotFound, debit(RENT, "5"), credit(RENT_PAYABLE, "5"), branch_id="br_nowhere")

    assert refusal.field == "branch_id"


async def test_another_organizations_account_is_not_found(books: Books) -> None:
    ours = await the(books, DEPRECIATION)
    others = await open_books(books.connection)
    with pytest.raises(NotFound):
        await handlers.create_journal(others, {"date": "2026-10-31", "lines": [
            {"account_id": ours, "debit": 5}, {"account_id": ours, "credit": 5}]})  # fmt: skip
    await turn_to(books)


async def test_a_cost_moves_from_one_cost_centre_to_another(books: Books) -> None:
    """The same account on both sides, each with its own cost centre."""
    east, west = [await registers.add(books, COST_CENTERS, {"name": name}) for name in ("East", "West")]
    journal = await a_journal(
        books, debit(RENT, "800", cost_center_id=west.id), credit(RENT, "800", cost_center_id=east.id)
    )

    assert [line["cost_center_id"] for line in journal["lines"]] == [west.id, east.id]
    assert await trial_balance(books) == {}


async def test_gst_is_set_off_by_hand_at_the_end_of_the_month(books: Books) -> None:
    """Output tax of 180 against input tax of 100 and 80 from the cash ledger."""
    await a_journal(books, debit("2210", "180"), credit("1410", "100"), credit("1370", "80"))

    assert (await trial_balance(books))["Output CGST"] == "180.00"


async def test_taking_back_posts_the_reverse_on_the_same_date_and_both_stay(books: Books) -> None:
    journal = await depreciation(books, reference_number="JV-11")
    await handlers.delete_journal(books, journal["journal_id"])

    assert await trial_balance(books) == {}
    taken_back = await read(books, journal["journal_id"])
    reverse = await read(books, taken_back["reversed_by_id"])
    assert (taken_back["is_reversed"], taken_back["version"]) == (True, 2)
    assert (reverse["reverses_id"], str(reverse["date"])) == (journal["journal_id"], "2026-10-31")
    assert reverse["memo"] == "Reversal of JV-11"
    assert [(line["debit"], line["credit"]) for line in reverse["lines"]] == [(0, 15000), (15000, 0)]


async def test_nothing_is_taken_back_twice(books: Books) -> None:
    journal = await depreciation(books)
    await handlers.delete_journal(books, journal["journal_id"])
    reverse = (await read(books, journal["journal_id"]))["reversed_by_id"]

    for key in (journal["journal_id"], reverse):
        with pytest.raises(InvalidState):
            await handlers.delete_journal(books, key)
        with pytest.raises(InvalidState):
            await handlers.reverse_journal(books, key, None)


async def test_what_a_document_posted_is_taken_back_with_the_document(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))
    (journal,) = await listed(books)

    assert (journal["source_type"], journal["source_id"]) == ("DOCUMENT", invoice.head.id)
    with pytest.raises(InvalidState) as caught:
        await handlers.delete_journal(books, journal["journal_id"])
    assert f"void the document {invoice.head.id}" in caught.value.message


async def test_an_accrual_is_reversed_on_the_first_of_the_next_month(books: Books) -> None:
    journal = await a_journal(books, debit(RENT, "40000"), credit(RENT_PAYABLE, "40000"))
    said = {"date": "2026-11-01", "memo": "Rent of October was accrued"}
    reply = await handlers.reverse_journal(books, journal["journal_id"], said)

    shown = body_of(reply)["journal"]
    reverse = await read(books, shown["reversed_by_id"])
    assert shown["journal_id"] == journal["journal_id"]
    assert (str(reverse["date"]), reverse["memo"]) == ("2026-11-01", "Rent of October was accrued")
    assert await trial_balance(books) == {}


async def test_a_reversal_is_not_before_its_journal(books: Books) -> None:
    journal = await depreciation(books)
    with pytest.raises(Failed) as caught:
        await handlers.reverse_journal(books, journal["journal_id"], {"date": "2026-10-30"})

    assert caught.value.field == "date"


async def test_without_a_day_a_journal_is_reversed_today_or_on_its_own_day_if_that_is_later(books: Books) -> None:
    """Today is 21 November."""
    days = {}
    for day in ("2026-10-31", "2026-12-31"):
        journal = await depreciation(books, date=day)
        shown = body_of(await handlers.reverse_journal(books, journal["journal_id"], None))["journal"]
        days[day] = str((await read(books, shown["reversed_by_id"]))["date"])

    assert days == {"2026-10-31": "2026-11-21", "2026-12-31": "2026-12-31"}


async def test_an_accrual_of_a_closed_month_can_still_be_reversed_in_the_next(books: Books) -> None:
    journal = await depreciation(books)
    await lock(books, "2026-10-31")
    with pytest.raises(PeriodLocked):
        await handlers.delete_journal(books, journal["journal_id"])
    await handlers.reverse_journal(books, journal["journal_id"], {"date": "2026-11-01"})

    assert await trial_balance(books) == {}


async def test_another_version_is_not_taken_back(books: Books) -> None:
    journal = await depreciation(books)
    books.expected_versions = frozenset({2})
    with pytest.raises(VersionMismatch):
        await handlers.delete_journal(books, journal["journal_id"])
    with pytest.raises(VersionMismatch):
        await handlers.reverse_journal(books, journal["journal_id"], None)


async def test_what_is_not_there_is_not_found(books: Books) -> None:
    for attempt in (
        handlers.get_journal(books, "je_nowhere"),
        handlers.delete_journal(books, "je_nowhere"),
        handlers.reverse_journal(books, "je_nowhere", None),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_each_filter_of_the_list_works(books: Books) -> None:
    first = await depreciation(books, date="2026-09-30", reference_number="JV-1", memo="September")
    second = await depreciation(books, date="2026-10-31", reference_number="jv-2")
    customer = await a_customer(books)
    rent = await a_journal(
        books, debit(RENT, "5", contact_id=customer.id), credit(RENT_PAYABLE, "5"), date="2026-10-01"
    )
    invoice = await an_approved_invoice(books, customer, a_line("1000.00"), dated_on=date(2026, 8, 1))

    async def ids(**query: Any) -> list[str]:
        return [row["journal_id"] for row in await listed(books, **query)]

    one, two, three = (each["journal_id"] for each in (first, second, rent))
    assert await ids() == [two, three, one, invoice.head.journal_id]
    assert await ids(source_type="DOCUMENT") == await ids(source_id=invoice.head.id) == [invoice.head.journal_id]
    assert await ids(date_from=date(2026, 10, 1), date_to=date(2026, 10, 30)) == [three]
    assert await ids(account_id=await the(books, DEPRECIATION)) == [two, one]
    assert await ids(contact_id=customer.id) == [three, invoice.head.journal_id]
    assert await ids(search="JV") == [two, one]
    assert await ids(search="septem") == [one]
    assert len(await ids(branch_id=first["branch_id"])) == 4
    assert await ids(branch_id="br_nowhere") == []


async def test_lines_come_with_the_list_if_they_are_asked_for(books: Books) -> None:
    journal = await depreciation(books)
    (bare,), (whole,) = await listed(books), await listed(books, include="lines")

    assert "lines" not in bare
    assert whole["lines"] == journal["lines"]
    assert {name: whole[name] for name in bare} == bare


async def test_what_happened_is_told(books: Books) -> None:
    """The reverse is a new journal as well, which who keeps a copy must hear of."""
    first, second = [await depreciation(books, reference_number=f"JV-{number}") for number in (1, 2)]
    await handlers.delete_journal(books, first["journal_id"])
    await handlers.reverse_journal(books, second["journal_id"], None)

    told = [(row["action"], row["entity_ref"]) for row in await trail(books) if row["action"].startswith("JOURNAL")]
    assert told == [
        ("JOURNAL_CREATED", "JV-1"),
        ("JOURNAL_CREATED", "JV-2"),
        ("JOURNAL_CREATED", "JV-1"),
        ("JOURNAL_DELETED", "JV-1"),
        ("JOURNAL_CREATED", "JV-2"),
        ("JOURNAL_REVERSED", "JV-2"),
    ]


def test_everything_that_posts_says_how_it_is_taken_back() -> None:
    assert set(JOURNAL_SOURCES) == {manual_journals.MANUAL, *manual_journals.HOW_TO_TAKE_BACK}


async def test_whom_an_entry_concerns_stands_on_it_and_on_its_reverse(books: Books) -> None:
    """The partner is named once; the lines name nobody, and the list finds the entry and its reverse by him."""
    partner = await a_customer(books)
    journal = await depreciation(books, contact_id=partner.id)

    await handlers.delete_journal(books, journal["journal_id"])

    assert (journal["contact_id"], [line["contact_id"] for line in journal["lines"]]) == (partner.id, [None, None])
    found = await listed(books, contact_id=partner.id)
    assert [(each["contact_id"], each["is_reversed"]) for each in found] == [(partner.id, False), (partner.id, True)]
    refusal = await refused(books, NotFound, debit(RENT, "5"), credit(RENT_PAYABLE, "5"), contact_id="ct_nowhere")
    assert refusal.field == "contact_id"
