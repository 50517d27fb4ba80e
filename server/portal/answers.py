"""The answers that the reference shows: what its own calls were answered, kept by ``python -m tests.reference``."""

import re
from typing import NamedTuple

from server.templates import TEMPLATES

FOLDER = TEMPLATES / "portal" / "answers"
_ANSWER = re.compile(r"^== (\w+) (\d{3}) (\S+)\n(.*?)(?=^== |\Z)", re.MULTILINE | re.DOTALL)


class Kept(NamedTuple):
    """An answer as it is shown; of a file there is no text."""

    status: str
    media: str
    text: str


def answers_of(resource: str) -> dict[str, Kept]:
    """Return what the calls on a resource's page were answered, by operation; nothing of what was never carried out."""
    file = FOLDER / f"{resource}.txt"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return {name: Kept(status, media, told.strip()) for name, status, media, told in _ANSWER.findall(text)}


def written(answers: dict[str, Kept]) -> str:
    """Return a resource's answers as its file holds them."""
    return "".join(f"== {name} {each.status} {each.media}\n{each.text}\n" for name, each in answers.items())
