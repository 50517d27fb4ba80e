"""``finzbooks api`` beside the API: how it repeats calls, whom it gives a token, and what it tells shells."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from server.client import kept
from server.client.calling import KEY, Unreachable, send
from server.client.completion import SCRIPTS, candidates
from server.client.main import main
from server.client.options import Call
from server.client.place import NoPlace, Place, place_of

ROOT = Path(__file__).parents[2]
DATE = {"Date": "Mon, 30 Nov 2026 10:00:00 GMT"}
GONE: tuple[int, dict[str, str]] = (0, {})
"""An answer that never comes: the connection is closed."""


@contextmanager
def a_server(*answers: tuple[int, dict[str, str]]) -> Iterator[tuple[Place, list[tuple[str, str | None]]]]:
    """A server that gives these answers in turn, and keeps the method and the key of each call."""
    calls: list[tuple[str, str | None]] = []
    waiting = list(answers)

    class Answers(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            calls.append((self.command, self.headers.get(KEY)))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers = waiting.pop(0)
            if not status:
                self.close_connection = True
                return
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST = do_PUT = _answer  # noqa: N815  # the library's names

        def log_message(self, *_about: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Place(f"http://127.0.0.1:{server.server_port}", "aibk_pat_none"), calls
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def never(seconds: float) -> None:
    """Wait for nothing: it is not to be tried again."""
    raise AssertionError(f"waited for {seconds} s")


def a_call(method: str = "POST", key: str | None = "cli-1") -> Call:
    headers = {KEY: key} if key else {}
    return Call(method, "/invoices", [], headers, b"{}" if method != "GET" else None, [], [])


def test_a_post_is_repeated_with_its_key_after_as_long_as_the_server_asks() -> None:
    waits: list[float] = []
    by_date = {**DATE, "Retry-After": "Mon, 30 Nov 2026 10:00:03 GMT"}
    with a_server((503, {"Retry-After": "2"}), (429, by_date), GONE, (201, {})) as (place, calls):
        answer = send(a_call(), place, tries=4, pause=waits.append)

    assert answer.status_code == 201
    assert calls == [("POST", "cli-1")] * 4
    assert waits == [2, 3, 2]


def test_what_might_be_done_twice_is_not_repeated() -> None:
    for answer in (GONE, (502, {})):
        with a_server(answer, (200, {})) as (place, calls):
            try:
                assert send(a_call("PUT", None), place, tries=4, pause=lambda _: None).status_code == 502
            except Unreachable:
                assert answer is GONE
        assert calls == [("PUT", None)]
    with a_server((503, {"Retry-After": "1"}), (200, {})) as (place, _):
        assert send(a_call("PUT", None), place, tries=4, pause=lambda _: None).status_code == 200


def test_it_is_given_up_after_the_last_try_and_where_the_wait_is_too_long() -> None:
    with a_server(*[(503, {})] * 3) as (place, calls):
        assert send(a_call("GET", None), place, tries=3, pause=lambda _: None).status_code == 503
    assert len(calls) == 3
    with a_server((429, {"Retry-After": "3600"})) as (place, _):
        assert send(a_call(), place, tries=3, pause=never).status_code == 429
    with a_server((409, {})) as (place, _):
        assert send(a_call(), place, tries=3, pause=never).status_code == 409


def test_the_token_of_the_demo_goes_to_the_demo_only(tmp_path: Path) -> None:
    demo = "http://localhost:8123/api/public/v1"
    (tmp_path / "demo.env").write_text(f"AIBOOKS_TOKEN=aibk_pat_demo\nAIBOOKS_URL={demo}\n")
    here = {"FINZBOOKS_DATA_DIRECTORY": str(tmp_path)}

    assert place_of(here) == Place(demo, "aibk_pat_demo")
    assert place_of({**here, "AIBOOKS_TOKEN": "mine"}) == Place(demo, "mine")
    other = {**here, "AIBOOKS_URL": "https://books.example"}
    with pytest.raises(NoPlace):
        place_of(other)
    assert place_of({**other, "AIBOOKS_TOKEN": "mine"}) == Place("https://books.example/api/public/v1", "mine")
    with pytest.raises(NoPlace):
        place_of({**here, "AIBOOKS_URL": "books.example", "AIBOOKS_TOKEN": "mine"})


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ([""], {"invoices", "contacts", "reports", "whoami"}),
        (["cont"], {"contacts"}),
        (["credit-notes", "app"], {"approve", "apply_to_invoice"}),
        (["invoices", "list", "--status", "PA"], {"PARTIALLY_PAID", "PAID"}),
        (["invoices", "list", "--cust"], {"--customer-id"}),
        (["invoices", "list", "--al"], {"--all"}),
        (["invoices", "create", "--auto-approve", ""], {"true", "false"}),
        (["nothing", ""], set()),
    ],
)
def test_words_are_completed_from_the_contract(words: list[str], offered: set[str]) -> None:
    found = {each.split("\t")[0] for each in candidates(kept.commands(), words)}

    assert offered <= found
    assert bool(offered) == bool(found)
    assert all(each.startswith(words[-1]) for each in found)


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes(shell: str, tmp_path: Path) -> None:
    """What a shell is told is asked of the shell itself, where there is one."""
    if shutil.which(shell) is None:
        pytest.skip(f"There is no {shell} here.")
    command = tmp_path / "finzbooks"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from server.entrance import main; main()' \"$@\"\n")
    command.chmod(0o755)
    typed = "finzbooks api invoices list --status PA"
    asked = {
        "bash": f'COMP_WORDS=({typed}); COMP_CWORD=5; _finzbooks; echo "${{COMPREPLY[@]}}"',
        "zsh": f"_describe() {{ print -l $found }}; words=({typed}); CURRENT=6; _finzbooks",
        "fish": f"complete -C '{typed}'",
    }
    script = SCRIPTS[shell] if shell != "zsh" else "compdef() { : }\n" + SCRIPTS[shell]

    ended = subprocess.run(
        [shell, "-c", f"{script}\n{asked[shell]}"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert {word.rstrip(":") for word in ended.stdout.split()} == {"PARTIALLY_PAID", "PAID"}, ended.stderr


def test_help_is_short_and_says_where_to_go_on(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    whole = capfd.readouterr().out
    assert main(["invoices", "create", "--help"]) == 0
    one = capfd.readouterr().out
    assert main(["--completion", "tcsh"]) == 2

    assert "finzbooks api GROUP VERB --help" in whole
    assert len(whole.splitlines()) < 80
    assert one.startswith("usage: finzbooks api invoices create [OPTIONS]")
    assert "--customer-id TEXT" in one
    assert "Scope `" not in one
