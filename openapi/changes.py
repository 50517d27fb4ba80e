"""What changed from release to release, in words: what is new, and what breaks, which ``differ.py`` finds.

``python -m openapi.changes`` prints it as Markdown, the newest first; the packages for callers have it, too.
"""

import sys
from collections.abc import Iterator

from openapi.bundle import operations_of, resolve
from openapi.differ import breaks
from openapi.fragments import Json
from openapi.naming import named_operations
from openapi.release import releases

_VALUES = ("enum", "x-extensible-enum")


def changelog(contract: Json, released: list[Json] | None = None) -> str:
    """Return the changes up to a published contract, release by release; those after the last one come first."""
    versions = releases() if released is None else released
    if not versions or versions[-1] != contract:
        versions = [*versions, contract]
    parts = []
    for number, version in enumerate(versions):
        before = versions[number - 1] if number else None
        parts.append(_part(before, version))
    return "# Changes\n\n" + "\n".join(reversed(parts))


def _part(before: Json | None, now: Json) -> str:
    version = now["info"]["version"]
    if before is None:
        number, events = sum(1 for _ in named_operations(now)), len(now.get("x-webhooks", {}))
        return f"## {version}\n\nThe first: {number} operations and {events} kinds of webhooks.\n"
    is_released = version != before["info"]["version"]
    rows = [f"- Breaks: {each}." for each in breaks(before, now)] + [f"- {each}." for each in news(before, now)]
    head = version if is_released else f"After {version}, not released"
    return f"## {head}\n\n" + ("\n".join(rows) or "- Nothing that a program sees.") + "\n"


def news(old: Json, new: Json) -> list[str]:
    """Return a sentence for each thing that a client of ``old`` may use now."""
    return [*_operations(old, new), *_parameters(old, new), *_webhooks(old, new), *_schemas(old, new)]


def _operations(old: Json, new: Json) -> Iterator[str]:
    known = {each.operation["operationId"] for each in named_operations(old)}
    for each in named_operations(new):
        name, summary = each.operation["operationId"], each.operation["summary"]
        if name not in known:
            yield f"New: `{each.method.upper()} {each.path}` (`{name}`), {summary}"


def _parameters(old: Json, new: Json) -> Iterator[str]:
    for path, item in new["paths"].items():
        for method, now in operations_of(item):
            was = old["paths"].get(path, {}).get(method)
            if was is not None and (added := _names(new, now) - _names(old, was)):
                yield f"`{now['operationId']}` takes {_listed(added)}"


def _names(spec: Json, operation: Json) -> set[str]:
    return {resolve(spec, each)["name"] for each in operation.get("parameters", [])}


def _webhooks(old: Json, new: Json) -> Iterator[str]:
    if added := set(new.get("x-webhooks", {})) - set(old.get("x-webhooks", {})):
        yield f"Webhooks tell of {_listed(added)}"


def _schemas(old: Json, new: Json) -> Iterator[str]:
    before = old["components"]["schemas"]
    for name, now in new["components"]["schemas"].items():
        was = before.get(name)
        if was is None:
            continue
        if added := set(now.get("properties", {})) - set(was.get("properties", {})):
            yield f"`{name}` has {_listed(added)}"
        if values := _values(now) - _values(was):
            yield f"`{name}` may be {_listed(values)}"
        for member, each in now.get("properties", {}).items():
            if values := _values(each) - _values(was.get("properties", {}).get(member, each)):
                yield f"`{name}.{member}` may be {_listed(values)}"


def _values(schema: Json) -> set[str]:
    return {str(each) for key in _VALUES for each in schema.get(key, [])}


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{each}`" for each in sorted(names))


if __name__ == "__main__":
    from openapi.bundle import bundle
    from openapi.published import published

    sys.stdout.write(changelog(published(bundle())))
