"""The 3.1 rendition says the same as the published contract: whatever one takes or refuses, the other does as well."""

import json
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator, OAS31Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012

from contract_tests.spec import SPEC, Node
from contract_tests.test_published import nodes
from openapi.bundle import example_of, operations_of, references
from openapi.published import published
from openapi.rendition import DIALECT, rendition

PUBLISHED: Node = json.loads(json.dumps(published(SPEC)))
RENDITION: Node = rendition(PUBLISHED)
OLD: Node = PUBLISHED["components"]["schemas"]
NEW: Node = RENDITION["components"]["schemas"]

HERE = "urn:contract"
# Bytes are not JSON, so 3.1 says nothing of their type where 3.0 called them text.
OF_JSON = sorted(name for name in NEW if not any(each.get("format") == "binary" for each in nodes(OLD[name])))
ODD: list[Any] = [None, "", "x", "2026-11-30", 0, -1, 1.005, 10**13, True, [], [None], {}, {"news": 1}]


@cache
def by_3_0(name: str) -> Any:
    registry: Any = Registry().with_resource(HERE, DRAFT4.create_resource(PUBLISHED))
    return OAS30Validator({"$ref": f"{HERE}#/components/schemas/{name}"}, registry=registry)


@cache
def by_3_1(name: str) -> Any:
    registry: Any = Registry().with_resource(HERE, DRAFT202012.create_resource(RENDITION))
    return OAS31Validator({"$ref": f"{HERE}#/components/schemas/{name}"}, registry=registry)


def verdicts(name: str, value: Any) -> tuple[bool, bool]:
    """Whether a value is valid by each of the two."""
    return by_3_0(name).is_valid(value), by_3_1(name).is_valid(value)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each value within a value, itself first."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in members for place in places(each, (*path, key)))]


def spoilt(value: Any, place: tuple[Any, ...], put: Any) -> Any:
    """A copy of a value with another one in one place, or without what was there."""
    if not place:
        return put
    copied = deepcopy(value)
    holder = copied
    for key in place[:-1]:
        holder = holder[key]
    if put is ...:
        del holder[place[-1]]
    else:
        holder[place[-1]] = put
    return copied


def test_the_rendition_begins_with_its_version() -> None:
    """That all of it is OpenAPI 3.1 is checked by ``make spec``, and by Redocly and Spectral."""
    assert RENDITION["openapi"] == "3.1.1"
    assert RENDITION["jsonSchemaDialect"] == DIALECT
    assert list(RENDITION)[:3] == ["openapi", "info", "jsonSchemaDialect"]


def test_nothing_is_left_of_3_0() -> None:
    schemas = nodes(NEW)

    assert len([each for each in schemas if isinstance(each.get("type"), list)]) > 1000
    assert [each for each in schemas if each.get("nullable") is True or each.get("format") in ("binary", "byte")] == []
    assert [name for name in NEW if isinstance(NEW[name].get("example"), str)] == []
    assert [each for each in references(RENDITION) if each.endswith("/Null")] == []
    assert [each for each in nodes(RENDITION) if "multipleOf" in each and each.get("type") != "integer"] == []


def test_operations_and_names_are_the_same() -> None:
    assert list(RENDITION["paths"]) == list(PUBLISHED["paths"])
    assert set(OLD) - set(NEW) == {"Null"}
    for path, item in PUBLISHED["paths"].items():
        for method, operation in operations_of(item):
            other = RENDITION["paths"][path][method]
            assert {
                key: operation[key] for key in operation if key not in ("parameters", "requestBody", "responses")
            } == {key: other[key] for key in other if key not in ("parameters", "requestBody", "responses")}
            assert list(other["responses"]) == list(operation["responses"])


def test_every_sample_and_what_is_spoilt_in_one_place_are_judged_alike() -> None:
    """Each schema's sample, then with null in each of its places and without each of its members."""
    judged: list[tuple[str, Any, tuple[bool, bool]]] = []
    for name in OF_JSON:
        sample = example_of(PUBLISHED, OLD[name])
        for place in places(sample)[:10]:
            changes = [None, ...] if place and isinstance(place[-1], str) else [None]
            for put in changes:
                value = spoilt(sample, place, put)
                judged.append((name, value, verdicts(name, value)))
        judged.append((name, sample, verdicts(name, sample)))
    taken = [each for each in judged if each[2][0]]

    assert [each for each in judged if each[2][0] != each[2][1]] == []
    assert len(taken) > 1000
    assert len(judged) - len(taken) > 1000


@settings(max_examples=300)
@given(st.data())
def test_whatever_is_made_up_is_judged_alike(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(OF_JSON))
    value = example_of(PUBLISHED, OLD[name])
    for _ in range(data.draw(st.integers(0, 3))):
        value = spoilt(value, data.draw(st.sampled_from(places(value))), data.draw(st.sampled_from(ODD)))

    old, new = verdicts(name, value)

    assert old == new


def said(schema: Node) -> Any:
    """How one schema is said in 3.1."""
    spec: Node = {"info": {}, "paths": {}, "components": {"schemas": {"One": schema}}}
    return rendition(spec)["components"]["schemas"]["One"]


ADDRESS = {"$ref": "#/components/schemas/Address"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["A", None], "nullable": True}, {"type": ["string", "null"], "enum": ["A", None]}),
        (
            {"anyOf": [ADDRESS, {"$ref": "#/components/schemas/Null"}], "description": "Where to."},
            {"anyOf": [ADDRESS, {"type": "null"}], "description": "Where to."},
        ),
        ({"allOf": [ADDRESS], "description": "Where to."}, {**ADDRESS, "description": "Where to."}),
        ({"allOf": [ADDRESS, {"type": "object"}]}, {"allOf": [ADDRESS, {"type": "object"}]}),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, {"type": "number", "exclusiveMinimum": 0}),
        ({"type": "number", "maximum": 9, "exclusiveMaximum": False}, {"type": "number", "maximum": 9}),
        ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
        (
            {"description": "Bytes.", "type": "string", "format": "binary", "maxLength": 9},
            {"description": "Bytes.", "contentMediaType": "application/octet-stream"},
        ),
        ({"type": "string", "format": "byte"}, {"type": "string", "contentEncoding": "base64"}),
        (
            {"type": "object", "properties": {"example": {"type": "string", "nullable": True}}},
            {"type": "object", "properties": {"example": {"type": ["string", "null"]}}},
        ),
        ({"type": "object", "additionalProperties": False}, {"type": "object", "additionalProperties": False}),
    ],
)
def test_each_word_of_3_0_has_one_of_3_1(old: Node, new: Node) -> None:
    assert said(old) == new


def test_webhooks_are_webhooks_and_bytes_are_of_their_media_type() -> None:
    pdf = {"application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": ""}}
    sent = {"application/json": {"schema": {"type": "object", "nullable": True}, "example": {"nullable": True}}}
    hook = {"invoice.paid": {"post": {"requestBody": {"content": sent}, "responses": {"200": {"content": pdf}}}}}
    spec: Node = {"info": {}, "paths": {}, "components": {}, "x-webhooks": hook}

    told = rendition(spec)

    assert "x-webhooks" not in told
    operation = told["webhooks"]["invoice.paid"]["post"]
    assert operation["requestBody"]["content"]["application/json"] == {
        "schema": {"type": ["object", "null"]},
        "example": {"nullable": True},
    }
    assert operation["responses"]["200"]["content"]["application/pdf"]["schema"] == {
        "contentMediaType": "application/pdf"
    }
    assert spec["x-webhooks"] == hook


def test_the_contract_stays_as_it_is() -> None:
    before = deepcopy(PUBLISHED)

    rendition(PUBLISHED)

    assert before == PUBLISHED
