"""What HTML may not do, whoever wrote it: fetch, read this machine's files, run scripts, give the renderer orders."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
import pytest_asyncio

from adapters.pdf import Renderer
from tests.adapters.paper import RENDERERS, page_texts, renderer

MADE_AT = datetime(2026, 4, 1, tzinfo=UTC)
SECRET = "TheSecretOfThisMachine"


@pytest_asyncio.fixture(params=RENDERERS, scope="module")
async def press(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Renderer]:
    made = renderer(request.param, tmp_path_factory.mktemp("paper"))
    yield made
    await made.close()


class Listener:
    """A real server on this machine that counts who comes."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard: list[bytes] = []
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(1)
                self.heard.append(caller.recv(1000).split(b"\r\n")[0])
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    for name in ("secret.html", "secret.txt", "secret.svg", "secret.css"):
        text = f"<html><body><p>{SECRET}</p></body></html>"
        if name == "secret.svg":
            text = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50"><text y="20">{SECRET}</text></svg>'
        if name == "secret.css":
            text = f'body::before{{content:"{SECRET}"}}'
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def hostile(place: str) -> str:
    """HTML that refers to a place in every way there is."""
    return f"""<!doctype html><html><head><meta charset="utf-8">
    <base href="{place}/">
    <link rel="stylesheet" href="{place}/secret.css"><link rel="icon" href="{place}/secret.txt">
    <link rel="prefetch" href="{place}/secret.txt">
    <style>@import url({place}/secret.css); @font-face{{font-family:X;src:url({place}/secret.txt)}}
    body{{font-family:X,'Noto Sans';background:url({place}/secret.svg);cursor:url({place}/secret.svg),auto}}
    li{{list-style-image:url({place}/secret.svg)}} p::after{{content:url({place}/secret.svg)}}</style>
    <script src="{place}/secret.txt"></script><script>document.write('<p>Script'+'Ran</p>');
    var x=new XMLHttpRequest();x.open('GET','{place}/secret.txt',false);x.send();document.write(x.responseText);
    </script></head><body onload="document.body.innerHTML='Script'+'Ran'">
    <p>Amount due</p><ul><li>Line</li></ul>
    <img src="{place}/secret.svg" onerror="document.body.innerHTML='Script'+'Ran'"><img srcset="{place}/secret.svg 2x">
    <picture><source srcset="{place}/secret.svg"><img src="{place}/secret.svg"></picture>
    <iframe src="{place}/secret.html"></iframe><iframe src="secret.html"></iframe>
    <iframe srcdoc="&lt;iframe src='{place}/secret.html'&gt;&lt;/iframe&gt;"></iframe>
    <frameset><frame src="{place}/secret.html"></frameset>
    <object data="{place}/secret.html" type="text/html"></object><embed src="{place}/secret.html">
    <object data="{place}/secret.svg" type="image/svg+xml"></object>
    <video src="{place}/secret.txt" poster="{place}/secret.svg"></video><audio src="{place}/secret.txt"></audio>
    <input type="image" src="{place}/secret.svg"><table background="{place}/secret.svg"><tr><td>cell</td></tr></table>
    <svg xmlns:xlink="http://www.w3.org/1999/xlink" width="99" height="99"><image xlink:href="{place}/secret.svg"
    width="99" height="99"/><use xlink:href="{place}/secret.svg#x"/></svg>
    <img src="data:image/svg+xml;utf8,%3Csvg xmlns='http://www.w3.org/2000/svg' width='99' height='99'%3E%3Cimage
    href='{place}/secret.svg' width='99' height='99'/%3E%3C/svg%3E">
    <iframe src="data:text/html,%3Cimg src='{place}/secret.svg'%3E"></iframe>
    <a href="{place}/secret.html" ping="{place}/secret.txt">link</a></body></html>"""


async def printed(press: Renderer, html: str) -> str:
    return "\n".join(page_texts(await press.render(html, title="Invoice", made_at=MADE_AT)))


async def test_nothing_is_fetched_from_anywhere(press: Renderer, listener: Listener) -> None:
    said = await printed(press, hostile(listener.url))

    assert listener.heard == []
    assert "Amount due" in said
    assert "ScriptRan" not in said


async def test_the_listener_of_these_tests_hears(listener: Listener) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(listener.url.rsplit(":", 1)[1]))
    writer.write(b"GET /secret.css HTTP/1.1\r\n\r\n")
    assert await reader.read() != b""
    writer.close()
    assert listener.heard == [b"GET /secret.css HTTP/1.1"]


@pytest.mark.parametrize("way", ["file://{}", "{}", "file:{}"])
async def test_no_file_of_this_machine_is_read(press: Renderer, secret: Path, way: str) -> None:
    said = await printed(press, hostile(way.format(secret)))

    assert "Amount due" in said
    assert SECRET not in said


@pytest.mark.parametrize("way", ["{}", "file://{}"])
async def test_a_page_that_leads_elsewhere_brings_nothing_from_there(
    press: Renderer, listener: Listener, secret: Path, way: str
) -> None:
    """Whether the renderer has time to follow or not: it prints the page, or that it could not follow."""
    place = way.format(secret if "file" in way else listener.url)
    leads = f'<meta http-equiv="refresh" content="0;url={place}/secret.html">'
    html = f"<html><head>{leads}</head><body>{'<p>Amount due</p>' * 2000}</body></html>"

    said = await printed(press, html)

    assert listener.heard == []
    assert SECRET not in said
    assert said.strip()


async def test_orders_to_pdfkit_in_the_html_are_not_followed(
    press: Renderer, listener: Listener, secret: Path, tmp_path: Path
) -> None:
    target = tmp_path / "dumped.txt"
    orders = {
        "enable-local-file-access": "",
        "proxy": listener.url,
        "cookie-jar": str(target),
        "dump-default-toc-xsl": str(target),
        "run-script": "document.write('ScriptRan')",
        "page-size": "A0",
    }
    meta = "".join(f'<meta name="pdfkit-{name}" content="{value}">' for name, value in orders.items())
    html = hostile(f"file://{secret}").replace("<head>", f"<head>{meta}")

    said = await printed(press, html)

    assert "Amount due" in said
    assert SECRET not in said
    assert "ScriptRan" not in said
    assert listener.heard == []
    assert not target.exists()


async def test_a_page_that_takes_itself_in_ends(press: Renderer) -> None:
    """A frame of a frame of a frame, each with the next one in its address."""
    address = "Innermost"
    for _ in range(3):
        address = f"<iframe srcdoc='{address.replace('&', '&amp;').replace(chr(39), '&#39;')}'></iframe>"

    assert "Amount due" in await printed(press, f"<body><p>Amount due</p>{address}</body>")
