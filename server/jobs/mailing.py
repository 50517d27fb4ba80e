"""Sending a mail: the attempt is written, then the PDF is printed and the mail handed over, then what came of it.

Each writing is a transaction of its own; none is open while the printer and the mail server are waited for. The clock
is an argument.
"""

import asyncio
import logging
from datetime import datetime

from adapters.mail import MailDelayed, MailRefused, Reply, Taken
from adapters.mail_messages import Attachment
from domain.errors import Refusal, Unavailable
from domain.mails import attempts
from domain.mails.attempts import LONGEST_MESSAGE, Answer, Outcome, Result
from domain.mails.mail import SEND_MAIL, Mail
from domain.statements import Statement
from server.jobs.deferring import Defer
from server.jobs.opening import opened
from server.jobs.outcomes import COUNT
from server.jobs.sweeping import Sweep, waiting_in
from server.mail.composing import composed
from server.mail.post import Post

SWEEP = Sweep("sweep_mails", "* * * * *", SEND_MAIL, "mail_id", waiting_in("mails", "next_attempt_at"))

PRINT_SECONDS = 120
"""How long a PDF may take, with the wait for its turn."""

_SOURCE = "MAIL"
_COUNT = Statement(COUNT)
_IS_SANDBOX = Statement("select is_sandbox from organizations where id = %(organization_id)s")

_log = logging.getLogger("finzbooks.mail")


async def send_if_due(
    url: str, organization_id: str, mail_id: str, *, post: Post, now: datetime | None = None, defer: Defer
) -> None:
    """Try to send a mail if it is due at ``now``; what comes of it is kept with the mail.

    ``now`` absent: as the database's clock says. Raises: what the database says when it is away, and TimeoutError; the
    sweep then finds the mail due once its lease is over.
    """
    async with opened(url, organization_id, now, defer, source=_SOURCE) as books:
        mail = await attempts.begin(books, mail_id, message_id=post.message_id(mail_id))
        is_sandbox = bool(await books.value(_IS_SANDBOX))
    if mail is None:
        return
    result = await _tried(post, organization_id, mail, is_sandbox=is_sandbox)
    async with opened(url, organization_id, now, defer, source=_SOURCE) as books:
        await attempts.end(books, mail_id, mail.attempts[-1].number, result)
        await books.run(_COUNT, kind="mail", name="", outcome=result.outcome.lower(), number=1)
    if result.outcome != Outcome.SENT:
        _log.warning("Mail %s is %s: %s", mail_id, result.outcome, result.message)


async def _tried(post: Post, organization_id: str, mail: Mail, *, is_sandbox: bool) -> Result:
    """Print, compose and hand over; what nobody foresaw is logged and tried again, too."""
    try:
        attachments = await _attachments(post, organization_id, mail)
        message = composed(
            mail,
            sender=post.sender,
            service_name=post.service_name,
            written_at=mail.created_at,
            attachments=attachments,
        )
        if len(message) > post.limit_bytes:
            return _result(
                Outcome.REFUSED, "mail.too_large", f"It has {len(message)} bytes; {post.limit_bytes} are allowed."
            )
        recipients = [each.email for each in mail.waiting()]
        taken = await post.mailer_for(is_sandbox=is_sandbox).send(message, sender=post.sender, recipients=recipients)
        return _of_taken(taken, len(recipients))
    except MailRefused as refused:
        return _result(Outcome.REFUSED, "smtp.refused", str(refused))
    except MailDelayed as delayed:
        return _of_delayed(delayed)
    except Unavailable as away:
        return _result(Outcome.DELAYED, "pdf.away", away.message)
    except Refusal as refusal:
        return _result(Outcome.REFUSED, "pdf.failed", refusal.message)
    except TimeoutError:
        return _result(Outcome.DELAYED, "pdf.away", "The PDF was not ready in time.")
    except Exception:
        _log.exception("Unhandled error in mail %s", mail.id)
        return _result(Outcome.DELAYED, "server.error", "Something went wrong on our side.")


async def _attachments(post: Post, organization_id: str, mail: Mail) -> list[Attachment]:
    """The PDF, where it is to go with the mail: no mail goes without the one that it promises."""
    if not mail.attach_pdf:
        return []
    async with asyncio.timeout(PRINT_SECONDS):
        filename, content = await post.printer(organization_id, mail.entity_type, mail.entity_id)
    return [Attachment(filename=filename, media_type="application/pdf", content=content)]


def _of_taken(taken: Taken, number: int) -> Result:
    refused = {address: Answer(reply.code, _cut(reply.text)) for address, reply in taken.refused.items()}
    if not refused:
        return Result(outcome=Outcome.SENT.value, code=None, message=_cut(str(taken.reply)))
    first: Reply = next(iter(taken.refused.values()))
    if len(refused) < number:
        return Result(outcome=Outcome.IN_PART.value, code="smtp.refused", message=_cut(str(first)), refused=refused)
    is_final = all(answer.is_final for answer in refused.values())
    outcome, code = (Outcome.REFUSED, "smtp.refused") if is_final else (Outcome.DELAYED, "smtp.delayed")
    return Result(outcome=outcome.value, code=code, message=_cut(str(first)), refused=refused)


def _of_delayed(delayed: MailDelayed) -> Result:
    if delayed.is_unknown:
        return _result(Outcome.UNKNOWN, "smtp.unknown", str(delayed))
    return _result(Outcome.DELAYED, "smtp.delayed" if delayed.code else "smtp.away", str(delayed))


def _result(outcome: Outcome, code: str, message: str) -> Result:
    return Result(outcome=outcome.value, code=code, message=_cut(message))


def _cut(message: str) -> str:
    return message[:LONGEST_MESSAGE]
