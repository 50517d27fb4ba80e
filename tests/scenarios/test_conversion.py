"""From the estimate to the order to the invoices, in parts and back again: stories that can be checked by hand."""

from decimal import Decimal
from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.contacts import CONTACTS, Contact
from domain.currencies import add_exchange_rate
from domain.documents import lifecycle
from domain.documents.conversion import convert
from domain.documents.document import Paper
from domain.documents.kinds import BILL, ESTIMATE, INVOICE, KIND_NAMED, PURCHASE_ORDER, SALES_ORDER, Kind
from domain.documents.reading import find_for_change
from domain.documents.status import status_today
from domain.errors import Failed, InvalidState, NotFound, Refusal, VersionMismatch
from domain.statements import Statement
from tests.domain.conftest import trail
from tests.scenarios.builders import GUJARAT_BUYER, a_customer, a_line, on

Wanted = dict[str, Any]


async def an_open(books: Books, kind: Kind, party: Contact, *lines: dict[str, Any], **said: Any) -> Paper:
    """An estimate or order with its number, open."""
    return await lifecycle.draft_and_approve(books, kind, {"contact_id": party.id, **said}, lines)


async def made_of(
    books: Books, kind: Kind, source: Paper, *wanted: Wanted, into: str | None = None, **said: Any
) -> Paper:
    """The draft that is made of a document, or of some of its lines."""
    target = KIND_NAMED[into or kind.becomes[0]]
    return (await convert(books, kind, source.head.id, target, wanted=wanted or None, said=said)).made


def so_much(source: Paper, position: int, quantity: str) -> Wanted:
    """So much of a line."""
    return {"id": source.lines[position - 1].id, "quantity": Decimal(quantity)}


async def now(books: Books, kind: Kind, paper: Paper) -> Paper:
    """The document as it now stands."""
    return (await find_for_change(books, kind, paper.head.id))[0]


async def state(books: Books, kind: Kind, paper: Paper) -> tuple[str, list[str]]:
    """Its status, and how much of each line was converted."""
    stands = await now(books, kind, paper)
    return stands.head.status, [f"{line.converted_quantity:f}" for line in stands.lines]


async def refused(refusal: type[Refusal], field: str | None, attempt: Any) -> None:
    with pytest.raises(refusal) as told:
        await attempt
    assert told.value.field == field


async def test_an_estimate_becomes_an_order_and_the_order_two_invoices_and_the_rest(books: Books) -> None:
    """Ten chairs at 100 and four desks at 500; 4 chairs and 1 desk, then 3 chairs, then the rest."""
    customer = await a_customer(books)
    estimate = await an_open(
        books, ESTIMATE, customer, a_line("100", quantity=Decimal(10)), a_line("500", quantity=Decimal(4))
    )
    assert (estimate.head.number, estimate.head.status) == ("EST/26-27/0001", "SENT")
    await lifecycle.answer(books, ESTIMATE, estimate.head.id, "ACCEPTED")
    draft = await made_of(books, ESTIMATE, estimate)
    assert (draft.head.kind, draft.head.status, str(draft.head.total)) == ("SALES_ORDER", "DRAFT", "3540.00")
    assert await state(books, ESTIMATE, estimate) == ("CONVERTED", ["10", "4"])

    order = await lifecycle.approve(books, SALES_ORDER, draft.head.id)
    assert (order.head.number, order.head.status) == ("SO/26-27/0001", "OPEN")
    first = await made_of(books, SALES_ORDER, order, so_much(order, 1, "4"), so_much(order, 2, "1"))
    assert str(first.head.total) == "1062.00"
    assert await state(books, SALES_ORDER, order) == ("PARTIALLY_INVOICED", ["4", "1"])
    second = await made_of(books, SALES_ORDER, order, so_much(order, 1, "3"))
    assert str(second.head.total) == "354.00"
    rest = await made_of(books, SALES_ORDER, order)
    assert [(f"{line.quantity:f}", f"{line.rate:f}") for line in rest.lines] == [("3", "100"), ("3", "500")]
    assert str(rest.head.total) == "2124.00"
    assert await state(books, SALES_ORDER, order) == ("INVOICED", ["10", "4"])

    await refused(InvalidState, None, made_of(books, SALES_ORDER, order))
    assert (await lifecycle.approve(books, INVOICE, rest.head.id)).head.number == "INV/26-27/0001"


async def test_the_chain_is_shown_both_ways(books: Books) -> None:
    estimate = await an_open(books, ESTIMATE, await a_customer(books), a_line("100"))
    order = await lifecycle.approve(books, SALES_ORDER, (await made_of(books, ESTIMATE, estimate)).head.id)
    invoice = await lifecycle.approve(books, INVOICE, (await made_of(books, SALES_ORDER, order)).head.id)

    stands = await now(books, SALES_ORDER, order)
    (source,), (target,) = stands.converted_from, stands.converted_to
    assert (source.document_type, source.document_number, source.status) == ("ESTIMATE", "EST/26-27/0001", "CONVERTED")
    assert (target.document_id, target.document_number, target.status) == (
        invoice.head.id,
        "INV/26-27/0001",
        "SENT",
    )
    assert str(target.total) == "118.00"
    assert [each.document_id for each in invoice.converted_from] == [order.head.id]
    assert (await now(books, ESTIMATE, estimate)).converted_from == []


async def test_a_voided_invoice_opens_its_order_again(books: Books) -> None:
    order = await an_open(books, SALES_ORDER, await a_customer(books), a_line("100", quantity=Decimal(5)))
    first = await made_of(books, SALES_ORDER, order, so_much(order, 1, "2"))
    await made_of(books, SALES_ORDER, order)
    await lifecycle.approve(books, INVOICE, first.head.id)
    voided = await lifecycle.void(books, INVOICE, first.head.id, reason="Not delivered")

    assert [link.status for link in voided.converted_from] == ["PARTIALLY_INVOICED"]
    assert await state(books, SALES_ORDER, order) == ("PARTIALLY_INVOICED", ["3"])
    assert [link.status for link in (await now(books, SALES_ORDER, order)).converted_to] == ["CANCELLED", "DRAFT"]
    again = await made_of(books, SALES_ORDER, order)
    assert (f"{again.lines[0].quantity:f}", await state(books, SALES_ORDER, order)) == ("2", ("INVOICED", ["5"]))


async def test_a_deleted_draft_leaves_no_trace_on_its_order(books: Books) -> None:
    order = await an_open(books, SALES_ORDER, await a_customer(books), a_line("100", quantity=Decimal(5)))
    draft = await made_of(books, SALES_ORDER, order)
    await lifecycle.delete(books, INVOICE, draft.head.id)

    assert await state(books, SALES_ORDER, order) == ("OPEN", ["0"])
    assert (await now(books, SALES_ORDER, order)).converted_to == []


async def test_an_estimate_whose_order_is_taken_back_is_accepted(books: Books) -> None:
    estimate = await an_open(books, ESTIMATE, await a_customer(books), a_line("100"))
    order = await lifecycle.approve(books, SALES_ORDER, (await made_of(books, ESTIMATE, estimate)).head.id)
    await lifecycle.void(books, SALES_ORDER, order.head.id, reason=None)

    assert await state(books, ESTIMATE, estimate) == ("ACCEPTED", ["0"])
    assert (await made_of(books, ESTIMATE, estimate, into="INVOICE")).head.kind == "INVOICE"


async def test_an_order_follows_the_lines_of_the_draft_made_of_it(books: Books) -> None:
    """Two of five; then four; six are refused; then the line goes and with it the link."""
    order = await an_open(books, SALES_ORDER, await a_customer(books), a_line("100", quantity=Decimal(5)))
    draft = await made_of(books, SALES_ORDER, order, so_much(order, 1, "2"))
    key, line = draft.head.id, draft.lines[0].id

    await lifecycle.amend(books, INVOICE, key, {}, [{"id": line, "quantity": Decimal(4)}, a_line("7")])
    assert await state(books, SALES_ORDER, order) == ("PARTIALLY_INVOICED", ["4"])
    await refused(
        Failed,
        "line_items[1].quantity",
        lifecycle.amend(books, INVOICE, key, {}, [a_line("7"), {"id": line, "quantity": Decimal(6)}]),
    )
    assert await state(books, SALES_ORDER, order) == ("PARTIALLY_INVOICED", ["4"])
    changed = await lifecycle.amend(books, INVOICE, key, {}, [a_line("7")])
    assert await state(books, SALES_ORDER, order) == ("OPEN", ["0"])
    assert (changed.converted_from, (await now(books, SALES_ORDER, order)).converted_to) == ([], [])


async def test_what_was_agreed_goes_into_the_draft_and_the_rest_is_todays(books: Books) -> None:
    customer = await a_customer(books, gst_no=GUJARAT_BUYER, payment_terms=15)
    order = await an_open(
        books,
        SALES_ORDER,
        customer,
        a_line("200", discount_percent=Decimal(10), description="Teak"),
        dated_on=on("2026-10-01"),
        due_on=on("2026-12-01"),
        reference_number="PO-9",
        salesperson_name="Meera",
        notes="By road",
        terms="Cash",
        tags=["north"],
        custom_fields={"site": "Surat"},
        shipping_address={"city": "Surat", "state_code": "IN-GJ"},
        discount_percent=Decimal(5),
    )
    invoice = await made_of(books, SALES_ORDER, order)

    agreed = ("contact_id", "reference_number", "salesperson_name", "notes", "terms", "tags", "custom_fields",
              "shipping_address", "gst_no", "place_of_supply", "discount_percent", "igst_total", "total")  # fmt: skip
    assert {name: getattr(invoice.head, name) for name in agreed} == {
        name: getattr(order.head, name) for name in agreed
    }
    assert (invoice.head.dated_on, invoice.head.due_on) == (books.today, on("2026-12-06"))
    assert (invoice.lines[0].description, invoice.lines[0].discount_percent) == ("Teak", Decimal(10))
    other = await made_of(
        books, SALES_ORDER, await an_open(books, SALES_ORDER, customer, a_line("1")), dated_on=on("2026-11-01")
    )
    assert other.head.dated_on == on("2026-11-01")


async def test_a_purchase_order_becomes_bills(books: Books) -> None:
    vendor = await a_customer(books, "Paper Mart", contact_type="VENDOR")
    order = await an_open(books, PURCHASE_ORDER, vendor, a_line("50", None, quantity=Decimal(3), tax_category="EXEMPT"))
    assert (order.head.number, order.head.status) == ("PO/26-27/0001", "OPEN")
    bill = await made_of(books, PURCHASE_ORDER, order, so_much(order, 1, "1"), reference_number="PM-1")

    assert (bill.head.kind, bill.head.reference_number, str(bill.head.total)) == ("BILL", "PM-1", "50.00")
    assert await state(books, PURCHASE_ORDER, order) == ("PARTIALLY_BILLED", ["1"])
    await made_of(books, PURCHASE_ORDER, order)
    assert await state(books, PURCHASE_ORDER, order) == ("BILLED", ["3"])
    await lifecycle.delete(books, BILL, bill.head.id)
    assert await state(books, PURCHASE_ORDER, order) == ("PARTIALLY_BILLED", ["2"])


async def test_dollars_are_reckoned_at_the_rate_of_the_new_day_if_there_is_one(books: Books) -> None:
    abroad = {"gst_treatment": "OVERSEAS", "billing_address": None, "currency_code": "USD"}
    customer = await a_customer(books, "Acme Inc", **abroad)
    order = await an_open(books, SALES_ORDER, customer, a_line("10", quantity=Decimal(2)), exchange_rate=Decimal("85"))
    assert (await made_of(books, SALES_ORDER, order, so_much(order, 1, "1"))).head.exchange_rate == 85
    await add_exchange_rate(books, {"currency_code": "USD", "rated_on": books.today, "rate": Decimal("88.5")})

    assert (await made_of(books, SALES_ORDER, order)).head.exchange_rate == Decimal("88.5")


async def test_a_discount_on_the_whole_is_shared_out_to_the_paisa(books: Books) -> None:
    """100 rupees off three lines of 300: 33.33, 33.33 and the remaining 33.34; likewise ten rupees of freight."""
    order = await an_open(
        books,
        SALES_ORDER,
        await a_customer(books),
        *[a_line("300", None, tax_category="EXEMPT") for _ in range(3)],
        discount=Decimal("100"),
        untaxed_charges=Decimal("10"),
    )
    assert str(order.head.total) == "810.00"
    drafts = [await made_of(books, SALES_ORDER, order, so_much(order, position, "1")) for position in (1, 2, 3)]

    assert [str(each.head.discount) for each in drafts] == ["33.33", "33.33", "33.34"]
    assert [str(each.head.untaxed_charges) for each in drafts] == ["3.33", "3.33", "3.34"]
    assert str(sum(each.head.total for each in drafts)) == "810.00"


async def test_after_a_voided_part_the_discount_still_comes_to_the_whole(books: Books) -> None:
    """A rupee off three chairs: 0.33, 0.33, 0.34. The first is voided and made again: 0.33."""
    order = await an_open(
        books, SALES_ORDER, await a_customer(books), a_line("10", quantity=Decimal(3), discount=Decimal("1"))
    )
    drafts = [await made_of(books, SALES_ORDER, order, so_much(order, 1, "1")) for _ in range(3)]
    assert [str(each.lines[0].discount) for each in drafts] == ["0.33", "0.33", "0.34"]
    await lifecycle.approve(books, INVOICE, drafts[0].head.id)
    await lifecycle.void(books, INVOICE, drafts[0].head.id, reason=None)

    assert str((await made_of(books, SALES_ORDER, order)).lines[0].discount) == "0.33"


async def test_the_customer_answers(books: Books) -> None:
    """Yes, no, and yes after all."""
    estimate = await an_open(books, ESTIMATE, await a_customer(books), a_line("1"))
    key = estimate.head.id

    for verb in ("ACCEPTED", "DECLINED", "ACCEPTED"):
        assert (await lifecycle.answer(books, ESTIMATE, key, verb)).head.status == verb
        await refused(InvalidState, None, lifecycle.answer(books, ESTIMATE, key, verb))
    assert [row["action"] for row in await trail(books)][-3:] == [
        "ESTIMATE_ACCEPTED",
        "ESTIMATE_DECLINED",
        "ESTIMATE_ACCEPTED",
    ]


async def test_a_draft_that_is_answered_gets_its_number(books: Books) -> None:
    customer = await a_customer(books)
    for number, verb in enumerate(("ACCEPTED", "DECLINED"), start=1):
        draft = await lifecycle.draft(books, ESTIMATE, {"contact_id": customer.id}, [a_line("1")])
        answered = (await lifecycle.answer(books, ESTIMATE, draft.head.id, verb)).head
        assert (answered.status, answered.number, answered.version) == (verb, f"EST/26-27/{number:04}", 2)
        assert (await now(books, ESTIMATE, draft)).head == answered
        last = (await trail(books))[-1]
        assert (last["action"], last["entity_ref"]) == (f"ESTIMATE_{verb}", answered.number)
        assert last["changes"] == {"status": {"old": "DRAFT", "new": verb}}


async def test_an_expired_estimate_is_sent_anew_by_another_expiry_date(books: Books) -> None:
    estimate = await an_open(
        books, ESTIMATE, await a_customer(books), a_line("1"), dated_on=on("2026-11-01"), due_on=on("2026-11-20")
    )
    key = estimate.head.id
    assert status_today(ESTIMATE, estimate.head, books.today) == "EXPIRED"
    await refused(InvalidState, None, lifecycle.answer(books, ESTIMATE, key, "ACCEPTED"))
    await refused(InvalidState, None, made_of(books, ESTIMATE, estimate))

    await lifecycle.amend(books, ESTIMATE, key, {"due_on": books.today}, None)
    assert (await lifecycle.answer(books, ESTIMATE, key, "ACCEPTED")).head.status == "ACCEPTED"


async def test_an_open_order_can_change_but_keeps_its_number(books: Books) -> None:
    order = await an_open(books, SALES_ORDER, await a_customer(books), a_line("10"))
    key, line = order.head.id, order.lines[0].id

    changed = await lifecycle.amend(books, SALES_ORDER, key, {}, [{"id": line, "quantity": Decimal(2)}])
    assert (str(changed.head.total), changed.head.number) == ("23.60", order.head.number)
    await refused(InvalidState, "sales_order_number", lifecycle.amend(books, SALES_ORDER, key, {"number": "X"}, None))
    await made_of(books, SALES_ORDER, order)
    await refused(InvalidState, "line_items", lifecycle.amend(books, SALES_ORDER, key, {}, [a_line("1")]))
    assert (await lifecycle.amend(books, SALES_ORDER, key, {"notes": "Soon"}, None)).head.notes == "Soon"


async def test_an_estimate_that_is_dated_anew_keeps_the_year_of_its_number(books: Books) -> None:
    """Of last year and sent again this year: its number is still one of last year, and the next one there is 2."""
    customer = await a_customer(books)
    estimate = await an_open(books, ESTIMATE, customer, a_line("100"), dated_on=on("2026-03-15"))
    changed = await lifecycle.amend(books, ESTIMATE, estimate.head.id, {"dated_on": books.today}, None)

    assert (changed.head.number, changed.head.financial_year) == ("EST/25-26/0001", "2025-26")
    following = await an_open(books, ESTIMATE, customer, a_line("100"), dated_on=on("2026-03-16"))
    assert (following.head.number, following.head.financial_year) == ("EST/25-26/0002", "2025-26")


async def test_what_conversion_is_refused_for(books: Books) -> None:
    customer = await a_customer(books)
    order = await an_open(books, SALES_ORDER, customer, a_line("10", quantity=Decimal(2)), a_line("5"))
    draft = await lifecycle.draft(books, SALES_ORDER, {"contact_id": customer.id}, [a_line("1")])
    await refused(InvalidState, None, made_of(books, SALES_ORDER, draft))
    await refused(NotFound, None, made_of(books, ESTIMATE, order))

    over, first = so_much(order, 1, "2.000001"), so_much(order, 1, "1")
    unknown = {"id": "li_none", "quantity": Decimal(1)}
    await refused(Failed, "line_items[1].quantity", made_of(books, SALES_ORDER, order, so_much(order, 2, "1"), over))
    await refused(NotFound, "line_items[0].line_item_id", made_of(books, SALES_ORDER, order, unknown))
    await refused(Failed, "line_items[1].line_item_id", made_of(books, SALES_ORDER, order, first, first))
    await made_of(books, SALES_ORDER, order, {"id": order.lines[0].id})
    await refused(Failed, "line_items[0].quantity", made_of(books, SALES_ORDER, order, {"id": order.lines[0].id}))
    await refused(InvalidState, None, lifecycle.void(books, SALES_ORDER, order.head.id, reason=None))
    assert await state(books, SALES_ORDER, order) == ("PARTIALLY_INVOICED", ["2", "0"])

    books.expected_versions = frozenset((1,))
    await refused(VersionMismatch, None, made_of(books, SALES_ORDER, order))


async def test_what_drafting_refuses_conversion_refuses(books: Books) -> None:
    """Of an archived customer nothing new is drafted; the order stays as it was."""
    customer = await a_customer(books)
    order = await an_open(books, SALES_ORDER, customer, a_line("10"))
    await registers.archive(books, CONTACTS, customer.id)

    await refused(Failed, "customer_id", made_of(books, SALES_ORDER, order))
    assert await state(books, SALES_ORDER, order) == ("OPEN", ["0"])


async def test_what_does_not_post_does_not_mind_a_locked_period(books: Books) -> None:
    order = await an_open(books, SALES_ORDER, await a_customer(books), a_line("10"), dated_on=on("2026-10-15"))
    await books.run(Statement("update organizations set locked_until = '2026-10-31' where id = %(organization_id)s"))

    assert (await lifecycle.void(books, SALES_ORDER, order.head.id, reason="Lost")).head.status == "CANCELLED"


async def test_the_trail_tells_of_both(books: Books) -> None:
    order = await an_open(books, SALES_ORDER, await a_customer(books), a_line("10", quantity=Decimal(2)))
    draft = await made_of(books, SALES_ORDER, order, so_much(order, 1, "1"))
    await lifecycle.delete(books, INVOICE, draft.head.id)

    told = await trail(books)
    assert {row["action"] for row in told[-4:]} == {
        "INVOICE_CREATED",
        "SALES_ORDER_CONVERTED",
        "SALES_ORDER_UPDATED",
        "INVOICE_DELETED",
    }
    (converted,) = [row for row in told if row["action"] == "SALES_ORDER_CONVERTED"]
    assert converted["changes"]["status"] == {"old": "OPEN", "new": "PARTIALLY_INVOICED"}
    assert "line_items" in converted["changes"]
