"""The published contract says what the bundle says, in the letter of OpenAPI 3.0.3."""

from copy import deepcopy
from typing import Any

import pytest

from contract_tests.spec import SPEC, Node
from openapi.bundle import operations_of, references
from openapi.published import OPEN_LIST, _answers, _reached, published, wrapped

PUBLISHED = published(SPEC)
NULL = {"$ref": "#/components/schemas/Null"}


def a_spec(**schemas: Node) -> Node:
    """A contract whose one operation sends ``Sent`` and gets ``Got``."""
    content = {name: {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}} for name in schemas}
    operation = {
        "operationId": "create_thing",
        "x-openapi-router-controller": "handlers.things",
        "requestBody": {"content": content.get("Sent", {})},
        "responses": {"201": {"description": "Made.", "content": content["Got"]}},
    }
    return {"paths": {"/things": {"post": operation}}, "components": {"schemas": schemas}}


def said(schema: Node) -> Node:
    """How a member of an answer is published."""
    spec = published(a_spec(Got={"type": "object", "properties": {"member": schema}}))
    member: Node = spec["components"]["schemas"]["Got"]["properties"]["member"]
    return member


def nodes(node: Any) -> list[Node]:
    """Every mapping of a tree."""
    if isinstance(node, list):
        return [inner for each in node for inner in nodes(each)]
    return [node, *(inner for each in node.values() for inner in nodes(each))] if isinstance(node, dict) else []


def test_a_named_schema_that_may_be_null_is_any_of_it_and_null() -> None:
    address = {"$ref": "#/components/schemas/Address"}

    member = said({"allOf": [address], "nullable": True, "description": "Where to."})

    assert member == {"anyOf": [address, NULL], "description": "Where to."}
    assert wrapped(member) == address


def test_a_value_that_may_be_null_stays_as_it_is() -> None:
    text = {"type": "string", "maxLength": 200, "nullable": True, "example": None}

    assert said(text) == text


@pytest.mark.parametrize(("step", "places"), [(0.01, 2), (0.001, 3), (0.000001, 6), (1e-10, 10)])
def test_a_decimal_says_its_places_and_no_multiple(step: float, places: int) -> None:
    number = {"type": "number", "multipleOf": step, "minimum": 0, "maximum": 100}

    assert said(number) == {
        "type": "number",
        "format": "decimal",
        "x-decimal-places": places,
        "minimum": 0,
        "maximum": 100,
    }


def test_answers_are_open_and_requests_stay_closed() -> None:
    closed: Node = {"type": "object", "additionalProperties": False, "properties": {}}
    within = {**closed, "properties": {"line": {"type": "array", "items": closed}}}

    schemas = published(a_spec(Sent=within, Got=within))["components"]["schemas"]

    assert schemas["Sent"] == within
    assert [node for node in nodes(schemas["Got"]) if "additionalProperties" in node] == []


A_LIST: Node = {"description": "What it is.", "type": "string", "enum": ["GOODS", "SERVICE"], "example": "GOODS"}
ITS_REF: Node = {"$ref": "#/components/schemas/Kind"}


def test_a_list_of_values_in_answers_is_open_and_closed_in_requests() -> None:
    sent, got = ({"type": "object", "properties": {"kind": {"allOf": [ITS_REF]}}} for _ in range(2))

    schemas = published(a_spec(Sent=sent, Got=got, Kind=A_LIST))["components"]["schemas"]

    assert schemas["Got"]["properties"]["kind"] == {"allOf": [ITS_REF]}
    assert schemas["Kind"] == {
        "description": "What it is. Open list: others may follow.",
        "type": "string",
        "maxLength": 100,
        "x-extensible-enum": ["GOODS", "SERVICE"],
        "example": "GOODS",
    }
    assert schemas["Sent"]["properties"]["kind"] == {"allOf": [{"$ref": "#/components/schemas/KindInput"}]}
    assert schemas["KindInput"] == A_LIST


def test_a_list_of_requests_alone_and_one_that_is_closed_for_good_stay_closed() -> None:
    closed = {**A_LIST, "x-closed": True}
    got = {"type": "object", "properties": {"kind": {"$ref": "#/components/schemas/Closed"}}}
    sent = {"type": "object", "properties": {"kind": ITS_REF, "other": {"$ref": "#/components/schemas/Closed"}}}

    schemas = published(a_spec(Sent=sent, Got=got, Kind=A_LIST, Closed=closed))["components"]["schemas"]

    assert (schemas["Kind"], schemas["Closed"]) == (A_LIST, closed)
    assert set(schemas) == {"Sent", "Got", "Kind", "Closed"}


def test_open_lists_are_described_in_one_way() -> None:
    lists = [node for node in nodes(PUBLISHED) if "x-extensible-enum" in node]

    assert len(lists) > 30
    for each in lists:
        assert each["description"].endswith(OPEN_LIST), each
        assert each["description"].count("Open list") == 1
        assert "enum" not in each
        assert each["type"] == "string"


def test_the_only_closed_lists_of_answers_are_those_that_are_closed_for_good() -> None:
    """Whatever else answers hold may grow; requests say what they take."""
    for name in _reached(PUBLISHED, _answers(PUBLISHED)):
        for node in nodes(PUBLISHED["components"]["schemas"][name]):
            if isinstance(node.get("enum"), list):
                assert node.get("x-closed") or node["enum"] == [None], name


def test_a_sheet_is_also_taken_as_any_file() -> None:
    """Generators leave out operations whose only media type they do not know."""
    known = {"application/json", "multipart/form-data", "application/octet-stream"}
    bodies = {
        operation["operationId"]: list(operation["requestBody"]["content"])
        for item in PUBLISHED["paths"].values()
        for _, operation in operations_of(item)
        if "requestBody" in operation
    }

    assert [name for name, media in bodies.items() if not known & set(media)] == []
    assert bodies["import_contacts"] == ["text/csv", "application/octet-stream"]


def test_no_component_is_published_without_a_use() -> None:
    used = set(references(PUBLISHED))

    for kind in ("schemas", "responses", "parameters", "headers"):
        assert [name for name in PUBLISHED["components"][kind] if f"#/components/{kind}/{name}" not in used] == []


def test_what_only_we_read_is_not_published() -> None:
    ours = {"x-openapi-router-controller", "x-refusals"}

    assert [node for node in nodes(SPEC) if ours <= node.keys()] != []
    assert [node for node in nodes(PUBLISHED) if ours & node.keys()] == []


def test_the_bundle_stays_as_it_is() -> None:
    before = deepcopy(SPEC)

    published(SPEC)

    assert before == SPEC


def test_nullable_stands_beside_a_type_everywhere() -> None:
    """OpenAPI 3.0.3: it adds null to the type of the same schema, and counts nowhere else."""
    for node in nodes(PUBLISHED):
        if node.get("nullable") is True:
            assert isinstance(node.get("type"), str), node
            assert None in node.get("enum", [None]), node


def test_no_number_is_measured_by_multiples() -> None:
    numbers = [node for node in nodes(PUBLISHED) if node.get("type") == "number"]

    assert [node for node in numbers if "multipleOf" in node] == []
    assert len([node for node in numbers if node.get("format") == "decimal"]) > 100


def test_every_answer_of_the_contract_is_open() -> None:
    for item in PUBLISHED["paths"].values():
        for _, operation in operations_of(item):
            schema = operation["responses"].get("200", operation["responses"].get("201"))["content"]
            if "application/json" not in schema:
                continue
            reference = schema["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert PUBLISHED["components"]["schemas"][reference].get("additionalProperties", True) is True, reference


def test_every_body_that_is_sent_is_closed() -> None:
    for item in PUBLISHED["paths"].values():
        for _, operation in operations_of(item):
            media = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if media:
                reference = media["schema"]["$ref"].rpartition("/")[2]
                assert PUBLISHED["components"]["schemas"][reference]["additionalProperties"] is False, reference
