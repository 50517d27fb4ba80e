"""Opening a return, filing it, and opening it again when it was marked as filed by mistake.

Filing keeps the bytes that the portal took and every document as they show it, in one transaction that waits for all
postings under way, and they for it. Source: CGST Act 2017, sections 37 and 39; CGST Rules 2017, rule 59(6).
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from domain.access.members import find_member
from domain.books import Books, found
from domain.errors import Duplicate, Failed, Forbidden, InvalidState
from domain.gst.returns import filed_rows
from domain.gst.returns.filed_rows import FiledRow
from domain.gst.returns.filing import (
    DRAFT,
    FILED,
    REOPENED,
    YEARS_TO_FILE,
    Filings,
    ReturnFiling,
    filings_of,
    find_for_change,
    told,
)
from domain.gst.returns.locks import FORM_TITLES
from domain.gst.returns.period import Frequency, ReturnPeriod, furnished_period_named, return_period_named
from domain.gst.returns.question import ReturnQuestion, registration_asked_for
from domain.happenings import Happening
from domain.ids import new_id
from domain.pages import Listing, equal_to
from domain.statements import Statement, as_rows, insertion
from domain.values import Struct, asdict, replace
from models.returns import return_filings

NOUN = "GST return"
_DAY = timedelta(days=1)


class Made(Struct, frozen=True):
    """What is filed: the bytes for the portal, and what they say of each document."""

    payload: bytes
    rows: Sequence[FiledRow]


Make = Callable[[Books, ReturnQuestion, date], Awaitable[Made]]
"""Makes what is filed on a day of a question about a whole period."""

RETURN_LISTING = Listing(
    name="gst_returns",
    table=return_filings,
    filters=equal_to(return_filings, "form", "status", "period", "gstin"),
    orders={"period": return_filings.c.to_on},
)
_INSERT = Statement(insertion(return_filings, ReturnFiling))
_TWIN = Statement(
    """
select id
  from return_filings
 where organization_id = %(organization_id)s
   and gstin = %(gstin)s
   and form = %(form)s
   and period = %(period)s
"""
)
# The same lock that the trigger of ``return_filings`` takes, before anything is read.
_WAIT_FOR_POSTINGS = Statement(
    "select pg_advisory_xact_lock(hashtextextended('lock date', 0) # hashtext(%(organization_id)s))"
)
_ARN_USED = Statement(
    """
select form, period
  from return_filings
 where organization_id = %(organization_id)s
   and arn = %(arn)s
   and id <> %(id)s
"""
)
_KEEP = Statement(
    """
update return_filings
   set status = %(status)s,
       arn = %(arn)s,
       filed_on = %(filed_on)s,
       filed_at = %(filed_at)s,
       filed_by = %(filed_by)s,
       payload = %(payload)s,
       payload_sha256 = %(payload_sha256)s,
       version = %(version)s,
       modified_at = %(modified_at)s
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
_REOPEN = Statement(
    """
update return_filings
   set status = %(status)s,
       reopen_reason = %(reopen_reason)s,
       version = %(version)s,
       modified_at = %(modified_at)s
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
_PAYLOAD = Statement("select payload from return_filings where organization_id = %(organization_id)s and id = %(id)s")


async def open_return(books: Books, *, form: str, period: str, gstin: str | None, frequency: str) -> ReturnFiling:
    """Write a return that is to be filed.

    Raises: Invalid for what is no period, Failed for a form that is not made of it, Duplicate where it is there
    already, and what the registration refuses.
    """
    registration = await registration_asked_for(books, form=FORM_TITLES[form], gstin=gstin)
    often = Frequency(frequency)
    days = (return_period_named if form == "GSTR3B" else furnished_period_named)(period, often)
    if (form == "IFF") != days.is_iff:
        raise Failed(_NO_IFF if form == "IFF" else _ONLY_IFF.format(form=FORM_TITLES[form]), field="period")
    if await books.row(_TWIN, gstin=registration, form=form, period=days.label) is not None:
        raise Duplicate(f"There is a {FORM_TITLES[form]} of {days.label} for {registration} already.", field="period")
    filing = unfiled(books, form, registration, days)
    await books.run(_INSERT, rows=as_rows([filing]))
    _note(books, filing, "CREATED")
    return filing


def unfiled(books: Books, form: str, gstin: str, period: ReturnPeriod) -> ReturnFiling:
    """The return of a form, registration and period as it is before it is filed."""
    return ReturnFiling(
        id=new_id("gr"),
        gstin=gstin,
        form=form,
        period=period.label,
        frequency=period.frequency,
        from_on=period.first_day,
        to_on=period.last_day,
        status=DRAFT,
        created_by=books.user_id,
        version=1,
        created_at=books.now,
        modified_at=books.now,
    )


_NO_IFF = "An IFF is of one of the first two months of a quarter, and of those who file quarterly (rule 59(2))."
_ONLY_IFF = (
    "{form} of those who file quarterly is named by the last month of the quarter; in the other two there is IFF."
)


async def file(books: Books, key: str, *, arn: str, filed_on: date, makers: Mapping[str, Make]) -> ReturnFiling:
    """Keep a return as the portal took it on a day, under its acknowledgement.

    Waits for all postings, and locks the return. Raises: NotFound, VersionMismatch, InvalidState for one that is filed
    or whose turn has not come, Failed for a day on which nobody could file it, Duplicate for a used acknowledgement.
    """
    await books.run(_WAIT_FOR_POSTINGS)
    filing = await _locked(books, key)
    if filing.status == FILED:
        raise InvalidState(f"{filing.title} is filed already (ARN {filing.arn}).")
    _check_day(books, filing, filed_on)
    check_turn(filing, await filings_of(books, filing.gstin))
    used = await books.row(_ARN_USED, arn=arn, id=key)
    if used is not None:
        raise Duplicate(f"{FORM_TITLES[used['form']]} of {used['period']} was filed under this ARN.", field="arn")
    made = await makers[filing.form](books, _question_of(filing), filed_on)
    filed = replace(
        filing,
        status=FILED,
        arn=arn,
        filed_on=filed_on,
        filed_at=books.now,
        filed_by=books.user_id,
        payload_sha256=hashlib.sha256(made.payload).hexdigest(),
        version=filing.version + 1,
        modified_at=books.now,
    )
    await books.run(_KEEP, **asdict(filed), payload=made.payload)
    await filed_rows.write(books, key, made.rows)
    _note(books, filed, "FILED", filing)
    return filed


async def reopen(books: Books, key: str, *, reason: str) -> ReturnFiling:
    """Say that a return was not filed after all: its days are open again. Its bytes stay until it is filed anew.

    Waits for all postings, and locks the return. Raises: NotFound, VersionMismatch, Forbidden for who is no owner,
    InvalidState for one that is not filed, or on which another that is filed rests.
    """
    await books.run(_WAIT_FOR_POSTINGS)
    filing = await _locked(books, key)
    member = await find_member(books, books.user_id)
    if member is None or not member.is_active or member.role != "OWNER":
        raise Forbidden("auth.owner_only", "Only an owner of the organization can open a filed return again.")
    if filing.status != FILED:
        raise InvalidState(f"{filing.title} is not filed.")
    resting = _resting_on(filing, await filings_of(books, filing.gstin))
    if resting is not None:
        raise InvalidState(f"{resting.title} is filed, and rests on it; open that again first.")
    reopened = replace(filing, status=REOPENED, reopen_reason=reason, version=filing.version + 1, modified_at=books.now)
    await books.run(_REOPEN, **asdict(reopened))
    _note(books, reopened, "REOPENED", filing)
    return reopened


async def payload_of(books: Books, key: str) -> bytes:
    """Return the bytes that were filed. Raises: NotFound, InvalidState for a return that never was."""
    row = found(await books.row(_PAYLOAD, id=key), NOUN, key)
    if row["payload"] is None:
        raise InvalidState("It was not filed yet; its file comes from the report of its form.")
    return bytes(row["payload"])


async def _locked(books: Books, key: str) -> ReturnFiling:
    filing = found(await find_for_change(books, key), NOUN, key)
    books.expect_version(NOUN, filing.version)
    return filing


def _question_of(filing: ReturnFiling) -> ReturnQuestion:
    often = Frequency(filing.frequency)
    named = return_period_named if filing.form == "GSTR3B" else furnished_period_named
    return ReturnQuestion(
        gstin=filing.gstin,
        from_on=filing.from_on,
        to_on=filing.to_on,
        period=named(filing.period, often),
        frequency=often,
    )


def _check_day(books: Books, filing: ReturnFiling, filed_on: date) -> None:
    """Refuse a day on which nobody could file it. Raises Failed."""
    if books.today <= filing.to_on:
        raise InvalidState(f"The period of {filing.title} ends on {filing.to_on} only.")
    if filed_on <= filing.to_on:
        raise Failed(f"Its period ends on {filing.to_on}; it is filed after that.", field="filed_on")
    if filed_on > books.today:
        raise Failed(f"{filed_on} is still to come.", field="filed_on")
    if filed_on > filing.can_be_filed_until:
        raise Failed(
            f"It was due on {filing.due_on}; {YEARS_TO_FILE} years after that the portal takes it no more "
            "(CGST Act, sections 37(5) and 39(11)).",
            field="filed_on",
        )


def check_turn(filing: ReturnFiling, filings: Filings) -> None:
    """Refuse a return whose turn has not come, or is over. Raises InvalidState."""
    for refuse in _TURNS[filing.form]:
        refuse(filing, filings)


def _after_the_one_before(filing: ReturnFiling, filings: Filings) -> None:
    """Those of a form are filed one after another, without gaps, from whichever is the first here."""
    last = filings.last(filing.form)
    if last is None:
        return
    if last.to_on >= filing.to_on:
        raise InvalidState(f"{last.title} is filed already; what comes before it can be filed no more.")
    if last.to_on + _DAY != filing.from_on:
        raise InvalidState(f"{last.title} is the last that is filed; the one after that comes first.")


def _after_the_tax_before(filing: ReturnFiling, filings: Filings) -> None:
    """A GSTR-1 is refused while the GSTR-3B of the period before is not filed (rule 59(6)(a))."""
    before = filings.ending_on("GSTR1", filing.from_on - _DAY)
    if before is not None and filings.ending_on("GSTR3B", before.to_on) is None:
        raise InvalidState(f"The GSTR-3B of {before.period} is not filed; that comes first (rule 59(6)).")


def _after_the_supplies(filing: ReturnFiling, filings: Filings) -> None:
    """A GSTR-3B and a GSTR-1A follow the GSTR-1 of the same period (section 39(1); rule 59(1), proviso)."""
    if filings.of("GSTR1", filing.period) is None:
        raise InvalidState(f"The GSTR-1 of {filing.period} is not filed; that comes first.")


def _before_the_tax(filing: ReturnFiling, filings: Filings) -> None:
    """A GSTR-1A comes before the GSTR-3B of its period (rule 59(1), proviso)."""
    if filings.of("GSTR3B", filing.period) is not None:
        raise InvalidState(f"The GSTR-3B of {filing.period} is filed; changes go into the next GSTR-1.")


def _within_its_quarter(filing: ReturnFiling, filings: Filings) -> None:
    """An IFF comes before the GSTR-1 of its quarter, and before the IFF of the month after it."""
    last = filings.last("GSTR1", "IFF")
    if last is not None and last.to_on >= filing.to_on:
        raise InvalidState(f"{last.title} is filed already; an IFF comes before that.")


Turn = Callable[[ReturnFiling, Filings], None]
_TURNS: Mapping[str, tuple[Turn, ...]] = {
    "GSTR1": (_after_the_one_before, _after_the_tax_before),
    "IFF": (_within_its_quarter,),
    "GSTR1A": (_after_the_supplies, _before_the_tax),
    "GSTR3B": (_after_the_supplies, _after_the_one_before),
}


def _resting_on(filing: ReturnFiling, filings: Filings) -> ReturnFiling | None:
    """A filed return that could not be there without this one."""
    for each in filings.filed:
        if each.to_on > filing.to_on or (each.period == filing.period and each.form in _FOLLOWS[filing.form]):
            return each
    return None


_FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "GSTR1": ("GSTR1A", "GSTR3B"),
    "IFF": (),
    "GSTR1A": ("GSTR3B",),
    "GSTR3B": (),
}


def _note(books: Books, filing: ReturnFiling, verb: str, before: ReturnFiling | None = None) -> None:
    names = ("status", "arn", "filed_on", "payload_sha256", "reopen_reason")
    pairs = [(name, getattr(before, name), getattr(filing, name)) for name in names] if before else []
    changes: dict[str, dict[str, Any]] = {name: {"old": old, "new": new} for name, old, new in pairs if old != new}
    books.happened(Happening(f"GST_RETURN_{verb}", "GST_RETURN", filing.id, filing.arn, changes, told(filing)))
