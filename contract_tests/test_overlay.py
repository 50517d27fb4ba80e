"""The overlay for SDKs: a legal name for every value, model and method, and actions that do what the standard says."""

import builtins
import keyword
import re
from collections import Counter
from copy import deepcopy

import pytest

from contract_tests.spec import SPEC, Node
from contract_tests.test_published import nodes
from openapi.bundle import operations_of
from openapi.fragments import ContractError
from openapi.overlay import GROUP, METHOD, MODEL, VARNAMES, applied, lists_of, overlay_of, target_of
from openapi.published import published
from openapi.rendition import rendition

PUBLISHED: Node = rendition(published(SPEC))
OVERLAY: Node = overlay_of(PUBLISHED)
FOR_SDKS: Node = applied(PUBLISHED, OVERLAY)

GLOBALS = {
    "Array", "Boolean", "Comment", "Date", "Document", "Error", "Event", "File", "Function", "Map", "Node", "Number",
    "Object", "Option", "Promise", "Range", "Record", "Request", "Response", "Set", "String", "Symbol", "Text",
}  # fmt: skip
"""Names that TypeScript or a browser has taken."""

WORDS_OF_TYPESCRIPT = {
    "new",
    "function",
    "default",
    "switch",
    "case",
    "var",
    "let",
    "const",
    "this",
    "typeof",
    "export",
}


def test_every_list_of_values_has_names_that_python_and_typescript_take() -> None:
    lists = list(lists_of(FOR_SDKS))

    assert len(lists) > 160
    for steps, values in lists:
        node = FOR_SDKS
        for step in steps:
            node = node[step]
        names = node.get(VARNAMES, [])
        assert len(names) == len(values), (steps, values)
        assert len(set(names)) == len(names), (steps, names)
        assert [
            name for name in names if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name) or keyword.iskeyword(name)
        ] == [], steps


def test_names_follow_their_values() -> None:
    schemas = FOR_SDKS["components"]["schemas"]

    assert schemas["InvoiceStatusInput"][VARNAMES] == schemas["InvoiceStatusInput"]["enum"]
    assert "AUTH_OWNER_ONLY" in schemas["Error"]["properties"]["code"][VARNAMES]
    named = dict(zip(schemas["Gstr3bRowName"]["x-extensible-enum"], schemas["Gstr3bRowName"][VARNAMES], strict=True))
    assert (named["4(B)(1)"], named["5(NONGST)"]) == ("TABLE_4_B_1", "TABLE_5_NON_GST")


def test_every_method_has_one_name_in_its_group() -> None:
    methods = [
        (operation[GROUP], operation[METHOD])
        for item in FOR_SDKS["paths"].values()
        for _, operation in operations_of(item)
    ]

    assert [each for each, number in Counter(methods).items() if number > 1] == []
    for group, method in methods:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", group)
        assert re.fullmatch(r"[a-z][a-z0-9_]*", method)
        assert not keyword.iskeyword(method), (group, method)
        assert method not in WORDS_OF_TYPESCRIPT, (group, method)
    assert ("contacts", "import_file") in methods
    assert ("invoices", "approve") in methods


def test_no_model_is_named_twice_or_as_something_else_or_not_at_all() -> None:
    """A generator makes up a name (``InlineObject1``) for an object that is written in place without a title."""
    schemas = FOR_SDKS["components"]["schemas"]
    names = [schema.get(MODEL, name) for name, schema in schemas.items()]

    assert [each for each, number in Counter(name.lower() for name in names).items() if number > 1] == []
    assert {name for name in names if hasattr(builtins, name) or name in GLOBALS} == set()
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) or name.startswith("Inline")] == []
    named = {id(each) for each in schemas.values()}
    inline = [
        each for each in nodes(FOR_SDKS) if isinstance(each.get("properties"), dict) and each.get("type") == "object"
    ]
    assert [each for each in inline if id(each) not in named and "title" not in each] == []
    assert len(inline) > 400


def test_the_overlay_is_what_the_standard_says() -> None:
    assert OVERLAY["overlay"] == "1.0.0"
    assert set(OVERLAY["info"]) == {"title", "version"}
    for action in OVERLAY["actions"]:
        assert action["target"].startswith("$")
        assert set(action) - {"description"} == {"target", "update"}
    assert [key for key in OVERLAY if key not in ("overlay", "info", "extends", "actions") and key[:2] != "x-"] == []


def test_nothing_but_hints_is_added() -> None:
    bare = deepcopy(FOR_SDKS)
    for node in nodes(bare):
        for hint in (VARNAMES, GROUP, METHOD, MODEL):
            node.pop(hint, None)

    assert bare == PUBLISHED
    assert [node for node in nodes(PUBLISHED) if VARNAMES in node or METHOD in node] == []


A_DOCUMENT: Node = {"paths": {"/a": {"get": {"tags": ["x"], "it's": {"b": 1}}}, "/b": {"get": {"tags": []}}}}


def laid(target: str, **what: object) -> Node:
    return applied(A_DOCUMENT, {"actions": [{"target": target, **what}]})


def test_actions_are_carried_out_as_the_standard_says() -> None:
    before = deepcopy(A_DOCUMENT)

    assert laid("$.paths['/a'].get", update={"it's": {"c": 2}, "new": 3})["paths"]["/a"]["get"] == {
        "tags": ["x"], "it's": {"b": 1, "c": 2}, "new": 3,
    }  # fmt: skip
    assert laid("$.paths.*.get.tags", update="y")["paths"]["/b"]["get"]["tags"] == ["y"]
    assert laid("$.paths[*].get", update={"z": 1})["paths"]["/a"]["get"]["z"] == 1
    assert laid(target_of("paths", "/a", "get", "it's"), update={"c": 2})["paths"]["/a"]["get"]["it's"] == {
        "b": 1,
        "c": 2,
    }
    assert laid("$.paths['/b']", remove=True)["paths"].keys() == {"/a"}
    assert before == A_DOCUMENT


@pytest.mark.parametrize("target", ["$.nowhere", "paths", "$.paths[?(@.get)]", "$..get"])
def test_a_target_that_is_nowhere_or_not_understood_is_a_mistake(target: str) -> None:
    with pytest.raises(ContractError):
        laid(target, update={})
