"""The packages for callers as the tests use them: made once a run, the Python one imported from where it was made."""

import hashlib
import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from openapi.fragments import ROOT
from openapi.sdk.packages import PYTHON, TEMPLATES, TYPESCRIPT, write

Handle = Callable[[httpx.Request, "Onward"], httpx.Response]
Onward = Callable[[httpx.Request], httpx.Response]


@contextmanager
def python_package(folder: Path) -> Iterator[tuple[Path, Any]]:
    """Write the Python package; yield where it is, and its module."""
    place = write(folder, PYTHON)
    sys.path.insert(0, str(place))
    try:
        yield place, importlib.import_module("finzbooks")
    finally:
        sys.path.remove(str(place))
        for name in [name for name in sys.modules if name.split(".")[0] == "finzbooks"]:
            del sys.modules[name]


class Between(httpx.BaseTransport):
    """Stands between a client and the real server, and may do otherwise with what passes."""

    def __init__(self, handle: Handle) -> None:
        self._handle, self._real = handle, httpx.HTTPTransport()
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Keep the request, and answer as the handler wants."""
        self.seen.append(request)
        answer = self._handle(request, self._real.handle_request)
        answer.read()
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._real.close()


@dataclass(frozen=True)
class Node:
    """A folder in which programs of TypeScript find the package, as after ``npm install``."""

    folder: Path
    package: Path

    def compiled(self, *options: str, **programs: str) -> str:
        """Compile programs by name as strictly as the package itself; return what the compiler found wrong."""
        for name, text in programs.items():
            self.folder.joinpath("src", f"{name}.ts").write_text(text)
        return _ended([*_COMPILER, *options], self.folder)

    def run(self, name: str, **environment: str) -> str:
        """Run a compiled program; return what it printed."""
        words = [shutil.which("node") or "node", str(self.folder / "dist" / f"{name}.js")]
        ran = subprocess.run(
            words, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


_TYPESCRIPT = json.loads(TEMPLATES.joinpath(TYPESCRIPT, "package.json").read_text())["devDependencies"]["typescript"]
_COMPILER = ["npx", "--yes", "--package", f"typescript@{_TYPESCRIPT}", "--", "tsc"]
_KEPT = 3
_WRITES_FILES = """declare module "node:fs/promises" {
  export function writeFile(path: string, content: Uint8Array): Promise<void>;
}
"""


def typescript_package(folder: Path) -> Node:
    """Return programs' folder beside the built package; skips, and says so, where there is no Node.js or compiler."""
    for program in ("node", "npx"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine")
    if not _ended([*_COMPILER, "--version"], folder).startswith("Version"):
        pytest.skip(f"TypeScript {_TYPESCRIPT} cannot be had")
    package = _built(write(folder, TYPESCRIPT))
    place = folder / "program"
    (place / "src").mkdir(parents=True)
    (place / "node_modules").mkdir()
    (place / "node_modules" / "finzbooks-sdk").symlink_to(package)
    (place / "package.json").write_text('{"type": "module"}')
    (place / "tsconfig.json").write_text((package / "tsconfig.json").read_text())
    (place / "src" / "node.d.ts").write_text(_WRITES_FILES)
    return Node(place, package)


def _built(package: Path) -> Path:
    """Compile a package, unless another test has compiled the very same; return where it is kept."""
    files = sorted(file for file in package.rglob("*") if file.is_file())
    told = b"\0".join(part for file in files for part in (str(file.relative_to(package)).encode(), file.read_bytes()))
    kept = ROOT.parent / "build" / "sdk-compiled" / hashlib.sha256(told).hexdigest()
    if not kept.exists():
        assert _ended(_COMPILER, package) == ""
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=kept.parent) as new:
            made = shutil.copytree(package, Path(new) / "package")
            try:
                made.rename(kept)
            except OSError:
                assert kept.exists()  # another test was faster
        _keep_few(kept.parent)
    return kept


def _keep_few(folder: Path) -> None:
    """Remove what was compiled of packages that changed since."""
    kept = [(each.stat().st_mtime, each) for each in folder.iterdir() if not each.name.startswith("tmp")]
    for _, old in sorted(kept, reverse=True)[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _ended(words: list[str], folder: Path) -> str:
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return ran.stdout if ran.returncode == 0 else f"{ran.stdout}{ran.stderr} ({ran.returncode})"
