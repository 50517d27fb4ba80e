"""The examples of each operation: in each language they make the same call, that of the contract's sample."""

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from contract_tests.sdk_packages import python_package, typescript_package
from contract_tests.spec import OPERATIONS, SPEC, Node
from openapi.bundle import example_of, resolve
from openapi.collection import Request, sample_of
from openapi.naming import named_operations
from openapi.published import published
from openapi.sdk.snippets import LANGUAGES, snippet

_MARK = "X-Operation"
PUBLISHED: Node = published(SPEC)
NAMED = {each.operation["operationId"]: each for each in named_operations(PUBLISHED)}


class Sent(NamedTuple):
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    has_key: bool
    body: Any


class Recorder(ThreadingHTTPServer):
    """A server that takes everything, answers an empty object, and remembers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sent: dict[str, list[Sent]] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}/api/public/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one packet; its second would wait for the first one's acknowledgement
    server: Recorder

    def _take(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        address = urlsplit(self.path)
        media = self.headers.get("Content-Type", "")
        told = Sent(
            self.command,
            address.path.removeprefix("/api/public/v1"),
            dict(parse_qsl(address.query)),
            "Idempotency-Key" in self.headers,
            json.loads(body) if media == "application/json" else _form(media, body),
        )
        assert self.headers["Authorization"] == "Bearer a-token"
        self.server.sent.setdefault(self.headers.get(_MARK, ""), []).append(told)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_DELETE = _take  # noqa: N815  # the names that http.server calls

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""


def _form(media: str, body: bytes) -> Any:
    """The names of the parts of a form; of other bodies the media type."""
    if media.startswith("multipart/form-data"):
        return sorted(re.findall(r' name="(\w+)"', body.decode(errors="replace")))
    return media


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with Recorder() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def wanted(name: str) -> Sent:
    """The call that the contract's sample is, as the reference and the collection make it too."""
    request = sample_of(PUBLISHED, NAMED[name])
    parameters = [resolve(PUBLISHED, each) for each in NAMED[name].operation["parameters"]]
    ids = {
        each["name"]: str(each.get("example", example_of(PUBLISHED, each["schema"])))
        for each in parameters
        if each["in"] == "path"
    }
    return Sent(
        request.method,
        re.sub(r"\{\{(\w+)\}\}", lambda found: ids[found[1]], request.path),
        {key: value for key, value, is_sent in request.query if is_sent},
        any(key == "Idempotency-Key" for key, _, _ in request.headers),
        _told(request),
    )


def _told(request: Request) -> Any:
    """A body as the recorder keeps it."""
    if request.media == "multipart/form-data":
        return sorted({*request.body, "file"})
    return request.body if request.media in ("", "application/json") else request.media


def check(sent: Sent, name: str) -> None:
    """A call arrived as the contract has it, whole; no body and an empty one are the same."""
    expected = wanted(name)
    assert sent._replace(body=sent.body or None) == expected._replace(body=expected.body or None), name


def test_there_is_a_snippet_for_each_operation_and_language() -> None:
    for name in OPERATIONS:
        for language in LANGUAGES:
            assert snippet(name, language).endswith("\n")
        compile(snippet(name, "python"), name, "exec")
    assert snippet("void_invoice", "python", body={"reason": "Entered twice."}).count("Entered twice.") == 1
    with pytest.raises(KeyError):
        snippet("make_tea", "python")
    with pytest.raises(KeyError):
        snippet("approve_invoice", "cobol")


def test_python_makes_the_call_of_the_contract(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.sent.clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIBOOKS_URL", recorder.url)
    monkeypatch.setenv("AIBOOKS_TOKEN", "a-token")
    for name in ("upload.bin", "rows.csv"):
        Path(name).write_bytes(b"content\n")
    with httpx.Client() as client, python_package(tmp_path):
        monkeypatch.setattr(httpx, "Client", lambda **_: client)  # making one reads the world's certificates
        for name in OPERATIONS:
            exec(compile(snippet(name, "python"), name, "exec"), {})  # what is tested is that it runs
            (sent,) = recorder.sent.pop("")
            check(sent, name)


@pytest.mark.thorough
def test_curl_makes_the_call_of_the_contract(recorder: Recorder, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not on this machine")
    recorder.sent.clear()
    for name in ("upload.bin", "rows.csv"):
        (tmp_path / name).write_bytes(b"content\n")
    lines = [snippet(name, "curl").rstrip("\n") + f" \\\n  -H '{_MARK}: {name}'\n" for name in OPERATIONS]
    script = tmp_path / "all.sh"
    script.write_text("set -e\n" + "".join(lines))
    environment = {"AIBOOKS_URL": recorder.url, "AIBOOKS_TOKEN": "a-token", "PATH": "/usr/bin:/bin:/usr/local/bin"}
    subprocess.run(["bash", script], cwd=tmp_path, env=environment, check=True, timeout=300, capture_output=True)
    for name in OPERATIONS:
        (sent,) = recorder.sent[name]
        check(sent, name)


@pytest.mark.thorough
def test_typescript_makes_the_call_of_the_contract(recorder: Recorder, tmp_path: Path) -> None:
    """One program has them all, one after the other."""
    node = typescript_package(tmp_path)
    recorder.sent.clear()
    programs = {f"snippet_{name}": snippet(name, "typescript") for name in OPERATIONS}
    everything = "".join(f'await import("./{name}.js");\n' for name in programs) + "export {};\n"
    assert node.compiled(everything=everything, **programs) == ""
    node.run("everything", AIBOOKS_URL=recorder.url, AIBOOKS_TOKEN="a-token")

    calls = recorder.sent.pop("")
    assert len(calls) == len(OPERATIONS)
    for sent, name in zip(calls, OPERATIONS, strict=True):
        check(sent, name)


@pytest.mark.thorough
def test_all_python_is_strictly_typed(tmp_path: Path) -> None:
    """All in one file, each in a function of its own."""
    with python_package(tmp_path) as (place, _):
        program = tmp_path / "snippets.py"
        program.write_text("\n".join(_function(name, snippet(name, "python")) for name in OPERATIONS))
        words = ["--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), str(program)]
        ran = subprocess.run(
            [sys.executable, "-m", "mypy", *words],
            env={"MYPYPATH": str(place)}, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    assert ran.stdout == "Success: no issues found in 1 source file\n"


def _function(name: str, program: str) -> str:
    return f"def {name}() -> None:\n" + "".join(f"    {line}\n" if line else "\n" for line in program.splitlines())
