"""The landing page: a quickstart that works as printed, what can be built, how the API behaves, and its tokens."""

from collections.abc import Sequence
from typing import Any

from server.portal.guides import Guide

_BUILT = [
    (
        "Invoicing in your own product",
        "Draft, approve, print and mail invoices with the right GST, numbered without gaps.",
    ),
    (
        "A shop that keeps its books",
        "Orders become invoices, payments settle them, returns become credit notes; stock of tax is a report.",
    ),
    ("Collections", "Who owes what since when, reminders, statements, and a webhook when the money has come."),
    ("Purchases and input credit", "Bills, expenses, reverse charge, blocked credit, and tax deducted at source."),
    ("GST returns", "GSTR-1, 1A and 3B with the rows behind each figure, e-invoices and e-way bills."),
    ("An agent that keeps books", "Twelve tools over MCP, each change shown before it is made."),
]

_CONCEPTS = [
    ("One envelope", "A thing under its own name, a list with its page, an error as one flat object.", "envelopes"),
    ("Exact numbers", "Amounts are JSON numbers with two places, never a binary float inside.", "envelopes"),
    (
        "Drafts and posting",
        "A draft is nothing to the ledger. To approve numbers and posts it; what is posted is reversed, never edited.",
        "quickstart",
    ),
    (
        "Cursors and marks",
        "Walk a list without rows missing or coming twice; then ask only for what has changed.",
        "pagination",
    ),
    ("Safe to retry", "An Idempotency-Key makes a POST that is sent twice happen once.", "idempotency"),
    ("No lost updates", "Every thing has a version and an ETag; If-Match guards a change.", "envelopes"),
    ("Errors that say where", "A code with a page of its own, the field, and the id to quote.", "errors"),
    ("Limits in the open", "Every answer tells how many calls are left, and until when.", "rate_limits"),
    ("Told, not asked", "Signed webhooks in order, and the same events as a feed.", "webhooks"),
]


def landing_view(guides: Sequence[Guide]) -> dict[str, Any]:
    """Return what the templates show; ``quickstart`` is that guide's Markdown below its title."""
    named = {each.name: each for each in guides}
    return {
        "quickstart": named["quickstart"].text.split("\n\n", 2)[2],
        "built": [{"title": title, "about": about} for title, about in _BUILT],
        "concepts": [{"title": title, "about": about, "path": named[guide].url} for title, about, guide in _CONCEPTS],
    }
