"""What a filed return would tell otherwise today: documents that came late, that changed, or that are void by now.

Each with both rows and with what becomes of it: a GSTR-1A or a table of the next GSTR-1; of a GSTR-3B, which is never
amended, the next one.
"""

from collections.abc import Sequence

from domain.books import Books
from domain.errors import InvalidState
from domain.gst.returns.amendments import AMENDMENT_OF
from domain.gst.returns.filed_rows import FiledRow, rows_of
from domain.gst.returns.filing import FILED, Filings, ReturnFiling, filings_of
from domain.gst.returns.locks import FORM_TITLES
from domain.gst.returns.pending import becomes, pending, shown_now
from domain.gst.returns.purchases import inward_supplies
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.shown import Shown, as_shown
from domain.values import Struct

ADDED, CHANGED, REMOVED = "ADDED", "CHANGED", "REMOVED"


class Difference(Struct, frozen=True, kw_only=True):
    """A document of which a return would tell something else today; ``becomes_…`` is where that is told."""

    change: str
    was: Shown | None
    now: Shown | None
    becomes_form: str
    becomes_section: str

    @property
    def told(self) -> str:
        """Where it is told, for people."""
        return f"{FORM_TITLES[self.becomes_form]}, {self.becomes_section}"

    @property
    def shown(self) -> Shown:
        """The document as filed, or as it came late."""
        shown = self.was or self.now
        assert shown is not None, "a difference is of something"
        return shown


class Differences(Struct, frozen=True):
    """What changed since a return was filed, by the dates of the documents."""

    filing: ReturnFiling
    documents: Sequence[Difference]


async def differences(books: Books, filing: ReturnFiling) -> Differences:
    """Return what the return would tell otherwise today. Raises InvalidState for one that is not filed."""
    if filing.status != FILED:
        raise InvalidState(f"{filing.title} is not filed.")
    found = await (_of_purchases if filing.form == "GSTR3B" else _of_supplies)(books, filing)
    return Differences(filing, sorted(found, key=lambda each: (each.shown.dated_on, each.shown.document_id)))


async def _of_supplies(books: Books, filing: ReturnFiling) -> list[Difference]:
    filings = await filings_of(books, filing.gstin)
    waiting = await pending(books, filing.gstin, filings)
    told = {row.document_id for row in await rows_of(books, filing.id)}
    changed = [_changed(row, filings) for row in waiting.changed if row.document_id in told]
    late = [each.id for each in waiting.late if filing.from_on <= each.dated_on <= filing.to_on]
    if not late or filing.form != "GSTR1":
        return changed
    return changed + [_late(each, filings) for each in await shown_now(books, filing.gstin, late)]


def _changed(row: FiledRow, filings: Filings) -> Difference:
    section = row.shown.section if row.was is None else row.was.section
    return Difference(
        change=REMOVED if row.now is None else CHANGED,
        was=row.was,
        now=row.now,
        becomes_form=becomes(row.period, None, filings),
        becomes_section=AMENDMENT_OF.get(section, section),
    )


def _late(shown: Shown, filings: Filings) -> Difference:
    form = becomes("", shown.dated_on, filings)
    return Difference(change=ADDED, was=None, now=shown, becomes_form=form, becomes_section=shown.section)


async def _of_purchases(books: Books, filing: ReturnFiling) -> list[Difference]:
    was = {row.document_id: row.now for row in await rows_of(books, filing.id) if row.now is not None}
    late = tuple(key for key, each in was.items() if not filing.from_on <= each.dated_on <= filing.to_on)
    days = ReturnQuestion(gstin=filing.gstin, from_on=filing.from_on, to_on=filing.to_on, late_ids=late)
    now = {each.document_id: each for each in as_shown(inward=await inward_supplies(books, days))}
    keys = list(dict.fromkeys([*was, *now]))
    pairs = ((was.get(key), now.get(key)) for key in keys)
    return [_bought(before, after) for before, after in pairs if (before and before.hash) != (after and after.hash)]


def _bought(was: Shown | None, now: Shown | None) -> Difference:
    change = ADDED if was is None else REMOVED if now is None else CHANGED
    shown = was or now
    assert shown is not None, "one of both is there"
    return Difference(change=change, was=was, now=now, becomes_form="GSTR3B", becomes_section=shown.section)
