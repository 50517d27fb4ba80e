"""Mails as JSON."""

from sqlalchemy import func

from handlers.shapes.shape import TIMES, Shape, same
from models.mails import mails

MAIL_ROW = Shape(
    mails,
    {
        "mail_id": "id",
        **same("entity_type", "entity_id", "entity_ref", "purpose", "reminder_days", "status", "recipients", "subject"),
        **same("body_html", "attach_pdf", "reply_to", "message_id"),
        "attempt_count": func.json_array_length(mails.c.attempts),
        **same("next_attempt_at", "sent_at", "error"),
        "created_by_user_id": "created_by",
        **TIMES,
    },
)
"""One in a list."""

MAIL = MAIL_ROW.also(same("attempts"))
