"""The contract and the handlers agree, in both directions, or the server does not start."""

import importlib
import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from openapi.bundle import operations_of
from openapi.fragments import CONTROLLER
from server.contract.parameters import SpecMistake
from server.exchange import Handler

_ALWAYS_OFFERED = frozenset(("books", "bodies", "identity", "query", "body", "upload", "picture"))


def scopes_of(authored: dict[str, Any], contract: dict[str, Any]) -> tuple[str, ...]:
    """Return the scopes of an operation. Every operation asks for a token: one that forgot to is a mistake."""
    requirements = authored.get("security", contract.get("security"))
    if not requirements or len(requirements) != 1 or len(requirements[0]) != 1:
        raise SpecMistake(f"{authored['operationId']}: exactly one security requirement is expected.")
    (scopes,) = requirements[0].values()
    return tuple(scopes)


def parameters_of(handler: Handler, operation_id: str, path_names: frozenset[str]) -> frozenset[str]:
    """Return the handler's parameter names; it must take every path parameter and nothing that nobody offers.

    A handler that serves many resources may call the one path parameter ``key``.
    """
    if not inspect.iscoroutinefunction(handler):
        raise SpecMistake(f"{operation_id}: its handler must be an async function.")
    names = frozenset(inspect.signature(handler).parameters)
    if len(path_names) == 1 and "key" in names:
        path_names = frozenset(("key",))
    if not path_names <= names or not names <= path_names | _ALWAYS_OFFERED:
        raise SpecMistake(f"{operation_id}: its handler takes {sorted(names)}, the path gives {sorted(path_names)}.")
    return names


def reader_of(path_item: Mapping[str, Any]) -> Handler | None:
    """Return the handler that shows what the other operations of a path change, if there is one."""
    shows = path_item.get("get")
    if shows is None:
        return None
    reader: Handler = getattr(importlib.import_module(shows[CONTROLLER]), shows["operationId"])
    return reader


def import_handlers(contract: Mapping[str, Any]) -> None:
    """Import the modules of all handlers, which are bound to their operations when an application is made."""
    for item in contract["paths"].values():
        for _, operation in operations_of(item):
            importlib.import_module(operation[CONTROLLER])


def refuse_unbound_functions(full_ids: Iterable[str]) -> None:
    """Fail if a handler module has a public async function that no operation of its path file names."""
    names_by_module: dict[str, set[str]] = {}
    for full_id in full_ids:
        module_name, _, name = full_id.rpartition(".")
        names_by_module.setdefault(module_name, set()).add(name)
    for module_name, names in names_by_module.items():
        unbound = _public_handlers(module_name) - names
        if unbound:
            raise SpecMistake(f"{module_name}: no operation is named {', '.join(sorted(unbound))}.")


def _public_handlers(module_name: str) -> set[str]:
    """Return the public async functions that a module defines or binds (``void = _invoices.void``)."""
    return {
        name
        for name, value in vars(importlib.import_module(module_name)).items()
        if not name.startswith("_")
        and inspect.iscoroutinefunction(value)
        and (inspect.ismethod(value) or value.__module__ == module_name)
    }
