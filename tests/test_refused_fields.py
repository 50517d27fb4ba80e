"""What a rule says is to blame is a member that the contract has: checked in the source, where no test may ever come.

``contract_tests/fields.py`` looks at every refusal that a test meets; here every ``field=`` is read that stands in the
rules with its name. Names that are worked out are left to the former.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from contract_tests.fields import HEADERS
from contract_tests.spec import SPEC, Node
from openapi.bundle import operations_of, resolve
from tests.test_layers import modules

DOCUMENTS = frozenset(
    (
        *("invoices", "bills", "estimates", "sales_orders", "purchase_orders", "delivery_challans", "bulk"),
        *("credit_notes", "debit_notes", "customer_debit_notes"),
    )
)
TAGS = {
    "domain/documents/printing/prints.py": frozenset(("pdf",)),
    "domain/documents/": DOCUMENTS,
    "domain/payments/": frozenset(("payments",)),
    "domain/expenses/": frozenset(("expenses", "bills_of_entry")),
    "domain/bills_of_entry/": frozenset(("bills_of_entry",)),
    "domain/recurring/": frozenset(("recurring",)),
    "domain/ledger/manual_journals.py": frozenset(("journals",)),
    "domain/ledger/accounts.py": frozenset(("accounts", "bank_accounts")),
    "domain/contacts.py": frozenset(("contacts",)),
    "domain/catalog.py": frozenset(("items",)),
}
"""Whose operations a module refuses, the narrower place first; all others may be asked by any."""

NOT_CALLED = {
    "domain/access/": "what the operator's commands refuse has their words",
    "domain/imports/": "a sheet has columns, called as its owner calls them",
}

_PLACE = re.compile(r"\[[^\]]*\]")


def spelled(value: ast.expr) -> str | None:
    """The text of a literal, with ``?`` where something is put in; ``None`` for what is worked out."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr):
        parts = [str(each.value) if isinstance(each, ast.Constant) else "?" for each in value.values]
        return "".join(parts)
    return None


def blamed() -> Iterator[tuple[str, int, str]]:
    """Each member that a rule names: where, and its name."""
    for path, tree in modules().items():
        if path.split("/")[0] not in ("domain", "handlers") or path.startswith(tuple(NOT_CALLED)):
            continue
        for node in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            for keyword in node.keywords:
                text = spelled(keyword.value) if keyword.arg == "field" else None
                for name in _PLACE.sub("", text or "").split("."):
                    if name.strip("?"):
                        yield path, node.lineno, name.strip("?")


def tags_of(path: str) -> frozenset[str]:
    """Whose operations a module refuses; empty for those of all."""
    return next((tags for place, tags in TAGS.items() if path.startswith(place)), frozenset())


def names_of(tags: frozenset[str]) -> set[str]:
    """Every name that the operations of some tags have for anything: members, parameters, headers."""
    names: set[str] = set(HEADERS)
    seen: set[str] = set()
    for item in SPEC["paths"].values():
        for _, operation in operations_of(item):
            if not tags or tags & set(operation["tags"]):
                names |= {resolve(SPEC, each)["name"] for each in operation["parameters"]}
                _gather({**operation.get("requestBody", {}), "responses": operation["responses"]}, names, seen)
    return names


def _gather(node: object, names: set[str], seen: set[str]) -> None:
    if isinstance(node, list):
        for each in node:
            _gather(each, names, seen)
    elif isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            _gather(resolve(SPEC, node), names, seen)
        properties = node.get("properties")
        names |= set(properties) if isinstance(properties, dict) else set()
        for each in node.values():
            _gather(each, names, seen)


@pytest.mark.parametrize("place", ["", *TAGS])
def test_rules_blame_members_of_the_contract(place: str) -> None:
    tags = TAGS.get(place, frozenset())
    known = names_of(tags)

    unknown = [f"{path}:{line} {name}" for path, line, name in blamed() if tags_of(path) == tags and name not in known]

    assert unknown == []


def test_a_name_of_our_own_would_be_found() -> None:
    """The id of a note's original is ``invoice_id`` or ``bill_id``; ``parent_id`` is a word of accounts."""
    known: Node = {name: names_of(tags_of(path)) for name, path in (("note", "domain/documents/"), ("any", "domain/"))}

    assert "parent_id" in known["any"]
    assert "parent_id" not in known["note"]
    assert {"invoice_id", "bill_id", "If-Match"} <= known["note"]
    assert len(list(blamed())) > 100
