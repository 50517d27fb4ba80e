"""Looking at what is in the books: lists of documents, and each with its lines, its PDF, and what came of it."""

from typing import Any

from starlette.responses import Response

from domain.access import members
from domain.errors import RouteNotFound
from domain.gst.states import PLACES_OF_SUPPLY
from server.console.inner import Members
from server.console.opening import COLLECTIONS, singular
from server.console.pages import Page
from server.console.paging import cursor_of, following
from server.console.showing import HEADERS
from server.console.visits import Visit

_PER_PAGE = 50
_KINDS_WITHOUT_PAPER = frozenset({"journals"})
_STATUSES = {
    "invoices": ("DRAFT", "SENT", "PARTIALLY_PAID", "OVERDUE", "PAID", "CANCELLED"),
    "bills": ("DRAFT", "OPEN", "PARTIALLY_PAID", "OVERDUE", "PAID", "CANCELLED"),
}
_NOT_OPEN = ("DRAFT", "CANCELLED", "VOID")
_NARROWING = ("status", "search", "date_from", "date_to", "cursor", "customer_id", "vendor_id", "contact_id")
PDF_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


def _collection(visit: Visit) -> str:
    name = visit.path["collection"]
    if name not in COLLECTIONS:
        raise RouteNotFound("There is no such page.")
    return name


async def kinds(visit: Visit) -> Response:
    """Show which kinds of documents there are."""
    return visit.page("kinds.html", kinds=COLLECTIONS)


async def listing(visit: Visit) -> Response:
    """List the documents of a kind, the newest first."""
    collection = _collection(visit)
    asked = {name: visit.query[name] for name in _NARROWING if visit.query.get(name)}
    answer, refusal = await visit.look(f"/{collection}", per_page=_PER_PAGE, **asked)
    return visit.page(
        "books.html",
        refusal=refusal,
        collection=collection,
        title=COLLECTIONS[collection],
        rows=[_row(collection, each) for each in (answer[collection] if answer else ())],
        statuses=_STATUSES.get(collection, ()),
        asked=Members(asked),
        following=following(asked, cursor_of(answer)),
    )


def _row(collection: str, found: Any) -> dict[str, Any]:
    """Return what a line of the list shows, under one name for all kinds."""
    one = singular(collection)
    return {
        "id": found[f"{one}_id"],
        "number": found[f"{one}_number"] or found["reference_number"] or "Draft",
        "date": found["date"],
        "who": found["customer_name"] or found["vendor_name"] or found["contact_name"] or found["memo"],
        "status": found["status"],
        "total": found["total"] if found["total"] is not None else found["amount"],
        "balance": None if found["status"] in _NOT_OPEN else found["balance"],
        "currency_code": found["currency_code"],
    }


async def document(visit: Visit) -> Response:
    """Show a document with its lines, and its PDF beside them."""
    collection, key = _collection(visit), visit.path["key"]
    one = singular(collection)
    found = (await visit.get(f"/{collection}/{key}"))[one]
    trail = await visit.get("/activity", entity_id=key, per_page=20)
    async with visit.books() as books:
        people = {each.user_id: each.name for each in await members.list_everybody(books)}
    return visit.page(
        "document.html",
        collection=collection,
        title=COLLECTIONS[collection],
        found=found,
        row=_row(collection, found),
        has_paper=collection not in _KINDS_WITHOUT_PAPER,
        taxes=[name for name in ("cgst", "sgst", "igst", "cess") if found[f"{name}_total"]],
        trail=trail["activity"],
        people=people,
        place=PLACES_OF_SUPPLY.get(found["place_of_supply"]),
        settled=[_settled(visit, each) for each in found["allocations"] or ()],
    )


def _settled(visit: Visit, allocation: Any) -> dict[str, Any]:
    """Return what of a payment went to a document, and where that is."""
    for collection in COLLECTIONS:
        if key := allocation[f"{singular(collection)}_id"] if collection not in ("journals", "payments") else None:
            return {**allocation, "href": f"{visit.base}/books/{collection}/{key}"}
    return {**allocation, "href": None}


async def paper(visit: Visit) -> Response:
    """Send the PDF of a document."""
    collection, key = _collection(visit), visit.path["key"]
    template = visit.query.get("template")
    answer = await visit.call("GET", f"/{collection}/{key}/pdf", query={"template": template})
    if answer.status == 302:
        return Response(status_code=302, headers={**PDF_HEADERS, "Location": answer.headers["location"]})
    headers = {**PDF_HEADERS, "Content-Disposition": answer.headers["content-disposition"]}
    return Response(answer.content, 200, headers, media_type="application/pdf")


PAGES = (
    Page("/console/{organization}/books", kinds, heading="Books", label="Documents"),
    Page("/console/{organization}/books/{collection}", listing),
    Page("/console/{organization}/books/{collection}/{key}", document),
    Page("/console/{organization}/books/{collection}/{key}/pdf", paper),
)
