"""The words of the landing page: a quickstart that works as printed, and how the API behaves."""

from typing import Any


def landing_view(api_url: str) -> dict[str, Any]:
    """Return what the template shows: ``quickstart`` (title, about, command) and ``behaviour`` (title, about)."""
    return {"quickstart": _quickstart(api_url), "behaviour": _BEHAVIOUR}


def _quickstart(api_url: str) -> list[dict[str, str]]:
    """Return commands that work as printed, one after the other, in one shell."""
    curl = 'curl -s -H "Authorization: Bearer $AIBOOKS_TOKEN"'
    body = r"{\"customer_id\": \"$CUSTOMER\", \"line_items\": [{\"item_id\": \"$ITEM\", \"quantity\": 2}]}"
    return [
        {
            "title": "Take a token",
            "about": "make run wrote one to .data/demo.env; finzbooks token mint makes others.",
            "command": "source .data/demo.env",
        },
        {
            "title": "Ask who you are",
            "about": "Any valid token may do this.",
            "command": f"{curl} \\\n  {api_url}/whoami",
        },
        {
            "title": "List invoices",
            "about": "Newest first; next_cursor leads on.",
            "command": f"{curl} \\\n  '{api_url}/invoices?per_page=5'",
        },
        {
            "title": "Choose a customer and an item",
            "about": "Any of the demo's will do.",
            "command": "\n".join(
                (
                    """pick() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }""",
                    f"CUSTOMER=$({curl} \\",
                    f"  '{api_url}/contacts?contact_type=CUSTOMER&per_page=1' \\",
                    """  | pick "['contacts'][0]['contact_id']")""",
                    f"ITEM=$({curl} \\",
                    f"  '{api_url}/items?per_page=1' | pick "
                    """"['items'][0]['item_id']")""",
                )
            ),
        },
        {
            "title": "Draft an invoice",
            "about": "An item and a quantity are enough: name, rate, tax and HSN come from the item.",
            "command": "\n".join(
                (
                    f'INVOICE=$({curl} -H "Content-Type: application/json" \\',
                    f'  -d "{body}" \\',
                    f"""  {api_url}/invoices | pick "['invoice']['invoice_id']")""",
                )
            ),
        },
        {
            "title": "Approve it",
            "about": "It gets its number and is posted to the ledger.",
            "command": f"{curl} -X POST \\\n  {api_url}/invoices/$INVOICE/approve",
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
