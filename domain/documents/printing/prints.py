"""Which paper a document, a payment or an expense becomes, read in one snapshot of the books."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from domain.books import Books
from domain.documents.kinds import KINDS, Kind
from domain.documents.printing import stamps
from domain.documents.printing.expense_papers import expense_material_of, expense_paper
from domain.documents.printing.look import look_of
from domain.documents.printing.material import material_of
from domain.documents.printing.papers import paper
from domain.documents.printing.print import Print, Wanted
from domain.documents.printing.printed_kinds import printed_as
from domain.documents.printing.voucher_material import voucher_material_of
from domain.documents.printing.vouchers import voucher
from domain.errors import NotFound

Make = Callable[[Books, str, Wanted], Awaitable[Print]]
"""Puts the thing with an id on paper."""


async def of(books: Books, entity_type: str, key: str, wanted: Wanted) -> Print:
    """Put a thing of a kind on paper, as it stands in one snapshot. Raises NotFound."""
    async with books.snapshot():
        return await MAKERS[entity_type](books, key, wanted)


async def of_many(books: Books, keys: Sequence[str], wanted: Wanted) -> tuple[Print, ...]:
    """Put documents and payments of any kinds on paper, all as they stand in one snapshot.

    Raises: NotFound, with the field ``documents``, and Forbidden without the scope to read one.
    """
    papers = []
    async with books.snapshot():
        for key in keys:
            meant = _MEANT.get(key.partition("_")[0])
            if meant is None:
                raise NotFound("Document", key, field="documents")
            entity_type, scope = meant
            books.need(f"{scope}.READ")
            try:
                papers.append(await MAKERS[entity_type](books, key, wanted))
            except NotFound as missing:
                missing.field = "documents"
                raise
    return tuple(papers)


def _document(kind: Kind) -> Make:
    is_marked_by_law = printed_as(kind).goods_marks != stamps.PLAIN

    async def make(books: Books, key: str, wanted: Wanted) -> Print:
        material = await material_of(books, kind, key)
        look = await look_of(books, material.head.branch_id)
        copies = int(is_marked_by_law) if wanted.copies is None else wanted.copies
        return Print(
            document_id=material.head.id,
            version=material.head.version,
            changed_at=material.head.modified_at,
            paper=kind.name,
            template=wanted.template or look.template,
            copies=copies,
            sheet=paper(material, look, copies=copies),
        )

    return make


async def _payment(books: Books, key: str, wanted: Wanted) -> Print:
    material = await voucher_material_of(books, key)
    look = await look_of(books, material.head.branch_id)
    copies = wanted.copies or 0
    return Print(
        document_id=material.head.id,
        version=material.head.version,
        changed_at=material.head.modified_at,
        paper="PAYMENT",
        template=wanted.template or look.template,
        copies=copies,
        sheet=voucher(material, look, copies=copies),
    )


async def _expense(books: Books, key: str, wanted: Wanted) -> Print:
    material = await expense_material_of(books, key)
    look = await look_of(books, material.head.branch_id)
    copies = int(material.head.self_invoice_number is not None) if wanted.copies is None else wanted.copies
    return Print(
        document_id=material.head.id,
        version=material.head.version,
        changed_at=material.head.modified_at,
        paper="EXPENSE",
        template=wanted.template or look.template,
        copies=copies,
        sheet=expense_paper(material, look, copies=copies),
    )


MAKERS: Mapping[str, Make] = {
    **{kind.name: _document(kind) for kind in KINDS},
    "PAYMENT": _payment,
    "EXPENSE": _expense,
}

_MEANT: Mapping[str, tuple[str, str]] = {
    **{kind.prefix: (kind.name, kind.scope) for kind in KINDS},
    "pay": ("PAYMENT", "AIBooks.payments"),
    "exp": ("EXPENSE", "AIBooks.expenses"),
}
"""What an id means by its prefix, and the resource of its scopes."""
