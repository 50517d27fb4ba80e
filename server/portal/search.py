"""Finding a page: one index of operations, fields, errors and guides, for the browser and for those without JavaScript.

Both rank alike: all words must be there, and those in the title count most (``portal.js``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from openapi.sdk.snippets import Snippets
from server.portal.members import Member
from server.portal.resources import Operation, Resource, operations_on

Json = dict[str, Any]

SHOWN = 40
LONGEST = 100
"""Characters of a question that are looked at."""

_WEIGHTS = {"Guide": 6, "Resource": 5, "Error": 4, "Operation": 3, "Field": 1}


@dataclass(frozen=True)
class Entry:
    """One place that can be found: ``about`` is shown, ``text`` is only looked through."""

    title: str
    path: str
    kind: str
    about: str
    text: str
    weight: int

    @cached_property
    def low(self) -> tuple[str, str]:
        """The title, and all that is looked through, in lower case; kept, because each question looks at all places."""
        title = self.title.lower()
        return title, f"{title} {self.about} {self.text}".lower()


def entry(title: str, path: str, kind: str, about: str, text: str = "") -> Entry:
    """Return a place with the weight of its kind."""
    return Entry(title, path, kind, about, text, _WEIGHTS[kind])


def of_reference(spec: Json, resources: Iterable[Resource], snippets: Snippets | None) -> Iterator[Entry]:
    """Yield each resource, each operation, and each field where its page shows it first."""
    for resource in resources:
        yield entry(resource.title, resource.url, "Resource", resource.about)
        seen: set[str] = set()
        for operation in operations_on(spec, resource, snippets):
            where = f"{resource.title} · {operation.method} {operation.path}"
            words = f"{operation.id} {operation.method} {operation.path} {resource.title}"
            yield entry(operation.summary, f"{resource.url}#{operation.id}", "Operation", where, words)
            for member in _all_of(operation):
                if member.name not in seen:
                    seen.add(member.name)
                    about = f"{resource.title}: {operation.summary}"
                    yield entry(member.name, f"{resource.url}#{member.anchor}", "Field", about)


def _all_of(operation: Operation) -> Iterator[Member]:
    """Yield the members of an operation, its own before those of its parameters, and what is within them."""
    waiting = [*operation.body, *(each for answer in operation.answers for each in answer.members)]
    waiting += operation.parameters
    while waiting:
        member = waiting.pop(0)
        yield member
        waiting += member.members


def found(entries: Iterable[Entry], question: str) -> list[Entry]:
    """Return the places that hold all words of a question, the best first."""
    words = question[:LONGEST].lower().split()
    if not words:
        return []
    fitting = [(rank, each) for each in entries if (rank := _rank(each, words)) > 0]
    return [each for _, each in sorted(fitting, key=lambda row: -row[0])[:SHOWN]]


def _rank(place: Entry, words: list[str]) -> int:
    title, text = place.low
    if not all(word in text for word in words):
        return 0
    return place.weight * (1 + sum(_worth(title, word) for word in words))


def _worth(title: str, word: str) -> int:
    if title == word:
        return 8
    return 4 if title.startswith(word) else 2 if word in title else 0


def as_json(entries: Iterable[Entry]) -> list[Json]:
    """Return the index as the browser reads it."""
    return [asdict(each) for each in entries]
