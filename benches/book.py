"""Books of a given size to measure on: an organization founded by the rules, and invoices filled in by statements."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.types.json import set_json_loads

from domain import happenings, registers
from domain.access import members, tokens
from domain.access.tokens import MOST_CALLS_PER_MINUTE, Wish
from domain.books import Books
from domain.catalog import ITEMS
from domain.contacts import CONTACTS
from domain.founding import found_organization
from domain.gst.gstin import check_character
from domain.gst.tax_catalogue import CATALOGUE, TaxShape
from domain.ledger.accounts import AccountRole, by_role
from domain.statements import from_json
from server.postgres import migrations
from server.settings import DatabaseUrl

CONTACTS_OF_A_BOOK = 500
ITEMS_OF_A_BOOK = 200
DAYS_OF_A_BOOK = 730

_FILL = (Path(__file__).parent / "book.sql").read_text(encoding="utf-8")
_PERCENTS = (Decimal(5), Decimal(18))
_STATES = ("27", "27", "29", "24")  # half of the customers in our own state
_ACCOUNTS = {
    "receivables": AccountRole.ACCOUNTS_RECEIVABLE,
    "cash": AccountRole.CASH,
    "sales": AccountRole.SALES,
    "cgst": AccountRole.OUTPUT_CGST,
    "sgst": AccountRole.OUTPUT_SGST,
    "igst": AccountRole.OUTPUT_IGST,
    "round_off": AccountRole.ROUND_OFF,
}


@dataclass(frozen=True, slots=True)
class Book:
    """A filled book: its database, its organization, a token without limit, and ids to make invoices of."""

    url: DatabaseUrl
    invoices: int
    organization_id: str
    token: str
    customer_ids: Sequence[str]
    item_ids: Sequence[str]


def make_book(cluster: DatabaseUrl, invoices: int, *, still_open: int | None = None) -> Book:
    """Make a database with a book of so many posted invoices.

    ``still_open`` says how many of them, the last ones, are unpaid; unless it is said, three of ten all over the book.
    """
    name = f"book_{invoices}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    url = DatabaseUrl(urlsplit(cluster)._replace(path=f"/{name}").geturl())
    migrations.upgrade(url)
    book, filling = asyncio.run(_founded(url, invoices))
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(_FILL, {**filling, "still_open": still_open})
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")
    return book


async def _founded(url: DatabaseUrl, invoices: int) -> tuple[Book, dict[str, Any]]:
    """Found the organization; return the book that is to be filled, and the values of the filling."""
    opened = await psycopg.AsyncConnection.connect(url, options="-c role=finzbooks_operator -c timezone=UTC")
    set_json_loads(from_json, opened)
    async with opened as connection:
        desk = Books(
            connection=connection, organization_id="", user_id="", now=datetime.now(UTC), request_id="req_bench"
        )
        owner = await members.create_user(desk, name="Meera Kulkarni", email="meera@example.in")
        particulars = {"name": "Sahyadri Traders", "state_code": "IN-MH", "gst_no": _gstin("27", 0)}
        books = replace(await found_organization(desk, particulars, owner_id=owner.id), user_id=owner.id)
        wish = Wish(user_id=owner.id, name="Benchmark", calls_per_minute=MOST_CALLS_PER_MINUTE)
        token, _ = await tokens.mint(books, wish)
        book = Book(
            url=url,
            invoices=invoices,
            organization_id=books.organization_id,
            token=token,
            customer_ids=[await _a_customer(books, number) for number in range(1, CONTACTS_OF_A_BOOK + 1)],
            item_ids=[await _an_item(books, number) for number in range(1, ITEMS_OF_A_BOOK + 1)],
        )
        await happenings.record(books)
        return book, await _filling(books, book, owner.id, books.today)


async def _filling(books: Books, book: Book, user_id: str, last_on: date) -> dict[str, Any]:
    by_part = await by_role(books, tuple(_ACCOUNTS.values()))
    return {
        "organization_id": book.organization_id,
        "user_id": user_id,
        "invoices": book.invoices,
        "days": DAYS_OF_A_BOOK,
        "last_on": last_on,
        **{name: by_part[role] for name, role in _ACCOUNTS.items()},
    }


async def _a_customer(books: Books, number: int) -> str:
    values = {
        "contact_name": f"Customer {number:03} and Sons",
        "gst_no": _gstin(_STATES[number % len(_STATES)], number),
        "payment_terms": 30,
        "billing_address": {"address": f"{number} Market Road", "city": "Pune", "zip": "411001"},
    }
    return (await registers.add(books, CONTACTS, values)).id


async def _an_item(books: Books, number: int) -> str:
    percent = _PERCENTS[number % len(_PERCENTS)]
    values = {
        "item_name": f"Ware {number:03}",
        "hsn_or_sac": "940360",
        "unit": "pcs",
        "rate": Decimal(100 + number * 17) + Decimal("0.25"),
        "tax_id": next(
            tax.id
            for tax in CATALOGUE
            if tax.shape is TaxShape.INTRA_STATE and (tax.percent, tax.cess) == (percent, Decimal(0))
        ),
    }
    return (await registers.add(books, ITEMS, values)).id


def _gstin(state: str, number: int) -> str:
    start = f"{state}AAPCU{number:04}F1Z"
    return start + check_character(start)
