"""Ids are unique, rise with time and survive a fork."""

import os
import threading
import time
import uuid
from collections import Counter

import pytest

from domain import ids
from domain.ids import fixed_id, new_id, new_uuid

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def uuid_of(typeid: str) -> uuid.UUID:
    number = 0
    for character in typeid.rpartition("_")[2]:
        number = number * 32 + DIGITS.index(character)
    return uuid.UUID(int=number)


def test_a_uuid_is_of_version_7_and_rises_with_the_ids() -> None:
    before, made, after = new_id("any"), new_uuid(), new_id("any")

    assert uuid.UUID(made).version == 7
    assert str(uuid.UUID(made)) == made
    assert uuid_of(before) < uuid.UUID(made) < uuid_of(after)


def test_an_id_is_its_prefix_and_a_uuid_version_7_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id("inv")
    after = time.time_ns() // 1_000_000

    assert made.startswith("inv_")
    assert len(made) == 30
    assert (uuid_of(made).version, uuid_of(made).variant) == (7, uuid.RFC_4122)
    assert before <= uuid_of(made).int >> 80 <= after + 1


def test_ids_rise_without_a_break() -> None:
    made = [new_id("je") for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_rise_when_the_clock_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id("je")
    monkeypatch.setattr("time.time_ns", lambda: 1_000_000)
    assert new_id("je") > first


def test_a_full_count_moves_on_to_the_next_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id("je")
    monkeypatch.setattr("time.time_ns", lambda: 0)
    made = [first, *(new_id("je") for _ in range(20_000))]
    uuids = [uuid_of(each) for each in made]
    assert made == sorted(set(made))
    assert uuids[-1].int >> 80 == (uuids[0].int >> 80) + 1
    assert {(each.version, each.variant) for each in uuids} == {(7, uuid.RFC_4122)}


def test_twelve_characters_of_each_id_are_random() -> None:
    """Each of the 32 digits comes up about as often as the others, and hardly any tail comes twice."""
    tails = [new_id("je")[-12:] for _ in range(8_000)]
    seen = Counter("".join(tails))
    assert seen.keys() == set(DIGITS)
    assert all(2_700 < times < 3_300 for times in seen.values())
    assert len(set(tails)) == 8_000


def test_threads_never_share_an_id() -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend([new_id("li") for _ in range(2_000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


def test_a_forked_child_does_not_continue_its_parents_count() -> None:
    new_id("li")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, f"{ids._clock.milliseconds} {new_id('li')}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    milliseconds, made = os.read(reader, 60).decode().split()
    assert milliseconds == "0"
    assert made[-12:] != new_id("li")[-12:]


def test_a_fixed_id_is_the_same_everywhere() -> None:
    assert fixed_id("tx", "INTRA_STATE/18/0") == fixed_id("tx", "INTRA_STATE/18/0")
    assert fixed_id("tx", "INTRA_STATE/18/0") != fixed_id("tx", "INTER_STATE/18/0")
    assert uuid_of(fixed_id("tx", "INTRA_STATE/18/0")).version == 8
