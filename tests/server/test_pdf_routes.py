"""Documents on paper over HTTP: what is answered, under which name, and when it is made anew."""

import asyncio
from typing import Any

import pytest

from tests.running import Caller, Firm, found, mint, rows
from tests.server.conftest import Site, Standing
from tests.server.trade import a_customer, a_draft, count_of

KINDS = {
    "invoice": "invoices",
    "bill": "bills",
    "estimate": "estimates",
    "sales_order": "sales_orders",
    "purchase_order": "purchase_orders",
    "credit_note": "credit_notes",
    "debit_note": "debit_notes",
    "customer_debit_note": "customer_debit_notes",
    "delivery_challan": "delivery_challans",
    "payment": "payments",
    "expense": "expenses",
}


async def an_invoice(call: Caller, **fields: Any) -> dict[str, Any]:
    """An approved invoice."""
    draft = await a_draft(call, await a_customer(call), **fields)
    approved = await call("POST", f"/invoices/{draft}/approve")
    invoice: dict[str, Any] = approved.json()["invoice"]
    return invoice


async def pdf(call: Caller, invoice: dict[str, Any], headers: dict[str, str] | None = None, **query: Any) -> Any:
    """The PDF of an invoice."""
    reply = await call("GET", f"/invoices/{invoice['invoice_id']}/pdf", params=query, headers=headers or {})
    assert reply.status_code == 200, reply.text
    assert reply.content.startswith(b"%PDF-")
    return reply


async def test_an_invoice_is_a_pdf_under_its_number(call: Caller) -> None:
    invoice = await an_invoice(call)

    reply = await pdf(call, invoice)

    assert reply.headers["Content-Type"] == "application/pdf"
    assert reply.headers["Content-Disposition"] == 'inline; filename="INV-26-27-0001.pdf"'
    assert reply.headers["Content-Length"] == str(len(reply.content))
    assert reply.headers["Cache-Control"] == "private, max-age=900"
    assert reply.headers["X-AIBooks-Render"] == "fresh"
    assert reply.headers["X-AIBooks-Version"] == str(invoice["version"])
    assert reply.headers["Vary"] == "Authorization, X-AIBooks-Org"
    assert "Content-Encoding" not in reply.headers


async def test_it_is_saved_if_that_is_asked_for(call: Caller) -> None:
    reply = await pdf(call, await an_invoice(call), download=True)

    assert reply.headers["Content-Disposition"] == 'attachment; filename="INV-26-27-0001.pdf"'


async def test_a_draft_is_called_by_its_id(call: Caller) -> None:
    draft = await a_draft(call, await a_customer(call))

    reply = await pdf(call, {"invoice_id": draft})

    assert reply.headers["Content-Disposition"] == f'inline; filename="{draft}.pdf"'


async def test_the_second_time_it_is_at_hand_for_both_workers(call: Caller) -> None:
    invoice = await an_invoice(call)
    first = await pdf(call, invoice)

    for _ in range(2):
        again = await pdf(call, invoice)

        assert again.headers["X-AIBooks-Render"] == "cached"
        assert again.content == first.content
        assert again.headers["ETag"] == first.headers["ETag"]


async def test_a_caller_who_has_it_is_told_so(call: Caller) -> None:
    invoice = await an_invoice(call)
    tag = (await pdf(call, invoice)).headers["ETag"]

    path = f"/invoices/{invoice['invoice_id']}/pdf"
    had = await call("GET", path, headers={"If-None-Match": f'"other", {tag}'})
    other = await pdf(call, invoice, {"If-None-Match": tag}, template="tally")

    assert (had.status_code, had.content, had.headers["ETag"]) == (304, b"", tag)
    assert had.headers["Cache-Control"] == "private, max-age=900"
    assert had.headers["X-AIBooks-Version"] == str(invoice["version"])
    assert other.headers["ETag"] != tag


async def test_head_tells_the_same_without_the_bytes(call: Caller) -> None:
    invoice = await an_invoice(call)
    whole = await pdf(call, invoice)

    head = await call("HEAD", f"/invoices/{invoice['invoice_id']}/pdf")

    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Length", "Content-Type", "Content-Disposition", "ETag", "X-AIBooks-Version"):
        assert head.headers[name] == whole.headers[name]
    assert head.headers["X-AIBooks-Render"] == "cached"


async def test_a_change_is_printed_anew(call: Caller) -> None:
    draft = await a_draft(call, await a_customer(call))
    first = await pdf(call, {"invoice_id": draft})

    await call("PUT", f"/invoices/{draft}", {"notes": "Delivered in two parts."})
    second = await pdf(call, {"invoice_id": draft})

    assert (first.headers["X-AIBooks-Version"], second.headers["X-AIBooks-Version"]) == ("1", "2")
    assert second.headers["X-AIBooks-Render"] == "fresh"
    assert second.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_printed(standing: Standing, kind: str) -> None:
    path = f"/{KINDS[kind]}/{standing.ids[f'{kind}_id']}"
    shown = (await standing.call("GET", path)).json()[kind]

    reply = await standing.call("GET", f"{path}/pdf")

    assert reply.status_code == 200, reply.text
    assert reply.content.startswith(b"%PDF-")
    assert reply.headers["X-AIBooks-Version"] == str(shown["version"])


@pytest.mark.parametrize("template", ["classic", "modern", "boxed", "tally"])
async def test_each_template_is_another_pdf(standing: Standing, template: str) -> None:
    path = f"/invoices/{standing.ids['invoice_id']}/pdf"
    plain = await standing.call("GET", path)

    reply = await standing.call("GET", path, params={"template": template})

    assert reply.content.startswith(b"%PDF-")
    assert (reply.headers["ETag"] == plain.headers["ETag"]) == (template == "classic"), "classic unless it is set"


@pytest.mark.parametrize(
    ("name", "value"), [("template", "gothic"), ("copies", "4"), ("download", "yes"), ("colour", "red")]
)
async def test_what_is_not_offered_is_refused(standing: Standing, name: str, value: str) -> None:
    reply = await standing.call("GET", f"/invoices/{standing.ids['invoice_id']}/pdf", params={name: value})

    assert (reply.status_code, reply.headers["Content-Type"]) == (400, "application/json")
    assert reply.json()["code"] == "validation.invalid_value"
    assert reply.json()["field"].startswith(name)


async def test_an_invoice_of_others_or_of_another_kind_is_not_there(site: Site, call: Caller, firm: Firm) -> None:
    mine = await an_invoice(call)
    await pdf(call, mine)
    theirs = await found(site.database)
    other = call.with_token(theirs.token)

    foreign = await other("GET", f"/invoices/{mine['invoice_id']}/pdf")
    wrong = await call("GET", f"/bills/{mine['invoice_id']}/pdf")

    assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found.resource")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "not_found.resource")


async def test_one_needs_the_scope_to_read_it(site: Site, call: Caller, firm: Firm) -> None:
    invoice = await an_invoice(call)
    held = ("AIBooks.bills.READ",)
    narrow = call.with_token(await mint(site.database, firm.owner_id, firm.organization_id, held=held))

    reply = await narrow("GET", f"/invoices/{invoice['invoice_id']}/pdf")

    assert (reply.status_code, reply.json()["code"]) == (403, "auth.insufficient_scope")


async def test_many_who_ask_at_once_get_one_and_the_same(call: Caller, firm: Firm) -> None:
    invoice = await an_invoice(call)

    replies = await asyncio.gather(*[pdf(call, invoice) for _ in range(12)])

    assert len({reply.content for reply in replies}) == 1
    assert count_of(firm, "renders") == 1
    assert all(reply.headers["X-AIBooks-Render"] == "fresh" for reply in replies[:2]) or any(
        reply.headers["X-AIBooks-Render"] == "cached" for reply in replies
    )


async def test_the_claim_of_one_who_died_is_taken_over(call: Caller, firm: Firm) -> None:
    invoice = await an_invoice(call)
    first = await pdf(call, invoice)
    unmade = "update renders set sha256 = null, size_bytes = null, claimed_at = now() - interval '11 seconds'"
    rows(firm.url, f"{unmade} where organization_id = %s returning id", firm.organization_id)

    again = await pdf(call, invoice)

    assert again.headers["X-AIBooks-Render"] == "fresh"
    assert again.content == first.content
    assert count_of(firm, "renders", "sha256 is not null") == 1


async def test_a_pdf_that_was_spoiled_is_made_anew(call: Caller, firm: Firm) -> None:
    invoice = await an_invoice(call)
    first = await pdf(call, invoice)
    rows(firm.url, "update renders set sha256 = 'x' where organization_id = %s returning id", firm.organization_id)

    again = await pdf(call, invoice)
    third = await pdf(call, invoice)

    assert (again.headers["X-AIBooks-Render"], third.headers["X-AIBooks-Render"]) == ("fresh", "cached")
    assert again.content == first.content == third.content


async def test_what_is_superseded_is_removed_soon_and_the_last_one_stays(call: Caller, firm: Firm) -> None:
    draft = await a_draft(call, await a_customer(call))
    for notes in ("one", "two", "three"):
        await call("PUT", f"/invoices/{draft}", {"notes": notes})
        await pdf(call, {"invoice_id": draft})
    await pdf(call, {"invoice_id": draft}, template="tally")

    assert count_of(firm, "renders", "due_at < now() + interval '2 hours'") == 2
    assert count_of(firm, "renders", "due_at > now() + interval '29 days'") == 2
