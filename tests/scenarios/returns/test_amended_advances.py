"""Advances for services that a filed month told and that are taken back afterwards, checked by hand."""

from dataclasses import replace as copy
from datetime import UTC, datetime

import pytest

from domain.books import Books
from domain.errors import Failed, PeriodLocked
from domain.payments import applying, voiding
from domain.payments.meeting import Change
from tests.scenarios.builders import a_customer, a_line, an_approved_invoice, on
from tests.scenarios.money import a_payment, asked, assert_control_accounts_agree
from tests.scenarios.returns.test_advances_in_returns import ADVANCE, SERVICE
from tests.scenarios.returns.test_amended_after_filing import becoming, file, later, plain, portal, taxes
from tests.scenarios.test_filed_periods import _MONTHS as MONTHS

JANUARY = datetime(2027, 1, 15, 6, 30, 0, 1, tzinfo=UTC)
NOUGHT = {"rt": 18, "ad_amt": 0, "camt": 0, "samt": 0, "csamt": 0}


@pytest.fixture
def books(books: Books) -> Books:
    """The books in January 2027."""
    return copy(books, now=JANUARY)


async def an_advance(books: Books, amount: str, day: str) -> Change:
    """An advance for services, 18 per cent of tax inside."""
    return await a_payment(books, await a_customer(books), amount, dated_on=on(day), **ADVANCE)


def place(period: str, *items: dict[str, int]) -> dict[str, object]:
    """A record of advances of Maharashtra in another month."""
    return {"omon": period, "pos": "27", "sply_ty": "INTRA", "itms": list(items)}


async def test_an_advance_that_was_never_one_is_amended_in_the_next_return(books: Books) -> None:
    """11,800 with 1,800 inside, told and paid for October; on 5 November it turns out to be wrong."""
    advance = await an_advance(books, "11800", "2026-10-10")
    filed = await file(books, "GSTR1", "102026")
    await file(books, "GSTR3B", "102026")
    assert await taxes(books, "102026") == ("10000.00", "0.00", "900.00", "900.00")
    noon = later(books, 2)

    voided = await voiding.void(noon, advance.payment.id, reason="Not ours", on=on("2026-11-05"))

    assert (voided.payment.status, voided.payment.voided_on) == ("CANCELLED", on("2026-11-05"))
    assert await becoming(noon, filed) == [("REMOVED", "GSTR1", "ata")]
    assert plain(await portal(noon, "112026")) == {"ata": [place("102026", NOUGHT)]}
    assert await taxes(noon, "112026") == ("-10000.00", "0.00", "-900.00", "-900.00")
    assert await books.rows(MONTHS) == [{"month": "10", "balance": "-900.00"}, {"month": "11", "balance": "900.00"}]
    await file(noon, "GSTR1", "112026")
    assert plain(await portal(later(books, 4), "112026")) == {"ata": [place("102026", NOUGHT)]}
    assert await taxes(later(books, 4), "112026") == ("-10000.00", "0.00", "-900.00", "-900.00")
    assert await taxes(later(books, 4), "102026") == ("10000.00", "0.00", "900.00", "900.00")
    assert await becoming(later(books, 4), filed) == []
    await assert_control_accounts_agree(books)


async def test_what_others_advanced_at_the_place_stays_in_the_amended_sum(books: Books) -> None:
    """11,800 and 2,360; before the GSTR-3B the first is taken back, and GSTR-1A tells the 2,000 that are left."""
    advance = await an_advance(books, "11800", "2026-10-10")
    await an_advance(books, "2360", "2026-10-12")
    filed = await file(books, "GSTR1", "102026")
    noon = later(books, 2)

    await voiding.void(noon, advance.payment.id, reason=None, on=on("2026-11-05"))

    rest = {"rt": 18, "ad_amt": 2000, "camt": 180, "samt": 180, "csamt": 0}
    assert await becoming(noon, filed) == [("REMOVED", "GSTR1A", "ata")]
    assert plain(await portal(noon, "102026", "GSTR1A")) == {"ata": [place("102026", rest)]}
    await file(noon, "GSTR1A", "102026")
    assert await taxes(noon, "102026") == ("2000.00", "0.00", "180.00", "180.00")


async def test_what_was_adjusted_since_is_amended_with_it(books: Books) -> None:
    """11,800 of October, of which 5,900 met an invoice of 5,000 in November; in December all of it is taken back."""
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "11800", dated_on=on("2026-10-10"), **ADVANCE)
    await file(books, "GSTR1", "102026")
    await file(books, "GSTR3B", "102026")
    invoice = await an_approved_invoice(books, customer, a_line("5000", **SERVICE), dated_on=on("2026-11-10"))
    await applying.apply(books, advance.payment.id, asked((invoice, "5900")), on=on("2026-11-12"))
    told = await file(books, "GSTR1", "112026")
    await file(books, "GSTR3B", "112026")
    noon = later(books, 2)
    with pytest.raises(PeriodLocked, match="112026"):
        await voiding.void(noon, advance.payment.id, reason=None, on=on("2026-11-30"))

    await voiding.void(noon, advance.payment.id, reason=None, on=on("2026-12-05"))

    assert await becoming(noon, told) == [("REMOVED", "GSTR1", "txpda")]
    assert plain(await portal(noon, "122026")) == {
        "ata": [place("102026", NOUGHT)],
        "txpda": [place("112026", NOUGHT)],
    }
    assert await taxes(noon, "122026") == ("-5000.00", "0.00", "-450.00", "-450.00")
    assert [row["balance"] for row in await books.rows(MONTHS)] == ["-900.00", "0.00", "450.00"]
    await assert_control_accounts_agree(books)


async def test_it_is_taken_back_after_the_period_and_not_after_today(books: Books) -> None:
    advance = await an_advance(books, "11800", "2026-10-10")
    await file(books, "GSTR1", "102026")
    noon = later(books, 2)

    for day in (None, on("2026-10-31")):
        with pytest.raises(PeriodLocked, match="102026"):
            await voiding.void(noon, advance.payment.id, reason=None, on=day)
    for day in (on("2026-10-09"), on("2027-01-16")):
        with pytest.raises(Failed) as refused:
            await voiding.void(noon, advance.payment.id, reason=None, on=day)
        assert refused.value.field == "date"
