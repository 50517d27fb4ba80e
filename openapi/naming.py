"""Names an operation as people call it: a group and a verb, such as ``invoices`` and ``approve``.

Both follow from the path and the operation id, so that a command line, an SDK and a collection say the same.
"""

from collections.abc import Iterator
from typing import NamedTuple

from openapi.bundle import operations_of
from openapi.fragments import Json

_FOLDERS = frozenset(("gst",))
"""First parts of paths that say nothing of what lies in them."""

_ARTICLES = ("get",)
"""Verbs that may be left out before a noun."""


class Named(NamedTuple):
    """An operation under its name."""

    group: str
    verb: str
    method: str
    path: str
    operation: Json


def named_operations(spec: Json) -> Iterator[Named]:
    """Yield every operation of a contract with its name, in the contract's order."""
    for path, item in spec["paths"].items():
        group = group_of(path)
        for method, operation in operations_of(item):
            yield Named(group, verb_of(group, operation["operationId"]), method, path, operation)


def group_of(path: str) -> str:
    """Return the group of a path: its first part, or its first two where the first is only a folder."""
    first, *rest = [part for part in path.split("/") if part and not part.startswith("{")]
    return f"{first}_{rest[0]}" if first in _FOLDERS and rest else first


def verb_of(group: str, operation_id: str) -> str:
    """Return an operation id without the noun of its group: ``approve_invoice`` is ``approve`` of ``invoices``."""
    words = operation_id.split("_")
    for noun in sorted(_forms(group), key=len, reverse=True):
        for place in range(len(words) - len(noun) + 1):
            if words[place : place + len(noun)] == noun and len(words) > len(noun):
                return _short(words[:place] + words[place + len(noun) :])
    return _short(words)


def _short(words: list[str]) -> str:
    """Leave out what goes without saying: ``get_pdf`` is ``pdf``."""
    return "_".join(words[1:] if words[0] in _ARTICLES and len(words) > 1 else words)


def _forms(group: str) -> list[list[str]]:
    """Return the words of a group, as they stand and in the singular: ``bills_of_entry``, ``bill_of_entry``."""
    words = group.split("_")
    forms = [words]
    for place, word in enumerate(words):
        for end, other in (("ies", "y"), ("ches", "ch"), ("xes", "x"), ("s", "")):
            if word.endswith(end):
                forms.append([*words[:place], word.removesuffix(end) + other, *words[place + 1 :]])
                break
    return forms
