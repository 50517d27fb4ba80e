"""Says in which ways a schema allows less, or more, than an older version of it: type, null, values and limits."""

from collections.abc import Iterator

from openapi.fragments import Json
from openapi.published import PLACES

_UPPER_LIMITS = ("maximum", "maxLength", "maxItems", "maxProperties")
_LOWER_LIMITS = ("minimum", "minLength", "minItems", "minProperties")


def narrower(was: Json, now: Json) -> Iterator[str]:
    """Say in which ways a schema allows less than before, members apart."""
    if _types(now) and not _types(was) <= _types(now):
        yield f"was {_name(was)}, is {_name(now)}"
    if was.get("nullable") and not now.get("nullable"):
        yield "may no longer be null"
    yield from _fewer_values(was, now)
    yield from _limits(was, now, tighter_is_wrong=True)
    for key in ("pattern", "format", "multipleOf", PLACES):
        if key in now and was.get(key) != now[key]:
            yield f"has the {key} {now[key]}, had {was.get(key, 'none')}"
    if was.get("anyOf") != now.get("anyOf"):
        yield "has other alternatives"
    if now.get("additionalProperties") is False and was.get("additionalProperties") is not False:
        yield "no longer takes other members"


def wider(was: Json, now: Json) -> Iterator[str]:
    """Say in which ways a schema allows more than before, members apart."""
    if _types(was) and not (_types(now) and _types(now) <= _types(was)):
        yield f"was {_name(was)}, is {_name(now)}"
    if now.get("nullable") and not was.get("nullable"):
        yield "may now be null"
    yield from _other_values(was, now)
    yield from _limits(was, now, tighter_is_wrong=False)
    for key in ("format", "multipleOf", PLACES):
        if key in was and was[key] != now.get(key):
            yield f"has the {key} {now.get(key, 'none')}, had {was[key]}"
    if was.get("anyOf") != now.get("anyOf"):
        yield "has other alternatives"


def _types(schema: Json) -> set[str]:
    """Return the JSON types of a schema; a number may also be an integer, so ``number`` covers ``integer``."""
    kind = schema.get("type")
    return {"integer", "number"} if kind == "number" else {kind} if kind else set()


def _name(schema: Json) -> str:
    return str(schema.get("type", "anything"))


def _fewer_values(was: Json, now: Json) -> Iterator[str]:
    if "enum" not in now:
        return
    if "enum" not in was:
        yield "is now one of a list"
    elif gone := [value for value in was["enum"] if value not in now["enum"]]:
        yield f"may no longer be {', '.join(map(str, gone))}"


def _other_values(was: Json, now: Json) -> Iterator[str]:
    known = was.get("enum", [])
    if known and (more := [value for value in now.get("enum", ["anything"]) if value not in known]):
        yield f"may now be {', '.join(map(str, more))}"
    listed = now.get("x-extensible-enum", [])
    if gone := [value for value in was.get("x-extensible-enum", []) if value not in listed]:
        yield f"no longer lists {', '.join(gone)}"


def _limits(was: Json, now: Json, *, tighter_is_wrong: bool) -> Iterator[str]:
    """Compare limits: in requests a tighter one breaks, in answers a looser one."""
    for key, is_upper in [*((key, True) for key in _UPPER_LIMITS), *((key, False) for key in _LOWER_LIMITS)]:
        before, after = was.get(key), now.get(key)
        if before == after:
            continue
        tighter = after is not None and (before is None or (after < before) == is_upper)
        if tighter == tighter_is_wrong:
            yield f"has the {key} {'none' if after is None else after}, had {'none' if before is None else before}"
