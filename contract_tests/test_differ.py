"""The differ names every change that breaks a client, and lets every other change pass."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from openapi.bundle import bundle
from openapi.differ import breaks, main

Spec = dict[str, Any]
Change = Callable[[Spec], object]

A_SPEC: Spec = {
    "openapi": "3.0.3",
    "info": {"title": "Books", "version": "1"},
    "paths": {
        "/contacts/{contact_id}": {
            "put": {
                "operationId": "update_contact",
                "security": [{"oauth2": ["contacts.UPDATE"]}],
                "parameters": [
                    {"name": "contact_id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 200, "default": 50}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Update"}}}},
                "responses": {
                    "200": {
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}},
                    },
                    "404": {"content": {"application/json": {"schema": {"type": "object"}}}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Update": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[a-z]*$"},
                    "kind": {"type": "string", "enum": ["CUSTOMER", "VENDOR"], "nullable": True},
                    "tags": {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": 50}},
                    "fields": {"type": "object", "additionalProperties": True},
                },
            },
            "Contact": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "parent", "status", "balance"],
                "properties": {
                    "name": {"type": "string", "maxLength": 200},
                    "parent": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Contact"}]},
                    "status": {"type": "string", "enum": ["ACTIVE", "INACTIVE"]},
                    "kind": {"type": "string", "x-extensible-enum": ["CUSTOMER"]},
                    "balance": {"type": "number", "multipleOf": 0.01},
                },
            },
        }
    },
}


def operation(spec: Spec) -> Spec:
    found: Spec = spec["paths"]["/contacts/{contact_id}"]["put"]
    return found


def sent(spec: Spec) -> Spec:
    found: Spec = spec["components"]["schemas"]["Update"]
    return found


def got(spec: Spec) -> Spec:
    found: Spec = spec["components"]["schemas"]["Contact"]
    return found


NEW_FIELD = {"gst_no": {"type": "string"}}
REQUIRED_PARAMETER = {"name": "org", "in": "query", "required": True, "schema": {"type": "string"}}
OPTIONAL_PARAMETER = {"name": "org", "in": "query", "schema": {"type": "string"}}

BREAKING: dict[str, tuple[Change, str]] = {
    "path gone": (lambda s: s["paths"].clear(), "the operation is gone"),
    "method gone": (lambda s: s["paths"]["/contacts/{contact_id}"].clear(), "the operation is gone"),
    "operation renamed": (lambda s: operation(s).update(operationId="put_contact"), "operationId was update_contact"),
    "more scopes": (lambda s: operation(s).update(security=[{"oauth2": ["a", "contacts.UPDATE"]}]), "further scope a"),
    "parameter gone": (lambda s: operation(s)["parameters"].pop(), "parameter limit (query) is gone"),
    "new required parameter": (
        lambda s: operation(s)["parameters"].append(REQUIRED_PARAMETER),
        "required parameter org",
    ),
    "parameter now required": (lambda s: operation(s)["parameters"][1].update(required=True), "limit is now required"),
    "parameter narrowed": (lambda s: operation(s)["parameters"][1]["schema"].update(maximum=100), "the maximum 100"),
    "other default": (
        lambda s: operation(s)["parameters"][1]["schema"].update(default=10),
        "limit has another default",
    ),
    "body now required": (lambda s: operation(s)["requestBody"].update(required=True), "a body is now required"),
    "body gone": (lambda s: operation(s).pop("requestBody"), "the body is gone"),
    "media type gone": (lambda s: operation(s)["requestBody"]["content"].clear(), "no longer reads application/json"),
    "status gone": (lambda s: operation(s)["responses"].pop("404"), "status 404 is gone"),
    "new success": (lambda s: operation(s)["responses"].update({"202": {}}), "succeeds with the new status 202"),
    "header gone": (lambda s: operation(s)["responses"]["200"].pop("headers"), "header ETag of 200 is gone"),
    "answer's media type gone": (
        lambda s: operation(s)["responses"]["200"].pop("content"),
        "200 no longer answers in application/json",
    ),
    "new required field": (lambda s: sent(s)["required"].append("kind"), "body.kind is now required"),
    "sent field gone": (lambda s: sent(s)["properties"].pop("tags"), "body.tags is gone"),
    "sent type": (lambda s: sent(s)["properties"]["name"].update(type="integer"), "was string, is integer"),
    "sent value gone": (lambda s: sent(s)["properties"]["kind"]["enum"].pop(), "kind may no longer be VENDOR"),
    "sent null gone": (lambda s: sent(s)["properties"]["kind"].pop("nullable"), "kind may no longer be null"),
    "sent now a list": (lambda s: sent(s)["properties"]["name"].update(enum=["a"]), "name is now one of a list"),
    "shorter text": (
        lambda s: sent(s)["properties"]["name"].update(maxLength=100),
        "name has the maxLength 100, had 200",
    ),
    "longer text needed": (lambda s: sent(s)["properties"]["name"].update(minLength=2), "name has the minLength 2"),
    "new limit": (lambda s: sent(s)["properties"]["tags"].update(minItems=1), "tags has the minItems 1, had none"),
    "other pattern": (
        lambda s: sent(s)["properties"]["name"].update(pattern="^[a-c]*$"),
        "name has the pattern ^[a-c]*$",
    ),
    "new format": (lambda s: sent(s)["properties"]["name"].update(format="date"), "name has the format date"),
    "element narrowed": (
        lambda s: sent(s)["properties"]["tags"]["items"].update(maxLength=9),
        "tags[] has the maxLength 9",
    ),
    "newly closed": (
        lambda s: sent(s)["properties"]["fields"].update(additionalProperties=False),
        "fields no longer takes other members",
    ),
    "answered field gone": (lambda s: got(s)["properties"].pop("balance"), "200.balance is gone"),
    "answered field optional": (lambda s: got(s)["required"].remove("balance"), "200.balance may now be absent"),
    "answered type": (lambda s: got(s)["properties"]["balance"].update(type="string"), "balance was number, is string"),
    "answered null": (lambda s: got(s)["properties"]["name"].update(nullable=True), "name may now be null"),
    "new value of a closed list": (lambda s: got(s)["properties"]["status"]["enum"].append("NEW"), "may now be NEW"),
    "closed list opened": (lambda s: got(s)["properties"]["status"].pop("enum"), "status may now be anything"),
    "value of an open list gone": (
        lambda s: got(s)["properties"]["kind"].update({"x-extensible-enum": []}),
        "kind no longer lists CUSTOMER",
    ),
    "longer answers": (
        lambda s: got(s)["properties"]["name"].update(maxLength=300),
        "name has the maxLength 300, had 200",
    ),
    "more decimals": (lambda s: got(s)["properties"]["balance"].update(multipleOf=0.001), "balance has the multipleOf"),
}

COMPATIBLE: dict[str, Change] = {
    "nothing": lambda s: None,
    "new path": lambda s: s["paths"].update({"/items": {"get": operation(s)}}),
    "new optional parameter": lambda s: operation(s)["parameters"].append(OPTIONAL_PARAMETER),
    "new refusal": lambda s: operation(s)["responses"].update({"409": {}}),
    "fewer scopes": lambda s: operation(s).update(security=[{"oauth2": []}]),
    "new optional field": lambda s: sent(s)["properties"].update(NEW_FIELD),
    "field no longer required": lambda s: sent(s)["required"].clear(),
    "longer text": lambda s: sent(s)["properties"]["name"].update(maxLength=300),
    "new value to send": lambda s: sent(s)["properties"]["kind"]["enum"].append("BOTH"),
    "null to send": lambda s: sent(s)["properties"]["name"].update(nullable=True),
    "integer becomes number": lambda s: operation(s)["parameters"][1]["schema"].update(type="number"),
    "new answered field": lambda s: got(s)["properties"].update(NEW_FIELD),
    "answered field now sure": lambda s: got(s)["required"].append("kind"),
    "shorter answers": lambda s: got(s)["properties"]["name"].update(maxLength=100),
    "new value of an open list": lambda s: got(s)["properties"]["kind"]["x-extensible-enum"].append("BOTH"),
    "other words": lambda s: got(s)["properties"]["name"].update(description="Name of the party."),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_breaks_a_client_is_named(name: str) -> None:
    change, sentence = BREAKING[name]

    found = breaks(A_SPEC, _changed(change))

    assert any(sentence in each for each in found), found


@pytest.mark.parametrize("name", COMPATIBLE)
def test_a_change_that_no_client_notices_passes(name: str) -> None:
    assert breaks(A_SPEC, _changed(COMPATIBLE[name])) == []


def test_what_webhooks_tell_is_read_as_answers_are() -> None:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}}}
    told = {"contact_events": {"post": {"operationId": "told_of_contact_events", "requestBody": body}}}
    old = {**deepcopy(A_SPEC), "x-webhooks": told}
    without_name = deepcopy(old)
    got(without_name)["properties"].pop("name")
    in_xml = {**old, "x-webhooks": {"contact_events": {"post": {"requestBody": {"content": {"text/xml": {}}}}}}}

    assert breaks(old, deepcopy(old)) == []
    assert breaks(old, {**old, "x-webhooks": {}}) == ["webhook contact_events: it is told no more"]
    assert "webhook contact_events: body.name is gone" in breaks(old, without_name)
    assert breaks(old, in_xml) == ["webhook contact_events: no longer told in application/json"]


def test_the_contract_is_compatible_with_itself() -> None:
    spec = bundle()

    assert breaks(spec, spec) == []


def test_the_exit_status_says_whether_something_breaks(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(A_SPEC))
    new.write_text(json.dumps(_changed(lambda s: s["paths"].clear())))

    assert main([str(old), str(old)]) == 0
    assert main([str(old), str(new)]) == 1
    assert "PUT /contacts/{contact_id}: the operation is gone" in capsys.readouterr().out


def _changed(change: Change) -> Spec:
    spec = deepcopy(A_SPEC)
    change(spec)
    return spec
