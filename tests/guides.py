"""The commands of the guides, carried out as a reader types them, and what they answer.

``python -m tests.guides --write`` starts a server with the demo and pastes all answers anew; the test compares them.
What differs from run to run (ids, days, numbers) is compared by its form only.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from server.portal.errors import CODES
from server.portal.guides import FOLDER

FILES = (*sorted(FOLDER.glob("*.md")), CODES)
PRELUDE = """\
AUTH="Authorization: Bearer $AIBOOKS_TOKEN"
JSON="Content-Type: application/json"
pick() { python3 -c "import json, sys; answer = json.load(sys.stdin, parse_float=str); print($1)"; }
"""
"""What every guide takes for granted; the quickstart shows it."""

WRITE = "FINZBOOKS_PASTE_ANSWERS"
"""Set by ``--write``: answers are pasted instead of compared."""

BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NUMBER = "~number~"
_END = "--- end of block ---"
_FORMS = (
    (r"\b([a-z]{2,4})_[0-9a-z]{26}\b", r"\1_ID"),
    (r"\baibk_(pat|pat_test|oat|ort)_[A-Za-z0-9]+", r"aibk_\1_TOKEN"),
    (r"whsec_[A-Za-z0-9+/=_-]+", "whsec_SECRET"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
    (r"\b\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r"\b\d{4}-\d\d-\d\d\b", "DAY"),
    (r"\b[A-Z]{2,4}/\d\d-\d\d/\d{4}\b", "NUMBER"),
    (r"http://(localhost|127\.0\.0\.1):\d+", "http://SERVER"),
    (r"\b[0-9A-Za-z_-]{40,}\b", "LONG"),
    (r"\b\d{10}(\d{6})?\b", "INSTANT"),
)


@dataclass(frozen=True)
class Step:
    """A command of a guide and the answer that stands below it, if any."""

    name: str
    command: str
    only: frozenset[str]
    vary: frozenset[str]
    language: str
    answer: str | None


def steps_of(text: str) -> list[Step]:
    """Return the commands of a guide that are carried out, in their order."""
    found: list[Step] = []
    for language, told, content in BLOCK.findall(text):
        name, *rest = told.split() or [""]
        options = dict(each.partition("=")[::2] for each in rest)
        if language == "sh" and name:
            only, vary = (frozenset(filter(None, options.get(key, "").split(","))) for key in ("only", "vary"))
            found.append(Step(name, content, only, vary, "", None))
        elif name:
            assert found[-1].name == name, f"{name} stands below {found[-1].name}"
            last = found.pop()
            found.append(Step(name, last.command, last.only, last.vary, language, content))
    return found


def carried_out(steps: list[Step], folder: Path, environment: dict[str, str]) -> list[str]:
    """Run a guide in one shell, and return what each of its commands printed."""
    script = PRELUDE + "".join(f"{step.command}\necho '{_END}'\n" for step in steps)
    ended = subprocess.run(
        ["bash", "-u"], input=script, cwd=folder, env=environment, capture_output=True, text=True, timeout=240,
        check=False,
    )  # fmt: skip
    assert ended.stderr == "", ended.stderr
    return ended.stdout.split(f"{_END}\n")[:-1]


def shown(step: Step, printed: str) -> str:
    """Return an answer as a page shows it: JSON indented, with the chosen members only."""
    if step.language != "json":
        return printed.rstrip() + "\n"
    answer = json.loads(printed, parse_float=Decimal)
    return json_text(_chosen(answer, step.only) if step.only else answer) + "\n"


def json_text(value: Any) -> str:
    """Write JSON with two spaces; numbers stay as they came, digit for digit."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=lambda number: f"{_NUMBER}{number}{_NUMBER}")
    return re.sub(f'"{_NUMBER}([^"]*?){_NUMBER}"', r"\1", text)


def _chosen(value: Any, only: frozenset[str], place: str = "") -> Any:
    """Keep the members that are named, by their own name or their whole path, and what leads to them."""
    if isinstance(value, list):
        return [_chosen(each, only, place) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for name, each in value.items():
        path = f"{place}.{name}".lstrip(".")
        if {name, path} & only:
            kept[name] = each
        elif isinstance(each, dict | list) and (within := _chosen(each, only, path)) and _says(within):
            kept[name] = within
    return kept


def _says(value: Any) -> bool:
    """Whether anything is left."""
    return any(_says(each) for each in value) if isinstance(value, list) else bool(value)


def form(step: Step, answer: str) -> Any:
    """Return an answer without what differs from run to run."""
    if step.language != "json":
        text = formed(answer.strip())
        return re.sub(r"\d+", "N", text) if "digits" in step.vary else text
    return _form(json.loads(answer, parse_float=Decimal), step.vary)


def _form(value: Any, vary: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: type(each).__name__ if name in vary else _form(each, vary) for name, each in value.items()}
    if isinstance(value, list):
        return [_form(each, vary) for each in value]
    return formed(value) if isinstance(value, str) else value


def formed(text: str) -> str:
    """Return a text with a word for each thing that differs from run to run."""
    for pattern, word in _FORMS:
        text = re.sub(pattern, word, text)
    return text


def pasted(text: str, answers: Iterator[str]) -> str:
    """Return a guide with the answers of its commands in place of those that stand there."""

    def replaced(block: re.Match[str]) -> str:
        language, told, _ = block.groups()
        if language == "sh" or not told.strip():
            return block[0]
        return f"```{language}{told}\n{next(answers)}```"

    return BLOCK.sub(replaced, text)


if __name__ == "__main__":
    import os
    import sys

    import pytest

    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.guides --write")
    os.environ[WRITE] = "1"
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/browser/test_guides.py"]))
