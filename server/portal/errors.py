"""A page for each code of an error: when it comes, what to do about it, and which operations answer it."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from openapi.bundle import resolve
from server.portal.resources import Resource
from server.templates import TEMPLATES

Json = dict[str, Any]

CODES = TEMPLATES / "portal" / "errors" / "codes.md"
_REFUSAL = re.compile(r"^- `([a-z_]+\.[a-z_]+)`: (.*)$", re.MULTILINE)


class Errors:
    """The codes of a contract, with what our own pages say of each."""

    def __init__(self, spec: Json, resources: Iterable[Resource]) -> None:
        self._spec = spec
        self._codes: dict[str, Json] = spec.get("x-error-codes", {})
        self._resources = tuple(resources)

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in the contract's order."""
        return tuple(self._codes)

    def when(self, code: str) -> str:
        """Return the contract's sentence."""
        return str(self._codes[code]["when"])

    def overview(self) -> Json:
        """Return what the list of all codes shows."""
        return {"codes": [{"code": code, **row} for code, row in self._codes.items()]}

    def view(self, code: str) -> Json:
        """Return what the page of one code shows."""
        return {
            "code": code,
            "status": self._codes[code]["status"],
            "when": self.when(code),
            "advice": advice().get(code, ""),
            "operations": list(self._answering(code)),
        }

    def _answering(self, code: str) -> Iterable[Json]:
        """Yield the operations that say when they answer a code, with their words."""
        for resource in self._resources:
            for named in resource.operations:
                for answer in named.operation.get("responses", {}).values():
                    about = str(resolve(self._spec, answer).get("description", ""))
                    for found, when in _REFUSAL.findall(about):
                        if found == code:
                            summary = named.operation.get("summary", named.operation["operationId"])
                            path = f"{resource.url}#{named.operation['operationId']}"
                            yield {"summary": summary, "path": path, "when": when}


@cache
def advice() -> dict[str, str]:
    """Return what our pages say of each code, as Markdown."""
    return sections_of(CODES)


def sections_of(file: Path) -> dict[str, str]:
    """Return what stands below each heading of the second level, by the heading."""
    parts = re.split(r"^## +`?([^`\n]+)`?$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {title: text.strip() for title, text in zip(parts[1::2], parts[2::2], strict=True)}
