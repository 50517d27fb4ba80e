"""The words of the landing page: a quickstart that works as printed, and how the API behaves."""

from typing import Any

_CURL = 'curl -s -H "Authorization: Bearer $AIBOOKS_TOKEN"'

# Commands for one shell, one after the other; @CURL and @API are filled in.
_STEPS = [
    (
        "Take a token",
        "make run wrote one to .data/demo.env; finzbooks token mint makes others.",
        "source .data/demo.env",
    ),
    (
        "Ask who you are",
        "Any valid token may do this.",
        "@CURL \\\n  @API/whoami",
    ),
    (
        "List invoices",
        "Newest first; next_cursor leads on.",
        "@CURL \\\n  '@API/invoices?per_page=5'",
    ),
    (
        "Choose a customer and an item",
        "Any of the demo's will do.",
        """pick() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }
CUSTOMER=$(@CURL \\
  '@API/contacts?contact_type=CUSTOMER&per_page=1' \\
  | pick "['contacts'][0]['contact_id']")
ITEM=$(@CURL \\
  '@API/items?per_page=1' | pick "['items'][0]['item_id']")""",
    ),
    (
        "Draft an invoice",
        "An item and a quantity are enough: name, rate, tax and HSN come from the item.",
        r"""INVOICE=$(@CURL -H "Content-Type: application/json" \
  -d "{\"customer_id\": \"$CUSTOMER\",
       \"line_items\": [{\"item_id\": \"$ITEM\", \"quantity\": 2}]}" \
  @API/invoices | pick "['invoice']['invoice_id']")""",
    ),
    (
        "Approve it",
        "It gets its number and is posted to the ledger.",
        "@CURL -X POST \\\n  @API/invoices/$INVOICE/approve",
    ),
]

_BEHAVIOUR = [
    ("Exact numbers", "Money is a JSON number with two places, never a binary float inside."),
    ("Safe to retry", "Send an Idempotency-Key with a POST; a retry gets the first answer again."),
    ("No lost updates", "Every resource has a version and an ETag; If-Match guards a change."),
    ("Errors that say where", "One flat object: code, message, the field, and a request_id."),
    ("Limits in the open", "Every answer tells how many calls are left, and until when."),
    ("An audit trail", "Each change is recorded with who, when, and what it was before."),
]


def landing_view(api_url: str) -> dict[str, Any]:
    """Return what the template shows: ``quickstart`` (title, about, command) and ``behaviour`` (title, about)."""
    steps = [
        {"title": title, "about": about, "command": command.replace("@CURL", _CURL).replace("@API", api_url)}
        for title, about, command in _STEPS
    ]
    return {"quickstart": steps, "behaviour": [{"title": title, "about": about} for title, about in _BEHAVIOUR]}
