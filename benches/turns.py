"""What a client does with invoices over HTTP, ready to be sent: list, get, create, approve, pay."""

import itertools
import re
from collections.abc import Iterator, Sequence

import msgspec
import psycopg

from benches.book import Book
from benches.load import Turn, ask, request

LIST, DEEP, GET = "list 50, first page", "list 50, deep in", "get one"
CREATE, TWO_CALLS, ONE_CALL = "create a draft", "create, then approve", "create and approve at once"
BULK, PAYMENT = "the same in bulk, 50 a call", "payment with 10 allocations"

_INVOICES = "/api/public/v1/invoices"
_BULK = "/api/public/v1/bulk/invoices"
_PAYMENTS = "/api/public/v1/payments"
_LINES = 5
_KINDS_OF_BODY = 100
_ROWS = 50
_ALLOCATIONS = 10
_ID = re.compile(rb"/invoices/(inv_\w+)")


def turns_on(book: Book, port: int) -> dict[str, Turn]:
    """Return each thing to do, by its name in the tables."""
    listing = f"{_INVOICES}?per_page=50"
    bodies = [draft_of(book, number) for number in range(_KINDS_OF_BODY)]
    approved_bodies = [draft_of(book, number, auto_approve=True) for number in range(_KINDS_OF_BODY)]
    bulk = request("POST", port, _BULK, book.token, _in_bulk(approved_bodies[:_ROWS]))
    payments = itertools.cycle([request("POST", port, _PAYMENTS, book.token, body) for body in _payments(book)])
    gets = itertools.cycle([request("GET", port, f"{_INVOICES}/{key}", book.token) for key in _some_ids(book)])

    def creation(of: Sequence[bytes]) -> Iterator[bytes]:
        return (request("POST", port, _INVOICES, book.token, body) for body in itertools.cycle(of))

    drafts, drafts_to_approve, at_once = creation(bodies), creation(bodies), creation(approved_bodies)

    def approval(response: bytes) -> bytes | None:
        created = _ID.search(response, 0, response.find(b"\r\n\r\n"))  # in Location, which only a creation has
        if created is None:
            return None
        return request("POST", port, f"{_INVOICES}/{created[1].decode()}/approve", book.token)

    first_page = request("GET", port, listing, book.token)
    deep_page = request("GET", port, f"{listing}&cursor={_deep_cursor(book, port)}", book.token)
    return {
        LIST: Turn(lambda: first_page),
        DEEP: Turn(lambda: deep_page),
        GET: Turn(lambda: next(gets)),
        CREATE: Turn(lambda: next(drafts)),
        TWO_CALLS: Turn(lambda: next(drafts_to_approve), approval),
        ONE_CALL: Turn(lambda: next(at_once)),
        BULK: Turn(lambda: bulk, makes=_ROWS),
        PAYMENT: Turn(lambda: next(payments)),
    }


def draft_of(book: Book, number: int, **more: bool) -> bytes:
    """A draft of five lines, as a caller sends one: a customer, items and quantities, and ``more``."""
    items = len(book.item_ids)
    lines = [
        {"item_id": book.item_ids[(number * 7 + line * 31) % items], "quantity": 1 + (number + line) % 9}
        for line in range(_LINES)
    ]
    customer = book.customer_ids[number * 13 % len(book.customer_ids)]
    return msgspec.json.encode({"customer_id": customer, "line_items": lines, **more})


def _in_bulk(bodies: Sequence[bytes]) -> bytes:
    return b'{"invoices": [' + b", ".join(bodies) + b"]}"


def _payments(book: Book) -> list[bytes]:
    """Payments of ten rupees, one on each of ten open invoices of a customer: small, so that they stay open."""
    with psycopg.connect(book.url) as connection:
        found = connection.execute(
            """
            select contact_id, (array_agg(id order by md5(id)))[:%s] as ids
              from documents
             where kind = 'INVOICE' and journal_id is not null and balance > 1000
             group by contact_id
            having count(*) >= %s
            """,
            (_ALLOCATIONS, _ALLOCATIONS),
        ).fetchall()
    return [
        msgspec.json.encode(
            {
                "flow": "INCOMING",
                "contact_id": contact_id,
                "amount": _ALLOCATIONS,
                "allocations": [{"invoice_id": key, "amount": 1} for key in ids],
            }
        )
        for contact_id, ids in found
    ]


def _some_ids(book: Book) -> list[str]:
    with psycopg.connect(book.url) as connection:
        rows = connection.execute("select id from documents order by md5(id) limit 1000")
        return [row[0] for row in rows]


def _deep_cursor(book: Book, port: int) -> str:
    """Leaf through half of the book and return the cursor reached."""
    target = f"{_INVOICES}?per_page=200"
    cursor = ""
    for _ in range(max(1, book.invoices // 2 // 200)):
        page = ask(port, request("GET", port, target + (f"&cursor={cursor}" if cursor else ""), book.token))
        cursor = msgspec.json.decode(page.split(b"\r\n\r\n", 1)[1])["page_context"]["next_cursor"]
    return cursor
