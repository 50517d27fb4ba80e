"""The contract as stories need it: what follows what, without the values that only fuzzing has to try.

A value that has to fit a pattern is often given up before one is found, and the whole story with it. What may be left
out and tells nothing about what comes next is left out here: headers, filters, and texts in bodies.
"""

from copy import deepcopy

from contract_tests.links import links_in
from contract_tests.spec import Node
from openapi.bundle import operations_of, resolve

AT_A_PORTAL = {
    "einvoice": "tests/server/test_einvoices.py",
    "einvoice/cancel": "tests/server/test_einvoices.py",
    "eway_bill": "tests/server/test_eway_bills.py",
    **dict.fromkeys(
        ("eway_bill/cancel", "eway_bill/vehicle", "eway_bill/extend", "eway_bill/close"),
        "tests/server/test_eway_bill_changes.py",
    ),
}
"""The ends of paths of what succeeds only while a portal answers, and who tells it with one that does."""

ELSEWHERE = {
    **AT_A_PORTAL,
    "redeliver": "tests/server/test_webhook_replays.py",
    "logo": "tests/server/test_pictures.py",
    "signature": "tests/server/test_pictures.py",
}
"""The ends of paths of which no story is made up (a portal, a picture or a worker is needed), and who tells it."""


def plotted(spec: Node) -> Node:
    """Return a copy of a contract in which operations take what links send, what they need, and claims that decide."""
    told = _without_what_is_told_elsewhere(spec)
    linked = _linked_parameters(told)
    for item in told["paths"].values():
        for method, operation in operations_of(item):
            known = [resolve(told, parameter) for parameter in operation["parameters"]]
            names = linked.get(operation["operationId"], set())
            operation["parameters"] = [_told(each) for each in known if _matters(each, method, names)]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = _plain(told, content["schema"])
    return told


def _without_what_is_told_elsewhere(spec: Node) -> Node:
    told = deepcopy(spec)
    gone: set[str] = set()
    for path in [each for each in told["paths"] if each.partition("}/")[2] in ELSEWHERE]:
        gone.update(operation["operationId"] for _, operation in operations_of(told["paths"].pop(path)))
    for item in told["paths"].values():
        for _, operation in operations_of(item):
            for response in operation["responses"].values():
                links = response.get("links", {})
                for name in [name for name, link in links.items() if link["operationId"] in gone]:
                    del links[name]
    return told


_SOME_WORDS: Node = {"type": "string", "enum": ["Thank you.", "By hand."]}
_AT_WILL: dict[str, Node] = {
    **dict.fromkeys(("notes", "description", "memo", "body"), _SOME_WORDS),
    "auto_approve": {"type": "boolean"},
}
"""What a body may say besides: it decides what can follow, or nothing."""

_ALSO_NEEDED = {
    "RecurringCreate": ("template_payload",),
    "ItcAdjustmentCreate": ("cgst_amount",),
    **dict.fromkeys(("AllocationInput", "DocumentAllocationInput"), ("invoice_id",)),
}
"""What a rule wants that the schema lets out."""


def _linked_parameters(spec: Node) -> dict[str, set[str]]:
    """The names of the parameters that links send, by the operation that they lead to."""
    linked: dict[str, set[str]] = {}
    for _, _, link, _ in links_in(spec):
        names = {name.rpartition(".")[2] for name in link.get("parameters", {})}
        linked.setdefault(link["operationId"], set()).update(names)
    return linked


def _matters(parameter: Node, method: str, linked: set[str]) -> bool:
    is_a_claim = method != "get" and parameter["schema"].get("type") == "boolean"
    return parameter["in"] == "path" or is_a_claim or parameter["name"] in linked


def _told(parameter: Node) -> Node:
    """The parameter as a story has it that no link sends it: an example; of a cursor, that there is none."""
    if parameter["in"] == "path" or parameter["schema"].get("type") == "boolean":
        return parameter
    example = "" if parameter["name"] == "cursor" else parameter.get("example", parameter["schema"].get("example"))
    return {**parameter, "schema": {"type": "string", "enum": [example]}, "example": example}


def _plain(spec: Node, schema: Node) -> Node:
    """A schema with what is required, in the first way there is, and a word or two that change nothing else."""
    if "$ref" in schema:
        named, also = resolve(spec, schema), _ALSO_NEEDED.get(schema["$ref"].rpartition("/")[2], ())
        return _plain(spec, {**named, "required": [*named.get("required", ()), *also]})
    if "items" in schema and "enum" not in schema:
        return {**schema, "items": _plain(spec, schema["items"])}
    if "enum" in schema:
        return {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    if {"pattern", "format"} & schema.keys() and "example" in schema:
        return {**schema, "enum": [schema["example"]]}
    if "properties" not in schema:
        return schema
    ways = schema.get("anyOf", [{}])
    needed = sorted({*schema.get("required", ()), *ways[0].get("required", ())})
    properties = {name: _plain(spec, schema["properties"][name]) for name in needed}
    at_will = {name: _AT_WILL[name] for name in schema["properties"].keys() & _AT_WILL.keys() - properties.keys()}
    plain = {name: value for name, value in schema.items() if name not in ("anyOf", "required", "example")}
    return plain | {"properties": at_will | properties} | ({"required": needed} if needed else {})
