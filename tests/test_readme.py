"""The README as a stranger uses it: its tutorial and the landing page's quickstart work as printed, its map is true."""

import html
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.conftest import NewDatabase

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVE = [sys.executable, "-c", "from server.command_line import main; main()", "serve", "--demo"]
END = "--- end of block ---"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """Return what stands below a heading of the README."""
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def steps() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the tutorial's commands, each with the blocks of output that are shown below it."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for language, text in _BLOCK.findall(section("Five minutes")):
        if language == "sh":
            found.append((text, []))
        else:
            found[-1][1].append((language, text))
    return found


@pytest.fixture(scope="module")
def place(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with ``.data/demo.env`` of a server that runs."""
    folder = tmp_path_factory.mktemp("readme")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": new_database(),
        "FINZBOOKS_DATA_DIRECTORY": str(folder / ".data"),
        "FINZBOOKS_WORKERS": "1",
        "FINZBOOKS_BASE_URL": "",
        "PORT": str(port),
    }
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*SERVE, "--with-parent"], env=environment, stdout=log, stderr=log)
    try:
        wait_until_ready(server, f"http://127.0.0.1:{port}")
        yield folder
    finally:
        server.terminate()
        server.wait(20)


def wait_until_ready(server: "subprocess.Popen[bytes]", url: str) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit and server.poll() is None:
        try:
            with urlopen(f"{url}/readyz"):
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the server did not get ready")


def said_by(commands: list[str], folder: Path) -> list[str]:
    """Run commands in one shell, as a person types them, and return what each printed."""
    script = "".join(f"{command}\necho '{END}'\n" for command in commands)
    ended = subprocess.run(
        ["bash", "-u"], input=script, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stderr == ""
    return ended.stdout.split(f"{END}\n")[:-1]


def fits(shown: Any, real: Any) -> bool:
    """Whether an answer has all that is shown of it; texts that end in an ellipsis show a beginning."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(key in real and fits(shown[key], real[key]) for key in shown)
    if isinstance(shown, str) and shown.endswith("…"):
        return isinstance(real, str) and real.startswith(shown[:-1])
    return bool(shown == real)


def pieces(printed: str) -> list[Any]:
    """Split what a block printed into JSON values; answers come without line breaks between them."""
    decoder, found, rest = json.JSONDecoder(parse_float=str), [], printed.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    return found


@pytest.mark.slow
def test_the_tutorial_works_as_printed(place: Path) -> None:
    tutorial = steps()
    printed = said_by([command for command, _ in tutorial], place)
    assert len(printed) == len(tutorial)
    for (command, outputs), said in zip(tutorial, printed, strict=True):
        if outputs and outputs[0][0] == "text":
            [(_, text)] = outputs
            assert fits(text.strip(), said.strip()), command
            continue
        shown = [json.loads(text, parse_float=str) for _, text in outputs]
        real = pieces(said)
        assert len(real) == len(shown), f"{command}\nprinted {said}"
        for one, other in zip(shown, real, strict=True):
            assert fits(one, other), f"{command}\nprinted {json.dumps(other, indent=1)}"


def test_every_call_of_the_readme_stands_in_the_tutorial() -> None:
    elsewhere = README.replace(section("Five minutes"), "")
    assert "curl" not in elsewhere
    assert len([command for command, _ in steps() if "curl" in command]) >= 8


@pytest.mark.slow
def test_the_quickstart_of_the_landing_page_works_as_printed(place: Path) -> None:
    address = (place / ".data/demo.env").read_text().split("AIBOOKS_URL=")[1].split("/api/")[0]
    with urlopen(address) as page:
        text = page.read().decode()
    in_the_shell = text[text.index('id="quickstart"') : text.index('id="the-same-in-python"')]
    settings, *commands = [
        html.unescape(code)
        for code in re.findall(r'class="code"><pre><code>(.*?)</code></pre>', in_the_shell, re.DOTALL)
    ]
    assert settings == f"export AIBOOKS_URL={address}/api/public/v1\nexport AIBOOKS_TOKEN=aibk_pat_test_…"
    assert len(commands) >= 9
    printed = said_by(["source .data/demo.env", *commands], place)
    assert '"status":"PAID"' in printed[-1]
    assert all('"code":"' not in said for said in printed)


@pytest.mark.slow
def test_the_first_screen_shows_a_call_that_works(place: Path) -> None:
    log = (place / "log").read_text()
    command = next(line for line in log.splitlines() if line.strip().startswith("curl"))
    [answer] = pieces(said_by([command], place)[0])
    assert len(answer["invoices"]) == 5
    token = (place / ".data/demo.env").read_text().split("\n")[0].removeprefix("AIBOOKS_TOKEN=")
    assert f"/docs/console#token={token}" in log


def test_the_map_of_the_tree_is_true() -> None:
    tree = section("The tree")
    named = re.findall(r"^\| `([a-z_]+)/` \|(.*)", tree, re.MULTILINE)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    folders = {path.split("/")[0] for path in listed if "/" in path and not path.startswith(".")}
    assert {folder for folder, _ in named} == folders
    inside = [f"{folder}/{part}" for folder, about in named for part in re.findall(r"`([\w/.]+)`", about)]
    elsewhere = {"openapi/paths", "finzbooks", "make"}  # words about a folder that name something outside it
    missing = [
        path for path in inside if not (ROOT / path).exists() and path.split("/", 1)[1].rstrip("/") not in elsewhere
    ]
    assert missing == []
    assert [path for path in re.findall(r"`(server/\w+\.py)`", tree) if not (ROOT / path).exists()] == []


def test_links_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / "docs/operations.md"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
