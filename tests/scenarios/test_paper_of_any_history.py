"""What is printed of any books says what the API says of them, by both renderers, page for page and byte for byte.

``FINZBOOKS_PAPERS`` asks for another number of documents than usual, and then for new ones at each run.
"""

import importlib
import os
import random
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from psycopg import AsyncConnection

from adapters.pdf import Renderer
from domain.documents.kinds import KIND_NAMED
from domain.documents.printing.look import look_of
from domain.documents.printing.sheet import Sheet
from domain.pictures import LOGO, OF_ORGANIZATION, SIGNATURE, put_up
from domain.registration import amend_organization
from handlers.payments import get_payment
from server.demo import drawings
from server.printing.markup import TEMPLATES, html_of
from tests.adapters.paper import page_texts, renderer
from tests.conftest import NewDatabase
from tests.domain.conftest import NOW, body_of, turn_to
from tests.scenarios.histories.firms import FIRMS, Firm, found
from tests.scenarios.histories.history import History, Step, begin, take
from tests.scenarios.histories.paper_figures import (
    figures_in,
    figures_of_lines,
    figures_of_payment,
    figures_of_sum,
    grouped,
    in_words,
    squeezed,
)
from tests.scenarios.papers import sheet_of, voucher_of
from tests.scenarios.test_any_history import ACTS
from tests.server.printing.codes import codes_on

WANTED = os.environ.get("FINZBOOKS_PAPERS")
PAPERS = int(WANTED or 36)
_STEPS_OF_A_HISTORY = 24
_NAMES = [name for name, (weight, _) in ACTS.items() for _ in range(weight)]
_ACTS = {name: act for name, (_, act) in ACTS.items()}
_RENDERERS = [name for name, program in (("pdfkit", "wkhtmltopdf"), ("plutoprint", "python3")) if shutil.which(program)]
_ENOUGH = 12
_AGAIN = 5
"""One in so many is rendered twice."""

SETTINGS = {
    "accent_colour": "#7a1f1f",
    "footer": "Sahyadri Traders <i>14 MG Road</i>",
    "terms": "Payment within 30 days.\n{{ 7 * 7 }} & <script>alert(1)</script>",
    "declaration": "We declare that this shows the actual price.",
    "bank_details": {"bank_name": "HDFC Bank", "account_number": "50200012345678", "upi_id": "sahyadri@hdfcbank"},
}


@pytest.fixture
async def firms(new_database: NewDatabase) -> AsyncIterator[tuple[AsyncConnection[Any], list[Firm]]]:
    """Firms that have said how their documents look, and a connection under the server's role."""
    options = "-c role=finzbooks_operator -c timezone=UTC"
    async with await AsyncConnection.connect(new_database(), options=options, autocommit=True) as connection:
        made = [await found(connection, name) for name in FIRMS]
        for firm in made:
            async with connection.transaction():
                await turn_to(firm.books)
                await amend_organization(firm.books, SETTINGS)
                for name, picture in ((LOGO, drawings.logo()), (SIGNATURE, drawings.signature())):
                    await put_up(firm.books, OF_ORGANIZATION, firm.books.organization_id, name, picture)
        yield connection, made


@asynccontextmanager
async def lived(connection: AsyncConnection[Any], firm: Firm, chance: random.Random) -> AsyncIterator[History]:
    """A history of some steps, which is forgotten afterwards."""
    async with connection.transaction(force_rollback=True):
        partners = chance.randrange(len(firm.customers)), chance.randrange(len(firm.vendors))
        history = await begin(connection, firm.dealing_with(*partners))
        for _ in range(_STEPS_OF_A_HISTORY):
            await take(history, _ACTS, Step(chance.choice(_NAMES), chance.randbytes(40)))
        yield history


async def papers_of(history: History) -> list[tuple[Sheet, dict[str, Any]]]:
    """The sheet of everything that can be printed, each beside what the API shows of it."""
    books, made = history.books, []
    for row in history.documents():
        kind = row["kind"].lower()
        show = getattr(importlib.import_module(f"handlers.{kind}s"), f"get_{kind}")
        shown = body_of(await show(books, row["id"]))[kind]
        look = await look_of(books, row["branch_id"])
        made.append((await sheet_of(books, KIND_NAMED[row["kind"]], row["id"], look, copies=0), shown))
    for row in history.now.where("payments", lambda payment: payment["deleted_at"] is None):
        shown = body_of(await get_payment(books, row["id"]))["payment"]
        made.append((await voucher_of(books, row["id"], await look_of(books, row["branch_id"])), shown))
    return made


def check_figures(text: str, shown: dict[str, Any]) -> None:
    """Check that a text holds every figure of what is shown, as often as it has it, and the total in words."""
    found_ones, amount = figures_in(text), Decimal(shown.get("total", shown.get("amount", 0)))
    lines = figures_of_lines(shown) if "line_items" in shown else {}
    missing = {figure: times for figure, times in lines.items() if found_ones[figure] < times}
    assert not missing, f"of the lines: {missing}"
    for figure in figures_of_sum(shown) if "line_items" in shown else figures_of_payment(shown):
        assert found_ones[figure] > lines.get(figure, 0) * (figure not in found_ones), f"of the sum: {figure}"
    assert squeezed(in_words(amount, shown["currency_code"])) in squeezed(text)


def check_order(text: str, shown: dict[str, Any]) -> None:
    """Check that the lines stand on the pages in their order."""
    rest = squeezed(text)
    for line in shown.get("line_items", ()):
        before, name, rest = rest.partition(squeezed(line["name"]))
        assert name, f"{line['name']} is not behind {before[-40:]}"


def check_payment_code(pdf: bytes, sheet: Sheet, shown: dict[str, Any]) -> None:
    """Check that the code on the page is read off its picture, and asks for what is open."""
    if sheet.payment_code is None:
        assert sheet.einvoice is not None or codes_on(pdf, dots=100) == []
        return
    (read,) = codes_on(pdf)
    assert read == sheet.payment_code.payload
    assert f"am={shown['balance']:.2f}&" in read
    assert grouped(shown["balance"], "INR") in sheet.payment_code.caption


def chances() -> Iterator[random.Random]:
    """Chance without end, the same at each run unless a number of papers is asked for."""
    seed = random.SystemRandom().randrange(2**32) if WANTED else 47
    print(f"papers of chance {seed}")
    yield from cycle([random.Random(seed)])


@pytest.mark.slow
@pytest.mark.thorough
async def test_a_paper_says_what_the_api_says_in_either_renderer(
    firms: tuple[AsyncConnection[Any], list[Firm]], tmp_path: Path
) -> None:
    connection, made = firms
    renderers = [renderer(name, tmp_path) for name in _RENDERERS]
    wrong: list[str] = []
    count, kinds = 0, Counter[str]()
    for firm, chance in zip(cycle([*made, *made[:2]]), chances(), strict=False):
        async with lived(connection, firm, chance) as history:
            for sheet, shown in await papers_of(history):
                template = TEMPLATES[count % len(TEMPLATES)]
                try:
                    await _check(renderers, sheet, template, shown, twice=count % _AGAIN == 0)
                except AssertionError as fault:
                    wrong.append(f"{sheet.title} {sheet.number} as {template}, of {firm.name}: {fault}")
                count += 1
                kinds[sheet.title] += 1
                if count == PAPERS or len(wrong) == _ENOUGH:
                    print(f"{count} papers: {dict(kinds)}")
                    assert wrong == []
                    return


async def _check(renderers: list[Renderer], sheet: Sheet, template: str, shown: dict[str, Any], *, twice: bool) -> None:
    html = html_of(sheet, template)
    pages: list[list[str]] = []
    for each in renderers:
        pdf = await each.render(html, title=sheet.number, made_at=NOW)
        if twice:
            assert pdf == await each.render(html, title=sheet.number, made_at=NOW), f"{each.name} made other bytes"
        texts = page_texts(pdf)
        check_figures("\n".join(texts), shown)
        check_order("\n".join(texts), shown)
        check_payment_code(pdf, sheet, shown)
        pages.append([squeezed(text) for text in texts])
    assert len({len(each) for each in pages}) == 1, f"{[len(each) for each in pages]} pages"
    for place, of_both in enumerate(zip(*pages, strict=True), 1):
        assert len({"".join(sorted(text)) for text in of_both}) == 1, f"page {place} says different things"
