"""What is filed of each form: the file for the portal, ending in a line break as it is answered, and its documents."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from domain.books import Books
from domain.gst.returns.asked import return_asked_for
from domain.gst.returns.filing_life import Made, Make
from domain.gst.returns.gstr3b_file import upload_file
from domain.gst.returns.gstr3b_report import Gstr3bQuestion, read
from domain.gst.returns.inward_told import inward_told
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.reported import to_be_kept
from domain.gst.returns.told import bytes_of, file_bytes, file_of, told


def _supplies(form: str) -> Make:
    async def make(books: Books, question: ReturnQuestion, filed_on: date) -> Made:
        written = await told(books, question, form)
        return Made(file_bytes(file_of(question, written.tables)), await to_be_kept(books, question, form))

    return make


async def _taxes(books: Books, question: ReturnQuestion, filed_on: date) -> Made:
    """The GSTR-3B with interest and late fee up to the day on which it was filed."""
    assert question.period is not None, "only whole periods are filed"
    query = {"period": question.period.label, "gstin": question.gstin, "frequency": question.frequency}
    asked = await return_asked_for(books, query, form="GSTR-3B")
    answer = await read(books, Gstr3bQuestion(scope=asked.scope, of=asked.of, paid_on=filed_on))
    file = upload_file(
        question.gstin, question.period, answer.tables, interest=answer.interest, late_fee=answer.late_fee
    )
    return Made(bytes_of(file), (await inward_told(books, question)).rows)


MAKERS: Mapping[str, Make] = MappingProxyType(
    {
        "GSTR1": _supplies("GSTR1"),
        "IFF": _supplies("IFF"),
        "GSTR1A": _supplies("GSTR1A"),
        "GSTR3B": _taxes,
    }
)
"""How the file of each form is made."""
