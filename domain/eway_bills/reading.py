"""The e-way bill of a document as it stands, with all that the portal was asked of it."""

from sqlalchemy import bindparam

from domain.books import Books
from domain.documents.kinds import Kind
from domain.documents.reading import find_with_facts
from domain.eway_bills.eway_bill import EwayBill, Request, last_of
from domain.eway_bills.need import Need
from domain.eway_bills.subject import need_now, subject_of
from domain.statements import Statement, columns_of, tenant_select
from domain.values import Struct
from models.eway_bills import eway_bill_requests

_REQUESTS = Statement(
    tenant_select(eway_bill_requests, *columns_of(eway_bill_requests, Request))
    .where(eway_bill_requests.c.eway_bill_id == bindparam("eway_bill_id"))
    .order_by(eway_bill_requests.c.id)
)


class Carried(Struct, frozen=True):
    """The last e-way bill of a document (``None``: none was asked for), and whether its goods need one.

    ``version`` is that of the document.
    """

    bill: EwayBill | None
    requests: list[Request]
    need: Need
    version: int


async def carried(books: Books, kind: Kind, key: str) -> Carried:
    """Return how the goods of a document travel. Raises NotFound."""
    paper, facts = await find_with_facts(books, kind, key)
    need = need_now(books, await subject_of(books, kind, paper, facts))
    bill = await last_of(books, key)
    requests = [] if bill is None else await books.load(Request, _REQUESTS, eway_bill_id=bill.id)
    return Carried(bill, requests, need, paper.head.version)
