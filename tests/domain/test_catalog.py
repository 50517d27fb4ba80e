"""Items: what they are for GST, what they refer to, and how they change; and the catalogue of taxes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.catalog import ITEMS, Item
from domain.errors import Duplicate, Failed, InUse, Invalid, NotFound, VersionMismatch
from domain.gst.tax_catalogue import CATALOGUE, TaxShape
from domain.ids import new_id
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.chart import seed_chart
from domain.statements import Statement
from handlers import items as handlers
from handlers import taxes
from tests.domain.conftest import NOW, NOW_TEXT, body_of, open_books, trail, turn_to

GST_18 = next(tax for tax in CATALOGUE if tax.name == "GST 18%")
GST_12 = next(tax for tax in CATALOGUE if tax.name == "GST 12%")


async def an_item(books: Books, item_name: str = "Tea", **values: Any) -> Item:
    return await registers.add(books, ITEMS, {"item_name": item_name, **values})


async def changed(books: Books, item: Item, **values: Any) -> Item:
    return await registers.amend(books, ITEMS, item.id, values)


async def names(books: Books, **query: Any) -> list[str]:
    reply = await handlers.list_items(books, {"per_page": 50, "status": "ACTIVE", **query})
    return [row["item_name"] for row in body_of(reply)["items"]]


async def accounts_of(books: Books, *roles: AccountRole) -> list[str]:
    await seed_chart(books)
    chart = await by_role(books, roles)
    return [chart[role] for role in roles]


async def sold(books: Books, item: Item, account_id: str) -> None:
    """Put the item on a line of a draft."""
    document_id, contact_id = new_id("inv"), new_id("ct")
    await books.run(
        Statement(
            """
insert into contacts (organization_id, id, contact_name, display_name, legal_name, contact_type, gst_treatment,
                      currency_code, payment_terms, contact_persons, custom_fields, status, version, created_at,
                      modified_at)
values (%(organization_id)s, %(id)s, 'Sharma', 'Sharma', 'Sharma', 'CUSTOMER', 'CONSUMER', 'INR', 0, '[]', '{}',
        'ACTIVE', 1, %(now)s, %(now)s)
"""
        ),
        id=contact_id,
        now=NOW,
    )
    await books.run(
        Statement(
            """
insert into documents (organization_id, id, kind, status, branch_id, contact_id, contact_name, financial_year, dated_on,
                       place_of_supply, supply_type, gst_treatment, currency_code, exchange_rate, is_inclusive_tax,
                       is_reverse_charge, is_export_with_payment, is_opening_balance, sub_total, discount_total,
                       taxable_total, cgst_total, sgst_total, igst_total, cess_total, tax_total, untaxed_charges,
                       round_off, total, payment_made, amount_credited, balance, taxes, custom_fields, created_by,
                       version, created_at, modified_at)
select %(organization_id)s, %(id)s, 'INVOICE', 'DRAFT', id, %(contact_id)s, 'Sharma Traders', '2026-27', '2026-11-20',
       'IN-MH', 'INTRA_STATE', 'CONSUMER', 'INR', 1, false, false, false, false,
       0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '[]', '{}', 'usr_test', 1, %(now)s, %(now)s
  from branches
 where organization_id = %(organization_id)s
"""
        ),
        id=document_id,
        contact_id=contact_id,
        now=NOW,
    )
    await books.run(
        Statement(
            """
insert into document_lines (organization_id, document_id, id, position, item_id, account_id, name, quantity, rate,
                            tax_category, tax_percentage, cess_percentage, item_total, taxable_amount,
                            cgst_amount, sgst_amount, igst_amount, cess_amount)
values (%(organization_id)s, %(document_id)s, %(id)s, 1, %(item_id)s, %(account_id)s, 'Tea', 1, 0,
        'TAXABLE', 0, 0, 0, 0, 0, 0, 0, 0)
"""
        ),
        id=new_id("li"),
        document_id=document_id,
        item_id=item.id,
        account_id=account_id,
    )


async def test_a_new_item_is_shown_in_the_words_of_the_contract(books: Books) -> None:
    body = {
        "item_name": "Tea",
        "sku": "TEA-01",
        "hsn_or_sac": "0902",
        "unit": "kg",
        "rate": Decimal("420.123456"),
        "tax_id": GST_18.id,
    }
    reply = await handlers.create_item(books, body)
    assert reply.status == 201
    item = body_of(reply)["item"]
    assert reply.headers["Location"] == f"/api/public/v1/items/{item['item_id']}"
    assert item.pop("item_id").startswith("it_")
    assert item == {
        **body,
        "item_type": "GOODS",
        "unit_code": "KGS",
        "purchase_rate": Decimal("0"),
        "tax_percentage": Decimal("18"),
        "cess_per_unit": None,
        "account_id": None,
        "purchase_account_id": None,
        "description": None,
        "status": "ACTIVE",
        "version": 1,
        "created_time": NOW_TEXT,
        "last_modified_time": NOW_TEXT,
    }


@pytest.mark.parametrize(
    ("item_type", "unit", "unit_code"),
    [
        ("GOODS", "kg", "KGS"),
        ("GOODS", "crate", "OTH"),
        ("GOODS", None, "OTH"),
        ("SERVICE", "hour", "NA"),
        ("SERVICE", None, "NA"),
    ],
)
async def test_the_unit_gets_its_code(books: Books, item_type: str, unit: str | None, unit_code: str) -> None:
    assert (await an_item(books, item_type=item_type, unit=unit)).unit_code == unit_code


async def test_a_change_of_type_changes_the_code_of_the_unit(books: Books) -> None:
    item = await an_item(books, unit="kg")
    assert (await changed(books, item, item_type="SERVICE")).unit_code == "NA"


@pytest.mark.parametrize(
    ("item_type", "code"), [("GOODS", "0902"), ("GOODS", "090210"), ("GOODS", "09021010"), ("SERVICE", "998312")]
)
async def test_goods_have_an_hsn_and_a_service_a_sac(books: Books, item_type: str, code: str) -> None:
    assert (await an_item(books, item_type=item_type, hsn_or_sac=code)).hsn_or_sac == code


@pytest.mark.parametrize(("item_type", "code"), [("GOODS", "998312"), ("SERVICE", "0902")])
async def test_the_code_must_fit_the_type(books: Books, item_type: str, code: str) -> None:
    with pytest.raises(Failed) as refused:
        await an_item(books, item_type=item_type, hsn_or_sac=code)
    assert refused.value.field == "hsn_or_sac"


@pytest.mark.parametrize("code", ["0001", "9983", "090"])
async def test_the_code_must_be_one(books: Books, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await an_item(books, hsn_or_sac=code)
    assert refused.value.field == "hsn_or_sac"


@pytest.mark.parametrize("field", ["tax_id", "account_id", "purchase_account_id"])
async def test_what_an_item_refers_to_must_exist(books: Books, field: str) -> None:
    with pytest.raises(NotFound) as refused:
        await an_item(books, **{field: "acc_nowhere"})
    assert refused.value.field == field


async def test_a_tax_that_is_no_longer_in_force_is_accepted(books: Books) -> None:
    assert GST_12.effective_to is not None
    assert (await an_item(books, tax_id=GST_12.id)).tax_id == GST_12.id


async def test_an_account_of_another_organization_does_not_exist(books: Books) -> None:
    [sales] = await accounts_of(books, AccountRole.SALES)
    others = await open_books(books.connection)
    with pytest.raises(NotFound):
        await an_item(others, account_id=sales)
    await turn_to(books)
    assert (await an_item(books, account_id=sales)).account_id == sales


@pytest.mark.parametrize("role", [AccountRole.PURCHASES, AccountRole.BANK, AccountRole.OUTPUT_CGST])
async def test_sales_go_to_income(books: Books, role: AccountRole) -> None:
    [account] = await accounts_of(books, role)
    with pytest.raises(Failed) as refused:
        await an_item(books, account_id=account)
    assert refused.value.field == "account_id"


@pytest.mark.parametrize("role", [AccountRole.SALES, AccountRole.ACCOUNTS_PAYABLE, AccountRole.INPUT_CGST])
async def test_purchases_go_to_expense_or_stock(books: Books, role: AccountRole) -> None:
    wrong, purchases, stock = await accounts_of(books, role, AccountRole.PURCHASES, AccountRole.INVENTORY)
    for right in (purchases, stock):
        assert (await an_item(books, purchase_account_id=right)).purchase_account_id == right
    with pytest.raises(Failed) as refused:
        await an_item(books, purchase_account_id=wrong)
    assert refused.value.field == "purchase_account_id"


async def test_no_two_items_have_one_sku(books: Books) -> None:
    await an_item(books, sku="TEA-01")
    await an_item(books, "Tea without a number")
    await an_item(books, "Another without a number")
    other = await an_item(books, "Green tea", sku="tea-01")
    with pytest.raises(Duplicate) as refused:
        await changed(books, other, sku="TEA-01")
    assert refused.value.field == "sku"
    assert "'Tea'" in refused.value.message


async def test_an_update_changes_what_is_sent_and_null_clears(books: Books) -> None:
    item = await an_item(books, sku="TEA-01", rate=Decimal("420.5"), description="Assam")
    later = await changed(books, item, rate=Decimal("430"), sku=None)
    assert (later.item_name, later.description, later.rate, later.sku) == ("Tea", "Assam", Decimal("430"), None)
    created, updated = await trail(books)
    assert (created["action"], created["event_type"], created["entity_ref"]) == ("ITEM_CREATED", "ITEM_CREATED", "Tea")
    assert (updated["action"], updated["event_type"]) == ("ITEM_UPDATED", "ITEM_UPDATED")
    assert updated["changes"] == {
        "sku": {"old": "TEA-01", "new": None},
        "rate": {"old": Decimal("420.5"), "new": 430},
    }


async def test_another_version_is_not_changed(books: Books) -> None:
    item = await an_item(books)
    books.expected_versions = frozenset({2})
    for attempt in (
        handlers.update_item(books, item.id, {"rate": 5}),
        handlers.archive_item(books, item.id),
        handlers.delete_item(books, item.id),
    ):
        with pytest.raises(VersionMismatch):
            await attempt


async def test_an_archived_item_is_hidden_and_can_come_back(books: Books) -> None:
    item = await an_item(books)
    reply = await handlers.archive_item(books, item.id)
    assert (body_of(reply)["item"]["status"], body_of(reply)["item"]["version"]) == ("INACTIVE", 2)
    await handlers.archive_item(books, item.id)
    assert await names(books) == []
    assert (await changed(books, item, status="ACTIVE")).version == 3
    assert [row["action"] for row in await trail(books)] == ["ITEM_CREATED", "ITEM_ARCHIVED", "ITEM_UPDATED"]


async def test_an_item_without_lines_is_deleted(books: Books) -> None:
    item = await an_item(books)
    assert (await handlers.delete_item(books, item.id)).status == 200
    with pytest.raises(NotFound):
        await handlers.get_item(books, item.id)
    assert [row["event_type"] for row in await trail(books)] == ["ITEM_CREATED", "ITEM_DELETED"]


async def test_an_item_on_a_line_is_in_use(books: Books) -> None:
    [sales] = await accounts_of(books, AccountRole.SALES)
    item = await an_item(books)
    await sold(books, item, sales)
    with pytest.raises(InUse):
        await handlers.delete_item(books, item.id)
    assert await names(books) == ["Tea"]


async def test_each_filter_of_the_list_works(books: Books) -> None:
    await an_item(books, "Tea", sku="T-1", hsn_or_sac="0902")
    await an_item(books, "Tasting", item_type="SERVICE", hsn_or_sac="998312")
    old = await an_item(books, "Old tea")
    await registers.archive(books, ITEMS, old.id)
    assert await names(books) == ["Tasting", "Tea"]
    assert await names(books, status="INACTIVE") == ["Old tea"]
    assert await names(books, status="ALL") == ["Old tea", "Tasting", "Tea"]
    assert await names(books, item_type="SERVICE") == ["Tasting"]
    assert await names(books, search="TEA") == ["Tea"]
    assert await names(books, search="t-1") == ["Tea"]
    assert await names(books, search="9983") == ["Tasting"]
    assert await names(books, last_modified_after=NOW) == []


async def test_pages_of_items_meet(books: Books) -> None:
    for number in range(5):
        await an_item(books, f"Tea {number}")
    seen: list[str] = []
    query: dict[str, Any] = {"per_page": 2, "status": "ACTIVE"}
    for _ in range(3):
        reply = await handlers.list_items(books, query)
        seen += [row["item_name"] for row in body_of(reply)["items"]]
        query["cursor"] = body_of(reply)["page_context"]["next_cursor"]
    assert seen == [f"Tea {number}" for number in reversed(range(5))]
    assert query["cursor"] is None


async def the_taxes(books: Books, **query: Any) -> list[dict[str, Any]]:
    reply = await taxes.list_taxes(books, query)
    return list(body_of(reply)["taxes"])


async def test_the_seeded_taxes_are_those_of_the_catalogue(books: Books) -> None:
    """If this fails, the catalogue has changed: write a migration that brings the difference."""
    catalogue = {
        tax.id: {
            "tax_id": tax.id,
            "name": tax.name,
            "shape": tax.shape.value,
            "tax_percentage": tax.percent,
            "cgst": tax.cgst,
            "sgst": tax.sgst,
            "igst": tax.igst,
            "cess": tax.cess,
            "effective_from": tax.effective_from.isoformat(),
            "effective_to": tax.effective_to.isoformat() if tax.effective_to else None,
        }
        for tax in CATALOGUE
    }
    assert {row["tax_id"]: row for row in await the_taxes(books)} == catalogue


async def test_taxes_are_listed_by_shape_rate_and_first_day(books: Books) -> None:
    rows = [(row["shape"], row["tax_percentage"], row["cess"]) for row in await the_taxes(books)]
    assert rows == sorted(rows)


@pytest.mark.parametrize(
    ("day", "twelve", "forty"),
    [
        (date(2017, 6, 30), False, False),
        (date(2017, 7, 1), True, False),
        (date(2025, 9, 21), True, False),
        (date(2025, 9, 22), False, True),
        (date(2026, 11, 21), False, True),
    ],
)
async def test_taxes_are_filtered_by_day(books: Books, day: date, twelve: bool, forty: bool) -> None:  # noqa: FBT001
    rates = {row["tax_percentage"] for row in await the_taxes(books, effective_on=day)}
    assert (12 in rates, 40 in rates) == (twelve, forty)


@pytest.mark.parametrize("shape", list(TaxShape))
async def test_taxes_are_filtered_by_shape(books: Books, shape: TaxShape) -> None:
    wanted = {tax.id for tax in CATALOGUE if tax.shape is shape}
    assert {row["tax_id"] for row in await the_taxes(books, shape=shape.value)} == wanted


async def test_one_tax_is_shown(books: Books) -> None:
    reply = await taxes.get_tax(books, GST_18.id)
    assert (body_of(reply)["tax"]["cgst"], body_of(reply)["tax"]["sgst"], body_of(reply)["tax"]["igst"]) == (9, 9, 0)


async def test_a_tax_that_is_not_there_is_not_found(books: Books) -> None:
    with pytest.raises(NotFound):
        await taxes.get_tax(books, "tx_nowhere")
