"""The contract and the code: operations and handlers, refusals and the error table, each in both directions."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import handlers
from contract_tests.spec import OPERATIONS, SCHEMAS, SPEC
from domain import errors
from domain.documents.kinds import KINDS, Kind
from domain.errors import Refusal, Unauthenticated
from handlers.shapes.documents import SHAPES
from server.edge import problems
from server.edge.problems import ClientGone, Unreadable

CODES = SPEC["x-error-codes"]
_SHARED = "bodies documents imports lookups mailing makers openings orders registers replies shapes"
FOR_ALL_RESOURCES = {f"handlers.{name}" for name in _SHARED.split()}
CODES_GIVEN_WHERE_RAISED = {401: "auth.", 403: "auth."}
"""The statuses whose refusals have several codes, and how these begin."""


def test_each_operation_is_one_handler_and_each_handler_one_operation() -> None:
    bound = {f"{each['x-openapi-router-controller']}.{name}" for name, (_, _, each) in OPERATIONS.items()}

    assert bound == set(_handlers())


def test_every_refusal_that_the_code_knows_is_in_the_error_table() -> None:
    for refusal in _refusals():
        if refusal.status not in CODES_GIVEN_WHERE_RAISED:
            assert CODES[refusal.code]["status"] == refusal.status


def test_every_code_of_the_error_table_can_be_given() -> None:
    given = {(refusal.status, refusal.code) for refusal in _refusals()}
    for code, row in CODES.items():
        family = CODES_GIVEN_WHERE_RAISED.get(row["status"])

        assert (row["status"], code) in given or (family and code.startswith(family)), code


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_can_be_said_of_a_document_is_called_in_refusals_as_in_the_contract(kind: Kind) -> None:
    importlib.import_module(f"handlers.{kind.plural}")
    schema = "".join(word.capitalize() for word in kind.name.split("_"))
    said = SCHEMAS[f"{schema}Create"]["properties"].keys() | SCHEMAS[f"{schema}Update"]["properties"].keys()
    columns = {name: column for name, column in SHAPES[kind.name].attributes.items() if name in said}

    assert {name: kind.field_of(column) for name, column in columns.items()} == {name: name for name in columns}
    assert len(columns) > 10


def _handlers() -> Iterator[str]:
    """Yield the full name of every public async function of the modules that are not for all resources."""
    for found in pkgutil.iter_modules(handlers.__path__, "handlers."):
        if found.name not in FOR_ALL_RESOURCES:
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                is_its_own = inspect.ismethod(value) or getattr(value, "__module__", None) == found.name
                if inspect.iscoroutinefunction(value) and is_its_own and not name.startswith("_"):
                    yield f"{found.name}.{name}"


def _refusals() -> set[type[Refusal]]:
    known = [*vars(errors).values(), *vars(problems).values()]
    ours = {each for each in known if inspect.isclass(each) and issubclass(each, Refusal)}
    return ours - {Refusal, Unauthenticated, Unreadable, ClientGone}
