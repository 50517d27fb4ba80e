"""How documents look on paper: template, colour, words, pictures, and the PDF as it would be before they are saved."""

from typing import Any

from starlette.responses import Response

from domain import organization
from domain.access import roles
from domain.access.scopes import FULL_ACCESS
from domain.books import Books
from domain.errors import NotFound, Refusal, RouteNotFound
from server.console.books import PDF_HEADERS
from server.console.forms import Field, body, filled, told
from server.console.pages import Page
from server.console.settings import BANK, HEADING
from server.console.showing import HEADERS
from server.console.visits import Visit
from server.printing.markup import TEMPLATES

_AT = "/console/{organization}/settings/templates"
_MAY = ("AIBooks.settings.UPDATE",)
_PICTURES = ("logo", "signature")
_LOOK = (
    Field("default_template", "Template", "choice", [(name, name.capitalize()) for name in TEMPLATES], required=True),
    Field("accent_colour", "Colour", hint="As #0b6e4f; empty: the template's own.", longest=7),
    Field("is_upi_qr_printed", "Print a UPI code with open invoices", "tick"),
    Field("signatory_name", "Signed by"),
    Field("declaration", "Declaration", "area", longest=2000),
    Field("terms", "Terms", "area", longest=2000),
    Field("footer", "Foot of each page", "area", longest=500),
    *BANK,
)


async def look(visit: Visit) -> Response:
    """Show how documents look, and the last invoice so."""
    found = await visit.organization()
    return await _form(visit, found, told(_LOOK, found))


async def change_look(visit: Visit) -> Response:
    """Save it."""
    try:
        await visit.send("PUT", f"/organizations/{visit.here.id}", body(visit, _LOOK), version=visit.version())
    except Refusal as refusal:
        return await _form(visit, await visit.organization(), filled(visit, _LOOK), refusal)
    return visit.go(f"{visit.base}/settings/templates", "saved")


async def preview(visit: Visit) -> Response:
    """Answer the last invoice as a PDF, looking as the form says that was not saved yet."""
    role = visit.here.role
    roles.check(_MAY, scopes=roles.within(frozenset((FULL_ACCESS,)), role), role=role)
    sample = await _sample(visit)
    if sample is None:
        raise NotFound("Invoice", "any")
    values = body(visit, _LOOK)

    async def change(books: Books) -> None:
        await organization.amend(books, values)

    content = await visit.means.printing.previewed(visit.here.id, visit.user.user_id, "INVOICE", sample, change)
    headers = {**PDF_HEADERS, "Content-Disposition": 'inline; filename="preview.pdf"'}
    return Response(content, 200, headers, media_type="application/pdf")


async def picture(visit: Visit) -> Response:
    """Show the logo or the signature."""
    answer = await visit.call("GET", _picture_path(visit))
    if answer.status == 302:
        return Response(status_code=302, headers={**HEADERS, "Location": answer.headers["location"]})
    return Response(answer.content, 200, HEADERS, media_type=answer.headers["content-type"])


async def change_picture(visit: Visit) -> Response:
    """Take another picture, or the one that is there away if none was chosen."""
    headers = {"Content-Type": visit.exchange.headers.get(b"content-type", b"").decode("latin-1")}
    try:
        if visit.query.get("act") == "remove":
            await visit.call("DELETE", _picture_path(visit))
        else:
            await visit.call("PUT", _picture_path(visit), body=visit.raw_body, headers=headers)
    except Refusal as refusal:
        found = await visit.organization()
        return await _form(visit, found, told(_LOOK, found), refusal)
    return visit.go(f"{visit.base}/settings/templates", "saved")


def _picture_path(visit: Visit) -> str:
    name = visit.path["picture"]
    if name not in _PICTURES:
        raise RouteNotFound("There is no such picture.")
    return f"/organizations/{visit.here.id}/{name}"


async def _sample(visit: Visit) -> str | None:
    """Return the id of the last invoice."""
    invoices = (await visit.get("/invoices", per_page=1))["invoices"]
    return invoices[0]["invoice_id"] if invoices else None


async def _form(visit: Visit, found: Any, values: Any, refusal: Refusal | None = None) -> Response:
    return visit.page(
        "appearance.html",
        refusal=refusal,
        found=found,
        values=values,
        fields=_LOOK,
        pictures=_PICTURES,
        has_sample=await _sample(visit) is not None,
    )


PAGES = (
    Page(_AT, look, change_look, heading=HEADING, label="Templates"),
    Page(f"{_AT}/preview", act=preview),
    Page(f"{_AT}/{{picture}}", picture, change_picture, takes_files=True),
)
