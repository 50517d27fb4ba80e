"""Search in what is written for callers of this API: its operations, the fields they take, guides and errors."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from domain.values import Struct
from server.mcp.catalogue import Asked, Catalogue
from server.portal.errors import advice
from server.portal.guides import plain_markdown, read_guides

_WORD = re.compile(r"[a-z0-9]{2,}")
_FOUND = 5
_LONGEST = 900
_OPERATION_LONGEST = 2500
_TITLE_COUNTS = 3
_REPEATED, _LENGTH_COUNTS = 1.2, 0.75


class Passage(Struct, frozen=True):
    """Something that is written: where, under which title, and the text."""

    where: str
    title: str
    text: str


class Library:
    """All passages; they are read when somebody searches for the first time."""

    def __init__(self, catalogue: Catalogue, public_url: str) -> None:
        self._catalogue = catalogue
        self._public_url = public_url

    def search(self, query: str) -> list[dict[str, str]]:
        """Return the passages that fit best, the best first."""
        words = set(_words(query))
        scored = ((self._score(words, counts), passage) for passage, counts in self._read)
        best = sorted((each for each in scored if each[0]), key=lambda each: -each[0])[:_FOUND]
        return [{"where": each.where, "title": each.title, "text": self._shown(each, words)} for _, each in best]

    def _score(self, words: set[str], counts: Mapping[str, int]) -> float:
        """Score as BM25 does: rare words count, repeated ones little more, and in long passages less."""
        length = sum(counts.values()) / self._usual_length
        damping = _REPEATED * (1 - _LENGTH_COUNTS + _LENGTH_COUNTS * length)
        found = (word for word in words if word in counts)
        return sum(self._weights[word] * counts[word] / (counts[word] + damping) for word in found)

    @cached_property
    def _read(self) -> list[tuple[Passage, Counter[str]]]:
        passages = [*_operations(self._catalogue), *_sections(self._public_url), *_errors(self._public_url)]
        return [(each, Counter([*_words(each.title) * _TITLE_COUNTS, *_words(each.text)])) for each in passages]

    @cached_property
    def _usual_length(self) -> float:
        return sum(sum(counts.values()) for _, counts in self._read) / len(self._read)

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        """How much a word says: the fewer passages have it, the more."""
        having = Counter(word for _, counts in self._read for word in counts)
        return {word: math.log(1 + len(self._read) / number) for word, number in having.items()}

    def _shown(self, passage: Passage, words: set[str]) -> str:
        operation = self._catalogue.operations.get(passage.title.partition(":")[0])
        if operation is not None:
            return f"{passage.text} {_fields(self._catalogue, operation)}"[:_OPERATION_LONGEST]
        lines = passage.text.splitlines()
        said = [sum(self._weights.get(word, 0) for word in words & set(_words(line))) for line in lines]
        begins = max(0, said.index(max(said)) - 1) if len(passage.text) > _LONGEST else 0
        return "\n".join(lines[begins:])[:_LONGEST]


def _operations(catalogue: Catalogue) -> Iterator[Passage]:
    for each in catalogue.operations.values():
        yield Passage(f"{each.method} {each.path}", f"{each.id}: {each.title}", each.prose)


def _sections(public_url: str) -> Iterator[Passage]:
    """Return the guides by section."""
    for guide in read_guides(public_url):
        for section in re.split(r"^##+ ", plain_markdown(guide.text), flags=re.MULTILINE):
            title, _, text = section.removeprefix("# ").partition("\n")
            if text.strip():
                yield Passage(f"{public_url}{guide.url}.md", title.strip(), text.strip())


def _errors(public_url: str) -> Iterator[Passage]:
    """Return what to do about each code of an error."""
    for code, text in advice().items():
        yield Passage(f"{public_url}/docs/errors/{code}.md", code, text)


def _fields(catalogue: Catalogue, operation: Asked) -> str:
    """Tell what an operation takes, a few words a field."""
    told = [f"Query: {', '.join(sorted(operation.parameters))}."] if operation.method == "GET" else []
    if operation.body is not None:
        needed = set(operation.body.get("required", ()))
        members: Mapping[str, Any] = operation.body.get("properties", {})
        ordered = sorted(members, key=lambda name: name not in needed)
        fields = (f"{name}{'*' if name in needed else ''}: {_brief(catalogue, members[name])}" for name in ordered)
        told.append("Body (* needed): " + "; ".join(fields))
    return " ".join(told)


def _brief(catalogue: Catalogue, member: Mapping[str, Any]) -> str:
    schema = catalogue.schema(member)
    words = str(schema.get("description", "")).partition(".")[0]
    if "enum" in schema:
        return f"{words} ({'|'.join(map(str, schema['enum']))})"
    inner = catalogue.schema(schema.get("items", {})).get("properties")
    return f"{words} [{', '.join(inner)}]" if inner else words


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("_", " "))
