"""What the product's published pages print holds: every sample is sent as it stands, every member comes back.

The samples are data: ``printed/<resource>.yaml`` lists stories, and a story is a list of steps (``told.py``), told in
order to a new firm after those of ``given.yaml``, which keeps what most stories refer to.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.spec import Node
from contract_tests.told import read_story, tell
from server.settings import DatabaseUrl
from tests.running import Worker, calling, found

_FOLDER = Path(__file__).parent / "printed"
_GIVEN = "given"


def _stories() -> Iterator[Any]:
    """The steps of each story, under the names of its file and its own."""
    for file in sorted(_FOLDER.glob("*.yaml")):
        if file.stem != _GIVEN:
            for story in read_story(file):
                [(name, steps)] = story.items()
                yield pytest.param(steps, id=f"{file.stem}: {name}")


@pytest.mark.parametrize("steps", list(_stories()))
async def test_what_is_printed_holds(contract_database: DatabaseUrl, server: Worker, steps: list[Node]) -> None:
    firm = await found(contract_database)
    kept = {"organization": firm.organization_id, "branch": firm.branch_id}
    async with calling(server.url) as caller:
        call = caller.with_token(firm.token)
        for step in [*read_story(_FOLDER / f"{_GIVEN}.yaml"), *steps]:
            await tell(call, step, kept, _FOLDER)
