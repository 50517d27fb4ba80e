"""Who made a sale: documents name a salesperson of the list, or have a name in words."""

from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import INVOICE, SALES_ORDER
from domain.errors import Failed, InUse, NotFound
from domain.salespersons import SALESPERSONS
from handlers import invoices, sales_orders
from tests.domain.conftest import body_of
from tests.scenarios.builders import a_customer, a_draft, a_line, an_approved_invoice


async def a_salesperson(books: Books, name: str = "Meera") -> str:
    return (await registers.add(books, SALESPERSONS, {"salesperson_name": name})).id


async def renamed(books: Books, key: str, name: str) -> None:
    await registers.amend(books, SALESPERSONS, key, {"salesperson_name": name})


async def shown(books: Books, paper: Paper) -> tuple[str | None, str | None]:
    """Id and name of the salesperson, as reading the invoice answers them."""
    invoice = body_of(await invoices.get_invoice(books, paper.head.id))["invoice"]
    return invoice["salesperson_id"], invoice["salesperson_name"]


async def named(books: Books, paper: Paper, **said: Any) -> tuple[str | None, str | None]:
    """The same after a change, as the change answers them."""
    head = (await lifecycle.amend(books, INVOICE, paper.head.id, said, None)).head
    return head.salesperson_id, head.salesperson_name


async def test_a_document_shows_the_name_that_its_salesperson_now_has(books: Books) -> None:
    meera, customer = await a_salesperson(books), await a_customer(books)
    draft = await a_draft(books, customer, a_line("100"), salesperson_id=meera)
    posted = await an_approved_invoice(books, customer, a_line("100"), salesperson_id=meera)
    assert (posted.head.salesperson_id, posted.head.salesperson_name) == (meera, "Meera")
    await renamed(books, meera, "Meera Kulkarni")
    assert await shown(books, draft) == await shown(books, posted) == (meera, "Meera Kulkarni")
    listed = body_of(await invoices.list_invoices(books, {"per_page": 50}))["invoices"]
    assert {each["salesperson_name"] for each in listed} == {"Meera Kulkarni"}
    assert await named(books, posted, notes="Thank you.") == (meera, "Meera Kulkarni")


async def test_a_name_in_words_takes_the_place_of_an_id_and_the_other_way_round(books: Books) -> None:
    meera, customer = await a_salesperson(books), await a_customer(books)
    draft = await a_draft(books, customer, a_line("100"), salesperson_name="Ravi")
    assert await shown(books, draft) == (None, "Ravi")
    assert await named(books, draft, salesperson_id=meera) == (meera, "Meera")
    assert await named(books, draft, salesperson_id=meera, salesperson_name="Meera") == (meera, "Meera")
    assert await named(books, draft, salesperson_name="Meera") == (meera, "Meera")
    assert await named(books, draft, salesperson_name="Ravi") == (None, "Ravi")
    assert await named(books, draft, salesperson_id=meera, salesperson_name=None) == (meera, "Meera")
    assert await named(books, draft, salesperson_id=None) == (None, None)
    assert await shown(books, draft) == (None, None)


async def test_another_name_beside_an_id_is_refused(books: Books) -> None:
    meera, customer = await a_salesperson(books), await a_customer(books)
    with pytest.raises(Failed) as refused:
        await a_draft(books, customer, a_line("100"), salesperson_id=meera, salesperson_name="Ravi")
    assert refused.value.field == "salesperson_name"


async def test_a_salesperson_who_is_not_there_is_not_found(books: Books) -> None:
    with pytest.raises(NotFound) as refused:
        await a_draft(books, await a_customer(books), a_line("100"), salesperson_id="sp_nowhere")
    assert refused.value.field == "salesperson_id"


async def test_who_has_left_stays_on_what_exists_and_is_chosen_no_more(books: Books) -> None:
    meera, customer = await a_salesperson(books), await a_customer(books)
    draft = await a_draft(books, customer, a_line("100"), salesperson_id=meera)
    await registers.archive(books, SALESPERSONS, meera)
    with pytest.raises(Failed) as refused:
        await a_draft(books, customer, a_line("100"), salesperson_id=meera)
    assert refused.value.field == "salesperson_id"
    assert await named(books, draft, payment_terms=30) == (meera, "Meera")


async def test_an_order_of_somebody_who_has_left_becomes_an_invoice_with_the_name(books: Books) -> None:
    meera, customer = await a_salesperson(books), await a_customer(books)
    said = {"contact_id": customer.id, "salesperson_id": meera}
    first, second = [await lifecycle.draft_and_approve(books, SALES_ORDER, said, [a_line("100")]) for _ in range(2)]
    made = body_of(await sales_orders.convert_sales_order(books, first.head.id, None))["invoice"]
    assert (made["salesperson_id"], made["salesperson_name"]) == (meera, "Meera")
    await registers.archive(books, SALESPERSONS, meera)
    made = body_of(await sales_orders.convert_sales_order(books, second.head.id, None))["invoice"]
    assert (made["salesperson_id"], made["salesperson_name"]) == (None, "Meera")


async def test_a_salesperson_whom_a_document_names_is_in_use(books: Books) -> None:
    meera = await a_salesperson(books)
    await a_draft(books, await a_customer(books), a_line("100"), salesperson_id=meera)
    with pytest.raises(InUse):
        await registers.delete(books, SALESPERSONS, meera)
