"""Looking at the books: figures that open what is behind them, and a document with its PDF."""

import re
from decimal import Decimal

from playwright.async_api import expect

from server.console.charts import columns, short
from server.console.figures import day, moment, money, period, rupees, words
from server.console.opening import COLLECTIONS, page_of
from tests.browser.conftest import Demo
from tests.browser.console.conftest import Desk
from tests.running import calling


async def test_from_the_trial_balance_to_the_paper_by_clicking(desk: Desk) -> None:
    page = await desk.open("/reports/trial_balance")
    await page.get_by_role("link", name="Trade receivables").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ledger: Trade receivables")
    balance = await page.locator("tr.total td.number").last.inner_text()

    await page.get_by_role("link", name=re.compile("MUM.26")).first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("MUM/")
    link = page.get_by_role("link", name="Open the PDF")
    paper = await page.request.get(desk.url + (await link.get_attribute("href") or ""))
    assert (await paper.body()).startswith(b"%PDF-")
    assert paper.headers["content-type"] == "application/pdf"
    assert "frame-ancestors 'self'" in paper.headers["content-security-policy"]

    await desk.open("")
    owed = desk.page.locator(".card").filter(has_text="Customers owe").locator(".figure")
    await expect(owed).to_have_text(f"₹{balance}")


async def test_what_the_dashboard_says_is_what_the_api_says(desk: Desk, demo: Demo) -> None:
    async with calling(demo.worker.url) as caller:
        call = caller.with_token(demo.token)
        totals = (await call("GET", "/reports/ar_aging?limit=1")).json()["ar_aging"]["totals"]
        accounts = (await call("GET", "/bank_accounts")).json()["bank_accounts"]

    page = await desk.open("")
    cards = page.locator(".card")

    await expect(cards.filter(has_text="Customers owe").locator(".figure")).to_have_text(rupees(totals["net"]))
    cash = sum((Decimal(str(each["current_balance"])) for each in accounts), Decimal(0))
    await expect(cards.filter(has_text="Cash and bank").locator(".figure")).to_have_text(rupees(cash))
    await expect(page.get_by_role("group", name="Income by month").locator("a")).to_have_count(6)


async def test_every_kind_of_document_has_a_list_and_a_page(desk: Desk) -> None:
    for collection in COLLECTIONS:
        page = await desk.open(f"/books/{collection}")
        first = page.locator("tbody a").first
        if await first.count():
            answer = await page.goto(desk.url + (await first.get_attribute("href") or ""))
            assert answer is not None and answer.status == 200, collection
            assert await page.locator("h1").count() == 1


async def test_a_filter_that_is_refused_is_told(desk: Desk) -> None:
    answer = await desk.page.request.get(f"{desk.base}/books/invoices?date_from=yesterday")
    assert answer.status == 400
    assert re.search(r'role="alert">date_from ', await answer.text())


async def test_reports_come_as_files(desk: Desk) -> None:
    page = await desk.open("/reports?from_date=2026-10-01&to_date=2026-10-31")
    for name, starts in (
        ("Sales register as xlsx", b"PK"),
        ("Day book as csv", b""),
        ("Trial balance as pdf", b"%PDF-"),
    ):
        href = await page.get_by_role("link", name=name).get_attribute("href")
        answer = await page.request.get(desk.url + (href or ""))
        assert answer.status == 200, name
        assert (await answer.body()).startswith(starts)
        assert "attachment" in answer.headers["content-disposition"]


def test_figures_are_written_as_in_india() -> None:
    assert money(Decimal("12345678.9")) == "1,23,45,678.90"
    assert [money(each) for each in (0, 999, 1000, -100000, "")] == ["0.00", "999.00", "1,000.00", "−1,00,000.00", ""]
    assert (rupees(-6962), rupees(5), rupees(None)) == ("−₹6,962.00", "₹5.00", "")
    assert day("2026-04-01") == "1 Apr 2026"
    assert moment("2026-03-31T20:00:00Z") == "1 Apr 2026, 01:30"
    assert (words("PARTIALLY_PAID"), words("INVOICE_EINVOICE_FAILED")) == ("Partially paid", "Invoice e-invoice failed")
    assert period("032026") == "Mar 2026"
    assert [short(Decimal(each)) for each in (12, 1500, 250000, -31000000)] == ["12", "1.5 k", "2.5 L", "−3.1 Cr"]


def test_bars_stand_on_the_line_and_hang_from_it() -> None:
    chart = columns([("a", Decimal(300), None), ("b", Decimal(0), None), ("c", Decimal(-100), "/c")])
    up, none, down = chart.bars
    assert up.y + up.height == chart.base
    assert none.height == 0
    assert down.y == chart.base
    assert up.height == 3 * down.height
    assert down.y + down.height <= chart.height


def test_a_chart_of_nothing_has_its_line_at_the_foot() -> None:
    some, none = (columns([("a", Decimal(each), None)]) for each in (5, 0))
    assert (none.base, none.bars[0].y) == (some.base, some.base)


def test_what_has_no_page_opens_nothing() -> None:
    assert page_of("/b", None) is None
    assert page_of("/b", {"path": "/reports/gstr1", "query": {}}) is None
    assert page_of("/b", {"path": "/bills/bill_1", "query": {}}) == "/b/books/bills/bill_1"
    opened = page_of("/b", {"path": "/reports/ledger", "query": {"account_id": "acc_1", "contact_id": None}})
    assert opened == "/b/reports/ledger?account_id=acc_1"
