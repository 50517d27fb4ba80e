"""A copy that begins with a full walk and then follows the events holds what the server holds, whatever happens.

The client reads again each thing that an event names, and forgets what is no more. Histories are chosen by chance, from
a seed that a failure tells; one variant has four who write at the same time. ``FINZBOOKS_HISTORIES`` tries more seeds.
"""

import asyncio
import os

import pytest

from tests.running import Caller, Firm
from tests.server.conftest import Standing
from tests.server.copying import (
    BY_DATA,
    FAMILIES,
    LISTS,
    NOT_KEPT,
    NOT_LISTED,
    TOLD_OF,
    Follower,
    differing,
    named_by,
    walked,
)
from tests.server.following import follow
from tests.server.writing import ACTS, Writer
from tests.walking import OPERATIONS, populate

SEEDS = int(os.environ.get("FINZBOOKS_HISTORIES", "2"))


def test_every_list_is_kept_or_says_why_not() -> None:
    """A new list is kept by the events of its kind; one that no event tells of must be named here."""
    untold = {each.path for each in LISTS if not each.entity_type}
    assert untold == set(BY_DATA.values())
    assert set(NOT_KEPT) <= {each.path for each in OPERATIONS}
    assert len(LISTS) > 25


def test_every_kind_of_thing_that_is_told_of_is_listed_or_says_why_not() -> None:
    assert FAMILIES == TOLD_OF
    assert TOLD_OF - {each.entity_type for each in LISTS} == set(NOT_LISTED)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_it_holds_the_same_after_any_history(call: Caller, firm: Firm, seed: int) -> None:
    follower, writer = Follower(call), Writer(call, await populate(call, firm), seed)
    await follower.begin()
    for _ in range(4):
        writer.learn(follower.copy)
        await writer.write(50)
        await follower.catch_up_for_good()
        assert differing(follower.copy, await walked(call)) == {}, f"seed {seed}"
    assert len(writer.done) > 0.8 * len(ACTS), (
        f"the books refused {sorted({each.id for each in ACTS} - set(writer.done))}"
    )


async def test_it_holds_the_same_though_four_write_at_once(call: Caller, firm: Firm) -> None:
    first, follower = await populate(call, firm), Follower(call)
    await follower.begin()
    writers = [Writer(call, first, 100 + number) for number in range(4)]
    for each in writers:
        each.learn(follower.copy)
    writing = asyncio.gather(*(each.write(45) for each in writers))
    while not writing.done():
        await follower.catch_up()
    await writing
    await follower.catch_up_for_good()
    assert differing(follower.copy, await walked(call)) == {}


async def test_a_copy_that_misses_the_events_of_a_thing_is_told_apart(standing: Standing) -> None:
    """The property can fail, for each list: what no event names is missing, and nothing else."""
    events, _ = await follow(standing.call, "0")
    follower = Follower(standing.call)
    await follower.begin()
    whole = dict(follower.copy)
    told = [thing for event in events for thing in named_by(event) if thing in whole]
    chosen = dict(told)
    follower.copy = {thing: row for thing, row in whole.items() if thing not in chosen.items()}
    await follower.take(event for event in events if not set(named_by(event)) & set(chosen.items()))

    assert set(chosen) == {each.path for each in LISTS}
    assert differing(follower.copy, whole) == {thing: ["missing"] for thing in chosen.items()}
