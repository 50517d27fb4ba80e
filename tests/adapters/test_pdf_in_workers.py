"""Both renderers in the event loop that workers run."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvloop

from tests.adapters.paper import RENDERERS, page_texts, renderer


@pytest.mark.parametrize("name", RENDERERS)
def test_pdfs_are_made_under_uvloop(name: str, tmp_path: Path) -> None:
    """It lets ends of pipes live on in what it starts, so one that is read to its end may never end."""

    async def make() -> list[bytes]:
        press = renderer(name, tmp_path)
        try:
            made_at = datetime(2026, 4, 1, tzinfo=UTC)
            pages = [
                press.render(f"<html><body>Copy {copy}</body></html>", title="", made_at=made_at) for copy in "123"
            ]
            return list(await asyncio.gather(*pages))
        finally:
            await press.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        made = runner.run(make())

    assert [page_texts(pdf)[0].strip() for pdf in made] == ["Copy 1", "Copy 2", "Copy 3"]
