"""Salespersons: a list of names, each once, which documents point to."""

from typing import Any

import pytest

from domain.books import Books
from domain.errors import Duplicate, NotFound, VersionMismatch
from handlers import salespersons as handlers
from tests.domain.conftest import NOW_TEXT, body_of, trail


async def added(books: Books, name: str, **values: Any) -> dict[str, Any]:
    reply = await handlers.create_salesperson(books, {"salesperson_name": name, **values})
    return dict(body_of(reply)["salesperson"])


async def changed(books: Books, person: dict[str, Any], **values: Any) -> dict[str, Any]:
    reply = await handlers.update_salesperson(books, person["salesperson_id"], values)
    return dict(body_of(reply)["salesperson"])


async def names(books: Books, **query: Any) -> list[str]:
    reply = await handlers.list_salespersons(books, {"per_page": 50, "status": "ACTIVE", **query})
    return [row["salesperson_name"] for row in body_of(reply)["salespersons"]]


async def test_a_new_salesperson_is_shown_in_the_words_of_the_contract(books: Books) -> None:
    person = await added(books, "Meera Kulkarni", email="meera@sahyadri.example")
    assert person.pop("salesperson_id").startswith("sp_")
    assert person == {
        "salesperson_name": "Meera Kulkarni",
        "email": "meera@sahyadri.example",
        "phone": None,
        "status": "ACTIVE",
        "version": 1,
        "created_time": NOW_TEXT,
        "last_modified_time": NOW_TEXT,
    }


async def test_names_are_unique_whatever_their_case(books: Books) -> None:
    await added(books, "Meera Kulkarni")
    ravi = await added(books, "Ravi")
    with pytest.raises(Duplicate) as refused:
        await added(books, "MEERA kulkarni")
    assert refused.value.field == "salesperson_name"
    with pytest.raises(Duplicate):
        await changed(books, ravi, salesperson_name="meera Kulkarni")
    assert (await changed(books, ravi, salesperson_name="RAVI"))["salesperson_name"] == "RAVI"


async def test_an_update_changes_what_is_sent_and_is_recorded(books: Books) -> None:
    person = await added(books, "Meera", phone="+91 98200 12345")
    assert await changed(books, person, phone=None) == {**person, "phone": None, "version": 2}
    created, updated = await trail(books)
    assert (created["action"], created["event_type"]) == ("SALESPERSON_CREATED", "SALESPERSON_CREATED")
    assert (updated["entity_ref"], updated["changes"]) == ("Meera", {"phone": {"old": "+91 98200 12345", "new": None}})


async def test_lists_find_by_name_and_address_and_hide_the_archived(books: Books) -> None:
    await added(books, "Meera", email="mk@sahyadri.example")
    await handlers.archive_salesperson(books, (await added(books, "Ravi"))["salesperson_id"])
    assert await names(books) == ["Meera"]
    assert await names(books, status="INACTIVE") == ["Ravi"]
    assert await names(books, status="ALL") == ["Ravi", "Meera"]
    assert await names(books, search="MK@") == await names(books, search="meer") == ["Meera"]


async def test_whom_no_document_names_is_deleted(books: Books) -> None:
    person = await added(books, "Meera")
    assert (await handlers.delete_salesperson(books, person["salesperson_id"])).status == 200
    with pytest.raises(NotFound):
        await handlers.get_salesperson(books, person["salesperson_id"])


async def test_another_version_is_not_changed(books: Books) -> None:
    person = await added(books, "Meera")
    books.expected_versions = frozenset({2})
    for attempt in (
        handlers.update_salesperson(books, person["salesperson_id"], {"phone": "1"}),
        handlers.archive_salesperson(books, person["salesperson_id"]),
        handlers.delete_salesperson(books, person["salesperson_id"]),
    ):
        with pytest.raises(VersionMismatch):
            await attempt
