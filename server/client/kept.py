"""Keeps the commands between calls: to make them of the contract takes a second, to read them some milliseconds.

What is kept counts as long as the files that it was made of are the same.
"""

import hashlib
import json
import os
from pathlib import Path

from server.client.command import Command, from_json

_CONTRACT = Path(__file__).parents[2] / "openapi"
_OURS = Path(__file__).parent


def commands() -> list[Command]:
    """Return the commands of our contract, from where they are kept or made anew."""
    stamp, file = _stamp(), _file()
    try:
        kept = json.loads(file.read_bytes())
        if kept["stamp"] == stamp:
            return from_json(kept["commands"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # there is nothing yet, or what is there is of no use
    made = _made()
    _keep(file, json.dumps({"stamp": stamp, "commands": made}))
    return made


def _made() -> list[Command]:
    from openapi.bundle import bundle
    from openapi.published import published
    from server.client.table import commands_of

    return commands_of(published(bundle()))


def _stamp() -> str:
    """Return a text that changes when a file of the contract does, or the code that reads it."""
    files = [*sorted(_CONTRACT.rglob("*.yaml")), *sorted(_CONTRACT.glob("*.py")), *sorted(_OURS.glob("*.py"))]
    digest = hashlib.blake2b(digest_size=16)
    for file in files:
        seen = file.stat()
        digest.update(f"{file}\0{seen.st_mtime_ns}\0{seen.st_size}\n".encode())
    return digest.hexdigest()


def _file() -> Path:
    folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(folder) / "finzbooks" / "commands.json"


def _keep(file: Path, text: str) -> None:
    """Write the file at once, or not at all where nothing may be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(f".{os.getpid()}")
        new.write_text(text, encoding="utf-8")
        new.replace(file)
    except OSError:
        return
