"""The Python SDK against the running server: the whole story, and what it does when things go wrong."""

import asyncio
import inspect
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from contract_tests.sdk_packages import Between, Handle, Onward, python_package
from domain.webhooks.signatures import signed_headers
from openapi.sdk.reading import Method, contract
from tests.conftest import NewDatabase
from tests.running import BASE, found, workers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BUSY = {"code": "server.busy", "message": "Too much at once.", "request_id": "req_1"}


class Place(NamedTuple):
    """The package, and a server with a token for it."""

    folder: Path
    sdk: Any
    url: str
    token: str

    def books(self, **settings: Any) -> Any:
        """Somebody who calls the server."""
        return self.sdk.FinzBooks(self.token, url=self.url, **settings)

    def between(self, handle: Handle, **settings: Any) -> tuple[Any, Between]:
        """The same with somebody in between."""
        transport = Between(handle)
        return self.books(http_client=httpx.Client(transport=transport, timeout=60), **settings), transport


@pytest.fixture(scope="module")
def place(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server of a new firm."""
    url = new_database()
    with python_package(tmp_path_factory.mktemp("sdk")) as (folder, sdk), workers(url) as (worker,):
        yield Place(folder, sdk, worker.url + BASE, asyncio.run(found(url)).token)


@pytest.fixture(scope="module")
def customer(place: Place) -> Any:
    """A customer of the firm."""
    return place.books().contacts.create(contact_name="Sharma Traders", gst_no="27ZZSFS4321H1ZU").contact


def drafted(books: Any, customer: Any, **more: Any) -> Any:
    line = {"name": "Reading lamp", "hsn_or_sac": "940521", "quantity": 1, "rate": Decimal("1250.10")}
    tax = next(each for each in books.taxes.list(shape="INTRA_STATE").taxes if each.tax_percentage == 18)
    lines = [{**line, "tax_id": tax.tax_id}]
    return books.invoices.create(customer_id=customer.contact_id, line_items=lines, **more).invoice


def test_the_five_minutes_of_the_readme_can_be_run(place: Place, tmp_path: Path) -> None:
    program_text, _ = readme_blocks(place)
    program = tmp_path / "five_minutes.py"
    program.write_text(program_text)

    environment = {"PYTHONPATH": str(place.folder), "AIBOOKS_TOKEN": place.token, "AIBOOKS_URL": place.url}
    ran = subprocess.run(
        [sys.executable, program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    number, total, status = ran.stdout.split()
    assert (number.count("/"), total, status) == (2, "4425.00", "PAID")
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF-")


def readme_blocks(place: Place) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (place.folder / "README.md").read_text(), re.DOTALL)


@pytest.mark.thorough
def test_all_of_it_is_strictly_typed_and_a_wrong_call_is_found(place: Place, tmp_path: Path) -> None:
    shown = [tmp_path / f"readme_{number}.py" for number in range(2)]
    for file, block in zip(shown, readme_blocks(place), strict=True):
        file.write_text(block)
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "from finzbooks import FinzBooks\n\nbooks = FinzBooks()\n"
        'books.contacts.create(contact_nam="x")\nbooks.invoices.list(status="SENDT")\n'
        'books.payments.create(flow="INCOMING", contact_id="ct", amount=1.5, mode="UPI")\n'
        'print(books.invoices.get("inv").invoice.totl)\nbooks.invoices.aprove("inv")\n'
        'FinzBooks(organisation="org")\n'
    )

    assert mypy(place, place.folder / "finzbooks", *shown).startswith("Success: no issues found in 14 source files")
    found_by_line = [int(line) for line in re.findall(r"wrong\.py:(\d+): error", mypy(place, wrong))]
    assert sorted(set(found_by_line)) == [4, 5, 6, 7, 8, 9]


def mypy(place: Place, *files: Path) -> str:
    """Check files with strict rules, as a user of the package does."""
    words = ["--strict", "--config-file=", "--cache-dir", str(place.folder / ".mypy_cache"), *map(str, files)]
    environment = {"MYPYPATH": str(place.folder)}
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return ran.stdout


def test_answers_are_typed_and_amounts_exact(place: Place, customer: Any) -> None:
    invoice = drafted(place.books(), customer, custom_fields={"share": Decimal("12.10")}, date=date(2026, 11, 21))

    assert (invoice.taxable_total, invoice.total) == (Decimal("1250.10"), Decimal("1475.00"))
    assert isinstance(invoice.line_items[0].quantity, Decimal)
    assert str(invoice.custom_fields["share"]) in ("12.1", "12.10")
    assert (invoice.date, type(invoice.created_time)) == (date(2026, 11, 21), datetime)
    assert invoice.created_time.tzinfo is not None
    assert invoice.invoice_number is None
    assert place.sdk.meta(place.books().invoices.get(invoice.invoice_id)).etag
    with pytest.raises(TypeError, match="Decimal"):
        drafted(place.books(), customer, discount=0.1)


def test_a_list_goes_on_to_its_end(place: Place) -> None:
    books = place.books()
    made = {books.items.create(item_name=f"Lamp {number}", hsn_or_sac="9405").item.item_id for number in range(5)}
    page = books.items.list(per_page=2)

    walked = [each.item_id for each in page]
    assert {each.tax_percentage for each in books.taxes.list()} >= {0, 5, 18}
    assert len(page.items) == 2
    assert len(walked) == len(set(walked))
    assert made <= set(walked)
    assert set(walked) == {each.item_id for each in books.items.list(per_page=200)}


def test_every_report_of_many_rows_goes_on_to_its_end(place: Place) -> None:
    books = place.books()
    asked = traded_twice(books)
    paged = [each for each in contract().methods if len(each.rows) > 1]

    def asks(method: Method, limit: int) -> dict[str, object]:
        return {each.name: asked[each.name] for each in method.query if each.name in asked} | {"limit": limit}

    async def walks() -> list[list[Any]]:
        async with place.sdk.AsyncFinzBooks(place.token, url=place.url) as books:
            pages = [await getattr(books.reports, each.name)(**asks(each, 2)) for each in paged]
            return [[row async for row in page] for page in pages]

    assert len(paged) >= 12
    for method, awaited in zip(paged, asyncio.run(walks()), strict=True):
        ask = getattr(books.reports, method.name)
        page = ask(**asks(method, 1))
        walked = list(page)
        assert len(page.rows) == 1 < len(walked), method.name
        assert walked == awaited == ask(**asks(method, 100)).rows, method.name


def traded_twice(books: Any) -> dict[str, str]:
    """Sell to two customers and buy from two vendors; return whose ledger and statement may be asked for."""
    tax = next(each for each in books.taxes.list(shape="INTRA_STATE").taxes if each.tax_percentage == 18)
    for name, gstin in (("Sharma", "27ZZSFS4321H1ZU"), ("Patil", "27AAPFU0939F1ZV")):
        contact = books.contacts.create(contact_name=f"{name} Reports", contact_type="BOTH", gst_no=gstin).contact
        item = books.items.create(item_name=f"Lamp of {name}", hsn_or_sac="9405", tax_id=tax.tax_id).item
        for rate in (100, 200):
            lines = [{"item_id": item.item_id, "quantity": 1, "rate": rate}]
            sold = books.invoices.create(customer_id=contact.contact_id, line_items=lines).invoice
            bought = books.bills.create(
                vendor_id=contact.contact_id, bill_number=sold.invoice_id[-12:], line_items=lines
            )
            books.invoices.approve(sold.invoice_id)
            books.bills.approve(bought.bill.bill_id)
    [account] = books.accounts.list(account_type="ACCOUNTS_RECEIVABLE").accounts
    return {"account_id": account.account_id, "contact_id": contact.contact_id}


def test_many_calls_can_be_awaited(place: Place) -> None:
    async def walk() -> list[list[str]]:
        async with place.sdk.AsyncFinzBooks(place.token, url=place.url) as books:
            walks = [names(books, size) for size in (2, 50)]
            return list(await asyncio.gather(*walks))

    async def names(books: Any, size: int) -> list[str]:
        return [each.account_id async for each in await books.accounts.list(per_page=size)]

    few, many = asyncio.run(walk())
    assert few == many
    assert len(few) > 10


def test_errors_have_classes_and_say_all(place: Place, customer: Any) -> None:
    books, sdk = place.books(), place.sdk
    with pytest.raises(sdk.BadRequest) as bad:
        books.contacts.create(contact_name="Verma", gst_no="27VERMA")
    assert (bad.value.code, bad.value.field, bad.value.status) == ("validation.invalid_value", "gst_no", 400)
    assert bad.value.request_id.startswith("req_")
    with pytest.raises(sdk.NotFound) as missing:
        books.invoices.get("inv_01kar7v3fxe7srq2mv8cx0a1in")
    assert missing.value.code == "not_found.resource"
    with pytest.raises(sdk.Unauthenticated):
        sdk.FinzBooks("wrong", url=place.url).whoami.whoami()
    invoice = drafted(books, customer)
    books.invoices.approve(invoice.invoice_id)
    with pytest.raises(sdk.Conflict, match=r"conflict\.invalid_state"):
        books.invoices.approve(invoice.invoice_id)
    with pytest.raises(sdk.PreconditionFailed):
        books.contacts.update(customer.contact_id, notes="x", options={"if_match": 4711})
    tag = sdk.meta(books.contacts.get(customer.contact_id)).etag
    with pytest.raises(sdk.NotModified):
        books.contacts.get(customer.contact_id, options={"if_none_match": tag})


@pytest.mark.parametrize(("status", "after", "waited"), [(429, "3", 3.0), (503, "1", 1.0), (503, None, 0.5)])
def test_what_was_refused_for_now_is_sent_again(place: Place, status: int, after: str | None, waited: float) -> None:
    pauses: list[float] = []

    def first_refused(request: httpx.Request, onward: Onward) -> httpx.Response:
        if len(between.seen) == 1:
            return httpx.Response(status, json=BUSY, headers={"Retry-After": after} if after else {})
        return onward(request)

    books, between = place.between(first_refused, pause=pauses.append)
    made = books.contacts.create(contact_name=f"After {status} {after}")

    assert made.contact.contact_name == f"After {status} {after}"
    assert pauses == [waited]
    keys = {each.headers["Idempotency-Key"] for each in between.seen}
    assert (len(between.seen), len(keys)) == (2, 1)
    assert between.seen[0].headers["User-Agent"].startswith("finzbooks-python/1.")


def test_a_lost_answer_makes_nothing_twice(place: Place, customer: Any) -> None:
    def first_lost(request: httpx.Request, onward: Onward) -> httpx.Response:
        answer = onward(request)
        if request.method == "POST" and sum(each.method == "POST" for each in between.seen) == 1:
            answer.read()
            raise httpx.ReadError("The line is dead.")
        return answer

    books, between = place.between(first_lost, pause=lambda _: None)
    invoice = drafted(books, customer, reference_number="lost-and-found")

    found_ones = place.books().invoices.list(search="lost-and-found")
    assert [each.invoice_id for each in found_ones] == [invoice.invoice_id]


def test_a_key_of_ones_own_gets_the_first_answer_again(place: Place) -> None:
    books = place.books()
    first, second = (
        books.contacts.create(contact_name="Once only", options={"idempotency_key": "order-7781"}) for _ in range(2)
    )

    assert first == second
    assert (place.sdk.meta(first).is_replayed, place.sdk.meta(second).is_replayed) == (False, True)


def test_what_cannot_be_repeated_safely_is_not_sent_again(place: Place, customer: Any) -> None:
    def lost(request: httpx.Request, onward: Onward) -> httpx.Response:
        raise httpx.ReadError("The line is dead.")

    books, between = place.between(lost, pause=lambda _: None)
    with pytest.raises(place.sdk.Unreachable):
        books.contacts.update(customer.contact_id, notes="x")
    assert len(between.seen) == 1
    with pytest.raises(place.sdk.Unreachable):
        books.contacts.get(customer.contact_id)
    assert len(between.seen) == 5


def test_patience_ends(place: Place) -> None:
    def refused(request: httpx.Request, onward: Onward) -> httpx.Response:
        return httpx.Response(429, json=BUSY, headers={"Retry-After": "1"})

    books, between = place.between(refused, pause=lambda _: None, max_tries=3)
    with pytest.raises(place.sdk.RateLimited) as busy:
        books.whoami.whoami()
    assert (len(between.seen), busy.value.headers["Retry-After"]) == (3, "1")


def test_what_is_new_is_kept(place: Place, customer: Any) -> None:
    def newer(request: httpx.Request, onward: Onward) -> httpx.Response:
        answer = onward(request)
        answer.read()
        told = json.loads(answer.content)
        told["contact"] |= {
            "status": "ON_HOLD",
            "loyalty_points": 12,
            "rows": 1,
            "to_dict": 2,
            "created_time": "before dawn",
        }
        return httpx.Response(answer.status_code, json=told)

    contact = place.between(newer)[0].contacts.get(customer.contact_id).contact

    assert (contact.status, contact.loyalty_points) == ("ON_HOLD", 12)
    assert contact.created_time == "before dawn"
    assert (contact.rows, contact.to_dict()["to_dict"]) == (1, 2)


def test_reports_come_as_objects_and_as_files(place: Place) -> None:
    books = place.books()
    report = books.reports.trial_balance(as_of_date="2026-11-30")
    file = books.reports.trial_balance_file(format="csv", as_of_date="2026-11-30")

    assert report.trial_balance.as_of_date == date(2026, 11, 30)
    assert file.content_type == "text/csv"
    assert file.filename is not None
    assert file.filename.endswith(".csv")
    assert b"," in file.content


def test_files_are_sent(place: Place, customer: Any, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Delivered 12 chairs.")
    kept = place.books().attachments.upload(file=note, entity_type="CONTACT", entity_id=customer.contact_id).attachment
    rows = place.books().contacts.import_file(content=b"contact_name\nKonkan Papers\n", query={"dry_run": True})

    assert kept.filename == "note.txt"
    assert rows.import_.dry_run is True


@pytest.mark.parametrize("scheme", ["X-AIBooks-Signature", "webhook-signature"])
def test_webhooks_are_verified_and_read(place: Place, scheme: str) -> None:
    webhooks, models = place.sdk.webhooks, place.sdk.models
    body = (
        b'{"event_type":"INVOICE_PAID","delivery_id":"whd_1","event_id":"evt_1","occurred_at":"2026-11-21T09:30:00Z",'
        b'"org_id":"org_1","data":{"id":"inv_1","number":"A/1","total":0.10}}'
    )
    headers = signed_headers(body, delivery_id="whd_1", timestamp=int(time.time()), secrets=[SECRET])
    others = {"X-AIBooks-Signature", "webhook-signature"} - {scheme}
    sent = {name: value for name, value in headers.items() if name not in others}

    event = webhooks.unwrap(body, sent, SECRET)
    assert isinstance(event, models.InvoiceEvent)
    assert str(event.data.total) == "0.10"
    later = body.replace(b"INVOICE_PAID", b"INVOICE_FRAMED")
    resigned = signed_headers(later, delivery_id="whd_1", timestamp=int(time.time()), secrets=[SECRET])
    assert type(webhooks.unwrap(later, resigned, SECRET)) is models.WebhookEvent
    stale = signed_headers(body, delivery_id="whd_1", timestamp=int(time.time()) - 400, secrets=[SECRET])
    for wrong in (
        (body + b" ", sent, SECRET),
        (body, sent, SECRET[:-1] + "x"),
        (body, {}, SECRET),
        (body, stale, SECRET),
    ):
        with pytest.raises(place.sdk.InvalidSignature):
            webhooks.unwrap(*wrong)


def test_no_member_of_the_contract_has_a_name_of_ours(place: Place) -> None:
    models: list[Any] = [
        each for each in vars(place.sdk.models).values() if isinstance(each, type) and issubclass(each, place.sdk.Model)
    ]

    assert len(models) > 400
    for model in models:
        assert not model._taken & inspect.get_annotations(model).keys(), model


def test_every_operation_is_a_method_of_both_clients(place: Place) -> None:
    methods: list[Callable[..., Any]] = []
    for books in (place.books(), place.sdk.AsyncFinzBooks(place.token)):
        methods += [getattr(getattr(books, each.group), each.name) for each in contract().methods]
    assert len(methods) == 2 * len(contract().methods)
