"""The contract as generators of SDKs like to read it: the published document with an overlay laid over it.

An overlay (OpenAPI Overlay 1.0) is a list of actions, each with a target and what is to be merged into it. Most of ours
follow from rules: a name for each value of a list (``x-enum-varnames``), a group and a method for each operation
(``x-sdk-group``, ``x-sdk-method``). What does not follow stands in ``overlays/sdk.yaml`` and is laid over last.
``python -m openapi.overlay`` prints the document, ``--only`` the overlay itself for other people's tools.

It is laid over the 3.1 rendition: of ``anyOf`` something and null generators make something that may be absent, and of
3.0's ``Null`` code that does not compile. Webhooks are no calls, so they are left out.
"""

import json
import re
import sys
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from openapi.fragments import ROOT, ContractError, Json, read
from openapi.naming import named_operations

BY_HAND = ROOT / "overlays" / "sdk.yaml"
VARNAMES = "x-enum-varnames"
GROUP, METHOD, MODEL = "x-sdk-group", "x-sdk-method", "x-sdk-model"

_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\['((?:[^'\\]|\\.)*)'\]|(\[\*\]|\.\*)")
_LITERAL = frozenset(("example", "examples", "default"))


def overlay_of(contract: Json) -> Json:
    """Return the whole overlay of a published contract: what follows from rules, then what is said by hand."""
    by_hand = read(BY_HAND)
    return {**by_hand, "actions": [*_value_names(contract), *_methods(contract), *by_hand["actions"]]}


def applied(contract: Json, overlay: Json) -> Json:
    """Return the contract with the actions of an overlay carried out in their order; the contract stays as it is.

    Raises: ``ContractError`` for a target that is nowhere, which the standard lets pass: ours would be mistakes.
    """
    document = deepcopy(contract)
    for action in overlay["actions"]:
        targets = list(_found(document, action["target"]))
        if not targets:
            raise ContractError(f"The overlay aims at nothing: {action['target']}")
        for holder, key in targets:
            if action.get("remove"):
                del holder[key]
            else:
                _merge(holder[key], action["update"])
    return document


def target_of(*steps: str) -> str:
    """Write the JSONPath of a member below members."""
    return "$" + "".join(f"['{step.translate({39: chr(92) + chr(39), 92: chr(92) * 2})}']" for step in steps)


def _found(document: Json, path: str) -> Iterator[tuple[Any, Any]]:
    """Yield holder and key of what a JSONPath names: members by name, and all members by ``*``, are understood."""
    if not path.startswith("$"):
        raise ContractError(f"No JSONPath: {path}")
    found: list[tuple[Any, Any]] = [({"$": document}, "$")]
    place = 1
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None:
            raise ContractError(f"More of JSONPath than is understood here: {path}")
        found = list(_below(found, step))
        place = step.end()
    yield from found


def _below(found: list[tuple[Any, Any]], step: re.Match[str]) -> Iterator[tuple[Any, Any]]:
    name = step[1] if step[1] is not None else re.sub(r"\\(.)", r"\1", step[2] or "")
    for holder, key in found:
        node = holder[key]
        if step[3]:
            yield from ((node, each) for each in (node if isinstance(node, dict) else range(len(node))))
        elif isinstance(node, dict) and name in node:
            yield node, name


def _merge(node: Any, update: Any) -> None:
    """Merge as the standard says: members into objects, elements to the end of lists."""
    if isinstance(node, list):
        node.append(deepcopy(update))
        return
    for name, value in update.items():
        if isinstance(value, dict) and isinstance(node.get(name), dict):
            _merge(node[name], value)
        else:
            node[name] = deepcopy(value)


def _value_names(contract: Json) -> Iterator[Json]:
    """Name each value of each list, where a name can be made of it: ``auth.owner_only`` is ``AUTH_OWNER_ONLY``."""
    for steps, values in lists_of(contract):
        names = ["ALL" if value == "*" else re.sub(r"\W+", "_", str(value)).strip("_").upper() for value in values]
        if all(re.fullmatch(r"[A-Z]\w*", name) for name in names):
            yield {"target": target_of(*steps), "update": {VARNAMES: names}}


def lists_of(node: Any, steps: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Yield the place and the values of each list of values; the one of null alone has none to name."""
    if isinstance(node, list):
        return  # what is listed in a schema or an operation holds no list that it does not refer to
    for key, each in node.items():
        if key in ("enum", "x-extensible-enum") and isinstance(each, list) and each != [None]:
            yield steps, each
        elif isinstance(each, dict) and key not in _LITERAL:
            yield from lists_of(each, (*steps, key))


def _methods(contract: Json) -> Iterator[Json]:
    for each in named_operations(contract):
        update = {GROUP: each.group, METHOD: each.verb}
        yield {"target": target_of("paths", each.path, each.method), "update": update}


if __name__ == "__main__":
    from openapi.bundle import bundle
    from openapi.published import published
    from openapi.rendition import rendition

    whole = rendition(published(bundle()))
    overlay = overlay_of(whole)
    told = overlay if "--only" in sys.argv else {**applied(whole, overlay), "webhooks": {}}
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
