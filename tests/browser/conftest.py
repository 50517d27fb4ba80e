"""A real browser, and the demo's server for it to call."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from server.demo import provision
from server.settings import DatabaseUrl, Settings
from tests.conftest import NewDatabase
from tests.running import Worker, workers

_CHROMIUM = shutil.which("chromium")


@dataclass(frozen=True)
class Demo:
    """A server with the demo organization, the token that opens it, and where the rest is kept."""

    worker: Worker
    token: str
    settings: Settings
    url: DatabaseUrl


@pytest.fixture(scope="session")
async def demo(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    url = new_database()
    settings = Settings(data_directory=tmp_path_factory.mktemp("demo"))
    await provision.provide(settings, url)
    with workers(url, FINZBOOKS_DATA_DIRECTORY=str(settings.data_directory)) as [worker]:
        yield Demo(worker, provision.kept_token(settings), settings, url)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if _CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    # Chromium's own sandbox does not start as root.
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=_CHROMIUM, args=flags)
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    async with tab(browser) as opened:
        yield opened


@asynccontextmanager
async def tab(browser: Browser, **options: Any) -> AsyncIterator[Page]:
    """A new tab that knows nothing yet; at its end nothing may have gone wrong in it."""
    wrong: list[str] = []
    context = await browser.new_context(**{"viewport": {"width": 1280, "height": 2400}, **options})
    opened = await context.new_page()
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if _is_a_fault(said) else None)
    yield opened
    await context.close()
    assert wrong == []


def _is_a_fault(said: ConsoleMessage) -> bool:
    """Whether the page complains; that a call was refused is told by the browser itself, and no fault of the page."""
    return said.type in ("error", "warning") and not said.text.startswith("Failed to load resource")
