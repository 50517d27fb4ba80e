"""Every error leads to a page of its code: by the header of its answer, also where nothing was routed yet."""

import json
import re
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from contract_tests.spec import SPEC
from server.edge.problems import help_link
from tests.running import Worker

_LINK = re.compile(r'<([^>]+)>; rel="help"')


@pytest.mark.parametrize("ending", ["", ".md"])
def test_the_link_of_every_code_leads_to_its_page(server: Worker, ending: str) -> None:
    shape = SPEC["components"]["headers"]["Link"]["schema"]
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for code in SPEC["x-error-codes"]:
            link = help_link(code)
            assert re.search(shape["pattern"], link) and len(link) <= shape["maxLength"]
            page = client.get(_target(link) + ending)
            assert page.status_code == 200 and code in page.text, code
        assert client.get(_target(help_link("conflict.of_no_kind"))).status_code == 404


def _target(link: str) -> str:
    found = _LINK.fullmatch(link)
    assert found is not None, link
    return found[1]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /api/public/v1/whoami HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n", 431),
        (b"no request at all\r\n\r\n", 400),
        (b"GET /api/public/v1/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404),
        (b"POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", 401),
        (b"GET /mcp HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405),
    ],
    ids=["head", "malformed", "unknown", "agent", "method"],
)
def test_what_reaches_no_operation_is_told_where_its_error_is_explained(
    server: Worker, sent: bytes, status: int
) -> None:
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        connection.sendall(sent)
        answer = _answer(connection)

    assert answer[0] == status
    assert answer[1]["link"] == help_link(answer[2]["code"])


def _answer(connection: socket.socket) -> tuple[int, dict[str, str], dict[str, str]]:
    """The status, the headers and the error object of one answer."""
    text = b""
    while b"\r\n\r\n" not in text:
        text += _more(connection)
    head, _, body = text.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += _more(connection)
    return int(first.split()[1]), headers, json.loads(body)


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    assert piece, "the server hung up before its answer was whole"
    return piece
