"""Compares two versions of the published contract and lists what would break a client of the older one.

A client breaks when something that it calls, sends or reads is gone or means less than before: what it may send must
only widen, what it gets must only narrow, save that answers may gain fields and open lists may gain values.

``python -m openapi.differ OLD.json NEW.json`` compares two files; without arguments it compares the working tree with
the last release (``release.py``). Exit status 1 means that something breaks.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from openapi.bundle import bundle, operations_of, resolve
from openapi.fragments import Json
from openapi.narrowing import narrower, wider
from openapi.published import published, wrapped
from openapi.release import last_release

_Seen = frozenset[tuple[str, str]]


def breaks(old: Json, new: Json) -> list[str]:
    """Return a sentence for each change from ``old`` to ``new`` that breaks a client; none means compatible."""
    return [*_paths(old, new), *_webhooks(old, new)]


def _paths(old: Json, new: Json) -> Iterator[str]:
    for path, old_item in old["paths"].items():
        new_item = new["paths"].get(path, {})
        for method, was in operations_of(old_item):
            where = f"{method.upper()} {path}"
            if method not in new_item:
                yield f"{where}: the operation is gone"
            else:
                comparison = _Comparison(old, new, where)
                yield from comparison.operation(was, new_item[method])


def _webhooks(old: Json, new: Json) -> Iterator[str]:
    """What is told to a client's own address is read by it as an answer is."""
    for name, old_item in old.get("x-webhooks", {}).items():
        new_item = new.get("x-webhooks", {}).get(name, {})
        for method, was in operations_of(old_item):
            if method not in new_item:
                yield f"webhook {name}: it is told no more"
            else:
                yield from _Comparison(old, new, f"webhook {name}").told(was, new_item[method])


class _Comparison:
    """Two versions of one operation, with the documents that their references point into."""

    def __init__(self, old: Json, new: Json, where: str) -> None:
        self._old, self._new, self._where = old, new, where

    def operation(self, was: Json, now: Json) -> Iterator[str]:
        if was["operationId"] != now["operationId"]:
            yield f"{self._where}: operationId was {was['operationId']}, is {now['operationId']}"
        yield from self._security(was, now)
        yield from self._parameters(was, now)
        yield from self._body(was, now)
        for status, response in was["responses"].items():
            if status not in now["responses"]:
                yield f"{self._where}: status {status} is gone"
            else:
                yield from self._response(status, response, now["responses"][status])
        if extra := sorted(s for s in set(now["responses"]) - set(was["responses"]) if s.startswith(("2", "3"))):
            yield f"{self._where}: succeeds with the new status {', '.join(extra)}"

    def told(self, was: Json, now: Json) -> Iterator[str]:
        """Compare the bodies of a webhook."""
        for media, content in was["requestBody"]["content"].items():
            if media not in now["requestBody"]["content"]:
                yield f"{self._where}: no longer told in {media}"
            else:
                schema = now["requestBody"]["content"][media]["schema"]
                yield from self._got("body", content["schema"], schema, frozenset())

    def _security(self, was: Json, now: Json) -> Iterator[str]:
        before = {scope for each in was.get("security", []) for scopes in each.values() for scope in scopes}
        after = {scope for each in now.get("security", []) for scopes in each.values() for scope in scopes}
        if more := sorted(after - before):
            yield f"{self._where}: needs the further scope {', '.join(more)}"

    def _parameters(self, was: Json, now: Json) -> Iterator[str]:
        before, after = _by_place(self._old, was), _by_place(self._new, now)
        for key, parameter in before.items():
            if key not in after:
                yield f"{self._where}: parameter {key[1]} ({key[0]}) is gone"
                continue
            if after[key].get("required") and not parameter.get("required"):
                yield f"{self._where}: parameter {key[1]} is now required"
            place = f"parameter {key[1]}"
            old_schema, new_schema = parameter["schema"], after[key]["schema"]
            yield from self._sent(place, old_schema, new_schema, frozenset())
            if old_schema.get("default") != new_schema.get("default"):
                yield f"{self._where}: {place} has another default"
        for key in after.keys() - before.keys():
            if after[key].get("required"):
                yield f"{self._where}: new required parameter {key[1]}"

    def _body(self, was: Json, now: Json) -> Iterator[str]:
        before, after = was.get("requestBody"), now.get("requestBody")
        if before is None:
            if after and after.get("required"):
                yield f"{self._where}: a body is now required"
            return
        if after is None:
            yield f"{self._where}: the body is gone"
            return
        if after.get("required") and not before.get("required"):
            yield f"{self._where}: a body is now required"
        for media, content in before["content"].items():
            if media not in after["content"]:
                yield f"{self._where}: no longer reads {media}"
            else:
                yield from self._sent("body", content["schema"], after["content"][media]["schema"], frozenset())

    def _response(self, status: str, was: Json, now: Json) -> Iterator[str]:
        was, now = resolve(self._old, was), resolve(self._new, now)
        for name in was.get("headers", {}):
            if name not in now.get("headers", {}):
                yield f"{self._where}: header {name} of {status} is gone"
        for media, content in was.get("content", {}).items():
            if media not in now.get("content", {}):
                yield f"{self._where}: {status} no longer answers in {media}"
            else:
                yield from self._got(status, content["schema"], now["content"][media]["schema"], frozenset())

    def _sent(self, place: str, was: Json, now: Json, seen: _Seen) -> Iterator[str]:
        """What a client may send must stay allowed."""
        if (pair := (_reference(was), _reference(now))) in seen:
            return
        was, now, seen = _plain(self._old, was), _plain(self._new, now), _with(seen, pair)
        say = f"{self._where}: {place}"
        yield from (f"{say} {problem}" for problem in narrower(was, now))
        is_closed = now.get("additionalProperties") is False
        for name in sorted(set(now.get("required", [])) - set(was.get("required", []))):
            yield f"{say}.{name} is now required"
        for name, schema in was.get("properties", {}).items():
            if name in now.get("properties", {}):
                yield from self._sent(f"{place}.{name}", schema, now["properties"][name], seen)
            elif is_closed:
                yield f"{say}.{name} is gone"
        for before, after in _inner(was, now):
            yield from self._sent(f"{place}[]", before, after, seen)

    def _got(self, place: str, was: Json, now: Json, seen: _Seen) -> Iterator[str]:
        """What a client relies on in an answer must stay true."""
        if (pair := (_reference(was), _reference(now))) in seen:
            return
        was, now, seen = _plain(self._old, was), _plain(self._new, now), _with(seen, pair)
        say = f"{self._where}: {place}"
        yield from (f"{say} {problem}" for problem in wider(was, now))
        for name, schema in was.get("properties", {}).items():
            if name not in now.get("properties", {}):
                yield f"{say}.{name} is gone"
                continue
            if name in was.get("required", []) and name not in now.get("required", []):
                yield f"{say}.{name} may now be absent"
            yield from self._got(f"{place}.{name}", schema, now["properties"][name], seen)
        for before, after in _inner(was, now):
            yield from self._got(f"{place}[]", before, after, seen)


def _by_place(spec: Json, operation: Json) -> dict[tuple[str, str], Json]:
    parameters = [resolve(spec, each) for each in operation.get("parameters", [])]
    return {(each["in"], each["name"]): each for each in parameters}


def _inner(was: Json, now: Json) -> Iterator[tuple[Json, Json]]:
    """Yield the schemas of elements and of free members, where both versions have them."""
    for part in ("items", "additionalProperties"):
        if isinstance(was.get(part), dict) and isinstance(now.get(part), dict):
            yield was[part], now[part]


def _reference(schema: Json) -> str:
    """Return what a schema refers to, also if it may be null; empty text if it is written in place."""
    return str((wrapped(schema) or schema).get("$ref", ""))


def _with(seen: _Seen, pair: tuple[str, str]) -> _Seen:
    """Remember a pair of named schemas, so that one that contains itself is compared once."""
    return seen | {pair} if all(pair) else seen


def _plain(spec: Json, schema: Json) -> Json:
    """Follow references, also those beside which a description stands or that may be null."""
    schema = resolve(spec, schema)
    if inner := wrapped(schema):
        beside = {key: value for key, value in schema.items() if key not in ("allOf", "anyOf")}
        return {**_plain(spec, inner), **beside, **({"nullable": True} if "anyOf" in schema else {})}
    return schema


def main(arguments: list[str]) -> int:
    """Compare two files, or the working tree with the last release; return 1 if a client would break."""
    if len(arguments) == 2:
        old, new = (json.loads(Path(each).read_text(encoding="utf-8")) for each in arguments)
    elif not arguments:
        released = last_release()
        if released is None:
            print("Nothing is released yet: nothing to compare with.")
            return 0
        old, new = released, published(bundle())
    else:
        print("usage: python -m openapi.differ [OLD.json NEW.json]", file=sys.stderr)
        return 2
    found = breaks(old, new)
    print("\n".join(found) if found else "No client breaks.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
