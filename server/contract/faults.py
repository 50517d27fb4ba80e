"""From a validator's findings to the contract's refusals: which code, which field, and words that say what is expected.

Faults are told in document order: members as they were sent, then, at the end of each object, those that are missing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from domain.errors import Failed, Invalid, Refusal, Required
from server.contract import decimals, texts
from server.contract.received import details_of, value_at
from server.contract.schemas import Schema, compiled, node_at
from server.contract.trimming import Trim, trimming

MAX_REPORTED = 50
_MAX_EXAMINED = 1000
_MAX_ENUM_SHOWN = 20
_AFTER_ALL_MEMBERS = 10**9
_TYPE_WORDS = {
    "string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "a list", "object": "an object", "null": "null",
}  # fmt: skip
_FORMAT_WORDS = {
    "date": "a date, YYYY-MM-DD",
    "date-time": "an RFC 3339 time with its zone",
    "email": "an e-mail address",
    "uri": "a URL",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request; ``place`` orders faults as the document does, ``details`` tell the value."""

    refusal: type[Refusal]
    field: str
    message: str
    place: tuple[int, ...]
    details: dict[str, Any]

    def told(self) -> dict[str, Any]:
        """What the caller is told of it."""
        return {"code": self.refusal.code, "field": self.field, "message": self.message, **self.details}


class Examiner:
    """A schema that tells all faults of a value; ``unknown`` is the refusal for members it does not know.

    It is compiled when it is first needed, which few of a contract's schemas ever are.
    """

    def __init__(self, schema: Schema, *, unknown: type[Refusal]) -> None:
        self.schema = schema
        self._unknown = unknown

    @cached_property
    def is_valid(self) -> Callable[[Any], bool]:
        """Tell whether a value is as the schema says."""
        return self._validator.is_valid

    @cached_property
    def trimmed(self) -> Trim:
        """Cut off the blanks around what the schema calls trimmed, and midnight after its days."""
        return trimming(self.schema)

    @cached_property
    def _validator(self) -> Draft202012Validator:
        return compiled(self.schema)

    def faults(self, value: Any) -> list[Fault]:
        """Return what is wrong with a value, in document order; of each field one thing, so that nobody reads twice."""
        errors = islice(self._validator.iter_errors(value), _MAX_EXAMINED)
        by_field: dict[str, Fault] = {}
        for fault in self._told(errors, value):
            by_field.setdefault(fault.field, fault)
        return sorted(by_field.values(), key=lambda fault: fault.place)

    def first_fault(self, value: Any) -> list[Fault]:
        """Return one thing that is wrong: for values so large that telling all would be work for an attacker."""
        try:
            self._validator.validate(value)
        except ValidationError as error:
            return list(islice(self._told([error], value), 1))
        return []

    def _told(self, errors: Iterable[ValidationError], value: Any) -> Iterator[Fault]:
        for error in errors:
            path, kind = error.instance_path, _details(error)
            if kind.name == "required":
                yield _fault(Required, [*path, kind.property], value, "is required")
            elif kind.name == "additionalProperties":
                for name in kind.unexpected[: MAX_REPORTED + 1]:
                    yield _fault(self._unknown, [*path, name], value, "is not known here")
            elif branch := _branch_meant(error):
                yield from self._told(branch, value)
            else:
                yield _fault(Invalid, path, value, self._expectation(error))

    def _expectation(self, error: ValidationError) -> str:
        """Say what a value must be, with the example that the contract gives where words are not enough."""
        if types := _types_asked_for(error):
            return _of_type(types)
        node = node_at(self.schema, error.schema_path)
        kind = _details(error)
        words = _expected(kind.name, kind, node)
        if "example" in node and kind.name in ("pattern", "format"):
            words += f", for example {node['example']}"
        return words


def refusal_for(faults: list[Fault]) -> Refusal:
    """Return the refusal of a request with these faults: the first decides, all are in ``details.errors``."""
    first = faults[0]
    errors = [each.told() for each in faults[:MAX_REPORTED]]
    return first.refusal(first.message, field=first.field or None, details={**first.details, "errors": errors})


def body_refused(message: str) -> Refusal:
    """Return the refusal of a body that is no JSON object at all."""
    return Failed(message, details={"errors": [{"code": Failed.code, "field": "", "message": message}]})


def _fault(refusal: type[Refusal], path: list[str | int], value: Any, words: str) -> Fault:
    field = _field(path)
    details = details_of(field, value_at(value, path)) if refusal is Invalid else {}
    return Fault(refusal, field, f"{field or 'The body'} {words}.", _place(path, value), details)


def _field(path: list[str | int]) -> str:
    """Write a path as the contract does: ``line_items[0].item_id``. Overlong names of the caller's are cut."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")[:200]


def _place(path: list[str | int], value: Any) -> tuple[int, ...]:
    """Return a path as positions within the document, so that sorting faults restores its order."""
    place: list[int] = []
    for step in path:
        if isinstance(step, int):
            place.append(step)
            value = value[step] if isinstance(value, list) and step < len(value) else None
        elif isinstance(value, dict) and step in value:
            place.append(list(value).index(step))
            value = value[step]
        else:
            place.append(_AFTER_ALL_MEMBERS)
    return tuple(place)


def _branch_meant(error: ValidationError) -> list[ValidationError]:
    """Return the findings of the one branch of ``anyOf`` whose type the value has; else nothing."""
    if _details(error).name != "anyOf":
        return []
    branches = [branch for branch in _branches(error) if not _other_types(branch, error)]
    return branches[0] if len(branches) == 1 else []


def _types_asked_for(error: ValidationError) -> list[str]:
    """Return the types that the branches of ``anyOf`` ask for, if the value has none of them."""
    if _details(error).name != "anyOf":
        return []
    types = [_other_types(branch, error) for branch in _branches(error)]
    return list(dict.fromkeys(chain.from_iterable(types))) if all(types) else []


def _branches(error: ValidationError) -> list[list[ValidationError]]:
    branches: list[list[ValidationError]] = _details(error).context
    return branches


def _other_types(branch: list[ValidationError], error: ValidationError) -> list[str]:
    """Return the types that a branch wants where the value has another one; nothing if its type is right."""
    for each in branch:
        if each.instance_path == error.instance_path and _details(each).name == "type":
            types: list[str] = _details(each).types
            return types
    return []


def _details(error: ValidationError) -> Any:
    """Return the keyword that failed with its values: a class of its own per keyword, which the types do not tell."""
    return error.kind


def _expected(name: str, kind: Any, node: Schema) -> str:
    """Put a keyword of JSON Schema into words."""
    match name:
        case "type":
            return _of_type(kind.types)
        case "enum":
            shown = ", ".join("null" if each is None else str(each) for each in kind.options[:_MAX_ENUM_SHOWN])
            return f"must be one of {shown}" + (" …" if len(kind.options) > _MAX_ENUM_SHOWN else "")
        case decimals.KEYWORD | texts.KEYWORD:
            return str(kind.message)
        case "format":
            return "must be " + str(_FORMAT_WORDS.get(kind.format, kind.format))
        case "not" | "oneOf" | "anyOf":
            return _combination(name, node)
        case _:
            return _limit(name, kind)


def _of_type(types: list[str]) -> str:
    null_last = sorted(types, key=lambda each: each == "null")
    return "must be " + " or ".join(_TYPE_WORDS[each] for each in null_last)


def _limit(name: str, kind: Any) -> str:
    """Put a limit into words, with its number."""
    words = {
        "minimum": "must be at least {limit}",
        "maximum": "must be at most {limit}",
        "exclusiveMinimum": "must be more than {limit}",
        "exclusiveMaximum": "must be less than {limit}",
        "minLength": "must have at least {limit} characters",
        "maxLength": "must have at most {limit} characters",
        "minItems": "must have at least {limit} entries",
        "maxItems": "must have at most {limit} entries",
        "minProperties": "must have at least {limit} members",
        "maxProperties": "must have at most {limit} members",
        "multipleOf": "must be a multiple of {multiple_of}",
        "pattern": "must match {pattern}",
        "uniqueItems": "must not have the same entry twice",
        "const": "must be {expected_value}",
    }
    return words.get(name, "is not allowed here").format(**kind.as_dict())


def _combination(keyword: str, node: Schema) -> str:
    """Say what a combination of members must be: in the contract's own words (``x-refusal``), if it has some."""
    if "x-refusal" in node:
        return str(node["x-refusal"])
    rules = node[keyword] if isinstance(node[keyword], list) else [node[keyword]]
    groups = [" and ".join(rule["required"]) for rule in rules if "required" in rule]
    if len(groups) < len(rules):
        return "fits none of the forms that the contract allows"
    if keyword == "not":
        return f"must not have {groups[0]} together"
    return ("must have exactly one of " if keyword == "oneOf" else "must have one of ") + ", or ".join(groups)
