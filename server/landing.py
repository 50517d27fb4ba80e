"""The words of the landing page: a quickstart that works as printed, and how the API behaves."""

from typing import Any


def landing_view(api_url: str) -> dict[str, Any]:
    """Return what the template shows: ``quickstart`` (title, about, command) and ``behaviour`` (title, about)."""
    return {"quickstart": _quickstart(api_url), "behaviour": _BEHAVIOUR}


def _quickstart(api_url: str) -> list[dict[str, str]]:
    bearer = '-H "Authorization: Bearer $AIBOOKS_TOKEN"'
    json_type = '-H "Content-Type: application/json"'
    body = '{"contact_id": "ct_…", "line_items": [{"item_id": "it_…", "quantity": 2}]}'
    return [
        {
            "title": "Mint a token",
            "about": "make run made one and wrote it to .data/demo.env. This makes another.",
            "command": "source .data/demo.env\nfinzbooks token mint --help",
        },
        {
            "title": "Ask who you are",
            "about": "Any valid token may do this.",
            "command": f"curl {bearer} \\\n  {api_url}/whoami",
        },
        {
            "title": "List invoices",
            "about": "Newest first, fifty a page; next_cursor leads on.",
            "command": f"curl {bearer} \\\n  '{api_url}/invoices?per_page=5'",
        },
        {
            "title": "Create an invoice",
            "about": "An item and a quantity are enough: name, rate, tax and HSN come from the item.",
            "command": f"curl -X POST {bearer} {json_type} \\\n  -d '{body}' \\\n  {api_url}/invoices",
        },
        {
            "title": "Approve it",
            "about": "It gets its number and is posted to the ledger.",
            "command": f"curl -X POST {bearer} \\\n  {api_url}/invoices/inv_…/approve",
        },
    ]


_BEHAVIOUR = [
    {"title": "Exact numbers", "about": "Money is a JSON number with two places, never a binary float inside."},
    {"title": "Safe to retry", "about": "Send an Idempotency-Key with a POST; a retry gets the first answer again."},
    {"title": "No lost updates", "about": "Every resource has a version and an ETag; If-Match guards a change."},
    {"title": "Errors that say where", "about": "One flat object: code, message, the field, and a request_id."},
    {"title": "Limits in the open", "about": "Every answer tells how many calls are left, and until when."},
    {"title": "An audit trail", "about": "Each change is recorded with who, when, and what it was before."},
]
