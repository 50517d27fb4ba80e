"""What people write into names, notes and settings is printed as they wrote it, and never carried out."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pypdf
import pytest
import pytest_asyncio

from adapters.pdf import Renderer
from domain.books import Books
from domain.documents.kinds import INVOICE
from domain.documents.printing.look import look_of
from domain.registration import amend_organization
from server.printing.markup import TEMPLATES, html_of
from tests.adapters.paper import RENDERERS, page_texts, renderer
from tests.adapters.test_pdf_fetches_nothing import Listener
from tests.domain.conftest import NOW
from tests.scenarios.builders import MAHARASHTRA_BUYER, a_customer, a_line, an_approved_invoice
from tests.scenarios.histories.paper_figures import squeezed
from tests.scenarios.papers import sheet_of
from tests.server.printing.codes import codes_on

CARRIED_OUT = ("/URI", "/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/SubmitForm", "/EmbeddedFile")
"""What a reader of a PDF would follow or run."""


@pytest_asyncio.fixture(params=RENDERERS, scope="module")
async def press(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Renderer]:
    made = renderer(request.param, tmp_path_factory.mktemp("paper"))
    yield made
    await made.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def hostile(url: str) -> dict[str, str]:
    """A text for each place in which people write, with a word by which it is found again."""
    return {
        "name": f"<img src={url}/n>\"'></div><b>Buyer &amp; Sons",
        "item": f"<script src={url}/i></script><style>@import url({url}/s)</style>Chair",
        "description": "{{ 7 * 7 }} {% include '/etc/passwd' %} ${7*7} #{7*7}",
        "notes": f"<iframe src='file:///etc/passwd'></iframe>\n<a href='javascript:alert(1)'>{url}/a</a> javascript:x",
        "terms": f"</style></head><link rel=stylesheet href={url}/l> url(file:///etc/passwd) position:fixed",
        "footer": f"--><meta http-equiv=refresh content='0;url={url}/m'><!-- footer",
        "declaration": f"<object data={url}/o></object><svg onload=alert(1)> ]]>",
    }


@pytest.mark.parametrize("template", TEMPLATES)
async def test_what_people_write_is_printed_as_they_wrote_it(
    books: Books, press: Renderer, listener: Listener, template: str
) -> None:
    said = hostile(listener.url)
    settings = {name: said[name] for name in ("terms", "footer", "declaration")}
    await amend_organization(books, {**settings, "bank_details": {"upi_id": "sahyadri@hdfcbank"}})
    customer = await a_customer(books, said["name"], gst_no=MAHARASHTRA_BUYER)
    line = a_line("1250.00", quantity=3, name=said["item"], description=said["description"])
    invoice = await an_approved_invoice(books, customer, line, notes=said["notes"])
    sheet = await sheet_of(books, INVOICE, invoice.head.id, await look_of(books, invoice.head.branch_id))

    pdf = await press.render(html_of(sheet, template), title=sheet.number, made_at=NOW)

    told = squeezed("".join(page_texts(pdf)))
    assert [name for name, text in said.items() if squeezed(text) not in told] == []
    assert "root:" not in told
    assert listener.heard == []


async def test_nothing_in_the_pdf_can_be_followed_or_run(
    books: Books, press: Renderer, listener: Listener, tmp_path: Path
) -> None:
    said = hostile(listener.url)
    customer = await a_customer(books, said["name"], gst_no=MAHARASHTRA_BUYER)
    invoice = await an_approved_invoice(books, customer, a_line("10.00", name=said["item"]), notes=said["notes"])
    sheet = await sheet_of(books, INVOICE, invoice.head.id, await look_of(books, invoice.head.branch_id))

    pdf = await press.render(html_of(sheet, "classic"), title=said["name"], made_at=NOW)

    path = tmp_path / "invoice.pdf"
    path.write_bytes(pdf)
    objects = [
        repr(pypdf.PdfReader(path).get_object(number)) for number in range(1, len(pypdf.PdfReader(path).xref[0]))
    ]
    assert len(objects) > 5
    assert [name for name in CARRIED_OUT for each in objects if f"'{name}'" in each] == []


async def test_a_name_cannot_change_what_a_payment_code_asks_for(books: Books, press: Renderer) -> None:
    name = "Sahyadri&am=1.00&pa=thief@bank#?tr=X%26"
    await amend_organization(books, {"name": name, "bank_details": {"upi_id": "sahyadri@hdfcbank"}})
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))
    sheet = await sheet_of(books, INVOICE, invoice.head.id, await look_of(books, invoice.head.branch_id))

    (read,) = codes_on(await press.render(html_of(sheet, "modern"), title="Invoice", made_at=NOW))

    asked = parse_qs(urlsplit(read).query, strict_parsing=True)
    assert asked == {
        "pa": ["sahyadri@hdfcbank"],
        "pn": [name],
        "am": ["1180.00"],
        "cu": ["INR"],
        "tn": ["INV/26-27/0001"],
        "tr": ["INV26270001"],
    }


async def test_without_the_wish_or_once_it_is_paid_there_is_no_payment_code(books: Books, press: Renderer) -> None:
    await amend_organization(books, {"is_upi_qr_printed": False, "bank_details": {"upi_id": "sahyadri@hdfcbank"}})
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))
    sheet = await sheet_of(books, INVOICE, invoice.head.id, await look_of(books, invoice.head.branch_id))

    pdf = await press.render(html_of(sheet, "boxed"), title="Invoice", made_at=NOW)

    assert codes_on(pdf) == []
    assert "sahyadri@hdfcbank" in squeezed("".join(page_texts(pdf)))
