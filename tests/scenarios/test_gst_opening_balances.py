"""What the running statements stood at when the books began, entered by their owner."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.books import Books
from domain.errors import Failed, Invalid, NotFound, Refusal, VersionMismatch
from handlers import gst_opening_balances as handlers
from tests.domain.conftest import body_of, trail
from tests.domain.founded import DELHI, MAHARASHTRA, a_firm

Json = dict[str, Any]
NOTHING = dict.fromkeys(("igst_amount", "cgst_amount", "sgst_amount", "cess_amount"), Decimal(0))


async def entered(books: Books, **body: Any) -> Json:
    reply = await handlers.update_gst_opening_balances(books, {"date": "2026-03-31", **body})
    return dict(body_of(reply)["gst_opening_balances"])


async def read(books: Books) -> Json:
    return dict(body_of(await handlers.get_gst_opening_balances(books, {}))["gst_opening_balances"])


async def test_before_they_are_entered_they_are_nought(books: Books) -> None:
    openings = await read(books)

    assert (openings["gstin"], openings["date"], openings["version"]) == (MAHARASHTRA, None, 1)
    assert openings["reclaim"] == openings["reverse_charge"] == NOTHING


async def test_they_are_entered_and_entered_again(books: Books) -> None:
    await entered(books, reclaim={"igst_amount": 1800})
    openings = await entered(books, reclaim={"cgst_amount": 450}, reverse_charge={"igst_amount": -20})

    assert openings == await read(books)
    assert openings["reclaim"] == {**NOTHING, "cgst_amount": Decimal(450)}
    assert openings["reverse_charge"] == {**NOTHING, "igst_amount": Decimal(-20)}
    assert (openings["date"], openings["version"]) == ("2026-03-31", 3)
    first, second = (await trail(books))[-2:]
    assert first["action"] == second["action"] == "GST_OPENING_BALANCES_UPDATED"
    heads = second["changes"]["reclaim"]
    assert [heads[when]["igst_amount"] for when in ("old", "new")] == [Decimal(1800), Decimal(0)]


async def test_the_same_again_changes_nothing(books: Books) -> None:
    await entered(books, reclaim={"igst_amount": 1800})

    assert (await entered(books, reclaim={"igst_amount": 1800}))["version"] == 2


async def test_only_those_that_were_seen_are_replaced(books: Books) -> None:
    await entered(books, reclaim={"igst_amount": 1800})
    books.expected_versions = frozenset((1,))
    with pytest.raises(VersionMismatch):
        await entered(books, reclaim={"igst_amount": 1})


@pytest.mark.parametrize(
    ("body", "refusal", "field"),
    [
        ({"gstin": DELHI}, NotFound, "gstin"),
        ({"date": "2017-06-30"}, Invalid, "date"),
        ({"date": "2026-11-22"}, Invalid, "date"),
    ],
)
async def test_what_makes_no_sense_is_refused(books: Books, body: Json, refusal: type[Refusal], field: str) -> None:
    with pytest.raises(refusal) as refused:
        await entered(books, **body)
    assert refused.value.field == field


async def test_a_dealer_under_composition_has_none(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection, registration_type="COMPOSITION")
    with pytest.raises(Failed, match="CMP-08"):
        await read(books)
