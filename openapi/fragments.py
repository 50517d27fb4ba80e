"""Reads the contract's YAML files and unites them; a thing that is defined twice is an error.

Each file is a small OpenAPI document. Members whose name begins with ``x-`` at the top of a file hold anchors for that
file alone and go no further. A file may bring its tag (``tags``) and its scopes (``scopes``) as well. A kind of
document has one file in ``documents/``: what it shares with others it takes by ``x-from`` out of ``documents/shared/``
or out of the ``blocks`` at its top, and its ``words`` are put in there (see ``blocks.py``).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from openapi.blocks import Blocks
from openapi.blocks import ContractError as ContractError
from openapi.blocks import Json as Json

CONTROLLER = "x-openapi-router-controller"
"""The member of an operation that names the module of its handler."""

ROOT = Path(__file__).parent
_TAG = "tag:yaml.org,2002:"

# libyaml reads the contract in a fifth of the time; PyYAML is built without it on a few systems.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # either of the two
    """YAML without its traps: a repeated key is an error, dates stay text, only true and false are booleans.

    A key that also comes by merge is overridden.
    """

    def get_single_node(self) -> yaml.Node | None:
        """Compose the document, and refuse what was surely not meant in it."""
        document: yaml.Node | None = super().get_single_node()
        waiting, seen = [document], set[int]()
        while waiting:
            node = waiting.pop()
            if id(node) in seen or not isinstance(node, yaml.CollectionNode):
                continue
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                _check_keys(node)
                waiting += [value for _, value in node.value]
            else:
                waiting += node.value
        return document

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put merged members where their ``<<`` stands, in the order of its list; what the mapping itself says wins."""
        own = {key.value for key, _ in node.value}
        flat: list[tuple[yaml.Node, yaml.Node]] = []
        for key, value in node.value:
            if key.tag != f"{_TAG}merge":
                flat.append((key, value))
                continue
            for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                self.flatten_mapping(merged)
                taken = own | {present.value for present, _ in flat}
                flat += [pair for pair in merged.value if pair[0].value not in taken]
        node.value = flat


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, regexp)
        for tag, regexp in resolvers
        if tag != f"{_TAG}timestamp" and not (tag == f"{_TAG}bool" and first in "yYnNoO")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _check_keys(node: yaml.MappingNode) -> None:
    """Refuse a key that is written twice, and what follows the comma of a text without quotes."""
    written = [key.value for key, _ in node.value]
    repeated = sorted({key for key in written if written.count(key) > 1})
    if repeated:
        raise ContractError(f"{', '.join(repeated)} written twice: {node.start_mark}")
    for key, value in node.value:
        if " " in key.value and not value.value:
            raise ContractError(f"A text with a comma stands without quotes: {key.start_mark}")


def fragments(root: Path = ROOT) -> Json:
    """Return the union of all fragments as they are written, each operation with the module of its handler.

    Raises: ``ContractError`` for a key, path or component that is defined twice.
    """
    spec = read(root / "openapi.yaml")
    spec["paths"] = {}
    spec.setdefault("components", {})
    if (told := root / "webhooks.yaml").exists():
        _unite(spec, read(told), told)
    for file in sorted((root / "components").glob("*.yaml")):
        for kind, named in read(file)["components"].items():
            _unite(spec["components"].setdefault(kind, {}), named, file)
    for file in sorted((root / "paths").glob("*.yaml")):
        _add(spec, read(file), file)
    for file, kind in _kinds(root / "documents"):
        _add(spec, kind, file)
    return spec


def _kinds(folder: Path) -> Iterator[tuple[Path, Json]]:
    """Yield the file of each kind of document, and what it says with its blocks and words filled in."""
    shared: Json = {}
    for file in sorted((folder / "shared").glob("*.yaml")):
        _unite(shared, read(file), file)
    for file in sorted(folder.glob("*.yaml")):
        kind = read(file)
        words, own = kind.pop("words"), kind.pop("blocks", {})
        yield file, Blocks({**shared, **own}, words).filled(kind)


def _add(spec: Json, fragment: Json, file: Path) -> None:
    """Add the paths, the components, the tags and the scopes of one file."""
    _unite(spec["paths"], _handled(fragment["paths"], file), file)
    for kind, named in fragment.get("components", {}).items():
        _unite(spec["components"].setdefault(kind, {}), named, file)
    spec.setdefault("tags", []).extend(fragment.get("tags", []))
    if scopes := fragment.get("scopes"):
        flow = spec["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
        _unite(flow["scopes"], scopes, file)


def _handled(paths: Json, file: Path) -> Json:
    """The paths, each operation with the module of its handler: it is called as the file."""
    for item in paths.values():
        for operation in item.values():
            operation[CONTROLLER] = f"handlers.{file.stem}"
    return paths


def read(file: Path) -> Json:
    """Return what one file says, without YAML's traps. Raises: ``ContractError``."""
    # The loader is a SafeLoader: it makes plain values only.
    document: Json = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    return document


def _unite(into: Json, more: Json, file: Path) -> None:
    if twice := sorted(set(into) & set(more)):
        raise ContractError(f"{file.name} defines again: {', '.join(twice)}")
    into.update(more)
