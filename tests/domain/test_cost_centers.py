"""Cost centres: name and code, and how they change."""

from typing import Any

import pytest

from domain.books import Books
from domain.errors import Duplicate, NotFound, VersionMismatch
from handlers import cost_centers as handlers
from tests.domain.conftest import NOW_TEXT, body_of, open_books, trail, turn_to


async def opened(books: Books, name: str, code: str | None = None) -> dict[str, Any]:
    reply = await handlers.create_cost_center(books, {"name": name, "code": code})
    return dict(body_of(reply)["cost_center"])


async def changed(books: Books, center: dict[str, Any], **values: Any) -> dict[str, Any]:
    reply = await handlers.update_cost_center(books, center["cost_center_id"], values)
    return dict(body_of(reply)["cost_center"])


async def names(books: Books, *, active_only: bool = True) -> list[str]:
    reply = await handlers.list_cost_centers(books, {"active_only": active_only})
    return [row["name"] for row in body_of(reply)["cost_centers"]]


async def test_a_new_cost_center_is_shown_in_the_words_of_the_contract(books: Books) -> None:
    center = await opened(books, "Projects West", "PW")
    assert center.pop("cost_center_id").startswith("cc_")
    assert center == {
        "name": "Projects West",
        "code": "PW",
        "is_active": True,
        "version": 1,
        "created_time": NOW_TEXT,
        "last_modified_time": NOW_TEXT,
    }


async def test_all_are_listed_by_name(books: Books) -> None:
    west, _ = await opened(books, "Projects West"), await opened(books, "Administration")
    await changed(books, west, is_active=False)
    assert await names(books, active_only=False) == ["Administration", "Projects West"]
    others = await open_books(books.connection)
    assert await names(others) == []
    await turn_to(books)


@pytest.mark.parametrize(("name", "code", "field"), [("PROJECTS west", "XX", "name"), ("Projects East", "PW", "code")])
async def test_name_and_code_are_unique(books: Books, name: str, code: str, field: str) -> None:
    await opened(books, "Projects West", "PW")
    await opened(books, "Without a code")
    other = await opened(books, "Without one either")
    with pytest.raises(Duplicate) as refused:
        await opened(books, name, code)
    assert refused.value.field == field
    with pytest.raises(Duplicate):
        await changed(books, other, name=name, code=code)


async def test_an_update_changes_what_is_sent_and_is_recorded(books: Books) -> None:
    center = await opened(books, "Projects West", "PW")
    assert await changed(books, center, code=None) == {**center, "code": None, "version": 2}
    assert await changed(books, center, code=None) == {**center, "code": None, "version": 2}
    created, updated = await trail(books)
    assert (created["action"], created["event_type"]) == ("COST_CENTER_CREATED", "COST_CENTER_CREATED")
    assert (updated["action"], updated["event_type"]) == ("COST_CENTER_UPDATED", "COST_CENTER_UPDATED")
    assert updated["changes"] == {"code": {"old": "PW", "new": None}}


async def test_another_version_is_not_changed(books: Books) -> None:
    center = await opened(books, "Projects West")
    books.expected_versions = frozenset({2})
    with pytest.raises(VersionMismatch):
        await changed(books, center, name="Projects")


async def test_what_is_not_there_is_not_found(books: Books) -> None:
    with pytest.raises(NotFound):
        await handlers.update_cost_center(books, "cc_nowhere", {"name": "Projects"})


async def test_what_is_not_in_use_is_listed_when_it_is_asked_for(books: Books) -> None:
    center = await opened(books, "Projects West")
    await opened(books, "Projects East")
    await changed(books, center, is_active=False)

    assert await names(books) == ["Projects East"]
    assert await names(books, active_only=False) == ["Projects East", "Projects West"]
