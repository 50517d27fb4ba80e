"""The reference as a reader uses it: every call is carried out, and answers as its page says."""

import os
import re
from collections.abc import Callable, Iterator

import pytest

from contract_tests.spec import OPERATIONS
from server.portal.answers import FOLDER, Kept, answers_of, written
from server.settings import DatabaseUrl
from tests import reference
from tests.running import Worker, calling, unforeseen, workers

Pages = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def site(new_database: Callable[[], DatabaseUrl]) -> Iterator[tuple[Worker, DatabaseUrl]]:
    url = new_database()
    with workers(url) as started:
        yield started[0], url
        assert unforeseen(started) == ""


@pytest.fixture(scope="module")
async def pages(site: tuple[Worker, DatabaseUrl]) -> Pages:
    """The commands of each page of the reference, as it shows them."""
    async with calling(site[0].url) as caller:
        overview = (await caller.client.get(f"{site[0].url}/docs/reference")).text
        names = sorted(set(re.findall(r'"/docs/reference/(\w+)[#"]', overview)))
        texts = {name: (await caller.client.get(f"{site[0].url}/docs/reference/{name}.md")).text for name in names}
    return {name: reference.calls_on(text) for name, text in texts.items()}


@pytest.fixture(scope="module")
async def answers(
    site: tuple[Worker, DatabaseUrl], pages: Pages, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Kept]:
    """What all calls are answered."""
    commands = {name: command for page in pages.values() for name, command in page.items()}
    assert set(commands) == set(OPERATIONS)
    async with calling(site[0].url) as caller:
        return await reference.carried_out(caller, site[1], commands, tmp_path_factory.mktemp("reader"))


async def test_every_call_succeeds(answers: dict[str, Kept]) -> None:
    """And so does each row of it; what cannot is told why, and does not either."""
    refused = {name: each for name, each in answers.items() if not each.status.startswith("2")}

    assert {name: each.text for name, each in refused.items() if name not in reference.EXCEPTED} == {}
    assert set(reference.EXCEPTED) - set(refused) == set()
    assert [name for name, each in answers.items() if '"ok": false' in each.text] == []


async def test_a_page_shows_what_its_calls_are_answered(answers: dict[str, Kept], pages: Pages) -> None:
    if reference.WRITE in os.environ:
        _keep(answers, pages)
    for resource, commands in pages.items():
        kept = answers_of(resource)
        wanted = {name: answers[name] for name in commands if name not in reference.EXCEPTED}
        assert list(kept) == list(wanted), f"{resource}: python -m tests.reference --write"
        for name, answer in wanted.items():
            assert reference.form(kept[name]) == reference.form(answer), f"{name}: python -m tests.reference --write"


def test_no_page_tells_answers_of_nothing(pages: Pages) -> None:
    assert {file.stem for file in FOLDER.iterdir()} <= set(pages)


def _keep(answers: dict[str, Kept], pages: Pages) -> None:
    """Write what has another form than what is there."""
    FOLDER.mkdir(exist_ok=True)
    for resource, commands in pages.items():
        before = answers_of(resource)
        told = {name: answers[name] for name in commands if name not in reference.EXCEPTED}
        for name in told.keys() & before.keys():
            if reference.form(told[name]) == reference.form(before[name]):
                told[name] = before[name]
        (FOLDER / f"{resource}.txt").write_text(written(told), encoding="utf-8")
