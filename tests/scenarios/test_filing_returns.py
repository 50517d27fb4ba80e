"""Returns are opened, filed in the order of the law, kept as they were filed, and opened again by owners only."""

import hashlib
from dataclasses import replace as copy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import INVOICE
from domain.errors import (
    Duplicate,
    Failed,
    Forbidden,
    Invalid,
    InvalidState,
    NotFound,
    PeriodLocked,
    VersionMismatch,
)
from domain.gst.returns import filing, filing_life
from domain.gst.returns.filed_rows import rows_of
from domain.gst.returns.filing import ReturnFiling
from domain.gst.returns.filing_life import Made
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.reported import to_be_kept
from domain.organization import amend as amend_organization
from domain.statements import Statement
from tests.domain.conftest import trail
from tests.scenarios.builders import GUJARAT_BUYER, a_customer, a_line, an_approved_invoice, on
from tests.scenarios.filing import OUR_GSTIN, settle

JANUARY = datetime(2027, 1, 15, 6, 30, 0, 1, tzinfo=UTC)


async def _make(books: Books, question: ReturnQuestion, filed_on: date) -> Made:
    form = "GSTR1" if question.period is None or not question.period.is_iff else "IFF"
    return Made(b'{"gstin":"27AAPFU0939F1ZV"}\n', await to_be_kept(books, question, form))


async def _nothing(books: Books, question: ReturnQuestion, filed_on: date) -> Made:
    return Made(b"{}\n", [])


MAKERS = {"GSTR1": _make, "IFF": _make, "GSTR1A": _nothing, "GSTR3B": _nothing}


@pytest.fixture
def books(books: Books) -> Books:
    """The same books in January 2027, when the returns of 2026 can be filed; kept by their owner."""
    return copy(books, now=JANUARY)


async def opened(books: Books, form: str, period: str, **said: Any) -> ReturnFiling:
    """A return that is to be filed."""
    asked = {"gstin": None, "frequency": "MONTHLY", **said}
    return await filing_life.open_return(books, form=form, period=period, **asked)


async def file(books: Books, form: str, period: str, on_day: str = "2027-01-14", **said: Any) -> ReturnFiling:
    """File a return, and open it before that unless it is open already."""
    await settle(books)
    key = await books.value(_OPENED, form=form, period=period) or (await opened(books, form, period, **said)).id
    return await filing_life.file(books, key, arn=f"AA27{key[-11:].upper()}", filed_on=on(on_day), makers=MAKERS)


_OPENED = Statement(
    "select id from return_filings"
    " where organization_id = %(organization_id)s and form = %(form)s and period = %(period)s"
)


async def keep(books: Books, role: str) -> None:
    """Make whoever keeps the books a member with this role."""
    await books.run(_USER, id=books.user_id, email=f"{books.user_id}@example.in", now=books.now)
    await books.run(_MEMBER, user_id=books.user_id, role=role, now=books.now)


_USER = Statement(
    "insert into users (id, name, email, is_active, created_at) values (%(id)s, 'Asha', %(email)s, true, %(now)s)"
)
_MEMBER = Statement(
    "insert into memberships (organization_id, user_id, role, is_active, created_at)"
    " values (%(organization_id)s, %(user_id)s, %(role)s, true, %(now)s)"
)


async def test_a_filed_return_keeps_its_bytes_and_its_documents(books: Books) -> None:
    """An invoice of 1,000 and 18 % to a buyer in Gujarat, one of 100 to a consumer."""
    buyer = await a_customer(books, "Surat Mills", gst_no=GUJARAT_BUYER)
    sold = await an_approved_invoice(books, buyer, a_line("1000.00"), dated_on=on("2026-10-15"))
    consumed = await an_approved_invoice(books, await a_customer(books), a_line("100.00"), dated_on=on("2026-10-16"))

    filed = await file(books, "GSTR1", "102026")

    assert (filed.status, filed.from_on, filed.to_on) == ("FILED", on("2026-10-01"), on("2026-10-31"))
    assert await filing_life.payload_of(books, filed.id) == b'{"gstin":"27AAPFU0939F1ZV"}\n'
    assert filed.payload_sha256 == hashlib.sha256(b'{"gstin":"27AAPFU0939F1ZV"}\n').hexdigest()
    rows = {row.document_id: row for row in await rows_of(books, filed.id)}
    assert {key: row.shown.section for key, row in rows.items()} == {sold.head.id: "b2b", consumed.head.id: "b2cs"}
    (row,) = rows[sold.head.id].shown.outward
    assert (row.taxable, row.igst, row.rate, row.number) == (Decimal(1000), Decimal(180), Decimal(18), sold.head.number)
    (line,) = rows[sold.head.id].shown.sums
    assert (line.hsn_or_sac, line.quantity, line.taxable) == ("940360", Decimal(1), Decimal(1000))


async def test_the_trail_tells_who_opened_filed_and_opened_again(books: Books) -> None:
    await keep(books, "OWNER")
    filed = await file(books, "GSTR1", "102026")
    await filing_life.reopen(books, filed.id, reason="The portal has refused the file.")

    told = [row for row in await trail(books) if row["entity_id"] == filed.id]

    assert [row["action"] for row in told] == ["GST_RETURN_CREATED", "GST_RETURN_FILED", "GST_RETURN_REOPENED"]
    assert told[1]["changes"]["status"] == {"old": "DRAFT", "new": "FILED"}
    assert told[1]["changes"]["payload_sha256"] == {"old": None, "new": filed.payload_sha256}
    assert told[2]["changes"]["reopen_reason"] == {"old": None, "new": "The portal has refused the file."}


async def test_a_return_is_opened_once(books: Books) -> None:
    await opened(books, "GSTR1", "102026")

    with pytest.raises(Duplicate) as refused:
        await opened(books, "GSTR1", "102026", gstin=OUR_GSTIN.lower())

    assert refused.value.field == "period"


@pytest.mark.parametrize(
    ("form", "period", "often"),
    [
        ("IFF", "102026", "MONTHLY"),
        ("IFF", "122026", "QUARTERLY"),
        ("GSTR1", "102026", "QUARTERLY"),
        ("GSTR1A", "112026", "QUARTERLY"),
    ],
    ids=["IFF of monthly filers", "IFF of the third month", "GSTR-1 of the first month", "GSTR-1A of the second"],
)
async def test_a_form_is_made_of_its_own_months_only(books: Books, form: str, period: str, often: str) -> None:
    with pytest.raises(Failed) as refused:
        await opened(books, form, period, frequency=often)

    assert refused.value.field == "period"


@pytest.mark.parametrize("period", ["132026", "062017", "0126", "012101"])
async def test_what_is_no_period_is_refused(books: Books, period: str) -> None:
    with pytest.raises(Invalid) as refused:
        await opened(books, "GSTR1", period)

    assert refused.value.field == "period"


async def test_a_composition_dealer_is_told_what_he_files(books: Books) -> None:
    await amend_organization(books, {"registration_type": "COMPOSITION"})

    with pytest.raises(Failed, match="CMP-08"):
        await opened(books, "GSTR1", "102026")


async def test_the_registration_of_nobody_here_has_no_returns(books: Books) -> None:
    with pytest.raises(NotFound) as refused:
        await opened(books, "GSTR1", "102026", gstin=GUJARAT_BUYER)

    assert refused.value.field == "gstin"


@pytest.mark.parametrize(
    ("day", "why"),
    [("2026-10-31", "after that"), ("2027-01-16", "still to come")],
    ids=["within the period", "tomorrow"],
)
async def test_a_return_is_filed_after_its_period_and_not_in_the_future(books: Books, day: str, why: str) -> None:
    with pytest.raises(Failed, match=why) as refused:
        await file(books, "GSTR1", "102026", day)

    assert refused.value.field == "filed_on"


async def test_a_period_that_has_not_ended_is_not_filed(books: Books) -> None:
    with pytest.raises(InvalidState, match="2027-01-31"):
        await file(books, "GSTR1", "012027")


@pytest.mark.parametrize(
    ("form", "period", "often", "last_day"),
    [
        ("GSTR1", "122022", "MONTHLY", "2026-01-11"),
        ("GSTR1", "122022", "QUARTERLY", "2026-01-13"),
        ("GSTR3B", "112022", "MONTHLY", "2025-12-20"),
        ("GSTR3B", "122022", "QUARTERLY", "2026-01-22"),
        ("IFF", "112022", "QUARTERLY", "2025-12-13"),
    ],
)
async def test_nothing_is_filed_three_years_after_it_was_due(
    books: Books, form: str, period: str, often: str, last_day: str
) -> None:
    """CGST Act, sections 37(5) and 39(11); Maharashtra's quarterly GSTR-3B is due on the 22nd."""
    if form == "GSTR3B":
        await file(books, "GSTR1", period, "2023-01-20", frequency=often)
    one = await opened(books, form, period, frequency=often)
    assert one.can_be_filed_until == on(last_day)

    with pytest.raises(Failed, match="3 years") as refused:
        late = on(last_day) + timedelta(days=1)
        await filing_life.file(books, one.id, arn="AA2701231234567", filed_on=late, makers=MAKERS)

    assert refused.value.field == "filed_on"
    await filing_life.file(books, one.id, arn="AA2701231234567", filed_on=on(last_day), makers=MAKERS)


async def test_returns_come_in_the_order_of_the_law(books: Books) -> None:
    """GSTR-1, perhaps its GSTR-1A, then GSTR-3B; and the next month only after that (rule 59(6))."""
    for form in ("GSTR1A", "GSTR3B"):
        with pytest.raises(InvalidState, match="GSTR-1 of 102026 is not filed"):
            await file(books, form, "102026")
    await file(books, "GSTR1", "102026")
    with pytest.raises(InvalidState, match="GSTR-3B of 102026 is not filed"):
        await file(books, "GSTR1", "112026")
    await file(books, "GSTR1A", "102026")
    await file(books, "GSTR3B", "102026")
    await file(books, "GSTR1", "112026")


@pytest.mark.parametrize("period", ["092026", "122026"], ids=["a month before the first", "a month left out"])
async def test_there_are_no_gaps_between_returns(books: Books, period: str) -> None:
    await file(books, "GSTR1", "102026")
    await file(books, "GSTR3B", "102026")

    with pytest.raises(InvalidState, match="GSTR-1 of 102026"):
        await file(books, "GSTR1", period)


async def test_after_the_tax_there_is_no_gstr1a(books: Books) -> None:
    await file(books, "GSTR1", "102026")
    await file(books, "GSTR3B", "102026")

    with pytest.raises(InvalidState, match="next GSTR-1"):
        await file(books, "GSTR1A", "102026")


async def test_an_iff_comes_within_its_quarter(books: Books) -> None:
    quarterly = {"frequency": "QUARTERLY"}
    await file(books, "IFF", "112026", **quarterly)
    with pytest.raises(InvalidState, match="IFF of 112026"):
        await file(books, "IFF", "102026", **quarterly)
    await file(books, "GSTR1", "122026", **quarterly)
    assert (await filing.filings_of(books, OUR_GSTIN)).last("GSTR1", "IFF").period == "122026"  # type: ignore[union-attr]


async def test_a_return_is_filed_once(books: Books) -> None:
    filed = await file(books, "GSTR1", "102026")

    with pytest.raises(InvalidState, match=str(filed.arn)):
        await file(books, "GSTR1", "102026")


async def test_an_acknowledgement_is_that_of_one_return(books: Books) -> None:
    filed = await file(books, "GSTR1", "102026")
    other = await opened(books, "GSTR3B", "102026")

    with pytest.raises(Duplicate, match="GSTR-1 of 102026") as refused:
        await filing_life.file(books, other.id, arn=filed.arn or "", filed_on=on("2027-01-14"), makers=MAKERS)

    assert refused.value.field == "arn"


async def test_a_return_that_was_changed_meanwhile_is_not_filed(books: Books) -> None:
    one = await opened(books, "GSTR1", "102026")

    with pytest.raises(VersionMismatch):
        seen = copy(books, expected_versions=frozenset((7,)))
        await filing_life.file(seen, one.id, arn="AA2710261234567", filed_on=on("2027-01-14"), makers=MAKERS)


async def test_a_return_of_nobody_is_not_found(books: Books) -> None:
    with pytest.raises(NotFound):
        await filing_life.file(books, "gr_none", arn="AA2710261234567", filed_on=on("2027-01-14"), makers=MAKERS)
    with pytest.raises(NotFound):
        await filing_life.payload_of(books, "gr_none")


async def test_there_are_no_bytes_before_it_is_filed(books: Books) -> None:
    one = await opened(books, "GSTR1", "102026")

    with pytest.raises(InvalidState):
        await filing_life.payload_of(books, one.id)


@pytest.mark.parametrize("role", ["ACCOUNTANT", "SALES", "READ_ONLY", None])
async def test_only_owners_open_a_return_again(books: Books, role: str | None) -> None:
    if role is not None:
        await keep(books, role)
    filed = await file(books, "GSTR1", "102026")

    with pytest.raises(Forbidden) as refused:
        await filing_life.reopen(books, filed.id, reason="By mistake")

    assert refused.value.code == "auth.owner_only"


@pytest.mark.parametrize("form", ["GSTR1A", "GSTR3B"])
async def test_a_return_on_which_another_rests_is_not_opened_again(books: Books, form: str) -> None:
    await keep(books, "OWNER")
    filed = await file(books, "GSTR1", "102026")
    await file(books, form, "102026")

    with pytest.raises(InvalidState, match="rests on it"):
        await filing_life.reopen(books, filed.id, reason="By mistake")


async def test_what_is_not_filed_is_not_opened_again(books: Books) -> None:
    await keep(books, "OWNER")
    one = await opened(books, "GSTR1", "102026")

    with pytest.raises(InvalidState):
        await filing_life.reopen(books, one.id, reason="By mistake")


async def test_an_opened_return_closes_nothing_and_is_filed_anew(books: Books) -> None:
    """Void on its own date once the return is open again, an invoice is in the second file no more."""
    await keep(books, "OWNER")
    buyer = await a_customer(books, "Surat Mills", gst_no=GUJARAT_BUYER)
    invoice = await an_approved_invoice(books, buyer, a_line("1000.00"), dated_on=on("2026-10-15"))
    filed = await file(books, "GSTR1", "102026")
    with pytest.raises(PeriodLocked):
        await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)

    reopened = await filing_life.reopen(books, filed.id, reason="By mistake")
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    again = await file(books, "GSTR1", "102026")

    assert (reopened.status, reopened.arn, again.status) == ("REOPENED", filed.arn, "FILED")
    assert await rows_of(books, again.id) == []
