"""Notices: what this installation tells members of an organization by mail, on its own account."""

from collections.abc import Sequence
from html import escape

from domain.books import Books
from domain.ids import new_id
from domain.mails.cleaning import one_line
from domain.mails.mail import Letter, Mail, Purpose, Recipient, add
from domain.mails.queueing import ask_to_send
from domain.statements import Statement

_NAME = Statement("select name from organizations where id = %(organization_id)s")


async def tell(
    books: Books,
    recipients: Sequence[str],
    *,
    entity_type: str,
    entity_id: str,
    entity_ref: str | None,
    subject: str,
    paragraphs: Sequence[str],
) -> None:
    """Queue a notice to addresses of members. It counts for no limit, and what caused it is what is in the trail."""
    name = one_line(await books.value(_NAME))
    mail = Mail(
        id=new_id("mail"),
        entity_type=entity_type,
        entity_id=entity_id,
        entity_ref=entity_ref,
        purpose=Purpose.NOTICE.value,
        recipients=[Recipient(email=each, role="TO") for each in recipients],
        subject=one_line(subject),
        body_html="".join(f"<p>{escape(each)}</p>" for each in paragraphs),
        letter=_letter(name, subject, books),
        attach_pdf=False,
        reply_to=None,
        next_attempt_at=books.real_now,
        created_by=None,
        created_at=books.now,
        modified_at=books.now,
    )
    await add(books, mail)
    ask_to_send(books, mail.id, books.real_now)


def _letter(name: str, subject: str, books: Books) -> Letter:
    """Who writes; the rest of a letter tells of documents."""
    today = books.today.isoformat()
    return Letter(
        organization_name=name,
        contact_name="",
        title=subject,
        number=None,
        dated_on=today,
        due_title="",
        due_on=None,
        amount="",
    )
