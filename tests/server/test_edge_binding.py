"""The server refuses to start when the contract and the handlers differ, in either direction."""

from collections.abc import Callable
from typing import Any

import pytest
from connexion.exceptions import ResolverError

from handlers.replies import Reply, gone
from server.contract.parameters import SpecMistake
from tests.server import edge_handlers
from tests.server.edge_app import Edge
from tests.server.edge_spec import edge_spec

Spec = dict[str, Any]


def test_an_operation_without_a_handler_stops_the_start() -> None:
    spec = edge_spec()
    spec["paths"]["/things"]["get"]["operationId"] = "list_unicorns"

    with pytest.raises((ResolverError, SpecMistake)):
        Edge().app(spec)


def test_an_operation_without_a_handler_module_stops_the_start() -> None:
    spec = edge_spec()
    spec["paths"]["/things"]["get"]["x-openapi-router-controller"] = "handlers.unicorns"

    with pytest.raises(ResolverError):
        Edge().app(spec)


def test_a_handler_without_an_operation_stops_the_start() -> None:
    spec = edge_spec()
    del spec["paths"]["/things/{thing_id}/approve"]

    with pytest.raises(SpecMistake, match="approve_thing"):
        Edge().app(spec)


def _no_security(spec: Spec) -> None:
    spec["paths"]["/things"]["get"]["security"] = []


def _two_schemes(spec: Spec) -> None:
    spec["paths"]["/things"]["get"]["security"] = [{"AIBooks": []}, {}]


def _form_body(spec: Spec) -> None:
    spec["paths"]["/things"]["post"]["requestBody"]["content"] = {"text/csv": {"schema": {"type": "string"}}}


def _object_in_query(spec: Spec) -> None:
    spec["paths"]["/things"]["get"]["parameters"] = [{"name": "a", "in": "query", "schema": {"type": "object"}}]


def _parameter_the_handler_does_not_take(spec: Spec) -> None:
    item = spec["paths"].pop("/things/{thing_id}")
    item["parameters"][0] = item["parameters"][0] | {"name": "other_id"}
    spec["paths"]["/things/{other_id}"] = item


@pytest.mark.parametrize(
    "spoil", [_no_security, _two_schemes, _form_body, _object_in_query, _parameter_the_handler_does_not_take]
)
def test_a_contract_that_the_edge_cannot_honour_stops_the_start(spoil: Callable[[Spec], None]) -> None:
    spec = edge_spec()
    spoil(spec)

    with pytest.raises(SpecMistake):
        Edge().app(spec)


def test_a_handler_that_is_not_async_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def delete_thing(books: object, thing_id: str) -> Reply:
        return gone("never")

    monkeypatch.setattr(edge_handlers, "delete_thing", delete_thing)

    with pytest.raises(SpecMistake, match="async"):
        Edge().app()


def test_a_bound_method_counts_as_a_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    class Things:
        async def delete(self, books: object, thing_id: str) -> Reply:
            return gone(thing_id)

    monkeypatch.setattr(edge_handlers, "void_thing", Things().delete, raising=False)

    with pytest.raises(SpecMistake, match="void_thing"):
        Edge().app()
