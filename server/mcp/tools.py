"""The tools: what each is called, what it takes, which operations it comes to, and so who sees it."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from domain.access.identity import Identity
from domain.values import Struct
from server.mcp import reading
from server.mcp.catalogue import DOCUMENTS, PLURALS, Catalogue
from server.mcp.inside import Inside
from server.mcp.month import CHECKS
from server.mcp.reading import Result
from server.mcp.searching import Library
from server.mcp.writing import Writing

Json = dict[str, Any]
Run = Callable[[Inside, Mapping[str, Any]], Awaitable[Result]]

_TEXT: Json = {"type": "string", "minLength": 1, "maxLength": 200}
_DAY: Json = {"type": "string", "description": "YYYY-MM-DD"}
_MORE: Json = {"type": "object"}
_ORGANIZATION: Json = {**_TEXT, "description": "Id of the organization: this token opens several."}
_CONFIRM: Json = {**_TEXT, "description": "What the preview of this very call gave; without it nothing is carried out."}
_DOCUMENT = (
    *("customer_id", "vendor_id", "date", "due_date", "reference_number", "branch_id", "place_of_supply"),
    *("is_inclusive_tax", "is_reverse_charge", "discount_percent", "invoice_id", "bill_id", "reason", "notes"),
)
_LINE = ("item_id", "name", "hsn_or_sac", "quantity", "unit", "rate", "discount_percent", "tax_id", "account_id")
_PAYMENT = (
    *("flow", "contact_id", "amount", "date", "mode", "payment_type", "reference_number", "paid_through_account_id"),
    *("tds_amount", "tds_section", "bank_charges"),
)
_ALLOCATION = ("invoice_id", "bill_id", "credit_note_id", "debit_note_id", "amount")
_ADDED = ("contact", "item", "expense", "journal")
_KEPT = ("type", "enum")
_FIRST_WORDS = re.compile(r"[.:] |\. ?$")


class Tool(Struct, frozen=True):
    """A tool.

    ``choices`` are the values of the argument ``chosen_by`` (without one there is a single choice) with the operation
    that each comes to: a token sees those that it may carry out, and the tool if there are any.
    """

    name: str
    title: str
    description: str
    choices: Mapping[str, str | None]
    run: Run
    properties: Mapping[str, Json] = {}
    required: tuple[str, ...] = ()
    chosen_by: str | None = None
    is_read: bool = True
    is_destructive: bool = False

    def schema(self, choices: Sequence[str], *, with_organization: bool) -> Json:
        """Return what it takes where these are to be chosen from."""
        chosen: Json = {} if self.chosen_by is None else {self.chosen_by: {"type": "string", "enum": list(choices)}}
        own = {} if self.is_read else {"confirm": _CONFIRM}
        whose = {"organization_id": _ORGANIZATION} if with_organization else {}
        needed = [*chosen, *self.required]
        return {
            "type": "object",
            "properties": {**chosen, **self.properties, **own, **whose},
            **({"required": needed} if needed else {}),
            "additionalProperties": False,
        }


class Toolbox:
    """All tools, and which of them a token sees."""

    def __init__(self, catalogue: Catalogue, writing: Writing, *, public_url: str) -> None:
        self.catalogue = catalogue
        explaining = _explaining_tools(catalogue, Library(catalogue, public_url))
        tools = (*_finding_tools(catalogue), *explaining, *_writing_tools(catalogue, writing))
        self.tools = {tool.name: tool for tool in tools}

    def listed(self, identity: Identity) -> list[Json]:
        """Return the tools that a token may use, as ``tools/list`` tells them."""
        return [
            _told(tool, choices, with_organization=identity.organization_id is None)
            for tool in self.tools.values()
            if (choices := self._allowed(tool, identity))
        ]

    def _allowed(self, tool: Tool, identity: Identity) -> list[str]:
        held = identity.scopes
        return [
            choice
            for choice, operation_id in tool.choices.items()
            if operation_id is None or self.catalogue.is_allowed(operation_id, held)
        ]


def _told(tool: Tool, choices: Sequence[str], *, with_organization: bool) -> Json:
    hints: Json = {"readOnlyHint": tool.is_read, "openWorldHint": False}
    if not tool.is_read:
        hints |= {"destructiveHint": tool.is_destructive, "idempotentHint": True}
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": tool.schema(choices, with_organization=with_organization),
        "annotations": hints,
    }


def _finding_tools(catalogue: Catalogue) -> tuple[Tool, ...]:
    return (
        Tool(
            name="whoami",
            title="Who am I",
            description="What this token may do, until when, and for which organizations.",
            choices={"": "whoami"},
            run=reading.whoami,
        ),
        Tool(
            name="find",
            title="Find things",
            description="List things of a kind, with ids. Unpaid: status OVERDUE, SENT (invoice), OPEN (bill) or "
            "PARTIALLY_PAID; drafts: DRAFT. Goes on with cursor.",
            choices=catalogue.named("list_{plural}", PLURALS),
            chosen_by="kind",
            properties={
                "text": {**_TEXT, "description": "Part of a name, number or reference."},
                "status": _TEXT,
                "contact_id": {**_TEXT, "description": "Of this customer or vendor."},
                "date_from": _DAY,
                "date_to": _DAY,
                "filters": {**_MORE, "description": "Other query parameters of this list: see search_docs."},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50, "description": "10 if not said."},
                "cursor": {"type": "string", "maxLength": 1000},
            },
            run=reading.find,
        ),
        Tool(
            name="show",
            title="Show one thing",
            description="One thing whole, by id or number (of contacts and items: the name). as_pdf: a document or "
            "payment as its PDF.",
            choices=catalogue.named("get_{kind}", PLURALS),
            chosen_by="kind",
            properties={"id": _TEXT, "number": _TEXT, "as_pdf": {"type": "boolean"}},
            run=reading.show,
        ),
    )


def _explaining_tools(catalogue: Catalogue, library: Library) -> tuple[Tool, ...]:
    async def search_docs(inside: Inside, arguments: Mapping[str, Any]) -> Result:
        return Result(told={"passages": library.search(arguments["query"])})

    return (
        Tool(
            name="report",
            title="Show a report",
            description=f"A report, long lists cut to some rows. GST reports need period and, with several "
            f"registrations, filters.gstin; balances are those at to_date. {CHECKS}: what is to be seen to before "
            "the month of period is closed.",
            choices={CHECKS: "get_gst_validation", **catalogue.reports()},
            chosen_by="name",
            properties={
                "from_date": _DAY,
                "to_date": _DAY,
                "period": {"type": "string", "description": "MMYYYY"},
                "filters": {**_MORE, "description": "Other parameters: gstin, branch_id, account_id, contact_id …"},
                "rows": {"type": "integer", "minimum": 1, "maximum": 200, "description": "20 if not said."},
            },
            run=reading.report,
        ),
        Tool(
            name="explain_tax",
            title="Explain the tax",
            description="Which GST a document bears, line by line, and which facts decide that: of one there is (id), "
            "or of one as draft_document takes it, which is computed and not kept.",
            choices=catalogue.named("get_{kind}", DOCUMENTS),
            chosen_by="kind",
            properties={"id": _TEXT, "document": _MORE},
            run=reading.explain_tax,
        ),
        Tool(
            name="search_docs",
            title="Search the documentation",
            description="How things are done here: operations with all their fields and rules, guides, errors.",
            choices={"": None},
            properties={"query": _TEXT},
            required=("query",),
            run=search_docs,
        ),
    )


def _writing_tools(catalogue: Catalogue, writing: Writing) -> tuple[Tool, ...]:
    tool = partial(Tool, is_read=False)
    openings = {kind: operation for kind in DOCUMENTS if (operation := catalogue.opening(kind))}
    return (
        tool(
            name="draft_document",
            title="Draft a document",
            description="Draft a document, or with id change what is sent of a draft. Tax, due date and the rest "
            "follow from contact and items. It is in no ledger until approve.",
            choices=catalogue.named("create_{kind}", DOCUMENTS),
            chosen_by="kind",
            properties={"id": _TEXT, "document": _document(catalogue)},
            required=("document",),
            run=writing.draft_document,
        ),
        tool(
            name="approve",
            title="Approve a draft",
            description="Approve a draft: it gets its number and is posted (orders, estimates and challans: issued).",
            choices=openings,
            chosen_by="kind",
            properties={"id": _TEXT},
            required=("id",),
            run=writing.approve,
        ),
        tool(
            name="record_payment",
            title="Record a payment",
            description="Record money received or paid and what it settles; the rest of the amount stays an advance.",
            choices={"": "create_payment"},
            properties=_payment(catalogue),
            required=("flow", "contact_id", "amount"),
            run=writing.record_payment,
        ),
        tool(
            name="add",
            title="Add a contact, item, expense or journal",
            description="contact: contact_name, gst_no, payment_terms, email. item: item_name, hsn_or_sac, unit, rate, "
            "tax_id. expense: paid_through_account_id, account_id, amount, tax_id. journal: date, memo, lines of "
            "account_id with debit or credit. More fields: search_docs.",
            choices=catalogue.named("create_{kind}", _ADDED),
            chosen_by="kind",
            properties={"fields": _MORE},
            required=("fields",),
            run=writing.add,
        ),
        tool(
            name="void",
            title="Void a document or payment",
            description="Take back a document or payment: its entries are reversed, its number stays used.",
            choices=catalogue.named("void_{kind}", (*DOCUMENTS, "payment")),
            chosen_by="kind",
            properties={"id": _TEXT, "reason": {**_TEXT, "maxLength": 500}, "date": _DAY},
            required=("id",),
            is_destructive=True,
            run=writing.void,
        ),
        tool(
            name="lock_month",
            title="Lock what is closed",
            description="Nothing dated on or before lock_date can be posted or changed from then on. Look at the "
            f"report {CHECKS} before.",
            choices={"": "update_organization"},
            properties={"lock_date": _DAY},
            required=("lock_date",),
            is_destructive=True,
            run=writing.lock_month,
        ),
    )


def _document(catalogue: Catalogue) -> Json:
    """Return the usual fields of all documents, as the contract describes them."""
    members: Json = {}
    for kind in DOCUMENTS:
        body = catalogue[f"create_{kind}"].body or {}
        members = {**body["properties"], **members}
    lines = catalogue.schema(catalogue.schema(members["line_items"])["items"])["properties"]
    line = {"type": "object", "properties": {name: _brief(catalogue, lines[name]) for name in _LINE}}
    return {
        "type": "object",
        "description": "The usual fields; create_<kind> takes more: search_docs.",
        "properties": {
            **{name: _brief(catalogue, members[name]) for name in _DOCUMENT},
            "line_items": {"type": "array", "items": line},
        },
    }


def _payment(catalogue: Catalogue) -> Json:
    members = (catalogue["create_payment"].body or {})["properties"]
    amounts = catalogue.schema(catalogue.schema(members["allocations"])["items"])["properties"]
    inner = {"type": "object", "properties": {name: _brief(catalogue, amounts[name], "") for name in _ALLOCATION}}
    return {
        **{name: _brief(catalogue, members[name]) for name in _PAYMENT},
        "allocations": {"type": "array", "description": "What it settles.", "items": inner},
    }


def _brief(catalogue: Catalogue, member: Json, words: str | None = None) -> Json:
    """Return a field without patterns and bounds, which the API itself checks, and with its first sentence only."""
    schema = catalogue.schema(member)
    if words is None:
        words = _FIRST_WORDS.split(str(schema.get("description", "")), maxsplit=1)[0].rstrip(".")
    said = {"description": words} if words else {}
    return {**{name: schema[name] for name in _KEPT if name in schema}, **said}
