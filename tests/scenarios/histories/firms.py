"""The firms that random histories happen to: one that rounds off, one that does not, one under composition."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from psycopg import AsyncConnection

from domain import registers
from domain.books import Books
from domain.branches import open_branch
from domain.catalog import ITEMS, Item
from domain.contacts import Contact
from domain.cost_centers import COST_CENTERS
from domain.currencies import add_exchange_rate
from domain.founding import found_organization
from domain.ledger.accounts import ACCOUNTS
from domain.statements import Statement
from tests.domain.founded import KARNATAKA, MAHARASHTRA, a_user, branches_of, nobodys_books
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    KARNATAKA_VENDOR,
    MAHARASHTRA_BUYER,
    SEZ_UNIT,
    a_customer,
    a_vendor,
    gst,
    on,
)

_FIRMS: Mapping[str, Mapping[str, Any]] = {
    "a firm that rounds nothing off": {"is_round_off_enabled": False},
    "a firm that rounds off": {"is_round_off_enabled": True},
    "a firm under composition": {"registration_type": "COMPOSITION"},
}
FIRMS = tuple(_FIRMS)
"""What the firms are called."""

RATES = {"2026-01-01": "82.5050", "2026-10-01": "83.3333", "2026-11-10": "84.0075"}
"""Rupees for a dollar, from each day on."""

_ACCOUNT = Statement("select id, code, role from accounts where organization_id = %(organization_id)s")


@dataclass(frozen=True, repr=False)
class Firm:
    """A firm with those that it deals with. ``account`` finds an account's id by number, ``role`` by role."""

    name: str
    books: Books
    customers: list[Contact]
    vendors: list[Contact]
    items: list[Item]
    branches: list[str]
    cost_center: str
    account: Mapping[str, str]
    role: Mapping[str, str]

    def dealing_with(self, customer: int, vendor: int) -> "Firm":
        """The same firm, with one customer and one vendor before all others."""
        first, second = self.customers[customer], self.vendors[vendor]
        customers = [first, *(each for each in self.customers if each is not first)]
        return replace(
            self, customers=customers, vendors=[second, *(each for each in self.vendors if each is not second)]
        )

    @property
    def contacts(self) -> dict[str, Contact]:
        """Everybody, by id."""
        return {contact.id: contact for contact in (*self.customers, *self.vendors)}


async def found(connection: AsyncConnection[Any], name: str) -> Firm:
    """Found a firm, in a transaction of its own."""
    async with connection.transaction():
        nobody = await nobodys_books(connection)
        owner = await a_user(nobody, email=f"{FIRMS.index(name)}@example.in")
        particulars = {"name": name, "state_code": "IN-MH", "gst_no": MAHARASHTRA, **_FIRMS[name]}
        books = await found_organization(nobody, particulars, owner_id=owner.id)
        await open_branch(books, {"branch_name": "Bengaluru", "state_code": "IN-KA", "gst_no": KARNATAKA})
        for day, rate in RATES.items():
            await add_exchange_rate(books, {"currency_code": "USD", "rated_on": on(day), "rate": Decimal(rate)})
        recoverable = {"code": "1450", "name": "ITC recoverable", "account_type": "OTHER_CURRENT_ASSET"}
        await registers.add(books, ACCOUNTS, recoverable)
        both = await a_customer(books, "Deccan Traders", contact_type="BOTH", gst_no=MAHARASHTRA_BUYER)
        accounts = await books.rows(_ACCOUNT)
        branches = sorted(await branches_of(books), key=lambda branch: not branch.is_primary)
        return Firm(
            name=name,
            books=books,
            customers=[*await _customers(books), both],
            vendors=[*await _vendors(books), both],
            items=await _items(books),
            branches=[branch.id for branch in branches],
            cost_center=(await registers.add(books, COST_CENTERS, {"name": "Pune", "code": "PUN"})).id,
            account={row["code"]: row["id"] for row in accounts},
            role={row["role"]: row["id"] for row in accounts if row["role"]},
        )


async def _customers(books: Books) -> list[Contact]:
    return [
        await a_customer(books, "Asha"),
        await a_customer(books, "Surat Mills", gst_no=GUJARAT_BUYER),
        await a_customer(books, "Zone Exports", gst_no=SEZ_UNIT, gst_treatment="SEZ"),
        await a_customer(books, "Colombo Imports", gst_treatment="OVERSEAS", currency_code="USD"),
        await a_customer(books, "Hubli Bakers", gst_no=KARNATAKA_VENDOR, gst_treatment="COMPOSITION"),
        await a_customer(books, "Export House", gst_no=GUJARAT_BUYER, gst_treatment="DEEMED_EXPORT"),
    ]


async def _vendors(books: Books) -> list[Contact]:
    return [
        await a_vendor(books, "Konkan Timber"),
        await a_vendor(books, "Mysore Silk", gst_no=KARNATAKA_VENDOR),
        await a_vendor(books, "Ramu Carrier", gst_treatment="UNREGISTERED", place_of_contact="IN-MH"),
        await a_vendor(books, "Small Stores", gst_no=KARNATAKA_VENDOR, gst_treatment="COMPOSITION"),
        await a_vendor(books, "Cloud Inc", gst_treatment="OVERSEAS", currency_code="USD"),
    ]


async def _items(books: Books) -> list[Item]:
    chair = {"item_name": "Chair", "hsn_or_sac": "940360", "unit": "pcs", "tax_id": gst("18")}
    advice = {"item_name": "Advice", "item_type": "SERVICE", "hsn_or_sac": "998311", "tax_id": gst("18")}
    return [
        await registers.add(books, ITEMS, {**chair, "rate": Decimal("249.99"), "purchase_rate": Decimal("180.50")}),
        await registers.add(books, ITEMS, {**advice, "rate": Decimal(1500), "purchase_rate": Decimal(1000)}),
    ]
