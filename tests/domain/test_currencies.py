"""Currencies and exchange rates."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.currencies import add_exchange_rate, check_currency
from domain.errors import Duplicate, Failed, Invalid, Refusal
from handlers import currencies, exchange_rates
from handlers.shapes.currencies import EXCHANGE_RATE
from tests.domain.conftest import NOW_TEXT, body_of, open_books, trail, turn_to

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


def a_rate(code: str = "USD", day: date = MONDAY, rate: str = "83.25") -> dict[str, Any]:
    return {"currency_code": code, "rated_on": day, "rate": Decimal(rate)}


async def listed(books: Books, **filters: Any) -> list[tuple[str, date]]:
    reply = await exchange_rates.list_exchange_rates(books, {"limit": 200, **filters})
    return [(row["from_currency"], date.fromisoformat(row["rate_date"])) for row in body_of(reply)["exchange_rates"]]


async def test_every_currency_is_listed_and_the_rupee_is_the_base(books: Books) -> None:
    body = (await currencies.list_currencies(books)).body
    assert body is not None
    rows = {row["currency_code"]: row for row in body["currencies"]}
    assert list(rows) == sorted(rows)
    assert len(rows) == 155
    assert [code for code, row in rows.items() if row["is_base"]] == ["INR"]
    assert rows["INR"] == {
        "currency_code": "INR",
        "currency_name": "Indian rupee",
        "symbol": "₹",
        "decimal_places": 2,
        "is_base": True,
    }
    assert [rows[code]["decimal_places"] for code in ("JPY", "KWD", "USD")] == [0, 3, 2]


@pytest.mark.parametrize("code", ["INR", "USD", "EUR"])
async def test_a_listed_currency_is_known(books: Books, code: str) -> None:
    await check_currency(books, code)


@pytest.mark.parametrize("code", ["XXX", "BGN", "usd"])
async def test_another_currency_is_not(books: Books, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await check_currency(books, code)
    assert refused.value.field == "currency_code"


async def test_a_rate_is_kept_to_ten_places(books: Books) -> None:
    body = EXCHANGE_RATE.values({"from_currency": "JPY", "rate_date": "2026-11-16", "rate": Decimal("0.5512345678")})
    await add_exchange_rate(books, body)
    reply = await exchange_rates.list_exchange_rates(books, {"limit": 200})
    assert [row["rate"] for row in body_of(reply)["exchange_rates"]] == [Decimal("0.5512345678")]


async def test_a_new_rate_is_answered_in_the_words_of_the_contract(books: Books) -> None:
    reply = await exchange_rates.create_exchange_rate(
        books, {"from_currency": "USD", "rate_date": "2026-11-16", "rate": Decimal("83.25"), "source": "RBI"}
    )
    assert reply.status == 201
    rate = body_of(reply)["exchange_rate"]
    assert rate["exchange_rate_id"].startswith("xr_")
    assert (rate["from_currency"], rate["to_currency"], rate["source"]) == ("USD", "INR", "RBI")
    assert (rate["rate_date"], rate["rate"]) == ("2026-11-16", Decimal("83.25"))
    assert rate["created_time"] == NOW_TEXT


async def test_rates_come_newest_first_and_can_be_filtered(books: Books) -> None:
    for code, day in (("USD", MONDAY), ("EUR", TUESDAY), ("USD", date(2026, 11, 18))):
        await add_exchange_rate(books, a_rate(code, day))
    assert await listed(books) == [("USD", date(2026, 11, 18)), ("EUR", TUESDAY), ("USD", MONDAY)]
    assert await listed(books, from_currency="USD") == [("USD", date(2026, 11, 18)), ("USD", MONDAY)]
    assert await listed(books, date_from=TUESDAY) == [("USD", date(2026, 11, 18)), ("EUR", TUESDAY)]
    assert await listed(books, date_to=TUESDAY) == [("EUR", TUESDAY), ("USD", MONDAY)]
    assert await listed(books, from_currency="EUR", date_from=MONDAY, date_to=MONDAY) == []
    assert await listed(books, limit=1) == [("USD", date(2026, 11, 18))]
    assert len(await listed(books, to_currency="INR")) == 3
    assert await listed(books, to_currency="USD") == []


async def test_rates_are_into_rupees(books: Books) -> None:
    said = {"from_currency": "USD", "to_currency": "EUR", "rate_date": "2026-11-16", "rate": Decimal("0.9")}
    with pytest.raises(Failed) as refused:
        await exchange_rates.create_exchange_rate(books, said)
    assert refused.value.field == "to_currency"
    reply = await exchange_rates.create_exchange_rate(books, {**said, "to_currency": "INR"})
    assert (body_of(reply)["exchange_rate"]["to_currency"], body_of(reply)["exchange_rate"]["source"]) == ("INR", None)


async def test_a_day_has_one_rate_of_each_currency(books: Books) -> None:
    await add_exchange_rate(books, a_rate())
    await add_exchange_rate(books, a_rate("EUR"))
    await add_exchange_rate(books, a_rate(day=TUESDAY))
    with pytest.raises(Duplicate) as refused:
        await add_exchange_rate(books, a_rate(rate="84"))
    assert refused.value.field == "rate_date"
    assert "83.25" in refused.value.message


@pytest.mark.parametrize(
    ("code", "refusal"),
    [("INR", Failed), ("XXX", Invalid)],
)
async def test_the_rupee_and_unknown_currencies_have_no_rate(books: Books, code: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        await add_exchange_rate(books, a_rate(code))
    assert refused.value.field == "from_currency"


async def test_a_new_rate_is_in_the_audit_trail(books: Books) -> None:
    rate = await add_exchange_rate(books, a_rate())
    [row] = await trail(books)
    assert (row["action"], row["event_type"]) == ("EXCHANGE_RATE_CREATED", "EXCHANGE_RATE_CREATED")
    assert (row["entity_id"], row["entity_ref"]) == (rate.id, "USD 2026-11-16")


async def test_another_organization_sees_no_rate_of_ours(books: Books) -> None:
    await add_exchange_rate(books, a_rate())
    others = await open_books(books.connection)
    assert await listed(others) == []
    await turn_to(books)
    assert len(await listed(books)) == 1
