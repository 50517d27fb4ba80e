"""A small contract that has one of everything the edge must handle."""

from typing import Any

BASE = "/api/public/v1"

_ID = {
    "name": "thing_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
}
_MONEY = {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 9999999999999.99, "example": 10.5}
_LINE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["item_id"],
    "properties": {
        "line_item_id": {"type": "string", "readOnly": True},
        "item_id": {"type": "string", "minLength": 1, "maxLength": 64, "description": "The item that is sold."},
        "quantity": {"type": "number", "multipleOf": 0.000001, "minimum": 0, "exclusiveMinimum": True},
        "rate": _MONEY,
        "discount": _MONEY,
        "discount_percent": {"type": "number", "minimum": 0, "maximum": 100},
    },
    "not": {"required": ["discount", "discount_percent"]},
}
_ADDRESS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"zip": {"type": "string", "pattern": "^[1-9][0-9]{5}$", "example": "560050", "nullable": True}},
}
_THING_CREATE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "line_items"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 100, "example": "Ravi Traders"},
        "kind": {"type": "string", "enum": ["GOODS", "SERVICE", None], "nullable": True},
        "date": {"type": "string", "format": "date"},
        "seen_at": {"type": "string", "format": "date-time"},
        "email": {"type": "string", "format": "email", "nullable": True},
        "website": {"type": "string", "format": "uri"},
        "count": {"type": "integer", "minimum": 1, "maximum": 200},
        "is_inclusive": {"type": "boolean"},
        "address": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Address"}]},
        "line_items": {
            "type": "array", "minItems": 1, "maxItems": 200, "items": {"$ref": "#/components/schemas/Line"},
        },
        "custom_fields": {
            "type": "object",
            "maxProperties": 20,
            "additionalProperties": {
                "anyOf": [{"type": "string", "maxLength": 20}, {"type": "number", "minimum": 0, "maximum": 1000}]
            },
        },
    },
}  # fmt: skip
_EXAMPLE = {"name": "Ravi Traders", "line_items": [{"item_id": "it_1", "quantity": 2}]}
_LIST_QUERY = [
    {"name": "per_page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}},
    {"name": "status", "in": "query", "schema": {"type": "string", "enum": ["DRAFT", "SENT"]}},
    {"name": "date_from", "in": "query", "schema": {"type": "string", "format": "date"}},
    {"name": "search", "in": "query", "schema": {"type": "string", "minLength": 1, "maxLength": 100}},
    {"name": "is_open", "in": "query", "schema": {"type": "boolean"}},
    {"name": "above", "in": "query", "schema": _MONEY},
    {
        "name": "include", "in": "query", "explode": False,
        "schema": {"type": "array", "items": {"type": "string", "enum": ["lines", "taxes"]}},
    },
    {"name": "tag", "in": "query", "schema": {"type": "array", "maxItems": 3, "items": {"type": "string"}}},
]  # fmt: skip
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": '^"?[A-Za-z0-9_:-]{1,200}"?$', "maxLength": 202},
}


def _operation(operation_id: str, scope: str, **more: Any) -> dict[str, Any]:
    return {
        "operationId": operation_id,
        "tags": ["things"],
        "summary": operation_id.replace("_", " ").capitalize(),
        "x-openapi-router-controller": "tests.server.edge_handlers",
        "security": [{"AIBooks": [f"AIBooks.things.{scope}"]}],
        "responses": {"200": {"description": "Done."}},
        **more,
    }


def edge_spec() -> dict[str, Any]:
    """Return the contract; each caller may change its own copy."""
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingCreate"}, "example": _EXAMPLE}},
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1.0.0", "description": "A **small** contract."},
        "servers": [{"url": BASE}],
        "tags": [{"name": "things", "description": "All about things."}],
        "paths": {
            "/things": {
                "get": _operation("list_things", "READ", parameters=_LIST_QUERY),
                "post": _operation("create_thing", "CREATE", parameters=[_KEY], requestBody=body),
            },
            "/things/series": {"get": _operation("list_series", "READ")},
            "/things/{thing_id}": {
                "parameters": [_ID],
                "get": _operation("get_thing", "READ"),
                "delete": _operation("delete_thing", "DELETE"),
            },
            "/things/{thing_id}/approve": {
                "parameters": [_ID],
                "post": _operation("approve_thing", "UPDATE", parameters=[_KEY]),
            },
        },
        "components": {
            "securitySchemes": {"AIBooks": _scheme()},
            "schemas": {"ThingCreate": _THING_CREATE, "Line": _LINE, "Address": _ADDRESS},
        },
    }  # fmt: skip


def _scheme() -> dict[str, Any]:
    scopes = {f"AIBooks.things.{verb}": f"{verb} things" for verb in ("READ", "CREATE", "UPDATE", "DELETE")}
    flow = {"authorizationUrl": "/oauth/authorize", "tokenUrl": "/oauth/token", "scopes": scopes}
    return {"type": "oauth2", "flows": {"authorizationCode": flow}}
