"""Carries out workflows of Arazzo step by step: as much of its expressions as ours use, and nothing passes unread."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from contract_tests.spec import OPERATIONS, Node
from tests.running import Caller

_POINTER = re.compile(r"\$response\.body#(/.*)")
_HEADER = re.compile(r"\$response\.header\.([A-Za-z-]+)")
_OUTPUT = re.compile(r"\$steps\.(\w+)\.outputs\.(\w+)")
_INPUT = re.compile(r"\$inputs\.(\w+)")
_FOUND_BY = re.compile(r"\$\.(\w+)\[\?@\.(\w+) == (\d+)\]\.(\w+)")
_CONDITION = re.compile(r"(\S+) == (\S.*)")
_LITERAL = re.compile(r"'([^']*)'|(-?\d+)")


@dataclass
class Run:
    """One workflow under way: what went into it, what its steps gave, and the answer to the last of them."""

    call: Caller
    inputs: Mapping[str, Any]
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    answer: httpx.Response | None = None

    async def carry_out(self, workflow: Node) -> dict[str, Any]:
        """Carry out all steps, each of which must succeed, and return what the workflow gives."""
        for step in workflow["steps"]:
            self.answer = await self._sent(step)
            for criterion in step["successCriteria"]:
                assert self.holds(criterion["condition"]), (step["stepId"], criterion["condition"], self.answer.text)
            given = {name: self.value(each) for name, each in step.get("outputs", {}).items()}
            self.outputs[step["stepId"]] = given
        return {name: self.value(each) for name, each in workflow.get("outputs", {}).items()}

    async def _sent(self, step: Node) -> httpx.Response:
        method, path, _ = OPERATIONS[step["operationId"]]
        query: dict[str, Any] = {}
        for parameter in step.get("parameters", ()):
            value = self.value(parameter["value"])
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", value)
            else:
                query[parameter["name"]] = value
        assert "{" not in path, (step["stepId"], path)
        body = self.value(step["requestBody"]["payload"]) if "requestBody" in step else None
        return await self.call(method.upper(), path, body, params=query)

    def holds(self, condition: str) -> bool:
        """Whether a condition, one comparison, is met."""
        parts = _CONDITION.fullmatch(condition)
        assert parts, condition
        return bool(self.value(parts[1]) == self._operand(parts[2]))

    def value(self, written: Any) -> Any:
        """What stands for a value: an expression, a selector, or what is written with such within."""
        if isinstance(written, dict):
            if written.keys() == {"context", "selector", "type"}:
                return self._selected(written)
            return {name: self.value(each) for name, each in written.items()}
        if isinstance(written, list):
            return [self.value(each) for each in written]
        if isinstance(written, str) and written.startswith("$"):
            return self._evaluated(written)
        return written

    def _evaluated(self, expression: str) -> Any:
        assert self.answer is not None or "$response" not in expression
        if expression == "$statusCode":
            return self.answer.status_code if self.answer else None
        if found := _INPUT.fullmatch(expression):
            return self.inputs[found[1]]
        if found := _OUTPUT.fullmatch(expression):
            return self.outputs[found[1]][found[2]]
        assert self.answer is not None
        if found := _HEADER.fullmatch(expression):
            return self.answer.headers[found[1]]
        found = _POINTER.fullmatch(expression)
        assert found, f"no expression that is known: {expression}"
        value = self.answer.json()
        for part in found[1].split("/")[1:]:
            value = value[int(part)] if isinstance(value, list) else value[part]
        return value

    def _selected(self, selector: Mapping[str, str]) -> Any:
        """The one thing in a list of the answer that is known by a member."""
        found = _FOUND_BY.fullmatch(selector["selector"])
        assert found and selector["context"] == "$response.body" and self.answer is not None, selector
        rows = self.answer.json()[found[1]]
        (value,) = [row[found[4]] for row in rows if row[found[2]] == int(found[3])]
        return value

    def _operand(self, written: str) -> Any:
        literal = _LITERAL.fullmatch(written)
        if literal is None:
            return self.value(written)
        return int(literal[2]) if literal[1] is None else literal[1]
