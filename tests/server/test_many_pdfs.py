"""Many documents on paper at once: in one PDF, or in one archive."""

from io import BytesIO
from zipfile import ZipFile

from pypdf import PdfReader

from tests.running import Caller, Firm, found, mint
from tests.server.conftest import Site, Standing
from tests.server.test_pdf_routes import KINDS, an_invoice
from tests.server.trade import a_customer, a_draft, count_of


async def test_a_days_papers_of_all_kinds_are_one_pdf(standing: Standing) -> None:
    keys = [standing.ids[f"{kind}_id"] for kind in KINDS]

    reply = await standing.call("GET", "/pdf", params={"documents": ",".join(keys)})

    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"] == "application/pdf"
    assert reply.headers["Content-Disposition"] == 'inline; filename="documents.pdf"'
    assert reply.headers["Content-Length"] == str(len(reply.content))
    joined = PdfReader(BytesIO(reply.content))
    assert len(joined.outline) == len(keys)
    assert len(joined.pages) >= len(keys)


async def test_they_stand_in_the_order_in_which_they_were_named(call: Caller) -> None:
    first, second = await an_invoice(call), await an_invoice(call)
    keys = f"{second['invoice_id']},{first['invoice_id']}"

    reply = await call("GET", "/pdf", params={"documents": keys, "template": "tally"})

    texts = [page.extract_text() for page in PdfReader(BytesIO(reply.content)).pages]
    assert ["INV/26-27/0002" in texts[0], "INV/26-27/0001" in texts[1]] == [True, True]


async def test_an_archive_has_each_under_its_own_name(call: Caller, firm: Firm) -> None:
    invoice, draft = await an_invoice(call), await a_draft(call, await a_customer(call))
    alone = await call("GET", f"/invoices/{draft}/pdf")

    query = {"documents": f"{invoice['invoice_id']},{draft}", "format": "zip", "download": True}
    reply = await call("GET", "/pdf", params=query)

    assert reply.headers["Content-Type"] == "application/zip"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="documents.zip"'
    archive = ZipFile(BytesIO(reply.content))
    assert archive.namelist() == ["INV-26-27-0001.pdf", f"{draft}.pdf"]
    assert archive.read(f"{draft}.pdf") == alone.content
    assert count_of(firm, "renders") == 2, "each is kept by itself"


async def test_each_needs_the_scope_to_read_it(site: Site, call: Caller, firm: Firm) -> None:
    invoice = await an_invoice(call)
    held = ("AIBooks.bills.READ",)
    narrow = call.with_token(await mint(site.database, firm.owner_id, firm.organization_id, held=held))

    reply = await narrow("GET", "/pdf", params={"documents": invoice["invoice_id"]})

    assert (reply.status_code, reply.json()["code"]) == (403, "auth.insufficient_scope")
    assert reply.json()["details"] == {"required": ["AIBooks.invoices.READ"]}


async def test_what_is_not_there_is_named(site: Site, call: Caller) -> None:
    mine = (await an_invoice(call))["invoice_id"]
    other = call.with_token((await found(site.database)).token)

    for caller, keys, missing in (
        (call, f"{mine},inv_none", "inv_none"),
        (call, "zz_none", "zz_none"),
        (call, f"{mine},ct_none", "ct_none"),
        (other, mine, mine),
    ):
        reply = await caller("GET", "/pdf", params={"documents": keys})

        assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (
            404,
            "not_found.resource",
            "documents",
        )
        assert f"'{missing}'" in reply.json()["message"]


async def test_one_to_fifty_different_ones_are_named(call: Caller) -> None:
    for keys in ("", "inv_a,inv_a", ",".join(f"inv_{number}" for number in range(51))):
        reply = await call("GET", "/pdf", params={"documents": keys})

        assert (reply.status_code, reply.json()["code"]) == (400, "validation.invalid_value"), keys
    assert (await call("GET", "/pdf")).json()["code"] == "validation.required_field"
