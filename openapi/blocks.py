"""Fills in a kind's fragment: the blocks that it takes by ``x-from``, and the words for which a template leaves room.

``x-from`` names one block or several, of which an earlier goes before a later. What is written beside it goes before
all: there mappings are filled in member by member, and all else is replaced, a mapping with a ``$ref`` too, to which
nothing of another may be added. In a list, ``x-from`` stands for the elements of a block that is a list, or for one.
"""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_FROM = "x-from"
_WORD = re.compile(r"<([A-Za-z]\w*)>")


class ContractError(Exception):
    """The fragments do not fit together."""


class Blocks:
    """Named blocks in the words of one kind."""

    def __init__(self, blocks: Json, words: dict[str, str]) -> None:
        """Take blocks as they are written; ``words`` by name, which with a capital stand for the word with one."""
        self._blocks, self._words = blocks, words
        self._filled: Json = {}

    def filled(self, node: Any) -> Any:
        """Return a copy of a tree with blocks and words filled in.

        Raises: ``ContractError`` for a block or word that nobody defines.
        """
        if isinstance(node, dict):
            return self._mapping(node)
        if isinstance(node, list):
            return [each for element in node for each in self._elements(element)]
        return self._worded(node) if isinstance(node, str) else node

    def _mapping(self, node: Json) -> Json:
        taken: Json = {}
        for block in self._taken(node):
            taken = {**taken, **{key: value for key, value in block.items() if key not in taken}}
        own = {self._worded(key): self.filled(value) for key, value in node.items() if key != _FROM}
        return _filled_in(taken, own)

    def _elements(self, element: Any) -> list[Any]:
        if isinstance(element, dict) and list(element) == [_FROM]:
            block = self._block(element[_FROM])
            return block if isinstance(block, list) else [block]
        return [self.filled(element)]

    def _taken(self, node: Json) -> Iterator[Json]:
        names = node.get(_FROM, [])
        for name in [names] if isinstance(names, str) else names:
            yield self._block(name)

    def _block(self, name: str) -> Any:
        name = self._worded(name)
        if name not in self._blocks:
            raise ContractError(f"There is no block {name}.")
        if name not in self._filled:
            self._filled[name] = self.filled(self._blocks[name])
        return self._filled[name]

    def _worded(self, text: str) -> str:
        return _WORD.sub(lambda found: self._word(found[1]), text) if "<" in text else text

    def _word(self, name: str) -> str:
        if name in self._words:
            return self._words[name]
        small = name[0].lower() + name[1:]
        if small not in self._words:
            raise ContractError(f"There is no word <{name}>.")
        word = self._words[small]
        return word[0].upper() + word[1:]


def _filled_in(taken: Json, own: Json) -> Json:
    """What is taken, and over it what is said; mappings member by member."""
    whole = dict(taken)
    for key, value in own.items():
        below = whole.get(key)
        is_deep = isinstance(below, dict) and isinstance(value, dict) and "$ref" not in value
        whole[key] = _filled_in(below or {}, value) if is_deep else value
    return whole
