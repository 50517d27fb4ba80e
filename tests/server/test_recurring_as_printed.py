"""Recurring documents as the published pages print them: templates sent as elsewhere, the order of the list."""

from tests.running import Caller, Firm, mint
from tests.server.schedules import a_schedule, a_wish, carry_on
from tests.server.test_recurring import END_OF_JANUARY, invoices_of, problem_of
from tests.server.trade import a_customer, an_invoice

_DRAFTING = ("AIBooks.recurring.ALL", "AIBooks.invoices.CREATE")


async def test_a_date_in_a_template_is_let_pass_and_told(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    body = a_wish(customer, template_payload=an_invoice(customer, date="2026-05-12"))
    reply = await call("POST", "/recurring", body)
    schedule, message = reply.json()["recurring"], reply.json()["message"]
    assert message == "The date in template_payload is not kept: each invoice has the date on which it is due."
    assert "date" not in schedule["template_payload"]
    changed = await call("PUT", f"/recurring/{schedule['recurring_id']}", {"template_payload": {"date": "2026-06-12"}})
    assert (changed.json()["message"], changed.json()["recurring"]["version"]) == (message, 1)

    await carry_on(firm, END_OF_JANUARY)
    assert [each["date"] for each in await invoices_of(call)] == ["2035-01-31"]


async def test_a_template_may_say_that_its_documents_are_approved(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    wish = a_wish(customer, template_payload=an_invoice(customer, auto_approve=True))
    refused = await call("POST", "/recurring", {**wish, "auto_approve": False})
    assert problem_of(refused) == (422, "validation.failed", "auto_approve")
    del wish["auto_approve"]
    schedule = await call.made("/recurring", wish)
    assert (schedule["auto_approve"], "auto_approve" in schedule["template_payload"]) == (True, False)
    drafter = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, held=_DRAFTING))
    assert (await drafter("POST", "/recurring", wish)).json()["details"] == {"required": ["AIBooks.invoices.UPDATE"]}

    await carry_on(firm, END_OF_JANUARY)
    assert [each["status"] for each in await invoices_of(call)] == ["SENT"]


async def test_whether_a_customer_is_charged_is_kept(call: Caller) -> None:
    schedule = await a_schedule(call, await a_customer(call))
    path = f"/recurring/{schedule['recurring_id']}"
    assert schedule["auto_charge"] is False
    assert (await call("PUT", path, {"auto_charge": True})).json()["recurring"]["auto_charge"] is True
    assert (await call("GET", path)).json()["recurring"]["auto_charge"] is True


async def test_the_schedule_that_runs_next_is_listed_first(call: Caller) -> None:
    customer = await a_customer(call)
    wanted = {"July": "2035-07-01", "May": "2035-05-01", "June": "2035-06-01"}
    for name, day in wanted.items():
        await a_schedule(call, customer, name=name, start_date=day)
    paused = await a_schedule(call, customer, name="Paused", start_date="2035-01-01")
    await call("PUT", f"/recurring/{paused['recurring_id']}", {"is_active": False})

    names: list[str] = []
    page = (await call("GET", "/recurring", params={"per_page": 3})).json()
    while True:
        names += [each["name"] for each in page["recurring"]]
        cursor = page["page_context"]["next_cursor"]
        if cursor is None:
            break
        page = (await call("GET", "/recurring", params={"per_page": 3, "cursor": cursor})).json()
    assert names == ["May", "June", "July", "Paused"]
