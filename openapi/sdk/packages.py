"""Writes the packages for callers: ``python -m openapi.sdk.packages FOLDER`` makes ``python/`` and ``typescript/``."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from openapi.bundle import bundle
from openapi.changes import changelog
from openapi.fragments import ROOT, Json
from openapi.published import published
from openapi.sdk import python, typescript
from openapi.sdk.reading import Contract, contract

TEMPLATES = ROOT.parent / "templates" / "sdk"
PYTHON, TYPESCRIPT = "python", "typescript"
_MADE: dict[str, tuple[str, Callable[[Contract], dict[str, str]]]] = {
    PYTHON: ("finzbooks", python.files_of),
    TYPESCRIPT: ("src", typescript.files_of),
}
"""Where the generated files of each package go, and what makes them."""


def write(folder: Path, language: str) -> Path:
    """Write the package of a language below a folder, in place of what was there; return where it is."""
    place = folder / language
    shutil.rmtree(place, ignore_errors=True)
    words = {"@VERSION@": contract().document["info"]["version"]}
    for file in sorted(TEMPLATES.joinpath(language).rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            target = place / file.relative_to(TEMPLATES / language).with_suffix(file.suffix.removesuffix(".template"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_filled(file.read_text(encoding="utf-8"), words), encoding="utf-8")
    place.joinpath("CHANGELOG.md").write_text(changelog(published(bundle())), encoding="utf-8")
    inside, made = _MADE[language]
    for name, text in made(contract()).items():
        place.joinpath(inside, name).write_text(text, encoding="utf-8")
    return place


def _filled(text: str, words: Json) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


if __name__ == "__main__":
    for name in _MADE:
        print(f"{write(Path(sys.argv[1]), name)} is written.")
