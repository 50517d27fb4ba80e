"""A return checked by itself: the findings without its figures."""

from domain.books import Books
from domain.gst.returns import gstr3b_report
from domain.gst.returns.gstr1_source import source_of
from domain.gst.returns.gstr3b_report import Gstr3bQuestion
from domain.gst.returns.told import form_of
from domain.gst.returns.validation import Validated, ValidationQuestion, findings_of_supplies


async def read(books: Books, question: ValidationQuestion) -> Validated:
    """Return what the portal would say to the return of a registration and its days."""
    if question.form == "GSTR3B":
        answer = await gstr3b_report.read(books, Gstr3bQuestion(scope=question.scope, of=question.of))
        return Validated(question, answer.findings)
    source = await source_of(books, question.of, form_of(question.of), details=False)
    return Validated(question, await findings_of_supplies(books, question.of, source.issued))
