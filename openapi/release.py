"""Keeps the contract of each release as a file, with which the differ compares what comes later.

``python -m openapi.release`` writes ``released/v<version>.json.xz`` of the present contract, by its ``info.version``.
A release that is there already stays as it is, unless ``--again`` says that nobody has seen it yet.
"""

import json
import lzma
import sys
from pathlib import Path

from openapi.fragments import ROOT, Json

FOLDER = ROOT / "released"
_END = ".json.xz"


class AlreadyReleased(Exception):
    """This version is released; another contract needs another version."""


def keep(contract: Json, folder: Path = FOLDER, *, replace: bool = False) -> Path:
    """Write the file of a release, the same bytes for the same contract. Raises AlreadyReleased."""
    file = folder / f"v{contract['info']['version']}{_END}"
    if file.exists() and not replace:
        raise AlreadyReleased(f"{file.name} is there: give the contract another version (info.version).")
    folder.mkdir(exist_ok=True)
    text = json.dumps(contract, ensure_ascii=False, separators=(",", ":"))
    file.write_bytes(lzma.compress(text.encode(), preset=9))
    return file


def last_release(folder: Path = FOLDER) -> Json | None:
    """Return the contract of the newest release; ``None`` before the first."""
    files = _files(folder)
    return _read(files[-1]) if files else None


def releases(folder: Path = FOLDER) -> list[Json]:
    """Return the contracts of all releases, the oldest first."""
    return [_read(file) for file in _files(folder)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"v*{_END}"), key=_version)


def _read(file: Path) -> Json:
    document: Json = json.loads(lzma.decompress(file.read_bytes()))
    return document


def _version(file: Path) -> tuple[int, ...]:
    return tuple(map(int, file.name.removeprefix("v").removesuffix(_END).split(".")))


if __name__ == "__main__":
    from openapi.bundle import bundle
    from openapi.published import published

    try:
        print(f"{keep(published(bundle()), replace='--again' in sys.argv)} is written.")
    except AlreadyReleased as refusal:
        sys.exit(str(refusal))
