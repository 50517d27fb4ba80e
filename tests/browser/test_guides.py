"""The guides as a reader uses them: every command is carried out, and answers as it says."""

import os
import sys
from pathlib import Path

import pytest

from server.portal import guides as portal_guides
from tests import guides
from tests.browser.conftest import Demo
from tests.running import BASE


@pytest.mark.slow
@pytest.mark.parametrize("file", guides.FILES, ids=lambda file: file.stem)
def test_the_commands_answer_as_the_guide_says(file: Path, demo: Demo, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    steps = guides.steps_of(text)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "AIBOOKS_TOKEN": demo.token,
        "AIBOOKS_URL": demo.worker.url + BASE,
    }
    printed = guides.carried_out(steps, tmp_path, environment)
    assert len(printed) == len(steps)
    answers = [(step, said) for step, said in zip(steps, printed, strict=True) if step.answer is not None]
    if guides.WRITE in os.environ:
        pasted = guides.pasted(text, iter([_readable(guides.shown(step, said), demo) for step, said in answers]))
        file.write_text(pasted, encoding="utf-8")
        return
    for step, said in answers:
        assert step.answer is not None
        assert guides.form(step, step.answer) == guides.form(step, guides.shown(step, said)), step.name


def test_every_guide_is_in_the_table_of_contents() -> None:
    assert sorted(portal_guides.ORDER) == sorted(file.stem for file in portal_guides.FOLDER.glob("*.md"))


def test_every_command_that_asks_the_server_is_carried_out() -> None:
    loose = [
        f"{file.stem}: {line}"
        for file in guides.FILES
        for language, told, content in guides.BLOCK.findall(file.read_text(encoding="utf-8"))
        for line in content.splitlines()
        if language == "sh" and not told.strip() and "curl " in line
    ]
    assert loose == []


def _readable(answer: str, demo: Demo) -> str:
    """Write the address of the demo as it is elsewhere, and no token."""
    return answer.replace(demo.worker.url, "http://localhost:8000").replace(demo.token, "aibk_pat_…")
