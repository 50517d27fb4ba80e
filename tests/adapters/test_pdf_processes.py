"""The processes that render: ended at the time limit, replaced when they die, few at a time, gone when we are gone."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

import adapters.pdf
import adapters.plutoprint
from adapters.pdf import Page, Renderer, RendererAway, RendererBusy, RendererSlow, RenderFailed, renderer_of
from adapters.plutoprint import PlutoPrint
from adapters.wkhtmltopdf import WkHtmlToPdf
from tests.adapters.paper import RENDERERS, renderer
from tests.server.conftest import alive, descendants, eventually

MADE_AT = datetime(2026, 4, 1, tzinfo=UTC)
PAGE = "<!doctype html><html><head></head><body><p>Amount due</p></body></html>"
LONG = "<table>" + "".join(f"<tr><td>{number}<td>Chair<td>1,234.00" for number in range(60_000)) + "</table>"


async def printed(press: Renderer, html: str = PAGE) -> bytes:
    return await press.render(html, title="Invoice", made_at=MADE_AT)


def mine() -> set[int]:
    """Our processes, without those of the tests' PostgreSQL, which come and go by themselves."""
    return {each for each in alive(descendants(os.getpid())) if name_of(each) != "postgres"}


def name_of(process: int) -> str:
    shown = subprocess.run(["ps", "-o", "comm=", "-p", str(process)], capture_output=True, text=True, check=False)
    return Path(shown.stdout.strip()).name


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", RENDERERS)
async def test_a_render_is_ended_at_the_time_limit_with_all_that_it_started(name: str, tmp_path: Path) -> None:
    before, began_at = mine(), time.monotonic()
    press = renderer(name, tmp_path, seconds=0.5)

    with pytest.raises(RendererSlow, match=r"had not finished after 0\.5 s"):
        await printed(press, LONG)

    assert time.monotonic() - began_at < 5
    assert eventually(lambda: mine() <= before)
    assert await printed(press)
    await press.close()
    assert eventually(lambda: mine() <= before)


async def test_what_an_installed_program_starts_ends_with_it(tmp_path: Path) -> None:
    before = mine()
    stub = program(tmp_path / "wkhtmltopdf", "sleep 600 & sleep 600")
    press = WkHtmlToPdf(stub, tmp_path / "fonts", version="stub", cpu_seconds=5)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await printed(press)

    assert eventually(lambda: mine() <= before)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo Segmentation fault >&2; exit 139", "Segmentation fault"),
        ("exit 0", "it said nothing"),
        ('for last; do :; done; printf "%%PDF-1.4 half" >"$last"', "it said nothing"),
        ("while :; do :; done", "Killed"),
        ('for last; do :; done; cat /dev/zero >"$last"', ""),
    ],
    ids=["dies", "makes nothing", "makes a half", "goes round", "fills the disk"],
)
async def test_a_program_that_makes_no_whole_pdf_is_found_out(tmp_path: Path, script: str, said: str) -> None:
    stub = program(tmp_path / "wkhtmltopdf", script)
    press = WkHtmlToPdf(stub, tmp_path / "fonts", version="stub", cpu_seconds=1)

    with pytest.raises(RenderFailed, match=f"wkhtmltopdf made no PDF: .*{said}"):
        await printed(press)


async def test_nothing_is_left_in_the_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    stub = program(tmp_path / "wkhtmltopdf", "touch left; exit 1")

    with pytest.raises(RenderFailed):
        await printed(WkHtmlToPdf(stub, tmp_path / "fonts", version="stub", cpu_seconds=5))

    assert list((tmp_path / "temporary").iterdir()) == []


@pytest_asyncio.fixture
async def pluto(tmp_path: Path) -> AsyncIterator[PlutoPrint]:
    press = PlutoPrint(tmp_path / "fonts", seconds=20)
    yield press
    await press.close()


async def the_child(press: PlutoPrint) -> int:
    """Return the one process of a renderer that has rendered."""
    before = mine()
    await printed(press)
    (child,) = mine() - before
    return child


async def test_one_process_renders_one_page_after_the_other(pluto: PlutoPrint) -> None:
    child, before = await the_child(pluto), mine()

    await printed(pluto)

    assert child in before
    assert mine() == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
async def test_a_process_that_has_died_is_replaced_unnoticed(pluto: PlutoPrint, number: signal.Signals) -> None:
    child = await the_child(pluto)

    os.kill(child, number)

    assert await printed(pluto)
    assert child not in mine()


async def test_a_process_that_dies_over_a_page_is_replaced_and_the_page_refused(tmp_path: Path) -> None:
    press = PlutoPrint(tmp_path / "fonts", seconds=20, command=("/bin/sh", "-c", "head -c 10 >/dev/null; exit 1"))

    with pytest.raises(RenderFailed, match="process ended over these pages"):
        await printed(press)

    await press.close()


async def test_after_so_many_renders_there_is_another_process(
    pluto: PlutoPrint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters.plutoprint, "RENDERS_OF_A_PROCESS", 2)
    child = await the_child(pluto)

    await printed(pluto)

    assert child not in mine()
    assert await printed(pluto)


async def test_a_process_that_nobody_needs_ends(pluto: PlutoPrint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.plutoprint, "IDLE_SECONDS", 0.2)
    child = await the_child(pluto)

    await asyncio.sleep(0.4)

    assert child not in mine()
    assert await printed(pluto)


async def test_a_process_ends_by_itself_when_nobody_ends_it(tmp_path: Path) -> None:
    """Its own alarm, a second after the limit, is for the case that we are stopped ourselves."""
    began_at = time.monotonic()

    with pytest.raises(RenderFailed, match="process ended over these pages"):
        await printed(PlutoPrint(tmp_path / "fonts", seconds=-0.8), LONG)

    assert time.monotonic() - began_at < 5


@pytest.mark.parametrize("html", [PAGE, LONG], ids=["idle", "amidst a render"])
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("name", RENDERERS)
def test_no_process_outlives_us_however_we_go(name: str, loop: str, html: str, tmp_path: Path) -> None:
    code = (
        "import asyncio, sys, uvloop\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from adapters.pdf import renderer_of\n"
        "async def main():\n"
        f"    press = renderer_of({name!r}, directory=Path({str(tmp_path)!r}), seconds=60, wait_seconds=9)\n"
        "    print('begun', flush=True)\n"
        "    await press.render(sys.stdin.read(), title='', made_at=datetime(2026, 4, 1, tzinfo=UTC))\n"
        "    print('done', flush=True)\n"
        "    await asyncio.sleep(60)\n"
        f"{loop}.run(main())\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert owner.stdin is not None
    assert owner.stdout is not None
    owner.stdin.write(html.encode())
    owner.stdin.close()
    assert owner.stdout.readline() == b"begun\n"
    if html is PAGE:
        assert owner.stdout.readline() == b"done\n"
    else:
        assert eventually(lambda: alive(descendants(owner.pid)))
        time.sleep(0.3)
    below = alive(descendants(owner.pid))

    owner.kill()
    owner.wait()

    assert below or name == "pdfkit"
    assert eventually(lambda: not alive(below))


class Slow:
    """An engine that renders until it is let go, and knows how many it renders."""

    name = "slow"

    def __init__(self) -> None:
        self.rendering = self.most = 0
        self.let_go = asyncio.Event()

    async def render(self, html: str, *, title: str, made_at: datetime, page: Page = Page.A4) -> bytes:
        self.rendering += 1
        self.most = max(self.most, self.rendering)
        await self.let_go.wait()
        self.rendering -= 1
        return b"%PDF-"

    async def close(self) -> None:
        pass


def in_turn(engine: Slow, *, wait_seconds: float) -> Renderer:
    return adapters.pdf._InTurn(engine, seconds=5, wait_seconds=wait_seconds)


async def test_two_are_rendered_at_a_time_and_the_others_wait() -> None:
    engine = Slow()
    press = in_turn(engine, wait_seconds=5)
    all_of_them = asyncio.gather(*(printed(press) for _ in range(6)))
    await asyncio.sleep(0.1)

    assert engine.rendering == 2
    engine.let_go.set()
    assert await all_of_them == [b"%PDF-"] * 6
    assert engine.most == 2


async def test_whoever_waits_too_long_is_told_to_come_again() -> None:
    engine = Slow()
    press = in_turn(engine, wait_seconds=0.2)
    first_two = asyncio.gather(printed(press), printed(press))
    await asyncio.sleep(0.05)

    with pytest.raises(RendererBusy):
        await printed(press)

    engine.let_go.set()
    assert list(await first_two) == [b"%PDF-"] * 2
    assert await printed(press) == b"%PDF-"


async def test_so_many_may_wait_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.pdf, "MOST_WAITING", 3)
    engine = Slow()
    press = in_turn(engine, wait_seconds=5)
    first = [asyncio.create_task(printed(press)) for _ in range(5)]
    await asyncio.sleep(0.05)

    with pytest.raises(RendererBusy, match="Too many"):
        await printed(press)

    engine.let_go.set()
    assert len(await asyncio.gather(*first)) == 5


async def test_a_turn_that_is_given_up_is_for_the_next_one() -> None:
    engine = Slow()
    press = in_turn(engine, wait_seconds=5)
    given_up = [asyncio.create_task(printed(press)) for _ in range(4)]
    await asyncio.sleep(0.05)
    for task in given_up:
        task.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)

    engine.let_go.set()
    assert await asyncio.gather(*(printed(press) for _ in range(3))) == [b"%PDF-"] * 3


async def test_html_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match="over 16 MiB of HTML"):
        await printed(in_turn(Slow(), wait_seconds=1), "x" * (adapters.pdf.MOST_HTML_BYTES + 1))


@pytest.mark.parametrize("name", RENDERERS)
async def test_without_room_for_the_fonts_it_starts_and_renders_once_there_is_some(name: str, tmp_path: Path) -> None:
    in_the_way = tmp_path / "fonts"
    in_the_way.touch()
    press = renderer(name, in_the_way)
    with pytest.raises(RendererAway, match=r"cannot keep what it works with: File exists\. Try again later"):
        await printed(press)

    in_the_way.unlink()
    assert (await printed(press)).startswith(b"%PDF-")
    await press.close()


NOTHING: Callable[[str], None] = lambda name: None  # noqa: E731  # nothing is installed


@pytest.mark.parametrize(
    ("choice", "advice"),
    [
        ("auto", "install wkhtmltopdf, or the Python package plutoprint"),
        ("pdfkit", "wkhtmltopdf is not installed here"),
        ("plutoprint", "plutoprint is not installed here"),
    ],
)
async def test_where_nothing_is_installed_it_says_what_to_do(
    choice: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", NOTHING)
    monkeypatch.setattr(adapters.pdf, "find_spec", NOTHING)
    press = renderer_of(choice, directory=tmp_path, seconds=5, wait_seconds=5)

    with pytest.raises(RendererAway, match=advice):
        await printed(press)

    await press.close()


@pytest.mark.parametrize(
    ("script", "chosen"), [("echo wkhtmltopdf 0.12.6", "wkhtmltopdf 0.12.6"), ("exit 127", "PlutoPrint 0.23.0")]
)
def test_the_one_that_is_installed_and_starts_is_taken(
    script: str, chosen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "wkhtmltopdf", script)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert renderer_of("auto", directory=tmp_path, seconds=5, wait_seconds=5).name == chosen
