"""Whether and when customers are reminded of what is due, and in which words: a setting of the organization."""

import html
import re
from collections.abc import Mapping
from typing import Any

from domain.errors import Invalid
from domain.mails.cleaning import clean, one_line
from domain.values import Struct, asdict, field

PLACEHOLDERS = (
    "customer_name",
    "invoice_number",
    "invoice_date",
    "due_date",
    "total",
    "balance",
    "days_overdue",
    "days_until_due",
    "organization_name",
)
"""What may stand in braces in subject and text."""

MOST_STEPS = 10
EARLIEST_DAYS = -90
LATEST_DAYS = 365

_BRACES = re.compile(r"\{\{\s*([^{}]{0,60}?)\s*\}\}")


class Reminders(Struct, frozen=True, kw_only=True):
    """The setting: ``days`` after the due date, negative before it; the usual words unless it has its own."""

    is_enabled: bool = False
    days: list[int] = field(default_factory=lambda: [1, 7, 30])
    subject: str | None = None
    body_html: str | None = None


def usual_setting() -> dict[str, Any]:
    """Return what an organization has that has said nothing: nobody is reminded."""
    return asdict(Reminders())


def checked(setting: Mapping[str, Any], *, field: str) -> dict[str, Any]:
    """Return the setting in its usual form: steps once and in order, words cleaned.

    Raises Invalid for a step out of range, too many of them, or a placeholder that there is none of.
    """
    reminders = Reminders(**setting)
    days = sorted(set(reminders.days))
    if len(days) > MOST_STEPS or any(not EARLIEST_DAYS <= each <= LATEST_DAYS for each in days):
        message = f"There are at most {MOST_STEPS} steps, from {EARLIEST_DAYS} to {LATEST_DAYS} days."
        raise Invalid(message, field=f"{field}.days")
    for name in ("subject", "body_html"):
        _check_placeholders(getattr(reminders, name) or "", field=f"{field}.{name}")
    subject, body = reminders.subject, reminders.body_html
    return {
        "is_enabled": reminders.is_enabled,
        "days": days,
        "subject": (one_line(subject) or None) if subject else None,
        "body_html": clean(body, field=f"{field}.body_html") if body else None,
    }


def _check_placeholders(text: str, *, field: str) -> None:
    unknown = next((name for name in _BRACES.findall(text) if name not in PLACEHOLDERS), None)
    if unknown is not None:
        raise Invalid(f"There is no {{{{{unknown}}}}}, only {', '.join(PLACEHOLDERS)}.", field=field)


def filled_line(text: str, values: Mapping[str, str]) -> str:
    """Return a subject with its placeholders filled."""
    return one_line(_BRACES.sub(lambda found: values.get(found[1], ""), text))


def filled_html(text: str, values: Mapping[str, str]) -> str:
    """Return HTML with its placeholders filled: values are text, whatever is in them, and what they make is cleaned."""
    filled = _BRACES.sub(lambda found: html.escape(values.get(found[1], "")), text)
    return clean(filled, field="body_html")
