"""The contract with the bodies of its links where Schemathesis looks for them: stateful tests then tell stories."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from openapi.bundle import operations_of

Node = dict[str, Any]


def links_in(spec: Node) -> Iterator[tuple[str, str, Node, Node]]:
    """Yield every link: the operation that it leads from, its name, the link and the response in which it stands."""
    for item in spec["paths"].values():
        for _, operation in operations_of(item):
            for response in operation["responses"].values():
                for name, link in response.get("links", {}).items():
                    yield operation["operationId"], name, link, response


def with_link_bodies(spec: Node) -> Node:
    """Return a copy of the bundle whose links send their ``x-request-body``.

    A body is sent as it is written, not filled up with made-up members, of which most would name things that do not
    exist; a link that wants them says ``x-schemathesis: {merge_body: true}``.
    """
    walkable = deepcopy(spec)
    for _, _, link, _ in links_in(walkable):
        link["parameters"] = {name: _as_text(value) for name, value in link.get("parameters", {}).items()}
        if "x-request-body" in link:
            link["requestBody"] = link.pop("x-request-body")
            link.setdefault("x-schemathesis", {"merge_body": False})
    return walkable


def _as_text(value: Any) -> Any:
    """Schemathesis would send a constant as Python writes it: ``True``."""
    return str(value).lower() if isinstance(value, bool) else value
