"""Every schema of the contract is described, exemplified, limited and closed, and no component is without a use."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest

from contract_tests.spec import OPERATIONS, SCHEMAS, SPEC, Node, assert_valid, inside, schemas_in
from openapi.bundle import example_of, references, resolve
from openapi.fragments import fragments
from server.contract.schemas import compiled, standalone
from server.edge.etags import etag_of, is_unchanged, parse_if_match

FREE = {
    "ActivityChanges",
    "CustomFields",
    "DrillDown.query",
    "Error.details",
    "EventData",
    "FiledPayload",
    "TemplatePayload",
    "WebhookAttempt.request_headers",
    "WebhookAttempt.response_headers",
}
"""The only members that hold what the contract does not know, and so are not closed."""

CONTROL_CHARACTERS = [chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127)]
"""Those that no text takes; tab, line feed and carriage return are allowed in texts of several lines."""

each_schema = pytest.mark.parametrize("name", SCHEMAS)


@each_schema
def test_an_object_is_closed_or_free_on_purpose(name: str) -> None:
    for where, schema in schemas_in(name, SCHEMAS[name]):
        if schema.get("type") == "object" and where not in FREE:
            assert schema["additionalProperties"] is False, where


def test_answers_require_all_their_members() -> None:
    optional = {
        "Error": {"field", "details"},
        "EstimateListItem": {"line_items"},
        "SalesOrderListItem": {"line_items"},
        "PurchaseOrderListItem": {"line_items"},
        "InvoiceListItem": {"line_items"},
        "BillListItem": {"line_items"},
        "CreditNoteListItem": {"line_items"},
        "DebitNoteListItem": {"line_items"},
        "CustomerDebitNoteListItem": {"line_items"},
        "DeliveryChallanListItem": {"line_items"},
        "BillOfEntryListItem": {"line_items"},
        "ExpenseListItem": {"line_items"},
        "JournalListItem": {"lines"},
        "Gstr3bFile": {"eco_dtls", "inter_sup"},
    }
    for name in _answered():
        schema = SCHEMAS[name]
        # The portal's file leaves out what is empty, at every level.
        if "properties" in schema and not name.startswith("Gstr1File"):
            # An envelope of a change warns of something or says nothing of it.
            warns = {"warnings"} & schema["properties"].keys() if "code" in schema["properties"] else set()
            assert set(schema["properties"]) - set(schema["required"]) == optional.get(name, set()) | warns, name


def test_two_schemas_differ_in_more_than_prose() -> None:
    """One thing has one name; a client has one type for it."""
    alike: dict[str, list[str]] = {}
    for name, schema in SCHEMAS.items():
        alike.setdefault(json.dumps(_without_prose(schema), sort_keys=True), []).append(name)

    assert [names for names in alike.values() if len(names) > 1] == []


def _without_prose(schema: Node) -> Node:
    plain = {key: value for key, value in schema.items() if key not in ("description", "example")}
    if "properties" in plain:
        plain["properties"] = {name: _without_prose(each) for name, each in plain["properties"].items()}
    for part in ("items", "additionalProperties"):
        if isinstance(plain.get(part), dict):
            plain[part] = _without_prose(plain[part])
    for part in ("allOf", "anyOf", "required"):
        if part in plain:
            plain[part] = sorted(map(str, plain[part]))
    return plain


def test_requests_and_answers_have_schemas_of_their_own() -> None:
    shared = {name for name in _answered() & _sent() if "properties" in SCHEMAS[name]}

    assert shared == set()


@each_schema
def test_a_member_has_a_description_and_an_example(name: str) -> None:
    assert SCHEMAS[name]["description"].strip()
    for member, schema in SCHEMAS[name].get("properties", {}).items():
        whole = inside(schema)
        assert whole["description"].strip(), f"{name}.{member}"
        assert example_of(SPEC, schema) is not None or whole.get("nullable"), f"{name}.{member}"


@each_schema
def test_a_value_has_limits(name: str) -> None:
    for where, schema in schemas_in(name, SCHEMAS[name]):
        kind = schema.get("type")
        if kind == "string":
            assert {"maxLength", "format", "enum"} & set(schema), where
        elif kind in ("integer", "number"):
            assert {"minimum", "maximum"} <= set(schema), where
        elif kind == "array":
            assert "maxItems" in schema, where


def test_headers_and_parameters_have_limits() -> None:
    named = [*SPEC["components"]["headers"].values(), *SPEC["components"]["parameters"].values()]
    for each in named:
        schema = inside(each["schema"])
        if schema["type"] == "string":
            assert {"maxLength", "enum", "format"} & set(schema), each
        elif schema["type"] != "boolean":
            assert {"minimum", "maximum"} <= set(schema), each


def _patterns() -> list[str]:
    found: set[str] = set()
    waiting: list[Any] = [SPEC]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                found.add(node["pattern"])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return sorted(found)


@pytest.mark.parametrize("pattern", _patterns())
def test_a_pattern_means_the_same_everywhere(pattern: str) -> None:
    """Anchored, no look-around, no classes that Unicode changes: the same in ECMA-262, Rust, Go and Python."""
    assert pattern.startswith("^")
    assert pattern.endswith("$") or pattern == "^(19|20)[0-9]{2}-"
    assert not re.search(r"\(\?|\\[dDwWsSbBuZA]", pattern)
    assert jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid(5)


@each_schema
def test_texts_exclude_control_characters(name: str) -> None:
    for where, schema in schemas_in(name, SCHEMAS[name]):
        if schema.get("type") != "string" or "enum" in schema or "format" in schema:
            continue
        pattern = jsonschema_rs.Draft202012Validator({"pattern": schema["pattern"]})
        filler = _text_of(schema)
        assert pattern.is_valid(filler), where
        for character in CONTROL_CHARACTERS:
            assert not pattern.is_valid(filler + character), f"{where} takes U+{ord(character):04X}"
            assert not pattern.is_valid(character + filler), f"{where} takes U+{ord(character):04X}"


def test_only_texts_of_several_lines_take_line_feeds() -> None:
    for pattern in _patterns():
        takes = jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid("two\nlines")
        assert takes == (r"\x08" in pattern), pattern


@each_schema
def test_examples_keep_their_schema(name: str) -> None:
    assert_valid(SCHEMAS[name], example_of(SPEC, SCHEMAS[name]))
    for _, schema in schemas_in(name, SCHEMAS[name]):
        if "example" in schema:
            assert_valid(schema, schema["example"])


def test_references_resolve() -> None:
    for reference in references(SPEC):
        assert reference.startswith("#/components/")
        assert resolve(SPEC, {"$ref": reference})


def test_no_component_is_without_a_use() -> None:
    source = fragments()
    used = set(references(source)) | {
        f"#/components/responses/{row['response']}" for row in source["x-error-codes"].values()
    }
    defined = {
        f"#/components/{kind}/{name}"
        for kind, named in source["components"].items()
        if kind != "securitySchemes"
        for name in named
    }

    assert defined == used


def test_the_error_table_is_shown_to_readers() -> None:
    code = SCHEMAS["Error"]["properties"]["code"]

    assert code["x-extensible-enum"] == list(SPEC["x-error-codes"])
    for name, row in SPEC["x-error-codes"].items():
        assert f"| `{name}` | {row['status']} |" in code["description"]


def _answered() -> set[str]:
    responses = [response for _, _, operation in OPERATIONS.values() for response in operation["responses"].values()]
    return _reached([resolve(SPEC, response).get("content", {}) for response in responses])


def _sent() -> set[str]:
    return _reached([operation.get("requestBody", {}) for _, _, operation in OPERATIONS.values()])


def _reached(roots: list[Any]) -> set[str]:
    """Return the names of the schemas that some trees refer to, directly or not."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        for reference in references(waiting.pop()):
            name = reference.removeprefix("#/components/schemas/")
            if name not in found and name in SCHEMAS:
                found.add(name)
                waiting.append(SCHEMAS[name])
    return found


def _text_of(schema: Node) -> str:
    """Return a text that keeps the schema's pattern: its example, or what the open list begins with."""
    text = schema.get("example") or schema.get("x-extensible-enum", ["text"])[0]
    return str(text)


def test_every_schema_that_requests_are_held_to_compiles() -> None:
    """The server compiles most of them when they are first needed."""
    for _, path, operation in OPERATIONS.values():
        shared = SPEC["paths"][path].get("parameters", [])
        held = [resolve(SPEC, each) for each in shared + operation.get("parameters", [])]
        held += resolve(SPEC, operation.get("requestBody", {})).get("content", {}).values()
        for each in held:
            compiled(standalone(each["x-row"] if "x-row" in each else each["schema"], SCHEMAS))


def test_the_examples_of_entity_tags_are_tags_that_the_server_makes_and_takes() -> None:
    headers, parameters = SPEC["components"]["headers"], SPEC["components"]["parameters"]
    example = headers["ETag"]["schema"]["example"].encode()
    seen = parameters["IfNoneMatch"]["schema"]["example"].encode()

    assert re.sub(r"[0-9a-f]{16}", "…", example.decode()) == re.sub(r"[0-9a-f]{16}", "…", etag_of(3, b"{}").decode())
    assert is_unchanged(seen, example)
    assert (
        parse_if_match(example)
        == parse_if_match(parameters["IfMatch"]["schema"]["example"].encode())
        == frozenset((3,))
    )


def test_no_list_is_said_to_be_open_by_hand() -> None:
    """What is published says it of each list that may grow, always in the same words (``openapi/published.py``)."""
    assert [name for name, schema in SCHEMAS.items() if "open list" in str(schema).lower()] == []
