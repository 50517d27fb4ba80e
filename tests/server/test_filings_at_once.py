"""A return and postings meet: what is posted stands in the return, or is refused, or is late; never between the two."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg import errors as pg

from domain.books import Books
from domain.errors import InvalidState
from domain.gst.returns import filing_life
from domain.gst.returns.filed_rows import rows_of
from domain.gst.returns.filing_life import Made
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.reported import to_be_kept
from server.settings import DatabaseUrl
from tests.running import Firm, found
from tests.scenarios.builders import a_customer, a_line, an_approved_invoice, on

JANUARY = datetime(2027, 1, 15, 6, 30, 0, 1, tzinfo=UTC)


@asynccontextmanager
async def opened(firm: Firm) -> AsyncIterator[Books]:
    """The firm's books on a connection of their own, in a transaction that the block ends."""
    options = f"-c role=finzbooks_app -c app.organization_id={firm.organization_id} -c timezone=UTC"
    async with await AsyncConnection.connect(firm.url, options=options) as connection:
        yield Books(connection, firm.organization_id, firm.owner_id, JANUARY, "req_test")
        if not connection.closed:
            await connection.rollback()


async def _make(books: Books, question: ReturnQuestion, filed_on: date) -> Made:
    return Made(b"{}\n", await to_be_kept(books, question, "GSTR1"))


async def file(books: Books, key: str, arn: str = "AA2710261234567") -> None:
    """File the return of October."""
    await filing_life.file(books, key, arn=arn, filed_on=on("2026-11-11"), makers={"GSTR1": _make})


@pytest.fixture
async def firm(database_url: DatabaseUrl) -> Firm:
    return await found(database_url)


@pytest.fixture
async def october(firm: Firm) -> str:
    """The GSTR-1 of October, to be filed."""
    async with opened(firm) as books:
        made = await filing_life.open_return(books, form="GSTR1", period="102026", gstin=None, frequency="MONTHLY")
        await books.connection.commit()
    return made.id


async def test_what_is_posted_while_a_return_is_filed_is_refused(firm: Firm, october: str) -> None:
    async with opened(firm) as posting, opened(firm) as filing:
        customer = await a_customer(posting)
        await an_approved_invoice(posting, customer, a_line("1000.00"), dated_on=on("2026-10-15"))
        await file(filing, october)
        await filing.connection.commit()

        with pytest.raises(pg.CheckViolation) as refused:
            await posting.connection.commit()

    assert refused.value.diag.constraint_name == "journals_return_check"


async def test_whoever_files_waits_for_a_posting_at_its_end_and_tells_it(firm: Firm, october: str) -> None:
    async with opened(firm) as posting, opened(firm) as filing:
        customer = await a_customer(posting)
        invoice = await an_approved_invoice(posting, customer, a_line("1000.00"), dated_on=on("2026-10-15"))
        await posting.connection.execute("set constraints all immediate")
        waiting = asyncio.ensure_future(file(filing, october))
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
        await posting.connection.commit()
        await asyncio.wait_for(waiting, timeout=10)
        await filing.connection.commit()

        told = [row.document_id for row in await rows_of(filing, october)]

    assert told == [invoice.head.id]


async def test_a_posting_at_its_end_waits_for_whoever_files(firm: Firm, october: str) -> None:
    async with opened(firm) as posting, opened(firm) as filing:
        customer = await a_customer(posting)
        await an_approved_invoice(posting, customer, a_line("1000.00"), dated_on=on("2026-10-15"))
        await file(filing, october)
        ending = asyncio.ensure_future(posting.connection.commit())
        done, _ = await asyncio.wait([ending], timeout=0.3)
        assert not done
        await filing.connection.commit()

        with pytest.raises(pg.CheckViolation):
            await asyncio.wait_for(ending, timeout=10)


async def test_a_filing_that_dies_leaves_its_days_open(firm: Firm, october: str) -> None:
    async with opened(firm) as posting, opened(firm) as filing:
        customer = await a_customer(posting)
        await an_approved_invoice(posting, customer, a_line("1000.00"), dated_on=on("2026-10-15"))
        await file(filing, october)
        await filing.connection.close()

        await posting.connection.commit()

    async with opened(firm) as later:
        await file(later, october)
        assert len(await rows_of(later, october)) == 1


async def test_of_two_who_file_at_once_one_does(firm: Firm, october: str) -> None:
    async with opened(firm) as one, opened(firm) as other:
        await file(one, october)
        second = asyncio.ensure_future(file(other, october, "AA2710267654321"))
        done, _ = await asyncio.wait([second], timeout=0.3)
        assert not done
        await one.connection.commit()

        with pytest.raises(InvalidState, match="AA2710261234567"):
            await asyncio.wait_for(second, timeout=10)


async def test_of_two_who_open_one_return_at_once_one_does(firm: Firm) -> None:
    september = {"form": "GSTR1", "period": "092026", "gstin": None, "frequency": "MONTHLY"}
    async with opened(firm) as one, opened(firm) as other:
        await filing_life.open_return(one, **september)  # type: ignore[arg-type]
        second = asyncio.ensure_future(filing_life.open_return(other, **september))  # type: ignore[arg-type]
        done, _ = await asyncio.wait([second], timeout=0.3)
        assert not done
        await one.connection.commit()

        with pytest.raises(psycopg.errors.UniqueViolation) as refused:
            await asyncio.wait_for(second, timeout=10)

    assert refused.value.diag.constraint_name == "return_filings_period_key"
