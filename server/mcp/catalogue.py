"""The contract as tools need it: which request an operation is, which scopes it asks for, and what its fields mean."""

from collections.abc import Mapping
from typing import Any

from domain.access import scopes as scope_rules
from domain.values import Struct
from openapi.bundle import operations_of, resolve
from server.contract.binding import scopes_of

_JSON = "application/json"

PLURALS = {
    "contact": "contacts",
    "item": "items",
    "invoice": "invoices",
    "bill": "bills",
    "estimate": "estimates",
    "sales_order": "sales_orders",
    "purchase_order": "purchase_orders",
    "delivery_challan": "delivery_challans",
    "credit_note": "credit_notes",
    "debit_note": "debit_notes",
    "customer_debit_note": "customer_debit_notes",
    "expense": "expenses",
    "payment": "payments",
    "journal": "journals",
    "account": "accounts",
    "bank_account": "bank_accounts",
    "tax": "taxes",
    "branch": "branches",
    "cost_center": "cost_centers",
    "salesperson": "salespersons",
    "recurring": "recurring",
    "gst_return": "gst_returns",
    "organization": "organizations",
}
"""What agents find and show, and what its lists are called."""

DOCUMENTS = (
    "invoice",
    "bill",
    "estimate",
    "sales_order",
    "purchase_order",
    "delivery_challan",
    "credit_note",
    "debit_note",
    "customer_debit_note",
)

_OPENED_BY = ("approve", "send", "confirm", "issue")
"""What it is called by kind that a draft becomes more than one."""


class Asked(Struct, frozen=True):
    """An operation as a request: ``parameters`` are the names in its query, ``body`` the schema of what it takes."""

    id: str
    method: str
    path: str
    scopes: tuple[str, ...]
    parameters: frozenset[str]
    body: Mapping[str, Any] | None
    title: str
    prose: str


class Catalogue:
    """All operations of a contract, by id."""

    def __init__(self, spec: dict[str, Any], base_path: str) -> None:
        self.schemas: Mapping[str, Any] = spec["components"]["schemas"]
        self._spec = spec
        self.version: str = spec["info"]["version"]
        self.operations = {
            authored["operationId"]: self._asked(base_path + path, method, item, authored)
            for path, item in spec["paths"].items()
            for method, authored in operations_of(item)
        }

    def __getitem__(self, operation_id: str) -> Asked:
        return self.operations[operation_id]

    def reports(self) -> dict[str, str]:
        """Return the operations of all reports by the report's name: the last parts of its path."""
        return {
            each.path.split("/reports/")[1].replace("/", "_"): each.id
            for each in self.operations.values()
            if "/reports/" in each.path and each.method == "GET"
        }

    def opening(self, kind: str) -> str | None:
        """Return the operation that approves, sends, confirms or issues a draft of a kind."""
        names = (f"{verb}_{kind}" for verb in _OPENED_BY)
        return next((name for name in names if name in self.operations), None)

    def named(self, pattern: str, kinds: tuple[str, ...] | Mapping[str, str]) -> dict[str, str]:
        """Return the operations of kinds that are named by a pattern, such as ``create_{kind}``, where there are."""
        ids = {kind: pattern.format(kind=kind, plural=PLURALS.get(kind, "")) for kind in kinds}
        return {kind: operation_id for kind, operation_id in ids.items() if operation_id in self.operations}

    def is_allowed(self, operation_id: str, held: frozenset[str]) -> bool:
        """Tell whether a token may carry out an operation."""
        return not scope_rules.lacking(held, self[operation_id].scopes)

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a schema itself in the place of a reference to it, also of one that may be null."""
        for _ in range(4):
            if "$ref" in schema:
                schema = resolve(self._spec, dict(schema))
            elif "anyOf" in schema or "allOf" in schema:
                inner = (schema.get("anyOf") or schema["allOf"])[0]
                own = {name: each for name, each in schema.items() if name not in ("anyOf", "allOf")}
                schema = {**self.schema(inner), **own}
        return schema

    def said_of(self, schema_name: str, member: str) -> str:
        """Return what the contract says of a member."""
        return str(self.schema(self.schemas[schema_name]["properties"][member]).get("description", ""))

    def _asked(self, path: str, method: str, item: dict[str, Any], authored: dict[str, Any]) -> Asked:
        parameters = [resolve(self._spec, each) for each in (*item.get("parameters", ()), *authored["parameters"])]
        body = authored.get("requestBody", {}).get("content", {}).get(_JSON, {}).get("schema")
        return Asked(
            id=authored["operationId"],
            method=method.upper(),
            path=path,
            scopes=scopes_of(authored, self._spec),
            parameters=frozenset(each["name"] for each in parameters if each["in"] == "query"),
            body=None if body is None else self.schema(body),
            title=authored["summary"],
            prose=authored.get("description", ""),
        )
