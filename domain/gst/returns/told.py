"""The tables of a GSTR-1, IFF or GSTR-1A: as filed, or as they would be filed; and the bytes of the portal's file."""

from collections.abc import Sequence

from domain.books import Books
from domain.gst.returns.amendments import amendment_tables, sums_changed
from domain.gst.returns.filed_rows import FiledRow
from domain.gst.returns.gstr1 import Gstr1, gstr1_of, read_supplies
from domain.gst.returns.portal_json import Json, PortalFile, portal_json, read_portal_json
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.reported import drafted, filing_asked_for
from domain.statements import Statement, as_json, from_json
from domain.values import Struct, replace

_PAYLOAD = Statement("select payload from return_filings where organization_id = %(organization_id)s and id = %(id)s")


class Told(Struct, frozen=True):
    """The tables of a return; ``payload`` are the bytes that were filed, None of one that is not."""

    tables: Gstr1
    amended: Sequence[FiledRow] = ()
    payload: bytes | None = None


def form_of(question: ReturnQuestion) -> str:
    """Return the form of a statement of outward supplies: IFF in the first two months of a quarter."""
    return "IFF" if question.period is not None and question.period.is_iff else "GSTR1"


async def told(books: Books, question: ReturnQuestion, form: str) -> Told:
    """Return the tables of the statement of this form for the days that are asked for."""
    payload = await filed_bytes(books, question, form)
    if payload is not None:
        return Told(read_portal_json(from_json(payload)).tables, payload=payload)
    draft = await drafted(books, question, form)
    read = await read_supplies(books, draft.question)
    read = replace(read, sums=[*read.sums, *sums_changed(draft.amended)])
    tables = gstr1_of(question, read, furnished=draft.told_by_iff)
    amendments = await amendment_tables(books, question.gstin, draft.amended)
    return Told(replace(tables, **amendments), draft.amended)


async def filed_bytes(books: Books, question: ReturnQuestion, form: str) -> bytes | None:
    """Return the bytes that were filed of a whole registration and period; None where the return is not filed."""
    filing = None if question.branch_id else await filing_asked_for(books, question, form)
    return None if filing is None else bytes(await books.value(_PAYLOAD, id=filing.id))


def file_of(question: ReturnQuestion, tables: Gstr1) -> PortalFile:
    """Return what the portal's file of a whole period says."""
    assert question.period is not None, "files are of whole periods"
    return PortalFile(question.gstin, question.period.label, tables)


def bytes_of(written: Json) -> bytes:
    """Return the bytes of a file for the portal: a line of JSON."""
    return as_json(written).encode() + b"\n"


def file_bytes(file: PortalFile) -> bytes:
    """Return the bytes of a statement of outward supplies for the portal."""
    return bytes_of(portal_json(file))
