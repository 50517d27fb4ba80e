"""Forms as data: which members of a resource they fill in, how each looks, and what of them is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from server.console.meanwhile import inside
from server.console.visits import Visit

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a resource, ``a.b`` for one inside another; ``kind`` is that of HTML, or area, choice or tick.

    A choice that is not ``required`` also offers nothing, which is said as ``nothing``. What is new has no field
    ``of_kept``.
    """

    name: str
    label: str
    kind: str = "text"
    options: Options = ()
    hint: str = ""
    required: bool = False
    longest: int = 200
    nothing: str = ""
    of_kept: bool = False


def told(fields: Sequence[Field], resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form shows of a resource, by the names of its fields."""
    return {field.name: inside(resource, field.name) for field in fields}


def filled(visit: Visit, fields: Sequence[Field]) -> dict[str, Any]:
    """Return what was filled in, by the names of the fields, to be shown again: texts, and ticks as they are."""
    return {
        field.name: field.name in visit.fields if field.kind == "tick" else visit.filled(field.name) for field in fields
    }


def body(visit: Visit, fields: Sequence[Field], *, without_nothing: bool = False) -> dict[str, Any]:
    """Return what is sent: fields left empty clear their member, or are left out ``without_nothing``.

    A resource inside another of which nothing was filled in is nothing itself.
    """
    sent: dict[str, Any] = {}
    for field in fields:
        value = _value(visit, field)
        if value is None and without_nothing:
            continue
        outer, _, inner = field.name.partition(".")
        if inner:
            sent.setdefault(outer, {})[inner] = value
        else:
            sent[outer] = value
    return {name: _or_nothing(value) for name, value in sent.items()}


def _value(visit: Visit, field: Field) -> Any:
    if field.kind == "tick":
        return field.name in visit.fields
    written = visit.filled(field.name) or None
    if written is None or field.kind != "number":
        return written
    try:
        return Decimal(written)
    except InvalidOperation:
        return written  # the contract tells what is wrong with it


def _or_nothing(value: Any) -> Any:
    if isinstance(value, dict) and all(each is None for each in value.values()):
        return None
    return value
