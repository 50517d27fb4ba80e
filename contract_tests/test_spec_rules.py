"""Every operation of the contract is described, secured, exemplified and linked, and says what refuses it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from openapi_spec_validator import validate

from contract_tests.links import links_in, with_link_bodies
from contract_tests.spec import OPERATIONS, SPEC, Node, assert_valid, inside
from openapi.bundle import operations_of, resolve

ACTION = {"get": "READ", "post": "CREATE", "put": "UPDATE", "delete": "DELETE"}
RESOURCE_OF = {
    "events": "webhooks",
    "organizations": "settings",
    "sandbox": "settings",
    "salespersons": "settings",
    "einvoice_credentials": "settings",
    "exchange_rates": "currencies",
    "opening_balances": "accounts",
    "itc_adjustments": "journals",
    "tds_sections": "taxes",
    "bills_of_entry": "bills",
    "mails": "activity",
    "customer_debit_notes": "debitnotes",
    "delivery_challans": "salesorders",
}

FILES_BY_SUBJECT = {"reports": r"\w+_reports", "gst": r"gst_\w+"}
"""First segments of paths that stand in several files, and what these are called; all of them are reports."""

READS_RETURNS, FILES_RETURNS = "AIBooks.reports.READ", "AIBooks.settings.UPDATE"
"""The scopes of what is about returns of GST: they are read as reports are, and closed as the books are."""

MAKES_MANY = ("import_", "bulk_")
"""What the ids of operations that make many things begin with."""

each_operation = pytest.mark.parametrize("name", OPERATIONS)


def test_the_bundle_is_openapi_3_0_3() -> None:
    validate(SPEC)

    assert SPEC["openapi"] == "3.0.3"


def test_the_bundle_survives_json() -> None:
    assert json.loads(json.dumps(SPEC)) == SPEC


def test_operation_ids_are_unique() -> None:
    count = sum(1 for item in SPEC["paths"].values() for _ in operations_of(item))

    assert len(OPERATIONS) == count


@each_operation
def test_an_operation_is_described(name: str) -> None:
    _, _, operation = OPERATIONS[name]

    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name)
    assert 10 <= len(operation["summary"]) <= 80
    assert not operation["summary"].endswith(".")
    assert len(operation["description"]) > len(operation["summary"])
    assert operation["tags"]
    assert set(operation["tags"]) <= {tag["name"] for tag in SPEC["tags"]}


@each_operation
def test_an_operation_is_bound_to_the_handlers_of_its_file(name: str) -> None:
    _, path, operation = OPERATIONS[name]
    first = path.split("/")[1]

    assert re.fullmatch(rf"handlers\.{FILES_BY_SUBJECT.get(first, first)}", operation["x-openapi-router-controller"])
    assert operation["tags"] == ["reports" if first in FILES_BY_SUBJECT else first]


@each_operation
def test_an_operation_needs_exactly_the_scope_of_its_method(name: str) -> None:
    method, path, operation = OPERATIONS[name]
    plural = path.removeprefix("/bulk").split("/")[1]
    is_action = method == "post" and ("{" in path or plural == "sandbox")

    if name in ("whoami", "get_pdf"):  # about the caller; about many things, each with the scope to read it
        assert operation["security"] == [{"oauth2": []}]
        return
    resource = RESOURCE_OF.get(plural, plural.replace("_", ""))
    scope = f"AIBooks.{resource}.{'UPDATE' if is_action else ACTION[method]}"
    if plural == "gst":
        scope = READS_RETURNS if method == "get" else FILES_RETURNS
    if name == "reset_sandbox":  # it deletes what all scopes are about
        scope = "AIBooks.fullaccess.all"

    assert operation["security"] == [{"oauth2": [scope]}]
    assert f"`{scope}`" in operation["description"]
    assert scope in SPEC["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]["scopes"]


@each_operation
def test_an_operation_says_what_refuses_it(name: str) -> None:
    _, _, operation = OPERATIONS[name]

    assert operation["x-refusals"]
    for code, why in operation["x-refusals"].items():
        response = operation["responses"][str(SPEC["x-error-codes"][code]["status"])]
        assert f"\n- `{code}`: {why}" in response["description"]


@each_operation
def test_the_prose_of_refusals_stands_in_the_responses_only(name: str) -> None:
    """Generated clients repeat an operation's description in every function that they make of it."""
    _, _, operation = OPERATIONS[name]

    assert "Refused with" not in operation["description"]
    assert [code for code in SPEC["x-error-codes"] if f"- `{code}`" in operation["description"]] == []
    for response in operation["responses"].values():
        lines = resolve(SPEC, response)["description"].splitlines()
        assert len(lines) == len(set(lines)), response


@each_operation
def test_an_operation_has_the_answers_that_its_method_implies(name: str) -> None:
    method, path, operation = OPERATIONS[name]
    is_one = "{" in path
    expected = {"400", "401", "403", "406", "429", "500", "503", "201" if _creates(name) else "200"}
    expected |= {"404"} if is_one else set()
    expected |= {"413", "415", "422"} if "requestBody" in operation else set()
    expected |= {"409", "422"} if method == "post" else set()
    expected |= {"412"} if (is_one and method != "get") or method == "put" else set()

    assert expected <= set(operation["responses"])


@each_operation
def test_an_operation_takes_the_headers_that_its_method_implies(name: str) -> None:
    method, path, operation = OPERATIONS[name]
    names = {parameter["name"] for parameter in _parameters(operation)}

    assert {"organization_id", "X-AIBooks-Org"} <= names
    assert ("Idempotency-Key" in names) == (method == "post")
    assert ("If-Match" in names) == (("{" in path and method != "get") or method == "put")
    assert ("If-None-Match" in names) == ("304" in operation["responses"])


@each_operation
def test_every_answer_carries_the_request_id_and_the_rate_limit(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    for response in operation["responses"].values():
        headers = resolve(SPEC, response)["headers"]

        assert {"X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(headers)
        assert {"RateLimit", "RateLimit-Policy"} <= set(headers)


@each_operation
def test_a_versioned_resource_comes_with_its_etag(name: str) -> None:
    method, _, operation = OPERATIONS[name]
    [success] = [response for status, response in operation["responses"].items() if status.startswith("2")]
    if is_printed(operation):
        assert {"ETag", "X-AIBooks-Version"} <= set(success["headers"])
        assert {"302", "304"} <= set(operation["responses"])
    if list(success["content"]) == ["image/png"]:
        assert "ETag" in success["headers"] and "304" in operation["responses"]
    if "application/json" not in success["content"]:
        return  # a file alone
    schema = resolve(SPEC, success["content"]["application/json"]["schema"])
    shows_version = any(
        "version" in resolve(SPEC, each).get("properties", {}) for each in schema.get("properties", {}).values()
    )

    assert ("ETag" in success["headers"]) == shows_version
    assert ("304" in operation["responses"]) == (shows_version and method == "get")
    assert ("Location" in success["headers"]) == ("201" in operation["responses"])


@each_operation
def test_path_parameters_are_those_of_the_path(name: str) -> None:
    _, path, operation = OPERATIONS[name]
    declared = [parameter["name"] for parameter in _parameters(operation) if parameter["in"] == "path"]

    assert declared == re.findall(r"\{(\w+)\}", path)


@each_operation
def test_parameters_are_described(name: str) -> None:
    for parameter in _parameters(OPERATIONS[name][2]):
        schema = inside(parameter["schema"])

        assert parameter["description"].strip()
        assert "example" in schema or "default" in schema or schema.get("type") == "boolean", parameter["name"]


@each_operation
def test_bodies_have_examples_that_keep_their_schema(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    holders = [operation.get("requestBody", {}), *(resolve(SPEC, each) for each in operation["responses"].values())]
    for media in (content for holder in holders for content in holder.get("content", {}).values()):
        examples = [each["value"] for each in media["examples"].values()] if "examples" in media else [media["example"]]
        for example in examples:
            assert_valid(media["schema"], example)


def test_links_lead_from_every_creation() -> None:
    linked = {name for name, *_ in links_in(SPEC)}

    assert {name for name in OPERATIONS if _creates(name)} <= linked


@pytest.mark.parametrize(("name", "link_name", "link", "response"), list(links_in(SPEC)))
def test_a_link_resolves(name: str, link_name: str, link: Node, response: Node) -> None:
    _, _, target = OPERATIONS[link["operationId"]]
    names = {name for each in _parameters(target) for name in (each["name"], f"{each['in']}.{each['name']}")}
    answer = response["content"]["application/json"]["schema"]
    body = link.get("x-request-body")

    assert set(link.get("parameters", {})) <= names
    for expression in _texts({**link.get("parameters", {}), "body": body}):
        if expression.startswith("$"):
            _assert_points_into(answer, expression)
    if body is not None:
        (media,) = target["requestBody"]["content"].values()
        schema = resolve(SPEC, media["schema"])
        assert set(body) <= set(schema["properties"])


@each_operation
def test_a_list_links_to_what_it_shows(name: str) -> None:
    """Where one of them can be read; the console takes its ids from there, too."""
    method, path, operation = OPERATIONS[name]
    reading = {where: each for each, (how, where, _) in OPERATIONS.items() if how == "get"}
    one = {each for where, each in reading.items() if re.fullmatch(rf"{path}/\{{\w+\}}", where)}
    if method == "get" and name.startswith("list_"):
        linked = {link["operationId"] for link in operation["responses"]["200"].get("links", {}).values()}
        assert one <= linked


def test_links_reach_most_operations() -> None:
    """A walk along links can reach whatever concerns one resource, so that stateful tests tell real stories."""
    reached = {link["operationId"] for _, _, link, _ in links_in(SPEC)}

    assert {name for name, (_, path, _) in OPERATIONS.items() if "{" in path} <= reached


def test_links_send_their_bodies_in_stateful_tests() -> None:
    """Schemathesis sees every link, and the body of each where the standard puts it."""
    schema = schemathesis.openapi.from_dict(with_link_bodies(SPEC))
    bodies = [link["requestBody"] for _, _, link, _ in links_in(with_link_bodies(SPEC)) if "requestBody" in link]

    assert schema.statistic.transitions.total == len(list(links_in(SPEC)))
    assert len(bodies) == sum("x-request-body" in link for _, _, link, _ in links_in(SPEC)) > 10


def test_every_scope_covers_an_operation() -> None:
    needed = {scope for _, _, operation in OPERATIONS.values() for scope in operation["security"][0]["oauth2"]}
    offered = SPEC["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]["scopes"]
    covering = {re.sub(r"\.[A-Z]+$", ".ALL", scope) for scope in needed} | {"AIBooks.fullaccess.all"}

    assert set(offered) == needed | covering


def is_printed(operation: Node) -> bool:
    """Whether it answers one document on paper."""
    return list(operation["responses"]["200"]["content"] if "200" in operation["responses"] else ()) == [
        "application/pdf"
    ]


def _creates(name: str) -> bool:
    """Whether an operation makes one thing; one that makes many answers 200 with a report of each."""
    method, path, _ = OPERATIONS[name]
    is_action = "{" in path or path.startswith("/sandbox/")
    return method == "post" and not is_action and not name.startswith(MAKES_MANY)


def _parameters(operation: Node) -> list[Node]:
    return [resolve(SPEC, parameter) for parameter in operation["parameters"]]


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _assert_points_into(schema: Node, expression: str) -> None:
    """Walk a ``$response.body#/…`` expression through the schema of the answer."""
    assert expression.startswith("$response.body#/"), expression
    for step in expression.removeprefix("$response.body#/").split("/"):
        schema = inside(schema)
        schema = schema["items"] if step.isdigit() else schema["properties"][step]
