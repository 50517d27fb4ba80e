"""What the portal would refuse or ask about in a return, said beforehand: all checks of a form over what it is made of.

Pure but for the reading: each finding names document, line and field, the rule with its source, and what to do.
"""

from collections.abc import Iterator, Sequence

from domain.books import Books
from domain.errors import InvalidState
from domain.gst.returns.checked import CheckedDocument, checked_documents
from domain.gst.returns.checks_of_documents import CHECKS_OF_DOCUMENTS
from domain.gst.returns.checks_of_returns import (
    CHANGED,
    CHECKS_OF_ANY,
    CHECKS_OF_SUPPLIES,
    CHECKS_OF_TAXES,
    DUPLICATE,
    TIME_BARRED,
    Taxes,
    WholeReturn,
    of_paper,
    twins,
)
from domain.gst.returns.differences import Difference, differences
from domain.gst.returns.filing import Filings, ReturnFiling, filings_of
from domain.gst.returns.filing_life import check_turn, unfiled
from domain.gst.returns.finding import Check, Checked, Finding, Severity
from domain.gst.returns.inward import Inward
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.reported import drafted
from domain.gst.returns.series import Run
from domain.reports.question import Scope
from domain.values import Struct


class ValidationQuestion(Struct, frozen=True):
    """Which return is checked."""

    scope: Scope
    of: ReturnQuestion
    form: str


class Validated(Struct, frozen=True):
    """What the portal would say to a return, what it refuses first."""

    question: ValidationQuestion
    findings: Sequence[Finding]


async def findings_of_supplies(books: Books, question: ReturnQuestion, issued: Sequence[Run]) -> list[Finding]:
    """Return what the portal would say to a GSTR-1 with these numbers issued, what it refuses first."""
    filings = await filings_of(books, question.gstin)
    filing = _filing_of(filings, question, "GSTR1")
    asked = question if filing else (await drafted(books, question)).question
    documents = await checked_documents(books, asked)
    changes = (await differences(books, filing)).documents if filing else ()
    of_documents = [finding for each in documents for finding in check_document(each)]
    doubled = [finding for each in twins(documents) for finding in _of_document(DUPLICATE, each)]
    whole = _found(CHECKS_OF_SUPPLIES, issued)
    changed = [finding for each in changes for finding in _of_change(each)]
    turn = _found(CHECKS_OF_ANY, _whole(books, question, filings, "GSTR1"))
    return graver_first([*turn, *of_documents, *doubled, *whole, *changed])


async def findings_of_taxes(
    books: Books, question: ReturnQuestion, taxes: Taxes, inward: Sequence[Inward]
) -> list[Finding]:
    """Return what the portal would say to a GSTR-3B, what it refuses first."""
    filings = await filings_of(books, question.gstin)
    filing = _filing_of(filings, question, "GSTR3B")
    changes = (await differences(books, filing)).documents if filing else ()
    turn = _found(CHECKS_OF_ANY, _whole(books, question, filings, "GSTR3B"))
    of_papers = [finding for each in inward for finding in of_paper(TIME_BARRED, each, taxes.today)]
    changed = [finding for each in changes for finding in _of_change(each)]
    return graver_first([*turn, *_found(CHECKS_OF_TAXES, taxes), *of_papers, *changed])


def check_document(document: CheckedDocument) -> Iterator[Finding]:
    """Return what the checks of documents find of one."""
    for check in CHECKS_OF_DOCUMENTS:
        yield from _of_document(check, document)


def graver_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return what is refused before what is asked about, each in its order."""
    return sorted(findings, key=lambda finding: finding.severity is not Severity.REFUSED)


def _of_document(check: Check[CheckedDocument], document: CheckedDocument) -> Iterator[Finding]:
    for fault in check.find(document):
        yield check.finding(fault, document_id=document.id, document_type=document.kind, number=document.number)


def _of_change(change: Difference) -> Iterator[Finding]:
    shown = change.shown
    for fault in CHANGED.find(change):
        yield CHANGED.finding(
            fault, document_id=shown.document_id, document_type=shown.document_type, number=shown.number
        )


def _found(checks: Sequence[Check[Checked]], checked: Checked) -> list[Finding]:
    return [check.finding(fault) for check in checks for fault in check.find(checked)]


def _filing_of(filings: Filings, question: ReturnQuestion, form: str) -> ReturnFiling | None:
    return None if question.period is None else filings.of(form, question.period.label)


def _whole(books: Books, question: ReturnQuestion, filings: Filings, form: str) -> WholeReturn:
    """Whether the return of the period could be filed now; of days that are no period, whether they are over."""
    if question.period is None or not filings.filed:
        return WholeReturn(to_on=question.to_on, today=books.today)
    form = "IFF" if question.period.is_iff else form
    wanted = unfiled(books, form, question.gstin, question.period)
    return WholeReturn(
        to_on=question.to_on,
        today=books.today,
        is_filed=filings.of(form, question.period.label) is not None,
        not_its_turn=_turn_of(wanted, filings),
        can_be_filed_until=wanted.can_be_filed_until,
    )


def _turn_of(wanted: ReturnFiling, filings: Filings) -> str | None:
    try:
        check_turn(wanted, filings)
    except InvalidState as refusal:
        return refusal.message
    return None
